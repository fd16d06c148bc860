//! What the home screen of a kiosk offers, and how it speaks, as fields of a form: tiles and languages by their places, notices
//! one by one.

use std::collections::BTreeMap;

use maud::{Markup, html};
use protocol::{App, Problem};
use serde_json::{Map, Value, json};

use super::forms::Fields;

/// So many notices may be set.
const NOTICES: usize = 4;
/// What a notice has in several languages, and its days.
const WORDS: [&str; 2] = ["title", "text"];
const DAYS: [&str; 2] = ["from", "until"];
const LANGUAGES: [(&str, &str); 3] = [("zh-CN", "简体中文"), ("zh-TW", "繁體中文"), ("en", "English")];
/// In front of the names of fields that hold a place.
const TILE: &str = "tile:";
const LANGUAGE: &str = "language:";
/// 语音: whether, and how loud.
const SPEAKS: &str = "voice-enabled";
const LOUDNESS: &str = "voice-volume";

/// What stands in the fields, by their names.
#[derive(Clone, Debug, Default)]
pub(super) struct Filled(BTreeMap<String, String>);

impl Filled {
    /// What was sent.
    pub(super) fn sent(fields: &Fields) -> Self {
        let own = |name: &str| {
            let begins = [TILE, LANGUAGE, "notice"].iter().any(|with| name.starts_with(with));
            begins || [SPEAKS, LOUDNESS].contains(&name)
        };
        Self(
            fields
                .each()
                .filter(|(name, _)| own(name))
                .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
                .collect(),
        )
    }

    /// Takes out of settings what the form has fields for.
    pub(super) fn taken_from(settings: &mut Map<String, Value>) -> Self {
        let mut filled = BTreeMap::new();
        let home = settings.remove("home").unwrap_or_default();
        let languages =
            settings.get_mut("ui").and_then(Value::as_object_mut).and_then(|ui| ui.remove("languages"));
        let mut voice = |key: &str| settings.get_mut("voice")?.as_object_mut()?.remove(key);
        if let Some(speaks) = voice("enabled").as_ref().and_then(Value::as_bool) {
            filled.insert(SPEAKS.to_owned(), if speaks { "yes" } else { "no" }.to_owned());
        }
        if let Some(volume) = voice("volume") {
            filled.insert(LOUDNESS.to_owned(), volume.to_string());
        }
        for table in ["ui", "voice"] {
            if settings.get(table) == Some(&json!({})) {
                settings.remove(table);
            }
        }
        let placed = [(TILE, home.get("tiles").cloned()), (LANGUAGE, languages)];
        for (prefix, names) in placed {
            let names: Vec<String> =
                names.and_then(|names| serde_json::from_value(names).ok()).unwrap_or_default();
            for (place, name) in names.iter().enumerate() {
                filled.insert(format!("{prefix}{name}"), (place + 1).to_string());
            }
        }
        let notices = home.get("notices").and_then(Value::as_array);
        for (number, notice) in notices.into_iter().flatten().enumerate() {
            let words = WORDS.iter().flat_map(|part| LANGUAGES.map(|(language, _)| [*part, language]));
            let words = words.map(|[part, language]| {
                (format!("{part}-{language}"), notice.get(part).and_then(|words| words.get(language)))
            });
            let days = DAYS.iter().map(|day| ((*day).to_owned(), notice.get(*day)));
            for (name, value) in words.chain(days) {
                filled.insert(
                    field(number, &name),
                    value.and_then(Value::as_str).unwrap_or_default().to_owned(),
                );
            }
        }
        Self(filled)
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The names that have a place, in their order.
    fn placed(&self, prefix: &str) -> Result<Vec<String>, Problem> {
        let mut placed = Vec::new();
        for (name, place) in &self.0 {
            if let (Some(name), false) = (name.strip_prefix(prefix), place.is_empty()) {
                let place: u16 = place.parse().map_err(|_| no_place(name, place))?;
                placed.push((place, name.to_owned()));
            }
        }
        placed.sort();
        Ok(placed.into_iter().map(|(_, name)| name).collect())
    }

    /// A notice, as far as it is written.
    fn notice(&self, number: usize) -> Map<String, Value> {
        let written = |name: &str| Some(self.get(&field(number, name))).filter(|value| !value.is_empty());
        let mut notice = Map::new();
        for part in WORDS {
            let word = |(language, _): &(&str, &str)| {
                let value = written(&format!("{part}-{language}"))?;
                Some(((*language).to_owned(), value.into()))
            };
            let words: Map<String, Value> = LANGUAGES.iter().filter_map(word).collect();
            if !words.is_empty() {
                notice.insert(part.to_owned(), words.into());
            }
        }
        let days = DAYS.iter().filter_map(|day| Some(((*day).to_owned(), written(day)?.into())));
        notice.extend(days);
        notice
    }

    /// Puts what the fields say into settings.
    pub(super) fn put_into(&self, settings: &mut Map<String, Value>) -> Result<(), Problem> {
        let (tiles, languages) = (self.placed(TILE)?, self.placed(LANGUAGE)?);
        let mut set = |table: &str, key: &str, value: Value| {
            if let Value::Object(table) = settings.entry(table).or_insert_with(|| json!({})) {
                table.insert(key.to_owned(), value);
            }
        };
        if !self.get(SPEAKS).is_empty() {
            set("voice", "enabled", (self.get(SPEAKS) == "yes").into());
        }
        if !self.get(LOUDNESS).is_empty() {
            let percent: u16 = self.get(LOUDNESS).parse().map_err(|_| no_percent(self.get(LOUDNESS)))?;
            set("voice", "volume", percent.into());
        }
        let mut put = |table: &str, key: &str, list: Vec<Value>| {
            if !list.is_empty() {
                set(table, key, list.into());
            }
        };
        put("home", "tiles", tiles.into_iter().map(Value::from).collect());
        let notices = (0..NOTICES).map(|number| self.notice(number)).filter(|notice| !notice.is_empty());
        put("home", "notices", notices.map(Value::from).collect());
        put("ui", "languages", languages.into_iter().map(Value::from).collect());
        Ok(())
    }

    /// The fields.
    pub(super) fn shown(&self, apps: &[App]) -> Markup {
        html! {
            fieldset {
                legend { "首页应用" }
                p class="hint" { "写了顺序的才显示；都不写，就按平台的顺序全部显示。这台机器办不了的不会显示。" }
                @for app in apps { (self.place(&format!("{TILE}{}", app.id), &app.title.simplified, apps.len())) }
            }
            fieldset {
                legend { "界面语言" }
                p class="hint" { "排第 1 的，居民一来就是它；简体中文必须有。都不写，就是三种都有，简体中文在先。" }
                @for (language, name) in LANGUAGES { (self.place(&format!("{LANGUAGE}{language}"), name, LANGUAGES.len())) }
            }
            fieldset {
                legend { "语音" }
                p class="hint" { "有喇叭的机器才会说话。居民来时从这个音量开始，自己可以调；写 0，就先不说。不写音量，就用技术员在机器上调好的。" }
                div class="field" {
                    label for=(SPEAKS) { "说不说话" }
                    select id=(SPEAKS) name=(SPEAKS) {
                        @for (value, word) in [("", "不设定（说）"), ("yes", "说"), ("no", "不说")] {
                            option value=(value) selected[self.get(SPEAKS) == value] { (word) }
                        }
                    }
                }
                div class="field" {
                    label for=(LOUDNESS) { "音量（%，0 到 100）" }
                    input id=(LOUDNESS) name=(LOUDNESS) type="number" min="0" max="100" value=(self.get(LOUDNESS));
                }
            }
            fieldset {
                legend { "通知（最多 4 条，显示在首页，过期自动撤下）" }
                @for number in 0..NOTICES { (self.sheet(number)) }
            }
        }
    }

    fn place(&self, name: &str, label: &str, most: usize) -> Markup {
        html! {
            label class="check placed" {
                input type="number" name=(name) min="1" max=(most) value=(self.get(name));
                span { (label) }
            }
        }
    }

    fn sheet(&self, number: usize) -> Markup {
        let title = self.get(&field(number, "title-zh-CN"));
        html! {
            details class="act" open[!title.is_empty()] {
                summary { "第 " (number + 1) " 条 " (title) }
                div class="inner" {
                    @for (part, label) in [("title", "标题"), ("text", "内容")] {
                        @for (language, name) in LANGUAGES {
                            (self.line(number, &format!("{part}-{language}"), &format!("{label}（{name}）"), "text"))
                        }
                    }
                    (self.line(number, "from", "从哪天起", "date"))
                    (self.line(number, "until", "到哪天止（含）", "date"))
                }
            }
        }
    }

    fn line(&self, number: usize, name: &str, label: &str, kind: &str) -> Markup {
        let name = field(number, name);
        html! {
            div class="field" {
                label for=(name) { (label) }
                input id=(name) name=(name) type=(kind) value=(self.get(&name));
            }
        }
    }
}

fn field(number: usize, name: &str) -> String {
    format!("notice{number}-{name}")
}

fn no_percent(percent: &str) -> Problem {
    Problem::new("volume-not-a-number", 422, "音量要写数字").detail(percent.to_owned()).at("/settings")
}

fn no_place(name: &str, place: &str) -> Problem {
    Problem::new("place-not-a-number", 422, "顺序要写数字").detail(format!("{name}：{place}")).at("/settings")
}
