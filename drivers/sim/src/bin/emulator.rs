//! An emulated device on a pseudo-terminal, a camera on a TCP port, with a control socket.

use std::{env, fs, net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

use driver_sim::{
    Emulator, Machine,
    camera::{self, CameraMachine, CameraServer, Writing},
    code_scanner::CodeScannerMachine,
    control,
    id_card_reader::IdCardReaderMachine,
    receipt_printer::ReceiptPrinterMachine,
    tcp::TcpSocket,
};
use signal_hook::consts::{SIGINT, SIGTERM};

const USAGE: &str = "usage: emulator id-card-reader --link PATH --control SOCKET [--think-ms N]
       emulator code-scanner --link PATH --control SOCKET
       emulator receipt-printer --link PATH --control SOCKET [--dots N] [--mm-per-second N]
       emulator camera --listen ADDRESS --control SOCKET";

/// How fast a usual receipt printer is.
const MM_PER_SECOND: u32 = 200;
/// Dots in a line of 80 mm paper.
const DOTS: u32 = 576;
/// Pixels of the camera.
const PICTURE: (u32, u32) = (1280, 720);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let options = Options::parse(env::args().skip(1))?;
    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGINT]).map_err(|e| e.to_string())?;
    let (emulator, place) = options.plug_in()?;
    control::serve(&options.control, emulator.commander()).map_err(|e| failed(&options.control, &e))?;
    println!("{} is plugged in at {place}", options.device);
    // Blocks until one of the two comes.
    let _ = signals.forever().next();
    drop(emulator);
    fs::remove_file(&options.control).map_err(|e| failed(&options.control, &e))
}

fn failed(path: &std::path::Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// The command line. Each device takes the options that concern it and refuses nothing silently.
#[derive(Default)]
struct Options {
    device: String,
    link: PathBuf,
    listen: Option<SocketAddr>,
    control: PathBuf,
    think: Option<Duration>,
    dots: Option<u32>,
    mm_per_second: Option<u32>,
}

impl Options {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { device: words.next().ok_or(USAGE)?, ..Self::default() };
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} needs a value\n{USAGE}"))?;
            match word.as_str() {
                "--link" => options.link = value.into(),
                "--listen" => {
                    options.listen =
                        Some(value.parse().map_err(|_| format!("{word}: {value:?} is no address"))?);
                }
                "--control" => options.control = value.into(),
                "--think-ms" => options.think = Some(Duration::from_millis(number(&word, &value)?)),
                "--dots" => options.dots = Some(number(&word, &value)?),
                "--mm-per-second" => options.mm_per_second = Some(number(&word, &value)?),
                _ => return Err(format!("unknown option {word}\n{USAGE}")),
            }
        }
        let placed = options.link.as_os_str().is_empty() == options.listen.is_some();
        let is_camera = options.device == "camera";
        if options.control.as_os_str().is_empty() || !placed || is_camera != options.listen.is_some() {
            return Err(USAGE.into());
        }
        Ok(options)
    }

    /// The device, and where it is.
    fn plug_in(&self) -> Result<(Emulator, String), String> {
        let Some(listen) = self.listen else {
            let emulator =
                Emulator::start(self.machine()?, &self.link).map_err(|e| failed(&self.link, &e))?;
            return Ok((emulator, self.link.display().to_string()));
        };
        let socket = TcpSocket::bind(listen).map_err(|error| format!("{listen}: {error}"))?;
        let url = format!("http://{}{}", socket.address(), camera::PATH);
        let machine = CameraServer::new(CameraMachine::new(PICTURE.0, PICTURE.1, Writing::Jpeg));
        let emulator =
            Emulator::start_at(Box::new(machine), Box::new(socket)).map_err(|error| error.to_string())?;
        Ok((emulator, url))
    }

    fn machine(&self) -> Result<Box<dyn Machine>, String> {
        match self.device.as_str() {
            "id-card-reader" => {
                Ok(Box::new(IdCardReaderMachine::new(self.think).map_err(|error| error.to_string())?))
            }
            "code-scanner" => Ok(Box::new(CodeScannerMachine::default())),
            "receipt-printer" => {
                let speed = self.mm_per_second.unwrap_or(MM_PER_SECOND);
                Ok(Box::new(ReceiptPrinterMachine::new(self.dots.unwrap_or(DOTS), speed)))
            }
            other => Err(format!("unknown device {other:?}\n{USAGE}")),
        }
    }
}

fn number<N: std::str::FromStr>(option: &str, text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("{option}: {text:?} is no whole number"))
}
