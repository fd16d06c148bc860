//! The files of the 示例 catalogue that this program ships with.

/// A file's name and its text.
pub(super) type File = (&'static str, &'static str);

macro_rules! files {
    ($folder:literal: $($id:literal),* $(,)?) => {
        &[$((
            concat!($folder, "/", $id, ".toml"),
            include_str!(concat!("../../../assets/catalogue/", $folder, "/", $id, ".toml")),
        )),*]
    };
}

pub(super) const REGISTRY: File = ("registry.toml", include_str!("../../../assets/catalogue/registry.toml"));

/// 一件事.
pub(super) const BUNDLES: &[File] = files![
    "bundles": "flexible-work", "job-loss", "retirement", "old-age", "disability", "card-lost",
];

pub(super) const ITEMS: &[File] = files![
    "items":
    // 劳动就业
    "unemployment-registration",
    "employment-registration",
    "employment-certificate-check",
    "employment-hardship",
    "zero-employment-family",
    "flexible-work-subsidy",
    "public-welfare-post",
    "startup-loan",
    // 社会保险
    "resident-pension-enrolment",
    "resident-pension-claim",
    "resident-pension-closing",
    "resident-pension-transfer",
    "flexible-pension-enrolment",
    "pension-eligibility",
    "social-security-card-issue",
    "social-security-card-replacement",
    "social-security-card-loss",
    "insurance-record-certificate",
    "unemployment-benefit",
    // 医疗保险
    "resident-health-enrolment",
    "resident-health-change",
    "health-insurance-record",
    "settled-retiree-elsewhere",
    "long-term-elsewhere",
    "temporary-care-elsewhere",
    "outpatient-reimbursement",
    "inpatient-reimbursement",
    "chronic-disease-benefit",
    // 民政
    "minimum-living-allowance",
    "extreme-hardship-support",
    "temporary-relief",
    "old-age-allowance",
    "disability-living-subsidy",
    "disability-care-subsidy",
    "orphan-support",
    "unsupported-child",
    "marriage-appointment",
];
