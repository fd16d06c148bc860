//! 电子件: a material as pictures, photographed at a kiosk or chosen on a phone, and sent after its case.
//!
//! A page is a call of its own, so that a slow line loses one page and not all of them, and so that it waits behind its
//! case like everything else about it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroize;

use crate::Channel;

/// The largest page in bytes, as a file. A straightened page of A4 at 200 dots an inch has about a quarter of it.
pub const PAGE_BYTES: usize = 2 << 20;
/// Pages of one material.
pub const PAGES: u16 = 20;
/// The kinds of file that a page may be.
pub const PAGE_TYPES: [&str; 3] = ["image/jpeg", "image/png", "application/pdf"];

/// One page of one material of a case that was filed before, or of a bundle: then it is a page of every case of it that needs
/// that paper and still takes pages.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MaterialPage {
    /// Whose: the `Idempotency-Key` under which the case was filed, or the bundle.
    pub case_key: Uuid,
    /// Of a bundle: an item that became one of its cases and needs the paper, by [`crate::ServiceItem::id`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// 序号: its place in [`crate::ServiceItem::materials`] of the version that was filed, from 1.
    pub material: u16,
    /// From 1.
    pub page: u16,
    /// How many pages the material has; all of them tell the same.
    pub pages: u16,
    /// One of [`PAGE_TYPES`].
    pub media_type: String,
    /// The file, as Base64 with padding.
    pub content: String,
    /// When it was photographed or chosen.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub made_at: Timestamp,
    /// 申报来源.
    pub channel: Channel,
    /// Which machine, at a kiosk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<String>,
}

impl fmt::Debug for MaterialPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case_key, material, page, pages, .. } = self;
        write!(f, "MaterialPage({page} of {pages} of material {material} of {case_key})")
    }
}

impl Drop for MaterialPage {
    fn drop(&mut self) {
        self.content.zeroize();
    }
}

/// What the platform answers: it has the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MaterialReceipt {
    /// As sent.
    pub case_key: Uuid,
    /// As sent.
    pub material: u16,
    /// As sent.
    pub page: u16,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// When it arrived.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub received_at: Timestamp,
    /// Of a bundle: each of its cases that need the paper, in its order. At least one of them has the page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<PageInCase>,
}

/// What became of a page of a bundle in one of its cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PageInCase {
    /// 办件编号.
    pub case_no: String,
    /// Why this case does not take it, by the name of the problem: `case-archived` or `too-many-pages`. None where it has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}
