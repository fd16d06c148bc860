//! Between the desk and its window: a state becomes properties, a click becomes an order.

use std::{rc::Rc, sync::mpsc};

use slint::{ComponentHandle as _, Image, ModelRc, Rgb8Pixel, SharedPixelBuffer, VecModel};
use testkit::Paper;

use crate::{CardData, Deed, DockWindow, Theme, desk::State};

/// A millimetre of the kiosk's panel, at a desk where people sit nearer and have a mouse.
const MM: f32 = 2.0;

/// Opens the window; what is clicked goes to `orders`.
pub fn open(cards: Vec<CardData>, orders: mpsc::Sender<(Deed, String)>) -> anyhow::Result<DockWindow> {
    let window = DockWindow::new()?;
    window.global::<Theme>().set_mm(MM);
    window.set_cards(ModelRc::from(Rc::new(VecModel::from(cards))));
    window.on_act(move |deed, card| {
        // Refused only when the desk has ended, and then the window ends too.
        let _ = orders.send((deed, card.into()));
    });
    Ok(window)
}

/// Shows how everything stands.
pub fn show(window: &DockWindow, state: &State) {
    window.set_reader(state.reader.clone());
    window.set_printer(state.printer.clone());
    window.set_scanner(state.scanner.clone());
    window.set_camera(state.camera.clone());
    window.set_network(state.network.clone());
    window.set_trouble(state.trouble.as_str().into());
    if let Some(paper) = &state.paper {
        window.set_paper(picture(paper));
    }
}

fn picture(paper: &Paper) -> Image {
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(paper.width, paper.height);
    for (pixel, grey) in pixels.make_mut_slice().iter_mut().zip(&paper.grey) {
        *pixel = Rgb8Pixel { r: *grey, g: *grey, b: *grey };
    }
    Image::from_rgb8(pixels)
}
