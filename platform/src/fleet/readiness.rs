//! `platform readiness`: whether a report that a technician shows is what a kiosk of this platform said.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use enrolment::{
    Certificate,
    statement::{self, BadStatement, Statement},
};
use health::Condition;
use jiff::Timestamp;
use protocol::{READINESS, Readiness};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};

/// Why a report proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReadinessError {
    /// A file.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// No certificate in the file.
    #[error("{}: found no certificate in PEM, expected the platform's root", .0.display())]
    Root(PathBuf),
    /// The report itself.
    #[error(transparent)]
    Report(#[from] BadStatement),
}

/// Checks the report in a file; `-` is standard input.
pub(super) fn run(root: &Path, report: &Path, now: Timestamp) -> Result<String, ReadinessError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| ReadinessError::File { path, error }
    };
    let pem = fs::read(root).map_err(failed(root))?;
    let der = CertificateDer::from_pem_slice(&pem).map_err(|_| ReadinessError::Root(root.to_owned()))?;
    let root = Certificate::from_der(&der).map_err(|_| ReadinessError::Root(root.to_owned()))?;
    let text = match report.to_str() {
        Some("-") => io::read_to_string(io::stdin()),
        _ => fs::read_to_string(report),
    };
    Ok(check(&text.map_err(failed(report))?, &root, now)?)
}

/// The report, if a kiosk of the platform with this `root` signed it.
pub(super) fn read(
    text: &str,
    root: &Certificate,
    now: Timestamp,
) -> Result<(Statement, Readiness), BadStatement> {
    let statement = statement::check(text, READINESS, root, now)?;
    let says = serde_json::from_value(statement.says.clone().into()).map_err(|_| BadStatement::Malformed)?;
    Ok((statement, says))
}

/// What the report says, in words, if a kiosk of the platform with this `root` signed it.
fn check(text: &str, root: &Certificate, now: Timestamp) -> Result<String, BadStatement> {
    let (statement, says) = read(text, root, now)?;
    let mut shown = format!(
        "{} at {}: program {}, configuration {}, asked for by technician {}\n",
        statement.kiosk,
        statement.at,
        says.program,
        says.configuration
            .as_ref()
            .map_or_else(|| "its own file's".to_owned(), |own| own.version.to_string()),
        says.technician,
    );
    for test in &says.parts {
        let passed = if test.passed { "passed" } else { "FAILED" };
        let _ = writeln!(shown, "{:<12} {passed} {}", test.part, test.at);
    }
    for code in &says.ailments {
        let _ =
            writeln!(shown, "{code:<12} {}", Condition::of_code(code).map_or("unknown here", Condition::id));
    }
    Ok(shown)
}
