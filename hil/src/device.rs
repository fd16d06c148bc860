//! An emulated device on the bus.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use driver_sim::{Action, Emulator, Machine};
use serde_json::Value;
use usb_gadget::Id;

use crate::gadget::{GadgetSocket, Kind};

/// A device that a person can act at.
pub(crate) struct Device {
    emulator: Emulator,
    stalled: Arc<AtomicBool>,
}

impl Device {
    /// Plugs `machine` into controller `plug`.
    pub(crate) fn plug(machine: Box<dyn Machine>, plug: usize, kind: Kind, id: Id) -> anyhow::Result<Self> {
        let stalled = Arc::new(AtomicBool::new(false));
        let socket = GadgetSocket { plug, kind, id, stalled: stalled.clone() };
        Ok(Self { emulator: Emulator::start_at(machine, Box::new(socket))?, stalled })
    }

    /// Does one thing at it.
    pub(crate) fn perform(&self, action: Action) -> anyhow::Result<Value> {
        let answer = self.emulator.perform(action.clone());
        anyhow::ensure!(answer.get("ok") == Some(&Value::Bool(true)), "{action:?}: {answer}");
        Ok(answer)
    }

    /// Does what needs no details.
    pub(crate) fn act(&self, name: &str) -> anyhow::Result<Value> {
        self.perform(Action::named(name))
    }

    /// While it is stalled it takes no byte off the bus.
    pub(crate) fn stall(&self, on: bool) {
        self.stalled.store(on, Ordering::Relaxed);
    }
}
