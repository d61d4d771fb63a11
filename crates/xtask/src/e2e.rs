//! Plays through the shop in a real browser.

use anyhow::{Context, Result};
use clap::Args;

use crate::{
    build::{self, Mode},
    process::{command, which},
    project,
    services::{self, Place, Profile},
    setup::{self, Needs, module_bin, node_path},
    steps::step,
    stop,
    tally::Tally,
    temporary::Folder,
};

/// Data reaches the card this soon after a payment, so that nobody waits for it.
const CREDIT_DELAY_MS: &str = "400";

/// How the tests in the browser are run.
#[derive(Args, Default)]
pub(crate) struct Options {
    /// Do not build the page and the servers again
    #[arg(long)]
    no_build: bool,
    /// A filter, or any option of Playwright's `test`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Installs and builds what is needed, and runs the tests.
///
/// # Errors
/// When a build or a test fails.
pub(crate) fn run_all(options: &Options) -> Result<()> {
    setup::ensure(Needs::browser())?;
    if !options.no_build {
        step("compile the gateway and the sandbox", || {
            services::build(Profile::Dev)
        })?;
        build::page(Mode::Release)?;
    }
    play(&options.arguments, &mut Tally::default())
}

/// Runs the tests on a fresh shop; everything must be built.
///
/// # Errors
/// When a test fails.
pub(crate) fn play(arguments: &[String], tally: &mut Tally) -> Result<()> {
    stop::listen();
    let folder = Folder::new("e2e")?;
    let place = Place::throw_away(folder.path())?;
    let logs = project::target_dir()?.join("e2e-logs");
    let shop = place.start(
        Profile::Dev,
        &["--credit-delay-ms", CREDIT_DELAY_MS],
        Some(&logs),
    )?;
    let chromium = which("chromium").context("Chromium is missing: run `cargo xtask setup`")?;
    let mut playwright = command(module_bin("playwright"));
    playwright
        .args(["test", "--config", "tests/e2e/playwright.config.ts"])
        .args(arguments)
        .env("PATH", node_path()?)
        .env("BASE_URL", place.url())
        .env("SANDBOX_URL", place.sandbox_url())
        .env("HOSTS_URL", place.hosts_url())
        .env("CHROMIUM", chromium)
        // For specs that start a gateway of their own, with other settings.
        .env("GATEWAY", services::program("gateway", Profile::Dev)?)
        .env("SANDBOX", services::program("sandbox", Profile::Dev)?)
        .envs(place.settings());
    let result = tally.run(&mut playwright);
    if result.is_err() {
        println!("   the servers' logs are in {}", logs.display());
    }
    drop(shop);
    result
}
