//! Hides the length of a message: four bytes of length, the message, zeros up to the next step.

use zeroize::Zeroizing;

use crate::SealError;

/// A padded message is a multiple of this many bytes long.
pub const PADDING_STEP: usize = 1024;

const LENGTH_BYTES: usize = 4;

pub(crate) fn pad(message: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let length = u32::try_from(message.len()).map_err(|_| SealError::TooLong)?;
    let padded = (LENGTH_BYTES + message.len()).next_multiple_of(PADDING_STEP);
    // All of it at once: a vector that grows would leave copies of the message behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(padded));
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(message);
    bytes.resize(padded, 0);
    Ok(bytes)
}

pub(crate) fn unpad(bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let malformed = SealError::Malformed("the padding");
    let (head, rest) = bytes.split_first_chunk::<LENGTH_BYTES>().ok_or(malformed.clone())?;
    let length = usize::try_from(u32::from_be_bytes(*head)).map_err(|_| malformed.clone())?;
    let (message, fill) = rest.split_at_checked(length).ok_or(malformed.clone())?;
    let padded = bytes.len().is_multiple_of(PADDING_STEP)
        && fill.len() < PADDING_STEP
        && fill.iter().all(|byte| *byte == 0);
    if padded { Ok(Zeroizing::new(message.to_vec())) } else { Err(malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_message_comes_back_and_fills_whole_steps(message in prop::collection::vec(any::<u8>(), 0..4000)) {
            let padded = pad(&message).unwrap();
            prop_assert_eq!(padded.len() % PADDING_STEP, 0);
            prop_assert_eq!(&*unpad(&padded).unwrap(), &message);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..2100)) {
            let _ = unpad(&bytes);
        }
    }

    #[test]
    fn a_message_that_just_fills_a_step_takes_no_second_one() {
        assert_eq!(pad(&[7; PADDING_STEP - LENGTH_BYTES]).unwrap().len(), PADDING_STEP);
        assert_eq!(pad(&[7; PADDING_STEP - LENGTH_BYTES + 1]).unwrap().len(), 2 * PADDING_STEP);
        assert_eq!(pad(b"").unwrap().len(), PADDING_STEP);
    }

    #[test]
    fn padding_that_is_not_ours_is_refused() {
        let good = pad(b"abc").unwrap();
        for (place, value) in [(0, 1), (3, 4), (PADDING_STEP - 1, 9)] {
            let mut bad = good.to_vec();
            bad[place] = value;
            // A length of 4 takes one zero for a letter: it is well formed, and only the seal tells it apart.
            assert_eq!(unpad(&bad).is_err(), place != 3, "byte {place}");
        }
        assert!(unpad(&good[..PADDING_STEP - 1]).is_err());
        assert!(unpad(&[&good[..], &[0; PADDING_STEP]].concat()).is_err(), "a whole step of fill");
        // One letter fewer would have filled the first step: the second one is nothing but fill.
        let full = pad(&[7; PADDING_STEP - LENGTH_BYTES]).unwrap();
        assert!(unpad(&[&full[..], &[0; PADDING_STEP]].concat()).is_err());
    }
}
