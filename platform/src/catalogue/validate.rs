//! What a catalogue must be before a resident sees it. Every fault is reported, not only the first.

use std::collections::HashSet;

use protocol::{
    CaseKind, ConsentNotice, Limit, LimitUnit, Material, MaterialSource, Opens, ServiceItem, Text, Workflow,
};

use super::{Catalogue, Fault, codes};

pub(super) mod bundle;
mod form;

pub(super) fn faults(catalogue: &Catalogue) -> Vec<Fault> {
    let mut checks = Checks { item: "registry".to_owned(), faults: Vec::new() };
    checks.registry(catalogue);
    for item in &catalogue.items {
        checks.item.clone_from(&item.id);
        checks.item(item);
    }
    "registry".clone_into(&mut checks.item);
    checks.bundles(&catalogue.bundles);
    checks.faults.extend(catalogue.bundles.iter().flat_map(|one| bundle::faults(one, &catalogue.items)));
    checks.faults
}

struct Checks {
    item: String,
    faults: Vec<Fault>,
}

impl Checks {
    fn require(&mut self, good: bool, field: &str, problem: &str) {
        if !good {
            let Self { item, .. } = self;
            let fault = Fault { item: item.clone(), field: field.to_owned(), problem: problem.to_owned() };
            self.faults.push(fault);
        }
    }

    fn registry(&mut self, catalogue: &Catalogue) {
        let Catalogue { community, phones, apps, items, .. } = catalogue;
        let demo = items.iter().any(|item| item.demo);
        self.require(codes::is_name(&community.id, '-'), "community.id", "lower-case words with hyphens");
        self.text("community.name", &community.name);
        self.text("community.subdistrict", &community.subdistrict);
        self.phone("phones.consult", &phones.consult, demo);
        self.phone("phones.complain", &phones.complain, demo);
        for (name, notice) in ["consent", "web_consent"].into_iter().zip(catalogue.consents()) {
            self.notice(name, notice);
        }
        let same = catalogue.consent.version == catalogue.web_consent.version;
        self.require(!same, "web_consent.version", "both notices are numbered in one row: another number");
        self.unique("apps", apps.iter().map(|app| app.id.as_str()));
        self.unique("items.id", items.iter().map(|item| item.id.as_str()));
        self.unique("items.task_code", items.iter().map(|item| item.task_code.as_str()));
        for app in apps {
            let at = |part: &str| format!("apps.{}.{part}", app.id);
            self.text(&at("title"), &app.title);
            self.text(&at("subtitle"), &app.subtitle);
            self.require(codes::is_name(&app.icon, '-'), &at("icon"), "the name of an icon is missing");
            if let Opens::Item { item: opened } = &app.opens {
                let known = items.iter().any(|item| item.id == *opened);
                self.require(known, &at("opens"), &format!("opens the item `{opened}`, which is not there"));
            }
            if let Opens::Area { area } = &app.opens {
                let stocked = items.iter().any(|item| item.area == Some(*area));
                self.require(stocked, &at("opens"), "opens a heading that no item stands under");
            }
        }
    }

    fn notice(&mut self, name: &str, notice: &ConsentNotice) {
        let part = |part: &str| format!("{name}.{part}");
        self.require(notice.version > 0, &part("version"), "versions begin with 1");
        self.text(&part("purpose"), &notice.purpose);
        self.text(&part("data"), &notice.data);
        self.text(&part("retention"), &notice.retention);
        self.text(&part("access"), &notice.access);
        self.text(&part("refusal"), &notice.refusal);
    }

    fn item(&mut self, item: &ServiceItem) {
        self.require(codes::is_name(&item.id, '-'), "id", "lower-case words with hyphens");
        self.require(item.version > 0, "version", "versions begin with 1");
        self.text("name", &item.name);
        self.text("summary", &item.summary);
        self.text("fee", &item.fee);
        self.text("result.name", &item.result.name);
        self.text("organisation.name", &item.organisation.name);
        self.phone("consult_phone", &item.consult_phone, item.demo);
        self.phone("complain_phone", &item.complain_phone, item.demo);
        self.require(item.result.valid_months != Some(0), "result.valid_months", "a result that never holds");
        self.codes(item);
        self.limits(item);
        self.require(item.area.is_some(), "area", "none is named");
        self.workflow(item);
        self.require(!item.conditions.is_empty(), "conditions", "none is named");
        for (place, condition) in item.conditions.iter().enumerate() {
            self.text(&format!("conditions.{place}"), condition);
        }
        self.require(!item.materials.is_empty(), "materials", "none is named, not even the ID card");
        for (place, material) in item.materials.iter().enumerate() {
            self.material(&format!("materials.{place}"), material, item.auto_accept);
        }
        self.form("fields", &item.fields);
    }

    /// What has to be brought to the counter is said with its day, and no case that needs it accepts itself.
    fn material(&mut self, at: &str, material: &Material, auto_accept: bool) {
        let part = |part: &str| format!("{at}.{part}");
        self.text(&part("name"), &material.name);
        self.optional_text(&part("note"), material.note.as_ref());
        let counter = material.source == MaterialSource::Counter;
        self.require(
            counter == material.within.is_some(),
            &part("within"),
            "is for what comes to the counter, and only for that",
        );
        self.require(
            counter || !material.picture,
            &part("picture"),
            "only what comes to the counter is photographed",
        );
        self.require(!counter || !auto_accept, &part("source"), "the case would be accepted without it");
        let Some(within) = material.within else { return };
        self.require(
            within.unit != LimitUnit::Instant && (1..=366).contains(&within.n),
            &part("within"),
            "no time to bring it",
        );
        let days = within.n.to_string();
        let said = material.note.as_ref().is_some_and(|note| {
            let languages = [Some(&note.simplified), note.traditional.as_ref(), note.english.as_ref()];
            languages.into_iter().flatten().all(|words| words.contains(&days))
        });
        self.require(said, &part("note"), "does not say within how many days");
    }

    fn codes(&mut self, item: &ServiceItem) {
        let ServiceItem { catalog_code, task_code, organisation, .. } = item;
        self.require(
            codes::is_uscc(&organisation.uscc),
            "organisation.uscc",
            "the check digit of the 统一社会信用代码 is wrong",
        );
        self.require(
            codes::is_catalog_code(catalog_code),
            "catalog_code",
            "no 基本编码: 12 to 17 capitals and digits",
        );
        let level = task_code
            .strip_prefix(organisation.uscc.as_str())
            .and_then(|rest| rest.strip_suffix(catalog_code.as_str()));
        self.require(
            level.is_some_and(|level| matches!(level.as_bytes(), [b'1'..=b'7'])),
            "task_code",
            "no 实施编码: organisation.uscc, 行使层级 1 to 7, catalog_code",
        );
    }

    fn limits(&mut self, item: &ServiceItem) {
        let ServiceItem { statutory, promised, kind, .. } = item;
        for (name, limit) in [("statutory", statutory), ("promised", promised)] {
            let instant = limit.unit == LimitUnit::Instant;
            self.require(
                instant == (limit.n == 0),
                name,
                "only an instant limit has n = 0, and it always does",
            );
            self.require(limit.n <= 366, name, "more than a year");
        }
        let longer =
            comparable(*promised, *statutory).is_none_or(|(promised, statutory)| promised > statutory);
        self.require(!longer, "promised", "longer than `statutory`, or of another unit");
        let instant = promised.unit == LimitUnit::Instant;
        self.require(instant == (*kind == CaseKind::Instant), "kind", "does not fit the unit of `promised`");
        self.require(!instant || item.auto_accept, "auto_accept", "an instant item that waits for a worker");
    }

    fn workflow(&mut self, item: &ServiceItem) {
        let instant = item.promised.unit == LimitUnit::Instant;
        let fits = match item.workflow {
            None => return self.require(false, "workflow", "none is named"),
            Some(Workflow::Instant) => instant,
            Some(Workflow::Appointment) => true,
            Some(Workflow::Review | Workflow::Relief | Workflow::Employment | Workflow::Payout) => !instant,
        };
        self.require(fits, "workflow", "does not fit the unit of `promised`");
    }

    fn text(&mut self, at: &str, text: &Text) {
        let languages = [
            ("zh-CN", Some(&text.simplified)),
            ("zh-TW", text.traditional.as_ref()),
            ("en", text.english.as_ref()),
        ];
        for (language, words) in languages {
            let written = words.is_some_and(|words| !words.trim().is_empty());
            self.require(written, at, &format!("no words in {language}"));
        }
    }

    fn optional_text(&mut self, at: &str, text: Option<&Text>) {
        if let Some(text) = text {
            self.text(at, text);
        }
    }

    fn phone(&mut self, at: &str, number: &str, demo: bool) {
        let expected =
            if demo { "no 示例 number like 0830-0000001" } else { "no number like 0830-2345678" };
        self.require(codes::is_phone(number, demo), at, expected);
    }

    fn unique<'a>(&mut self, at: &str, ids: impl Iterator<Item = &'a str>) {
        let mut seen = HashSet::new();
        for id in ids {
            self.require(seen.insert(id), at, &format!("`{id}` is there twice"));
        }
    }
}

/// Both limits in one unit, where that can be said: working and calendar days cannot be compared.
fn comparable(promised: Limit, statutory: Limit) -> Option<(u32, u32)> {
    let instant = promised.unit == LimitUnit::Instant || (statutory.unit == LimitUnit::Instant);
    (instant || promised.unit == statutory.unit).then_some((promised.n, statutory.n))
}
