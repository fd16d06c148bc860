//! A paper, photographed page by page.

use driver_api::Picture;
use zeroize::Zeroizing;

use crate::{
    picture::{Grey, Light, is_blurred, light, page, straightened},
    protocol::jpeg_file,
};

/// What a person should look at before a page is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Warning {
    /// No page with four corners was seen, so that the whole picture is kept. Put it down whole, on something darker.
    NoEdges,
    /// It is blurred. Hold still.
    Blurred,
    /// A lamp shines back from it. Tilt it, or turn it.
    Glare,
    /// There is too little light on it.
    Dark,
    /// There is too much light on it.
    Bright,
}

/// One page, cut out and straightened.
#[derive(Clone, Debug)]
pub struct Page {
    /// What it looks like.
    pub picture: Picture,
    /// What may be wrong with it.
    pub warnings: Vec<Warning>,
}

impl Page {
    /// Cuts the page out of a photograph.
    #[must_use]
    pub fn of(photograph: &Picture) -> Self {
        let quad = page(&Grey::of(photograph));
        let cut = quad.and_then(|quad| straightened(photograph, &quad));
        let mut warnings: Vec<_> = cut.is_none().then_some(Warning::NoEdges).into_iter().collect();
        let picture = cut.unwrap_or_else(|| photograph.clone());
        let grey = Grey::of(&picture);
        warnings.extend(is_blurred(&grey).then_some(Warning::Blurred));
        warnings.extend(match light(&grey) {
            Light::Good => None,
            Light::Glare => Some(Warning::Glare),
            Light::Dark => Some(Warning::Dark),
            Light::Bright => Some(Warning::Bright),
        });
        Self { picture, warnings }
    }

    /// The page as a JPEG file of at most `most` bytes.
    #[must_use]
    pub fn file(&self, most: usize) -> Option<Zeroizing<Vec<u8>>> {
        jpeg_file(&self.picture, most)
    }
}
