//! Every crate of ours has the workspace's lints and licence.

use super::Findings;
use crate::cargo::{Metadata, Package};

/// The licence of all of it: Slint leaves no other choice on a device.
const LICENCE: &str = "GPL-3.0-only";

/// Checks every member.
pub(crate) fn check(metadata: &Metadata) -> Findings {
    let mut findings = Findings::default();
    for member in metadata.members() {
        findings.looked_at += 1;
        findings.problems.extend(problems(member));
    }
    findings
}

fn problems(member: &Package) -> Vec<String> {
    let Ok(manifest) = std::fs::read_to_string(&member.manifest_path) else {
        return vec![format!("{}: its manifest cannot be read", member.name)];
    };
    let mut problems = Vec::new();
    if !inherits_lints(&manifest) {
        problems.push(format!("{}: does not inherit the lints ([lints] workspace = true)", member.name));
    }
    if member.license.as_deref() != Some(LICENCE) {
        problems.push(format!("{}: is not licensed as {LICENCE} (license.workspace = true)", member.name));
    }
    problems
}

fn inherits_lints(manifest: &str) -> bool {
    let lines: Vec<_> = manifest.lines().map(str::trim).collect();
    lines.windows(2).any(|pair| pair == ["[lints]", "workspace = true"])
        || lines.contains(&"lints.workspace = true")
}

#[cfg(test)]
mod tests {
    use super::inherits_lints;

    #[test]
    fn lints_of_ones_own_are_not_inherited() {
        assert!(inherits_lints("[package]\n\n[lints]\nworkspace = true\n"));
        assert!(!inherits_lints("[lints.rust]\nunsafe_code = \"allow\"\n"));
        assert!(!inherits_lints("[lints]\n[dependencies]\nworkspace = true\n"));
    }
}
