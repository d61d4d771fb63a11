//! Cuts the program in two: what the first screen runs, and what only the others do.
//!
//! The first part is complete but for the bodies of the second's functions. The second is a module that takes the
//! first's memory and table, and puts its functions into the table's slots. Its code lies in the modules that
//! [`choose::SECOND`] lists and is entered through `storefront::door` alone, which the page passes once the second part
//! is there. `wasm-split` does the same, but is not among the tools that npm delivers, and what it leaves needs mutable
//! globals across modules, which the oldest engines lack.

mod choose;
mod data;
mod first;
mod mentions;
mod nicknames;
mod program;
mod second;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result};
use data::Apart;
pub(super) use nicknames::Nicknames;
use program::Program;

/// The name under which the second part asks for what is the first's.
const FIRST: &str = "first";
/// The name of the first part's table.
const TABLE: &str = "table";

/// The two parts.
pub(super) struct Parts {
    pub(super) first: Vec<u8>,
    pub(super) second: Vec<u8>,
    /// What the script has to call the first part's imports and exports.
    pub(super) nicknames: Nicknames,
}

/// Cuts a program that still holds the names of its functions.
///
/// # Errors
/// When it is not a module of WebAssembly's first edition, has no names, or runs a function of the second part other
/// than through the doors.
pub(super) fn split(bytes: &[u8]) -> Result<Parts> {
    let program = Program::read(bytes).context("reading the program")?;
    let moved = choose::second(&program)?;
    let doors = program.called_from_outside(&moved);
    let never = choose::never(&program);
    let data = Apart::of(&program, &moved, &never);
    let used = second::used(&program, &moved);
    let nicknames = Nicknames::of(bytes)?;
    Ok(Parts {
        first: first::write(
            &program,
            &moved,
            &never,
            &doors,
            &used,
            &data.not_first,
            &nicknames,
        )?,
        second: second::write(&program, &moved, &doors, &data.second)?,
        nicknames,
    })
}

/// What a function of the first part is called between the two.
fn name(function: u32) -> String {
    format!("{function:x}")
}
