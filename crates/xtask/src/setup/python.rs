//! Python packages, in virtual environments inside the build output.

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

/// A virtual environment.
pub(crate) struct Environment {
    /// The list of its packages: all of them, each in one version.
    list: &'static str,
    /// Its folder in the build output.
    folder: &'static str,
}

/// The payment SDKs.
pub(crate) const PEERS: Environment = Environment {
    list: "tests/peers/requirements.txt",
    folder: "peers-python",
};

/// What compares the interface with its description.
pub(crate) const INTERFACE: Environment = Environment {
    list: "tests/interface/requirements.txt",
    folder: "interface-python",
};

/// Whether the machine's Python can make virtual environments.
pub(super) fn can_make_environments() -> bool {
    run_quietly(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_ok()
}

impl Environment {
    /// One of its programs, such as `python`.
    ///
    /// # Errors
    /// When the output folder is unknown.
    pub(crate) fn program(&self, name: &str) -> Result<PathBuf> {
        Ok(self.path()?.join("bin").join(name))
    }

    /// Installs the packages whenever their list changed.
    ///
    /// # Errors
    /// When they cannot be installed from here.
    pub(super) fn ensure(&self) -> Result<()> {
        let list = fs::read(project::path(self.list)).context(self.list)?;
        let folder = self.path()?;
        let stamp = folder.join("installed.txt");
        let python = self.program("python")?;
        if fs::read(&stamp).is_ok_and(|installed| installed == list) && python.exists() {
            return Ok(());
        }
        step("install the Python packages", || {
            make(&folder)?;
            // The list names every package, so nothing else is looked for.
            run(Command::new(python)
                .args(["-m", "pip", "install", "--quiet", "--no-deps"])
                .arg("--disable-pip-version-check")
                .arg("--requirement")
                .arg(project::path(self.list)))?;
            fs::write(&stamp, &list).context("noting which packages are installed")
        })
    }

    fn path(&self) -> Result<PathBuf> {
        Ok(project::target_dir()?.join(self.folder))
    }
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
