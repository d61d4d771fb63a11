//! The last step: what Trunk gathered becomes what people load.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::{
    Mode, compress, names,
    split::{self, Parts},
};
use crate::{
    process::{command, run_quietly},
    project,
    setup::{Std, module_bin, node_path},
};

/// What Trunk writes for the program; the glue ends up inside the loader's script.
const GLUE: &str = "storefront.js";
const PROGRAM: &str = "storefront_bg.wasm";
const SECOND: &str = "second.wasm";
const LOADER: &str = "loader.js";
const STYLE: &str = "main.css";
const DOCUMENT: &str = "index.html";

/// Smallest first; the features are those that every WebView since 2017 knows.
const WASM_OPT: [&str; 8] = [
    "-Oz",
    "--converge",
    // The linker puts the stack first, so that nothing lies in the first kilobyte.
    "--low-memory-unused",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
    "--mvp-features",
    "--enable-mutable-globals",
];

/// The oldest engines that a style must work in; newer syntax is rewritten for them.
const STYLE_ENGINES: &str = "--target=chrome72,safari13";

/// Where Trunk puts what it gathers.
///
/// # Errors
/// When the output folder is unknown.
pub(super) fn gathered() -> Result<PathBuf> {
    Ok(project::wasm_target_dir()?.join("page"))
}

/// Makes `dist/` from what Trunk gathered. The old one stays until the new one is complete.
///
/// # Errors
/// When a tool fails, or when index.html does not load what it must.
pub(super) fn run(mode: Mode, std: &Std) -> Result<()> {
    let from = gathered()?;
    let stage = project::wasm_target_dir()?.join("stage");
    remove(&stage)?;
    copy_others(&from, &stage)?;

    let mut document = fs::read_to_string(from.join(DOCUMENT)).context("reading index.html")?;
    document = names::set_style(&document, style(mode, "style/critical.css")?.trim())?;
    let mut glue = from.join(GLUE);
    let built = fs::read(from.join(PROGRAM)).context("reading the program")?;
    let program = match (mode, std) {
        // In one piece, with the names of its functions.
        (Mode::Dev, _) => built,
        // Its functions are merged: what looks like one part's may be the other's too.
        (Mode::Release, Std::Precompiled) => small(&built)?,
        (Mode::Release, Std::Toolchain | Std::Distribution { .. }) => {
            let Parts {
                first,
                second,
                nicknames,
            } = split::split(&built)?;
            let script = fs::read_to_string(&glue).context("reading the glue")?;
            glue = project::wasm_target_dir()?.join(GLUE);
            fs::write(&glue, may_go(&nicknames.apply(&script)))?;
            let second = small(&second)?;
            let named = names::by_content(SECOND, &second);
            document = names::set_later(&document, &named, STYLE)?;
            fs::write(stage.join(named), second)?;
            small(&first)?
        }
    };
    for (name, content) in [
        (STYLE, style(mode, "style/main.css")?.into_bytes()),
        (LOADER, loader(mode, &glue)?.into_bytes()),
        (PROGRAM, program),
    ] {
        let named = names::by_content(name, &content);
        document = names::rename(&document, name, &named)?;
        fs::write(stage.join(named), content)?;
    }
    fs::write(stage.join(DOCUMENT), document)?;
    if mode == Mode::Release {
        compress::folder(&stage)?;
    }

    let dist = project::path("dist");
    remove(&dist)?;
    rename_or_copy(&stage, &dist)
}

/// A part of the program after `wasm-opt`.
fn small(part: &[u8]) -> Result<Vec<u8>> {
    let folder = project::wasm_target_dir()?;
    let (before, after) = (folder.join("part.wasm"), folder.join("small.wasm"));
    fs::write(&before, part)?;
    run_quietly(
        tool("wasm-opt")?
            .args(WASM_OPT)
            .arg(&before)
            .arg("-o")
            .arg(&after),
    )?;
    Ok(fs::read(after)?)
}

/// The loader and wasm-bindgen's glue as one classic script, which needs neither a dynamic
/// import nor a second request.
fn loader(mode: Mode, glue: &Path) -> Result<String> {
    run_quietly(
        bundle(mode, "src/loader.js")?
            .arg(format!("--alias:storefront={}", glue.display()))
            .args(["--format=iife", "--target=es2018"])
            // The glue could guess the program's address from its own; the loader always says it.
            .arg("--define:import.meta.url=\"\"")
            // Nothing here disposes of what the glue exports, so of that may go what nobody uses.
            .arg("--define:Symbol.dispose=undefined"),
    )
}

/// The glue, with a note for esbuild that the registries of what nobody uses may go with it.
fn may_go(glue: &str) -> String {
    let registry = "new FinalizationRegistry(";
    glue.replace(registry, &format!("/* @__PURE__ */ {registry}"))
}

/// A style sheet with everything it imports.
fn style(mode: Mode, entry: &str) -> Result<String> {
    let pictures = ["--external:*.svg", "--external:*.png", "--external:*.webp"];
    run_quietly(bundle(mode, entry)?.arg(STYLE_ENGINES).args(pictures))
}

fn bundle(mode: Mode, entry: &str) -> Result<Command> {
    let mut esbuild = tool("esbuild")?;
    esbuild.args([entry, "--bundle", "--charset=utf8", "--log-level=warning"]);
    if mode == Mode::Release {
        esbuild.args(["--minify", "--legal-comments=none"]);
    }
    Ok(esbuild)
}

fn tool(name: &str) -> Result<Command> {
    let mut tool = command(module_bin(name));
    tool.env("PATH", node_path()?);
    Ok(tool)
}

/// Copies the files that keep their names.
fn copy_others(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if path.is_dir() {
            if name != "snippets" {
                copy_others(&path, &to.join(name))?;
            }
        } else if ![GLUE, PROGRAM, STYLE, DOCUMENT]
            .iter()
            .any(|own| name == *own)
        {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// The output folder may be on another disk than the checkout.
fn rename_or_copy(from: &Path, to: &Path) -> Result<()> {
    if fs::rename(from, to).is_err() {
        copy_others(from, to)?;
        fs::copy(from.join(DOCUMENT), to.join(DOCUMENT))?;
    }
    Ok(())
}
