//! The device's side of what other buses put around a frame: four pipes of USB, and HID reports.

/// Preamble and length.
const HEAD: usize = 7;
const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];
/// Bytes of a HID report, and of a frame in one that goes to the host.
const REPORT: usize = 64;
const PIECE: usize = 54;

/// What a module with four pipes sends over each of them: heads over the first, the rest over the second. Noise goes
/// over the first.
#[must_use]
pub fn split(sent: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (mut heads, mut bodies, mut rest) = (vec![], vec![], sent);
    while let Some((head, behind)) =
        rest.split_at_checked(HEAD).filter(|(head, _)| head.starts_with(&PREAMBLE))
    {
        let length =
            head.get(5..).unwrap_or_default().iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        let (body, others) = behind.split_at(length.min(behind.len()));
        heads.extend(head);
        bodies.extend(body);
        rest = others;
    }
    heads.extend(rest);
    (heads, bodies)
}

/// The frame in a report of the host, for the module; `None` where the report is none.
#[must_use]
pub fn unwrap_report(report: &[u8]) -> Option<&[u8]> {
    let length = usize::from(*report.get(3)?) + usize::from(*report.get(4)?) * 256;
    let counted = report.get(3..5 + length)?;
    let sum = counted.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    let told = u32::from(*report.get(5 + length)?) + u32::from(*report.get(6 + length)?) * 256;
    (report.len() == REPORT && report.first() == Some(&0x88) && report.get(5) == Some(&0xB1) && sum == told)
        .then(|| report.get(6..5 + length))?
}

/// What the module sends, in as many reports as it takes.
#[must_use]
pub fn reports(sent: &[u8]) -> Vec<[u8; REPORT]> {
    (1_u16..).zip(sent.chunks(PIECE)).map(|(number, piece)| report(number, piece)).collect()
}

fn report(number: u16, piece: &[u8]) -> [u8; REPORT] {
    let length = u16::try_from(3 + piece.len()).unwrap_or(u16::MAX);
    let mut bytes = vec![0xAA, 0, 0];
    bytes.extend(length.to_le_bytes());
    bytes.push(0);
    bytes.extend(number.to_be_bytes());
    bytes.extend(piece);
    let sum = bytes.iter().skip(3).map(|byte| u32::from(*byte)).sum::<u32>();
    bytes.extend(sum.to_le_bytes().iter().take(2));
    let mut report = [0; REPORT];
    report.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUND: [u8; 15] = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 8, 0, 0, 0x9F, 0, 0, 0, 0, 0x97];

    #[test]
    fn heads_and_bodies_are_parted_and_noise_stays() {
        let two = [&FOUND[..], &FOUND, &[1, 2]].concat();
        let (heads, bodies) = split(&two);
        assert_eq!(heads, [&FOUND[..7], &FOUND[..7], &[1, 2]].concat());
        assert_eq!(bodies, [&FOUND[7..], &FOUND[7..]].concat());
    }

    #[test]
    fn a_published_report_is_understood() {
        let mut report = [0; 64];
        let find = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, 0x20, 0x01, 0x22];
        report[..6].copy_from_slice(&[0x88, 0, 0, 0x0B, 0, 0xB1]);
        report[6..16].copy_from_slice(&find);
        report[16..18].copy_from_slice(&[0xFF, 0x03]);
        assert_eq!(unwrap_report(&report), Some(&find[..]));
        report[9] ^= 1;
        assert_eq!(unwrap_report(&report), None);
    }

    #[test]
    fn a_long_answer_takes_as_many_reports_as_it_needs() {
        assert_eq!(reports(&[0xFF; 1295]).len(), 24);
        let [only] = reports(&FOUND)[..] else { panic!("one report") };
        assert_eq!((only[0], only[3], &only[8..23]), (0xAA, 18, &FOUND[..]));
    }
}
