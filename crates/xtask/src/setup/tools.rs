//! Trunk, wasm-bindgen and Firefox's driver: built once per user, each version in a folder of its own.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{
    process::{cargo, run},
    project,
    steps::step,
};

/// The page's bundler. Its lock file is part of what is pinned: newer releases of its
/// dependencies do not compile with it.
const TRUNK: &str = "0.21.14";

/// What drives Firefox for the tests. Debian has the browser alone.
const GECKODRIVER: &str = "0.37.1";

/// The tools run for a second and compile for minutes, so they are built for a quick build:
/// unoptimised they take a third of the time to compile, and a tenth of a second more to run.
const QUICK: [(&str, &str); 5] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    ("CARGO_PROFILE_RELEASE_STRIP", "true"),
];

/// The bundler's program.
///
/// # Errors
/// When the cache folder is unknown.
pub(crate) fn trunk() -> Result<PathBuf> {
    Ok(folder("trunk", TRUNK)?.join("bin/trunk"))
}

/// Firefox's driver.
///
/// # Errors
/// When the cache folder is unknown.
pub(crate) fn geckodriver() -> Result<PathBuf> {
    Ok(folder("geckodriver", GECKODRIVER)?.join("bin/geckodriver"))
}

/// The folder of wasm-bindgen's programs, of exactly the version that the page is built with.
///
/// # Errors
/// When the cache folder or that version is unknown.
pub(crate) fn wasm_bindgen_dir() -> Result<PathBuf> {
    Ok(folder(
        "wasm-bindgen-cli",
        &project::locked_version("wasm-bindgen")?,
    )?
    .join("bin"))
}

/// Builds Firefox's driver, where it is not in the cache.
///
/// # Errors
/// When it does not build.
pub(super) fn ensure_geckodriver() -> Result<()> {
    if !geckodriver()?.exists() {
        build("geckodriver", GECKODRIVER, &["--locked"])?;
    }
    Ok(())
}

/// Builds the tools of the page that are not in the cache.
///
/// # Errors
/// When one does not build.
pub(super) fn ensure() -> Result<()> {
    if !wasm_bindgen_dir()?.join("wasm-bindgen").exists() {
        // Its own lock file does not resolve everywhere; the version is pinned all the same.
        build(
            "wasm-bindgen-cli",
            &project::locked_version("wasm-bindgen")?,
            &[],
        )?;
    }
    if !trunk()?.exists() {
        build("trunk", TRUNK, &["--locked", "--no-default-features"])?;
    }
    Ok(())
}

fn folder(package: &str, version: &str) -> Result<PathBuf> {
    Ok(project::cache_dir()?.join(format!("{package}-{version}")))
}

fn build(package: &str, version: &str, options: &[&str]) -> Result<()> {
    let folder = folder(package, version)?;
    step(
        &format!("build {package} {version}, once for this user"),
        || {
            let scratch = folder.join("target");
            let exact = format!("={version}");
            run(cargo(&["install", package, "--version", &exact, "--root"])
                .arg(&folder)
                .args(options)
                .envs(QUICK)
                .env("CARGO_TARGET_DIR", &scratch)
                .env_remove("RUSTFLAGS")
                // This folder is looked into by full path, so its absence from PATH is no news.
                .env("PATH", crate::process::path_with(&[&folder.join("bin")])?))?;
            remove(&scratch)
        },
    )
}

fn remove(folder: &Path) -> Result<()> {
    std::fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))
}
