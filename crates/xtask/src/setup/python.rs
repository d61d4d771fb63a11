//! The Python packages of `tests/peers`, in a virtual environment inside the build output.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    process::{run, run_quietly},
    project,
    steps::step,
};

const REQUIREMENTS: &str = "tests/peers/requirements.txt";

/// The Python that has the packages.
///
/// # Errors
/// When the output folder is unknown.
pub(crate) fn python() -> Result<PathBuf> {
    Ok(environment()?.join("bin/python"))
}

/// Whether the machine's Python can make virtual environments.
pub(super) fn can_make_environments() -> bool {
    run_quietly(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_ok()
}

/// Installs the packages whenever their list changed.
///
/// # Errors
/// When they cannot be installed from here.
pub(super) fn ensure() -> Result<()> {
    let list = fs::read(project::path(REQUIREMENTS)).context(REQUIREMENTS)?;
    let folder = environment()?;
    let stamp = folder.join("installed.txt");
    if fs::read(&stamp).is_ok_and(|installed| installed == list) && python()?.exists() {
        return Ok(());
    }
    step("install the Python packages", || {
        make(&folder)?;
        // The list names every package, so nothing else is looked for.
        run(Command::new(python()?)
            .args(["-m", "pip", "install", "--quiet", "--no-deps"])
            .arg("--disable-pip-version-check")
            .arg("--requirement")
            .arg(project::path(REQUIREMENTS)))?;
        fs::write(&stamp, &list).context("noting which packages are installed")
    })
}

/// Begins anew, since a list that changed may have lost a package.
fn make(folder: &Path) -> Result<()> {
    run_quietly(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(folder),
    )?;
    Ok(())
}

fn environment() -> Result<PathBuf> {
    Ok(project::target_dir()?.join("peers-python"))
}
