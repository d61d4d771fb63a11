//! Builds the page into `dist/`.
//!
//! Trunk compiles the program and gathers the files; [`finish`] then makes them small, names
//! them by their content and compresses them. Trunk's own hashes would be stale after that, so
//! they are off.

mod compress;
mod environment;
mod finish;
mod names;
mod selection;
mod split;

pub(crate) use compress::{brotli, gzip};
pub(crate) use environment::{Panics, apply};

use anyhow::{Context, Result};
use clap::Args;

use crate::{
    process::{self, cargo, command, path_with},
    project,
    setup::{self, Needs, Std},
    steps::step,
};

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
    step("compile the page", || compile(mode, &std))?;
    step("gather the page's files", || gather(mode, &std))?;
    step("make the page small", || finish::run(mode, &std))
}

/// Compiles once before Trunk does, which then finds it done: Cargo's progress stays visible,
/// and Trunk can be kept from the network.
fn compile(mode: Mode, std: &Std) -> Result<()> {
    let arguments = [
        "build",
        "--package",
        selection::PACKAGE,
        "--bin",
        "storefront",
        "--profile",
    ];
    let mut build = cargo(&arguments);
    build
        .arg(mode.profile())
        .args(["--target", environment::TARGET]);
    process::run(apply(&mut build, std, mode, Panics::Abort)?)
}

fn gather(mode: Mode, std: &Std) -> Result<()> {
    let mut trunk = command(setup::trunk()?);
    trunk
        .args(["--log", "warn", "build", "--offline", "--dist"])
        .arg(finish::gathered()?);
    trunk.args(["--cargo-profile", mode.profile()]);
    if mode == Mode::Release {
        trunk.arg("--release");
    }
    let selection = selection::folder(&project::wasm_target_dir()?)?;
    trunk.env(
        "PATH",
        path_with(&[&selection, &setup::wasm_bindgen_dir()?])?,
    );
    trunk.env(selection::REAL_CARGO, selection::real_cargo()?);
    // Trunk takes any value of NO_COLOR but `true` and `false` for a mistake.
    trunk.env_remove("NO_COLOR");
    process::run(apply(&mut trunk, std, mode, Panics::Abort)?)
}
