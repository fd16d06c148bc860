//! `cargo xtask …`: the commands of this repository. It builds with nothing but a Rust toolchain.

mod bench;
mod browser;
mod cargo;
mod demo;
mod fleet;
mod foreign;
mod fuzz;
mod hil;
mod licences;
mod mutants;
mod npm;
mod privacy;
mod proofs;
mod setup;
mod test;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "usage: cargo xtask COMMAND

  setup      install the Debian packages that the build needs, or print the one command that does
  test       setup, then every check and every test; ends with a table
               --clippy     lint even where CI is set (elsewhere it always does)
  tidy       the rules of the house alone: who may know whom, sizes, words, licences
  licences   the licences of all dependencies alone
  demo       setup, build, then a kiosk with its platform and its devices, all on this machine
               --headless      no window: the whole journey by itself
               --out DIR       where the pictures, the receipt and the cases go (default: demo-out)
               --landscape     1920 × 1080 instead of 1080 × 1920
               --reader URL    a real ID-card reader instead of the emulator
               --printer URL   a real receipt printer instead of the emulator
               --scanner URL   a real code scanner instead of the emulator
               --platform URL  a running platform instead of a local one
  bench      setup, release build, then comparisons on this machine: a table, and bench.json; a quarter of an hour
               --short         seconds, which only show that it runs
               --rounds N      how often each side runs the whole way (default: 3)
               --out FILE      where the lines go (default: bench.json)
               --pictures DIR  keep what both sides showed
  crash      store, outbox, courier and client, killed, cut off from power or from the network at one point after the
             other, against a platform that counts: ends with lost=0 doubled=0 reordered=0, or with the point that failed
               --points N      how many points (default: 1000)
               --seed S        the same seed gives the same run (default: another one each time)
               --only POINT    one point of them alone
  simulate   a town of kiosks in virtual time, with the platform: residents, cards, paper, network, power and clocks as
             the seed draws them, and what must always hold looked at after every step
               --kiosks K      how many kiosks (default: 25)
               --days D        for how many days (default: 12; 25 kiosks in 12 days are more than 10,000 visits)
               --seed S        the same seed gives the same run (default: another one each time)
  mutants    outbox, courier, seal and wipe, changed in every small way: a test must notice, or docs/mutants.toml says why not;
             installs cargo-mutants, and takes an hour
               --crate NAME    one of them alone
  privacy    the inventory of personal data: what is kept and sent, how sensitive, what for, how long (docs/privacy.md)
               --write         writes it there instead
  fleet      kiosks that enrol, are configured, break and heal, against the real platform over mutual TLS, with network
             and power cut at seeded moments; then a thousand of them at once. Ends with
             stuck=0 unsigned=0 rolled-back-below=0, and with how fast a configuration gets there
               --seed S        the same seed cuts at the same moments (default: another one each time)
               --kiosks N      how many live through the trouble (default: 24)
               --scale N       how many are measured (default: 1000)
  fuzz       every parser of bytes against inputs that a machine makes up
               --seconds N     how long each target runs (default: 60)
  hil        the drivers against real nodes of Debian's kernel in a virtual machine: plugs pulled in the middle, a stalled
             printer, no permission; one line for each situation
               --screen        instead the kiosk itself on a kernel's screen, without a window system: what it shows, and
                               whether touches arrive where the finger is, calibrated and not; builds Slint once more
  foreign    hosts that are not ours (python-escpos, receiptio; installed under the target directory) print on our emulated
             printer, which shows what they sent
  browser    a relief case through community, street and district in Debian's Chromium (playwright-core and axe-core are
             installed under the target directory): every page is judged on phone and computer, and the public board
             is searched for what is personal
               --pictures DIR  keep every page as a picture
  help       this text
";

/// Why a command did not succeed, as a sentence for whoever typed it.
type Failure = String;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Failure> {
    let (command, rest) = arguments.split_first().ok_or(HELP)?;
    match (command.as_str(), rest) {
        ("setup", []) => setup::run(),
        ("test", rest) => test::run(rest),
        ("tidy", []) => tidy::run(),
        ("licences", []) => licences::run(),
        ("bench", rest) => bench::run(rest),
        ("crash" | "simulate", rest) => proofs::run(command, rest),
        ("mutants", rest) => mutants::run(rest),
        ("privacy", rest) => privacy::run(rest),
        ("fleet", rest) => fleet::run(rest),
        ("hil", []) => hil::run(),
        ("hil", [screen]) if screen == "--screen" => hil::run_screen(),
        ("foreign", []) => foreign::run(),
        ("browser", rest) => browser::run(rest),
        ("fuzz", rest) => fuzz::run(rest),
        ("demo", rest) => demo::run(rest),
        ("help" | "--help" | "-h", _) => {
            print!("{HELP}");
            Ok(())
        }
        _ => Err(format!("{:?} is no command of mine\n\n{HELP}", arguments.join(" "))),
    }
}
