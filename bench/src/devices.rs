//! The drivers against the line's own time, and against what others would use: measured by a program of their own,
//! which knows them.

use crate::{line::Line, offline, plan::Plan};

/// Runs it to its end.
pub(crate) fn compare(plan: &Plan) -> anyhow::Result<Vec<Line>> {
    offline::told_by("device-speed", plan)
}
