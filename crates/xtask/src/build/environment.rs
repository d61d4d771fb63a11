//! The environment that a build for the browser runs with, and no other build.

use std::process::Command;

use anyhow::Result;

use super::Mode;
use crate::{project, setup::Std};

/// The browser, as Rust names it.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Old engines know WebAssembly's first edition and mutable globals, and refuse a module that
/// uses more.
const FIRST_EDITION: &str =
    "-Ctarget-cpu=mvp -Ctarget-feature=+mutable-globals,-reference-types,-multivalue";

/// Nothing that only a developer would read: no source positions, no `{:?}`.
const NO_DIAGNOSTICS: &str = "-Zlocation-detail=none -Zfmt-debug=none";

/// What makes the program's two parts has to know which places in it name which function or constant; and the parts share
/// the table through which they call each other, and where the stack ends.
const DIVISIBLE: &str =
    "-Clink-arg=--emit-relocs -Clink-arg=--export-table -Clink-arg=--export=__stack_pointer";

/// What a panic does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Panics {
    /// Stops at once and says nothing: the smallest code.
    Abort,
    /// Says what happened first, as tests need it.
    Speak,
}

/// Sets a build for the browser up, with its output in a folder of its own.
///
/// # Errors
/// When the output folder is unknown.
pub(crate) fn apply<'a>(
    command: &'a mut Command,
    std: &Std,
    mode: Mode,
    panics: Panics,
) -> Result<&'a mut Command> {
    command.env("CARGO_TARGET_DIR", project::wasm_target_dir()?);
    // Either of these would replace the flags below instead of adding to them.
    command
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    let (rustc, linker) = match std {
        Std::Precompiled => return Ok(command),
        Std::Toolchain => (None, None),
        Std::Distribution { rustc, linker } => (Some(rustc), Some(linker)),
    };
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
    if let Some(rustc) = rustc {
        command.env("RUSTC", rustc);
    }
    if let Some(linker) = linker {
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    }
    let smallest = mode == Mode::Release && panics == Panics::Abort;
    if smallest {
        command
            .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
            .env("CARGO_UNSTABLE_PANIC_IMMEDIATE_ABORT", "true")
            .env("CARGO_PROFILE_WASM_RELEASE_PANIC", "immediate-abort");
    }
    let flags = if smallest {
        format!("{NO_DIAGNOSTICS} {DIVISIBLE} {FIRST_EDITION}")
    } else {
        FIRST_EDITION.into()
    };
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags);
    Ok(command)
}
