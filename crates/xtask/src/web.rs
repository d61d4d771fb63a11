//! The page's components in a real browser, through wasm-bindgen's test runner.

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::{
    build::{Mode, Panics, apply},
    process::{cargo, which},
    project,
    setup::{self, Needs},
    tally::Tally,
};

/// Which of the components' tests are run.
#[derive(Args, Default)]
pub(crate) struct Options {
    /// Only tests whose name has this in it, such as a file of tests/web
    name: Option<String>,
}

/// Installs what is needed, and runs the tests.
///
/// # Errors
/// When one fails.
pub(crate) fn run_all(options: &Options) -> Result<()> {
    setup::ensure(Needs::all())?;
    let mut tally = Tally::default();
    play(options, &mut tally)?;
    ensure!(
        tally.passed > 0,
        "no test of a component has this in its name"
    );
    Ok(())
}

/// Runs `tests/web` in headless Chromium. Panics speak in this build, or a failed test would
/// not say why.
///
/// # Errors
/// When the tests do not compile, or one fails.
pub(crate) fn play(options: &Options, tally: &mut Tally) -> Result<()> {
    let std =
        setup::find_std()?.context("no standard library for the page: `cargo xtask setup`")?;
    let runner = setup::wasm_bindgen_dir()?.join("wasm-bindgen-test-runner");
    let driver = which("chromedriver").context("chromedriver is missing: `cargo xtask setup`")?;
    let mut test = cargo(&["test", "--package", "storefront", "--test", "web"]);
    test.args(["--target", "wasm32-unknown-unknown"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("CHROMEDRIVER", driver)
        .env("WASM_BINDGEN_TEST_ONLY_WEB", "1")
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120")
        .env(
            "WASM_BINDGEN_TEST_WEBDRIVER_JSON",
            project::path("tests/web/webdriver.json"),
        );
    if let Some(name) = &options.name {
        test.args(["--", name]);
    }
    tally.run(apply(&mut test, &std, Mode::Dev, Panics::Speak)?)
}
