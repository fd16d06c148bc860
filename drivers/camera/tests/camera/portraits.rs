//! Portraits: who finds faces says where, and the rest is measured. No face is here, only what is drawn in its place.

use camera::portrait::{Face, FaceFinder, Problem, judge};
use driver_api::Picture;
use driver_sim::camera::{Pose, Scene};

/// Says what it is told to.
struct Told(Vec<Face>);

impl FaceFinder for Told {
    fn faces(&mut self, _: &Picture) -> Vec<Face> {
        self.0.clone()
    }
}

fn judged(scene: &Scene, faces: &[Face]) -> Vec<Problem> {
    let picture = Picture::new(640, 480, scene.draw(640, 480)).unwrap();
    judge(&picture, &mut Told(faces.to_vec()))
}

const MIDDLE: Face = Face { x: 240, y: 120, width: 160, height: 240 };

#[test]
fn one_face_in_the_middle_sharp_and_lit() {
    let scene = Scene { page: Some(Pose { degrees: 0.0, tilt: 0.0, size: 0.6 }), ..Scene::default() };
    assert_eq!(judged(&scene, &[MIDDLE]), []);
    assert_eq!(judged(&scene, &[]), [Problem::NoFace]);
    assert_eq!(judged(&scene, &[MIDDLE, MIDDLE]), [Problem::SeveralFaces]);
    assert_eq!(judged(&scene, &[Face { x: 100, ..MIDDLE }])[0], Problem::OffCentre);
    assert_eq!(judged(&scene, &[Face { y: 200, height: 100, ..MIDDLE }]), [Problem::Small]);
    assert_eq!(judged(&Scene { blur: 6, ..scene.clone() }, &[MIDDLE]), [Problem::Blurred]);
    assert_eq!(judged(&Scene { light: 0.3, ..scene.clone() }, &[MIDDLE]), [Problem::Light]);
    let outside = Face { x: 700, y: 500, width: 9, height: 9 };
    assert_eq!(judged(&scene, &[outside]), [Problem::NoFace], "a finder that errs brings nothing down");
}
