//! What a portrait must be: one face, in the middle, of the right size, sharp and well lit.
//! [`Cascade`](crate::picture::Cascade) finds faces.

use driver_api::Picture;

use crate::picture::{Grey, Light, is_blurred, light};

/// Where a face is, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Face {
    /// Its left edge.
    pub x: u32,
    /// Its upper edge.
    pub y: u32,
    /// How wide it is.
    pub width: u32,
    /// How high it is.
    pub height: u32,
}

/// Finds faces.
pub trait FaceFinder: Send {
    /// All faces in `picture`.
    fn faces(&mut self, picture: &Picture) -> Vec<Face>;
}

/// Why a portrait is to be taken anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Problem {
    /// Nobody is in the picture.
    NoFace,
    /// More than one is.
    SeveralFaces,
    /// Not in the middle.
    OffCentre,
    /// Too far away.
    Small,
    /// Too near.
    Large,
    /// Blurred.
    Blurred,
    /// Too dark, too bright, or with a reflection.
    Light,
}

/// The middle of a face lies at most this share of the picture's width away from the picture's own.
const OFF_CENTRE: f64 = 0.12;
/// A face is at least this share of the picture's height.
const SMALL: f64 = 0.25;
/// … and at most this one: there is room for the hair above it and the chin below.
const LARGE: f64 = 0.7;

/// Judges a portrait; nothing wrong is an empty list.
#[must_use]
pub fn judge(picture: &Picture, finder: &mut dyn FaceFinder) -> Vec<Problem> {
    let faces = finder.faces(picture);
    let [face] = faces[..] else {
        return vec![if faces.is_empty() { Problem::NoFace } else { Problem::SeveralFaces }];
    };
    let mut problems = Vec::new();
    let middle = f64::from(face.x) + f64::from(face.width) / 2.0;
    let off = (middle - f64::from(picture.width()) / 2.0).abs();
    problems.extend((off > OFF_CENTRE * f64::from(picture.width())).then_some(Problem::OffCentre));
    let share = f64::from(face.height) / f64::from(picture.height());
    problems.extend((share < SMALL).then_some(Problem::Small));
    problems.extend((share > LARGE).then_some(Problem::Large));
    let Some(cut) = cut(picture, face) else { return vec![Problem::NoFace] };
    let grey = Grey::of(&cut);
    problems.extend(is_blurred(&grey).then_some(Problem::Blurred));
    problems.extend((light(&grey) != Light::Good).then_some(Problem::Light));
    problems
}

/// The face alone: a sharp wall behind it says nothing about it.
fn cut(picture: &Picture, face: Face) -> Option<Picture> {
    let (left, right) = (face.x.min(picture.width()), face.x.saturating_add(face.width).min(picture.width()));
    let (top, below) =
        (face.y.min(picture.height()), face.y.saturating_add(face.height).min(picture.height()));
    let rows = picture.rows().skip(top as usize).take((below - top) as usize);
    let cut = rows.filter_map(|row| row.get(left as usize * 3..right as usize * 3));
    Picture::new(right - left, below - top, cut.collect::<Vec<_>>().concat())
}
