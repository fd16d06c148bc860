//! The platform against the same INSERTs, the same bytes and the same platform with few cases: measured by a program of
//! its own, which knows it.

use crate::{line::Line, offline, plan::Plan};

/// Runs it to its end.
pub(crate) fn compare(plan: &Plan) -> anyhow::Result<Vec<Line>> {
    offline::told_by("service", plan)
}
