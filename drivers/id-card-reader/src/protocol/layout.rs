//! The four layouts of the text on a chip, told apart by the mark at byte 248.

use driver_api::{CardKind, CardProblem, IdCard, Photo, ValidUntil};
use jiff::civil::Date;
use zeroize::Zeroizing;

use super::{
    check,
    text::{Field, Text, malformed},
};

const TEXT: usize = 256;
const PHOTO: usize = 1024;
/// Offset and length in bytes of the mark of the kind.
const MARK: (usize, usize) = (248, 2);

/// The identity in what a read answered: two lengths, text, photo.
pub fn parse_card(data: &[u8]) -> Result<IdCard, CardProblem> {
    let (text, photo) = split(data).ok_or(malformed("length"))?;
    let text = Text(text);
    let photo = Photo(photo.to_vec());
    match mark(text)? {
        None => citizen(text, photo),
        Some('J') => resident_j(text, photo),
        Some('I') => foreigner_2017(text, photo),
        Some('Y') => foreigner_2023(text, photo),
        Some(other) => Err(CardProblem::UnknownKind(other)),
    }
}

/// The address in the answer to [`super::Command::ReadNewAddress`], none where it is blank.
pub fn parse_new_address(data: &[u8]) -> Result<Option<String>, CardProblem> {
    Ok(Text(data).optional("new address", 0, data.len())?.map(owned))
}

/// Text and photo, where the lengths before them are right and nothing else is there.
fn split(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (lengths, content) = data.split_first_chunk::<4>()?;
    let length = |high, low| usize::from(u16::from_be_bytes([high, low]));
    let [text_high, text_low, photo_high, photo_low] = *lengths;
    let right = length(text_high, text_low) == TEXT
        && length(photo_high, photo_low) == PHOTO
        && content.len() == TEXT + PHOTO;
    right.then(|| content.split_at(TEXT))
}

/// The mark, none on the card of a citizen. It is not text that anybody wrote: a mark that is no character is an
/// unknown mark.
pub(super) fn mark(text: Text<'_>) -> Field<Option<char>> {
    let bytes = text.0.get(MARK.0..MARK.0 + MARK.1).and_then(|bytes| bytes.first_chunk::<2>());
    let unit = u16::from_le_bytes(*bytes.ok_or(malformed("mark"))?);
    let mark = char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
    Ok(Some(mark).filter(|mark| !matches!(mark, ' ' | '\0')))
}

/// What all kinds have, at places of their own.
struct Common {
    name: Zeroizing<String>,
    english_name: Option<Zeroizing<String>>,
    sex: u8,
    birth: Date,
    number: Zeroizing<String>,
    country: Option<Zeroizing<String>>,
    validity: (Date, ValidUntil),
}

impl Common {
    fn card(self, kind: CardKind, photo: Photo) -> IdCard {
        IdCard {
            kind,
            name: owned(self.name),
            english_name: self.english_name.map(owned),
            sex: self.sex,
            nation: None,
            birth: self.birth,
            address: None,
            number: owned(self.number),
            authority: None,
            country: self.country.map(owned),
            travel_permit: None,
            valid_from: self.validity.0,
            valid_until: self.validity.1,
            photo,
        }
    }
}

fn citizen(text: Text<'_>, photo: Photo) -> Field<IdCard> {
    let two_digits = |code: &str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_digit());
    // Codes outside the table occur for groups that are not recognised yet: kept as they are.
    let nation = text.ruled("nation", (32, 4), two_digits)?;
    let mut card = domestic(text)?.card(CardKind::Resident, photo);
    card.nation = Some(owned(nation));
    add_home(text, &mut card)?;
    Ok(card)
}

fn resident_j(text: Text<'_>, photo: Photo) -> Field<IdCard> {
    // Eight characters from Taiwan, nine from Hong Kong and Macau.
    let permit = |number: &str| {
        matches!(number.len(), 8 | 9) && number.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let travel_permit = text.ruled("travel permit", (220, 18), permit)?;
    let mut card = domestic(text)?.card(CardKind::HkMoTwResident, photo);
    card.travel_permit = Some(owned(travel_permit));
    add_home(text, &mut card)?;
    Ok(card)
}

/// What a citizen's card and `J` share.
fn domestic(text: Text<'_>) -> Field<Common> {
    let sex = sex(text, 30)?;
    Ok(Common {
        name: text.required("name", 0, 30)?,
        english_name: None,
        sex,
        birth: text.parsed("birth", (36, 16), check::date)?,
        number: checked_number(text, sex)?,
        country: None,
        validity: validity(text)?,
    })
}

fn add_home(text: Text<'_>, card: &mut IdCard) -> Field<()> {
    card.address = Some(owned(text.field("address", 52, 70)?));
    card.authority = text.optional("authority", 158, 30)?.map(owned);
    Ok(())
}

fn foreigner_2017(text: Text<'_>, photo: Photo) -> Field<IdCard> {
    let english = text.required("english name", 0, 120)?;
    let common = Common {
        name: text.optional("name", 158, 30)?.unwrap_or_else(|| english.clone()),
        english_name: Some(english),
        sex: sex(text, 120)?,
        birth: text.parsed("birth", (220, 16), check::date)?,
        number: text.ruled("number", (122, 30), is_number_of_2017)?,
        country: Some(text.ruled("country", (152, 6), is_country)?),
        validity: validity(text)?,
    };
    Ok(common.card(CardKind::ForeignResident2017, photo))
}

fn foreigner_2023(text: Text<'_>, photo: Photo) -> Field<IdCard> {
    let sex = sex(text, 30)?;
    let english = english_name_of_2023(text)?;
    let number = checked_number(text, sex)?;
    if !number.starts_with('9') {
        return Err(malformed("number"));
    }
    let common = Common {
        name: text.optional("name", 0, 30)?.unwrap_or_else(|| english.clone()),
        english_name: Some(english),
        sex,
        birth: text.parsed("birth", (36, 16), check::date)?,
        number,
        country: Some(text.ruled("country", (242, 6), is_country)?),
        validity: validity(text)?,
    };
    Ok(common.card(CardKind::ForeignResident2023, photo))
}

/// 35 characters in the place of the address and 11 more: cut where the place ended, so a blank there is part of it.
fn english_name_of_2023(text: Text<'_>) -> Field<Zeroizing<String>> {
    let mut both = Zeroizing::new(Vec::with_capacity(92));
    both.extend(text.0.get(52..122).unwrap_or_default());
    both.extend(text.0.get(220..242).unwrap_or_default());
    Text(&both).required("english name", 0, both.len())
}

fn sex(text: Text<'_>, offset: usize) -> Field<u8> {
    text.parsed("sex", (offset, 2), |code| match code {
        "0" => Some(0),
        "1" => Some(1),
        "2" => Some(2),
        "9" => Some(9),
        _ => None,
    })
}

/// A number of 18 characters that is sound and agrees with birth and sex beside it.
fn checked_number(text: Text<'_>, sex: u8) -> Field<Zeroizing<String>> {
    let birth = text.field("birth", 36, 16)?;
    let agrees = |number: &str| check::number_is_sound(number) && check::number_agrees(number, &birth, sex);
    text.ruled("number", (122, 36), agrees)
}

/// Three letters and twelve digits; what the last of them checks is not published.
fn is_number_of_2017(number: &str) -> bool {
    let (letters, digits) = number.as_bytes().split_at(number.len().min(3));
    number.len() == 15 && letters.iter().all(u8::is_ascii_uppercase) && digits.iter().all(u8::is_ascii_digit)
}

fn is_country(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// All four layouts have it at the same place.
fn validity(text: Text<'_>) -> Field<(Date, ValidUntil)> {
    let from = text.parsed("valid from", (188, 16), check::date)?;
    let until = text.parsed("valid until", (204, 16), check::valid_until)?;
    match until {
        ValidUntil::Day(last) if last < from => Err(malformed("valid until")),
        _ => Ok((from, until)),
    }
}

/// Moves a text out of its wrapper: the card wipes it from now on.
fn owned(mut text: Zeroizing<String>) -> String {
    std::mem::take(&mut *text)
}
