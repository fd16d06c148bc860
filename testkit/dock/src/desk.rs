//! Acts on emulators and cable, and looks how they stand. One thread owns them all.

use std::{path::PathBuf, sync::mpsc, thread, time::Duration};

use anyhow::Context as _;
use serde_json::{Value, json};
use testkit::{Network, Paper, Process, Remote, Surroundings};

use crate::{CameraData, CardData, Deed, NetworkData, PrinterData, ReaderData, ScannerData};

/// How often it looks, so that a printing receipt is seen to grow.
const LOOK: Duration = Duration::from_millis(150);
const NOT_OURS: &str = "no cable of ours";

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
        let receipt = matches!(deed, Deed::ScanReceipt | Deed::ShowReceipt);
        let code = if receipt { self.photograph(false)?.code()? } else { String::new() };
        let Surroundings { reader, printer, scanner, camera, network, .. } = &mut self.surroundings;
        let plain = |name: &str| json!({"do": name});
        let (remote, order) = match deed {
            Deed::Cut => return network.as_ref().context(NOT_OURS).map(Network::cut),
            Deed::Mend => return network.as_ref().context(NOT_OURS).map(Network::mend),
            Deed::PutCard => (reader, json!({"do": "put-card", "card": card})),
            Deed::LiftCard => (reader, plain("lift-card")),
            Deed::UnplugReader => (reader, plain("unplug")),
            Deed::PlugReader => (reader, plain("plug")),
            Deed::Tear => (printer, plain("tear")),
            Deed::UnplugPrinter => (printer, plain("unplug")),
            Deed::PlugPrinter => (printer, plain("plug")),
            Deed::PaperOut => (printer, plain("paper-out")),
            Deed::LoadPaper => (printer, plain("load-paper")),
            Deed::Jam => (printer, plain("jam")),
            Deed::ClearJam => (printer, plain("clear-jam")),
            Deed::OpenCover => (printer, plain("open-cover")),
            Deed::CloseCover => (printer, plain("close-cover")),
            Deed::ScanReceipt => (scanner, json!({"do": "scan", "code": code})),
            Deed::ScanOther => (scanner, json!({"do": "scan", "code": "https://example.invalid/"})),
            Deed::UnplugScanner => (scanner, plain("unplug")),
            Deed::PlugScanner => (scanner, plain("plug")),
            // A page lies never quite straight.
            Deed::PutPage => (camera, json!({"do": "put-page", "degrees": 6})),
            Deed::TakePage => (camera, plain("take-page")),
            Deed::ShowReceipt => (camera, json!({"do": "show-code", "code": code})),
            Deed::HideCode => (camera, plain("hide-code")),
            Deed::LampOn => (camera, json!({"do": "lamp", "is": "on"})),
            Deed::LampOff => (camera, json!({"do": "lamp", "is": "off"})),
            Deed::UnplugCamera => (camera, plain("unplug")),
            Deed::PlugCamera => (camera, plain("plug")),
        };
        let remote = remote.as_mut().context("a real device is touched by hand")?;
        remote.perform(&order).map(drop)
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

fn drawer(reader: &mut Remote) -> anyhow::Result<Vec<CardData>> {
    let answer = reader.act("cards")?;
    let cards = answer.get("cards").and_then(Value::as_array).context("no drawer of cards")?;
    let text = |card: &Value, key: &str| card.get(key).and_then(Value::as_str).unwrap_or_default().into();
    Ok(cards.iter().map(|card| CardData { id: text(card, "id"), title: text(card, "title") }).collect())
}

fn is(status: &Value, key: &str) -> bool {
    status.get(key).and_then(Value::as_bool).unwrap_or(false)
}
