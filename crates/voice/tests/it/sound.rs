//! How the recordings sound, as far as a program can hear it.

use std::io::Cursor;

use ebur128::{EbuR128, Mode};
use kiosk_voice::{LONGEST, Recording, SPOKEN, Voice, prompts};
use lewton::inside_ogg::OggStreamReader;
use protocol::Language;

use crate::lasts;

const RATE: u32 = 24_000;
/// What every recording is made to, and how far it may be off: what the coder does to it.
const LOUDNESS: f64 = -20.0;
const OFF: f64 = 1.0;
/// A hundredth of full scale: nobody hears it.
const SOFT: u16 = 328;

fn samples(recording: &Recording) -> Vec<i16> {
    let mut reader = OggStreamReader::new(Cursor::new(recording.ogg())).unwrap();
    assert_eq!((reader.ident_hdr.audio_sample_rate, reader.ident_hdr.audio_channels), (RATE, 1));
    let mut samples = Vec::new();
    while let Some(packet) = reader.read_dec_packet_itl().unwrap() {
        samples.extend(packet);
    }
    samples
}

fn each(mut check: impl FnMut(&str, Language, &str, &Recording, &[i16])) {
    for (key, text) in prompts() {
        for language in SPOKEN {
            let recording = Voice::built_in().recording(language, key).unwrap();
            check(
                &format!("{key} in {language:?}"),
                language,
                text.get(language),
                &recording,
                &samples(&recording),
            );
        }
    }
}

#[test]
fn all_are_equally_loud_and_none_is_cut_off() {
    each(|name, _, _, _, samples| {
        let mut meter = EbuR128::new(1, RATE, Mode::I | Mode::TRUE_PEAK).unwrap();
        meter.add_frames_i16(samples).unwrap();
        let (loudness, peak) = (meter.loudness_global().unwrap(), meter.true_peak(0).unwrap());
        assert!((loudness - LOUDNESS).abs() < OFF, "{name}: {loudness:.2} LUFS");
        assert!(peak < 0.98, "{name}: peaks at {peak:.3} of full scale");
    });
}

#[test]
fn a_sentence_begins_and_ends_in_silence_and_has_no_hole() {
    let loudest = |samples: &[i16]| samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
    each(|name, _, _, _, samples| {
        let silence = RATE as usize / 11;
        let (first, last) = (&samples[..silence], &samples[samples.len() - silence..]);
        assert!(loudest(first) < SOFT, "{name}: begins with {}", loudest(first));
        assert!(loudest(last) < SOFT, "{name}: ends with {}", loudest(last));
        let soft = samples.chunks(RATE as usize / 20).map(|chunk| loudest(chunk) < SOFT).collect::<Vec<_>>();
        let longest = soft.split(|soft| !soft).map(<[bool]>::len).max().unwrap();
        assert!(longest < 20, "{name}: {} ms of silence", longest * 50);
    });
}

/// Residents are old as a rule: neither hurried nor dragged.
#[test]
fn the_pace_is_that_of_a_patient_speaker() {
    each(|name, language, text, recording, samples| {
        let seconds = samples.len() as f64 / f64::from(RATE);
        let told = lasts(recording).unwrap();
        assert!((told.as_secs_f64() - seconds).abs() < 0.01 && told < LONGEST, "{name}: {told:?}");
        let (syllables, range) = match language {
            // Vowels, some of which stand in pairs.
            Language::English => {
                (text.chars().filter(|c| "aeiouy".contains(c.to_ascii_lowercase())).count(), 2.0..7.5)
            }
            _ => (text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count(), 2.0..5.5),
        };
        let pace = syllables as f64 / seconds;
        assert!(range.contains(&pace), "{name}: {pace:.1} syllables a second");
    });
}

#[test]
fn all_of_them_are_as_small_as_promised() {
    let mut total = 0;
    each(|name, _, _, recording, _| {
        total += recording.ogg().len();
        assert!(recording.ogg().len() < 64 << 10, "{name}");
        assert_eq!(Recording::check(recording.ogg()).as_ref(), Ok(recording), "{name}");
    });
    assert!(total < 3 << 20, "{total} bytes");
}
