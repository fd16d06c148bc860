//! What became of it, and how a visit ends.

use flow::view::{Settings, View};

use super::{
    cases,
    panel::{PORTRAIT, Panel},
};

fn view(name: &str) -> View {
    cases::all().into_iter().find(|case| case.name == name).unwrap().view
}

#[test]
fn whoever_leaves_reads_thanks_and_not_that_something_was_done() {
    let panel = Panel::new(PORTRAIT);
    panel.show(&view("end-thanks"), Settings::default());
    assert!(panel.has("谢谢您，再见") && !panel.has("办好了，谢谢您"));
}
