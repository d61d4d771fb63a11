//! How fast the first screen is on a slow phone, beside a static page and a shop in Vue in the same run.

use std::num::NonZeroU8;

use anyhow::{Context, Result};
use clap::Args;

use crate::{
    build::{self, Mode},
    process::{self, command, which},
    project,
    services::{self, Place, Profile},
    setup::{self, Needs, node_path},
    steps::step,
    stop,
    temporary::Folder,
};

const FOLDER: &str = "tests/lighthouse";

/// How the first screen is measured.
#[derive(Args)]
pub(crate) struct Options {
    /// Do not build the page and the servers again
    #[arg(long)]
    no_build: bool,
    /// How often each page is measured; the medians are printed. Times are noisy, so more tells more
    #[arg(long, default_value = "3")]
    times: NonZeroU8,
}

/// Installs and builds what is needed, and measures.
///
/// # Errors
/// When a build or a measurement fails, or the layout shifts.
pub(crate) fn run(options: &Options) -> Result<()> {
    setup::ensure(Needs::lighthouse())?;
    if !options.no_build {
        step("compile the gateway and the sandbox", || {
            services::build(Profile::Dev)
        })?;
        build::page(Mode::Release)?;
    }
    measure(options.times)
}

/// Measures a fresh shop; everything must be built.
///
/// # Errors
/// When a measurement fails, or the layout shifts; never by times, which a busy machine makes longer.
pub(crate) fn measure(times: NonZeroU8) -> Result<()> {
    stop::listen();
    let chromium = which("chromium").context("Chromium is missing: run `cargo xtask setup`")?;
    let folder = Folder::new("lighthouse")?;
    let place = Place::throw_away(folder.path())?;
    let logs = project::target_dir()?.join("lighthouse-logs");
    let shop = place.start(Profile::Dev, &[], Some(&logs))?;
    let result = process::run(
        command("node")
            .arg("measure.js")
            .current_dir(project::path(FOLDER))
            .env("PATH", node_path()?)
            .env("BASE_URL", place.url())
            .env("CHROMIUM", chromium)
            .env("TIMES", times.to_string()),
    );
    if result.is_err() {
        println!("   the servers' logs are in {}", logs.display());
    }
    drop(shop);
    result
}
