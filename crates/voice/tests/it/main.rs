//! What the kiosk says: texts, recordings, and files that are none.

mod hostile;
mod replaced;
mod sound;
mod texts;
