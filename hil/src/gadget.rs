//! USB gadgets: what the kernel of this machine takes for devices on its own bus.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::{Bytes, BytesMut};
use driver_sim::{Cable, Socket, id_card_reader::shells};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::OFlags,
    termios::{OptionalActions, tcgetattr, tcsetattr},
};
use usb_gadget::{
    Class, Config, Gadget, Id, RegGadget, Strings,
    function::{
        Handle,
        custom::{Custom, Endpoint, EndpointDirection, EndpointReceiver, EndpointSender, Event, Interface},
        hid::Hid,
        serial::{Serial, SerialClass},
    },
};

use crate::cable::{GadgetCable, Receive, TICK, Transmit};

/// Packets of high speed. At full speed, which the devices of the field have, the bindings set no packet size.
const PACKET: usize = 512;
/// A report that carries 64 bytes of the maker's own, both ways.
const VENDOR_REPORTS: [u8; 27] = [
    0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x40, 0x09,
    0x01, 0x81, 0x02, 0x95, 0x40, 0x09, 0x01, 0x91, 0x02, 0xC0,
];
/// The boot keyboard of the HID specification, appendix B.1, without its lights.
const KEYBOARD: [u8; 45] = [
    0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x19, 0xE0, 0x29, 0xE7, 0x15, 0x00, 0x25, 0x01, 0x75,
    0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x01, 0x95, 0x06, 0x75, 0x08, 0x15, 0x00,
    0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xC0,
];
/// Bytes of a keyboard's report.
const KEYS: usize = 8;
/// What `GET_DEVICE_ID` of the printer class answers.
const PRINTER_ID: &[u8] = b"MFG:EMULATOR;MDL:RECEIPT-576;CLS:PRINTER;CMD:ESC/POS;";

/// A kind of device on USB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// CDC-ACM: a serial line.
    Serial,
    /// One pair of bulk pipes.
    Pair,
    /// Four bulk pipes, frames split.
    Split,
    /// Reports of 64 bytes.
    Reports,
    /// A keyboard.
    Keyboard,
    /// The printer class.
    Printer,
}

/// One plug of the bus and what goes in there.
pub(crate) struct GadgetSocket {
    /// Which of the machine's device controllers.
    pub(crate) plug: usize,
    pub(crate) kind: Kind,
    pub(crate) id: Id,
    /// The device takes nothing while this is set.
    pub(crate) stalled: Arc<AtomicBool>,
}

impl Socket for GadgetSocket {
    fn plug(&mut self) -> io::Result<Box<dyn Cable>> {
        Ok(Box::new(match self.kind {
            Kind::Serial => self.serial()?,
            Kind::Pair | Kind::Printer => self.pair()?,
            Kind::Split => self.split()?,
            Kind::Reports => self.reports()?,
            Kind::Keyboard => self.keyboard()?,
        }))
    }
}

impl GadgetSocket {
    fn bind(&self, function: Handle) -> io::Result<RegGadget> {
        let udcs = usb_gadget::udcs()?;
        let udc = udcs.get(self.plug).ok_or_else(|| io::Error::other("there are not as many controllers"))?;
        let strings = Strings::new("Emulator", format!("{:?}", self.kind), format!("SIM{}", self.plug));
        Gadget::new(Class::INTERFACE_SPECIFIC, self.id, strings)
            .with_config(Config::new("one").with_function(function))
            .bind(udc)
    }

    fn cable(
        &self,
        gadget: RegGadget,
        files: bool,
        receive: Receive,
        send: Transmit,
    ) -> io::Result<GadgetCable> {
        GadgetCable::new(gadget, files, receive, send, self.stalled.clone())
    }

    fn serial(&self) -> io::Result<GadgetCable> {
        let (serial, handle) = Serial::new(SerialClass::Acm);
        let gadget = self.bind(handle)?;
        let port = open(&serial.tty()?)?;
        let mut termios = tcgetattr(&port)?;
        termios.make_raw();
        tcsetattr(&port, OptionalActions::Now, &termios)?;
        let mut other = port.try_clone()?;
        self.cable(gadget, true, read_file(port), Box::new(move |bytes| write_file(&mut other, bytes)))
    }

    fn reports(&self) -> io::Result<GadgetCable> {
        let mut builder = Hid::builder();
        builder.report_desc = VENDOR_REPORTS.to_vec();
        builder.report_len = 64;
        let (hid, handle) = builder.build();
        let gadget = self.bind(handle)?;
        let port = open(&hid.device_path()?)?;
        let mut other = port.try_clone()?;
        let mut reports = read_file(port);
        let frames = Box::new(move || Ok(shells::unwrap_report(&reports()?).unwrap_or_default().to_vec()));
        let send: Transmit = Box::new(move |bytes| {
            shells::reports(bytes).iter().try_for_each(|report| write_file(&mut other, report))
        });
        self.cable(gadget, true, frames, send)
    }

    fn keyboard(&self) -> io::Result<GadgetCable> {
        let mut builder = Hid::builder();
        (builder.sub_class, builder.protocol) = (1, 1);
        builder.report_desc = KEYBOARD.to_vec();
        builder.report_len = 8;
        let (hid, handle) = builder.build();
        let gadget = self.bind(handle)?;
        let port = open(&hid.device_path()?)?;
        let mut other = port.try_clone()?;
        let send: Transmit =
            Box::new(move |bytes| bytes.chunks(KEYS).try_for_each(|report| write_file(&mut other, report)));
        self.cable(gadget, true, read_file(port), send)
    }

    fn pair(&self) -> io::Result<GadgetCable> {
        let (mut input, to_host) = EndpointDirection::device_to_host();
        let (mut out, from_host) = EndpointDirection::host_to_device();
        let (class, name) = match self.kind {
            Kind::Printer => (Class::new(7, 1, 2), "printer"),
            _ => (Class::vendor_specific(0, 0), "reader"),
        };
        let interface = Interface::new(class, name)
            .with_endpoint(Endpoint::bulk(to_host))
            .with_endpoint(Endpoint::bulk(from_host.with_queue_len(1)));
        let (custom, handle) = Custom::builder().with_interface(interface).build();
        let gadget = self.bind(handle)?;
        let send: Transmit = Box::new(move |bytes| transmit(&mut input, bytes));
        let mut cable = self.cable(gadget, false, Box::new(move || receive(&mut out)), send)?;
        cable.serve(move |stop| answer_requests(custom, stop));
        Ok(cable)
    }

    fn split(&self) -> io::Result<GadgetCable> {
        let (mut heads_in, heads_to_host) = EndpointDirection::device_to_host();
        let (mut heads_out, heads_from_host) = EndpointDirection::host_to_device();
        let (mut bodies_in, bodies_to_host) = EndpointDirection::device_to_host();
        let (mut bodies_out, bodies_from_host) = EndpointDirection::host_to_device();
        let interface = Interface::new(Class::vendor_specific(0, 0), "reader")
            .with_endpoint(Endpoint::bulk(heads_to_host))
            .with_endpoint(Endpoint::bulk(heads_from_host.with_queue_len(1)))
            .with_endpoint(Endpoint::bulk(bodies_to_host))
            .with_endpoint(Endpoint::bulk(bodies_from_host.with_queue_len(1)));
        let (custom, handle) = Custom::builder().with_interface(interface).build();
        let gadget = self.bind(handle)?;
        let send: Transmit = Box::new(move |bytes| {
            let (heads, bodies) = shells::split(bytes);
            transmit(&mut heads_in, &heads)?;
            transmit(&mut bodies_in, &bodies)
        });
        let both: Receive = Box::new(move || {
            let head = receive(&mut heads_out)?;
            // A head announces a body, which comes over its own pipe.
            let body = if head.is_empty() { vec![] } else { patiently(|| receive(&mut bodies_out))? };
            Ok([head, body].concat())
        });
        let mut cable = self.cable(gadget, false, both, send)?;
        cable.serve(move |stop| answer_requests(custom, stop));
        Ok(cable)
    }
}

fn patiently(mut receive: impl FnMut() -> io::Result<Vec<u8>>) -> io::Result<Vec<u8>> {
    for _ in 0..20 {
        let bytes = receive()?;
        if !bytes.is_empty() {
            return Ok(bytes);
        }
    }
    Ok(vec![])
}

fn receive(pipe: &mut EndpointReceiver) -> io::Result<Vec<u8>> {
    let packet = pipe.recv_timeout(BytesMut::with_capacity(PACKET), TICK)?;
    Ok(packet.unwrap_or_default().to_vec())
}

fn transmit(pipe: &mut EndpointSender, bytes: &[u8]) -> io::Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    pipe.send_timeout(Bytes::copy_from_slice(bytes), TICK)
}

/// The kernel asks a printer who it is and how it is.
fn answer_requests(mut custom: Custom, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        match custom.event_timeout(TICK) {
            Ok(Some(Event::SetupDeviceToHost(request))) => {
                let answer = match request.ctrl_req().request {
                    0 => {
                        let length = u16::try_from(PRINTER_ID.len() + 2).unwrap_or_default();
                        [&length.to_be_bytes(), PRINTER_ID].concat()
                    }
                    // Selected, no error, paper.
                    _ => vec![0x18],
                };
                let count = answer.len().min(request.len());
                let _ = request.send(answer.get(..count).unwrap_or_default());
            }
            Ok(Some(Event::SetupHostToDevice(request))) => drop(request.recv_all()),
            Ok(_) => {}
            Err(_) => std::thread::sleep(TICK),
        }
    }
}

fn open(node: &Path) -> io::Result<File> {
    let (file, _) = crate::wait::until(std::time::Duration::from_secs(3), || {
        let how = OFlags::NONBLOCK | OFlags::NOCTTY;
        let flags = i32::try_from(how.bits()).unwrap_or_default();
        OpenOptions::new().read(true).write(true).custom_flags(flags).open(node).ok()
    })
    .map_err(|error| io::Error::other(format!("{}: {error}", node.display())))?;
    Ok(file)
}

fn ready(file: &File, wanted: PollFlags) -> bool {
    let mut doors = [PollFd::new(file, wanted)];
    let _ = poll(&mut doors, Timespec::try_from(TICK).ok().as_ref());
    doors.iter().all(|door| door.revents().intersects(wanted))
}

fn read_file(mut file: File) -> Receive {
    Box::new(move || {
        if !ready(&file, PollFlags::IN) {
            return Ok(vec![]);
        }
        let mut bytes = vec![0; 4096];
        let count = file.read(&mut bytes)?;
        bytes.truncate(count);
        Ok(bytes)
    })
}

/// Writes all of it, or gives up when the host takes nothing for a while.
fn write_file(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    for _ in 0..40 {
        if rest.is_empty() {
            return Ok(());
        }
        if !ready(file, PollFlags::OUT) {
            continue;
        }
        match file.write(rest) {
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(TICK / 10),
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::TimedOut.into())
}
