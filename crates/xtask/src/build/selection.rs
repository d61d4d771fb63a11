//! Tells Cargo, past Trunk, which package to build.
//!
//! Trunk builds "the default members" of a workspace. Here these are all of them, and then the
//! page would be compiled with every feature that the gateway asks of what they share. Trunk has
//! no option for it, so it finds a `cargo` of ours first, which adds the package's name.

use std::{
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// The package that is the page.
pub(super) const PACKAGE: &str = "storefront";

/// Names the real Cargo to the script.
pub(super) const REAL_CARGO: &str = "RECHARGE_CARGO";

/// Writes the script and returns its folder, which goes first on Trunk's search path.
///
/// # Errors
/// When the folder cannot be written to.
pub(super) fn folder(within: &Path) -> Result<PathBuf> {
    let folder = within.join("bin");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let script = folder.join("cargo");
    fs::write(&script, script_text()).with_context(|| script.display().to_string())?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    Ok(folder)
}

/// The Cargo that runs this program, or the one on the search path.
///
/// # Errors
/// When there is none.
pub(super) fn real_cargo() -> Result<OsString> {
    match std::env::var_os("CARGO") {
        Some(cargo) => Ok(cargo),
        None => Ok(crate::process::which("cargo")
            .context("cargo is missing")?
            .into_os_string()),
    }
}

fn script_text() -> String {
    format!(
        "#!/bin/sh\n\
         if [ \"$1\" = build ]; then shift; set -- build --package {PACKAGE} \"$@\"; fi\n\
         exec \"${REAL_CARGO}\" \"$@\"\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{process::run_quietly, temporary::Folder};

    #[test]
    fn only_builds_get_the_package() {
        let place = Folder::new("cargo").unwrap();
        let script = folder(place.path()).unwrap().join("cargo");
        let said = |arguments: &[&str]| {
            let mut command = std::process::Command::new(&script);
            run_quietly(command.args(arguments).env(REAL_CARGO, "echo")).unwrap()
        };
        assert_eq!(
            said(&["build", "--bin", "a b"]),
            "build --package storefront --bin a b\n"
        );
        assert_eq!(said(&["metadata"]), "metadata\n");
    }
}
