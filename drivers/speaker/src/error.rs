//! What can be wrong before there is a loudspeaker at all. Everything later is a state of `driver_api`.

/// The name is none, or leads to a card without anything between that converts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a loudspeaker {0:?} is not supported: use a name of ALSA that converts rates, as in default or plughw:CARD=PCH,DEV=0 \
     (aplay -L lists them)"
)]
pub struct UnsupportedDevice(pub String);
