//! Fields of the text on a chip: fixed places of UTF-16, filled up with blanks.

use driver_api::CardProblem;
use zeroize::Zeroizing;

/// The 256 bytes of text, or the 70 of a new address.
#[derive(Clone, Copy)]
pub struct Text<'a>(pub &'a [u8]);

/// Why a field gives nothing: its name is kept and its content is not.
pub type Field<T> = Result<T, CardProblem>;

/// The error that names a field.
#[must_use]
pub fn malformed(field: &'static str) -> CardProblem {
    CardProblem::Malformed(field)
}

impl Text<'_> {
    /// The field of `length` bytes from `offset`, without the blanks around it. Half a surrogate pair or a control
    /// character is no text.
    pub fn field(&self, name: &'static str, offset: usize, length: usize) -> Field<Zeroizing<String>> {
        let bytes = self.0.get(offset..offset + length).ok_or(malformed(name))?;
        let units = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair));
        // The most that it can take, so that growing leaves no copies.
        let mut text = Zeroizing::new(String::with_capacity(length / 2 * 3));
        for unit in char::decode_utf16(units) {
            text.push(unit.map_err(|_| malformed(name))?);
        }
        let trimmed = Zeroizing::new(text.trim_matches(['\0', ' ', '\u{3000}']).to_owned());
        if trimmed.chars().any(char::is_control) { Err(malformed(name)) } else { Ok(trimmed) }
    }

    /// A field that may be blank.
    pub fn optional(
        &self,
        name: &'static str,
        offset: usize,
        length: usize,
    ) -> Field<Option<Zeroizing<String>>> {
        self.field(name, offset, length).map(|text| Some(text).filter(|text| !text.is_empty()))
    }

    /// A field that must not be blank.
    pub fn required(&self, name: &'static str, offset: usize, length: usize) -> Field<Zeroizing<String>> {
        self.optional(name, offset, length)?.ok_or(malformed(name))
    }

    /// A field that must satisfy a rule.
    pub fn ruled(
        &self,
        name: &'static str,
        place: (usize, usize),
        rule: impl Fn(&str) -> bool,
    ) -> Field<Zeroizing<String>> {
        let text = self.field(name, place.0, place.1)?;
        if rule(&text) { Ok(text) } else { Err(malformed(name)) }
    }

    /// A field that must mean something.
    pub fn parsed<T>(
        &self,
        name: &'static str,
        place: (usize, usize),
        parse: impl Fn(&str) -> Option<T>,
    ) -> Field<T> {
        parse(&self.field(name, place.0, place.1)?).ok_or(malformed(name))
    }
}
