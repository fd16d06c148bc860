//! The doorway: what every state has in common is done here, once.

use std::time::Duration;

use jiff::Timestamp;
use protocol::AppRegistry;

use crate::{
    Deadlines, Effect, Event, Now, View,
    event::{CodeReader, Configured, IntakeTrouble, Poster, Touch},
    home::Arrangement,
    state::{Admitting, Cx, Ending, Home, Knocks, Leaving, Patience, Pausing, Starting, State, Wait},
    view::{Frame, Overlay, PrinterTrouble, ReaderTrouble, Screen, Settings},
    voice::{Happened, Mouth, Saying, Speech, Voice, Words},
};

/// One kiosk's mind.
#[derive(Debug)]
pub struct Flow {
    limits: Deadlines,
    defaults: Settings,
    registry: Option<AppRegistry>,
    online: bool,
    confirmed: Option<Timestamp>,
    printer: Option<PrinterTrouble>,
    reader: Option<ReaderTrouble>,
    camera: bool,
    speaker: bool,
    mouth: Mouth,
    codes: Option<CodeReader>,
    intake: Option<IntakeTrouble>,
    out_of_service: bool,
    stopped: Option<&'static str>,
    knocks: Knocks,
    settings: Settings,
    posters: Vec<Poster>,
    arrangement: Arrangement,
    /// Settings of the machine that wait until nobody is there.
    configured: Option<Configured>,
    /// `None` only while a step is being taken.
    state: Option<State>,
    above: Option<Above>,
    card_seen: bool,
    now: Now,
    touched: Duration,
    affirmed: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Above {
    Help,
    Leave,
    Countdown { ends: Duration },
}

impl Flow {
    /// A kiosk that has just been switched on.
    #[must_use]
    pub fn new(limits: Deadlines, defaults: Settings, now: Now) -> Self {
        Self {
            limits,
            defaults,
            registry: None,
            online: false,
            confirmed: None,
            printer: None,
            reader: None,
            camera: false,
            speaker: false,
            mouth: Mouth::default(),
            codes: None,
            intake: None,
            out_of_service: false,
            stopped: None,
            knocks: Knocks::default(),
            settings: defaults,
            posters: Vec::new(),
            arrangement: Arrangement::default(),
            configured: None,
            state: Some(Starting.into()),
            above: None,
            card_seen: false,
            now,
            touched: now.mono,
            affirmed: now.mono,
        }
    }

    /// Takes one event and tells what is to be done.
    pub fn handle(&mut self, event: Event, now: Now) -> Vec<Effect> {
        if self.may_gain_voice(&event) {
            self.mouth.saw(self.seen().1);
        }
        self.now = now;
        let mut effects = Vec::new();
        if matches!(event, Event::Touch(_)) {
            self.touched = now.mono;
        } else {
            self.run_out(&mut effects);
        }
        self.learn(&event);
        let happened = Happened::of(&event);
        if let Some(event) = self.common(event, &mut effects) {
            self.step(&mut effects, |state, cx| state.on(event, cx));
        }
        self.configure(&mut effects);
        self.speak(happened, &mut effects);
        effects
    }

    /// Whether it can be heard at all. Most machines have no loudspeaker: there nobody looks for words.
    fn has_voice(&self) -> bool {
        self.speaker && self.settings.voice.is_some()
    }

    /// Whether it cannot be heard, and may be after this event: what was there to be seen before is no news then.
    fn may_gain_voice(&self, event: &Event) -> bool {
        let configured = self.configured.is_some() || matches!(event, Event::Configured(_));
        !self.has_voice() && (configured || matches!(event, Event::Speaker(true)))
    }

    fn speak(&mut self, happened: Happened, effects: &mut Vec<Effect>) {
        if !self.has_voice() {
            effects.extend(self.mouth.hush().map(|_| Effect::Silence));
            return;
        }
        let (view, words) = self.seen();
        let voice = view.frame.voice.unwrap_or_else(|| Voice::at(0));
        let say = |prompt, in_turn| {
            let (language, percent) = (view.frame.settings.language, voice.percent);
            Effect::Say(Saying { prompt, language, percent, in_turn })
        };
        match self.mouth.follow(&view, words, happened, self.now.mono) {
            None => {}
            Some(Speech::Silence) => effects.push(Effect::Silence),
            Some(Speech::Then(prompt)) => effects.push(say(prompt, true)),
            Some(Speech::Anew(prompts)) => {
                effects.extend(prompts.into_iter().enumerate().map(|(place, prompt)| say(prompt, place > 0)));
            }
        }
    }

    /// What to show now.
    #[must_use]
    pub fn view(&self) -> View {
        self.seen().0
    }

    fn seen(&self) -> (View, Words) {
        let state = self.state();
        let screen = match state {
            State::Attract(_) => Screen::Attract(self.poster().cloned()),
            _ => state.screen(self.now),
        };
        let mut view = View { frame: self.frame(state), screen, overlay: self.overlay() };
        let words = Words::of(&view);
        if !words.is_empty() {
            view.frame.voice = self.settings.voice.filter(|_| self.speaker);
        }
        (view, words)
    }

    /// When to come back with [`Event::Tick`], if nothing else happens first.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Duration> {
        let state = self.state();
        let patience = match self.above {
            Some(Above::Countdown { ends }) => Some(self.next_second(ends)),
            _ => self.idle_deadline(state),
        };
        let own = state.deadline(&self.limits);
        patience.into_iter().chain(own).chain(self.next_turn()).min()
    }

    /// How many pictures have had their turn since the kiosk was left. The house's own comes first, and again after all posters.
    fn turns(&self) -> u64 {
        let since = self.now.mono.saturating_sub(self.touched).as_nanos();
        u64::try_from(since / self.limits.poster.as_nanos().max(1)).unwrap_or_default()
    }

    fn poster(&self) -> Option<&Poster> {
        let place = self.turns() % (self.posters.len() as u64 + 1);
        self.posters.get(usize::try_from(place).ok()?.checked_sub(1)?)
    }

    /// When the next picture has its turn.
    fn next_turn(&self) -> Option<Duration> {
        if self.posters.is_empty() || !self.is_attracting() {
            return None;
        }
        let turns = u32::try_from(self.turns() + 1).ok()?;
        Some(self.touched.saturating_add(self.limits.poster.saturating_mul(turns)))
    }

    /// Whether nobody is in front of the kiosk, as far as can be told: it rests at its home screen.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        match self.state() {
            State::Starting(_) | State::Attract(_) | State::Pausing(_) => true,
            // Whoever has chosen large type or a language is still there.
            State::Home(_) => self.above.is_none() && self.settings == self.defaults,
            _ => false,
        }
    }

    /// Whether the machine's settings that came last are in force.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        self.configured.is_none()
    }

    fn configure(&mut self, effects: &mut Vec<Effect>) {
        if self.is_at_rest()
            && let Some(Configured { limits, defaults, posters, arrangement }) = self.configured.take()
        {
            (self.limits, self.defaults, self.settings, self.posters) = (limits, defaults, defaults, posters);
            self.arrangement = arrangement;
            if matches!(self.state(), State::Home(_)) {
                self.step(effects, |_, cx| Home::open(cx));
            }
        }
    }

    /// Whether anything about a person is held. After the end of a visit nothing is.
    #[must_use]
    pub fn holds_personal_data(&self) -> bool {
        self.state().is_personal()
    }

    fn state(&self) -> &State {
        const RESTING: &State = &State::Starting(Starting);
        self.state.as_ref().unwrap_or(RESTING)
    }

    /// What is true whatever the state.
    fn learn(&mut self, event: &Event) {
        match event {
            Event::Registry(registry) => self.registry = Some((**registry).clone()),
            Event::Configured(configured) => self.configured = Some((**configured).clone()),
            Event::Online(online) => self.online = *online,
            Event::Confirmed(at) => self.confirmed = Some(*at),
            Event::Printer(trouble) => self.printer = *trouble,
            Event::Reader(trouble) => self.reader = *trouble,
            Event::Camera(works) => self.camera = *works,
            Event::Speaker(works) => self.speaker = *works,
            Event::Volume(Some(percent)) => self.speak_at(*percent),
            Event::Codes(reader) => self.codes = *reader,
            Event::Intake(trouble) => self.intake = *trouble,
            Event::OutOfService(out) => self.out_of_service = *out,
            Event::Stopped(code) => self.stopped = *code,
            _ => {}
        }
    }

    /// The touches that mean the same on every screen; what is left goes to the state.
    fn common(&mut self, event: Event, effects: &mut Vec<Effect>) -> Option<Event> {
        let Event::Touch(touch) = event else { return Some(event) };
        match touch {
            Touch::Clock if !self.is_attracting() => self.knock(effects),
            Touch::Clock => {
                self.knock(effects);
                return Some(Event::Touch(Touch::Anywhere));
            }
            // Nobody is there yet whose wish it could be.
            touch if self.is_attracting() => return Some(Event::Touch(touch)),
            Touch::Language(language) if self.arrangement.languages.contains(&language) => {
                self.settings.language = language;
            }
            Touch::Language(_) => {}
            Touch::LargeType(large) => self.settings.large_type = large,
            Touch::Contrast(contrast) => self.settings.contrast = contrast,
            Touch::Louder(louder) if self.speaks() => self.revoice(|voice| voice.louder(louder)),
            Touch::Mute if self.speaks() => self.revoice(|voice| Voice { on: !voice.on, ..voice }),
            Touch::Repeat if self.speaks() => {}
            Touch::Help => self.above = Some(Above::Help),
            Touch::CloseHelp if self.above == Some(Above::Help) => self.above = None,
            Touch::Stay if self.above.is_some() => self.stay(),
            Touch::Leave if self.above.is_some() => self.leave(effects),
            Touch::Home if self.above.is_none() => self.home(effects),
            Touch::Save if self.above != Some(Above::Help) && self.state().can_save() => {
                self.step(effects, |state, cx| state.save(cx));
            }
            // Whatever lies above a screen keeps every touch from what lies below.
            _ if self.above.is_some() => {}
            touch => return Some(Event::Touch(touch)),
        }
        None
    }

    fn speaks(&self) -> bool {
        self.view().frame.voice.is_some()
    }

    fn revoice(&mut self, change: impl FnOnce(Voice) -> Voice) {
        self.settings.voice = self.settings.voice.map(change);
    }

    /// The machine's own loudness is another; settings that wait were made before it.
    fn speak_at(&mut self, percent: u8) {
        let waiting = self.configured.as_mut().map(|configured| &mut configured.defaults);
        for settings in [&mut self.defaults, &mut self.settings].into_iter().chain(waiting) {
            settings.voice = settings.voice.map(|_| Voice::at(percent));
        }
    }

    fn is_attracting(&self) -> bool {
        matches!(self.state(), State::Attract(_))
    }

    /// Only where nobody's visit is going on.
    fn knock(&mut self, effects: &mut Vec<Effect>) {
        let resting = is_rest(self.state()) || matches!(self.state(), State::Starting(_));
        if resting && self.knocks.knock(self.now.mono) {
            self.step(effects, |_, cx| Admitting::begin(cx));
        }
    }

    fn stay(&mut self) {
        self.above = None;
        self.affirmed = self.now.mono;
    }

    fn leave(&mut self, effects: &mut Vec<Effect>) {
        let leaving = self.state().leaving();
        self.step(effects, |_, cx| Ending::after(leaving, false, cx));
    }

    fn home(&mut self, effects: &mut Vec<Effect>) {
        match self.state().leaving() {
            Leaving::NotOffered => {}
            Leaving::Asks => self.above = Some(Above::Leave),
            Leaving::Free => self.step(effects, |_, cx| Home::open(cx)),
            Leaving::Ends => self.leave(effects),
        }
    }

    /// What the passing of time does: a countdown begins, ends, or a screen moves on.
    fn run_out(&mut self, effects: &mut Vec<Effect>) {
        let now = self.now.mono;
        if let Some(Above::Countdown { ends }) = self.above {
            if ends <= now {
                let leaving = self.state().leaving();
                self.step(effects, |_, cx| Ending::after(leaving, true, cx));
            }
            return;
        }
        if self.idle_deadline(self.state()).is_none_or(|at| now < at) {
            return;
        }
        match self.state().patience(&self.limits) {
            Patience::Endless => {}
            Patience::Quiet(_) => self.step(effects, State::moved_on),
            Patience::Asking(_) => self.above = Some(Above::Countdown { ends: now + self.limits.countdown }),
        }
    }

    fn idle_deadline(&self, state: &State) -> Option<Duration> {
        // Who needs large type needs more time, too.
        let factor = if self.settings.large_type { 2 } else { 1 };
        match state.patience(&self.limits) {
            Patience::Endless => None,
            Patience::Quiet(after) => Some(self.touched + after * factor),
            Patience::Asking(after) => {
                Some((self.touched + after * factor).min(self.affirmed + self.limits.visit))
            }
        }
    }

    fn next_second(&self, ends: Duration) -> Duration {
        let left = ends.saturating_sub(self.now.mono);
        let part = Duration::from_nanos(u64::from(left.subsec_nanos()));
        let tick = if part.is_zero() { Duration::from_secs(1) } else { part };
        (self.now.mono + tick).min(ends)
    }

    fn step(&mut self, effects: &mut Vec<Effect>, take: impl FnOnce(State, &mut Cx<'_>) -> State) {
        let Some(before) = self.state.take() else { return };
        let kind = (std::mem::discriminant(&before), before.patience(&self.limits));
        let was_ending = matches!(before, State::Ending(_));
        let (scanned, watched, tried) = (before.scans(), before.watches(), before.tries());
        let mut cx = Cx {
            now: self.now,
            limits: &self.limits,
            registry: self.registry.as_ref(),
            arrangement: &self.arrangement,
            intake: self.intake,
            camera: self.camera,
            online: self.online,
            serves: !self.out_of_service && self.stopped.is_none(),
            effects,
            card_seen: &mut self.card_seen,
        };
        let after = take(before, &mut cx);
        // A card that was put down is still there: its owner is reminded before the kiosk rests.
        let after =
            if *cx.card_seen && is_rest(&after) { Ending::begin(false, false, &mut cx) } else { after };
        let idle = is_rest(&after) || matches!(after, State::Starting(_));
        let after = if !cx.serves && idle { Pausing.into() } else { after };
        // Here for every state and every way out of it: what nobody switched off goes on reading, or looking.
        if after.scans() != scanned {
            cx.want(Effect::Scan(!scanned));
        }
        if after.watches() != watched {
            cx.want(Effect::WatchCamera(!watched));
        }
        if tried && !after.tries() {
            cx.want(Effect::EndTrial);
        }
        if (std::mem::discriminant(&after), after.patience(&self.limits)) != kind {
            self.above = None;
            self.touched = self.now.mono;
        }
        if is_rest(&after) {
            self.affirmed = self.now.mono;
        }
        // The next resident begins with the settings of the machine, not with those of the one before.
        if matches!(after, State::Attract(_) | State::Pausing(_)) || (was_ending && is_rest(&after)) {
            self.settings = self.defaults;
        }
        self.state = Some(after);
    }

    fn frame(&self, state: &State) -> Frame {
        let registry = self.registry.as_ref();
        Frame {
            community: registry.map(|r| r.community.name.clone()),
            subdistrict: registry.map(|r| r.community.subdistrict.clone()),
            phones: registry.map(|r| r.phones.clone()),
            online: self.online,
            cached_since: self.confirmed.filter(|_| !self.online),
            printer: self.printer,
            reader: self.reader,
            codes: self.codes,
            step: state.step(),
            can_go_back: state.can_go_back(),
            can_save: state.can_save(),
            can_go_home: state.leaving() != Leaving::NotOffered,
            out_of_service: self.out_of_service,
            stopped: self.stopped,
            languages: self.arrangement.languages.clone(),
            settings: self.settings,
            voice: None,
        }
    }

    fn overlay(&self) -> Option<Overlay> {
        self.above.map(|above| match above {
            Above::Help => Overlay::Help,
            Above::Leave => Overlay::Leave,
            Above::Countdown { ends } => {
                let left = ends.saturating_sub(self.now.mono).as_millis().div_ceil(1_000);
                Overlay::Countdown { seconds_left: u32::try_from(left).unwrap_or(u32::MAX) }
            }
        })
    }
}

fn is_rest(state: &State) -> bool {
    matches!(state, State::Attract(_) | State::Home(_) | State::Pausing(_))
}
