//! The kiosk program without a window: the same screens, drawn by the software renderer, touched over a socket.
//!
//! `headless-kiosk --config kiosk.toml --control SOCKET`; the socket takes one JSON object a line:
//! `{"do":"tap","label":"确认提交"}`, `{"do":"labels"}`, `{"do":"snapshot","path":"home.png"}`, `{"do":"touch"}`,
//! `{"do":"where","label":"返回"}`, `{"do":"panic"}`, `{"do":"hang"}`.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    sync::mpsc,
    time::Duration,
};

use anyhow::Context as _;
use i_slint_backend_testing::{
    AccessibleRole, ElementHandle, ElementQuery, TestingBackend, TestingBackendOptions,
};
use kiosk::panel::{Finger, Panel};
use kiosk_ui::{
    AppWindow,
    slint::{self, ComponentHandle as _, LogicalPosition},
};
use serde_json::{Value, json};

fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().log_internal_errors(false).with_writer(std::io::stderr).init();
    kiosk::keep_inside()?;
    let (config, control) = arguments()?;
    kiosk::run(&config, choose_screen, |screens| {
        serve(&control, &Machine { window: screens.window().as_weak(), panel: screens.panel().clone() })
    })
}

/// The window, and the touch screen before it.
#[derive(Clone)]
struct Machine {
    window: slint::Weak<AppWindow>,
    panel: Panel,
}

fn choose_screen() -> anyhow::Result<()> {
    let options =
        TestingBackendOptions { mock_time: false, threading: true, renderer_name: Some("software".into()) };
    slint::platform::set_platform(Box::new(TestingBackend::new(options))).map_err(|e| anyhow::anyhow!("{e}"))
}

fn arguments() -> anyhow::Result<(PathBuf, PathBuf)> {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    match words.as_slice() {
        [config, file, control, socket] if config == "--config" && control == "--control" => {
            Ok((file.into(), socket.into()))
        }
        _ => anyhow::bail!("usage: headless-kiosk --config kiosk.toml --control SOCKET"),
    }
}

fn serve(control: &Path, machine: &Machine) -> anyhow::Result<()> {
    let listener = UnixListener::bind(control).with_context(|| control.display().to_string())?;
    let machine = machine.clone();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let machine = machine.clone();
            std::thread::spawn(move || talk(client, &machine));
        }
    });
    Ok(())
}

fn talk(client: UnixStream, machine: &Machine) {
    let Ok(mut answers) = client.try_clone() else { return };
    for line in BufReader::new(client).lines().map_while(Result::ok) {
        let answer = perform(&line, machine)
            .unwrap_or_else(|error| json!({"ok": false, "error": format!("{error:#}")}));
        if writeln!(answers, "{answer}").is_err() {
            return;
        }
    }
}

fn perform(line: &str, machine: &Machine) -> anyhow::Result<Value> {
    let order: Value = serde_json::from_str(line)?;
    let text = |key: &str| order.get(key).and_then(Value::as_str).map(str::to_owned);
    let what = text("do").context("no \"do\"")?;
    let (label, path) = (text("label"), text("path"));
    let place = |key: &str, usual: f32| order.get(key).and_then(Value::as_u64).map_or(usual, |at| at as f32);
    let spot = LogicalPosition::new(place("x", 540.0), place("y", 900.0));
    let panel = machine.panel.clone();
    on_screen(&machine.window, move |window| match what.as_str() {
        "labels" => Ok(json!({"ok": true, "labels": labels(window)})),
        "tap" => tap(window, &panel, &label.context("no \"label\"")?),
        "touch" => {
            press(window, &panel, spot);
            Ok(json!({"ok": true}))
        }
        "where" => place_of(window, &label.context("no \"label\"")?),
        "snapshot" => snapshot(window, &path.context("no \"path\"")?),
        // As a mistake in the program would: what is on the screen is part of what it says.
        "panic" => fall(window),
        // Likewise: a screen that never answers again.
        "hang" => loop {
            std::thread::park();
        },
        other => anyhow::bail!("unknown order {other:?}"),
    })
}

/// Runs on the thread that owns the screen, and waits for the answer.
fn on_screen(
    window: &slint::Weak<AppWindow>,
    act: impl FnOnce(&AppWindow) -> anyhow::Result<Value> + Send + 'static,
) -> anyhow::Result<Value> {
    let (reply, answer) = mpsc::channel();
    window
        .upgrade_in_event_loop(move |window| {
            let _ = reply.send(act(&window));
        })
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    answer.recv_timeout(Duration::from_secs(20)).context("the screen does not answer")?
}

fn labels(window: &AppWindow) -> Vec<String> {
    let elements = ElementQuery::from_root(window).match_descendants().find_all();
    elements.iter().filter_map(ElementHandle::accessible_label).map(String::from).collect()
}

/// The first control that can be used and whose label begins with `label`.
fn control(window: &AppWindow, label: &str) -> anyhow::Result<ElementHandle> {
    let elements = ElementQuery::from_root(window).match_descendants().find_all();
    let fits = |element: &ElementHandle| {
        element.accessible_enabled() != Some(false)
            && matches!(element.accessible_role(), Some(AccessibleRole::Button | AccessibleRole::RadioButton))
            && element.accessible_label().is_some_and(|found| found.starts_with(label))
    };
    elements.into_iter().find(fits).with_context(|| format!("nothing to touch is called {label:?}"))
}

/// Touches it with a press and a release.
fn tap(window: &AppWindow, panel: &Panel, label: &str) -> anyhow::Result<Value> {
    let element = control(window, label)?;
    let (at, size) = (element.absolute_position(), element.size());
    press(window, panel, LogicalPosition::new(at.x + size.width / 2.0, at.y + size.height / 2.0));
    Ok(json!({"ok": true}))
}

#[expect(clippy::panic, reason = "it was asked to")]
fn fall(window: &AppWindow) -> ! {
    std::panic::panic_any(labels(window))
}

fn place_of(window: &AppWindow, label: &str) -> anyhow::Result<Value> {
    let element = control(window, label)?;
    let (at, size) = (element.absolute_position(), element.size());
    Ok(json!({"ok": true, "x": at.x, "y": at.y, "width": size.width, "height": size.height}))
}

/// As the panel says it, which is where the finger is only on a panel that is right.
fn press(window: &AppWindow, panel: &Panel, at: LogicalPosition) {
    for finger in [Finger::Moves(at), Finger::Down(at), Finger::Up(at), Finger::Gone] {
        panel.touch(window.window(), finger);
    }
}

fn snapshot(window: &AppWindow, path: &str) -> anyhow::Result<Value> {
    let picture = window.window().take_snapshot()?;
    let file = std::io::BufWriter::new(std::fs::File::create(path)?);
    let mut encoder = png::Encoder::new(file, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header()?.write_image_data(picture.as_bytes())?;
    Ok(json!({"ok": true, "width": picture.width(), "height": picture.height()}))
}
