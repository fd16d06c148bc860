//! Frames in HID reports of 64 bytes, as readers of the MIAXIS MR-300 family carry them.
//!
//! A mark, a serial number of two bytes, a length of two bytes (low one first) that counts what stands before the sum,
//! a command or result, the content, a sum of two bytes over everything from the length on, zeros up to the end. In an
//! answer the content begins with a packet number of two bytes.

/// Bytes of a report.
pub const REPORT: usize = 64;

const TO_DEVICE: u8 = 0x88;
const TO_HOST: u8 = 0xAA;
/// "Hand it to the module."
const PASS: u8 = 0xB1;
/// Mark, serial number, length.
const HEAD: usize = 5;
/// Where the length stands, from which the sum counts.
const LENGTH: usize = 3;
const SUM: usize = 2;
/// The packet number in an answer.
const NUMBER: usize = 2;

/// A report that hands `frame` to the module; `None` where it does not fit into one.
#[must_use]
pub fn encode_request(frame: &[u8]) -> Option<[u8; REPORT]> {
    let length = u16::try_from(1 + frame.len()).ok()?;
    let mut report = Vec::with_capacity(REPORT);
    report.extend([TO_DEVICE, 0, 0]);
    report.extend(length.to_le_bytes());
    report.push(PASS);
    report.extend(frame);
    report.extend(sum(report.get(LENGTH..)?).to_le_bytes());
    if report.len() > REPORT {
        return None;
    }
    report.resize(REPORT, 0);
    report.try_into().ok()
}

/// The piece of a frame in a report; `None` where it is no right report.
///
/// The packet number is not looked at: the bus keeps the order, and the frame has a sum of its own.
#[must_use]
pub fn decode_response(report: &[u8]) -> Option<&[u8]> {
    let [TO_HOST, _, _, low, high, ..] = report else { return None };
    let length = usize::from(u16::from_le_bytes([*low, *high]));
    let end = HEAD + length;
    let told = report.get(end..end + SUM)?.try_into().ok()?;
    if sum(report.get(LENGTH..end)?) != u16::from_le_bytes(told) {
        return None;
    }
    report.get(HEAD + 1 + NUMBER..end)
}

fn sum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(u16::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIND: [u8; 10] = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, 0x20, 0x01, 0x22];

    /// The answer as the module's side writes it.
    fn answer(piece: &[u8]) -> Vec<u8> {
        let mut report = vec![0xAA, 0, 0, u8::try_from(3 + piece.len()).unwrap(), 0, 0, 0, 1];
        report.extend(piece);
        let sum = report[3..].iter().map(|byte| u16::from(*byte)).sum::<u16>();
        report.extend(sum.to_le_bytes());
        report.resize(64, 0);
        report
    }

    #[test]
    fn a_request_looks_as_published() {
        let report = encode_request(&FIND).unwrap();
        assert_eq!(report[..6], [0x88, 0, 0, 0x0B, 0, 0xB1]);
        assert_eq!(report[6..16], FIND);
        assert_eq!(report[16..18], [0xFF, 0x03]);
        assert_eq!(report[18..], [0; 46]);
        assert!(encode_request(&[0; 56]).is_some(), "as much as fits");
        assert_eq!(encode_request(&[0; 57]), None);
    }

    #[test]
    fn an_answer_gives_its_piece() {
        assert_eq!(decode_response(&answer(&FIND)), Some(&FIND[..]));
        assert_eq!(
            decode_response(&answer(&[0xEE; 54])),
            Some(&[0xEE; 54][..]),
            "a full one, high bytes in it"
        );
        assert_eq!(decode_response(&answer(&[])), Some(&[][..]));
    }

    #[test]
    fn what_is_no_report_is_none() {
        let right = answer(&FIND);
        for place in [0, 3, 4, 5, 8, 12, 18] {
            let mut wrong = right.clone();
            wrong[place] ^= 0x40;
            assert_eq!(decode_response(&wrong), None, "byte {place}");
        }
        for cut in 0..20 {
            assert_eq!(decode_response(&right[..cut]), None, "{cut} bytes");
        }
        let short = [0xAA, 0, 0, 1, 0, 0, 1, 0];
        assert_eq!(decode_response(&short), None, "no room for a packet number");
    }
}
