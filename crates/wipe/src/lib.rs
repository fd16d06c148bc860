//! Nothing personal stays behind in the memory of a process, and none of it leaves the process in a core dump.
//!
//! A kiosk holds what a resident says in many types, its own and others': strings of the screen, buffers of HTTP, text
//! that was laid out. Wiping them one by one finds those that somebody thought of. Three things together find them all:
//!
//! - [`WipingAllocator`] overwrites every piece of the heap the moment it is given back;
//! - [`wipe_stack`] overwrites what calls that have returned left on the stack of the calling thread;
//! - [`keep_inside`] keeps the kernel from writing the memory to a disk or showing it to another process, and lets a
//!   panic end the process without a word about its data.
//!
//! What is not in here: swap, which the unit file of the kiosk forbids, and the buffers of the kernel.

mod allocator;
mod process;
mod stack;

pub use allocator::WipingAllocator;
pub use process::keep_inside;
pub use stack::wipe_stack;
