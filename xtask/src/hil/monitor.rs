//! A virtual machine with a screen, led from outside: QEMU's monitor, and the finger in it.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use super::{kernel::Kernel, picture::Picture};
use crate::Failure;

/// Seconds after which the machine is ended, whatever became of who leads it.
const LONGEST: &str = "600";
/// Where the machine's console is written.
pub(super) const CONSOLE: &str = "screen-console.log";
/// How long the monitor may take to answer, and the machine to be up.
const UP: Duration = Duration::from_mins(3);

/// It ends with this value.
pub(crate) struct Machine {
    qemu: Child,
    monitor: BufReader<UnixStream>,
    finger: BufReader<UnixStream>,
    folder: PathBuf,
}

impl Drop for Machine {
    fn drop(&mut self) {
        // By word and not by signal: `timeout` would die of that and leave QEMU alone.
        let _ = writeln!(self.monitor.get_mut(), r#"{{"execute":"quit"}}"#);
        let _ = self.qemu.wait();
    }
}

impl Machine {
    /// Boots it, with `words` on the kernel's command line, and waits for its finger.
    pub(crate) fn boot(folder: &Path, kernel: &Kernel, image: &Path, words: &str) -> Result<Self, Failure> {
        let (monitor, finger) = (folder.join("monitor"), folder.join("finger"));
        for old in [&monitor, &finger] {
            let _ = fs::remove_file(old);
        }
        let socket = |path: &Path| format!("unix:{},server=on,wait=off", path.display());
        let qemu = Command::new("timeout")
            .args([LONGEST, "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-smp", "2", "-m", "1024"])
            .args(["-display", "none", "-monitor", "none", "-nic", "none", "-no-reboot", "-vga", "none"])
            .args(["-device", "virtio-gpu-pci,xres=1080,yres=1920", "-device", "virtio-tablet-pci"])
            .arg("-kernel")
            .arg(kernel.image())
            .arg("-initrd")
            .arg(image)
            .args(["-append", &format!("console=ttyS0 panic=-1 no_timer_check loglevel=4 {words}")])
            .args(["-qmp", &socket(&monitor), "-serial"])
            .arg(format!("file:{}", folder.join(CONSOLE).display()))
            .args(["-serial", &socket(&finger)])
            .stdin(Stdio::null())
            .spawn()
            .map_err(|error| format!("timeout: {error}"))?;
        let mut machine =
            Self { qemu, monitor: connect(&monitor)?, finger: connect(&finger)?, folder: folder.to_owned() };
        machine.order(r#"{"execute":"qmp_capabilities"}"#)?;
        machine.hear("ready")?;
        Ok(machine)
    }

    /// What its screen shows, which is also left in the file `name`.
    pub(crate) fn look(&mut self, name: &str) -> Result<Picture, Failure> {
        let file = self.folder.join(name).with_extension("ppm");
        let _ = fs::remove_file(&file);
        let path = serde_json::Value::from(file.display().to_string());
        self.order(&format!(r#"{{"execute":"screendump","arguments":{{"filename":{path}}}}}"#))?;
        let bytes = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        Picture::read(&bytes).ok_or_else(|| format!("{}: is no picture", file.display()))
    }

    /// A finger taps there, in ten-thousandths of the panel.
    pub(crate) fn tap(&mut self, (x, y): (i32, i32)) -> Result<(), Failure> {
        writeln!(self.finger.get_mut(), "{x} {y}").map_err(|error| format!("the finger: {error}"))?;
        self.hear("done")
    }

    /// The same of a panel that poses as a mouse.
    pub(crate) fn click(&mut self, (x, y): (i32, i32)) -> Result<(), Failure> {
        let along = |axis: &str, at: i32| {
            format!(r#"{{"type":"abs","data":{{"axis":"{axis}","value":{}}}}}"#, at * 32_767 / 10_000)
        };
        let button = |down: bool| format!(r#"{{"type":"btn","data":{{"button":"left","down":{down}}}}}"#);
        for events in [format!("{},{}", along("x", x), along("y", y)), button(true), button(false)] {
            self.order(&format!(r#"{{"execute":"input-send-event","arguments":{{"events":[{events}]}}}}"#))?;
            sleep(Duration::from_millis(200));
        }
        Ok(())
    }

    fn hear(&mut self, word: &str) -> Result<(), Failure> {
        let mut said = String::new();
        while !said.trim_end().ends_with(word) {
            said.clear();
            let read = self.finger.read_line(&mut said).map_err(|error| format!("no {word}: {error}"))?;
            if read == 0 {
                return Err(format!("the machine ended without {word}"));
            }
        }
        Ok(())
    }

    /// Has the monitor do it, whatever events it tells in between.
    fn order(&mut self, order: &str) -> Result<(), Failure> {
        let failed = |error: std::io::Error| format!("QEMU's monitor: {error}");
        writeln!(self.monitor.get_mut(), "{order}").map_err(failed)?;
        loop {
            let mut answer = String::new();
            if self.monitor.read_line(&mut answer).map_err(failed)? == 0 {
                return Err("QEMU has ended".to_owned());
            }
            match answer {
                answer if answer.starts_with(r#"{"return""#) => return Ok(()),
                answer if answer.starts_with(r#"{"error""#) => {
                    return Err(format!("QEMU: {}", answer.trim()));
                }
                _ => {}
            }
        }
    }
}

fn connect(socket: &Path) -> Result<BufReader<UnixStream>, Failure> {
    let begun = Instant::now();
    loop {
        match UnixStream::connect(socket) {
            Ok(stream) => {
                stream.set_read_timeout(Some(UP)).map_err(|error| error.to_string())?;
                return Ok(BufReader::new(stream));
            }
            Err(error) if begun.elapsed() > Duration::from_secs(20) => {
                return Err(format!("{}: {error}", socket.display()));
            }
            Err(_) => sleep(Duration::from_millis(50)),
        }
    }
}
