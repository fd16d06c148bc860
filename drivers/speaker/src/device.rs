//! The saying of one recording: begun, gone on with a piece at a time, and broken off at once.

use std::time::{Duration, Instant};

use driver_api::{LinkFault, Speaker, SpeakerFault, Volume};

use crate::{
    protocol::{Form, Recording},
    transport::Line,
};

/// What a card is opened with to see whether it is there.
const USUAL: Form = Form { rate: 24_000, channels: 1 };

/// A card that gets no further for so long does not play.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long it may take with each part of the silence that shows whether it plays again.
const PIECE: Duration = Duration::from_millis(40);

/// A loudspeaker behind whatever `connect` opens.
pub struct Loudspeaker<C> {
    name: String,
    connect: C,
    saying: Option<Saying>,
    /// The last one got stuck: that the card can be opened proves nothing then.
    stuck: bool,
}

struct Saying {
    line: Box<dyn Line>,
    recording: Recording,
    /// Samples that were not taken yet, from `at` on.
    samples: Vec<i16>,
    at: usize,
    progress: Progress,
}

/// Whether a card gets any further. A first time without tells nothing: it may have slept with the machine.
#[derive(Default)]
struct Progress {
    none_since: Option<Instant>,
}

impl Progress {
    fn note(&mut self, further: bool) -> Result<(), LinkFault> {
        if further {
            self.none_since = None;
            return Ok(());
        }
        let since = *self.none_since.get_or_insert_with(Instant::now);
        if since.elapsed() < PATIENCE { Ok(()) } else { Err(LinkFault::Silent) }
    }
}

impl<C: FnMut(Form) -> Result<Box<dyn Line>, LinkFault> + Send> Loudspeaker<C> {
    /// A loudspeaker that is not opened yet.
    pub fn new(name: &str, connect: C) -> Self {
        Self { name: name.to_owned(), connect, saying: None, stuck: false }
    }
}

impl<C: FnMut(Form) -> Result<Box<dyn Line>, LinkFault> + Send> Speaker for Loudspeaker<C> {
    fn identify(&mut self) -> Result<String, LinkFault> {
        if self.saying.is_none() {
            let mut line = (self.connect)(USUAL)?;
            if self.stuck {
                let played = plays(&mut *line);
                line.drop_rest();
                played?;
                self.stuck = false;
            }
        }
        Ok(self.name.clone())
    }

    fn begin(&mut self, recording: &[u8], volume: Volume) -> Result<(), SpeakerFault> {
        self.silence();
        let recording = Recording::new(recording, volume)?;
        let line = (self.connect)(recording.form())?;
        self.saying =
            Some(Saying { line, recording, samples: Vec::new(), at: 0, progress: Progress::default() });
        Ok(())
    }

    fn go_on(&mut self, wait: Duration) -> Result<bool, SpeakerFault> {
        let Some(saying) = &mut self.saying else { return Ok(false) };
        let going = saying.go_on(wait);
        if going != Ok(true) {
            self.stuck = going == Err(LinkFault::Silent.into());
            // A recording that breaks off in the middle does not end in a click of what was not thrown away.
            self.silence();
        }
        going
    }

    fn silence(&mut self) {
        if let Some(mut saying) = self.saying.take() {
            saying.line.drop_rest();
        }
    }
}

impl Saying {
    fn go_on(&mut self, wait: Duration) -> Result<bool, SpeakerFault> {
        while self.at >= self.samples.len() {
            match self.recording.next_samples()? {
                Some(samples) => (self.samples, self.at) = (samples, 0),
                None => return self.end(wait),
            }
        }
        let rest = self.samples.get(self.at..).unwrap_or_default();
        let taken = self.line.write(rest, wait)?;
        self.at += taken;
        self.progress.note(taken > 0)?;
        Ok(true)
    }

    fn end(&mut self, wait: Duration) -> Result<bool, SpeakerFault> {
        let heard = self.line.is_heard(wait)?;
        self.progress.note(heard)?;
        Ok(!heard)
    }
}

/// Has it play a moment of silence.
fn plays(line: &mut dyn Line) -> Result<(), LinkFault> {
    let mut silence: &[i16] = &[0; 480];
    let mut progress = Progress::default();
    while !silence.is_empty() {
        let taken = line.write(silence, PIECE)?;
        silence = silence.get(taken..).unwrap_or_default();
        progress.note(taken > 0)?;
    }
    while !line.is_heard(PIECE)? {
        progress.note(false)?;
    }
    Ok(())
}
