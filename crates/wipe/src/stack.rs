//! The stack.

use zeroize::optimization_barrier;

/// So much of the stack is overwritten: deeper than any call of ours goes, and a small part of the 2 MiB that a thread has.
const DEPTH: usize = 256 * 1024;

/// Overwrites what calls that have returned left below the caller on the stack of this thread. To be called by whoever
/// has done something with personal data, from as high up as it began.
#[inline(never)]
#[expect(clippy::large_stack_arrays, reason = "the room that it takes is what it is for")]
pub fn wipe_stack() {
    let below = [0_u8; DEPTH];
    optimization_barrier(&below);
}
