//! Whatever is touched, in whatever order.

use kiosk_ime::Mode;
use proptest::prelude::*;

use crate::typist::composer;

#[derive(Clone, Debug)]
enum Touch {
    Key(char),
    Erase,
    Turn(bool),
    Choose(usize),
    Mode(u8),
}

fn touch() -> impl Strategy<Value = Touch> {
    prop_oneof![
        10 => prop::char::range('a', 'z').prop_map(Touch::Key),
        4 => prop::sample::select(vec!['h', 's', 'p', 'n', 'z', 'x', '\'', 'i', 'u', 'a']).prop_map(Touch::Key),
        1 => any::<char>().prop_map(Touch::Key),
        3 => Just(Touch::Erase),
        3 => any::<bool>().prop_map(Touch::Turn),
        3 => (0usize..12).prop_map(Touch::Choose),
        1 => (0u8..4).prop_map(Touch::Mode),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_touches_confuse_it(touches in prop::collection::vec(touch(), 0..60)) {
        let mut typed = composer(Mode::Words);
        for touch in touches {
            match touch {
                Touch::Key(key) => {
                    let before = typed.shown();
                    prop_assert!(typed.press(key) || typed.shown() == before);
                }
                Touch::Erase => prop_assert_eq!(!typed.is_empty(), typed.erase()),
                Touch::Turn(forward) => typed.turn(forward),
                Touch::Choose(place) => {
                    let offered = typed.candidates().get(place).map(|candidate| candidate.text.clone());
                    if let Some(text) = typed.choose(place) {
                        prop_assert!(text.ends_with(&*offered.unwrap()));
                        prop_assert!(typed.is_empty());
                    }
                }
                Touch::Mode(mode) => typed.set_mode(match mode {
                    0 => Mode::Words,
                    1 => Mode::Strokes,
                    other => Mode::Name { first: other == 2 },
                }),
            }
            prop_assert!(!typed.is_empty() || typed.candidates().is_empty());
            prop_assert!(typed.candidates().len() <= crate::typist::PAGE);
        }
        while !typed.is_empty() {
            prop_assert!(typed.erase());
        }
        prop_assert_eq!(typed.shown(), (String::new(), String::new()));
    }

    #[test]
    fn letters_that_begin_a_syllable_always_lead_to_something(keys in "[b-hj-tw-z][a-z]{0,38}") {
        let mut typed = composer(Mode::Words);
        for key in keys.chars() {
            prop_assert!(typed.press(key));
            prop_assert!(!typed.candidates().is_empty(), "{}", keys);
        }
    }
}
