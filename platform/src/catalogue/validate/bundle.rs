//! What a bundle must be, so that whatever is answered to its one form becomes cases that their items would take.

use protocol::{App, Field, FieldKind, Knows, Opens, ServiceItem, When};

use super::{
    super::{
        bundle::{LifeEventBundle, Member, Source},
        codes,
    },
    Checks, Fault,
};

/// What is wrong with `bundle` over these items.
pub(crate) fn faults(bundle: &LifeEventBundle, items: &[ServiceItem]) -> Vec<Fault> {
    let mut checks = Checks { item: format!("bundles/{}", bundle.id), faults: Vec::new() };
    checks.bundle(bundle, items);
    checks.faults
}

/// Which tiles open a bundle that is not there, or none at all.
pub(crate) fn tile_faults(apps: &[App], bundles: &[LifeEventBundle]) -> Vec<Fault> {
    let mut checks = Checks { item: "registry".to_owned(), faults: Vec::new() };
    for app in apps {
        let at = format!("apps.{}.opens", app.id);
        match &app.opens {
            Opens::Bundle { bundle } => {
                let known = bundles.iter().any(|known| known.id == *bundle);
                checks.require(known, &at, &format!("opens the bundle `{bundle}`, which is not there"));
            }
            Opens::Bundles => checks.require(!bundles.is_empty(), &at, "opens a list of nothing"),
            _ => {}
        }
    }
    checks.faults
}

impl Checks {
    pub(super) fn bundles(&mut self, bundles: &[LifeEventBundle]) {
        self.unique("bundles.id", bundles.iter().map(|bundle| bundle.id.as_str()));
        self.unique("bundles.code", bundles.iter().map(|bundle| bundle.code.as_str()));
    }

    fn bundle(&mut self, bundle: &LifeEventBundle, items: &[ServiceItem]) {
        self.require(codes::is_name(&bundle.id, '-'), "id", "lower-case words with hyphens");
        self.require(bundle.version > 0, "version", "versions begin with 1");
        self.require(codes::is_bundle_code(&bundle.code), "code", "`YJS` and three digits");
        self.text("name", &bundle.name);
        self.text("summary", &bundle.summary);
        self.form("fields", &bundle.fields);
        for field in &bundle.fields {
            let at = format!("fields.{}", field.id);
            self.require(field.known_from_card.is_none(), &at, "the items know what the card says");
            self.require(bundle.uses(field), &at, "no item needs it, and nothing goes by it");
        }
        self.require(bundle.items.len() > 1, "items", "fewer than two");
        self.unique("items", bundle.items.iter().map(|member| member.item.as_str()));
        self.require(always_one(bundle), "items", "with some answers nothing is filed");
        for member in &bundle.items {
            let at = format!("items.{}", member.item);
            match items.iter().find(|item| item.id == member.item) {
                Some(item) => self.member(&at, bundle, member, item),
                None => self.require(false, &at, "there is no such item"),
            }
        }
    }

    fn member(&mut self, at: &str, bundle: &LifeEventBundle, member: &Member, item: &ServiceItem) {
        self.require(bundle.demo || !item.demo, at, "is 示例, and the bundle is not");
        if let Some(when) = &member.when {
            self.condition(&format!("{at}.when"), when, &bundle.fields);
        }
        for (id, source) in &member.answers {
            let at = format!("{at}.answers.{id}");
            match item.fields.iter().find(|field| field.id == *id) {
                Some(field) => self.source(&at, bundle, member, (field, source)),
                None => self.require(false, &at, "the item does not ask it"),
            }
        }
        for field in &item.fields {
            let at = format!("{at}.{}", field.id);
            let untold = matches!(field.known_from_card, Some(Knows::Address | Knows::Nation));
            self.require(
                !field.required || !untold,
                &at,
                "not every card says it, and the bundle never asks",
            );
            if let Some(when) = &field.when {
                self.decider(&at, bundle, member, (item, when));
            }
        }
    }

    fn source(
        &mut self,
        at: &str,
        bundle: &LifeEventBundle,
        member: &Member,
        (field, source): (&Field, &Source),
    ) {
        self.require(field.known_from_card.is_none(), at, "the card says it");
        match source {
            Source::Is(said) => {
                let good = matches!(&field.kind, FieldKind::Choice { choices }
                    if choices.iter().any(|choice| choice.value == *said));
                self.require(good, at, &format!("`{said}` is no answer to choose"));
            }
            Source::From(own) => match bundle.fields.iter().find(|field| field.id == *own) {
                None => self.require(false, at, &format!("the bundle does not ask `{own}`")),
                Some(own) => {
                    self.require(fits(&own.kind, &field.kind), at, "the item would not take every answer");
                    self.require(own.required || !field.required, at, "the item needs it");
                    self.require(asked_for(own, member), at, "is not asked whenever the item is filed");
                }
            },
        }
    }

    /// A question of the bundle that decides about a question of one item must not be answered without that item.
    fn decider(
        &mut self,
        at: &str,
        bundle: &LifeEventBundle,
        member: &Member,
        (item, when): (&ServiceItem, &When),
    ) {
        let by_card = |field: &Field| field.id == when.field && field.known_from_card.is_some();
        self.require(!item.fields.iter().any(by_card), at, "goes by what the card says");
        if let (Some(Source::From(own)), Some(_)) = (member.answers.get(&when.field), &member.when) {
            let own = bundle.fields.iter().find(|field| field.id == *own);
            let same = own.is_some_and(|own| own.when == member.when);
            self.require(same, at, "would be asked without the item");
        }
    }
}

impl LifeEventBundle {
    /// Whether an answer goes into an item, or something goes by it.
    fn uses(&self, field: &Field) -> bool {
        let goes_by = |when: &Option<When>| when.as_ref().is_some_and(|when| when.field == field.id);
        let taken = |member: &Member| {
            member.answers.values().any(|source| matches!(source, Source::From(own) if *own == field.id))
        };
        self.fields.iter().any(|other| goes_by(&other.when))
            || self.items.iter().any(|member| goes_by(&member.when) || taken(member))
    }
}

/// Whether at least one item is filed whatever is answered: one without a condition, or one for each answer to a
/// question that everybody answers.
fn always_one(bundle: &LifeEventBundle) -> bool {
    let everybody = bundle.fields.iter().filter(|field| field.required && field.when.is_none());
    let covered = |field: &Field| {
        let FieldKind::Choice { choices } = &field.kind else { return false };
        let conditions = bundle.items.iter().filter_map(|member| member.when.as_ref());
        let leading: Vec<_> =
            conditions.filter(|when| when.field == field.id).flat_map(|when| when.is.iter()).collect();
        choices.iter().all(|choice| leading.contains(&&choice.value))
    };
    bundle.items.iter().any(|member| member.when.is_none()) || everybody.into_iter().any(covered)
}

/// Whether a question of the bundle is open whenever the item is filed.
fn asked_for(own: &Field, member: &Member) -> bool {
    match (&own.when, &member.when) {
        (None, _) => true,
        (Some(own), Some(member)) => {
            own.field == member.field && member.is.iter().all(|value| own.is.contains(value))
        }
        (Some(_), None) => false,
    }
}

/// Whether every answer to a question of kind `own` is one to a question of kind `other`.
fn fits(own: &FieldKind, other: &FieldKind) -> bool {
    use FieldKind::{Address, Choice, Date, Text};
    match (own, other) {
        (Text { max_chars: own }, Text { max_chars: other })
        | (Address { max_chars: own }, Address { max_chars: other } | Text { max_chars: other }) => {
            own <= other
        }
        (Date { years_back, future }, Date { years_back: other, future: later }) => {
            years_back <= other && (*later || !future)
        }
        (Choice { choices: own }, Choice { choices: other }) => {
            own.iter().all(|choice| other.iter().any(|known| known.value == choice.value))
        }
        _ => own == other,
    }
}
