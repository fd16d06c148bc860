//! 电子件: a material as pages that were photographed, for as long as a visit holds them.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use zeroize::Zeroizing;

/// All that one visit may photograph, in bytes: fifty pages as they usually are. What the machine holds at a time, and
/// by how much one visit can overfill what waits for the network, has an end.
pub const VISIT_BYTES: usize = 32 << 20;

/// A page as a file. Whoever holds it holds the same bytes; with the last of them they are wiped.
#[derive(Clone, PartialEq, Eq)]
pub struct PageFile(Arc<Zeroizing<Vec<u8>>>);

impl PageFile {
    /// A file of these bytes.
    #[must_use]
    pub fn new(jpeg: Vec<u8>) -> Self {
        Self(Arc::new(Zeroizing::new(jpeg)))
    }

    /// What it says.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for PageFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageFile({} bytes)", self.0.len())
    }
}

/// What a resident should look at before a page is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PageWarning {
    /// 没有看到纸: no page with four corners, so that the whole picture is kept.
    NoEdges,
    /// 模糊.
    Blurred,
    /// 反光.
    Glare,
    /// 太暗.
    Dark,
    /// 太亮.
    Bright,
}

/// A page that was just photographed, cut out and straightened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shot {
    /// The page.
    pub file: PageFile,
    /// What may be wrong with it.
    pub warnings: Vec<PageWarning>,
}

/// A page that the resident kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The page.
    pub file: PageFile,
    /// When it was photographed.
    pub made_at: Timestamp,
}

/// A material and its pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Of a bundle: an item of it that needs the paper. The others that do get its pages as well.
    pub item: Option<String>,
    /// 序号: its place in [`protocol::ServiceItem::materials`], from 1.
    pub material: u16,
    /// In order.
    pub pages: Vec<Page>,
}
