//! 大字版: how large the type is.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    Web,
    session::{self, Posted},
};

/// Takes the other size and goes back to where the button was.
pub(super) async fn display(State(web): State<Web>, posted: Posted) -> Response {
    let back = local(posted.get("back"));
    session::remember_display(&web, Redirect::to(&back).into_response(), posted.get("size") == "large")
}

/// A path of ours: never the address of a stranger.
pub(super) fn local(path: &str) -> String {
    let ours = path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.%".contains(&byte));
    if ours { path.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn nobody_is_led_away() {
        for (given, taken) in [
            ("/items/pension-eligibility", "/items/pension-eligibility"),
            ("//example.org", "/"),
            ("https://example.org", "/"),
            ("/\\example.org", "/"),
            ("", "/"),
        ] {
            assert_eq!(super::local(given), taken);
        }
    }
}
