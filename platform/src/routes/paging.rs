//! Lists in pages: `limit` says how long one is, `cursor` where it begins, and `Link` (RFC 8288) leads to the next.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use protocol::Problem;
use serde::Deserialize;

use crate::problems;

/// Entries of a page where nobody says how many.
const USUAL: u32 = 50;
/// The longest page.
const LONGEST: u32 = 100;

/// The part of a query that is about pages.
#[derive(Deserialize)]
pub(crate) struct Paging {
    limit: Option<String>,
    cursor: Option<String>,
}

/// The page that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page<C> {
    pub(crate) limit: u32,
    /// Behind this entry.
    pub(crate) after: Option<C>,
}

impl<C> Default for Page<C> {
    fn default() -> Self {
        Self { limit: USUAL, after: None }
    }
}

impl Paging {
    /// The page, with a cursor that `read` understands.
    pub(crate) fn page<C>(&self, read: impl Fn(&str) -> Option<C>) -> Result<Page<C>, Problem> {
        let limit = self.limit.as_deref().map_or(Some(USUAL), |text| text.parse().ok());
        let limit =
            limit.filter(|limit| (1..=LONGEST).contains(limit)).ok_or_else(problems::limit_malformed)?;
        let after = self.cursor.as_deref().map(|text| read(text).ok_or_else(problems::cursor_malformed));
        Ok(Page { limit, after: after.transpose()? })
    }
}

/// `response` with the way to the page behind it.
pub(crate) fn with_next(response: impl IntoResponse, next: Option<String>) -> Response {
    let mut response = response.into_response();
    if let Some(value) = next.and_then(|next| HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")).ok())
    {
        response.headers_mut().insert(header::LINK, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_as_long_as_is_asked_for_within_bounds() {
        let page = |limit: Option<&str>, cursor: Option<&str>| {
            let paging = Paging { limit: limit.map(str::to_owned), cursor: cursor.map(str::to_owned) };
            paging.page(|text| text.parse::<u8>().ok())
        };
        assert_eq!(page(None, None), Ok(Page::default()));
        assert_eq!(page(Some("100"), Some("7")), Ok(Page { limit: 100, after: Some(7) }));
        for bad in ["0", "101", "-1", "", "x", "99999999999"] {
            assert_eq!(page(Some(bad), None), Err(problems::limit_malformed()), "{bad}");
        }
        assert_eq!(page(None, Some("x")), Err(problems::cursor_malformed()));
    }
}
