//! Frames in HID reports.

use std::time::{Duration, Instant};

use driver_api::LinkFault;
use zeroize::Zeroizing;

use super::Line;
use crate::protocol::report::{self, REPORT};

/// What stands for a report that is none: a byte that begins no frame, so that the line counts as disturbed.
const NOISE: [u8; 1] = [0];

/// A line for frames out of one that carries whole reports.
pub struct ReportLine {
    reports: Box<dyn Line>,
    rest: Zeroizing<Vec<u8>>,
}

impl ReportLine {
    /// Each packet of `reports` is one report.
    #[must_use]
    pub fn new(reports: Box<dyn Line>) -> Self {
        Self { reports, rest: Zeroizing::new(Vec::with_capacity(REPORT)) }
    }
}

impl Line for ReportLine {
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkFault> {
        let report = report::encode_request(bytes).ok_or(LinkFault::Garbled)?;
        self.reports.send(&report)
    }

    fn receive(&mut self, into: &mut [u8], wait: Duration) -> Result<usize, LinkFault> {
        if self.rest.is_empty() {
            let mut packet = Zeroizing::new([0; REPORT]);
            let count = self.reports.receive(&mut *packet, wait)?;
            if count == 0 {
                return Ok(0);
            }
            let packet = packet.get(..count).unwrap_or_default();
            self.rest.extend(report::decode_response(packet).unwrap_or(&NOISE));
        }
        let count = self.rest.len().min(into.len());
        into.iter_mut().zip(self.rest.drain(..count)).for_each(|(to, from)| *to = from);
        Ok(count)
    }

    fn now(&self) -> Instant {
        self.reports.now()
    }
}
