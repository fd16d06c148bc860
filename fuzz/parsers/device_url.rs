//! Device URLs: what is understood reads back as the same.

use driver_api::DeviceUrl;

pub(crate) fn parse(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(url) = text.parse::<DeviceUrl>() {
        assert_eq!(url.to_string().parse(), Ok(url), "reads back");
    }
}
