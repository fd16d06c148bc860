//! `cargo xtask licences`: everything that is linked or used to build must go together with GPL-3.0-only.

mod expression;

use crate::{
    Failure,
    cargo::{Metadata, Package},
    tidy::Findings,
};

/// Licences under which code may be part of a GPL-3.0 program, by the FSF's list.
const COMPATIBLE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "GPL-2.0-or-later",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "ISC",
    "LGPL-2.1-or-later",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "NCSA",
    "OFL-1.1",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "WTFPL",
    "Zlib",
];

/// Exceptions only give more freedom, but each is read before it stands here.
const EXCEPTIONS: &[&str] = &["LLVM-exception"];

/// Prints the verdict.
pub(crate) fn run() -> Result<(), Failure> {
    check(&Metadata::whole()?).verdict("licences")
}

/// Checks every package.
pub(crate) fn check(metadata: &Metadata) -> Findings {
    let problems = metadata.packages.iter().filter_map(problem).collect();
    Findings { looked_at: metadata.packages.len(), problems }
}

fn problem(package: &Package) -> Option<String> {
    let Package { name, version, license, .. } = package;
    let Some(license) = license else {
        return Some(format!("{name} {version} names no licence: read it, and decide"));
    };
    match expression::satisfied(license, &allowed) {
        Some(true) => None,
        Some(false) => Some(format!("{name} {version}: {license:?} does not go with GPL-3.0-only")),
        None => Some(format!("{name} {version}: {license:?} is not understood")),
    }
}

fn allowed(licence: &str, exception: Option<&str>) -> bool {
    COMPATIBLE.contains(&licence) && exception.is_none_or(|name| EXCEPTIONS.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(license: Option<&str>) -> Option<String> {
        problem(&Package {
            id: "x".to_owned(),
            name: "x".to_owned(),
            version: "1.0.0".to_owned(),
            license: license.map(str::to_owned),
            manifest_path: "Cargo.toml".into(),
        })
    }

    #[test]
    fn one_good_choice_is_enough() {
        assert_eq!(with(Some("GPL-3.0-only OR LicenseRef-Slint-Royalty-free-2.0")), None);
        assert_eq!(with(Some("Apache-2.0 WITH LLVM-exception")), None);
    }

    #[test]
    fn what_does_not_go_with_the_gpl_is_found() {
        for bad in
            ["GPL-2.0-only", "MIT AND OpenSSL", "BUSL-1.1", "SSPL-1.0", "Apache-2.0 WITH Swift-exception"]
        {
            assert!(with(Some(bad)).is_some_and(|told| told.contains("does not go")), "{bad}");
        }
        assert!(with(Some("MIT AND")).is_some_and(|told| told.contains("not understood")));
        assert!(with(None).is_some_and(|told| told.contains("no licence")));
    }
}
