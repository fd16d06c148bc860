//! A loudspeaker and an ear before it: Debian's `PulseAudio` as the sound system, with a sink that writes what would be heard into a
//! pipe, at the pace of a sound card.
//!
//! What is heard is the sound system's word: a program under test speaks to it as to any other, through ALSA.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// Samples that the ear hears in a second.
pub const RATE: usize = 24_000;
/// Below this nothing is heard: what a conversion leaves of silence.
const QUIET: i16 = 40;
/// How long the sound system may take to be there.
const START: Duration = Duration::from_secs(20);

/// A loudspeaker that can be unplugged, and the ear before it.
pub struct Loudspeaker {
    folder: PathBuf,
    system: Option<Child>,
    ear: Arc<Mutex<Vec<i16>>>,
}

impl Loudspeaker {
    /// A loudspeaker that is plugged in, with what it needs in `folder`.
    pub fn set_up(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        let mut speaker = Self { folder, system: None, ear: Arc::default() };
        // The whole of what a program is told of sound, in the place of the machine's own.
        let socket = speaker.socket();
        let told = format!("pcm.default {{ type pulse server \"unix:{}\" }}\n", socket.display());
        fs::write(speaker.alsa_config(), told)?;
        speaker.plug_in()?;
        Ok(speaker)
    }

    /// For `ALSA_CONFIG_PATH` of a program that is to speak here; the device is its `default`.
    #[must_use]
    pub fn alsa_config(&self) -> PathBuf {
        self.folder.join("asound.conf")
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("socket")
    }

    /// Pulls it out, whatever is being said.
    pub fn unplug(&mut self) {
        if let Some(mut system) = self.system.take() {
            let _ = system.kill();
            let _ = system.wait();
        }
        let _ = fs::remove_file(self.socket());
    }

    /// Plugs it in again.
    pub fn plug_in(&mut self) -> io::Result<()> {
        self.unplug();
        let pipe = self.folder.join("pipe");
        let _ = fs::remove_file(&pipe);
        self.system = Some(self.start(&pipe)?);
        wait_for(|| self.socket().exists() && pipe.exists())?;
        let (from, ear) = (File::open(&pipe)?, self.ear.clone());
        thread::spawn(move || listen(from, &ear));
        Ok(())
    }

    fn start(&self, pipe: &Path) -> io::Result<Child> {
        let mut pulse = Command::new("pulseaudio");
        for variable in
            ["HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "PULSE_RUNTIME_PATH", "PULSE_STATE_PATH"]
        {
            pulse.env(variable, &self.folder);
        }
        pulse.args([
            "-n",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--use-pid-file=no",
            "--high-priority=no",
        ]);
        pulse.args(["--realtime=no", "--log-target=stderr", "--log-level=error"]);
        let sink = "module-pipe-sink format=s16le channels=1 use_system_clock_for_timing=yes";
        pulse.args(["-L", &format!("{sink} rate={RATE} file={}", pipe.display())]);
        let door = "module-native-protocol-unix auth-anonymous=1";
        pulse.args(["-L", &format!("{door} socket={}", self.socket().display())]);
        pulse.env_remove("DISPLAY").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        pulse.spawn().map_err(|error| io::Error::new(error.kind(), format!("pulseaudio: {error}")))
    }

    fn ear(&self) -> MutexGuard<'_, Vec<i16>> {
        self.ear.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that was heard since it was set up, silence too.
    #[must_use]
    pub fn heard(&self) -> Vec<i16> {
        self.ear().clone()
    }

    /// Where what is heard from now on begins.
    #[must_use]
    pub fn now(&self) -> usize {
        self.ear().len()
    }

    /// Whether anything was heard since then.
    #[must_use]
    pub fn is_loud_since(&self, since: usize) -> bool {
        self.ear().get(since..).unwrap_or_default().iter().any(|sample| sample.abs() > QUIET)
    }

    /// Whether it is quiet now, and was for so long.
    #[must_use]
    pub fn is_quiet_for(&self, time: Duration) -> bool {
        let ear = self.ear();
        let wanted = usize::try_from(time.as_millis()).unwrap_or(usize::MAX).saturating_mul(RATE / 1_000);
        let from = ear.len().checked_sub(wanted);
        from.and_then(|from| ear.get(from..))
            .is_some_and(|last| last.iter().all(|sample| sample.abs() <= QUIET))
    }
}

impl Drop for Loudspeaker {
    fn drop(&mut self) {
        self.unplug();
    }
}

fn listen(mut from: File, ear: &Mutex<Vec<i16>>) {
    let mut bytes = [0; 4_096];
    let mut odd = None;
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        let heard: Vec<u8> = odd.take().into_iter().chain(bytes.iter().take(count).copied()).collect();
        let (pairs, rest) = heard.as_chunks::<2>();
        odd = rest.first().copied();
        let samples = pairs.iter().map(|pair| i16::from_le_bytes(*pair));
        ear.lock().unwrap_or_else(PoisonError::into_inner).extend(samples);
    }
}

fn wait_for(holds: impl Fn() -> bool) -> io::Result<()> {
    let begun = Instant::now();
    while !holds() {
        if begun.elapsed() > START {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the sound system does not start"));
        }
        thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// How alike two sounds are, from −1 to 1, with `said` laid over `heard` where it fits best; and where that is. How loud they are
/// does not matter.
#[must_use]
pub fn likeness(said: &[i16], heard: &[i16]) -> (f32, usize) {
    // Speech is told apart by how loud it is from moment to moment, and by nothing that a sound system may shift by a sample.
    let (said, heard) = (envelope(said), envelope(heard));
    let places = heard.len().saturating_sub(said.len());
    let fits = (0..=places).map(|at| (correlation(&said, heard.get(at..).unwrap_or_default()), at * STEP));
    fits.max_by(|one, other| one.0.total_cmp(&other.0)).unwrap_or((0.0, 0))
}

/// 5 ms.
const STEP: usize = RATE / 200;

fn envelope(samples: &[i16]) -> Vec<f32> {
    let loudness = |part: &[i16]| {
        let sum: f32 = part.iter().map(|sample| f32::from(*sample).powi(2)).sum();
        #[expect(clippy::cast_precision_loss, reason = "a part has 120 samples")]
        let count = part.len() as f32;
        (sum / count).sqrt()
    };
    samples.chunks(STEP).map(loudness).collect()
}

fn correlation(one: &[f32], other: &[f32]) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "some thousands at most")]
    let count = one.len().min(other.len()) as f32;
    let mean = |of: &[f32]| of.iter().take(one.len()).sum::<f32>() / count;
    let (mean_one, mean_other) = (mean(one), mean(other));
    let (mut both, mut first, mut second) = (0.0, 0.0, 0.0);
    for (a, b) in one.iter().zip(other) {
        let (a, b) = (a - mean_one, b - mean_other);
        both += a * b;
        first += a * a;
        second += b * b;
    }
    if first == 0.0 || second == 0.0 { 0.0 } else { both / (first * second).sqrt() }
}
