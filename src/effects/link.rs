//! How the ways to the devices are, for whoever comes to mend them; and that a plug has them looked at at once.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use driver_api::{DeviceUrl, LinkFault};
use flow::maintenance::LinkTrouble;
use hotplug::{Changes, holders};

/// Kinds of devices that a kiosk has.
const SUBSYSTEMS: [&str; 7] = ["tty", "usb", "usbmisc", "hidraw", "input", "video4linux", "sound"];
/// One plug is said many times. What comes within this time is one.
const ONE: Duration = Duration::from_millis(100);

/// What the owner of a device last saw of the way to it.
#[derive(Clone)]
pub(super) struct Link {
    /// None where no node of its own is opened.
    url: Option<DeviceUrl>,
    fault: Arc<Mutex<Option<LinkFault>>>,
}

impl Link {
    pub(super) fn new(url: &DeviceUrl) -> Self {
        Self { url: Some(url.clone()), fault: Arc::default() }
    }

    /// Of a loudspeaker, which is behind whatever ALSA knows by its name.
    pub(super) fn by_name() -> Self {
        Self { url: None, fault: Arc::default() }
    }

    pub(super) fn set(&self, fault: Option<LinkFault>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// What is wrong, with who holds a device that is busy.
    pub(super) fn trouble(&self) -> Option<LinkTrouble> {
        let fault = *self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        Some(match fault? {
            LinkFault::NotFound => LinkTrouble::NotFound,
            LinkFault::PermissionDenied => LinkTrouble::PermissionDenied,
            LinkFault::Busy => LinkTrouble::Busy { holder: self.holder() },
            LinkFault::Unplugged => LinkTrouble::Unplugged,
            LinkFault::Silent => LinkTrouble::Silent,
            LinkFault::Garbled => LinkTrouble::Garbled,
        })
    }

    fn holder(&self) -> Option<String> {
        let node: &Path = match self.url.as_ref()? {
            DeviceUrl::Serial { path, .. } | DeviceUrl::File { path } => path,
            DeviceUrl::Usb { .. } | DeviceUrl::Tcp { .. } | DeviceUrl::Http { .. } => return None,
        };
        holders(node).first().map(|holder| format!("{} ({})", holder.name, holder.process))
    }
}

/// Has `look` called whenever a device is plugged in or out. Without it devices are looked at now and then, as where the
/// kernel lets nobody listen.
pub(super) fn watch_plugs(look: impl Fn() + Send + 'static) {
    match Changes::listen() {
        Ok(changes) => drop(std::thread::spawn(move || watch(&changes, &look))),
        Err(error) => tracing::warn!(%error, "plugs are not told: devices are looked at now and then"),
    }
}

fn watch(changes: &Changes, look: &impl Fn()) {
    const LONG: Duration = Duration::from_mins(10);
    let is_ours = |wait| {
        changes.next(wait).map(|change| {
            change.is_some_and(|change| {
                change.subsystem.is_empty() || SUBSYSTEMS.contains(&change.subsystem.as_str())
            })
        })
    };
    loop {
        match is_ours(LONG) {
            Ok(true) => {}
            Ok(false) => continue,
            Err(error) => return tracing::warn!(%error, "plugs are not told any more"),
        }
        look();
        // The last word about a plug is udev's, when the permissions are set.
        while is_ours(ONE).is_ok_and(|more| more) {}
        look();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_link_is_told_and_a_way_that_works_is_not() {
        let link = Link::new(&"serial:///dev/absent".parse().unwrap());
        assert_eq!(link.trouble(), None);
        for (fault, told) in [
            (LinkFault::NotFound, LinkTrouble::NotFound),
            (LinkFault::PermissionDenied, LinkTrouble::PermissionDenied),
            (LinkFault::Busy, LinkTrouble::Busy { holder: None }),
            (LinkFault::Unplugged, LinkTrouble::Unplugged),
            (LinkFault::Silent, LinkTrouble::Silent),
            (LinkFault::Garbled, LinkTrouble::Garbled),
        ] {
            link.set(Some(fault));
            assert_eq!(link.trouble(), Some(told));
        }
    }
}
