//! The driver against a real sound system, and against lines that break.

mod ear;
mod hostile;
mod scripted;

const MONO: &[u8] = include_bytes!("../recordings/mono.ogg");
const STEREO: &[u8] = include_bytes!("../recordings/stereo.ogg");
const TOO_LONG: &[u8] = include_bytes!("../recordings/too-long.ogg");
