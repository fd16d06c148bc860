use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{TrustError, sha256};

/// A kiosk's configuration as it is fetched. `settings` is not looked into here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The kiosk that it is for.
    pub terminal_id: String,
    /// Counts up.
    pub version: u64,
    /// The settings themselves.
    pub settings: Map<String, Value>,
    /// The hash of the bytes that were signed.
    #[serde(skip)]
    pub sha256: String,
    /// The bytes that were signed.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// The name under which targets lists a kiosk's document.
///
/// ```
/// assert_eq!(config_trust::target_name("kiosk-7"), "kiosks/6b696f736b2d37.json");
/// ```
#[must_use]
pub fn target_name(terminal_id: &str) -> String {
    // In hexadecimal digits, because an id may hold what a path must not.
    format!("kiosks/{}.json", hex::encode(terminal_id))
}

impl Document {
    pub(crate) fn parse(file: &str, bytes: &[u8], terminal_id: &str) -> Result<Self, TrustError> {
        let mut document: Self =
            serde_json::from_slice(bytes).map_err(|error| TrustError::malformed(file, &error))?;
        if document.terminal_id != terminal_id {
            return Err(TrustError::OtherKiosk {
                expected: terminal_id.to_owned(),
                found: document.terminal_id,
            });
        }
        document.sha256 = sha256(bytes);
        document.bytes = bytes.to_vec();
        Ok(document)
    }
}
