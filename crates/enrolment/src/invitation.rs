use std::{fmt, str::FromStr};

use crate::{BadCode, BadName, BadPin, Code, Name, Pin};

/// What an operator gives to a technician: whom to call, how to know it, and what admits the machine.
///
/// As one string it is a URL whose fragment says the rest, for a browser never sends a fragment:
///
/// ```
/// use kiosk_enrolment::Invitation;
///
/// let text = "https://platform.example:8443/#LZ-0001/0000-0000-0000-0000-0000-0000-0000-0000/ABCD-EFGH-JKMN-PQRS";
/// let invitation: Invitation = text.parse().unwrap();
/// assert_eq!(invitation.url, "https://platform.example:8443/");
/// assert_eq!(invitation.name.as_str(), "LZ-0001");
/// assert_eq!(invitation.to_string(), text);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The platform.
    pub url: String,
    /// What the kiosk will be called.
    pub name: Name,
    /// The platform's root.
    pub pin: Pin,
    /// Admits the machine, once.
    pub code: Code,
}

/// What is wrong with an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadInvitation {
    /// Not the four parts.
    #[error("expected https://PLATFORM/#NAME/PIN/CODE, as `platform enrol` shows it")]
    Form,
    /// Only over TLS can a root be checked.
    #[error("expected a platform at https://…")]
    NotHttps,
    /// The name.
    #[error(transparent)]
    Name(#[from] BadName),
    /// The pin.
    #[error(transparent)]
    Pin(#[from] BadPin),
    /// The code.
    #[error(transparent)]
    Code(#[from] BadCode),
}

impl FromStr for Invitation {
    type Err = BadInvitation;

    fn from_str(text: &str) -> Result<Self, BadInvitation> {
        let (url, fragment) = text.trim().split_once('#').ok_or(BadInvitation::Form)?;
        let [name, pin, code] = fragment.split('/').collect::<Vec<_>>()[..] else {
            return Err(BadInvitation::Form);
        };
        let invitation =
            Self { url: url.to_owned(), name: name.parse()?, pin: pin.parse()?, code: code.parse()? };
        invitation.checked()
    }
}

impl Invitation {
    /// The same if a kiosk can follow it.
    pub fn checked(self) -> Result<Self, BadInvitation> {
        let host = self.url.strip_prefix("https://").ok_or(BadInvitation::NotHttps)?;
        let plain =
            !host.is_empty() && !host.starts_with('/') && host.bytes().all(|byte| byte.is_ascii_graphic());
        plain.then_some(self).ok_or(BadInvitation::Form)
    }
}

impl fmt::Display for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}/{}/{}", self.url, self.name, self.pin, self.code)
    }
}
