//! What happens at a printer, by name.

use std::time::Duration;

use driver_api::{LinkFault, Paper, PrintOutcome, PrinterFault, PrinterStatus, ReceiptPrinter};
use driver_sim::Action;

use crate::stage::{Stage, job, whole};

const SHORT: Duration = Duration::from_millis(300);

fn link(fault: LinkFault) -> PrinterFault {
    PrinterFault::Link(fault)
}

#[test]
fn a_receipt_comes_out_and_the_printer_said_so() {
    let stage = Stage::of("escpos-80", 400);
    let mut printer = stage.printer();
    assert_eq!(printer.identify().unwrap(), "EMULATOR RECEIPT-576");
    assert_eq!(printer.status(), Ok(PrinterStatus { paper: Paper::Enough, fault: None }));
    assert_eq!(printer.print(&job(1, 576, 600)), PrintOutcome::Printed);
    assert_eq!(stage.out(), (1, whole(600)), "it was all out before the driver said so");
    assert_eq!(printer.print(&job(2, 576, 300)), PrintOutcome::Printed);
    assert_eq!(stage.out(), (2, whole(600) + whole(300)));
}

#[test]
fn every_dot_arrives_but_those_that_would_be_a_command() {
    let stage = Stage::new();
    let job = job(7, 576, 700);
    assert_eq!(stage.printer().print(&job), PrintOutcome::Printed);
    let sheets = driver_sim::escpos::render(&stage.escpos()).unwrap();
    assert_eq!(sheets.len(), 1);
    for y in 0..700 {
        for x in 0..576 {
            let (wanted, printed) = (job.image.is_black(x, y), sheets[0].is_black(x, y));
            let beside = x > 0 && job.image.is_black(x - 1, y);
            assert!(wanted == printed || (printed && beside), "dot {x},{y}");
        }
    }
}

#[test]
fn paper_on_58_mm_is_fed_past_the_tear_bar() {
    let stage = Stage::of("escpos-58", 0);
    assert_eq!(stage.printer().print(&job(1, 384, 200)), PrintOutcome::Printed);
    assert_eq!(stage.act("paper")["rows"], 200 + 5 * 30);
    stage.act("tear");
    assert_eq!(stage.out().0, 1);
}

#[test]
fn trouble_known_before_the_first_dot_prints_nothing() {
    for (happens, fault, ends) in [
        ("paper-out", PrinterFault::PaperOut, "load-paper"),
        ("open-cover", PrinterFault::CoverOpen, "close-cover"),
        ("jam", PrinterFault::Jam, "clear-jam"),
        ("overheat", PrinterFault::Overheated, "cool-down"),
        ("offline", PrinterFault::Offline, "online"),
    ] {
        let stage = Stage::new();
        let mut printer = stage.printer();
        stage.act(happens);
        assert_eq!(printer.status().unwrap().fault, Some(fault), "{happens}");
        assert_eq!(printer.print(&job(1, 576, 100)), PrintOutcome::NotPrinted(fault), "{happens}");
        stage.act(ends);
        assert_eq!(stage.out(), (0, 0), "{ends}: nothing was waiting in its memory");
        assert_eq!(printer.print(&job(2, 576, 100)), PrintOutcome::Printed, "{ends}");
    }
}

#[test]
fn a_roll_that_is_nearly_at_its_end_still_prints() {
    let stage = Stage::new();
    let mut printer = stage.printer();
    stage.act("paper-near-end");
    assert_eq!(printer.status(), Ok(PrinterStatus { paper: Paper::NearEnd, fault: None }));
    assert_eq!(printer.print(&job(1, 576, 100)), PrintOutcome::Printed);
}

#[test]
fn paper_out_in_the_middle_of_a_receipt_is_unknown_and_the_rest_never_comes_out() {
    let stage = Stage::of("escpos-80", 200);
    let mut printer = stage.printer();
    stage.perform(&Action::named("paper-out").with("mm", 20));
    let outcome = printer.print(&job(1, 576, 1600));
    assert_eq!(outcome, PrintOutcome::Unknown(PrinterFault::PaperOut));
    assert_eq!(stage.out(), (0, 160));
    assert_eq!(printer.status().unwrap().fault, Some(PrinterFault::PaperOut));
    stage.act("tear");
    stage.act("load-paper");
    std::thread::sleep(SHORT);
    assert_eq!(stage.out(), (1, 160), "what the roll stopped stays away; the torn piece counts as one");
    assert_eq!(printer.print(&job(2, 576, 100)), PrintOutcome::Printed);
    assert_eq!(stage.act("paper")["rows"], 0);
}

#[test]
fn a_cover_opened_while_printing_is_unknown_and_the_rest_never_comes_out() {
    let stage = Stage::of("escpos-80", 100);
    let mut printer = stage.printer();
    printer.identify().unwrap();
    let outcome = stage.print_while(&mut printer, &job(1, 576, 1600), SHORT, "open-cover");
    assert_eq!(outcome, PrintOutcome::Unknown(PrinterFault::CoverOpen));
    let rows = stage.out().1;
    assert!(rows > 0 && rows < 1600, "{rows}");
    stage.act("close-cover");
    std::thread::sleep(SHORT);
    assert_eq!(stage.out(), (0, rows));
    assert_eq!(printer.status(), Ok(PrinterStatus { paper: Paper::Enough, fault: None }));
    assert_eq!(stage.out(), (0, rows));
}

#[test]
fn a_printer_unplugged_while_printing_is_unknown_and_is_found_again() {
    let stage = Stage::of("escpos-80", 100);
    let mut printer = stage.printer();
    printer.identify().unwrap();
    let outcome = stage.print_while(&mut printer, &job(1, 576, 1600), SHORT, "unplug");
    assert_eq!(outcome, PrintOutcome::Unknown(link(LinkFault::Unplugged)));
    assert_eq!(printer.status(), Err(link(LinkFault::NotFound)));
    assert_eq!(printer.print(&job(2, 576, 100)), PrintOutcome::NotPrinted(link(LinkFault::NotFound)));
    stage.act("plug");
    stage.act("tear");
    let rows = stage.out().1;
    assert_eq!(printer.print(&job(3, 576, 100)), PrintOutcome::Printed);
    assert_eq!(stage.out().1, rows + whole(100), "nothing of the first receipt followed");
}

#[test]
fn a_printer_that_stops_confirming_leaves_its_receipt_unknown_and_is_not_asked_to_print_it_twice() {
    let stage = Stage::new();
    let mut printer = stage.printer();
    printer.identify().unwrap();
    stage.fault("no-confirmation");
    assert_eq!(printer.print(&job(1, 576, 100)), PrintOutcome::Unknown(link(LinkFault::Silent)));
    assert_eq!(stage.out().0, 1, "it did come out, once");
}

#[test]
fn a_printer_that_never_confirms_is_believed_when_it_was_well_before_and_after() {
    let stage = Stage::of("escpos-80", 400);
    stage.fault("no-confirmation");
    let mut printer = stage.printer();
    assert_eq!(printer.print(&job(1, 576, 400)), PrintOutcome::Printed);
    assert_eq!(stage.out(), (1, whole(400)));
    stage.perform(&Action::named("paper-out").with("mm", 10));
    assert_eq!(printer.print(&job(2, 576, 400)), PrintOutcome::Unknown(PrinterFault::PaperOut));
}

#[test]
fn a_silent_printer_gets_nothing_to_print() {
    let stage = Stage::new();
    let mut printer = stage.printer();
    stage.fault("silent");
    assert_eq!(printer.status(), Err(link(LinkFault::Silent)));
    assert_eq!(printer.print(&job(1, 576, 100)), PrintOutcome::NotPrinted(link(LinkFault::Silent)));
    stage.fault("none");
    assert_eq!(printer.print(&job(2, 576, 100)), PrintOutcome::Printed);
}

#[test]
fn a_disturbed_line_gets_nothing_to_print() {
    let stage = Stage::new();
    let mut printer = stage.printer();
    stage.fault("garbled");
    assert_eq!(printer.print(&job(1, 576, 100)), PrintOutcome::NotPrinted(link(LinkFault::Garbled)));
    assert_eq!(stage.out().0, 0);
}

/// Half an image, as a program that was killed leaves it.
fn leave_half_an_image(stage: &Stage) {
    let mut half = b"\x1B@\x1Dv0\x00\x48\x00\x00\x01".to_vec();
    half.extend([0xAA; 72 * 100]);
    std::fs::write(stage.file("printer"), half).unwrap();
    stage.until(|status| status["waiting"] == 101 || status["rows_printed"] == 100);
}

#[test]
fn a_receipt_that_an_ended_program_left_in_the_memory_never_comes_out() {
    let stage = Stage::new();
    stage.act("open-cover");
    leave_half_an_image(&stage);
    let mut printer = stage.printer();
    assert_eq!(printer.status().unwrap().fault, Some(PrinterFault::CoverOpen));
    stage.act("close-cover");
    assert_eq!(stage.out(), (0, 0), "the memory was cleared while the cover was open");
    assert_eq!(printer.print(&job(2, 576, 100)), PrintOutcome::Printed);
    assert_eq!(stage.out(), (1, whole(100)));
}

#[test]
fn a_receipt_after_half_an_image_is_not_taken_for_the_rest_of_it() {
    let stage = Stage::new();
    leave_half_an_image(&stage);
    assert_eq!(stage.printer().print(&job(2, 576, 100)), PrintOutcome::Printed);
    let sheets = driver_sim::escpos::render(&stage.escpos()).unwrap();
    assert_eq!(sheets[0].height(), 256 + 108);
    assert!(
        (0..576).all(|x| sheets[0].is_black(x, 256) && sheets[0].is_black(x, 355)),
        "the frame of the job"
    );
    let specks =
        (100..256).flat_map(|y| (0..576).map(move |x| (x, y))).filter(|(x, y)| sheets[0].is_black(*x, *y));
    assert!(
        specks.count() < 100,
        "but for the commands that it took for dots, the image was filled with white"
    );
}

#[test]
fn an_old_receipt_never_comes_out_after_clear() {
    let stage = Stage::of("escpos-80", 50);
    let mut printer = stage.printer();
    printer.identify().unwrap();
    let outcome = stage.print_while(&mut printer, &job(1, 576, 1600), SHORT, "jam");
    assert_eq!(outcome, PrintOutcome::Unknown(PrinterFault::Jam));
    let rows = stage.out().1;
    stage.act("clear-jam");
    assert_eq!(printer.clear(), Ok(()));
    std::thread::sleep(SHORT);
    assert_eq!(stage.out(), (0, rows));
}

#[test]
fn a_second_program_finds_the_printer_busy() {
    let stage = Stage::new();
    let (mut first, mut second) = (stage.printer(), stage.printer());
    first.status().unwrap();
    assert_eq!(second.status(), Err(link(LinkFault::Busy)));
    drop(first);
    assert!(second.status().is_ok());
}
