//! What is said beside what is shown: a prompt for each thing to do, a word where something went wrong, and never a name, a number
//! or an item, for there is nothing but recordings.
//!
//! A question of the same kind as the one before is not announced again: the same words eight times in a row would nag, and 再听一遍 is there.

use std::time::Duration;

use protocol::{CaseStatus, Language};

use crate::{
    event::{CardTrouble, CodeReader, Event, IntakeTrouble, QueryTrouble, Touch},
    view::{
        Ask, CaseNews, DraftStage, End, Form, Frame, Identify, Outcome, Overlay, PageStage, Photograph,
        ProgressQuery, ReceiptState, Screen, View, WrongCode,
    },
};

/// A card that lies wrong fails many times a second; so often is its owner told.
const PAUSE: Duration = Duration::from_secs(8);

/// Between two loudnesses, in hundredths; and the least that can be heard.
pub const STEP: u8 = 20;

/// How loud it speaks. Goes back to the machine's with every visit's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voice {
    /// How loud, in hundredths, while it is on: never 0.
    pub percent: u8,
    /// Whether it speaks.
    pub on: bool,
}

impl Voice {
    /// As it is set on a machine: with 0 it is silent until somebody wants it.
    #[must_use]
    pub fn at(percent: u8) -> Self {
        Self { percent: percent.clamp(STEP, 100), on: percent > 0 }
    }

    /// Whether a touch on 小一点 changes anything.
    #[must_use]
    pub fn can_soften(self) -> bool {
        self.on && self.louder(false) != self
    }

    /// Whether one on 大一点 does.
    #[must_use]
    pub fn can_amplify(self) -> bool {
        self.louder(true) != self
    }

    /// The next of the steps. Whoever wants it louder wants to hear it.
    pub(crate) fn louder(self, louder: bool) -> Self {
        if !self.on {
            return Self { on: louder, ..self };
        }
        Self { percent: step(self.percent, STEP, louder), ..self }
    }
}

/// The next multiple of `by` above or below.
pub(crate) fn step(percent: u8, by: u8, louder: bool) -> u8 {
    let wanted = if louder { percent / by * by + by } else { percent.saturating_sub(1) / by * by };
    wanted.clamp(by, 100)
}

/// What is to be said, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saying {
    /// The recording.
    pub prompt: Prompt,
    /// In which language; there may be none in it.
    pub language: Language,
    /// How loud, in hundredths.
    pub percent: u8,
    /// Once all that was begun has been said; else at once, and what was begun is broken off.
    pub in_turn: bool,
}

macro_rules! prompts {
    ($($name:ident = $key:literal),* $(,)?) => {
        /// A sentence that can be said. `assets/voice/prompts.toml` has its words.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the words are data")]
        pub enum Prompt { $($name),* }

        impl Prompt {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// What names its recordings.
            #[must_use]
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => $key),* }
            }
        }
    };
}

prompts!(
    HomeWelcome = "home.welcome",
    ItemsChoose = "items.choose",
    GuideRead = "guide.read",
    ConsentAsk = "consent.ask",
    CardPlace = "card.place",
    CardMoved = "card.moved",
    CardOther = "card.other",
    CardRefused = "card.refused",
    CardUnknown = "card.unknown",
    CardExpired = "card.expired",
    CardUnavailable = "card.unavailable",
    DraftsChoose = "drafts.choose",
    FormChoice = "form.choice",
    FormDate = "form.date",
    FormPhone = "form.phone",
    FormText = "form.text",
    FormAddress = "form.address",
    FormNumber = "form.number",
    FormMoney = "form.money",
    FormIdNumber = "form.id-number",
    FormBankCard = "form.bank-card",
    FormPersons = "form.persons",
    FormWrong = "form.wrong",
    PhotographPlace = "photograph.place",
    PhotographNext = "photograph.next",
    PhotographLook = "photograph.look",
    PhotographPoor = "photograph.poor",
    PhotographFailed = "photograph.failed",
    ConfirmCheck = "confirm.check",
    SubmitWait = "submit.wait",
    ResultFiled = "result.filed",
    ResultCompleted = "result.completed",
    ResultWaiting = "result.waiting",
    ResultRefused = "result.refused",
    ResultNotTaken = "result.not-taken",
    ResultFiledBefore = "result.filed-before",
    ReceiptPrinted = "receipt.printed",
    ReceiptNotPrinted = "receipt.not-printed",
    ReceiptUnknown = "receipt.unknown",
    PrinterUnavailable = "printer.unavailable",
    RateAsk = "rate.ask",
    RateThanks = "rate.thanks",
    QueryEnter = "query.enter",
    QueryScanner = "query.scanner",
    QueryCamera = "query.camera",
    QueryWrong = "query.wrong",
    QueryNotAReceipt = "query.not-a-receipt",
    QueryOffline = "query.offline",
    QueryFailed = "query.failed",
    ProgressFound = "progress.found",
    ProgressNone = "progress.none",
    DraftOffer = "draft.offer",
    DraftKept = "draft.kept",
    DraftFailed = "draft.failed",
    EndCard = "end.card",
    EndReceipt = "end.receipt",
    EndCardAndReceipt = "end.card-and-receipt",
    EndDone = "end.done",
    EndTimedOut = "end.timed-out",
    IdleAsk = "idle.ask",
    LeaveAsk = "leave.ask",
    HelpAsk = "help.ask",
    ServiceStopped = "service.stopped",
    SpeakerTest = "speaker.test",
);

/// What can be said of what is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// What to do here: said when it comes.
    place: Option<Prompt>,
    /// What went wrong, which matters more.
    trouble: Option<Prompt>,
    /// What has happened besides; it waits its turn.
    also: Option<Prompt>,
}

impl From<Prompt> for Words {
    fn from(prompt: Prompt) -> Self {
        Self { place: Some(prompt), ..Self::default() }
    }
}

impl Words {
    pub(crate) fn is_empty(self) -> bool {
        self == Self::default()
    }

    pub(crate) fn of(view: &View) -> Self {
        match view.overlay {
            Some(Overlay::Countdown { .. }) => Prompt::IdleAsk.into(),
            Some(Overlay::Help) => Prompt::HelpAsk.into(),
            Some(Overlay::Leave) => Prompt::LeaveAsk.into(),
            None => on(&view.screen, &view.frame),
        }
    }
}

fn on(screen: &Screen, frame: &Frame) -> Words {
    match screen {
        Screen::Starting
        | Screen::Attract(_)
        | Screen::Notices(_)
        | Screen::Admit(_)
        | Screen::Maintenance(_) => Words::default(),
        Screen::Home(_) => Prompt::HomeWelcome.into(),
        Screen::Items(_) => Prompt::ItemsChoose.into(),
        Screen::Guide(_) | Screen::BundleGuide(_) => reading(frame),
        Screen::Consent(_) => Prompt::ConsentAsk.into(),
        Screen::Identify(identify) => identifying(identify, frame),
        Screen::Form(form) => asking(form),
        Screen::Drafts(drafts) if drafts.rows.is_none() => Words::default(),
        Screen::Drafts(_) => Prompt::DraftsChoose.into(),
        Screen::Draft(draft) => keeping(&draft.stage),
        Screen::Photograph(photograph) => photographing(photograph),
        Screen::Confirm(_) => Prompt::ConfirmCheck.into(),
        Screen::Submitting => Prompt::SubmitWait.into(),
        Screen::Result(outcome) => resulting(outcome),
        Screen::Rate(rate) if rate.chosen.is_some() => Prompt::RateThanks.into(),
        Screen::Rate(_) => Prompt::RateAsk.into(),
        Screen::ProgressQuery(query) => querying(query, frame),
        Screen::Progress(found) if found.groups.is_empty() => Prompt::ProgressNone.into(),
        Screen::Progress(_) => Prompt::ProgressFound.into(),
        Screen::End(end) => ending(*end),
        Screen::OutOfService => Prompt::ServiceStopped.into(),
    }
}

fn reading(frame: &Frame) -> Words {
    let also = frame.printer.map(|_| Prompt::PrinterUnavailable);
    Words { also, ..Prompt::GuideRead.into() }
}

fn identifying(identify: &Identify, frame: &Frame) -> Words {
    let card = identify.trouble.map(|trouble| match trouble {
        CardTrouble::Moved => Prompt::CardMoved,
        CardTrouble::NotAnIdCard => Prompt::CardOther,
        CardTrouble::NotGenuine => Prompt::CardRefused,
        CardTrouble::UnknownKind => Prompt::CardUnknown,
        CardTrouble::Expired => Prompt::CardExpired,
    });
    let reader = frame.reader.map(|_| Prompt::CardUnavailable);
    Words { trouble: reader.or(card), ..Prompt::CardPlace.into() }
}

fn asking(form: &Form) -> Words {
    let place = match form.ask {
        Ask::Choice(_) => Prompt::FormChoice,
        Ask::Date { .. } => Prompt::FormDate,
        Ask::Phone => Prompt::FormPhone,
        Ask::Text { .. } => Prompt::FormText,
        Ask::Address { .. } => Prompt::FormAddress,
        Ask::Number { .. } => Prompt::FormNumber,
        Ask::Money { .. } => Prompt::FormMoney,
        Ask::IdNumber => Prompt::FormIdNumber,
        Ask::BankCard => Prompt::FormBankCard,
        Ask::Persons { .. } => Prompt::FormPersons,
    };
    Words { trouble: form.complaint.map(|_| Prompt::FormWrong), ..place.into() }
}

fn keeping(stage: &DraftStage) -> Words {
    match stage {
        DraftStage::Asking => Prompt::DraftOffer.into(),
        DraftStage::Sending => Words::default(),
        DraftStage::Failed(_) => Prompt::DraftFailed.into(),
        DraftStage::Kept { .. } => Prompt::DraftKept.into(),
    }
}

fn photographing(photograph: &Photograph) -> Words {
    match &photograph.stage {
        PageStage::Aiming if photograph.kept == 0 => Prompt::PhotographPlace.into(),
        PageStage::Aiming => Prompt::PhotographNext.into(),
        PageStage::Taking => Words::default(),
        PageStage::Looking(warnings) if warnings.is_empty() => Prompt::PhotographLook.into(),
        PageStage::Looking(_) => Prompt::PhotographPoor.into(),
        PageStage::Failed => Prompt::PhotographFailed.into(),
    }
}

fn resulting(outcome: &Outcome) -> Words {
    let place = match &outcome.news {
        CaseNews::Filed { status: CaseStatus::Completed, .. } => Prompt::ResultCompleted,
        CaseNews::Filed { .. } | CaseNews::BundleFiled { .. } => Prompt::ResultFiled,
        CaseNews::Waiting { .. } | CaseNews::BundleWaiting { .. } => Prompt::ResultWaiting,
        CaseNews::Refused { .. } => Prompt::ResultRefused,
        CaseNews::NotTaken(IntakeTrouble::Filed) => Prompt::ResultFiledBefore,
        CaseNews::NotTaken(IntakeTrouble::Full | IntakeTrouble::Disk) => Prompt::ResultNotTaken,
    };
    let also = match outcome.receipt {
        None | Some(ReceiptState::Printing) => None,
        Some(ReceiptState::Printed) => Some(Prompt::ReceiptPrinted),
        Some(ReceiptState::NotPrinted(_)) => Some(Prompt::ReceiptNotPrinted),
        Some(ReceiptState::Unknown) => Some(Prompt::ReceiptUnknown),
    };
    Words { also, ..place.into() }
}

fn querying(query: &ProgressQuery, frame: &Frame) -> Words {
    let place = match frame.codes {
        None => Prompt::QueryEnter,
        Some(CodeReader::Scanner) => Prompt::QueryScanner,
        Some(CodeReader::Camera) => Prompt::QueryCamera,
    };
    let wrong = query.wrong.map(|wrong| match wrong {
        WrongCode::Typed => Prompt::QueryWrong,
        WrongCode::Scanned => Prompt::QueryNotAReceipt,
    });
    let trouble = query.trouble.map(|trouble| match trouble {
        QueryTrouble::Offline => Prompt::QueryOffline,
        QueryTrouble::Failed => Prompt::QueryFailed,
    });
    Words { trouble: wrong.or(trouble), ..place.into() }
}

fn ending(end: End) -> Words {
    let prompt = match (end.take_card, end.take_receipt, end.timed_out) {
        (true, true, _) => Prompt::EndCardAndReceipt,
        (true, false, _) => Prompt::EndCard,
        (false, true, _) => Prompt::EndReceipt,
        (false, false, true) => Prompt::EndTimedOut,
        (false, false, false) => Prompt::EndDone,
    };
    prompt.into()
}

/// What was said, so that it is said once.
#[derive(Debug, Default)]
pub(crate) struct Mouth {
    said: Words,
    /// Something was begun, and nobody has wanted silence since.
    begun: bool,
    /// When it was last told what went wrong.
    warned: Duration,
}

/// What a saying follows upon; nothing of what was typed is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    /// Somebody wants to hear it, or to hear it otherwise.
    Wish,
    /// Somebody tries what may go wrong again.
    Try,
    /// The screen was touched, wherever.
    Anywhere,
    /// Any other touch.
    Touch,
    /// Something went wrong, perhaps the same again.
    Trouble,
    /// Anything else.
    News,
}

impl Happened {
    pub(crate) fn of(event: &Event) -> Self {
        match event {
            Event::Touch(Touch::Repeat | Touch::Louder(_) | Touch::Mute | Touch::Language(_)) => Self::Wish,
            Event::Touch(Touch::Next | Touch::FindByCode | Touch::Submit) => Self::Try,
            Event::Touch(Touch::Anywhere) => Self::Anywhere,
            Event::Touch(_) => Self::Touch,
            Event::CardFailed(_) | Event::Scanned(_) => Self::Trouble,
            _ => Self::News,
        }
    }

    fn is_touch(self) -> bool {
        !matches!(self, Self::Trouble | Self::News)
    }
}

/// What the mouth is to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Speech {
    /// Silence, and then this, in this order.
    Anew(Vec<Prompt>),
    /// This once the rest was said.
    Then(Prompt),
    /// Silence.
    Silence,
}

impl Mouth {
    /// What there was to say when nobody could hear it.
    pub(crate) fn saw(&mut self, words: Words) {
        self.said = words;
    }

    /// What is said of what is shown now, after what has happened. `None` leaves alone what is being said.
    pub(crate) fn follow(
        &mut self,
        view: &View,
        words: Words,
        happened: Happened,
        now: Duration,
    ) -> Option<Speech> {
        let before = std::mem::replace(&mut self.said, words);
        let Words { place, trouble, also } = self.said;
        if view.frame.voice.is_none_or(|voice| !voice.on) {
            return self.hush();
        }
        // At rest nobody is there to listen, unless somebody has touched it just now.
        let stopped = matches!(view.screen, Screen::OutOfService);
        if !happened.is_touch() && (stopped || matches!(view.screen, Screen::Home(_))) {
            return if place == before.place { None } else { self.hush() };
        }
        let wanted = happened == Happened::Wish || (stopped && happened == Happened::Anywhere);
        let again = match happened {
            Happened::Try => true,
            Happened::Trouble => self.warned + PAUSE <= now,
            _ => false,
        };
        let warns = trouble.is_some() && (trouble != before.trouble || again);
        if wanted || warns || place != before.place {
            self.warned = now;
            let said: Vec<_> = trouble.or(place).into_iter().chain(also).collect();
            return if said.is_empty() { self.hush() } else { self.say(Speech::Anew(said)) };
        }
        match also {
            Some(also) if before.also != Some(also) => self.say(Speech::Then(also)),
            _ if happened.is_touch() => self.hush(),
            _ => None,
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "as everything that gives a speech")]
    fn say(&mut self, speech: Speech) -> Option<Speech> {
        self.begun = true;
        Some(speech)
    }

    /// Silence, where anything could be heard.
    pub(crate) fn hush(&mut self) -> Option<Speech> {
        std::mem::take(&mut self.begun).then_some(Speech::Silence)
    }
}
