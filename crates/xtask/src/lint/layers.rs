//! Which parts of a crate may use which: those below them.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};

use crate::project;

/// The modules at the top of a crate, the highest layer first. What stands in one layer does not know each other.
struct Layers {
    folder: &'static str,
    layers: &'static [&'static [&'static str]],
}

const CRATES: [Layers; 1] = [Layers {
    folder: "crates/sandbox/src",
    layers: &[
        &["server"],
        &["options"],
        &["alipay", "hosts", "shingsou", "wechat"],
        &["renamed"],
        &["cashier", "control", "gate"],
        &["notices"],
        &["world"],
        &[
            "clock", "codes", "document", "faults", "listen", "money", "random", "signing",
        ],
    ],
}];

/// Checks every crate whose layers are written down.
///
/// # Errors
/// When a module uses one of its own layer or of a higher one; all such uses are named.
pub(super) fn check() -> Result<()> {
    let mut faults = Vec::new();
    for layers in &CRATES {
        let root = project::path(layers.folder);
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            let entries =
                fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
            for entry in entries {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs") {
                    let name = path.strip_prefix(&root).unwrap_or(&path);
                    faults.extend(layers.faults_in(name, &fs::read_to_string(&path)?));
                }
            }
        }
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

impl Layers {
    /// What is wrong in a file, named as it is below the crate's folder.
    fn faults_in(&self, file: &Path, text: &str) -> Vec<String> {
        let first = file.components().next().map(|part| part.as_os_str());
        let own = first.and_then(|part| Path::new(part).file_stem());
        let own = own.and_then(|name| name.to_str()).unwrap_or_default();
        // They put the crate together, and may name every part of it.
        if own == "lib" || own == "main" {
            return Vec::new();
        }
        let place = |file: &Path| format!("{}/{}", self.folder, file.display());
        let Some(layer) = self.layer(own) else {
            return vec![format!(
                "{}: in no layer of crates/xtask/src/lint/layers.rs",
                place(file)
            )];
        };
        used(text)
            .into_iter()
            .filter(|name| *name != own)
            .filter(|name| self.layer(name).is_some_and(|other| other <= layer))
            .map(|name| {
                format!(
                    "{}: uses `{name}`, which does not stand below `{own}`",
                    place(file)
                )
            })
            .collect()
    }

    /// Counted from the highest.
    fn layer(&self, module: &str) -> Option<usize> {
        let mut layers = self.layers.iter();
        layers.position(|layer| layer.contains(&module))
    }
}

/// The names behind `crate::`, one by one or in braces.
fn used(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for behind in text.split("crate::").skip(1) {
        match behind.strip_prefix('{') {
            None => names.push(name(behind)),
            Some(group) => {
                let mut depth = 0_usize;
                let mut starts = true;
                for (at, letter) in group.char_indices() {
                    match letter {
                        '}' if depth == 0 => break,
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 0 => starts = true,
                        _ if starts && !letter.is_whitespace() => {
                            names.push(name(&group[at..]));
                            starts = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    names
}

fn name(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYERS: Layers = Layers {
        folder: "a/src",
        layers: &[&["server"], &["shop", "bank"], &["money"]],
    };

    fn faults(file: &str, text: &str) -> usize {
        LAYERS.faults_in(Path::new(file), text).len()
    }

    #[test]
    fn what_stands_below_may_be_used() {
        assert_eq!(faults("shop.rs", "use crate::money::Fen;"), 0);
        assert_eq!(faults("shop/till.rs", "use crate::{money, shop::Shop};"), 0);
        assert_eq!(faults("lib.rs", "pub use crate::server::start;"), 0);
    }

    #[test]
    fn what_stands_beside_or_above_may_not() {
        assert_eq!(faults("shop/till.rs", "use crate::bank::Bank;"), 1);
        assert_eq!(faults("money.rs", "fn a() { crate::server::start() }"), 1);
        let nested = "use crate::{\n    money::{Fen, server},\n    bank::{Bank},\n};";
        assert_eq!(faults("shop.rs", nested), 1);
    }

    #[test]
    fn a_module_must_have_a_layer() {
        assert_eq!(faults("new/part.rs", ""), 1);
    }

    #[test]
    fn every_crate_keeps_its_layers() {
        check().expect("no use leads upwards");
    }
}
