//! Roll-outs: who gets what when, what stops them, and who may decide.

use std::{collections::BTreeMap, fs};

use axum::http::{Method, StatusCode};
use config_trust::Trusted;
use jiff::SignedDuration;
use platform_client::{Client, Fetched};
use protocol::{Ailment, ConfigPhase, Desired, Heartbeat, Reported};
use serde_json::{Value, json};

use crate::{
    configuring::{Signed, fetch, kiosk},
    database,
    fixture::Answer,
    office::{Office, Person},
};

/// A kiosk as far as a roll-out sees it.
struct Machine {
    client: Client,
    trusted: Option<Trusted>,
    /// What it has confirmed.
    confirmed: Option<Desired>,
}

/// An office with key holders and kiosks.
struct Town {
    office: Office,
    signed: Signed,
    operator: Person,
    machines: BTreeMap<String, Machine>,
}

impl Town {
    /// So many kiosks that run version 1, each with the idle time 90.
    async fn new(kiosks: usize) -> Self {
        let (office, called) = Office::new().await.called().await;
        let operator = office.person("fleet_operator", "demo-district").await;
        let signed = Signed::of(called).await;
        let mut machines = BTreeMap::new();
        for number in 1..=kiosks {
            let name = format!("LZ-{number:04}");
            let client = kiosk(&signed, &name).await;
            machines.insert(name, Machine { client, trusted: None, confirmed: None });
        }
        let names: Vec<_> = machines.keys().cloned().collect();
        signed.set(&names.join(" --kiosk "), r#"{"session": {"idle": 90}}"#, "").await.unwrap();
        assert!(kiosks <= 3 || signed.publish(&["a", "b"]).await.unwrap_err().contains("--all-at-once"));
        let targets = signed.path("targets.json");
        signed.operator(&format!("configure draft --out {targets}")).await.unwrap();
        sign(&signed, &targets, &["a", "b"]);
        signed.operator(&format!("configure publish {targets} --all-at-once")).await.unwrap();
        let mut town = Self { office, signed, operator, machines };
        for name in names {
            town.takes(&name).await;
            town.beats(&name, &[]).await;
        }
        town
    }

    async fn post(&self, person: &Person, path: &str, body: &Value) -> Answer {
        self.office.platform.as_person(person, Method::POST, path, body).await
    }

    /// Drafts for all kiosks.
    async fn drafts(&self, settings: &Value) {
        let kiosks = self.office.platform.read(&self.operator, "/api/v1/staff/kiosks").await;
        let based = |kiosk: &Value| json!({ "name": kiosk["name"], "version": kiosk["newest"] });
        let kiosks: Vec<Value> = kiosks["kiosks"].as_array().unwrap().iter().map(based).collect();
        let body = json!({ "kiosks": kiosks, "settings": settings });
        let drafted = self.post(&self.operator, "/api/v1/staff/drafts", &body).await;
        assert_eq!(drafted.status, StatusCode::OK, "{}", drafted.body);
    }

    /// What the operator downloads, signed by those people.
    async fn batch(&self, person: &Person, signers: &[&str]) -> String {
        let file = self.signed.path("to-sign.json");
        let path = "/api/v1/staff/drafts/to-sign";
        let to_sign = self.office.platform.as_person(person, Method::GET, path, &Value::Null).await;
        assert_eq!(to_sign.status, StatusCode::OK, "{}", to_sign.body);
        fs::write(&file, to_sign.body).unwrap();
        sign(&self.signed, &file, signers);
        fs::read_to_string(file).unwrap()
    }

    async fn start(&self, person: &Person, batch: &str) -> Answer {
        let body = json!({ "batch": batch, "soak_minutes": 2 });
        self.post(person, "/api/v1/staff/rollout", &body).await
    }

    /// Drafts for all, has it signed, and starts.
    async fn rolls_out(&self, settings: &Value) {
        self.drafts(settings).await;
        let batch = self.batch(&self.operator, &["a", "b"]).await;
        let started = self.start(&self.operator, &batch).await;
        assert_eq!(started.status, StatusCode::OK, "{}", started.body);
    }

    async fn acts(&self, person: &Person, act: &str) -> Answer {
        let id = self.rollout().await["id"].clone();
        let body = json!({ "rollout": id, "act": act, "reason": "示例原因" });
        self.post(person, "/api/v1/staff/rollout/acts", &body).await
    }

    async fn rollout(&self) -> Value {
        self.office.platform.read(&self.operator, "/api/v1/staff/rollout").await["rollout"].clone()
    }

    async fn steps(&self) {
        platform::fleet::roll_now(&self.office.platform.platform).await;
    }

    fn pass(&self, minutes: i64) {
        self.signed.platform.pass(SignedDuration::from_mins(minutes));
    }

    /// What a kiosk fetches and believes, by every signature: version and idle time.
    fn believes(&mut self, name: &str) -> (u64, u64) {
        let machine = self.machines.get_mut(name).unwrap();
        let document = fetch(&self.signed, &machine.client, &mut machine.trusted).unwrap();
        (document.version, document.settings["session"]["idle"].as_u64().unwrap())
    }

    /// A kiosk takes what it shall have, and is content with it.
    async fn takes(&mut self, name: &str) {
        let desired = self.desired(name).await;
        self.says(name, ConfigPhase::Confirmed, &desired, None).await;
    }

    async fn desired(&self, name: &str) -> Desired {
        match self.machines[name].client.desired(None).await.unwrap() {
            Some(Fetched::New { value, .. }) => value,
            other => panic!("{name}: {other:?}"),
        }
    }

    async fn says(&mut self, name: &str, phase: ConfigPhase, newest: &Desired, why: Option<&str>) {
        let machine = self.machines.get_mut(name).unwrap();
        if phase == ConfigPhase::Confirmed {
            machine.confirmed = Some(newest.clone());
        }
        let reported = Reported {
            phase,
            newest: Some(newest.clone()),
            confirmed: machine.confirmed.clone(),
            running: machine.confirmed.clone(),
            why: why.map(str::to_owned),
            program: "0.1.0".to_owned(),
            at: crate::fixture::NOW.parse().unwrap(),
        };
        machine.client.report(&reported).await.unwrap();
    }

    async fn beats(&self, name: &str, codes: &[&str]) {
        let now = *self.signed.platform.here.now.lock().unwrap();
        let ailments = codes.iter().map(|code| Ailment { code: (*code).to_owned(), since: now });
        let heartbeat = Heartbeat {
            at: now,
            program: "0.1.0".to_owned(),
            started_at: now,
            ailments: ailments.collect(),
            reader: None,
            paper: None,
            waiting: 0,
            parked: 0,
            oldest_waiting: None,
            disk_free: None,
            temperature: None,
        };
        self.machines[name].client.heartbeat(&heartbeat).await.unwrap();
    }

    /// Who may have that version by now.
    async fn released(&self, version: u64) -> Vec<String> {
        let mut released = Vec::new();
        for name in self.machines.keys() {
            if self.desired(name).await.version >= version {
                released.push(name.clone());
            }
        }
        released
    }

    /// Time passes, everybody is heard of, and whoever may have that version takes it.
    async fn goes_well(&mut self, version: u64) {
        for name in self.machines.keys() {
            self.beats(name, &[]).await;
        }
        for name in self.released(version).await {
            self.takes(&name).await;
        }
        self.steps().await;
        self.pass(3);
        self.steps().await;
    }
}

fn sign(signed: &Signed, file: &str, signers: &[&str]) {
    for key in signers {
        signed.sign(&format!("add --key {} {file}", signed.path(key))).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_goes_to_three_and_then_ring_by_ring_and_nobody_sees_it_before() {
    let mut town = Town::new(12).await;
    town.rolls_out(&json!({ "session": { "idle": 45 } })).await;
    let first = town.released(2).await;
    assert_eq!(first.len(), 3);
    let names: Vec<String> = town.machines.keys().cloned().collect();
    for name in &names {
        let expected = if first.contains(name) { (2, 45) } else { (1, 90) };
        assert_eq!(town.believes(name), expected, "{name}");
    }
    // Also a kiosk that looks again, without any news, and one that was never here before.
    let held = names.iter().find(|name| !first.contains(name)).unwrap().clone();
    town.machines.get_mut(&held).unwrap().trusted = None;
    assert_eq!(town.believes(&held), (1, 90));
    let mut sizes = vec![3];
    for _ in 0..6 {
        town.goes_well(2).await;
        sizes.push(town.released(2).await.len());
        if town.rollout().await["state"] == "done" {
            break;
        }
    }
    sizes.dedup();
    assert_eq!(sizes, [3, 6, 12], "a tenth of twelve are the first three");
    assert_eq!(town.rollout().await["state"], "done");
    for name in &names {
        assert_eq!(town.believes(name), (2, 45), "{name}");
    }
    // What comes next is no news of the roll-out: all kiosks see one set again.
    town.rolls_out(&json!({ "session": { "idle": 50 } })).await;
    let first = town.released(4).await;
    assert_eq!(
        (first.len(), town.believes(&first[0])),
        (3, (4, 50)),
        "3 was the way back that nobody needed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_gives_it_up_halts_it_and_giving_up_leads_back_with_a_higher_version() {
    let mut town = Town::new(12).await;
    town.rolls_out(&json!({ "session": { "idle": 45 } })).await;
    let first = town.released(2).await;
    let (bad, new) = (first[1].clone(), town.desired(&first[1]).await);
    town.believes(&first[0]);
    town.says(&bad, ConfigPhase::Reverted, &new, Some("示例：屏幕没有画面")).await;
    town.steps().await;
    let rollout = town.rollout().await;
    assert_eq!(rollout["state"], "halted");
    let reason = rollout["reason"].as_str().unwrap();
    assert!(reason.contains(&bad) && reason.contains("示例：屏幕没有画面"), "{reason}");
    for _ in 0..4 {
        town.goes_well(2).await;
    }
    assert_eq!(town.released(2).await, first, "nobody else");
    let other = town.batch_refused_while_open().await;
    assert_eq!(other, StatusCode::CONFLICT);
    let aborted = town.acts(&town.operator, "abort").await;
    assert_eq!(aborted.status, StatusCode::OK, "{}", aborted.body);
    let names: Vec<String> = town.machines.keys().cloned().collect();
    for name in &names {
        let expected = if first.contains(name) { (3, 90) } else { (1, 90) };
        assert_eq!(town.believes(name), expected, "{name}");
    }
    // The next publication finds all kiosks, wherever they are.
    town.drafts(&json!({ "session": { "idle": 60 } })).await;
    let targets = town.signed.path("targets.json");
    town.signed.operator(&format!("configure draft --out {targets}")).await.unwrap();
    sign(&town.signed, &targets, &["b", "c"]);
    town.signed.operator(&format!("configure publish {targets} --all-at-once")).await.unwrap();
    for name in &names {
        assert_eq!(town.believes(name), (4, 60), "{name}");
    }
    let ahead = "SELECT count(*) FROM trust_file WHERE role LIKE '%-ahead'";
    assert_eq!(database::number(town.office.platform.directory.path(), ahead), 0);
}

impl Town {
    async fn batch_refused_while_open(&self) -> StatusCode {
        let path = "/api/v1/staff/drafts/to-sign";
        self.office.platform.as_person(&self.operator, Method::GET, path, &Value::Null).await.status
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_one_was_given_up_another_one_can_go_out_in_rings() {
    let mut town = Town::new(6).await;
    town.rolls_out(&json!({ "session": { "idle": 45 } })).await;
    let first = town.released(2).await;
    assert_eq!(town.acts(&town.operator, "abort").await.status, StatusCode::OK);
    assert_eq!(town.believes(&first[0]), (3, 90));
    town.rolls_out(&json!({ "session": { "idle": 50 } })).await;
    let first = town.released(4).await;
    assert_eq!(first.len(), 3);
    let names: Vec<String> = town.machines.keys().cloned().collect();
    for name in &names {
        let (version, idle) = town.believes(name);
        assert_eq!(idle, if first.contains(name) { 50 } else { 90 }, "{name} has {version}");
    }
    for _ in 0..4 {
        town.goes_well(4).await;
    }
    assert_eq!(town.rollout().await["state"], "done");
    for name in &names {
        assert_eq!(town.believes(name), (4, 50), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_looked_may_go_on_and_the_bad_one_counts_no_more() {
    let mut town = Town::new(8).await;
    town.rolls_out(&json!({ "session": { "idle": 45 } })).await;
    let first = town.released(2).await;
    town.beats(&first[0], &["S02"]).await;
    town.pass(1);
    town.beats(&first[0], &["S02"]).await;
    town.steps().await;
    let reason = town.rollout().await["reason"].clone();
    assert!(reason.as_str().unwrap().contains("S02"), "{reason}");
    let denied = town.acts(&town.office.system, "resume").await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN, "to go on is the operators' to say");
    assert_eq!(town.acts(&town.operator, "resume").await.status, StatusCode::OK);
    town.steps().await;
    assert_eq!(town.rollout().await["state"], "running");
    for name in &first[1..] {
        town.beats(name, &[]).await;
        town.takes(name).await;
    }
    town.steps().await;
    town.pass(3);
    town.steps().await;
    assert_eq!(town.released(2).await.len(), 4, "the half");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_opens_early_when_two_people_say_so_and_anybody_who_sees_it_may_halt() {
    let town = Town::new(8).await;
    town.rolls_out(&json!({ "session": { "idle": 45 } })).await;
    let asked = town.acts(&town.operator, "skip").await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
    town.steps().await;
    assert_eq!(town.released(2).await.len(), 3, "one person is not enough");
    let again = town.acts(&town.operator, "skip").await;
    again.problem(409, "second-person-required");
    let second = town.office.person("fleet_operator", "demo-district").await;
    assert_eq!(town.acts(&second, "skip").await.status, StatusCode::OK);
    assert_eq!(town.released(2).await.len(), 4);
    // Of another area they see nothing of it, of a part they may stop it, and no more.
    let (far, part) = (
        town.office.person("fleet_operator", "demo-far-subdistrict").await,
        town.office.person("fleet_operator", "demo-community").await,
    );
    assert_eq!(town.acts(&far, "halt").await.status, StatusCode::FORBIDDEN);
    for act in ["abort", "skip"] {
        town.acts(&part, act).await.problem(403, "rollout-elsewhere");
    }
    assert_eq!(town.acts(&part, "halt").await.status, StatusCode::OK);
    assert_eq!(town.rollout().await["state"], "halted");
    town.acts(&second, "skip").await.problem(409, "rollout-not-now");
    let far_sees = town.office.platform.read(&far, "/api/v1/staff/rollout").await;
    assert_eq!(far_sees["rollout"], Value::Null);
    let told = town.office.platform.read(&town.office.auditor, "/api/v1/staff/audit").await;
    let rows: Vec<_> = told["rows"].as_array().unwrap().iter().collect();
    let row = |action: &str| rows.iter().filter(|row| row["action"] == action).count();
    assert_eq!((row("skip-ring"), row("halt-rollout"), row("start-rollout")), (2, 1, 1));
    assert!(rows.iter().any(|row| row["action"] == "halt-rollout" && row["purpose"] == "示例原因"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_as_it_must_be_begins_nothing() {
    let town = Town::new(4).await;
    town.drafts(&json!({ "session": { "idle": 45 } })).await;
    let one = town.batch(&town.operator, &["a"]).await;
    let refused = town.start(&town.operator, &one).await.problem(422, "batch-refused");
    assert!(refused.detail.unwrap().contains("需要 2 人"));
    let good = town.batch(&town.operator, &["a", "b"]).await;
    let whole: Value = serde_json::from_str(&good).unwrap();
    let with = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
        let mut some = whole.clone();
        change(some["files"].as_object_mut().unwrap());
        some.to_string()
    };
    let back =
        whole["files"].as_object().unwrap().keys().find(|name| name.starts_with("back/")).unwrap().clone();
    let forth = back.replace("back/", "forth/");
    let no_way_back = with(&|files| drop(files.remove(&back)));
    town.start(&town.operator, &no_way_back).await.problem(422, "batch-refused");
    let swapped = with(&|files| {
        let (one, other) = (files[&back].clone(), files[&forth].clone());
        files.insert(back.clone(), other);
        files.insert(forth.clone(), one);
    });
    town.start(&town.operator, &swapped).await.problem(409, "batch-has-moved");
    let changed = with(&|files| {
        let targets = files[&forth]["signed"]["targets"].as_object_mut().unwrap();
        targets.values_mut().for_each(|target| target["hashes"]["sha256"] = json!("00".repeat(32)));
    });
    town.start(&town.operator, &changed).await.problem(422, "batch-refused");
    town.start(&town.operator, "x").await.problem(422, "batch-refused");
    assert_eq!(town.rollout().await, Value::Null, "nothing has begun");
    assert_eq!(town.released(2).await.len(), 0);
    // An operator of one community gets its own to be signed, and cannot start what is for others as well.
    let part = town.office.person("fleet_operator", "demo-community").await;
    town.start(&part, &good).await.problem(403, "kiosk-elsewhere");
    let own = town.batch(&part, &["a", "c"]).await;
    let started = town.start(&part, &own).await;
    assert_eq!((started.status, started.body.as_str()), (StatusCode::OK, r#"{"kiosks":1}"#));
    assert_eq!(town.released(2).await, ["LZ-0001"]);
    town.start(&town.operator, &good).await.problem(409, "rolling-out");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_goes_first_who_is_silent_and_of_two_who_draft_at_once_the_second_is_told() {
    let town = Town::new(4).await;
    town.drafts(&json!({ "session": { "idle": 45 } })).await;
    let body = json!({ "kiosks": [{ "name": "LZ-0001", "version": 1 }], "settings": {} });
    let second =
        town.post(&town.operator, "/api/v1/staff/drafts", &body).await.problem(409, "draft-has-moved");
    let told = second.detail.unwrap();
    assert!(told.contains("LZ-0001") && told.contains("第 2 版") && told.contains("刷新"), "{told}");
    let wrong =
        json!({ "kiosks": [{ "name": "LZ-0001", "version": 2 }], "settings": { "session": { "idle": 0 } } });
    let refused =
        town.post(&town.operator, "/api/v1/staff/drafts", &wrong).await.problem(422, "settings-refused");
    assert!(refused.detail.unwrap().contains("session.idle："));
    let batch = town.batch(&town.operator, &["a", "b"]).await;
    town.pass(6);
    town.start(&town.operator, &batch).await.problem(409, "canary-refused");
    town.beats("LZ-0003", &[]).await;
    let chosen = |name: &str| json!({ "batch": batch, "soak_minutes": 2, "canaries": [name] });
    town.post(&town.operator, "/api/v1/staff/rollout", &chosen("LZ-0002"))
        .await
        .problem(409, "canary-refused");
    let started = town.post(&town.operator, "/api/v1/staff/rollout", &chosen("LZ-0003")).await;
    assert_eq!(started.status, StatusCode::OK, "{}", started.body);
    assert_eq!(town.released(2).await, ["LZ-0003"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_configuration_ever_goes_out_in_rings_too() {
    let (office, called) = Office::new().await.called().await;
    let operator = office.person("fleet_operator", "demo-district").await;
    let signed = Signed::of(called).await;
    let mut town = Town { office, signed, operator, machines: BTreeMap::new() };
    for number in 1..=5 {
        let name = format!("LZ-{number:04}");
        let client = kiosk(&town.signed, &name).await;
        town.machines.insert(name.clone(), Machine { client, trusted: None, confirmed: None });
        town.beats(&name, &[]).await;
    }
    town.rolls_out(&json!({ "session": { "idle": 45 } })).await;
    let mut first = Vec::new();
    for (name, machine) in &town.machines {
        if machine.client.desired(None).await.unwrap().is_some() {
            first.push(name.clone());
        }
    }
    assert_eq!(first.len(), 3);
    assert_eq!(town.believes(&first[0]), (1, 45));
    assert_eq!(town.acts(&town.operator, "abort").await.status, StatusCode::OK);
    let machine = town.machines.get_mut(&first[0]).unwrap();
    let document = fetch(&town.signed, &machine.client, &mut machine.trusted).unwrap();
    assert_eq!((document.version, document.settings.len()), (2, 0), "back to the machine's own file");
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_command_line_it_goes_in_rings_as_well_and_both_sets_are_kept_fresh() {
    let mut town = Town::new(4).await;
    town.drafts(&json!({ "session": { "idle": 45 } })).await;
    let file = town.signed.path("to-sign.json");
    town.signed.operator(&format!("configure draft --in-rings --out {file}")).await.unwrap();
    sign(&town.signed, &file, &["a", "b"]);
    let many =
        town.signed.operator(&format!("configure roll-out {file} --canary LZ-0009")).await.unwrap_err();
    assert!(many.contains("LZ-0009"), "{many}");
    let told =
        town.signed.operator(&format!("configure roll-out {file} --canary LZ-0002 --soak 5")).await.unwrap();
    assert!(told.contains("4 documents"), "{told}");
    let at_once = town.signed.operator(&format!("configure publish {file} --all-at-once")).await.unwrap_err();
    assert!(at_once.contains("under way"), "{at_once}");
    assert_eq!((town.believes("LZ-0002"), town.believes("LZ-0001")), ((2, 45), (1, 90)));
    for _ in 0..4 {
        // Whoever sees one of the two only is kept as fresh as the others.
        town.pass(13 * 60);
        town.signed.platform.freshen().await;
        assert_eq!((town.believes("LZ-0002"), town.believes("LZ-0001")), ((2, 45), (1, 90)));
    }
}
