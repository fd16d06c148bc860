//! The class of ID-card readers.

use std::fmt;

use jiff::civil::Date;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::LinkFault;

/// A reader of identity documents.
pub trait IdCardReader: Send {
    /// Opens what is closed, asks the reader who it is and returns its SAM id, e.g.
    /// `05.01-20101129-0001228293-0296863149`. The id is a number of the device and may be logged.
    fn identify(&mut self) -> Result<String, ReaderFault>;

    /// Looks once whether a card lies there, and reads it when one does. Never asks for fingerprints.
    ///
    /// After [`CardReading::Unreadable`] the card must be lifted before it can be read. After
    /// [`CardReading::Card`] the same card, left where it is, reads as [`CardReading::NoCard`].
    fn read(&mut self) -> Result<CardReading, ReaderFault>;
}

/// What one look at the plate gave.
#[derive(Debug)]
pub enum CardReading {
    /// Nothing there that has not been read already.
    NoCard,
    /// A card, read and checked.
    Card(Box<IdCard>),
    /// A card is there and gave no identity.
    Unreadable(CardProblem),
}

/// Why a card gave no identity. All of them are the resident's to solve, with a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CardProblem {
    /// Selecting or reading failed: lifted too early, or laid down askew. Lift it, put it down again.
    #[error("the card was moved while it was read")]
    Moved,
    /// A card of another kind: a bank card, a bus card.
    #[error("this is no identity document")]
    NotAnIdCard,
    /// Card and reader did not prove themselves to each other, or the content failed its check.
    #[error("the card could not be proved genuine")]
    NotGenuine,
    /// An identity document of a kind this software does not know (the type mark is kept).
    #[error("unknown kind of identity document {0:?}")]
    UnknownKind(char),
    /// The chip's text breaks its own rules; the name of the field is kept, never its content.
    #[error("the field {0} on the chip is malformed")]
    Malformed(&'static str),
}

/// Why a reader cannot be used. None of them is the resident's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ReaderFault {
    /// The way to it does not work.
    #[error(transparent)]
    Link(#[from] LinkFault),
    /// Status 60: the security module failed its self-test.
    #[error("the security module failed its self-test: replace the reader")]
    SelfTestFailed,
    /// Status 66: the security module is not authorised.
    #[error("the security module is not authorised: have the reader commissioned")]
    NotAuthorised,
    /// It refuses a command that every reader must know.
    #[error("the reader refuses a standard command (status {0:02X})")]
    Refused(u8),
}

/// Which of the four text layouts a card has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CardKind {
    /// 居民身份证.
    Resident,
    /// 港澳台居民居住证, mark `J`.
    HkMoTwResident,
    /// 外国人永久居留身份证 of 2017, mark `I`.
    ForeignResident2017,
    /// 外国人永久居留身份证 of 2023, mark `Y`.
    ForeignResident2023,
}

/// Until when a document is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValidUntil {
    /// The last day.
    Day(Date),
    /// 长期.
    LongTerm,
}

/// What a chip says, checked. Wiped when dropped; its `Debug` shows the kind only.
#[derive(Clone, PartialEq, Eq)]
pub struct IdCard {
    /// Which layout.
    pub kind: CardKind,
    /// 姓名 with the chip's own code points; for the foreign kinds the Chinese name where there is one, else the
    /// English name.
    pub name: String,
    /// 英文姓名, foreign kinds only.
    pub english_name: Option<String>,
    /// 性别 as coded by GB/T 2261.1: 0, 1, 2 or 9.
    pub sex: u8,
    /// 民族, two digits of GB/T 3304; residents only.
    pub nation: Option<String>,
    /// 出生日期.
    pub birth: Date,
    /// 住址, the newest on the chip; residents and `J` only.
    pub address: Option<String>,
    /// 公民身份号码 or 证件号码.
    pub number: String,
    /// 签发机关; residents and `J` only.
    pub authority: Option<String>,
    /// 国籍或所在地区代码, foreign kinds only.
    pub country: Option<String>,
    /// 通行证号码, `J` only.
    pub travel_permit: Option<String>,
    /// 有效期起始.
    pub valid_from: Date,
    /// 有效期截止.
    pub valid_until: ValidUntil,
    /// The photo, opaque.
    pub photo: Photo,
}

impl IdCard {
    /// Whether the document is valid on `day`.
    #[must_use]
    pub fn is_valid_on(&self, day: Date) -> bool {
        let ended = matches!(self.valid_until, ValidUntil::Day(last) if last < day);
        self.valid_from <= day && !ended
    }
}

impl fmt::Debug for IdCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdCard").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Zeroize for IdCard {
    fn zeroize(&mut self) {
        self.name.zeroize();
        self.english_name.zeroize();
        self.sex = 0;
        self.nation.zeroize();
        self.birth = Date::ZERO;
        self.address.zeroize();
        self.number.zeroize();
        self.authority.zeroize();
        self.country.zeroize();
        self.travel_permit.zeroize();
        self.photo.zeroize();
    }
}

impl Drop for IdCard {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for IdCard {}

/// The 1,024 bytes of the photo. Nothing here decodes them: no open decoder exists, and the kiosk shows no face.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Photo(pub Vec<u8>);

impl fmt::Debug for Photo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Photo({} bytes)", self.0.len())
    }
}
