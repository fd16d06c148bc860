//! What whoever stands before the kiosk hears, by an ear before its loudspeaker.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use driver_api::Volume;
use driver_sim::loudspeaker::{Loudspeaker, likeness};
use protocol::Language;
use serde_json::{Value, json};
use speaker::protocol::Recording;
use testkit::StageOptions;
use voice::Voice;

use crate::{
    enrolled::{is_known, prepare, roots, types},
    maintenance::{PIN, registered, signs_in},
    visit::{ASKS_FOR_CARD, KNOWS_CARD, PATIENCE, Visit},
};

/// Between words there is less.
const PAUSE: Duration = Duration::from_millis(700);
/// Speech that was said against the same as it was heard, and against any other.
const ALIKE: f32 = 0.9;
const UNLIKE: f32 = 0.75;

/// A kiosk at home in a room where it is heard.
struct Room {
    visit: Visit,
    loudspeaker: Loudspeaker,
    _folder: tempfile::TempDir,
}

impl Room {
    fn quiet(session: &str) -> anyhow::Result<Self> {
        Self::with(StageOptions { session: session.to_owned(), ..StageOptions::default() })
    }

    fn with(options: StageOptions) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let loudspeaker = Loudspeaker::set_up(folder.path())?;
        let sound = Some(loudspeaker.alsa_config());
        let visit = Visit::none_yet(&StageOptions { sound, ..options })?;
        Ok(Self { visit, loudspeaker, _folder: folder })
    }

    /// Does something, and then hears what is said until it is said.
    fn hears_after(
        &mut self,
        deed: impl FnOnce(&mut Visit) -> anyhow::Result<()>,
    ) -> anyhow::Result<Vec<i16>> {
        let from = self.loudspeaker.now();
        deed(&mut self.visit)?;
        self.until("something is said", |loudspeaker| loudspeaker.is_loud_since(from))?;
        self.until("it ends", |loudspeaker| loudspeaker.is_quiet_for(PAUSE))?;
        Ok(self.loudspeaker.heard().split_off(from))
    }

    fn until(&self, what: &str, holds: impl Fn(&Loudspeaker) -> bool) -> anyhow::Result<()> {
        let begun = Instant::now();
        while !holds(&self.loudspeaker) {
            anyhow::ensure!(begun.elapsed() < PATIENCE, "waited until {what}");
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Nothing is said for a while.
    fn stays_quiet(&self) -> anyhow::Result<()> {
        let from = self.loudspeaker.now();
        std::thread::sleep(Duration::from_secs(2));
        anyhow::ensure!(!self.loudspeaker.is_loud_since(from), "something is said to nobody");
        Ok(())
    }
}

/// What a recording should sound like.
fn words(language: Language, key: &str) -> anyhow::Result<Vec<i16>> {
    let recording = Voice::built_in().recording(language, key).with_context(|| key.to_owned())?;
    let mut recording = Recording::new(&recording.ogg(), Volume::percent(100))?;
    let mut samples = Vec::new();
    while let Some(more) = recording.next_samples()? {
        samples.extend(more);
    }
    Ok(samples)
}

fn is(heard: &[i16], language: Language, key: &str) -> anyhow::Result<()> {
    let (alike, _) = likeness(&words(language, key)?, heard);
    anyhow::ensure!(alike > ALIKE, "{key}: {alike}");
    Ok(())
}

fn is_not(heard: &[i16], language: Language, key: &str) -> anyhow::Result<()> {
    let (alike, _) = likeness(&words(language, key)?, heard);
    anyhow::ensure!(alike < UNLIKE, "{key} is heard as well: {alike}");
    Ok(())
}

/// How loud the loudest moment was.
fn peak(heard: &[i16]) -> f32 {
    heard.iter().map(|sample| f32::from(sample.unsigned_abs())).fold(0.0, f32::max)
}

fn at_the_consent(visit: &mut Visit) -> anyhow::Result<()> {
    visit.stage.tap("养老金资格认证")?;
    visit.stage.tap("开始办理")?;
    visit.sees("同意，继续")
}

#[test]
fn what_to_do_is_heard_once_and_again_when_wanted_and_never_through_a_touch() -> anyhow::Result<()> {
    let mut room = Room::quiet("")?;
    room.stays_quiet()?;
    let welcome = room.hears_after(Visit::touches)?;
    is(&welcome, Language::Simplified, "home.welcome")?;
    is_not(&welcome, Language::Simplified, "card.place")?;
    at_the_consent(&mut room.visit)?;

    let asked = room.hears_after(|visit| {
        visit.stage.tap("同意，继续")?;
        visit.sees(ASKS_FOR_CARD)
    })?;
    is(&asked, Language::Simplified, "card.place")?;
    is_not(&asked, Language::Simplified, "end.card")?;
    room.stays_quiet()?;
    let again = room.hears_after(|visit| visit.stage.tap("再听一遍"))?;
    is(&again, Language::Simplified, "card.place")?;

    // In the middle of a word, a touch of anything.
    let from = room.loudspeaker.now();
    room.visit.stage.tap("再听一遍")?;
    room.until("it is said", |loudspeaker| loudspeaker.is_loud_since(from))?;
    std::thread::sleep(Duration::from_millis(500));
    room.visit.stage.kiosk.perform(&json!({"do": "touch", "x": 540, "y": 700}))?;
    std::thread::sleep(Duration::from_millis(400));
    let silent = room.loudspeaker.now();
    std::thread::sleep(Duration::from_secs(1));
    anyhow::ensure!(!room.loudspeaker.is_loud_since(silent), "speaks on through a touch");
    let cut = room.loudspeaker.heard().split_off(from);
    let whole = words(Language::Simplified, "card.place")?;
    let (loud, all) = (loud(&cut), loud(&whole));
    anyhow::ensure!(loud > 0 && loud < all * 2 / 3, "{loud} of {all} samples were heard");

    room.visit.puts_card("citizen-2")?;
    room.visit.sees(KNOWS_CARD)
}

/// Samples that can be heard.
fn loud(samples: &[i16]) -> usize {
    samples.iter().filter(|sample| sample.unsigned_abs() > 200).count()
}

#[test]
fn how_loud_and_whether_at_all_and_in_which_language_is_the_visitors_to_say() -> anyhow::Result<()> {
    let mut room = Room::quiet("idle = 12\n")?;
    let usual = peak(&room.hears_after(Visit::touches)?);
    let softer = peak(&room.hears_after(|visit| visit.stage.tap("小一点"))?);
    // 40 % after 60 %: the square of two thirds.
    anyhow::ensure!((softer / usual - 4.0 / 9.0).abs() < 0.06, "{softer} after {usual}");
    let english = room.hears_after(|visit| visit.stage.tap("English"))?;
    is(&english, Language::English, "home.welcome")?;
    room.visit.stage.tap("Mute")?;
    room.stays_quiet()?;
    // Left alone it goes back to rest, and the next visitor finds it as the machine has it.
    room.visit.sees("点一下屏幕")?;
    let next = room.hears_after(Visit::touches)?;
    is(&next, Language::Simplified, "home.welcome")?;
    anyhow::ensure!((peak(&next) / usual - 1.0).abs() < 0.06, "{} after {usual}", peak(&next));
    Ok(())
}

#[test]
fn a_loudspeaker_that_is_unplugged_holds_nobody_up_and_is_there_again() -> anyhow::Result<()> {
    let mut room = Room::quiet("")?;
    room.hears_after(Visit::touches)?;
    at_the_consent(&mut room.visit)?;
    room.loudspeaker.unplug();
    let begun = Instant::now();
    while room.visit.stage.labels()?.iter().any(|label| label == "再听一遍") {
        anyhow::ensure!(begun.elapsed() < PATIENCE, "the keys of a voice that is not there");
    }
    room.visit.stage.tap("同意，继续")?;
    room.visit.puts_card("citizen-2")?;
    room.visit.sees(KNOWS_CARD)?;
    room.loudspeaker.plug_in()?;
    room.visit.sees("再听一遍")?;
    let heard = room.hears_after(|visit| visit.stage.tap("再听一遍"))?;
    is(&heard, Language::Simplified, "form.choice")
}

#[test]
fn a_technician_hears_it_and_sets_how_loud_every_visit_begins() -> anyhow::Result<()> {
    let mut room = Room::quiet(&format!("\n{}", registered(PIN)?))?;
    let usual = peak(&room.hears_after(Visit::touches)?);
    signs_in(&mut room.visit, PIN)?;
    room.visit.stage.tap("屏幕和声音")?;
    let test = room.hears_after(|visit| visit.stage.tap("声音"))?;
    is(&test, Language::Simplified, "speaker.test")?;
    let louder = room.hears_after(|visit| visit.stage.tap("大一点"))?;
    is(&louder, Language::Simplified, "speaker.test")?;
    anyhow::ensure!((peak(&louder) / peak(&test) - 49.0 / 36.0).abs() < 0.1, "70 % after 60 %");
    room.visit.stage.tap("听得见")?;
    room.visit.sees("测试通过，已经记录")?;
    // The next visitor, also after a power cut.
    room.visit.stage.power_cut()?;
    room.visit.sees("点一下屏幕")?;
    let next = peak(&room.hears_after(Visit::touches)?);
    anyhow::ensure!((next / usual - 49.0 / 36.0).abs() < 0.1, "{next} after {usual}");
    Ok(())
}

#[test]
fn a_kiosk_without_a_loudspeaker_has_no_keys_for_one() -> anyhow::Result<()> {
    let mut visit = Visit::at_the_reader()?;
    let labels = visit.stage.labels()?;
    assert!(!labels.iter().any(|label| label == "再听一遍"), "{labels:?}");
    Ok(())
}

/// What two people have signed, at the kiosk.
fn is_set(visit: &Visit, settings: &Value, told: &str) -> anyhow::Result<()> {
    prepare(visit, &settings.to_string(), "")?;
    types(visit, "configure publish targets.json")?;
    is_known(visit, told)
}

/// After a start, so that nobody stands there.
fn welcome(room: &mut Room) -> anyhow::Result<Vec<i16>> {
    room.visit.stage.power_cut()?;
    room.visit.sees("点一下屏幕")?;
    room.hears_after(Visit::touches)
}

/// Another sentence in the place of the right one, which is heard to be another.
#[test]
fn a_recording_that_was_signed_is_heard_a_false_one_never_and_the_old_one_comes_back() -> anyhow::Result<()> {
    let chinese = Language::Simplified;
    let ogg =
        |key| Voice::built_in().recording(chinese, key).map(|recording| recording.ogg()).context("none");
    let mut room = Room::with(StageOptions { enrolled: true, ..StageOptions::default() })?;
    roots(&room.visit)?;
    fs::write(room.visit.stage.office().join("other.ogg"), ogg("end.card")?)?;
    let words = "configure recording --prompt home.welcome --language zh-CN --title 示例 other.ogg";
    let named: Value = serde_json::from_str(types(&room.visit, words)?.trim())?;
    let trial = json!({"seconds": 10});
    let settings = json!({"voice": {"prompts": [named]}, "trial": trial});
    is_set(&room.visit, &settings, "runs 1, 1 is confirmed")?;
    let heard = welcome(&mut room)?;
    is(&heard, chinese, "end.card")?;
    is_not(&heard, chinese, "home.welcome")?;

    // Whoever has the disk puts a third in its place: it is never heard.
    let name = named["sha256"].as_str().unwrap_or_default();
    fs::write(room.visit.stage.kiosk_home().join("content").join(name), ogg("end.receipt")?)?;
    is_not(&welcome(&mut room)?, chinese, "end.receipt")?;

    room.visit.stage.power_cut()?;
    is_set(&room.visit, &json!({"trial": trial}), "runs 2, 2 is confirmed")?;
    is(&welcome(&mut room)?, chinese, "home.welcome")
}
