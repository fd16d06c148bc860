//! Where a device is: `serial:///dev/ttyS0?baud=115200`, `usb://0400:c35a`, `file:///dev/usb/lp0`, `tcp://host:9100`,
//! `http://host:8080/?action=stream`.

use std::{fmt, path::PathBuf, str::FromStr};

/// The address of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceUrl {
    /// A serial port.
    Serial {
        /// The node, or a stable link to it.
        path: PathBuf,
        /// Bits per second, 115 200 unless told.
        baud: u32,
    },
    /// A USB device by vendor and product.
    Usb {
        /// idVendor.
        vendor: u16,
        /// idProduct.
        product: u16,
    },
    /// A character device that is written and read as it is, such as `/dev/usb/lp0`.
    File {
        /// The node.
        path: PathBuf,
    },
    /// A raw TCP port.
    Tcp {
        /// Host name or address.
        host: String,
        /// Port, 9100 unless told.
        port: u16,
    },
    /// Something that HTTP fetches.
    Http {
        /// Host name or address.
        host: String,
        /// Port, 80 unless told.
        port: u16,
        /// Path and query, from the slash on.
        path: String,
    },
}

/// Why a text is no device URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceUrlError {
    /// The part before `://` is none of ours.
    #[error("unknown scheme: expected serial://, usb://, file://, tcp:// or http://")]
    Scheme,
    /// The path is missing or not absolute.
    #[error("expected an absolute path, as in serial:///dev/ttyS0 (three slashes)")]
    Path,
    /// An option behind `?` that the scheme does not have, or a value that does not fit it.
    #[error("unknown option or value {0:?}: serial:// knows ?baud=9600|19200|38400|57600|115200")]
    Option(String),
    /// Not four hexadecimal digits, a colon and four more.
    #[error("expected vendor:product in hexadecimal, as in usb://0400:c35a")]
    UsbId,
    /// No host, or a port that is no number.
    #[error("expected host:port, as in tcp://192.0.2.7:9100")]
    Host,
    /// A path with something in it that no request line may have.
    #[error("expected a path of plain characters, as in http://192.0.2.8:8080/?action=stream")]
    Resource,
}

impl DeviceUrl {
    /// The rates that an ID-card module can have; printers use the same.
    pub const RATES: [u32; 5] = [115_200, 57_600, 38_400, 19_200, 9_600];
    const DEFAULT_PORT: u16 = 9_100;
    const HTTP_PORT: u16 = 80;
}

impl FromStr for DeviceUrl {
    type Err = DeviceUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scheme, rest) = text.split_once("://").ok_or(DeviceUrlError::Scheme)?;
        match scheme {
            "serial" => serial(rest),
            "usb" => usb(rest),
            "file" => Ok(Self::File { path: absolute(rest)? }),
            "tcp" => tcp(rest),
            "http" => http(rest),
            _ => Err(DeviceUrlError::Scheme),
        }
    }
}

fn absolute(path: &str) -> Result<PathBuf, DeviceUrlError> {
    let path = PathBuf::from(path);
    if path.is_absolute() { Ok(path) } else { Err(DeviceUrlError::Path) }
}

fn serial(rest: &str) -> Result<DeviceUrl, DeviceUrlError> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut baud = DeviceUrl::RATES[0];
    for option in query.split('&').filter(|option| !option.is_empty()) {
        baud = option
            .strip_prefix("baud=")
            .and_then(|value| value.parse().ok())
            .filter(|rate| DeviceUrl::RATES.contains(rate))
            .ok_or_else(|| DeviceUrlError::Option(option.to_owned()))?;
    }
    Ok(DeviceUrl::Serial { path: absolute(path)?, baud })
}

fn usb(rest: &str) -> Result<DeviceUrl, DeviceUrlError> {
    let hex = |text: &str| {
        Some(text)
            .filter(|t| t.len() == 4)
            .and_then(|t| u16::from_str_radix(t, 16).ok())
            .ok_or(DeviceUrlError::UsbId)
    };
    let (vendor, product) = rest.split_once(':').ok_or(DeviceUrlError::UsbId)?;
    Ok(DeviceUrl::Usb { vendor: hex(vendor)?, product: hex(product)? })
}

fn tcp(rest: &str) -> Result<DeviceUrl, DeviceUrlError> {
    let (host, port) = authority(rest, DeviceUrl::DEFAULT_PORT)?;
    Ok(DeviceUrl::Tcp { host, port })
}

fn http(rest: &str) -> Result<DeviceUrl, DeviceUrlError> {
    let (place, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if !path.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(DeviceUrlError::Resource);
    }
    let (host, port) = authority(place, DeviceUrl::HTTP_PORT)?;
    Ok(DeviceUrl::Http { host, port, path: if path.is_empty() { "/" } else { path }.to_owned() })
}

fn authority(text: &str, usual: u16) -> Result<(String, u16), DeviceUrlError> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().map_err(|_| DeviceUrlError::Host)?),
        None => (text, usual),
    };
    // It goes into a request as it is.
    let plain = host.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/' && byte != b'@');
    if host.is_empty() || !plain { Err(DeviceUrlError::Host) } else { Ok((host.to_owned(), port)) }
}

impl fmt::Display for DeviceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serial { path, baud } => write!(f, "serial://{}?baud={baud}", path.display()),
            Self::Usb { vendor, product } => write!(f, "usb://{vendor:04x}:{product:04x}"),
            Self::File { path } => write!(f, "file://{}", path.display()),
            Self::Tcp { host, port } => write!(f, "tcp://{host}:{port}"),
            Self::Http { host, port, path } => write!(f, "http://{host}:{port}{path}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_understood_reads_back() {
        for text in [
            "serial:///dev/ttyS0?baud=9600",
            "usb://0400:c35a",
            "file:///dev/usb/lp0",
            "tcp://printer:9100",
            "http://192.0.2.8:8080/?action=stream",
        ] {
            assert_eq!(text.parse::<DeviceUrl>().unwrap().to_string(), text);
        }
        assert_eq!(
            "serial:///dev/ttyS0".parse::<DeviceUrl>().unwrap().to_string(),
            "serial:///dev/ttyS0?baud=115200"
        );
        assert_eq!("http://camera".parse::<DeviceUrl>().unwrap().to_string(), "http://camera:80/");
    }

    #[test]
    fn what_is_not_says_why() {
        use DeviceUrlError as E;
        for (text, why) in [
            ("/dev/ttyS0", E::Scheme),
            ("com1://x", E::Scheme),
            ("serial://ttyS0", E::Path),
            ("serial:///dev/ttyS0?baud=12", E::Option("baud=12".into())),
            ("serial:///dev/ttyS0?speed=9600", E::Option("speed=9600".into())),
            ("usb://400:c35a", E::UsbId),
            ("usb://zzzz:c35a", E::UsbId),
            ("tcp://:9100", E::Host),
            ("tcp://host:port", E::Host),
            ("file://lp0", E::Path),
            ("http:///stream", E::Host),
            ("http://me:word@camera/stream", E::Host),
            ("http://camera:http/stream", E::Host),
            ("http://camera/two words", E::Resource),
            ("http://camera/a\r\nHost: b", E::Resource),
        ] {
            assert_eq!(text.parse::<DeviceUrl>(), Err(why), "{text}");
        }
    }
}
