//! The way to the scanner.

mod keyboard;
mod serial;

use std::time::Duration;

use driver_api::{DeviceUrl, LinkFault};

/// An open way. Once it has failed it is closed and another one is opened.
pub trait Source: Send {
    /// Takes what has come, waiting at most `wait` for the first byte. Nothing after that is `Ok(0)`.
    fn receive(&mut self, into: &mut [u8], wait: Duration) -> Result<usize, LinkFault>;

    /// Whether a code always ends with a mark, so that one without has broken off.
    fn ends_codes(&self) -> bool;
}

/// Opens what `url` leads to now.
pub fn to(url: &DeviceUrl) -> Result<Box<dyn Source>, LinkFault> {
    match url {
        DeviceUrl::Serial { path, baud } => serial::open(path, *baud),
        DeviceUrl::Usb { vendor, product } => keyboard::open(&keyboard::find(*vendor, *product)?),
        DeviceUrl::File { path } => keyboard::open(path),
        DeviceUrl::Tcp { .. } | DeviceUrl::Http { .. } => Err(LinkFault::NotFound),
    }
}
