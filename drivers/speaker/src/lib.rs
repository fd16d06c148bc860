//! Driver for the loudspeaker: recordings to a sound card, through ALSA.
//!
//! A loudspeaker is named as ALSA names it, and opened anew for each recording: a card that comes back after a plug is there for the
//! next one, and none is held while nothing is said. [`protocol`] is bytes in and samples out, [`transport`] the way to the card,
//! [`device`] the saying.

pub mod device;
pub mod error;
pub mod protocol;
pub mod transport;

use driver_api::Speaker;

pub use device::Loudspeaker;
pub use error::UnsupportedDevice;

/// The loudspeaker that ALSA knows by this name. It is opened by the first call, so it may come later than the kiosk.
pub fn open(device: &str) -> Result<Box<dyn Speaker>, UnsupportedDevice> {
    transport::check(device)?;
    let name = device.to_owned();
    Ok(Box::new(Loudspeaker::new(device, move |form| transport::to(&name, form))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_play_at_a_wrong_speed_or_is_no_name_is_refused_with_what_is_one() {
        for wrong in ["hw:0", "hw:CARD=PCH,DEV=0", "", "two words", "a\0b"] {
            let told = open(wrong).err().unwrap().to_string();
            assert!(told.contains("plughw:CARD=") && told.contains("default"), "{told}");
        }
        for right in ["default", "plughw:CARD=PCH,DEV=0", "sysdefault:CARD=PCH"] {
            assert!(open(right).is_ok(), "{right}");
        }
    }
}
