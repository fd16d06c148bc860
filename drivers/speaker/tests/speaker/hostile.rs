//! Files that are no recording.

use std::time::Duration;

use driver_api::{LinkFault, Speaker as _, SpeakerFault, Volume};
use speaker::{Loudspeaker, protocol::Form, transport::Line};

use crate::{MONO, TOO_LONG};

/// Takes everything at once.
struct Deaf;

impl Line for Deaf {
    fn write(&mut self, samples: &[i16], _: Duration) -> Result<usize, LinkFault> {
        Ok(samples.len())
    }

    fn is_heard(&mut self, _: Duration) -> Result<bool, LinkFault> {
        Ok(true)
    }

    fn drop_rest(&mut self) {}
}

fn said(recording: &[u8]) -> Result<(), SpeakerFault> {
    let connect = |_: Form| Ok(Box::new(Deaf) as Box<dyn Line>);
    let mut speaker = Loudspeaker::new("deaf", connect);
    speaker.begin(recording, Volume::percent(100))?;
    while speaker.go_on(Duration::ZERO)? {}
    Ok(())
}

#[test]
fn what_is_no_recording_is_refused() {
    assert_eq!(said(MONO), Ok(()));
    for wrong in [&b""[..], b"OggS", b"RIFF....WAVE", &MONO[..100], TOO_LONG] {
        assert_eq!(said(wrong), Err(SpeakerFault::Recording), "{} bytes", wrong.len());
    }
}

#[test]
fn a_recording_with_any_byte_wrong_is_refused_or_played_and_brings_nothing_down() {
    let mut refused = 0;
    for at in 0..MONO.len() {
        let mut damaged = MONO.to_vec();
        damaged[at] ^= 0x55;
        // Every page of it has a checksum.
        refused += usize::from(said(&damaged).is_err());
    }
    assert!(refused > MONO.len() / 2, "{refused} of {}", MONO.len());
}
