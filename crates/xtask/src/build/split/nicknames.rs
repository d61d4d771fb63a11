//! Short names for what the program and its script call each other by.
//!
//! wasm-bindgen's names hold hashes, which no compression makes small, and each stands in the program and in the script.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use wasmparser::{Parser, Payload};

/// How many digits a hash has.
const HASH: usize = 16;

/// The short name for each long one.
pub(in super::super) struct Nicknames(BTreeMap<String, String>);

impl Nicknames {
    /// Those for a program's imports and exports.
    ///
    /// # Errors
    /// When it is not a module.
    pub(super) fn of(program: &[u8]) -> Result<Self> {
        let mut long = BTreeSet::new();
        for payload in Parser::new(0).parse_all(program) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        long.extend([import.name, import.module]);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        long.insert(export?.name);
                    }
                }
                _ => {}
            }
        }
        let hashed = long.into_iter().filter(|name| is_long(name));
        Ok(Self(
            (0..)
                .zip(hashed)
                .map(|(number, name): (u32, &str)| (name.to_owned(), format!("${number:x}")))
                .collect(),
        ))
    }

    /// The name that is used.
    pub(super) fn get<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or(name, String::as_str)
    }

    /// The script with the names that are used.
    pub(in super::super) fn apply(&self, script: &str) -> String {
        // One name may be the beginning of another.
        let mut names: Vec<_> = self.0.iter().collect();
        names.sort_by_key(|(long, _)| std::cmp::Reverse(long.len()));
        names
            .into_iter()
            .fold(script.to_owned(), |script, (long, short)| {
                script.replace(long, short)
            })
    }
}

/// It holds a hash, or it is where wasm-bindgen says that all of them come from.
fn is_long(name: &str) -> bool {
    name.starts_with("./") || has_hash(name)
}

fn has_hash(name: &str) -> bool {
    name.as_bytes()
        .windows(HASH)
        .any(|part| part.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_begins_another_is_not_taken_for_it() {
        let names = Nicknames(BTreeMap::from([
            ("__wbg_get_0123456789abcdef".to_owned(), "$0".to_owned()),
            ("__wbg_get_0123456789abcdef_1".to_owned(), "$1".to_owned()),
        ]));
        let script = "wasm.__wbg_get_0123456789abcdef_1(wasm.__wbg_get_0123456789abcdef(memory))";
        assert_eq!(names.apply(script), "wasm.$1(wasm.$0(memory))");
        assert_eq!(names.get("memory"), "memory");
    }

    #[test]
    fn only_names_with_a_hash_are_long() {
        assert!(has_hash("__wbg_get_0123456789abcdef"));
        assert!(!has_hash("__wbindgen_malloc"));
    }
}
