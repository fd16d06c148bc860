//! Runs inside the virtual machine of `cargo xtask hil`, as root: plugs emulated devices into a kernel of its own by way
//! of USB gadgets, and drives them with the real drivers through the nodes that the kernel makes of them.

mod bench;
mod cable;
mod camera;
mod device;
mod finger;
mod gadget;
mod permission;
mod plugs;
mod printer;
mod reader;
mod scanner;
mod touch;
mod wait;

use std::process::ExitCode;

use bench::Bench;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => run(),
        ["probe", url] => permission::probe(url),
        ["finger", line] => finger::run(line),
        _ => {
            eprintln!("usage: hil-guest [probe URL | finger LINE]");
            ExitCode::FAILURE
        }
    }
}

fn run() -> ExitCode {
    let mut bench = Bench::default();
    reader::situations(&mut bench);
    printer::situations(&mut bench);
    scanner::situations(&mut bench);
    camera::situations(&mut bench);
    touch::situations(&mut bench);
    plugs::situations(&mut bench);
    permission::situations(&mut bench);
    bench.verdict()
}
