//! Wire types between kiosk and platform.
//!
//! Everything here is plain data with its rules: how it looks as JSON, which values are well formed and how it is
//! masked for a screen. Both programs read the same types, so a change of shape is a change in one place.
//! The rule of change is additive: a field may join with a default, none is renamed or removed.

pub mod answer;
pub mod applicant;
pub mod bundle;
pub mod case;
pub mod codes;
pub mod delivery;
pub mod draft;
pub mod fleet;
pub mod item;
pub mod mask;
pub mod material;
pub mod problem;
pub mod registry;
pub mod text;
pub mod told;

pub use answer::{Answer, Answers, Complaint, Person, Wrong};
pub use applicant::{Applicant, IdKind, Sex};
pub use bundle::{
    Bundle, BundleCase, BundleItem, BundleMaterial, BundleRef, BundleSubmission, PartOf, is_bundle_no,
};
pub use case::{
    Case, CaseList, CaseQuery, CaseResult, CaseStatus, CaseSubmission, Channel, Consent, ItemRef, Rating,
    RatingLevel, StatusStep, is_case_no,
};
pub use codes::{BankCard, IdNumber, PickupCode};
pub use delivery::{
    Belongs, Delivery, DeliveryKind, IDEMPOTENCY_KEY_LIFE, SealFault, SealedBody, Sealer, Subject,
};
pub use draft::{DraftKept, DraftList, DraftQuery, DraftSubmission, OpenBundleDraft, OpenDraft, draft_code};
pub use fleet::{
    AUDIT_ENTRIES, Ailment, AuditEntry, AuditReport, AuditStanding, ConfigPhase, Desired, Heartbeat,
    PaperLeft, PartTested, READINESS, Readiness, Reported, TrustBundle, Wiped,
};
pub use item::{
    Area, CaseKind, Choice, Field, FieldKind, Knows, Limit, LimitUnit, Material, MaterialSource,
    Organisation, ResultSpec, ServiceItem, When, Workflow,
};
pub use material::{MaterialPage, MaterialReceipt, PageInCase};
pub use problem::Problem;
pub use registry::{
    App, AppRegistry, BundleApp, Community, ConsentNotice, DuePreview, ItemEntry, Opens, Phones, SealingKey,
    SignedCatalogue,
};
pub use text::{Language, Text};
pub use told::{Correction, DueChange, DueChangeWhy, Ending, EndingKind, MissingPaper, Told};
