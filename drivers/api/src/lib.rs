//! Device classes: traits, states and errors that every driver of a class shares.
//!
//! A class trait has at most five methods. What a person can mend by hand ("unplugged", "permission denied", "in use")
//! is a state with a name of its own, never a string. Every call blocks its owner thread for a bounded time: each
//! device has one thread that owns it, and nothing else ever waits for a port.

pub mod bitmap;
pub mod camera;
pub mod card;
pub mod fault;
pub mod printer;
pub mod scanner;
pub mod speaker;
pub mod url;

pub use bitmap::Bitmap;
pub use camera::{Camera, CameraFault, Picture};
pub use card::{CardKind, CardProblem, CardReading, IdCard, IdCardReader, Photo, ReaderFault, ValidUntil};
pub use fault::LinkFault;
pub use printer::{Paper, PrintJob, PrintOutcome, PrinterFault, PrinterStatus, ReceiptPrinter};
pub use scanner::{CodeScanner, Scan, ScanProblem, ScannedCode};
pub use speaker::{Speaker, SpeakerFault, Volume};
pub use url::{DeviceUrl, DeviceUrlError};
