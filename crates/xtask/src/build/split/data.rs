//! Which data only the second part reads.
//!
//! The linker is told to keep each constant and variable apart, so what the memory begins with comes in pieces. Any
//! number in a function or in a piece that could be the address of a piece counts as one. Where it is none, something
//! stays in the first part that could have gone, and no harm is done.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use wasmparser::{Data, DataKind, Operator};

use super::program::Program;

/// A part of what the memory begins with: where the linker kept them apart, one constant or variable.
pub(super) struct Piece<'a> {
    pub(super) at: u32,
    pub(super) bytes: &'a [u8],
}

/// How far before a table the address may lie that code reaches it from, in bytes.
const BEFORE_A_TABLE: u32 = 64;

/// Indices into [`Program::pieces`].
pub(super) type Places = BTreeSet<usize>;

/// Whose the pieces are that no function of the first part reaches.
pub(super) struct Apart {
    /// Those of the second part.
    pub(super) second: Places,
    /// Those that the first part leaves out: the second's, and what only functions that are in neither reach.
    pub(super) not_first: Places,
}

impl Apart {
    /// Tells them by what the functions of `moved`, those of `never` and all the others mention.
    pub(super) fn of(program: &Program, moved: &BTreeSet<u32>, never: &BTreeSet<u32>) -> Self {
        let (mut of_first, mut of_second, mut of_none) = (Vec::new(), Vec::new(), Vec::new());
        for (number, function) in program.numbered() {
            if moved.contains(&number) {
                of_second.extend(&function.numbers);
            } else if never.contains(&number) {
                of_none.extend(&function.numbers);
            } else {
                let numbers = function.numbers.iter();
                of_first.extend(numbers.flat_map(|number| meant(&program.pieces, *number)));
            }
        }
        let [first, second, none] =
            [of_first, of_second, of_none].map(|numbers| reached(&program.pieces, numbers));
        Apart {
            not_first: &(&second | &none) - &first,
            second: &second - &first,
        }
    }
}

impl Piece<'_> {
    /// The address behind it.
    pub(super) fn end(&self) -> u32 {
        self.at + u32::try_from(self.bytes.len()).unwrap_or(u32::MAX)
    }

    /// The numbers in it, where the program could read one.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> {
        let skip = (self.at.wrapping_neg() % 4) as usize;
        let aligned = self.bytes.get(skip..).unwrap_or_default();
        aligned
            .chunks_exact(4)
            .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
    }
}

/// Reads a piece.
///
/// # Errors
/// When the program is to say itself where it belongs.
pub(super) fn piece(data: Data<'_>) -> Result<Piece<'_>> {
    let DataKind::Active { offset_expr, .. } = data.kind else {
        bail!("data that the program itself puts into memory");
    };
    let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
        bail!("a place in the memory that is not a number");
    };
    Ok(Piece {
        at: value.cast_unsigned(),
        bytes: data.data,
    })
}

/// The addresses that a number may stand for: its own; the last of the piece that ends there, up to which a loop may
/// count; and the first of the next piece, from which a table may be reached that has no place for its first keys.
fn meant(pieces: &[Piece], number: u32) -> impl Iterator<Item = u32> {
    let after = pieces.partition_point(|piece| piece.at < number);
    let next = pieces.get(after).map(|piece| piece.at);
    let next = next.filter(|at| at - number <= BEFORE_A_TABLE);
    [Some(number), number.checked_sub(1), next]
        .into_iter()
        .flatten()
}

/// The pieces at these addresses, those at the addresses that they hold, and so on.
fn reached(pieces: &[Piece], mut addresses: Vec<u32>) -> Places {
    let mut reached = Places::new();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_for_what_code_may_reach_by_it() {
        let pieces = [(1024, 8), (1032, 4), (1200, 16)].map(|(at, length)| Piece {
            at,
            bytes: &[0; 16][..length],
        });
        let check = |number: u32, expected: &[usize]| {
            let places = reached(&pieces, meant(&pieces, number).collect());
            assert_eq!(Vec::from_iter(places), expected, "{number}");
        };
        check(1024, &[0]);
        // Inside, and within reach of what follows.
        check(1026, &[0, 1]);
        check(1032, &[0, 1]);
        check(1036, &[1]);
        check(1135, &[]);
        check(1136, &[2]);
        check(1216, &[2]);
        check(1217, &[]);
        check(0, &[]);
    }
}
