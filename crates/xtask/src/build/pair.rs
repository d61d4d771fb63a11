//! Makes the program and its script small together: each without what the other never asks for, and with short names
//! between the two. wasm-bindgen's hold hashes, which no compression makes small.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::finish::{WASM_FEATURES, minified, optimize, tool};
use crate::process::run_quietly;

/// How the script gets what it hands to the program: a list of modules.
const IMPORTS: &str = "= __wbg_get_imports()";
/// The same as the one module that all imports come from, after their names were made short.
const ONE_MODULE: &str = "= { a: Object.assign({}, ...Object.values(__wbg_get_imports())) }";

/// What the program's imports and exports are called from now on.
#[derive(Debug, Default)]
struct Names {
    imports: BTreeMap<String, String>,
    exports: BTreeMap<String, String>,
}

/// Makes both small; where they are then.
///
/// # Errors
/// When a tool fails, or the script does not hand its functions to the program as wasm-bindgen writes it today.
pub(super) fn shrink(program: &Path, script: &Path) -> Result<(PathBuf, PathBuf)> {
    let text = fs::read_to_string(script).context("reading the script")?;
    let asked = script.with_extension("json");
    fs::write(&asked, roots(&text)).context("writing what the script asks for")?;
    let (reached, small) = (
        script.with_file_name("reached.wasm"),
        script.with_file_name("small.wasm"),
    );
    run_quietly(
        tool("wasm-metadce")?
            .arg(program)
            .args(WASM_FEATURES)
            .arg("--graph-file")
            .arg(&asked)
            .arg("-o")
            .arg(&reached),
    )?;
    optimize(&reached, &small)?;
    let short = script.with_file_name("short.wasm");
    let names = run_quietly(
        tool("wasm-opt")?
            .arg(&small)
            .args(WASM_FEATURES)
            .arg("--minify-imports-and-exports-and-modules")
            .arg("-o")
            .arg(&short),
    )?;
    ensure!(
        text.contains(IMPORTS),
        "the script has no `{IMPORTS}`: wasm-bindgen writes it in another way now"
    );
    let renamed = script.with_file_name("renamed.js");
    fs::write(
        &renamed,
        Names::read(&names)?.apply(&text.replace(IMPORTS, ONE_MODULE)),
    )?;
    let shortest = script.with_file_name("small.js");
    fs::write(&shortest, minified(&renamed)?)?;
    Ok((short, shortest))
}

/// For `wasm-metadce`: what the script asks of anything, and so of the program. What else the program exports, nobody
/// asks for.
fn roots(script: &str) -> String {
    let asked = words(script)
        .filter(|(before, _)| before.ends_with('.'))
        .map(|(_, word)| json!({ "name": word, "export": word, "root": true }));
    serde_json::Value::Array(asked.collect()).to_string()
}

impl Names {
    /// Reads what `wasm-opt` says: `[module, old, new]` of each import, `[old, new]` of each export.
    fn read(said: &str) -> Result<Self> {
        let said: BTreeMap<String, Vec<Vec<String>>> =
            serde_json::from_str(said).context("reading the short names")?;
        let read = |kind: &str| {
            let pairs = said.get(kind).into_iter().flatten();
            pairs
                .filter_map(|entry| match entry.as_slice() {
                    [.., old, new] => Some((old.clone(), new.clone())),
                    _ => None,
                })
                .collect()
        };
        Ok(Self {
            imports: read("imports"),
            exports: read("exports"),
        })
    }

    /// The script with these names. What is asked of the program stands after a dot there, what it is handed does not.
    fn apply(&self, script: &str) -> String {
        let mut renamed = String::with_capacity(script.len());
        let mut done = 0;
        for (before, word) in words(script) {
            let names = if before.ends_with('.') {
                &self.exports
            } else {
                &self.imports
            };
            if let Some(new) = names.get(word) {
                renamed.push_str(&script[done..before.len()]);
                renamed.push_str(new);
                done = before.len() + word.len();
            }
        }
        renamed.push_str(&script[done..]);
        renamed
    }
}

/// Each word of a script, with everything before it.
fn words(script: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_part = |letter: char| letter.is_alphanumeric() || "_$".contains(letter);
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + script[rest..].find(is_part)?;
        let word = script[start..].split(|letter| !is_part(letter)).next()?;
        rest = start + word.len();
        Some((&script[..start], word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "const wasm = { __wbg_get_01: () => wasm.memory, __wbg_get_01_1() { return wasm.free(memory); } };";

    #[test]
    fn what_is_asked_for_is_what_stands_after_a_dot() {
        let asked: Vec<BTreeMap<String, serde_json::Value>> =
            serde_json::from_str(&roots(SCRIPT)).unwrap();
        let names: Vec<_> = asked.iter().map(|node| &node["export"]).collect();
        assert_eq!(names, ["memory", "free"]);
    }

    #[test]
    fn a_name_that_begins_another_is_not_taken_for_it() {
        let names = Names::read(
            r#"{ "imports": [["./a.js", "__wbg_get_01", "a"], ["second", "__wbg_get_01_1", "b"]],
                 "exports": [["memory", "c"], ["free", "d"]] }"#,
        );
        assert_eq!(
            names.unwrap().apply(SCRIPT),
            "const wasm = { a: () => wasm.c, b() { return wasm.d(memory); } };"
        );
    }
}
