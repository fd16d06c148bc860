//! The number of the security module.

use std::fmt;

/// 16 bytes that name a module for good. A number of the device, fit for logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SamId([u8; 16]);

impl SamId {
    /// From the data of the answer.
    #[must_use]
    pub fn parse(data: &[u8]) -> Option<Self> {
        data.try_into().ok().map(Self)
    }
}

impl fmt::Display for SamId {
    /// Five numbers, low byte first each, as vendors print them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a0, a1, b0, b1, c0, c1, c2, c3, d0, d1, d2, d3, e0, e1, e2, e3] = self.0;
        let short = |bytes| u16::from_le_bytes(bytes);
        let long = |bytes| u32::from_le_bytes(bytes);
        let (standard, maker) = (short([a0, a1]), short([b0, b1]));
        let (date, number, random) = (long([c0, c1, c2, c3]), long([d0, d1, d2, d3]), long([e0, e1, e2, e3]));
        write!(f, "{standard:02}.{maker:02}-{date:08}-{number:010}-{random:010}")
    }
}
