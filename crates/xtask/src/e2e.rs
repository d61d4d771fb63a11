//! Plays through the shop in a real browser.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result};
use clap::Args;

use crate::{
    build::{self, Mode},
    process::{command, which},
    project,
    services::{self, Place, Profile, Shop},
    setup::{self, Needs, module_bin, node_path},
    steps::step,
    stop,
    tally::Tally,
    temporary::Folder,
};

/// Data reaches the card this soon after a payment, so that nobody waits for it.
const CREDIT_DELAY_MS: &str = "400";
/// Shops that are played in at the same time, each by a browser of its own: what one test makes go wrong in its sandbox
/// must not meet another.
const SHOPS: usize = 2;

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

/// Runs the tests, each worker's in a fresh shop; everything must be built.
///
/// # Errors
/// When a test fails.
pub(crate) fn play(arguments: &[String], tally: &mut Tally) -> Result<()> {
    stop::listen();
    let folder = Folder::new("e2e")?;
    let logs = project::target_dir()?.join("e2e-logs");
    let (shops, settings): (Vec<_>, Vec<_>) = (0..SHOPS)
        .map(|shop| {
            open(
                &folder.path().join(shop.to_string()),
                &logs.join(shop.to_string()),
            )
        })
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .unzip();
    let chromium = which("chromium").context("Chromium is missing: run `cargo xtask setup`")?;
    let mut playwright = command(module_bin("playwright"));
    playwright
        .args(["test", "--config", "tests/e2e/playwright.config.ts"])
        .args(arguments)
        .env("PATH", node_path()?)
        .env("SHOPS", serde_json::to_string(&settings)?)
        .env("CHROMIUM", chromium)
        // For specs that start a gateway of their own, with other settings.
        .env("GATEWAY", services::program("gateway", Profile::Dev)?)
        .env("SANDBOX", services::program("sandbox", Profile::Dev)?);
    let result = tally.run(&mut playwright);
    if result.is_err() {
        println!("   the servers' logs are in {}", logs.display());
    }
    drop(shops);
    result
}

/// Opens a shop for one worker, with what its tests have to know of it.
fn open(folder: &Path, logs: &Path) -> Result<(Shop, BTreeMap<&'static str, String>)> {
    std::fs::create_dir_all(folder)?;
    let place = Place::throw_away(folder)?;
    let shop = place.start(
        Profile::Dev,
        &["--credit-delay-ms", CREDIT_DELAY_MS],
        Some(logs),
    )?;
    let mut settings: BTreeMap<_, _> = place.settings().into_iter().collect();
    settings.extend([
        ("BASE_URL", place.url()),
        ("SANDBOX_URL", place.sandbox_url()),
        ("HOSTS_URL", place.hosts_url()),
    ]);
    Ok((shop, settings))
}
