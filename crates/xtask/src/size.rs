//! Weighs what the first screen loads.

use std::{collections::BTreeSet, fs, path::PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{
    build::{self, Mode, brotli, gzip},
    project,
    setup::{self, Needs, Std},
};

/// Where the figure that only falls is kept.
const FIGURE: &str = "tests/size.toml";
const KEY: &str = "first_screen_brotli_bytes";

/// The loader's attributes that name what it fetches after the first screen.
const LATER: [&str; 2] = ["data-second=", "data-style="];

/// How far the figure may grow before the check fails, in percent: compilers differ a little.
const TOLERANCE_PERCENT: usize = 2;

/// How the page is weighed.
#[derive(Args)]
pub(crate) struct Options {
    /// Write the present weight down as the figure to compare with
    #[arg(long)]
    accept: bool,
}

/// Bytes of one file, or of all.
#[derive(Clone, Copy, Default)]
struct Weight {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

/// Builds the page and weighs it.
///
/// # Errors
/// When the page does not build, or grew by more than the tolerance.
pub(crate) fn run(options: &Options) -> Result<()> {
    setup::ensure(Needs::page())?;
    build::page(Mode::Release)?;
    check(options.accept)
}

/// Weighs the page in `dist/` and compares it with the committed figure.
///
/// # Errors
/// When it grew by more than the tolerance.
pub(crate) fn check(accept: bool) -> Result<()> {
    if setup::find_std()? == Some(Std::Precompiled) {
        println!("   skipped: rustup's precompiled library makes a page of another size");
        return Ok(());
    }
    let mut total = Weight::default();
    println!(
        "   {:<40}{:>10}{:>10}{:>10}",
        "first screen", "raw", "gzip 9", "brotli 11"
    );
    for file in first_screen()? {
        let weight = weigh(&file)?;
        row(
            &file.file_name().unwrap_or_default().to_string_lossy(),
            weight,
        );
        total.raw += weight.raw;
        total.gzip += weight.gzip;
        total.brotli += weight.brotli;
    }
    row("all", total);
    let known = fs::read_to_string(project::path(FIGURE))
        .ok()
        .and_then(|text| figure(&text));
    match known {
        _ if accept => write_down(total.brotli),
        None => bail!("{FIGURE} holds no figure yet: `cargo xtask size --accept` writes it"),
        Some(known) => {
            println!(
                "   committed figure {known}, now {} ({})",
                total.brotli,
                change(known, total.brotli)
            );
            judge(known, total.brotli)
        }
    }
}

/// Fails when the weight grew by more than the tolerance.
fn judge(known: usize, now: usize) -> Result<()> {
    if now * 100 > known * (100 + TOLERANCE_PERCENT) {
        bail!(
            "the first screen grew from {known} to {now} bytes, by more than \
             {TOLERANCE_PERCENT} %; make it smaller, or accept it with `cargo xtask size --accept`"
        );
    }
    if now * 100 < known * (100 - TOLERANCE_PERCENT) {
        println!("   it shrank: `cargo xtask size --accept` keeps it there");
    }
    Ok(())
}

/// The document and every script, style and program that it names.
fn first_screen() -> Result<Vec<PathBuf>> {
    let dist = project::path("dist");
    let document = dist.join("index.html");
    let text = fs::read_to_string(&document).context("reading dist/index.html")?;
    let mut files = vec![document];
    files.extend(loaded(&text).into_iter().map(|name| dist.join(name)));
    Ok(files)
}

/// Names of scripts, styles and programs in quotes; what the loader fetches later comes after the
/// first screen.
fn loaded(document: &str) -> BTreeSet<&str> {
    document
        .split('"')
        .zip(document.split('"').skip(1))
        .filter(|(before, _)| !LATER.iter().any(|later| before.ends_with(later)))
        .map(|(_, text)| text)
        .filter_map(|text| text.strip_prefix('/'))
        .filter(|name| {
            [".js", ".css", ".wasm"]
                .iter()
                .any(|ending| name.ends_with(ending))
        })
        .collect()
}

fn weigh(file: &PathBuf) -> Result<Weight> {
    let content = fs::read(file).with_context(|| file.display().to_string())?;
    Ok(Weight {
        raw: content.len(),
        gzip: gzip(&content)?.len(),
        brotli: brotli(&content)?.len(),
    })
}

fn row(name: &str, weight: Weight) {
    println!(
        "   {name:<40}{:>10}{:>10}{:>10}",
        weight.raw, weight.gzip, weight.brotli
    );
}

fn write_down(brotli: usize) -> Result<()> {
    let text = format!(
        "# What the first screen loads (html, css, js, wasm), brotli 11, in bytes.\n\
         # `cargo xtask size` fails above it; `cargo xtask size --accept` writes it.\n\
         {KEY} = {brotli}\n"
    );
    fs::write(project::path(FIGURE), text).context("writing the figure")?;
    println!("   {FIGURE} now says {brotli}");
    Ok(())
}

fn figure(text: &str) -> Option<usize> {
    let value = text.lines().find_map(|line| line.strip_prefix(KEY))?;
    value.trim().strip_prefix('=')?.trim().parse().ok()
}

/// The change in tenths of a percent, as text.
fn change(known: usize, now: usize) -> String {
    let sign = if now < known { '-' } else { '+' };
    let permille = known.abs_diff(now) * 1000 / known.max(1);
    format!("{sign}{}.{} %", permille / 10, permille % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_beyond_the_tolerance_fails() {
        assert!(judge(100_000, 102_000).is_ok());
        assert!(judge(100_000, 102_001).is_err());
        assert!(judge(100_000, 60_000).is_ok());
    }

    #[test]
    fn the_written_figure_is_read_back() {
        assert_eq!(
            figure("# words\nfirst_screen_brotli_bytes = 83012\n"),
            Some(83_012)
        );
        assert_eq!(figure("first_screen_brotli_bytes = many"), None);
    }

    #[test]
    fn change_is_said_in_tenths_of_a_percent() {
        assert_eq!(change(80_000, 81_000), "+1.2 %");
        assert_eq!(change(80_000, 79_000), "-1.2 %");
    }

    #[test]
    fn each_file_counts_once_and_pictures_do_not() {
        let page = r#"<link href="/a-1.wasm" as="fetch"><script src="/l-2.js" data-second="/b-4.wasm" data-style="/later-5.css" data-wasm="/a-1.wasm">
            <link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/main-3.css">"#;
        assert_eq!(
            Vec::from_iter(loaded(page)),
            ["a-1.wasm", "l-2.js", "main-3.css"]
        );
    }
}
