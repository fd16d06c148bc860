//! The files of the 示例 catalogue that this program ships with.

/// A file's name and its text.
pub(super) type File = (&'static str, &'static str);

macro_rules! items {
    ($($id:literal),* $(,)?) => {
        &[$((concat!("items/", $id, ".toml"), include_str!(concat!("../../../assets/catalogue/items/", $id, ".toml")))),*]
    };
}

pub(super) const REGISTRY: File = ("registry.toml", include_str!("../../../assets/catalogue/registry.toml"));

pub(super) const ITEMS: &[File] = items![
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
