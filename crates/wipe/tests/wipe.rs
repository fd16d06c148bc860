//! Memory that was given back, looked at from outside: by way of `/proc/self/mem`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::{fs, hint::black_box, os::unix::fs::FileExt as _};

use kiosk_wipe::{WipingAllocator, wipe_stack};

#[global_allocator]
static ALLOCATOR: WipingAllocator = WipingAllocator;

/// As it is in memory after the mask has gone over it, so that the mark itself stands nowhere else.
const MASKED: [u8; 24] = *b"6$\"-8(z,-8$\"0*zz-$0\"-8(,";

fn mark() -> [u8; 24] {
    MASKED.map(|byte| byte ^ 0x55)
}

/// What now stands at an address, as long as it is still mapped.
fn at(address: usize, bytes: usize) -> Vec<u8> {
    let mut found = vec![0; bytes];
    let memory = fs::File::open("/proc/self/mem").unwrap();
    memory.read_exact_at(&mut found, u64::try_from(address).unwrap()).unwrap();
    found
}

#[test]
fn what_is_dropped_is_gone() {
    // Small enough that the place stays mapped once it is free.
    let text = black_box(mark().to_vec());
    let place = text.as_ptr().addr();
    assert_eq!(at(place, 24), mark(), "it is looked for in the right place");
    drop(text);
    let left = at(place, 24);
    // The first words of a free place are the allocator's own.
    assert_eq!(left[16..], [0; 8], "{left:?}");
}

#[test]
fn what_grows_leaves_nothing_where_it_was() {
    let mut text = black_box(mark().to_vec());
    let place = text.as_ptr().addr();
    text.reserve_exact(100_000);
    assert_ne!(text.as_ptr().addr(), place, "it has moved");
    assert_eq!(at(place, 24)[16..], [0; 8]);
    assert_eq!(text, mark());
}

#[test]
fn what_a_call_leaves_on_the_stack_is_gone() {
    #[inline(never)]
    #[expect(clippy::large_stack_arrays, reason = "what lies deep is what this is about")]
    fn leave() -> usize {
        // As far down as any call of ours goes.
        let mut deep = [[0_u8; 24]; 4000];
        deep.fill(mark());
        black_box(deep[20].as_ptr()).addr()
    }
    let place = leave();
    assert_eq!(at(place, 24), mark(), "a call that has returned leaves its data behind");
    wipe_stack();
    assert_eq!(at(place, 24), [0; 24]);
}
