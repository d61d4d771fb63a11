//! The standard library for the page.
//!
//! The page brings a standard library compiled for it alone: smaller, and able to start on old
//! WebViews. That needs its source, which has three possible origins.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use super::apt;
use crate::{
    process::{command, run_quietly, run_within, which},
    steps::step,
};

/// Where the page's standard library comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Std {
    /// The toolchain's own source, its `rust-src` component.
    Toolchain,
    /// The distribution's compiler and matching source; the toolchain lends its linker.
    Distribution {
        /// The compiler that the source belongs to.
        rustc: PathBuf,
        /// The linker, which the distribution's compiler comes without.
        linker: PathBuf,
    },
    /// Compiled by the Rust project: good for development, too large and too new to ship.
    Precompiled,
}

const DISTRIBUTION_RUSTC: &str = "/usr/bin/rustc";

/// How long rustup may take before the next origin is tried: where downloads are blocked it
/// can wait for minutes.
const RUSTUP_LIMIT: Duration = Duration::from_secs(120);

/// Finds a standard library for the page, the best one first.
///
/// # Errors
/// When the Rust toolchain itself does not answer.
pub(crate) fn find() -> Result<Option<Std>> {
    let sysroot = sysroot("rustc")?;
    let rustlib = sysroot.join("lib/rustlib");
    if has_source(&sysroot) {
        return Ok(Some(Std::Toolchain));
    }
    let linker = rustlib.join(host()).join("bin/rust-lld");
    if Path::new(DISTRIBUTION_RUSTC).exists()
        && linker.exists()
        && self::sysroot(DISTRIBUTION_RUSTC).is_ok_and(|sysroot| has_source(&sysroot))
    {
        return Ok(Some(Std::Distribution {
            rustc: DISTRIBUTION_RUSTC.into(),
            linker,
        }));
    }
    if rustlib.join("wasm32-unknown-unknown/lib").exists() {
        return Ok(Some(Std::Precompiled));
    }
    Ok(None)
}

/// Installs a standard library for the page unless one is there.
///
/// # Errors
/// When no origin can be reached, saying what to install by hand.
pub(super) fn ensure() -> Result<()> {
    if find()?.is_some() {
        return Ok(());
    }
    step("install the standard library for the page", install)
}

fn install() -> Result<()> {
    if which("rustup").is_some() && rustup(&["component", "add", "rust-src"]) {
        return Ok(());
    }
    if apt::available() && apt::apt_get(&["rustc-web", "rust-web-src"]).is_ok() && find()?.is_some()
    {
        return Ok(());
    }
    if which("rustup").is_some() && rustup(&["target", "add", "wasm32-unknown-unknown"]) {
        return Ok(());
    }
    bail!(
        "the page needs Rust's standard library for wasm32, and no way to it works from here.\n\
         Do one of these and run the command again:\n  \
         rustup component add rust-src                      (best)\n  \
         sudo apt-get install rustc-web rust-web-src        (Debian)\n  \
         rustup target add wasm32-unknown-unknown           (for development only)"
    )
}

fn rustup(arguments: &[&str]) -> bool {
    println!("   rustup {}", arguments.join(" "));
    run_within(
        RUSTUP_LIMIT,
        command("rustup")
            .args(arguments)
            .env("RUSTUP_MAX_RETRIES", "1"),
    )
}

fn sysroot(rustc: &str) -> Result<PathBuf> {
    let printed = run_quietly(Command::new(rustc).args(["--print", "sysroot"]))
        .with_context(|| format!("asking {rustc} where it lives"))?;
    Ok(PathBuf::from(printed.trim()))
}

fn has_source(sysroot: &Path) -> bool {
    sysroot
        .join("lib/rustlib/src/rust/library/Cargo.lock")
        .exists()
}

/// This machine, as Rust names it.
fn host() -> String {
    let abi = if cfg!(target_os = "macos") {
        "apple-darwin"
    } else {
        "unknown-linux-gnu"
    };
    format!("{}-{abi}", std::env::consts::ARCH)
}
