//! Which data only the second part reads.
//!
//! The linker is told to keep each constant and variable apart, so what the memory begins with comes in pieces. Any
//! number in a function or in a piece that could be the address of a piece counts as one. Where it is none, something
//! stays in the first part that could have gone, and no harm is done.

use std::collections::BTreeSet;

use super::program::{Piece, Program};

/// The places, in [`Program::pieces`], of those that functions of `moved` reach and no function that stays does.
pub(super) fn second(
    program: &Program,
    moved: &BTreeSet<u32>,
    never: &BTreeSet<u32>,
) -> BTreeSet<usize> {
    let (mut by_first, mut by_second): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    for (number, function) in program.numbered() {
        if moved.contains(&number) {
            by_second.extend(&function.numbers);
        } else if !never.contains(&number) {
            by_first.extend(&function.numbers);
            // A loop may count up to a piece's end, and mention that alone.
            let ends = function.numbers.iter();
            by_first.extend(ends.filter_map(|end| end.checked_sub(1)));
        }
    }
    let by_first = reached(&program.pieces, by_first);
    let by_second = reached(&program.pieces, by_second);
    by_second.difference(&by_first).copied().collect()
}

/// The pieces at these addresses, those at the addresses that they hold, and so on.
fn reached(pieces: &[Piece], mut addresses: Vec<u32>) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    while let Some(address) = addresses.pop() {
        let after = pieces.partition_point(|piece| piece.at <= address);
        let Some(place) = after.checked_sub(1) else {
            continue;
        };
        let piece = &pieces[place];
        if address < piece.end() && reached.insert(place) {
            addresses.extend(piece.numbers());
        }
    }
    reached
}
