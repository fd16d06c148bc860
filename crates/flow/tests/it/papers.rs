//! 一件事 two of whose items need one paper, each in its own way: what holds is what the items ask that become cases.

use kiosk_flow::{
    Effect, Event, Touch,
    view::{Screen, Step},
};
use protocol::{AppRegistry, PickupCode};
use uuid::Uuid;

use crate::kiosk::{Kiosk, bundle_case, card, with_bundles};

const KEY: Uuid = Uuid::from_u128(7);

/// 资格认证 wants to see 户口簿 within ten days and no picture of it; 临时救助 within five, and a picture. What the bundle says
/// of the paper is for whoever has answered nothing yet.
fn registry() -> AppRegistry {
    let mut registry = with_bundles();
    let mut items = registry.items.iter_mut().map(|entry| &mut entry.item);
    let item = items.find(|item| item.id == "pension-eligibility").unwrap();
    let paper = item.materials.iter_mut().find(|paper| paper.name.simplified == "户口簿").unwrap();
    paper.picture = false;
    registry
}

/// With every question answered; `aid` decides whether 临时救助 becomes a case.
fn answered(aid: &str) -> Kiosk {
    let mut kiosk = Kiosk::ready();
    kiosk.event(Event::Registry(Box::new(registry())));
    kiosk.event(Event::Camera(true));
    let begin = [Touch::Anywhere, Touch::Tile("bundles".into()), Touch::Item("old-age".into())];
    for touch in begin.into_iter().chain([Touch::Start, Touch::Agree]) {
        kiosk.event(Event::Touch(touch));
    }
    kiosk.event(Event::CardRead(Box::new(card())));
    kiosk.event(Event::Drafts { asked: kiosk.asked, drafts: Vec::new() });
    answer(&mut kiosk, "13900005678");
    answer(&mut kiosk, aid);
    if aid == "yes" {
        answer(&mut kiosk, "示例原因");
        kiosk.event(Event::Touch(Touch::Next));
    }
    kiosk
}

fn answer(kiosk: &mut Kiosk, words: &str) {
    kiosk.event(Event::Touch(Touch::Answer(words.into())));
    kiosk.event(Event::Touch(Touch::Next));
}

/// Every paper that is to be photographed, none of which is; and of what is to be brought, within how many days.
fn asked_for(mut kiosk: Kiosk) -> (Vec<String>, Vec<(String, u32)>) {
    let mut photographed = Vec::new();
    while let Screen::Photograph(shown) = kiosk.flow.view().screen {
        let Step { at, of } = shown.paper;
        photographed.push(format!("{} {at}/{of}", shown.material.simplified));
        kiosk.event(Event::Touch(Touch::LeaveOut));
    }
    kiosk.event(Event::Touch(Touch::Submit));
    let code = PickupCode::from_random(12_345_678);
    kiosk.event(Event::Recorded { case_key: KEY, pickup_code: code.clone() });
    kiosk.event(Event::BundleDelivered(Box::new(bundle_case(KEY, &code))));
    let slip = kiosk.effects.iter().find_map(|effect| match effect {
        Effect::Print(slip) => Some(slip),
        _ => None,
    });
    let bring = slip.unwrap().bring.iter().map(|one| (one.name.simplified.clone(), one.within.n)).collect();
    (photographed, bring)
}

fn brought(all: &[(&str, u32)]) -> Vec<(String, u32)> {
    all.iter().map(|(name, days)| ((*name).to_owned(), *days)).collect()
}

#[test]
fn an_item_that_no_answer_calls_for_has_no_say_in_a_paper_that_it_shares() {
    let (photographed, bring) = asked_for(answered("no"));
    assert_eq!(photographed, ["诊断书 1/1"], "nobody who becomes a case wants a picture of the other");
    assert_eq!(bring, brought(&[("户口簿", 10)]));
}

#[test]
fn of_those_that_become_cases_the_most_that_one_of_them_asks_holds() {
    let (photographed, bring) = asked_for(answered("yes"));
    assert_eq!(photographed, ["户口簿 1/3", "诊断书 2/3", "说明困难的材料 3/3"]);
    assert_eq!(bring, brought(&[("户口簿", 5), ("说明困难的材料", 5)]));
}
