//! The heap.

use std::alloc::{GlobalAlloc, Layout, System};

use zeroize::optimization_barrier;

/// The system's allocator, with every piece of memory overwritten before it goes back. What grows leaves nothing behind
/// either: its old place is given back like any other.
pub struct WipingAllocator;

#[expect(
    unsafe_code,
    reason = "an allocator is unsafe by its trait; each call keeps the promises of its caller"
)]
// SAFETY: `alloc`, `alloc_zeroed` and `dealloc` hand their arguments to `System` as they came. `realloc` is the trait's
// own, which is made of these: it must not be the system's, whose way of moving leaves a copy.
unsafe impl GlobalAlloc for WipingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: until it is given back, all of `layout` may be written through `place`.
        unsafe {
            place.write_bytes(0, layout.size());
            // Memory about to be freed is written in vain, as a compiler sees it; from here it may have been read.
            optimization_barrier(&*place);
            System.dealloc(place, layout);
        }
    }
}
