//! The process as others may see it.

use std::{io, panic, process};

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// No core dump, no look into the memory by another program of the same user, and a panic that ends the process at once:
/// it tells where it happened, not what it held, which may be somebody's.
pub fn keep_inside() -> io::Result<()> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "a place unknown".to_owned(), ToString::to_string);
        tracing::error!(place, "panicked; ending, to be started anew");
        // Nothing is unwound: what half a step leaves behind is for nobody to go on with.
        process::abort();
    }));
    Ok(())
}
