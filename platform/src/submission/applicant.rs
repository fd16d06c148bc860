//! Whether an applicant can be a real one.

use jiff::civil::Date;
use protocol::{Applicant, IdKind, IdNumber, Problem};

use crate::problems::invalid_field;

pub(super) fn check(applicant: &Applicant, today: Date) -> Result<(), Problem> {
    let Applicant { name, id_kind, id_number, birth, nation, address, .. } = applicant;
    let require = |good: bool, field: &str, detail: &str| {
        if good { Ok(()) } else { Err(invalid_field(format!("/applicant/{field}"), detail)) }
    };
    require(is_words(name, 100), "name", "姓名没有读到，或太长")?;
    require(is_id_number(*id_kind, id_number), "id_number", "证件号码不对，请重新读卡")?;
    require(*birth <= today, "birth", "出生日期在今天之后")?;
    require(nation.as_deref().is_none_or(is_nation), "nation", "民族代码是两位数字")?;
    require(address.as_deref().is_none_or(|address| is_words(address, 200)), "address", "住址太长")
}

fn is_words(text: &str, longest: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= longest && !text.chars().any(char::is_control)
}

fn is_nation(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// The 2017 foreign permanent resident's number is three letters of the country and twelve digits, and has no check
/// digit that is published; all the others are made like a resident's.
fn is_id_number(kind: IdKind, number: &str) -> bool {
    match kind {
        IdKind::ForeignPermanentResident2017 => {
            let (letters, digits) = number.as_bytes().split_at_checked(3).unwrap_or_default();
            digits.len() == 12
                && letters.iter().all(u8::is_ascii_uppercase)
                && digits.iter().all(u8::is_ascii_digit)
        }
        IdKind::ResidentIdCard | IdKind::HkMoTwResidencePermit | IdKind::ForeignPermanentResident2023 => {
            IdNumber::is_valid(number)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_document_has_its_own_number() {
        use IdKind::{
            ForeignPermanentResident2017 as I, ForeignPermanentResident2023 as Y, HkMoTwResidencePermit as J,
            ResidentIdCard as Citizen,
        };
        for (kind, number, good) in [
            (Citizen, "519999195201010013", true),
            (Citizen, "519999195201010014", false),
            (J, "810000199001010019", true),
            (J, "810000199001010018", false),
            (Y, "931586198001010028", true),
            (Y, "PAK310080010100", false),
            (I, "PAK310080010100", true),
            (I, "PAK31008001010", false),
            (I, "pak310080010100", false),
            (I, "P4K310080010100", false),
            (I, "示", false),
            (Citizen, "", false),
        ] {
            assert_eq!(is_id_number(kind, number), good, "{kind:?} {number}");
        }
    }
}
