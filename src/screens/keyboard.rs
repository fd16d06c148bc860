//! Words typed on the screen: keys become candidates, a chosen candidate becomes part of the answer.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use flow::Touch;
use ime::{Composer, Dictionary, Mode};
use kiosk_ui::slint::ComponentHandle as _;
use kiosk_ui::{AppWindow, KeyLayer, TextApi, Theme, slint::SharedString};

use super::{Send, dates};

/// Candidates side by side in portrait and in landscape: what the markup has places for.
const PORTRAIT: usize = 8;
const LANDSCAPE: usize = 5;

pub(super) struct Keyboard {
    typing: Shared,
}

#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Typing>>);

/// What is being typed.
#[derive(Default)]
struct Typing {
    field: String,
    answer: String,
    layer: KeyLayer,
    /// Made for the first question in words; a kiosk whose items ask for none never reads the dictionary.
    composer: Option<Composer>,
}

impl Keyboard {
    pub(super) fn connect(window: &AppWindow, send: &Send) -> Self {
        let typing = Shared::default();
        let api = window.global::<TextApi>();
        api.on_press(typing.act(window, send, |typing, key: SharedString| typing.press(&key)));
        let erase = typing.act(window, send, |typing, ()| typing.erase());
        api.on_erase(move || erase(()));
        api.on_choose(typing.act(window, send, |typing, place: i32| typing.choose(place)));
        api.on_turn(typing.act(window, send, |typing, on: bool| typing.turn(on)));
        api.on_select_layer(typing.act(window, send, |typing, layer: KeyLayer| typing.select(layer)));
        Self { typing }
    }

    /// The question `field`, answered so far with `answer`.
    pub(super) fn show(&self, window: &AppWindow, field: &str, answer: &str) {
        let mut typing = self.typing.0.borrow_mut();
        answer.clone_into(&mut typing.answer);
        if typing.composer.is_none() {
            typing.composer = composer(window);
        }
        if typing.field != field {
            field.clone_into(&mut typing.field);
            typing.select(KeyLayer::Pinyin);
        }
        typing.show(window);
    }

    pub(super) fn forget(&self, window: &AppWindow) {
        let mut typing = self.typing.0.borrow_mut();
        // The dictionary is nobody's; the rest is.
        let composer = std::mem::take(&mut *typing).composer;
        typing.composer = composer;
        typing.select(KeyLayer::Pinyin);
        typing.show(window);
    }
}

impl Shared {
    /// A callback that does `what`, tells the flow the answer where there is a new one, and shows what became of it.
    fn act<A: 'static>(
        &self,
        window: &AppWindow,
        send: &Send,
        what: fn(&mut Typing, A) -> Option<String>,
    ) -> impl Fn(A) + 'static {
        let (at, to, weak) = (self.clone(), send.clone(), window.as_weak());
        move |told| {
            let answer = what(&mut at.0.borrow_mut(), told);
            if let Some(answer) = answer {
                to(Touch::Answer(answer));
            }
            if let Some(window) = weak.upgrade() {
                at.0.borrow().show(&window);
            }
        }
    }
}

fn composer(window: &AppWindow) -> Option<Composer> {
    let dictionary = Dictionary::embedded()
        .inspect_err(|error| tracing::error!(%error, "no Chinese can be typed"))
        .ok()?;
    let places = if window.global::<Theme>().get_landscape() { LANDSCAPE } else { PORTRAIT };
    Some(Composer::new(Arc::new(dictionary), Mode::Words, places))
}

impl Typing {
    /// A person's name is asked for in a field called so: then a family name is likelier than a word.
    fn is_name(&self) -> bool {
        self.field.rsplit(['_', '.']).next() == Some("name")
    }

    fn select(&mut self, layer: KeyLayer) -> Option<String> {
        self.layer = layer;
        let first = self.answer.is_empty();
        let mode = match layer {
            KeyLayer::Strokes => Mode::Strokes,
            _ if self.is_name() => Mode::Name { first },
            _ => Mode::Words,
        };
        if let Some(composer) = &mut self.composer {
            composer.set_mode(mode);
        }
        None
    }

    /// The whole answer, where the key is part of it at once.
    fn press(&mut self, key: &str) -> Option<String> {
        if matches!(self.layer, KeyLayer::Digits | KeyLayer::Letters) {
            return Some(format!("{}{key}", self.answer));
        }
        for letter in key.chars() {
            self.composer.as_mut()?.press(letter.to_ascii_lowercase());
        }
        None
    }

    fn choose(&mut self, place: i32) -> Option<String> {
        let text = self.composer.as_mut()?.choose(usize::try_from(place).ok()?)?;
        Some(format!("{}{text}", self.answer))
    }

    fn turn(&mut self, on: bool) -> Option<String> {
        self.composer.as_mut()?.turn(on);
        None
    }

    /// Takes back a key of what is being typed, or a character of what is written.
    fn erase(&mut self) -> Option<String> {
        if self.composer.as_mut().is_some_and(Composer::erase) {
            return None;
        }
        let mut shorter = self.answer.clone();
        shorter.pop()?;
        if shorter.is_empty() {
            self.select(self.layer);
        }
        Some(shorter)
    }

    fn show(&self, window: &AppWindow) {
        let api = window.global::<TextApi>();
        api.set_text(self.answer.as_str().into());
        api.set_layer(self.layer);
        let Some(composer) = &self.composer else { return };
        let (chosen, keys) = composer.shown();
        let (back, on) = composer.more();
        api.set_composing(!composer.is_empty());
        api.set_chosen(chosen.into());
        api.set_keys(keys.into());
        api.set_can_turn_back(back);
        api.set_can_turn_on(on);
        let words = composer.candidates().iter().map(|candidate| SharedString::from(candidate.text.as_ref()));
        api.set_candidates(dates::model(words));
    }
}
