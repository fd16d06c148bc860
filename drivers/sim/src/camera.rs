//! The camera: it looks down on a table on which a person puts pages, and makes frames of what it sees.
//!
//! The kernel's `vivid` is a camera on a video node, in `cargo xtask hil`, but what it shows is no page and its frames are
//! not compressed. This one is for everything behind the node; [`CameraServer`] has it on a network line.

mod scene;
mod server;

use std::time::Instant;

use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};
use serde_json::{Map, Value};

use crate::{Action, Refusal};

pub use scene::{Code, Pose, Scene};
pub use server::{CameraServer, PATH};

const ACTIONS: &str =
    "put-page, take-page, show-code, hide-code, shake, hold-still, lamp, light, fault, status";

/// How the frames are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// Motion JPEG.
    Jpeg,
    /// YUYV, rows one behind the other.
    Yuyv,
}

/// What can go wrong on the way, by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is wrong.
    #[default]
    None,
    /// No frame comes.
    Silent,
    /// The camera says of every frame that it is spoilt.
    Spoilt,
    /// Every frame ends in its middle.
    CutOff,
    /// Half of the frames end in their middle.
    EveryOtherCutOff,
    /// Bytes in the middle are others.
    Garbled,
    /// Frames are JPEG files without Huffman tables, as most cameras send them.
    NoTables,
    /// Zeros stand behind the end of each file.
    Padded,
}

impl Fault {
    /// All of them with their names.
    pub const ALL: [(&'static str, Self); 8] = [
        ("none", Self::None),
        ("silent", Self::Silent),
        ("spoilt", Self::Spoilt),
        ("cut-off", Self::CutOff),
        ("every-other-cut-off", Self::EveryOtherCutOff),
        ("garbled", Self::Garbled),
        ("no-tables", Self::NoTables),
        ("padded", Self::Padded),
    ];
}

/// A frame that came.
pub struct Frame {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether the camera says that they are spoilt.
    pub spoilt: bool,
}

/// The emulated camera.
pub struct CameraMachine {
    width: u32,
    height: u32,
    writing: Writing,
    scene: Scene,
    /// A hand that is not still blurs each frame in its own way.
    shakes: bool,
    fault: Fault,
    frames: usize,
    /// What an unchanged scene looks like, so that it is not drawn again for every frame.
    drawn: Option<(Scene, Vec<u8>)>,
}

/// How blurred the frames of a shaken page are, in turn.
const SHAKEN: [usize; 5] = [6, 3, 1, 4, 8];

impl CameraMachine {
    /// A camera over an empty table.
    #[must_use]
    pub fn new(width: u32, height: u32, writing: Writing) -> Self {
        let (scene, fault) = (Scene::default(), Fault::None);
        Self { width, height, writing, scene, shakes: false, fault, frames: 0, drawn: None }
    }

    /// What lies before it.
    #[must_use]
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// The next frame, where one comes.
    pub fn frame(&mut self) -> Option<Frame> {
        if self.fault == Fault::Silent {
            return None;
        }
        let shaken = SHAKEN.get(self.frames % SHAKEN.len()).copied().unwrap_or_default();
        self.frames += 1;
        let scene = Scene { blur: if self.shakes { shaken } else { self.scene.blur }, ..self.scene.clone() };
        if self.drawn.as_ref().is_none_or(|(known, _)| *known != scene) {
            let bytes = self.write(&scene.draw(self.width, self.height));
            self.drawn = Some((scene, bytes));
        }
        let bytes = self.drawn.as_ref().map(|(_, bytes)| bytes.clone()).unwrap_or_default();
        Some(Frame { bytes: self.spoil(bytes), spoilt: self.fault == Fault::Spoilt })
    }

    fn write(&self, rgb: &[u8]) -> Vec<u8> {
        match self.writing {
            Writing::Yuyv => rgb.chunks_exact(6).flat_map(scene::yuyv).collect(),
            Writing::Jpeg => {
                let mut file = Vec::new();
                let written = JpegEncoder::new_with_quality(&mut file, 90).encode(
                    rgb,
                    self.width,
                    self.height,
                    ExtendedColorType::Rgb8,
                );
                // Into memory, in a size that JPEG knows, nothing can go wrong.
                written.map(|()| file).unwrap_or_default()
            }
        }
    }

    fn spoil(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        let middle = bytes.len() / 2;
        match self.fault {
            Fault::CutOff => bytes.truncate(middle),
            Fault::EveryOtherCutOff if self.frames.is_multiple_of(2) => bytes.truncate(middle),
            Fault::Garbled => {
                bytes.iter_mut().skip(middle).take(400).for_each(|byte| *byte = byte.wrapping_mul(31) ^ 0xA5);
            }
            Fault::NoTables => return without_tables(&bytes),
            Fault::Padded => bytes.resize(bytes.len() + 512, 0),
            Fault::None | Fault::Silent | Fault::Spoilt | Fault::EveryOtherCutOff => {}
        }
        bytes
    }

    /// A person does something.
    pub fn perform(&mut self, action: &Action, _now: Instant) -> Result<Map<String, Value>, Refusal> {
        match action.name() {
            "put-page" => {
                let degrees = action.number("degrees").unwrap_or_default();
                let percent = action.number("tilt").unwrap_or_default();
                let small = |number: u64| u32::try_from(number).map(f64::from).unwrap_or_default();
                self.scene.page =
                    Some(Pose { degrees: small(degrees), tilt: small(percent) / 100.0, size: 0.5 });
            }
            "take-page" => self.scene.page = None,
            "show-code" => {
                let code = action.text("code")?;
                self.scene.code =
                    Some(Code::of(code).ok_or_else(|| Refusal::Unknown("code", code.to_owned()))?);
            }
            "hide-code" => self.scene.code = None,
            "shake" => self.shakes = true,
            "hold-still" => self.shakes = false,
            "lamp" => self.scene.glare = action.text("is")? == "on",
            "light" => {
                self.scene.light = match action.text("is")? {
                    "good" => 1.0,
                    "dark" => 0.2,
                    "bright" => 1.6,
                    other => return Err(Refusal::Unknown("light", other.to_owned())),
                }
            }
            "fault" => {
                let name = action.text("name")?;
                let known = Fault::ALL.into_iter().find(|(known, _)| *known == name);
                self.fault = known.ok_or_else(|| Refusal::Unknown("fault", name.into()))?.1;
            }
            other => return Err(Refusal::UnknownAction(other.to_owned(), ACTIONS)),
        }
        Ok(Map::new())
    }

    /// How it stands.
    #[must_use]
    pub fn situation(&self) -> Map<String, Value> {
        let fault = Fault::ALL.into_iter().find(|(_, fault)| *fault == self.fault);
        [
            ("device".to_owned(), "camera".into()),
            ("fault".to_owned(), fault.map_or("none", |(name, _)| name).into()),
            ("page".to_owned(), self.scene.page.is_some().into()),
            ("code".to_owned(), self.scene.code.is_some().into()),
            ("lamp".to_owned(), self.scene.glare.into()),
            ("frames".to_owned(), self.frames.into()),
        ]
        .into_iter()
        .collect()
    }
}

/// Leaves out every DHT segment.
fn without_tables(file: &[u8]) -> Vec<u8> {
    let (mut kept, mut rest) =
        (file.get(..2).unwrap_or_default().to_vec(), file.get(2..).unwrap_or_default());
    while let &[0xFF, marker, high, low, ..] = rest {
        let length = 2 + usize::from(u16::from_be_bytes([high, low]));
        if marker == 0xDA {
            break;
        }
        let (segment, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        if marker != 0xC4 {
            kept.extend_from_slice(segment);
        }
        rest = behind;
    }
    kept.extend_from_slice(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_spoils_a_frame_in_its_way() {
        let mut machine = CameraMachine::new(320, 240, Writing::Jpeg);
        machine.perform(&Action::named("put-page").with("degrees", 5), Instant::now()).unwrap();
        let mut frame = |fault: &str| {
            machine.perform(&Action::named("fault").with("name", fault), Instant::now()).unwrap();
            machine.frame()
        };
        let good = frame("none").unwrap();
        assert!(!good.spoilt && good.bytes.starts_with(&[0xFF, 0xD8]) && good.bytes.ends_with(&[0xFF, 0xD9]));
        assert!(frame("silent").is_none());
        assert!(frame("spoilt").unwrap().spoilt);
        assert_eq!(frame("cut-off").unwrap().bytes.len(), good.bytes.len() / 2);
        assert_ne!(frame("garbled").unwrap().bytes, good.bytes);
        assert!(!frame("no-tables").unwrap().bytes.windows(2).any(|two| two == [0xFF, 0xC4]));
        assert!(frame("padded").unwrap().bytes.ends_with(&[0, 0]));
    }

    #[test]
    fn raw_frames_have_two_bytes_a_pixel() {
        let mut machine = CameraMachine::new(64, 48, Writing::Yuyv);
        assert_eq!(machine.frame().unwrap().bytes.len(), 64 * 48 * 2);
    }
}
