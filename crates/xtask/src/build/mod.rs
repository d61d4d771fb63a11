//! Builds the page into `dist/`.
//!
//! The program is compiled and made into its two parts; Trunk runs wasm-bindgen and gathers the files; [`finish`] then
//! makes them small, names them by their content and compresses them. Trunk's own hashes would be stale after that, so
//! they are off.

mod compress;
mod environment;
mod finish;
mod names;
mod pair;
mod parts;
mod trunk;

pub(crate) use compress::{brotli, gzip};
pub(crate) use environment::{Panics, apply};

use anyhow::{Context, Result};
use clap::Args;
use parts::Parts;

use crate::{
    process::{self, cargo},
    project,
    setup::{self, Needs, Std},
    steps::step,
};

/// The page's feature by which its program has two parts.
const SPLIT: &str = "split";

/// How the page is built.
#[derive(Args, Clone, Default)]
pub(crate) struct Options {
    /// As people load it: smallest, slowest to build (the default)
    #[arg(long, conflicts_with = "dev")]
    release: bool,
    /// Quick to build, with debug checks, not small
    #[arg(long)]
    dev: bool,
}

/// What a build is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Every choice for bytes on the wire.
    Release,
    /// Every choice for the developer's time.
    Dev,
}

impl Mode {
    /// The Cargo profile that the program is compiled with.
    fn profile(self) -> &'static str {
        match self {
            Self::Release => "wasm-release",
            Self::Dev => "dev",
        }
    }
}

impl Options {
    /// The mode that was asked for.
    pub(crate) fn mode(&self) -> Mode {
        if self.dev && !self.release {
            Mode::Dev
        } else {
            Mode::Release
        }
    }
}

/// Installs what is missing and builds the page.
///
/// # Errors
/// When a part of the build fails.
pub(crate) fn run(options: &Options) -> Result<()> {
    setup::ensure(Needs::page())?;
    page(options.mode())
}

/// Builds the page; what it needs must be there.
///
/// # Errors
/// When a part of the build fails.
pub(crate) fn page(mode: Mode) -> Result<()> {
    let std =
        setup::find_std()?.context("no standard library for the page: `cargo xtask setup`")?;
    if std == Std::Precompiled && mode == Mode::Release {
        println!(
            "   with rustup's precompiled library this page is for development: too large, and \
             it does not start on old WebViews"
        );
    }
    let folder = project::wasm_target_dir()?;
    // In one piece for whoever works on it, and where the program is compiled without what its parts are told by.
    let parts = (mode == Mode::Release && std != Std::Precompiled)
        .then(|| Parts::within(&folder.join("parts")));
    let parts = parts.as_ref();
    step("compile the page", || compile(mode, &std, parts))?;
    let gathered = folder.join("page");
    step("gather the page's files", || {
        let mut trunk = trunk::build(mode, &gathered, parts)?;
        process::run(apply(&mut trunk, &std, mode, Panics::Abort)?)
    })?;
    step("make the page small", || {
        finish::run(mode, &gathered, parts)
    })
}

/// Compiles once before Trunk does, which then finds it done: Cargo's progress stays visible, and what the linker wrote
/// can be made into parts.
fn compile(mode: Mode, std: &Std, parts: Option<&Parts>) -> Result<()> {
    let mut build = cargo(&[
        "build",
        "--package",
        trunk::PACKAGE,
        "--bin",
        trunk::PACKAGE,
    ]);
    build
        .args(["--profile", mode.profile()])
        .args(["--target", environment::TARGET]);
    if parts.is_some() {
        build.args(["--features", SPLIT]);
    }
    process::run(apply(&mut build, std, mode, Panics::Abort)?)?;
    let Some(parts) = parts else { return Ok(()) };
    let linked = project::wasm_target_dir()?
        .join(environment::TARGET)
        .join(mode.profile())
        .join("storefront.wasm");
    parts.make(&linked)
}
