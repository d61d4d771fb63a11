//! Mounts the page.

use std::hint::black_box;

/// Memory that is had at once, in bytes: more than the page ever uses.
///
/// The program's two parts share it, and old engines (seen on Chromium 64) lose sight of what is in it when it grows after
/// the second part has come: words turn into signs at random.
const ROOM: usize = 4 << 20;

fn main() {
    // The allocator keeps what is given back to it.
    drop(black_box(Vec::<u8>::with_capacity(ROOM)));
    storefront::mount();
}
