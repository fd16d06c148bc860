//! A fleet in virtual time.

use super::*;

const SOAK: SignedDuration = SignedDuration::from_mins(30);

fn at(minute: i64) -> Timestamp {
    let begin: Timestamp = "2026-11-24T02:00:00Z".parse().unwrap();
    begin + SignedDuration::from_mins(minute)
}

#[expect(clippy::unnecessary_wraps, reason = "a kiosk may never have been heard of")]
fn beat(heard: Timestamp, codes: &[(&str, Timestamp)]) -> Option<(Heartbeat, Timestamp)> {
    let ailments = codes.iter().map(|(code, since)| Ailment { code: (*code).to_owned(), since: *since });
    let beat = Heartbeat {
        at: heard,
        program: "0.1.0".to_owned(),
        started_at: at(0),
        ailments: ailments.collect(),
        reader: None,
        paper: None,
        waiting: 0,
        parked: 0,
        oldest_waiting: None,
        disk_free: None,
        temperature: None,
    };
    Some((beat, heard))
}

fn document(version: u64) -> Desired {
    Desired { version, sha256: format!("{version:064x}") }
}

fn report(phase: ConfigPhase, newest: u64, confirmed: u64, why: Option<&str>) -> Reported {
    Reported {
        phase,
        newest: Some(document(newest)),
        confirmed: Some(document(confirmed)),
        running: Some(document(confirmed)),
        why: why.map(str::to_owned),
        program: "0.1.0".to_owned(),
        at: at(0),
    }
}

/// What a kiosk of the simulation does with a document.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Good,
    /// Gives the document up.
    Reverts,
    /// Does not understand it.
    Refuses,
    /// Breaks down with it.
    Ails,
    /// Is never heard of again.
    Dies,
    /// Was away all the time.
    Away,
}

struct Town {
    members: Vec<Member>,
    kinds: Vec<Kind>,
    ring: u32,
    now: i64,
    halted: Option<String>,
    done: bool,
}

impl Town {
    /// Kiosks that run version 1 and shall have 2.
    fn new(kinds: &[Kind]) -> Self {
        let candidates: Vec<Candidate> = kinds
            .iter()
            .enumerate()
            .map(|(number, kind)| Candidate {
                name: format!("LZ-{number:04}"),
                community: Some(format!("c{}", number % 5)),
                beat: (*kind != Kind::Away).then(|| beat(at(0), &[])).flatten(),
            })
            .collect();
        let rings = rings(&candidates, &[], at(0)).unwrap();
        let member = |candidate: &Candidate| {
            let ring = rings.iter().position(|ring| ring.contains(&candidate.name)).unwrap();
            Member {
                name: candidate.name.clone(),
                ring: u32::try_from(ring).unwrap(),
                document: document(2),
                back_version: 3,
                released_at: (ring == 0).then(|| at(0)),
                confirmed_at: None,
                excused: false,
                revoked: false,
                report: Some((report(ConfigPhase::Confirmed, 1, 1, None), at(-60))),
                beat: candidate.beat.clone(),
            }
        };
        let members = candidates.iter().map(member).collect();
        Self { members, kinds: kinds.to_vec(), ring: 0, now: 0, halted: None, done: false }
    }

    /// A minute: every kiosk that has the document says what it does with it, and the roll-out takes a step.
    fn minute(&mut self) {
        self.now += 1;
        let now = at(self.now);
        for (member, kind) in self.members.iter_mut().zip(&self.kinds) {
            let has =
                member.released_at.is_some_and(|released| now.duration_since(released).as_secs() >= 180);
            if *kind == Kind::Away || has && *kind == Kind::Dies {
                continue;
            }
            let ill = has && *kind == Kind::Ails;
            member.beat = beat(now, &[("P05", now)][..usize::from(ill)]);
            let said = match kind {
                _ if !has => continue,
                Kind::Reverts => report(ConfigPhase::Reverted, 2, 1, Some("示例：屏幕没有画面")),
                Kind::Refuses => report(ConfigPhase::Confirmed, 1, 1, Some("示例：不认识的键")),
                _ => report(ConfigPhase::Confirmed, 2, 2, None),
            };
            member.report = Some((said, now));
            if member.confirmed_at.is_none() && member.says_confirmed() {
                member.confirmed_at = Some(now);
            }
        }
        if self.halted.is_some() || self.done {
            return;
        }
        match step(&self.members, self.ring, SOAK, now) {
            Step::Wait => {}
            Step::Done => self.done = true,
            Step::Halt(why) => self.halted = Some(why),
            Step::Open(ring) => {
                self.ring = ring;
                for member in self.members.iter_mut().filter(|member| member.ring == ring) {
                    member.released_at = Some(now);
                }
            }
        }
    }

    fn minutes(&mut self, count: i64) {
        (0..count).for_each(|_| self.minute());
    }

    fn released(&self) -> usize {
        self.members.iter().filter(|member| member.released_at.is_some()).count()
    }
}

#[test]
fn a_good_document_goes_ring_by_ring_and_each_ring_soaks() {
    let mut town = Town::new(&[Kind::Good; 100]);
    let mut sizes = vec![town.released()];
    let mut opened = vec![0];
    while !town.done && town.now < 600 {
        town.minute();
        if *sizes.last().unwrap() != town.released() {
            sizes.push(town.released());
            opened.push(town.now);
        }
    }
    assert!(town.done && town.halted.is_none());
    assert_eq!(sizes, [3, 10, 50, 100]);
    assert!(opened.windows(2).all(|pair| pair[1] - pair[0] >= 33), "confirmed, and half an hour: {opened:?}");
}

#[test]
fn a_bad_document_reaches_no_more_than_three_of_a_thousand() {
    for kind in [Kind::Reverts, Kind::Refuses, Kind::Ails, Kind::Dies] {
        let mut town = Town::new(&[kind; 1_000]);
        town.minutes(3 * 60);
        assert_eq!(town.released(), 3);
        let why = town.halted.expect("it stands still");
        let told = match kind {
            Kind::Reverts => "示例：屏幕没有画面",
            Kind::Refuses => "示例：不认识的键",
            Kind::Ails => "P05",
            _ => "失联",
        };
        assert!(why.starts_with("LZ-") && why.contains(told), "{why}");
    }
}

#[test]
fn one_bad_kiosk_of_a_later_ring_keeps_the_rest_as_they_are() {
    let mut town = Town::new(&[Kind::Good; 200]);
    let second = town.members.iter().position(|member| member.ring == 1).unwrap();
    town.kinds[second] = Kind::Reverts;
    town.minutes(24 * 60);
    assert_eq!(town.released(), 20);
    assert!(town.halted.unwrap().contains(&town.members[second].name));
}

#[test]
fn who_was_away_holds_nobody_up_and_is_still_judged_when_it_comes_back() {
    let mut town = Town::new(&[Kind::Good; 100]);
    let away: Vec<usize> = (0..100).filter(|at| town.members[*at].ring > 0).step_by(4).collect();
    for at in &away {
        town.kinds[*at] = Kind::Away;
        town.members[*at].beat = None;
    }
    while town.ring < 3 && town.now < 600 {
        town.minute();
    }
    assert_eq!(town.released(), 100);
    town.kinds[away[0]] = Kind::Reverts;
    town.minutes(10);
    assert!(town.halted.unwrap().contains(&town.members[away[0]].name));
}

#[test]
fn nothing_is_learned_from_silence() {
    let mut town = Town::new(&[Kind::Good; 10]);
    for member in &mut town.members {
        member.excused = member.ring == 0;
    }
    town.kinds = vec![Kind::Reverts; 10];
    town.minutes(600);
    assert_eq!(
        (town.released(), town.done),
        (3, false),
        "the three were excused, and nobody has confirmed it"
    );
}

#[test]
fn paper_that_runs_out_and_what_was_ill_before_halts_nothing() {
    let mut town = Town::new(&[Kind::Good; 20]);
    town.minutes(5);
    let now = at(town.now);
    let first = town.members.iter().position(|member| member.ring == 0).unwrap();
    town.members[first].beat = beat(now, &[("P11", now), ("R04", at(-5)), ("P17", now)]);
    assert_eq!(town.members[first].trouble(now), None);
    town.members[first].beat = beat(now, &[("M02", now)]);
    assert!(town.members[first].trouble(now).unwrap().contains("M02"));
    town.members[first].revoked = true;
    assert_eq!(town.members[first].trouble(now), None);
}

#[test]
fn those_who_go_first_are_online_well_and_of_different_communities() {
    let kiosk = |name: &str, community: &str, beat| Candidate {
        name: name.to_owned(),
        community: Some(community.to_owned()),
        beat,
    };
    let well = || beat(at(0), &[]);
    let mut candidates: Vec<Candidate> = (0..20).map(|n| kiosk(&format!("A-{n}"), "a", well())).collect();
    candidates.push(kiosk("B-1", "b", well()));
    candidates.push(kiosk("C-1", "c", well()));
    candidates.push(kiosk("D-1", "d", beat(at(-6), &[])));
    candidates.push(kiosk("E-1", "e", beat(at(0), &[("P01", at(-9))])));
    let first = rings(&candidates, &[], at(0)).unwrap().remove(0);
    assert_eq!(first.len(), 3);
    assert!(first.contains(&"B-1".to_owned()) && first.contains(&"C-1".to_owned()), "{first:?}");
    assert_eq!(rings(&candidates[22..], &[], at(0)), Err(NoCanary::Nobody));
    let chosen = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        rings(&candidates, &names, at(0)).map(|rings| rings[0].clone())
    };
    assert_eq!(chosen(&["E-1"]).unwrap(), ["E-1"], "who is ill can be chosen, for somebody chose it");
    assert_eq!(chosen(&["D-1"]), Err(NoCanary::Silent("D-1".to_owned())));
    assert_eq!(chosen(&["Z-1"]), Err(NoCanary::Stranger("Z-1".to_owned())));
    assert_eq!(chosen(&["A-1", "A-2", "A-3", "A-4"]), Err(NoCanary::TooMany(4)));
    let all: usize = rings(&candidates, &[], at(0)).unwrap().iter().map(Vec::len).sum();
    assert_eq!(all, candidates.len(), "everybody is in one ring");
    let few = rings(&candidates[..2], &[], at(0)).unwrap();
    assert_eq!(few.len(), 1, "two kiosks are all canaries");
}
