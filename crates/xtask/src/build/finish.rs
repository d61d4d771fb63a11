//! The last step: what Trunk gathered becomes what people load.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result};

use super::{
    Mode, compress, names, pair,
    parts::{self, Parts},
};
use crate::{
    process::{command, run_quietly},
    project,
    setup::{module_bin, node_path},
};

/// What Trunk has wasm-bindgen write for the program; the glue ends up inside the loader's script.
const GLUE: &str = "storefront.js";
const PROGRAM: &str = "storefront_bg.wasm";
const SECOND: &str = "second.wasm";
const LOADER: &str = "loader.js";
const STYLE: &str = "main.css";
const DOCUMENT: &str = "index.html";

/// The smallest.
const WASM_OPT: [&str; 6] = [
    "-Oz",
    "--converge",
    // The linker puts the stack first, so that nothing lies in the first kilobyte.
    "--low-memory-unused",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// What the oldest engines know of WebAssembly.
pub(super) const WASM_FEATURES: [&str; 2] = ["--mvp-features", "--enable-mutable-globals"];

/// The oldest engines' script.
const SCRIPT_ENGINES: &str = "--target=es2018";

/// The oldest engines that a style must work in; newer syntax is rewritten for them.
const STYLE_ENGINES: &str = "--target=chrome72,safari13";

/// As the files are written, and with no word where all is well.
const ESBUILD: [&str; 2] = ["--charset=utf8", "--log-level=warning"];

/// Makes `dist/` from what Trunk gathered. The old one stays until the new one is complete.
///
/// # Errors
/// When a tool fails, or when index.html does not load what it must.
pub(super) fn run(mode: Mode, from: &Path, parts: Option<&Parts>) -> Result<()> {
    let folder = project::wasm_target_dir()?;
    let stage = folder.join("stage");
    remove(&stage)?;
    copy_others(from, &stage)?;

    let mut document = fs::read_to_string(from.join(DOCUMENT)).context("reading index.html")?;
    document = names::set_style(&document, style(mode, "style/critical.css")?.trim())?;
    let (mut program, mut script) = (from.join(PROGRAM), folder.join(LOADER));
    fs::write(&script, loader(mode, &from.join(GLUE))?)?;
    if mode == Mode::Release {
        (program, script) = pair::shrink(&program, &script)?;
    }
    if let Some(parts) = parts {
        let small = folder.join(SECOND);
        optimize(&parts.second, &small)?;
        let second = fs::read(small)?;
        let named = names::by_content(SECOND, &second);
        document = names::set_later(&document, &named, STYLE)?;
        fs::write(stage.join(named), second)?;
    }
    for (name, content) in [
        (STYLE, style(mode, "style/main.css")?.into_bytes()),
        (LOADER, fs::read(script)?),
        (PROGRAM, fs::read(program)?),
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

/// Makes the smallest of a part of the program.
pub(super) fn optimize(part: &Path, to: &Path) -> Result<()> {
    run_quietly(
        tool("wasm-opt")?
            .args(WASM_OPT)
            .args(WASM_FEATURES)
            .arg(part)
            .arg("-o")
            .arg(to),
    )?;
    Ok(())
}

/// The loader and wasm-bindgen's glue as one classic script, which needs neither a dynamic import nor a second request.
/// What the glue offers and nobody asks for is left out.
fn loader(mode: Mode, glue: &Path) -> Result<String> {
    let text = fs::read_to_string(glue).context("reading the glue")?;
    // For esbuild: registries of what nobody uses may go with it.
    let registry = "new FinalizationRegistry(";
    let text = text.replace(registry, &format!("/* @__PURE__ */ {registry}"));
    let glue = project::wasm_target_dir()?.join(GLUE);
    fs::write(&glue, text)?;

    let mut esbuild = tool("esbuild")?;
    esbuild
        .args(["src/loader.js", "--bundle", "--format=iife", SCRIPT_ENGINES])
        .args(ESBUILD)
        .arg(format!("--alias:storefront={}", glue.display()))
        .arg(format!("--alias:{}=./src/second.js", parts::LOADER))
        // The glue could guess the program's address from its own; the loader always says it.
        .arg("--define:import.meta.url=\"\"")
        // Nothing here disposes of what the glue exports, so of that may go what nobody uses.
        .arg("--define:Symbol.dispose=undefined");
    if mode == Mode::Release {
        esbuild.arg("--minify-syntax");
    }
    run_quietly(&mut esbuild)
}

/// A script with short names and no spaces.
pub(super) fn minified(script: &Path) -> Result<String> {
    run_quietly(tool("esbuild")?.arg(script).args(ESBUILD).args([
        "--minify",
        "--legal-comments=none",
        SCRIPT_ENGINES,
    ]))
}

/// A style sheet with everything it imports.
fn style(mode: Mode, entry: &str) -> Result<String> {
    let mut esbuild = tool("esbuild")?;
    esbuild
        .args([entry, "--bundle", STYLE_ENGINES])
        .args(ESBUILD)
        .args(["--external:*.svg", "--external:*.png", "--external:*.webp"]);
    if mode == Mode::Release {
        esbuild.args(["--minify", "--legal-comments=none"]);
    }
    run_quietly(&mut esbuild)
}

/// A program of an npm package.
pub(super) fn tool(name: &str) -> Result<Command> {
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
