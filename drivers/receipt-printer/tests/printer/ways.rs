//! The other ways to a printer: a device node of the kernel, and a TCP port.

use std::{
    io::{ErrorKind, Read, Write},
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

use driver_api::{DeviceUrl, LinkFault, PrintOutcome, PrinterFault};
use driver_sim::{Machine, receipt_printer::ReceiptPrinterMachine};

use crate::stage::{Stage, job, whole};

#[test]
fn a_device_node_is_written_and_read_as_it_is() {
    let stage = Stage::new();
    let url = DeviceUrl::File { path: stage.file("printer") };
    let mut printer = receipt_printer::open(&url, "escpos-80").unwrap();
    assert_eq!(printer.identify().unwrap(), "EMULATOR RECEIPT-576");
    assert_eq!(printer.print(&job(1, 576, 300)), PrintOutcome::Printed);
    assert_eq!(stage.out(), (1, whole(300)));
}

/// A printer with a network port, which serves one connection.
fn serve(listener: &TcpListener) -> ReceiptPrinterMachine {
    let mut machine = ReceiptPrinterMachine::new(576, 0);
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
    while let Some(heard) = hear(&mut stream) {
        machine.receive(&heard, Instant::now());
        // Who has hung up does not listen.
        let _ = stream.write_all(&machine.send(Instant::now()));
    }
    machine
}

fn hear(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut buffer = [0; 4096];
    match stream.read(&mut buffer) {
        Ok(0) => None,
        Ok(count) => Some(buffer[..count].to_vec()),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Some(vec![]),
        Err(_) => None,
    }
}

#[test]
fn a_printer_on_the_network_prints_and_is_missed_when_it_is_gone() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = std::thread::spawn(move || serve(&listener));
    let url = DeviceUrl::Tcp { host: "127.0.0.1".into(), port };
    let mut printer = receipt_printer::open(&url, "escpos-80").unwrap();
    assert_eq!(printer.print(&job(1, 576, 300)), PrintOutcome::Printed);
    drop(printer);
    assert_eq!(served.join().unwrap().output().receipts(), 1);
    let mut printer = receipt_printer::open(&url, "escpos-80").unwrap();
    assert_eq!(printer.status(), Err(PrinterFault::Link(LinkFault::NotFound)));
}
