//! The purchase on engines that are years older than today's, and on the one of another family.

use std::{env, fs};

use anyhow::{Context, Result, ensure};
use clap::{Args, builder::PossibleValuesParser};

use crate::{
    build::{self, Mode},
    process::command,
    project,
    services::{self, Place, Profile},
    setup::{self, Needs, geckodriver, node_path},
    steps::step,
    stop,
    tally::Tally,
    temporary::Folder,
};

const FOLDER: &str = "tests/engines";

/// By the names of their npm packages, the oldest first; Firefox and WebKit are the system's.
const ENGINES: [&str; 5] = ["chromium-72", "chromium-79", "chromium-83", FIREFOX, WEBKIT];
const FIREFOX: &str = "firefox";
const WEBKIT: &str = "webkit";

/// Data reaches the card this soon after a payment, so that nobody waits for it.
const CREDIT_DELAY_MS: &str = "400";

/// On which engines the purchase is played.
#[derive(Args, Default)]
pub(crate) struct Options {
    /// Do not build the page and the servers again
    #[arg(long)]
    no_build: bool,
    /// Only these engines; all of them unless said. The Chromiums are real old browsers from npm packages, Firefox is
    /// the system's ESR, WebKit is WebKitGTK on a screen in memory. Pictures of each screen go to engines/screens in the build output
    #[arg(value_parser = PossibleValuesParser::new(ENGINES))]
    engines: Vec<String>,
}

/// Installs and builds what is needed, and plays the purchase.
///
/// # Errors
/// When a build or a test fails.
pub(crate) fn run_all(options: &Options) -> Result<()> {
    setup::ensure(Needs::engines())?;
    if !options.no_build {
        step("compile the gateway and the sandbox", || {
            services::build(Profile::Dev)
        })?;
        build::page(Mode::Release)?;
    }
    play(options, &mut Tally::default())
}

/// Plays the purchase on a fresh shop; everything must be built.
///
/// # Errors
/// When a test fails.
pub(crate) fn play(options: &Options, tally: &mut Tally) -> Result<()> {
    stop::listen();
    let names = names(&options.engines);
    ensure!(
        !names.is_empty(),
        "the old Chromiums are programs for x86-64, which this machine is not"
    );
    let output = project::target_dir()?.join("engines");
    let screens = output.join("screens");
    if screens.exists() {
        fs::remove_dir_all(&screens).context("removing the pictures of an earlier run")?;
    }
    let folder = Folder::new("engines")?;
    let place = Place::throw_away(folder.path())?;
    let shop = place.start(
        Profile::Dev,
        &["--credit-delay-ms", CREDIT_DELAY_MS],
        Some(&output.join("logs")),
    )?;
    let mut node = command("node");
    node.args(["--test", "--test-reporter=spec", "story.test.js"])
        .current_dir(project::path(FOLDER))
        .env("PATH", node_path()?)
        .env("GECKODRIVER", geckodriver()?)
        .env("BASE_URL", place.url())
        .env("SANDBOX_URL", place.sandbox_url())
        .env("ENGINES", &output)
        .env("SCREENS", &screens)
        .env("NAMES", names.join(","));
    let result = tally.run(&mut node);
    println!("   pictures and logs are in {}", output.display());
    drop(shop);
    result
}

/// The engines that were asked for and that run on this machine.
fn names(wanted: &[String]) -> Vec<&'static str> {
    ENGINES
        .into_iter()
        .filter(|name| wanted.is_empty() || wanted.iter().any(|one| one == name))
        .filter(|name| is_of_the_system(name) || env::consts::ARCH == "x86_64")
        .collect()
}

fn is_of_the_system(name: &str) -> bool {
    [FIREFOX, WEBKIT].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_engines_unless_some_are_named() {
        assert_eq!(names(&[WEBKIT.to_owned()]), [WEBKIT]);
        assert!(names(&[]).contains(&WEBKIT));
    }

    #[test]
    fn every_chromium_is_in_the_lock_file() {
        let lock = fs::read_to_string(project::path(FOLDER).join("package-lock.json")).unwrap();
        for name in ENGINES.into_iter().filter(|name| !is_of_the_system(name)) {
            assert!(
                lock.contains(&format!("\"node_modules/{name}\"")),
                "{name} is not installed"
            );
        }
    }
}
