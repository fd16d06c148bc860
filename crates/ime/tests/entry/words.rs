//! Words and names that residents write.

use kiosk_ime::Mode;

use crate::typist::{composer, first_page, touches};

const NAME: Mode = Mode::Name { first: true };

#[test]
fn words_of_the_counter_take_their_keys_and_a_touch() {
    for (text, keys, most) in [
        ("身份证", "shenfenzheng", 13),
        ("身份证", "sfz", 4),
        ("社会保障", "shehuibaozhang", 15),
        ("社会保障", "shbz", 5),
        ("居民", "jumin", 6),
        ("居委会", "juweihui", 9),
        ("泸州市江阳区", "luzhoushijiangyangqu", 22),
        ("西安", "xi'an", 6),
        ("西安", "xian", 7),
        ("方案", "fangan", 8),
        ("战略", "zhanlue", 8),
        ("女儿", "nver", 5),
        ("灵活就业人员", "linghuojiuyerenyuan", 20),
        ("在超市打零工", "zaichaoshidalinggong", 23),
        ("母亲生病住院", "muqinshengbingzhuyuan", 23),
        ("示例路", "shililu", 8),
    ] {
        let taken = touches(Mode::Words, keys, text).unwrap_or_else(|| panic!("{text} cannot be written"));
        println!("{text} {keys}: {taken} touches");
        assert!(taken <= most, "{text} takes {taken} touches");
    }
}

#[test]
fn names_are_written_character_by_character() {
    for (text, keys, most) in [
        ("张三", "zhangsan", 10),
        ("努尔艾力", "nueraili", 13),
        ("单", "shan", 5),
        ("䶮", "yan", 8),
        ("堃", "kun", 5),
        ("欧阳建国", "ouyangjianguo", 17),
        ("王建国", "wangjianguo", 15),
        ("吕布", "lvbu", 7),
        ("尉迟", "yuchi", 6),
        ("买买提", "maimaiti", 12),
    ] {
        let taken = touches(NAME, keys, text).unwrap_or_else(|| panic!("{text} cannot be written"));
        println!("{text} {keys}: {taken} touches");
        assert!(taken <= most, "{text} takes {taken} touches");
    }
}

#[test]
fn a_family_name_comes_first_in_the_reading_it_has_as_one() {
    for (name, keys) in [
        ("单", "shan"),
        ("仇", "qiu"),
        ("解", "xie"),
        ("曾", "zeng"),
        ("查", "zha"),
        ("盖", "ge"),
        ("区", "ou"),
        ("朴", "piao"),
        ("任", "ren"),
        ("翟", "zhai"),
        ("乐", "yue"),
        ("缪", "miao"),
        ("员", "yun"),
        ("尉迟", "yuchi"),
        ("万俟", "moqi"),
        ("召", "shao"),
        ("种", "chong"),
        ("繁", "po"),
        ("折", "she"),
        ("祭", "zhai"),
        ("黑", "he"),
        ("欧阳", "ouyang"),
        ("王", "wang"),
        ("李", "li"),
        ("张", "zhang"),
        ("刘", "liu"),
    ] {
        assert!(
            first_page(NAME, keys).contains(&name.to_owned()),
            "{name} is not on the first page of {keys}"
        );
    }
    // Behind the family name nobody wants one.
    let given = |keys| first_page(Mode::Name { first: false }, keys);
    assert_eq!((given("wei")[0].as_str(), given("fang")[0].as_str()), ("伟", "芳"));
}

#[test]
fn strokes_write_what_nobody_can_read_out() {
    for (text, strokes, most) in [
        ("张", "zhzphzn", 8),
        ("䶮", "hpzpnhhpn", 10),
        ("堃", "nhzpnhzphsh", 12),
        ("堃", "nxzpnhzphsx", 12),
        ("人", "pn", 3),
    ] {
        let Some(taken) = touches(Mode::Strokes, strokes, text) else { panic!("{text} is not found") };
        println!("{text} {strokes}: {taken} touches");
        assert!(taken <= most, "{text} takes {taken} touches");
    }
}

#[test]
fn what_is_typed_can_be_read_back_and_taken_back() {
    let mut typed = composer(Mode::Words);
    for key in "nueraili".chars() {
        typed.press(key);
    }
    assert_eq!(typed.shown(), (String::new(), "nu er ai li".to_owned()));
    let nver = typed.candidates().iter().position(|candidate| candidate.text == "女儿");
    assert_eq!(nver, None, "女儿 is typed with a v");
    let mut name = composer(NAME);
    for key in "nueraili".chars() {
        name.press(key);
    }
    let nu = name.candidates().iter().position(|candidate| candidate.text == "努").unwrap();
    assert_eq!(name.choose(nu), None);
    assert_eq!(name.shown(), ("努".to_owned(), "er ai li".to_owned()));
    for _ in 0..6 {
        assert!(name.erase());
    }
    assert_eq!(name.shown(), (String::new(), "nu".to_owned()), "the keys of the last choice come back");
    assert!(name.erase() && name.erase() && name.is_empty() && !name.erase());
}

#[test]
fn keys_that_mean_nothing_change_nothing() {
    let mut words = composer(Mode::Words);
    for key in ['A', '1', ' ', '张', '\'', 'é', '\n'] {
        assert!(!words.press(key) && words.is_empty(), "{key}");
    }
    let mut strokes = composer(Mode::Strokes);
    assert!(!strokes.press('a') && strokes.press('h'));
}

#[test]
fn nothing_is_learnt() {
    let mut composer = composer(Mode::Words);
    let type_it = |composer: &mut kiosk_ime::Composer| "shi".chars().all(|key| composer.press(key));
    assert!(type_it(&mut composer));
    let before = composer.candidates().to_vec();
    for _ in 0..5 {
        composer.turn(true);
        composer.choose(3).unwrap();
        assert!(type_it(&mut composer));
        assert_eq!(composer.candidates(), before);
    }
    assert!(!format!("{composer:?}{:?}", composer.candidates()).contains("shi"));
}
