//! Makes the linked program's two parts: what the first screen runs, and what only `storefront::door::open` reaches.
//!
//! That is done by Leptos' own splitter, between the linker and wasm-bindgen: it reads which places in the program name
//! which function or constant, as the linker wrote them down, and wasm-bindgen would leave them wrong.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, ensure};
use wasm_split_cli_support::{Options, transform};

/// Where the first part imports the second's loader from: esbuild finds `src/second.js` under this name.
pub(super) const LOADER: &str = "second";

/// The two parts' files.
pub(super) struct Parts {
    /// What wasm-bindgen gets.
    pub(super) first: PathBuf,
    /// What the loader fetches later. The splitter takes its name from `#[wasm_split(second)]`.
    pub(super) second: PathBuf,
}

impl Parts {
    /// Their places in a folder.
    pub(super) fn within(folder: &Path) -> Self {
        Self {
            first: folder.join("first.wasm"),
            second: folder.join("split_second.wasm"),
        }
    }

    /// Makes them out of what the linker wrote.
    ///
    /// # Errors
    /// When the program cannot be read, or does not have these two parts and no others.
    pub(super) fn make(&self, linked: &Path) -> Result<()> {
        let program = fs::read(linked).with_context(|| linked.display().to_string())?;
        let mut options = Options::new(&program);
        options.output_dir = self.second.parent().context("the parts have no folder")?;
        options.main_out_path = &self.first;
        options.link_name = LOADER;
        let made = transform(options).map_err(|error| anyhow!("splitting: {error:#}"))?;
        ensure!(
            made.split_modules == [self.second.clone()],
            "the program has other parts than these two: {:?}",
            made.split_modules
        );
        Ok(())
    }
}
