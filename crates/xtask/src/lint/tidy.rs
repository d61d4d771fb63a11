//! House rules that no other tool knows.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};

use crate::{
    process::{command, run_quietly},
    project,
};

/// A file with more lines than this holds more than one idea.
const LONGEST: usize = 600;

/// Words that must not stand in a kind of file, and why.
struct Ban {
    endings: &'static [&'static str],
    folders: &'static [&'static str],
    words: &'static [&'static str],
    reason: &'static str,
}

/// Written in halves, or this file would break its own rules.
const BANS: [Ban; 5] = [
    Ban {
        endings: &["rs", "js", "ts", "css", "html", "toml", "md", "sh"],
        folders: &[""],
        words: &[
            concat!("TO", "DO"),
            concat!("FIX", "ME"),
            concat!("to", "do!("),
        ],
        reason: "unfinished work belongs in the tracker",
    },
    Ban {
        endings: &["js", "ts"],
        folders: &["src", "tests"],
        words: &[concat!("console", ".log")],
        reason: "left over from debugging",
    },
    Ban {
        endings: &["html", "rs"],
        folders: &["index.html", "src"],
        words: &[concat!("style", "=\"")],
        reason: "the content policy drops such styles; use a class or style:name",
    },
    Ban {
        endings: &["json", "lock", "toml", "npmrc"],
        folders: &[""],
        words: &[
            concat!("\"resol", "ved\""),
            concat!("registry.", "npmjs"),
            concat!("arti", "factory"),
        ],
        reason: "which registry packages come from is the machine's choice",
    },
    Ban {
        endings: &["html"],
        folders: &["index.html"],
        words: &[
            concat!("on", "click="),
            concat!("on", "load="),
            concat!("java", "script:"),
        ],
        reason: "the content policy drops inline script",
    },
];

/// Checks every file that belongs to the project.
///
/// # Errors
/// When a file breaks a rule; all of them are named.
pub(super) fn check() -> Result<()> {
    let listed = run_quietly(command("git").args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))
    .context("listing the project's files")?;
    let mut faults = Vec::new();
    for name in listed.lines() {
        // Pictures are not text, and a listed file may just have been removed.
        if let Ok(text) = fs::read_to_string(project::path(name)) {
            faults.extend(faults_in(name, &text));
        }
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

fn faults_in(name: &str, text: &str) -> Vec<String> {
    let ending = Path::new(name).extension().unwrap_or_default();
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if ["rs", "ts", "css", "js"]
        .iter()
        .any(|known| ending == *known)
        && lines > LONGEST
    {
        faults.push(format!(
            "{name}: {lines} lines; no file has more than {LONGEST}"
        ));
    }
    let bans = BANS.iter().filter(|ban| {
        ban.endings.iter().any(|known| ending == *known)
            && ban
                .folders
                .iter()
                .any(|folder| Path::new(name).starts_with(folder))
    });
    for ban in bans {
        for (number, line) in text.lines().enumerate() {
            for word in ban.words.iter().filter(|word| line.contains(**word)) {
                faults.push(format!("{name}:{}: {word}: {}", number + 1, ban.reason));
            }
        }
    }
    if name == "index.html" {
        faults.extend(inline_scripts(text));
    }
    faults
}

/// Script elements with a body; data blocks are not run, so they may stay.
fn inline_scripts(document: &str) -> Vec<String> {
    document
        .split("<script")
        .skip(1)
        .filter(|element| {
            let tag = element.split('>').next().unwrap_or_default();
            !tag.contains("src=") && !tag.contains("application/json")
        })
        .map(|_| "index.html: inline script: the content policy drops it".to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_work_is_found_with_its_place() {
        let text = format!("fn a() {{}}\n// {}\n", concat!("TO", "DO later"));
        let faults = faults_in("crates/a/src/lib.rs", &text);
        assert!(
            faults[0].starts_with("crates/a/src/lib.rs:2:"),
            "{faults:?}"
        );
    }

    #[test]
    fn style_attributes_are_found_in_the_page_alone() {
        let text = concat!("<p sty", "le=\"color: red\">");
        assert_eq!(faults_in("index.html", text).len(), 1);
        assert_eq!(faults_in("src/pages/shop.rs", text).len(), 1);
        assert!(faults_in("crates/sandbox/src/page.rs", text).is_empty());
    }

    #[test]
    fn long_files_are_found() {
        assert_eq!(faults_in("src/a.rs", &"\n".repeat(LONGEST + 1)).len(), 1);
        assert!(faults_in("src/a.rs", &"\n".repeat(LONGEST)).is_empty());
        assert!(faults_in("docs/a.md", &"\n".repeat(LONGEST + 1)).is_empty());
    }

    #[test]
    fn scripts_may_be_loaded_but_not_written_into_the_page() {
        assert!(inline_scripts("<script defer src=\"/a.js\"></script>").is_empty());
        assert!(inline_scripts("<script type=\"application/json\">{}</script>").is_empty());
        assert_eq!(inline_scripts("<script>start()</script>").len(), 1);
    }
}
