use super::{
    shipped::{BUNDLES, ITEMS, REGISTRY},
    *,
};
use protocol::Area;

/// The shipped catalogue with one text replaced in one file.
fn with(file: &str, from: &str, to: &str) -> Result<Catalogue, CatalogueError> {
    let replaced = |(name, text): (&'static str, &str)| {
        assert!(name != file || text.contains(from), "{from} is not in {file}");
        (name, if name == file { text.replacen(from, to, 1) } else { text.to_owned() })
    };
    let registry = replaced(REGISTRY);
    let items: Vec<_> = ITEMS.iter().map(|item| replaced(*item)).collect();
    let items: Vec<_> = items.iter().map(|(name, text)| (*name, text.as_str())).collect();
    Catalogue::parse((registry.0, &registry.1), &items)
}

const RELIEF: &str = "items/temporary-relief.toml";
const ENROLMENT: &str = "items/resident-pension-enrolment.toml";
const PENSION: &str = "items/pension-eligibility.toml";

#[test]
fn the_shipped_catalogue_is_valid_and_all_of_it_is_marked_as_an_example() {
    let catalogue = Catalogue::embedded().unwrap();
    let items = &catalogue.items;
    let of = |area: Area| items.iter().filter(|item| item.area == Some(area)).count();
    let areas = [Area::Employment, Area::SocialInsurance, Area::Healthcare, Area::CivilAffairs];
    assert_eq!(areas.map(of), [8, 11, 9, 9], "劳动 8, 社保 11, 医保 9, 民政 9");
    assert!(catalogue.items.iter().all(|item| item.demo));
    assert!(catalogue.community.name.simplified.contains("示例"));
    assert!(catalogue.items.iter().all(|item| item.organisation.name.simplified.contains("示例")));
    assert_eq!((catalogue.apps.len(), catalogue.bundles.len()), (8, 6));
}

#[test]
fn every_contradiction_is_named_with_item_and_field() {
    let item = "resident-pension-enrolment";
    for (from, to, field, problem) in [
        (
            "promised = { n = 3",
            "promised = { n = 4",
            "promised",
            "longer than `statutory`, or of another unit",
        ),
        (
            "promised = { n = 3, unit = \"working_day\"",
            "promised = { n = 3, unit = \"calendar_day\"",
            "promised",
            "longer than `statutory`, or of another unit",
        ),
        ("kind = \"promised\"", "kind = \"instant\"", "kind", "does not fit the unit of `promised`"),
        ("id = \"phone\"", "id = \"name\"", "fields", "`name` is there twice"),
        ("id = \"phone\"", "id = \"Phone\"", "fields.Phone", "lower-case words with underscores"),
        ("years_back = 130", "years_back = 0", "fields.birth.years_back", "no day could be chosen"),
        ("value = \"window\"", "value = \"bank\"", "fields.payment_method.choices", "`bank` is there twice"),
        (
            "complain_phone = \"0830-0000002\"",
            "complain_phone = \"\"",
            "complain_phone",
            "no 示例 number like 0830-0000001",
        ),
        (
            "complain_phone = \"0830-0000002\"",
            "complain_phone = \"0830-2345678\"",
            "complain_phone",
            "no 示例 number like 0830-0000001",
        ),
        ("version = 2", "version = 0", "version", "versions begin with 1"),
        ("zh-TW = \"姓名\", ", "", "fields.name.label", "no words in zh-TW"),
        ("en = \"Name\"", "en = \" \"", "fields.name.label", "no words in en"),
        (
            "task_code = \"11519999MB000000284",
            "task_code = \"11519999MB000000289",
            "task_code",
            "no 实施编码: organisation.uscc, 行使层级 1 to 7, catalog_code",
        ),
    ] {
        let fault = Fault { item: item.into(), field: field.into(), problem: problem.into() };
        assert_eq!(with(ENROLMENT, from, to).unwrap_err(), CatalogueError::Faults(vec![fault]), "{to}");
    }
}

const EVERY_KIND: (&str, &str) = ("items/every-kind.toml", include_str!("../../tests/it/every-kind.toml"));

#[test]
fn every_contradiction_of_a_question_is_named() {
    let parse = |text: &str| Catalogue::parse(REGISTRY, &[ITEMS, &[(EVERY_KIND.0, text)]].concat());
    parse(EVERY_KIND.1).unwrap();
    for (from, to, field, problem) in [
        ("max_chars = 50", "max_chars = 0", "fields.employer.max_chars", "no room for an answer"),
        ("max_chars = 50", "max_chars = 201", "fields.employer.max_chars", "more than anybody types"),
        ("min = 1\nmax = 99", "min = 100\nmax = 99", "fields.rooms.max", "smaller than `min`"),
        ("min_fen = 100\n", "min_fen = 100000000\n", "fields.income.max_fen", "smaller than `min_fen`"),
        ("min = 1\nmax = 3", "min = 4\nmax = 3", "fields.family.max", "smaller than `min`"),
        ("min = 1\nmax = 3", "min = 1\nmax = 21", "fields.family.max", "room for nobody, or for a crowd"),
        ("min = 1\nmax = 3", "min = 0\nmax = 3", "fields.family.min", "does not fit `required`"),
        (
            "id = \"name\"\nlabel = { zh-CN = \"姓名\", zh-TW = \"姓名\", en = \"Name\" }\nrequired = true\nkind",
            "id = \"name\"\nlabel = { zh-CN = \"姓名\", zh-TW = \"姓名\", en = \"Name\" }\nrequired = false\nkind",
            "fields.family.fields",
            "no required words to tell the people apart by",
        ),
        (
            "required = false\nwhen = { field = \"relation\", is = [\"child\"] }\nkind = \"text\"",
            "required = false\nknown_from_card = \"name\"\nkind = \"text\"",
            "fields.family.fields.school",
            "the card knows nothing of other people",
        ),
        (
            "is = [\"child\"]",
            "is = [\"cousin\"]",
            "fields.family.fields.school.when",
            "`cousin` is no answer to `relation`",
        ),
        (
            "is = [\"child\"]",
            "is = [\"spouse\", \"child\"]",
            "fields.family.fields.school.when",
            "every answer fulfils it",
        ),
        ("is = [\"child\"]", "is = []", "fields.family.fields.school.when", "names no answer"),
        (
            "field = \"account\"",
            "field = \"employer\"",
            "fields.bank_card.when",
            "`employer` is not asked before",
        ),
        ("field = \"account\"", "field = \"name\"", "fields.bank_card.when", "`name` has no choices"),
        ("zh-TW = \"間\", ", "", "fields.rooms.unit", "no words in zh-TW"),
        ("en = \"School\"", "en = \"\"", "fields.family.fields.school.label", "no words in en"),
    ] {
        assert!(EVERY_KIND.1.contains(from), "{from}");
        let fault = Fault { item: "every-kind".into(), field: field.into(), problem: problem.into() };
        let refused = parse(&EVERY_KIND.1.replacen(from, to, 1)).unwrap_err();
        assert_eq!(refused, CatalogueError::Faults(vec![fault]), "{to}");
    }
}

#[test]
fn what_comes_to_the_counter_is_said_with_its_day_and_waits_for_a_worker() {
    for (from, to, field, problem) in [
        ("workflow = \"relief\"\n", "", "workflow", "none is named"),
        (
            "workflow = \"relief\"",
            "workflow = \"instant\"",
            "workflow",
            "does not fit the unit of `promised`",
        ),
        ("area = \"civil_affairs\"\n", "", "area", "none is named"),
        (
            "auto_accept = false",
            "auto_accept = true",
            "materials.3.source",
            "the case would be accepted without it",
        ),
        (
            "within = { n = 5, unit = \"working_day\" }\n",
            "",
            "materials.3.within",
            "is for what comes to the counter, and only for that",
        ),
        (
            "picture = true\n",
            "\n[[materials]]\nname = { zh-CN = \"x\", zh-TW = \"x\", en = \"x\" }\nsource = \"data_share\"\npicture = true\n",
            "materials.4.picture",
            "only what comes to the counter is photographed",
        ),
        ("within = { n = 5,", "within = { n = 7,", "materials.3.note", "does not say within how many days"),
        ("within = { n = 5,", "within = { n = 0,", "materials.3.within", "no time to bring it"),
    ] {
        let CatalogueError::Faults(faults) = with(RELIEF, from, to).unwrap_err() else { panic!("{to}") };
        let fault = Fault { item: "temporary-relief".into(), field: field.into(), problem: problem.into() };
        assert!(faults.contains(&fault), "{to}: {faults:?}");
    }
}

#[test]
fn a_wrong_check_digit_of_an_organisation_is_named() {
    let error = with(PENSION, "uscc = \"11519999MB00000028\"", "uscc = \"11519999MB00000027\"").unwrap_err();
    let told = error.to_string();
    assert!(told.contains("pension-eligibility: `organisation.uscc`: the check digit"), "{told}");
}

#[test]
fn a_tile_that_opens_nothing_is_named() {
    let error = with(REGISTRY.0, "item = \"pension-eligibility\" }", "item = \"pension\" }").unwrap_err();
    let fault = Fault {
        item: "registry".into(),
        field: "apps.pension-eligibility.opens".into(),
        problem: "opens the item `pension`, which is not there".into(),
    };
    assert_eq!(error, CatalogueError::Faults(vec![fault]));
}

#[test]
fn two_items_with_one_code_are_refused_because_their_case_numbers_would_meet() {
    let twice = [ITEMS, &ITEMS[..1]].concat();
    let CatalogueError::Faults(faults) = Catalogue::parse(REGISTRY, &twice).unwrap_err() else { panic!() };
    let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["items.id", "items.task_code"]);
}

#[test]
fn a_misspelt_key_is_named_with_file_and_line() {
    let error = with(PENSION, "summary =", "sumary =").unwrap_err().to_string();
    assert_eq!(error, "items/pension-eligibility.toml:1: `summary`: found nothing, expected this key");
    let fault = Fault {
        item: "registry".into(),
        field: "apps.0.subtitel".into(),
        problem: "a key that is not known".into(),
    };
    let more = REGISTRY.1.replacen("icon = ", "subtitel = 1\nicon = ", 1);
    let error = Catalogue::parse((REGISTRY.0, &more), ITEMS).unwrap_err();
    assert_eq!(error, CatalogueError::Faults(vec![fault]));
}

#[test]
fn a_misspelt_key_of_a_question_is_named_though_its_reader_takes_any() {
    for (from, to, field) in [
        ("hint = { zh-CN = \"有事时", "hnt = { zh-CN = \"有事时", "fields.9.hnt"),
        ("years_back = 130\n", "years_back = 130\nmax_chars = 3\n", "fields.2.max_chars"),
    ] {
        let problem = "a key that is not known".into();
        let fault = Fault { item: "resident-pension-enrolment".into(), field: field.into(), problem };
        assert_eq!(with(ENROLMENT, from, to).unwrap_err(), CatalogueError::Faults(vec![fault]), "{to}");
    }
}

/// What is said of the shipped bundles with one text replaced in one of them.
fn with_bundle(id: &str, from: &str, to: &str) -> Vec<Fault> {
    let file = format!("bundles/{id}.toml");
    let replaced: Vec<_> = BUNDLES
        .iter()
        .map(|(name, text)| {
            assert!(*name != file || text.contains(from), "{from} is not in {file}");
            (*name, if *name == file { text.replacen(from, to, 1) } else { (*text).to_owned() })
        })
        .collect();
    let texts: Vec<_> = replaced.iter().map(|(name, text)| (*name, text.as_str())).collect();
    match Catalogue::parse(REGISTRY, ITEMS).unwrap().with_bundles(&texts) {
        Err(CatalogueError::Faults(faults)) => faults,
        other => panic!("{to}: {:?}", other.err()),
    }
}

#[test]
fn a_tile_opens_no_bundle_that_is_not_there() {
    let bundles = |texts: &[(&str, &str)]| {
        let (file, text) = REGISTRY;
        let text = text.replace("{ screen = \"bundles\" }", "{ screen = \"bundle\", bundle = \"old-age\" }");
        Catalogue::parse((file, &text), ITEMS).unwrap().with_bundles(texts).err()
    };
    assert_eq!(bundles(BUNDLES), None);
    let problem = "opens the bundle `old-age`, which is not there".to_owned();
    let fault = Fault { item: "registry".into(), field: "apps.bundles.opens".into(), problem };
    assert_eq!(bundles(&[]), Some(CatalogueError::Faults(vec![fault])));
    let none = Catalogue::parse(REGISTRY, ITEMS).unwrap().with_bundles(&[]).unwrap_err();
    assert!(none.to_string().contains("opens a list of nothing"), "{none}");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn every_contradiction_of_a_bundle_is_named_with_bundle_and_field() {
    let work = "flexible-work";
    for (id, from, to, field, problem) in [
        (work, "version = 1", "version = 0", "version", "versions begin with 1"),
        (work, "\"YJS001\"", "\"YJS01\"", "code", "`YJS` and three digits"),
        (work, "zh-TW = \"靈活就業一件事\", ", "", "name", "no words in zh-TW"),
        (work, "id = \"job\"", "id = \"Job\"", "fields.Job", "lower-case words with underscores"),
        (
            work,
            "id = \"phone\"\n",
            "id = \"phone\"\nknown_from_card = \"name\"\n",
            "fields.phone",
            "the items know what the card says",
        ),
        (
            "card-lost",
            "phone = { from = \"phone\" }",
            "phone = { from = \"mobile\" }",
            "items.social-security-card-loss.answers.phone",
            "the bundle does not ask `mobile`",
        ),
        (
            work,
            "item = \"flexible-work-subsidy\"",
            "item = \"flexible-work-allowance\"",
            "items.flexible-work-allowance",
            "there is no such item",
        ),
        (
            work,
            "item = \"flexible-work-subsidy\"",
            "item = \"flexible-pension-enrolment\"",
            "items",
            "`flexible-pension-enrolment` is there twice",
        ),
        (
            work,
            "is = [\"yes\"]",
            "is = [\"maybe\"]",
            "items.flexible-pension-enrolment.when",
            "`maybe` is no answer to `pension`",
        ),
        (
            work,
            "is = \"flexible\"",
            "is = \"bendy\"",
            "items.employment-registration.answers.work_kind",
            "`bendy` is no answer to choose",
        ),
        (
            work,
            "work = { from = \"job\" }",
            "trade = { from = \"job\" }",
            "items.flexible-work-subsidy.answers.trade",
            "the item does not ask it",
        ),
        (
            work,
            "work = { from = \"job\" }",
            "name = { from = \"job\" }",
            "items.flexible-work-subsidy.answers.name",
            "the card says it",
        ),
        (
            work,
            "max_chars = 30",
            "max_chars = 31",
            "items.employment-registration.answers.job",
            "the item would not take every answer",
        ),
        (
            work,
            "required = true\nkind = \"text\"",
            "required = false\nkind = \"text\"",
            "items.employment-registration.answers.job",
            "the item needs it",
        ),
        (
            "job-loss",
            "when = { field = \"hardship\", is = [\"yes\"] }\nkind = \"address\"",
            "when = { field = \"benefit\", is = [\"yes\"] }\nkind = \"address\"",
            "items.employment-hardship.answers.home",
            "is not asked whenever the item is filed",
        ),
        (
            work,
            "work = { from = \"job\" }",
            "work_place = { from = \"job\" }",
            "items.flexible-work-subsidy.answers.work_place",
            "the item would not take every answer",
        ),
        (
            "disability",
            "is = [\"care\", \"both\"]",
            "is = [\"both\"]",
            "items",
            "with some answers nothing is filed",
        ),
        (
            "retirement",
            "demo = true",
            "demo = false",
            "items.resident-pension-claim",
            "is 示例, and the bundle is not",
        ),
        (
            work,
            "started_on = { from = \"started_on\" }\n",
            "",
            "fields.started_on",
            "no item needs it, and nothing goes by it",
        ),
        (
            work,
            "phone = { from = \"phone\" }\n\n[[items]]\nitem = \"flexible-work-subsidy\"",
            "pay_by = { from = \"pension\" }\n\n[[items]]\nitem = \"flexible-work-subsidy\"",
            "items.flexible-pension-enrolment.account",
            "would be asked without the item",
        ),
    ] {
        let fault = Fault { item: format!("bundles/{id}"), field: field.into(), problem: problem.into() };
        let faults = with_bundle(id, from, to);
        assert!(faults.contains(&fault), "{to}: {faults:?}");
    }
    let faults = with_bundle("job-loss", "\"YJS002\"", "\"YJS001\"");
    assert!(
        faults
            .iter()
            .any(|fault| (fault.item.as_str(), fault.field.as_str()) == ("registry", "bundles.code"))
    );
    let faults = with_bundle("old-age", "hint = ", "hnt = ");
    assert!(faults.iter().any(|fault| fault.problem == "a key that is not known"), "{faults:?}");
}

#[test]
fn what_is_wrong_with_others_keeps_nobody_from_writing() {
    let mut catalogue = Catalogue::embedded().unwrap();
    let mut twin = catalogue.items[0].clone();
    "twin".clone_into(&mut twin.id);
    let fields = |faults: Vec<Fault>| faults.into_iter().map(|fault| fault.field).collect::<Vec<_>>();
    assert_eq!(fields(catalogue.faults_with(&twin)), ["items.task_code"], "beside the others");
    // A later program may have brought it.
    catalogue.items.push(twin.clone());
    let mut other = catalogue.items[1].clone();
    assert!(catalogue.faults_with(&other).is_empty());
    other.summary.english = None;
    assert_eq!(fields(catalogue.faults_with(&other)), ["summary"]);
    twin.summary.english = None;
    catalogue.items.last_mut().unwrap().summary.english = None;
    assert_eq!(fields(catalogue.faults_with(&twin)), ["summary"], "its own, old as it is");
}
