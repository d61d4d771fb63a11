//! Runs Trunk, which puts the page's files together, with two programs of ours before the real ones on its search path.
//!
//! - `cargo`: Trunk builds "the default members" of a workspace. Here these are all of them, and then the page would be
//!   compiled with every feature that the gateway asks of what they share. Trunk has no option for it, so the script
//!   adds the package's name.
//! - `wasm-bindgen`: Trunk hands it what the linker wrote. Where the program has two parts, the script hands it the
//!   first, and keeps what the linker exported, since the second needs it.

use std::{
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::{Mode, parts::Parts};
use crate::{
    process::{command, path_with, which},
    project, setup,
};

/// The package that is the page.
pub(super) const PACKAGE: &str = "storefront";

/// Adds the package's name to builds.
const CARGO: &str = r#"#!/bin/sh
if [ "$1" = build ]; then shift; set -- build --package storefront "$@"; fi
exec "$RECHARGE_CARGO" "$@"
"#;

/// Puts the first part, if there is one, in place of the linked program.
const WASM_BINDGEN: &str = r#"#!/bin/sh
for word; do
  shift
  case "$RECHARGE_FIRST:$word" in
    ?*:*.wasm) set -- "$@" "$RECHARGE_FIRST" --keep-lld-exports ;;
    *) set -- "$@" "$word" ;;
  esac
done
exec "$RECHARGE_WASM_BINDGEN" "$@"
"#;

/// Trunk's command for a build into a folder; what it compiles must have been compiled with the same features.
///
/// # Errors
/// When a tool is missing, or the scripts cannot be written.
pub(super) fn build(mode: Mode, dist: &Path, parts: Option<&Parts>) -> Result<Command> {
    let mut trunk = command(setup::trunk()?);
    trunk
        .args(["--log", "warn", "build", "--offline", "--dist"])
        .arg(dist);
    trunk.args(["--cargo-profile", mode.profile()]);
    if mode == Mode::Release {
        trunk.arg("--release");
    }
    let first = match parts {
        Some(parts) => {
            trunk.args(["--features", super::SPLIT]);
            parts.first.as_os_str()
        }
        None => "".as_ref(),
    };
    trunk
        .env(
            "PATH",
            path_with(&[&scripts(&project::wasm_target_dir()?)?])?,
        )
        .env("RECHARGE_CARGO", real_cargo()?)
        .env(
            "RECHARGE_WASM_BINDGEN",
            setup::wasm_bindgen_dir()?.join("wasm-bindgen"),
        )
        .env("RECHARGE_FIRST", first)
        // Trunk takes any value of NO_COLOR but `true` and `false` for a mistake.
        .env_remove("NO_COLOR");
    Ok(trunk)
}

/// Writes the two scripts and returns their folder.
fn scripts(within: &Path) -> Result<PathBuf> {
    let folder = within.join("bin");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    for (name, text) in [("cargo", CARGO), ("wasm-bindgen", WASM_BINDGEN)] {
        let script = folder.join(name);
        fs::write(&script, text).with_context(|| script.display().to_string())?;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    }
    Ok(folder)
}

/// The Cargo that runs this program, or the one on the search path.
fn real_cargo() -> Result<OsString> {
    match std::env::var_os("CARGO") {
        Some(cargo) => Ok(cargo),
        None => Ok(which("cargo").context("cargo is missing")?.into_os_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{process::run_quietly, temporary::Folder};

    /// What the real program would be called with.
    fn said(name: &str, first: &str, arguments: &[&str]) -> String {
        let place = Folder::new("trunk").unwrap();
        let mut command = Command::new(scripts(place.path()).unwrap().join(name));
        run_quietly(
            command
                .args(arguments)
                .env("RECHARGE_CARGO", "echo")
                .env("RECHARGE_WASM_BINDGEN", "echo")
                .env("RECHARGE_FIRST", first),
        )
        .unwrap()
    }

    #[test]
    fn only_builds_get_the_package() {
        assert_eq!(
            said("cargo", "", &["build", "--bin", "a b"]),
            "build --package storefront --bin a b\n"
        );
        assert_eq!(said("cargo", "", &["metadata"]), "metadata\n");
    }

    #[test]
    fn wasm_bindgen_gets_the_first_part_where_there_are_two() {
        let arguments = ["--target=web", "/a/linked.wasm", "--no-typescript"];
        assert_eq!(
            said("wasm-bindgen", "/b/first part.wasm", &arguments),
            "--target=web /b/first part.wasm --keep-lld-exports --no-typescript\n"
        );
        assert_eq!(
            said("wasm-bindgen", "", &arguments),
            "--target=web /a/linked.wasm --no-typescript\n"
        );
        assert_eq!(said("wasm-bindgen", "/b/first.wasm", &["-V"]), "-V\n");
    }
}
