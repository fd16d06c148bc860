//! The short mode of `cargo xtask fleet`.
#![allow(clippy::unwrap_used, reason = "tests")]

use proofs::fleet::{chaos, scale};

#[tokio::test(flavor = "multi_thread")]
async fn six_kiosks_live_through_the_trouble_and_end_as_they_should() {
    let verdict = chaos::run(6, 20_261_125).await.unwrap();
    assert!(verdict.is_good(), "{verdict}: {:?}", verdict.first);
    assert!(verdict.power_cuts > 6 && verdict.line_cuts > 6, "nothing was broken: {verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_kiosks_get_their_configuration_in_time() {
    let measured = scale::run(50, 1).await.unwrap();
    assert!(measured.is_good(), "{measured}");
}
