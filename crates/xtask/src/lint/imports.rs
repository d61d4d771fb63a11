//! Files import downwards through the layers of the gateway, and nowhere in a circle.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Context, Result, ensure};

use crate::{
    process::{command, run_quietly},
    project,
};

/// Crates whose modules are looked at, and the layers that they keep.
const CRATES: [(&str, &[Layer]); 2] = [
    ("crates/gateway/src/", GATEWAY),
    ("crates/sandbox/src/", &[]),
];

/// The modules of one layer. The longest path that fits a module says where it stands.
type Layer = &'static [&'static str];

/// From the top to the bottom, as ARCHITECTURE.md tells it.
const GATEWAY: &[Layer] = &[
    &["lib", "main", "server", "command"],
    &["http/router", "state"],
    &["admin", "desk", "jobs"],
    &[
        "cards",
        "catalog",
        "notices",
        "oauth",
        "orders",
        "partners",
        "payments/notify",
        "payments/silent",
        "payments/start",
        "payments/submitted",
        "refunds/carry",
        "scan",
        "storefront",
    ],
    &["payments", "merchants"],
    &[
        "jobs/outbox",
        "jobs/piece",
        "orders/holds",
        "orders/row",
        "orders/transition",
        "payments/channel",
        "payments/row",
        "refunds",
    ],
    &["http"],
    &["upstream", "payments/pace"],
    &["store"],
    &["config", "http/verification", "log", "merchants/vault"],
    &[
        "address", "clock", "crash", "digest", "error", "handles", "random", "turns", "unlisted",
    ],
];

/// What a module imports: the module's path, and the line where it says so.
type Imports = BTreeMap<String, Vec<(String, usize)>>;

/// Checks the modules of each crate.
///
/// # Errors
/// When a module imports upwards or in a circle; all of them are named.
pub(super) fn check() -> Result<()> {
    let mut faults = Vec::new();
    for (folder, layers) in CRATES {
        let listed = run_quietly(command("git").args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            folder,
        ]))
        .context("listing the crate's files")?;
        let files: Vec<(String, String)> = listed
            .lines()
            .filter_map(|name| {
                let module = name.strip_prefix(folder)?.strip_suffix(".rs")?;
                // A listed file may just have been removed.
                let text = fs::read_to_string(project::path(name)).ok()?;
                Some((module.to_owned(), text))
            })
            .collect();
        ensure!(!files.is_empty(), "{folder}: no modules are there");
        let imports = imports(&files);
        faults.extend(circles(folder, &imports));
        faults.extend(upwards(folder, &imports, layers));
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

/// Imports of a module that stands higher.
fn upwards(folder: &str, imports: &Imports, layers: &[Layer]) -> Vec<String> {
    let mut faults = Vec::new();
    for (from, targets) in imports {
        for (to, line) in targets {
            let (Some(lower), Some(higher)) = (depth(layers, from), depth(layers, to)) else {
                continue;
            };
            if higher < lower {
                faults.push(format!(
                    "{folder}{from}.rs:{line}: imports {to}, which stands higher; move what both \
                     need down, or hand it in from above"
                ));
            }
        }
    }
    faults
}

/// The layer in which a module stands, counted from the top; none where it is of no layer.
fn depth(layers: &[Layer], module: &str) -> Option<usize> {
    layers
        .iter()
        .enumerate()
        .flat_map(|(depth, layer)| layer.iter().map(move |path| (path, depth)))
        .filter(|(path, _)| {
            module
                .strip_prefix(**path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
        .max_by_key(|(path, _)| path.len())
        .map(|(_, depth)| depth)
}

/// Imports of a module that imports its importer in the end.
fn circles(folder: &str, imports: &Imports) -> Vec<String> {
    let mut faults = Vec::new();
    for (from, targets) in imports {
        for (to, line) in targets {
            if reaches(imports, to, from) {
                faults.push(format!(
                    "{folder}{from}.rs:{line}: imports {to}, which comes back to it in a circle; move \
                     what both need into a module of its own"
                ));
            }
        }
    }
    faults
}

fn reaches(imports: &Imports, from: &str, wanted: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = vec![from];
    while let Some(module) = next.pop() {
        if module == wanted {
            return true;
        }
        if seen.insert(module) {
            let targets = imports.get(module).into_iter().flatten();
            next.extend(targets.map(|(to, _)| to.as_str()));
        }
    }
    false
}

/// What the modules import of each other. `App` does not count: it is made at the top and handed down.
fn imports(files: &[(String, String)]) -> Imports {
    let modules: BTreeSet<&str> = files.iter().map(|(module, _)| module.as_str()).collect();
    files
        .iter()
        .map(|(module, text)| {
            let targets = paths(text)
                .into_iter()
                .filter_map(|(path, line)| Some((target(&modules, module, &path)?, line)))
                .filter(|(to, _)| to != module && to != "state")
                .collect();
            (module.clone(), targets)
        })
        .collect()
}

/// The module in which a path's item stands: the longest beginning of the path that is one.
fn target(modules: &BTreeSet<&str>, module: &str, path: &str) -> Option<String> {
    let mut at: Vec<&str> = Vec::new();
    for part in path.split("::") {
        match part {
            "crate" => at.clear(),
            "super" => {
                if at.is_empty() {
                    at = module.split('/').collect();
                }
                at.pop();
            }
            other => at.push(other),
        }
    }
    while !at.is_empty() {
        let name = at.join("/");
        if modules.contains(name.as_str()) {
            return Some(name);
        }
        at.pop();
    }
    None
}

/// Paths into the crate with their lines, those of a grouped `use` one by one.
fn paths(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut groups: Vec<String> = Vec::new();
    let mut path = String::new();
    for (number, line) in text.lines().enumerate() {
        // Tests stand last in a file and may look anywhere.
        if line == "#[cfg(test)]" {
            break;
        }
        // Another name leads to the same place.
        let code = line.split("//").next().unwrap_or_default();
        let code = code.replace(" as ", "::");
        let mut end = |path: &mut String, groups: &[String]| {
            if path.is_empty() {
                return;
            }
            let whole = format!("{}{path}", groups.last().map_or("", String::as_str));
            if whole.starts_with("crate::") || whole.starts_with("super::") {
                found.push((whole, number + 1));
            }
            path.clear();
        };
        for letter in code.chars() {
            match letter {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | ':' => path.push(letter),
                '{' if path.ends_with("::") || !groups.is_empty() => {
                    groups.push(format!(
                        "{}{path}",
                        groups.last().map_or("", String::as_str)
                    ));
                    path.clear();
                }
                '}' if !groups.is_empty() => {
                    end(&mut path, &groups);
                    groups.pop();
                }
                _ => end(&mut path, &groups),
            }
        }
        end(&mut path, &groups);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYERS: &[Layer] = &[&["shop"], &["money"], &["base", "shop/row"]];

    fn tree(files: &[(&str, &str)]) -> Imports {
        let files: Vec<_> = files
            .iter()
            .map(|(module, text)| ((*module).to_owned(), (*text).to_owned()))
            .collect();
        imports(&files)
    }

    #[test]
    fn an_import_upwards_is_found_with_its_place() {
        let tree = tree(&[
            ("shop", "use crate::money::Fen;\n"),
            (
                "money",
                "//! Coins.\nuse crate::{\n    base::At,\n    shop::{Shop, Till},\n};\n",
            ),
            ("base", ""),
        ]);
        let faults = upwards("src/", &tree, LAYERS);
        assert!(
            faults[0].starts_with("src/money.rs:4: imports shop,"),
            "{faults:?}"
        );
    }

    #[test]
    fn the_longest_path_says_where_a_module_stands() {
        let tree = tree(&[
            ("shop/row", ""),
            ("money", "fn f() { crate::shop::row::find() }\n"),
        ]);
        assert!(upwards("src/", &tree, LAYERS).is_empty());
    }

    #[test]
    fn a_circle_is_found_at_each_of_its_imports() {
        let round = tree(&[
            ("a", "use super::b::B;\n"),
            ("b", "use crate::c::C;\n"),
            ("c", "use crate::a::A;\n"),
            ("d", "use crate::a::A;\n"),
        ]);
        assert_eq!(circles("src/", &round).len(), 3, "{round:?}");
        let straight = tree(&[("a", "use super::b::B;\n"), ("b", "// crate::a::A\n")]);
        assert!(circles("src/", &straight).is_empty());
    }

    #[test]
    fn what_tests_import_does_not_count() {
        let tests = "#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}\n";
        assert!(circles("src/", &tree(&[("a", "use crate::b::B;\n"), ("b", tests)])).is_empty());
    }

    #[test]
    fn another_name_is_the_same_import() {
        let text = "use crate::shop::{\n    row as shop_row,\n};\n";
        let tree = tree(&[("shop", ""), ("shop/row", ""), ("money", text)]);
        assert!(upwards("src/", &tree, LAYERS).is_empty());
        assert_eq!(tree["money"].len(), 1);
    }

    #[test]
    fn the_crates_keep_their_layers() {
        check().expect("no import leads upwards or in a circle");
    }
}
