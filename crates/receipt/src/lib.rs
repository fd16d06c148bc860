//! Receipts: document, layout and dots.
