//! Everything that can be said about the source without running it.

mod imports;
mod layers;
mod tidy;

use anyhow::{Context, Result};

use crate::{
    build::{Mode, Panics, apply},
    process::{cargo, command, run, run_quietly},
    setup::{self, Needs, module_bin, node_path},
    steps::step,
};

/// Installs what is missing and checks the source.
///
/// # Errors
/// On the first check that fails.
pub(crate) fn run_all() -> Result<()> {
    setup::ensure(Needs::page())?;
    check()
}

/// Checks the source, the quickest checks first.
///
/// # Errors
/// On the first check that fails.
pub(crate) fn check() -> Result<()> {
    step("tidiness", tidy::check)?;
    step("layers", layers::check)?;
    step("imports", imports::check)?;
    step("format", || run(&mut cargo(&["fmt", "--all", "--check"])))?;
    step("types of the browser tests", types)?;
    step("clippy", || {
        run(&mut cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]))
    })?;
    step("clippy, as the browser compiles it", clippy_for_the_browser)?;
    step("documentation", || {
        let mut doc = cargo(&[
            "doc",
            "--workspace",
            "--no-deps",
            "--document-private-items",
        ]);
        run(doc.env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    dependencies()
}

fn types() -> Result<()> {
    let mut tsc = command(module_bin("tsc"));
    run(tsc
        .args(["--project", "tests/e2e/tsconfig.json"])
        .env("PATH", node_path()?))
}

/// Half of the page exists only where there is a browser.
fn clippy_for_the_browser() -> Result<()> {
    let std =
        setup::find_std()?.context("no standard library for the page: `cargo xtask setup`")?;
    if matches!(std, setup::Std::Distribution { .. }) {
        println!("   skipped: clippy belongs to the toolchain, the library's source does not");
        return Ok(());
    }
    let mut clippy = cargo(&["clippy", "--package", "storefront", "--all-targets"]);
    clippy.args(["--target", "wasm32-unknown-unknown", "--", "-D", "warnings"]);
    run(apply(&mut clippy, &std, Mode::Dev, Panics::Speak)?)
}

/// Licences, sources and bans; known weaknesses need a download and are watched elsewhere.
fn dependencies() -> Result<()> {
    if run_quietly(&mut cargo(&["deny", "--version"])).is_err() {
        println!("   dependencies: skipped, cargo-deny is not installed");
        return Ok(());
    }
    step("dependencies", || {
        run(&mut cargo(&[
            "deny",
            "--offline",
            "check",
            "bans",
            "licenses",
            "sources",
        ]))
    })
}
