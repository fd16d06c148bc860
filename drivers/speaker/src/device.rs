//! The saying of one recording: begun, gone on with a piece at a time, and broken off at once.

use std::time::Duration;

use driver_api::{LinkFault, Speaker, SpeakerFault, Volume};

use crate::{
    protocol::{Form, Recording},
    transport::Line,
};

/// What a card is opened with to see whether it is there.
const USUAL: Form = Form { rate: 24_000, channels: 1 };

/// A loudspeaker behind whatever `connect` opens.
pub struct Loudspeaker<C> {
    name: String,
    connect: C,
    saying: Option<Saying>,
}

struct Saying {
    line: Box<dyn Line>,
    recording: Recording,
    /// Samples that were not taken yet, from `at` on.
    samples: Vec<i16>,
    at: usize,
}

impl<C: FnMut(Form) -> Result<Box<dyn Line>, LinkFault> + Send> Loudspeaker<C> {
    /// A loudspeaker that is not opened yet.
    pub fn new(name: &str, connect: C) -> Self {
        Self { name: name.to_owned(), connect, saying: None }
    }
}

impl<C: FnMut(Form) -> Result<Box<dyn Line>, LinkFault> + Send> Speaker for Loudspeaker<C> {
    fn identify(&mut self) -> Result<String, LinkFault> {
        if self.saying.is_none() {
            (self.connect)(USUAL)?;
        }
        Ok(self.name.clone())
    }

    fn begin(&mut self, recording: &[u8], volume: Volume) -> Result<(), SpeakerFault> {
        self.silence();
        let recording = Recording::new(recording, volume)?;
        let line = (self.connect)(recording.form())?;
        self.saying = Some(Saying { line, recording, samples: Vec::new(), at: 0 });
        Ok(())
    }

    fn go_on(&mut self, wait: Duration) -> Result<bool, SpeakerFault> {
        let Some(saying) = &mut self.saying else { return Ok(false) };
        let going = saying.go_on(wait);
        if going != Ok(true) {
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
                None => return Ok(!self.line.is_heard(wait)?),
            }
        }
        let rest = self.samples.get(self.at..).unwrap_or_default();
        self.at += self.line.write(rest, wait)?;
        Ok(true)
    }
}
