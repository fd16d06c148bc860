//! The camera on a network line: asked by HTTP it answers with pictures, one after the other, for as long as somebody
//! looks.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use serde_json::{Map, Value};

use super::CameraMachine;
use crate::{Action, Chaos, Machine, Refusal};

/// Where it has its pictures, as `mjpg-streamer` does.
pub const PATH: &str = "/?action=stream";
const BOUNDARY: &str = "boundarydonotcross";
/// Pictures come so far apart: 15 a second.
const EVERY: Duration = Duration::from_millis(66);
/// More than any request.
const LONGEST: usize = 8 << 10;

/// What it may answer instead of pictures, by name.
const REFUSALS: [(&str, &str); 4] = [
    ("busy", "HTTP/1.0 503 Service Unavailable\r\n\r\n"),
    ("forbidden", "HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n\r\n"),
    ("one-picture", "HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n"),
    ("no-http", "220 ready\r\n\r\n"),
];
const NOT_FOUND: &str = "HTTP/1.0 404 Not Found\r\n\r\n";

/// The emulated camera and its web server.
pub struct CameraServer {
    camera: CameraMachine,
    heard: Vec<u8>,
    refusal: Option<&'static str>,
    says: Vec<u8>,
    /// What the line does to pictures, and what it holds back.
    chaos: Option<Chaos>,
    held: VecDeque<(Instant, Vec<u8>)>,
    /// When the next picture is due, while somebody looks.
    next: Option<Instant>,
}

impl CameraServer {
    /// Puts `camera` on a line.
    #[must_use]
    pub fn new(camera: CameraMachine) -> Self {
        let (heard, says, held) = (Vec::new(), Vec::new(), VecDeque::new());
        Self { camera, heard, refusal: None, says, chaos: None, held, next: None }
    }

    fn answer(&mut self, now: Instant) {
        let request = String::from_utf8_lossy(&self.heard);
        let asked = request.split_ascii_whitespace().nth(1) == Some(PATH) && request.starts_with("GET ");
        match self.refusal {
            Some(refusal) => self.says = refusal.into(),
            None if !asked => self.says = NOT_FOUND.into(),
            None => {
                self.says = format!(
                    "HTTP/1.0 200 OK\r\nServer: Emulator\r\nCache-Control: no-store\r\nContent-Type: \
                     multipart/x-mixed-replace;boundary={BOUNDARY}\r\n\r\n--{BOUNDARY}\r\n"
                )
                .into();
                self.next = Some(now);
            }
        }
        self.heard.clear();
    }

    fn show(&mut self, now: Instant) {
        let Some(frame) = self.camera.frame() else { return };
        let head = format!("Content-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n", frame.bytes.len());
        let part = [head.as_bytes(), &frame.bytes, format!("\r\n--{BOUNDARY}\r\n").as_bytes()].concat();
        match &mut self.chaos {
            Some(chaos) => chaos.hold(&mut self.held, part, now),
            None => self.says.extend(part),
        }
    }
}

impl Machine for CameraServer {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.heard.extend(bytes);
        if self.heard.ends_with(b"\r\n\r\n") {
            self.answer(now);
        } else if self.heard.len() > LONGEST {
            self.heard.clear();
        }
    }

    fn due(&self) -> Option<Instant> {
        self.next.into_iter().chain(self.held.front().map(|(at, _)| *at)).min()
    }

    fn send(&mut self, now: Instant) -> Vec<u8> {
        if self.next.is_some_and(|next| next <= now) {
            self.show(now);
            self.next = Some(now + EVERY);
        }
        let ready = self.held.iter().take_while(|(at, _)| *at <= now).count();
        let late = self.held.drain(..ready).flat_map(|(_, piece)| piece);
        self.says.drain(..).chain(late).collect()
    }

    fn perform(&mut self, action: &Action, now: Instant) -> Result<Map<String, Value>, Refusal> {
        if action.name() == "fault" {
            let name = action.text("name")?;
            self.refusal = REFUSALS.into_iter().find(|(known, _)| *known == name).map(|(_, answer)| answer);
            self.chaos = (name == "chaos").then(|| Chaos::from_action(action));
            if self.refusal.is_some() || self.chaos.is_some() {
                return Ok(Map::new());
            }
        }
        self.camera.perform(action, now)
    }

    fn situation(&self) -> Map<String, Value> {
        let mut members = self.camera.situation();
        members.insert("watched".to_owned(), self.next.is_some().into());
        members
    }

    fn lose_power(&mut self) {
        self.lose_host();
    }

    fn lose_host(&mut self) {
        self.next = None;
        self.heard.clear();
        self.says.clear();
        self.held.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::Writing;

    fn asked(server: &mut CameraServer, path: &str, now: Instant) -> String {
        server.receive(format!("GET {path} HTTP/1.0\r\nHost: x\r\n\r\n").as_bytes(), now);
        String::from_utf8_lossy(&server.send(now)).into_owned()
    }

    #[test]
    fn it_shows_pictures_to_whoever_asks_and_to_nobody_else() {
        let now = Instant::now();
        let mut server = CameraServer::new(CameraMachine::new(64, 48, Writing::Jpeg));
        assert!(server.send(now).is_empty() && server.due().is_none());
        assert!(asked(&mut server, "/", now).starts_with("HTTP/1.0 404"));
        let answer = asked(&mut server, PATH, now);
        assert!(
            answer.starts_with("HTTP/1.0 200 OK\r\n")
                && answer.contains("--boundarydonotcross\r\nContent-Type: image/jpeg")
        );
        assert!(server.send(now).is_empty(), "the next one is not due yet");
        assert!(!server.send(now + EVERY).is_empty());
        server.lose_host();
        assert!(server.send(now + 2 * EVERY).is_empty());
    }

    #[test]
    fn it_can_refuse_in_every_way() {
        let now = Instant::now();
        let mut server = CameraServer::new(CameraMachine::new(64, 48, Writing::Jpeg));
        for (name, answer) in REFUSALS {
            server.perform(&Action::named("fault").with("name", name), now).unwrap();
            assert_eq!(asked(&mut server, PATH, now), answer);
        }
        server.perform(&Action::named("fault").with("name", "none"), now).unwrap();
        assert!(asked(&mut server, PATH, now).starts_with("HTTP/1.0 200"));
        assert!(server.perform(&Action::named("fault").with("name", "nonsense"), now).is_err());
    }
}
