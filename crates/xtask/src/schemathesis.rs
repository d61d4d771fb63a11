//! Compares what the interface answers with what its description says: schemathesis makes requests of all kinds from the
//! description, good and bad, and sends them to a running gateway with its sandbox.

use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;

use crate::{
    process::{command, run_within},
    project,
    services::{self, Place, Profile},
    setup::{self, INTERFACE, Needs},
    steps::step,
    stop,
    temporary::Folder,
};

const SETTINGS: &str = "tests/interface/schemathesis.toml";
/// It takes less than a minute; on a busy machine longer.
const LONGEST: Duration = Duration::from_secs(150);

/// How the interface is compared.
#[derive(Args)]
pub(crate) struct Options {
    /// Do not build the servers again
    #[arg(long)]
    no_build: bool,
    /// How many requests are made of each operation, at most
    #[arg(long, default_value_t = Options::default().examples)]
    examples: u32,
    /// Begin with other random numbers than always
    #[arg(long, default_value_t = Options::default().seed)]
    seed: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            no_build: false,
            examples: 40,
            seed: 1,
        }
    }
}

/// Installs and builds what is needed, and compares.
///
/// # Errors
/// When a build fails, or an answer is not as described.
pub(crate) fn run_all(options: &Options) -> Result<()> {
    setup::ensure(Needs::interface())?;
    if !options.no_build {
        step("compile the gateway and the sandbox", || {
            services::build(Profile::Dev)
        })?;
    }
    play(options)
}

/// The same, where all is built: on a fresh shop, in about a minute.
///
/// # Errors
/// When an answer is not as described.
pub(crate) fn play(options: &Options) -> Result<()> {
    stop::listen();
    let folder = Folder::new("interface")?;
    let place = Place::throw_away(folder.path())?;
    let logs = project::target_dir()?.join("interface-logs");
    let shop = place.start(Profile::Dev, &["--credit-delay-ms", "200"], Some(&logs))?;
    let as_described = run_within(
        LONGEST,
        command(INTERFACE.program("schemathesis")?)
            .arg("--config-file")
            .arg(project::path(SETTINGS))
            .args(["run", "--checks", "all", "--no-color", "--warnings", "off"])
            .args(["--phases", "examples,coverage,fuzzing,stateful"])
            .args(["--request-timeout", "20", "--generation-database", "none"])
            .args(["--max-examples", &options.examples.to_string()])
            .args(["--seed", &options.seed.to_string()])
            .arg(format!("{}/api/v1/openapi.json", place.url()))
            .current_dir(folder.path()),
    );
    drop(shop);
    ensure!(
        as_described,
        "the interface does not answer as it is described, or not within {} s; the servers' logs are in {}",
        LONGEST.as_secs(),
        logs.display()
    );
    Ok(())
}
