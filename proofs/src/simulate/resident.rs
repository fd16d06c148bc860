//! Somebody at a kiosk: knows what is wanted, mostly; hesitates, errs, changes the mind, walks away.

use flow::{
    Touch, View,
    event::{CardIdentity, CardTrouble},
    view::{Ask, Form, Overlay, ReceiptState, Screen},
};
use jiff::civil::Date;
use protocol::{Applicant, IdKind, IdNumber, PickupCode, RatingLevel, Sex};

/// One visit's resident.
#[derive(Debug)]
pub(crate) struct Resident {
    /// Whose card it is, and what is wrong with the first try.
    pub(crate) card: CardIdentity,
    slip: Option<CardTrouble>,
    /// After so many touches there is something better to do.
    patience: u32,
    /// Whether anything but the attract screen was seen.
    arrived: bool,
    complaints: u32,
}

/// What somebody does next.
#[derive(Debug)]
pub(crate) enum Deed {
    Touches(Touch),
    /// Puts a card down: it is read, or it is not.
    PutsCard(Result<(), CardTrouble>),
    /// Looks on.
    Waits,
    /// The visit is over for the resident, whatever the screen shows.
    Leaves,
}

impl Resident {
    pub(crate) fn draw(number: u64, today: Date, chance: &mut fastrand::Rng) -> Self {
        let slip = match chance.u8(0..20) {
            0 => Some(CardTrouble::Moved),
            1 => Some(CardTrouble::NotAnIdCard),
            2 => Some(CardTrouble::NotGenuine),
            _ => None,
        };
        // One in eight walks away in the middle of it.
        let patience = if chance.u8(0..8) == 0 { chance.u32(1..14) } else { 90 };
        Self { card: card(number, today, chance), slip, patience, arrived: false, complaints: 0 }
    }

    pub(crate) fn next(&mut self, view: &View, codes: &[PickupCode], chance: &mut fastrand::Rng) -> Deed {
        self.patience = self.patience.saturating_sub(1);
        let over = matches!(view.screen, Screen::Attract(_) | Screen::End(_)) && self.arrived;
        if over || self.patience == 0 || matches!(view.screen, Screen::Starting) {
            return Deed::Leaves;
        }
        self.arrived |= !matches!(view.screen, Screen::Attract(_));
        match view.overlay {
            Some(Overlay::Countdown { .. }) if chance.u8(0..4) > 0 => return Deed::Touches(Touch::Stay),
            Some(Overlay::Countdown { .. }) => return Deed::Waits,
            Some(Overlay::Help) => return Deed::Touches(Touch::CloseHelp),
            Some(Overlay::Leave) if chance.bool() => return Deed::Touches(Touch::Stay),
            Some(Overlay::Leave) => return Deed::Touches(Touch::Leave),
            None => {}
        }
        if chance.u8(0..25) == 0 {
            return Deed::Touches(stray(chance));
        }
        self.on(&view.screen, codes, chance)
    }

    fn on(&mut self, screen: &Screen, codes: &[PickupCode], chance: &mut fastrand::Rng) -> Deed {
        Deed::Touches(match screen {
            Screen::Attract(_) => Touch::Anywhere,
            Screen::Home(home) => {
                Touch::Tile(pick(&home.tiles, chance).map(|app| app.id.clone()).unwrap_or_default())
            }
            Screen::Items(items) => {
                Touch::Item(pick(&items.rows, chance).map(|row| row.id.clone()).unwrap_or_default())
            }
            Screen::Notices(_) => Touch::Back,
            Screen::Guide(_) | Screen::BundleGuide(_) => Touch::Start,
            Screen::Consent(_) if chance.u8(0..20) == 0 => Touch::Decline,
            Screen::Consent(_) => Touch::Agree,
            Screen::Identify(_) => return Deed::PutsCard(self.slip.take().map_or(Ok(()), Err)),
            Screen::Form(form) => self.answers(form, chance),
            Screen::Confirm(confirm) => match confirm.rows.iter().find_map(|row| row.edit.clone()) {
                Some(what) if chance.u8(0..12) == 0 => Touch::Edit(what),
                _ => Touch::Submit,
            },
            Screen::Result(outcome) => match outcome.receipt {
                Some(ReceiptState::Printing) => return Deed::Waits,
                Some(ReceiptState::NotPrinted(_) | ReceiptState::Unknown) if chance.bool() => {
                    Touch::PrintAgain
                }
                _ => Touch::Finish,
            },
            Screen::Rate(_) if chance.bool() => Touch::SkipRating,
            Screen::Rate(_) => Touch::Rate(RatingLevel::Satisfied),
            Screen::ProgressQuery(query) if query.searching => return Deed::Waits,
            Screen::ProgressQuery(query) if query.typed.len() == PickupCode::LEN => Touch::FindByCode,
            Screen::ProgressQuery(_) => match pick(codes, chance) {
                Some(code) if chance.bool() => Touch::TypeCode(code.as_str().to_owned()),
                _ => Touch::FindByCard,
            },
            Screen::Progress(_) => Touch::Finish,
            Screen::Photograph(_) => Touch::LeaveOut,
            // Nobody in this town leaves a form behind.
            Screen::Drafts(_) => return Deed::Waits,
            Screen::Draft(_) => Touch::Back,
            Screen::Submitting => return Deed::Waits,
            Screen::Starting
            | Screen::End(_)
            | Screen::Admit(_)
            | Screen::Maintenance(_)
            | Screen::OutOfService => return Deed::Leaves,
        })
    }

    /// Types what is asked for, and goes on. Whoever is told three times that it is wrong goes to the counter.
    fn answers(&mut self, form: &Form, chance: &mut fastrand::Rng) -> Touch {
        self.complaints += u32::from(form.complaint.is_some());
        if self.complaints > 6 {
            return Touch::Home;
        }
        if let Ask::Persons { rows, min, .. } = &form.ask {
            let enough = u32::try_from(rows.len()).is_ok_and(|count| count >= *min);
            return if enough { Touch::Next } else { Touch::AddPerson };
        }
        if !form.answer.is_empty() && form.complaint.is_none() || !form.required && chance.bool() {
            return Touch::Next;
        }
        Touch::Answer(match &form.ask {
            Ask::Choice(choices) => pick(choices, chance).map(|one| one.value.clone()).unwrap_or_default(),
            Ask::Date { from, to } => if chance.bool() { from } else { to }.to_string(),
            Ask::Phone => "13900005678".to_owned(),
            Ask::Text { .. } => "示例".to_owned(),
            Ask::Address { .. } => "示例路100号".to_owned(),
            Ask::Number { min, max, .. } => chance.u64(*min..=*max).to_string(),
            Ask::Money { min_fen, max_fen } => {
                (chance.u64(*min_fen..=*max_fen) / 100).max(min_fen.div_ceil(100)).to_string()
            }
            Ask::IdNumber => number(19_800_101, chance.u32(0..500) * 2),
            Ask::BankCard => "0000000000000018".to_owned(),
            Ask::Persons { .. } => String::new(),
        })
    }
}

/// Something that nobody needs just now.
fn stray(chance: &mut fastrand::Rng) -> Touch {
    let all = [
        Touch::Back,
        Touch::Home,
        Touch::Help,
        Touch::Anywhere,
        Touch::LargeType(true),
        Touch::Next,
        Touch::Finish,
    ];
    chance.choice(all).unwrap_or(Touch::Anywhere)
}

fn pick<'a, T>(from: &'a [T], chance: &mut fastrand::Rng) -> Option<&'a T> {
    chance.choice(from)
}

/// The card of an invented resident: each has another number.
fn card(resident: u64, today: Date, chance: &mut fastrand::Rng) -> CardIdentity {
    let year = u64::from(today.year().unsigned_abs()) - chance.u64(18..90);
    let birth = year * 10_000 + chance.u64(1..=12) * 100 + chance.u64(1..=28);
    let birth = u32::try_from(birth).unwrap_or_default();
    let serial = u32::try_from(resident % 500).unwrap_or_default() * 2 + 1;
    let day = format!("{}-{:02}-{:02}", birth / 10_000, birth / 100 % 100, birth % 100);
    CardIdentity {
        applicant: Applicant {
            name: format!(
                "示例{}",
                ["甲", "乙", "丙", "丁"].get(chance.usize(0..4)).copied().unwrap_or_default()
            ),
            id_kind: IdKind::ResidentIdCard,
            id_number: number(birth, serial),
            sex: Sex::Male,
            birth: day.parse().unwrap_or_default(),
            nation: Some("01".to_owned()),
            address: Some("示例省示例市示例区示例路1号".to_owned()),
        },
        valid_from: today.saturating_sub(jiff::Span::new().years(chance.i32(1..9))),
        // Now and then one that is not valid any more.
        valid_until: (chance.u8(0..20) == 0).then(|| today.saturating_sub(jiff::Span::new().days(1))),
    }
}

/// 公民身份号码 of somebody invented, with the check character that fits.
fn number(birth: u32, serial: u32) -> String {
    let body = format!("519999{birth:08}{serial:03}");
    let checks = "0123456789X".chars();
    let fits = checks.map(|check| format!("{body}{check}")).find(|number| IdNumber::is_valid(number));
    fits.unwrap_or(body)
}
