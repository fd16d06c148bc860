//! What the platform tells of forms that were left, as the kiosk goes on with them.

use kiosk_flow::event::LeftForm;
use protocol::{DraftList, OpenBundleDraft, OpenDraft, Subject, draft_code};
use uuid::Uuid;

fn of_item(key: u128, changed_at: &str) -> OpenDraft {
    let key = Uuid::from_u128(key);
    OpenDraft {
        key,
        code: draft_code(key),
        item: "aid".to_owned(),
        item_version: 2,
        fields: [("cause".to_owned(), "示例".into())].into(),
        changed_at: changed_at.parse().unwrap(),
        until: "2026-12-20".parse().unwrap(),
    }
}

fn of_bundle(key: u128, changed_at: &str) -> OpenBundleDraft {
    let key = Uuid::from_u128(key);
    OpenBundleDraft {
        key,
        code: draft_code(key),
        bundle: "old-age".to_owned(),
        bundle_version: 4,
        item_versions: [("aid".to_owned(), 2)].into(),
        fields: [("phone".to_owned(), "13900000001".into())].into(),
        changed_at: changed_at.parse().unwrap(),
        until: "2026-12-20".parse().unwrap(),
    }
}

#[test]
fn items_and_bundles_that_were_left_are_told_together_the_last_changed_first() {
    let list = DraftList {
        drafts: vec![of_item(1, "2026-11-22T02:00:00Z"), of_item(2, "2026-11-20T02:00:00Z")],
        bundles: vec![of_bundle(3, "2026-11-23T02:00:00Z"), of_bundle(4, "2026-11-21T02:00:00Z")],
    };
    let all = LeftForm::all(list);
    assert_eq!(all.iter().map(|left| left.key.as_u128()).collect::<Vec<_>>(), [3, 1, 4, 2]);
    assert_eq!(
        all[0].subject,
        Subject::Bundle {
            bundle: "old-age".to_owned(),
            version: 4,
            item_versions: [("aid".to_owned(), 2)].into()
        }
    );
    assert_eq!(all[1].subject, Subject::Item { item: "aid".to_owned(), version: 2 });
    assert_eq!((all[0].fields["phone"].words(), all[1].fields["cause"].words()), ("13900000001", "示例"));
    assert!(!format!("{all:?}").contains("13900000001"), "{all:?}");
}
