//! What pixels tell: where a page lies, whether it is sharp, whether a lamp shines back from it. Pure.

mod edges;
mod faces;
mod grey;
mod ink;
mod light;
mod numbers;
mod scale;
mod sharpness;
mod straighten;
mod sums;

pub use edges::{Point, Quad, page};
pub use faces::Cascade;
pub use grey::Grey;
pub(crate) use ink::inked;
pub use light::{Light, light};
pub use scale::{scaled, shrunk};
pub use sharpness::{is_blurred, sharpness};
pub use straighten::straightened;
