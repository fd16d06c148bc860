//! A receipt as a document: what it says and how much each part weighs, before any dot.

use driver_api::Bitmap;
use zeroize::Zeroize;

use crate::{fonts::Faces, layout, raster};

/// A receipt. Its texts are wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// From top to bottom.
    pub blocks: Vec<Block>,
}

/// One part of a receipt.
#[derive(Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Words {
        /// What it says.
        text: String,
        /// How big.
        size: Size,
        /// How heavy.
        weight: Weight,
        /// Where it stands.
        align: Align,
    },
    /// A label and its value.
    Row {
        /// What it is.
        label: String,
        /// What it says.
        value: String,
        /// How big the value is.
        size: Size,
    },
    /// A long number, broken between its groups only.
    Number {
        /// What it is.
        label: String,
        /// Its groups.
        groups: Vec<String>,
    },
    /// A code in the largest type that fits, in a frame.
    Code {
        /// What it is.
        label: String,
        /// Its digits, in groups with spaces between.
        digits: String,
    },
    /// White words on a black bar.
    Mark {
        /// What it says.
        text: String,
        /// How big.
        size: Size,
    },
    /// A QR code with its explanation: a heading and a sentence.
    Qr {
        /// What the code says.
        content: String,
        /// A few words.
        heading: String,
        /// A sentence.
        caption: String,
    },
    /// A line across, so many dots thick.
    Rule(u32),
    /// White space of so many dots.
    Gap(u32),
}

/// The scale of type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// What staff reads.
    Small,
    /// What names a value.
    Label,
    /// 3.5 mm high at 203 dpi.
    Body,
    /// What matters within the body.
    Lead,
    /// The name of the service item.
    Heading,
    /// The name of the paper.
    Title,
}

/// How heavy a letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Regular.
    Regular,
    /// Bold.
    Bold,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At the left margin.
    Left,
    /// In the middle.
    Centre,
}

/// A receipt, drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// The dots.
    pub image: Bitmap,
    /// Characters that no font has, each once: they show as boxes with their code points.
    pub missing: Vec<char>,
}

impl Document {
    /// Draws it for a line of `dots` dots (576 on 80 mm paper, 384 on 58 mm).
    #[must_use]
    pub fn draw(&self, dots: u32) -> Drawing {
        let faces = Faces::default();
        raster::draw(&layout::page(self, dots, &faces), &faces)
    }
}

impl Block {
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::Words { text, .. } | Self::Mark { text, .. } => vec![text],
            Self::Row { label, value, .. } => vec![label, value],
            Self::Number { label, groups } => groups.iter_mut().chain([label]).collect(),
            Self::Code { label, digits } => vec![label, digits],

            Self::Qr { content, heading, caption } => vec![content, heading, caption],
            Self::Rule(_) | Self::Gap(_) => vec![],
        }
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        self.blocks.iter_mut().flat_map(Block::texts).for_each(Zeroize::zeroize);
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({} blocks)", self.blocks.len())
    }
}

impl std::fmt::Debug for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Block(..)")
    }
}
