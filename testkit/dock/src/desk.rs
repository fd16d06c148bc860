//! Acts on emulators and cable, and looks how they stand. One thread owns them all.

use std::{path::PathBuf, sync::mpsc, thread, time::Duration};

use anyhow::Context as _;
use serde_json::{Value, json};
use testkit::{Paper, Process, Remote, Surroundings};

use crate::{CameraData, CardData, Deed, NetworkData, PrinterData, ReaderData, ScannerData};

/// How often it looks, so that a printing receipt is seen to grow.
const LOOK: Duration = Duration::from_millis(150);

/// How everything stands.
#[derive(Clone, Default)]
pub struct State {
    /// The reader.
    pub reader: ReaderData,
    /// The printer.
    pub printer: PrinterData,
    /// The code scanner.
    pub scanner: ScannerData,
    /// The camera.
    pub camera: CameraData,
    /// The network.
    pub network: NetworkData,
    /// What the last deed met with; empty where all is well.
    pub trouble: String,
    /// The paper, where it has changed.
    pub paper: Option<Paper>,
}

/// What the desk tells.
pub enum News {
    /// It looked again.
    State(Box<State>),
    /// The kiosk's window has been closed, or the kiosk has failed.
    KioskEnded(Result<(), String>),
}

/// Everything around a kiosk, and the kiosk.
pub struct Desk {
    surroundings: Surroundings,
    kiosk: Option<Process>,
    titles: Vec<CardData>,
    rows_seen: (u64, u64),
    trouble: String,
}

impl Desk {
    /// Takes over a running stage.
    pub fn new(mut surroundings: Surroundings, kiosk: Option<Process>) -> anyhow::Result<Self> {
        let titles = surroundings.reader.as_mut().map(drawer).transpose()?.unwrap_or_default();
        Ok(Self { surroundings, kiosk, titles, rows_seen: (0, 0), trouble: String::new() })
    }

    /// The cards that can be put on the reader.
    #[must_use]
    pub fn cards(&self) -> Vec<CardData> {
        self.titles.clone()
    }

    /// Does what is ordered and tells how things stand, until nobody orders any more or the kiosk has ended.
    pub fn work(mut self, orders: &mpsc::Receiver<(Deed, String)>, mut tell: impl FnMut(News)) {
        loop {
            match orders.recv_timeout(LOOK) {
                Ok((deed, card)) => {
                    self.trouble = self.act(deed, &card).err().map(|e| format!("{e:#}")).unwrap_or_default();
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
            tell(News::State(Box::new(self.look())));
            if let Some(status) = self.kiosk.as_mut().and_then(Process::ended) {
                let told = if status.success() { Ok(()) } else { Err(format!("the kiosk: {status}")) };
                return tell(News::KioskEnded(told));
            }
        }
    }

    /// A thread that owns the desk. Joining it ends every program.
    #[must_use]
    pub fn start(
        self,
        orders: mpsc::Receiver<(Deed, String)>,
        tell: impl FnMut(News) + Send + 'static,
    ) -> thread::JoinHandle<()> {
        thread::spawn(move || self.work(&orders, tell))
    }

    fn act(&mut self, deed: Deed, card: &str) -> anyhow::Result<()> {
        if matches!(deed, Deed::Cut | Deed::Mend) {
            let network = self.surroundings.network.as_ref().context("no cable of ours")?;
            if deed == Deed::Cut {
                network.cut()
            } else {
                network.mend()
            }
            return Ok(());
        }
        if matches!(deed, Deed::ScanReceipt | Deed::ScanOther) {
            return self.scan(deed == Deed::ScanReceipt);
        }
        if deed == Deed::ShowReceipt {
            let code = self.photograph(false)?.code()?;
            return self.at_the_camera(&json!({"do": "show-code", "code": code}));
        }
        if let Some(order) = for_the_camera(deed) {
            return self.at_the_camera(&order);
        }
        let (remote, name) = match deed {
            Deed::PutCard => (&mut self.surroundings.reader, "put-card"),
            Deed::LiftCard => (&mut self.surroundings.reader, "lift-card"),
            Deed::UnplugReader => (&mut self.surroundings.reader, "unplug"),
            Deed::PlugReader => (&mut self.surroundings.reader, "plug"),
            Deed::UnplugPrinter => (&mut self.surroundings.printer, "unplug"),
            Deed::PlugPrinter => (&mut self.surroundings.printer, "plug"),
            Deed::PaperOut => (&mut self.surroundings.printer, "paper-out"),
            Deed::LoadPaper => (&mut self.surroundings.printer, "load-paper"),
            Deed::Jam => (&mut self.surroundings.printer, "jam"),
            Deed::ClearJam => (&mut self.surroundings.printer, "clear-jam"),
            Deed::OpenCover => (&mut self.surroundings.printer, "open-cover"),
            Deed::CloseCover => (&mut self.surroundings.printer, "close-cover"),
            Deed::UnplugScanner => (&mut self.surroundings.scanner, "unplug"),
            Deed::PlugScanner => (&mut self.surroundings.scanner, "plug"),
            _ => (&mut self.surroundings.printer, "tear"),
        };
        let remote = remote.as_mut().context("a real device is touched by hand")?;
        remote.perform(&json!({"do": name, "card": card})).map(drop)
    }

    /// Holds the paper that came out last before the scanner, or something else.
    fn scan(&mut self, receipt: bool) -> anyhow::Result<()> {
        let code =
            if receipt { self.photograph(false)?.code()? } else { "https://example.invalid/".to_owned() };
        let scanner = self.surroundings.scanner.as_mut().context("a real device is touched by hand")?;
        scanner.perform(&json!({"do": "scan", "code": code})).map(drop)
    }

    fn at_the_camera(&mut self, order: &Value) -> anyhow::Result<()> {
        let camera = self.surroundings.camera.as_mut().context("a real device is touched by hand")?;
        camera.perform(order).map(drop)
    }

    fn look(&mut self) -> State {
        let mut state = State::default();
        let looked = self
            .look_at_reader(&mut state)
            .and_then(|()| self.look_at_printer(&mut state))
            .and_then(|()| self.look_at_scanner(&mut state))
            .and_then(|()| self.look_at_camera(&mut state));
        state.trouble = looked.err().map_or_else(|| self.trouble.clone(), |error| format!("{error:#}"));
        if let Some(network) = &self.surroundings.network {
            state.network = NetworkData { ours: true, cut: network.is_cut() };
        }
        state
    }

    fn look_at_reader(&mut self, state: &mut State) -> anyhow::Result<()> {
        let Some(reader) = &mut self.surroundings.reader else { return Ok(()) };
        let status = reader.act("status")?;
        let id = status.get("card").and_then(Value::as_str).unwrap_or_default();
        let title = self.titles.iter().find(|card| card.id == id).map(|card| card.title.clone());
        let card = title.unwrap_or_default();
        state.reader = ReaderData { emulated: true, plugged: is(&status, "plugged"), card };
        Ok(())
    }

    fn look_at_scanner(&mut self, state: &mut State) -> anyhow::Result<()> {
        let Some(scanner) = &mut self.surroundings.scanner else { return Ok(()) };
        state.scanner = ScannerData { emulated: true, plugged: is(&scanner.act("status")?, "plugged") };
        Ok(())
    }

    fn look_at_camera(&mut self, state: &mut State) -> anyhow::Result<()> {
        let Some(camera) = &mut self.surroundings.camera else { return Ok(()) };
        let status = camera.act("status")?;
        let is = |key| is(&status, key);
        let (plugged, page, code, lamp) = (is("plugged"), is("page"), is("code"), is("lamp"));
        state.camera = CameraData { emulated: true, plugged, page, code, lamp, watched: is("watched") };
        Ok(())
    }

    fn look_at_printer(&mut self, state: &mut State) -> anyhow::Result<()> {
        let Some(printer) = &mut self.surroundings.printer else { return Ok(()) };
        let status = printer.act("status")?;
        let word = |key: &str| status.get(key).and_then(Value::as_str).unwrap_or_default();
        let hanging =
            |key: &str| status.pointer(&format!("/hanging/{key}")).and_then(Value::as_i64).unwrap_or(0);
        state.printer = PrinterData {
            emulated: true,
            plugged: is(&status, "plugged"),
            paper_out: word("paper") == "out",
            low: word("paper") == "near-end",
            jammed: is(&status, "jammed"),
            cover_open: word("cover") == "open",
            in_tray: i32::try_from(hanging("in_tray")).unwrap_or(i32::MAX),
            hanging_mm: i32::try_from(hanging("mm")).unwrap_or(i32::MAX),
        };
        let count = |key: &str| status.get(key).and_then(Value::as_u64).unwrap_or(0);
        let rows = (count("rows_printed"), count("receipts"));
        if rows != self.rows_seen {
            state.paper = Some(self.photograph(hanging("rows") > 0)?);
            self.rows_seen = rows;
        }
        Ok(())
    }

    /// Has the emulated printer draw what it was sent.
    fn photograph(&mut self, hanging: bool) -> anyhow::Result<Paper> {
        let path: PathBuf = self.surroundings.folder().join("paper.png");
        let printer = self.surroundings.printer.as_mut().context("no emulated printer")?;
        let what = if hanging { "hanging" } else { "last" };
        printer.perform(&json!({"do": "save", "what": what, "png": path.display().to_string()}))?;
        Paper::develop(&path)
    }
}

/// A page lies never quite straight.
fn for_the_camera(deed: Deed) -> Option<Value> {
    match deed {
        Deed::PutPage => Some(json!({"do": "put-page", "degrees": 6})),
        Deed::TakePage => Some(json!({"do": "take-page"})),
        Deed::HideCode => Some(json!({"do": "hide-code"})),
        Deed::LampOn => Some(json!({"do": "lamp", "is": "on"})),
        Deed::LampOff => Some(json!({"do": "lamp", "is": "off"})),
        Deed::UnplugCamera => Some(json!({"do": "unplug"})),
        Deed::PlugCamera => Some(json!({"do": "plug"})),
        _ => None,
    }
}

fn drawer(reader: &mut Remote) -> anyhow::Result<Vec<CardData>> {
    let answer = reader.act("cards")?;
    let cards = answer.get("cards").and_then(Value::as_array).context("no drawer of cards")?;
    let text = |card: &Value, key: &str| card.get(key).and_then(Value::as_str).unwrap_or_default().into();
    Ok(cards.iter().map(|card| CardData { id: text(card, "id"), title: text(card, "title") }).collect())
}

fn is(status: &Value, key: &str) -> bool {
    status.get(key).and_then(Value::as_bool).unwrap_or(false)
}
