//! An emulated camera in memory, and the driver at it.

use std::{
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use camera::{
    FrameCamera, Source,
    transport::{Arrival, Encoding, Format, Switch, Wanted},
};
use driver_api::{CameraFault, LinkFault};
use driver_sim::{
    Action,
    camera::{CameraMachine, Writing},
};

pub(crate) const SIZE: (u32, u32) = (960, 720);

struct World {
    machine: CameraMachine,
    plugged: bool,
}

/// One camera, and who has switched it on.
#[derive(Clone)]
pub(crate) struct Stage {
    world: Arc<Mutex<World>>,
    writing: Writing,
    on: Arc<AtomicUsize>,
    switched: Arc<AtomicUsize>,
}

impl Stage {
    pub(crate) fn new(writing: Writing) -> Self {
        let machine = CameraMachine::new(SIZE.0, SIZE.1, writing);
        let world = Arc::new(Mutex::new(World { machine, plugged: true }));
        Self { world, writing, on: Arc::default(), switched: Arc::default() }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    pub(crate) fn camera(&self) -> FrameCamera<Self> {
        FrameCamera::new(self.clone())
    }

    pub(crate) fn act(&self, action: &Action) {
        self.world().machine.perform(action, Instant::now()).unwrap();
    }

    pub(crate) fn fault(&self, name: &str) {
        self.act(&Action::named("fault").with("name", name));
    }

    pub(crate) fn plug(&self, plugged: bool) {
        self.world().plugged = plugged;
    }

    /// How many have it switched on now.
    pub(crate) fn on(&self) -> usize {
        self.on.load(Ordering::SeqCst)
    }

    /// How often it was switched on.
    pub(crate) fn switched(&self) -> usize {
        self.switched.load(Ordering::SeqCst)
    }
}

impl Switch for Stage {
    fn name(&self) -> Result<String, CameraFault> {
        if self.world().plugged { Ok("Emulator".into()) } else { Err(LinkFault::NotFound.into()) }
    }

    fn on(&mut self, _: Wanted) -> Result<Box<dyn Source>, CameraFault> {
        self.name()?;
        assert_eq!(self.on.fetch_add(1, Ordering::SeqCst), 0, "a camera has one stream");
        self.switched.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(Running { stage: self.clone() }))
    }
}

struct Running {
    stage: Stage,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stage.on.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Source for Running {
    fn format(&self) -> Format {
        let encoding = match self.stage.writing {
            Writing::Jpeg => Encoding::Jpeg,
            Writing::Yuyv => Encoding::Yuyv { stride: SIZE.0 as usize * 2 },
        };
        Format { encoding, width: SIZE.0, height: SIZE.1 }
    }

    fn receive(&mut self, into: &mut Vec<u8>, wait: Duration) -> Result<Arrival, LinkFault> {
        let mut world = self.stage.world();
        if !world.plugged {
            return Err(LinkFault::Unplugged);
        }
        let Some(frame) = world.machine.frame() else {
            drop(world);
            std::thread::sleep(wait.min(Duration::from_millis(20)));
            return Ok(Arrival::Nothing);
        };
        into.clear();
        into.extend(frame.bytes);
        Ok(if frame.spoilt { Arrival::Spoilt } else { Arrival::Frame })
    }
}

pub(crate) fn page(degrees: u32, tilt: u32) -> Action {
    Action::named("put-page").with("degrees", degrees).with("tilt", tilt)
}
