//! File names that say what is in the file, so that a browser may keep it for ever.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

/// How much of the hash a name carries, in bytes: enough that two builds never meet.
const HASH_BYTES: usize = 8;

/// `style.css` becomes `style-<hash of the content>.css`.
pub(super) fn by_content(name: &str, content: &[u8]) -> String {
    let mut hash = String::new();
    for byte in &Sha256::digest(content)[..HASH_BYTES] {
        let _ = write!(hash, "{byte:02x}");
    }
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}-{hash}.{ending}"),
        None => format!("{name}-{hash}"),
    }
}

/// Gives a file its new name wherever the document mentions it.
///
/// # Errors
/// When the document does not mention it: then the page would lack it.
pub(super) fn rename(document: &str, old: &str, new: &str) -> Result<String> {
    let (old, new) = (format!("\"/{old}\""), format!("\"/{new}\""));
    ensure!(document.contains(&old), "index.html does not load {old}");
    Ok(document.replace(&old, &new))
}

/// Leaves to the loader what comes after the first screen: the program's second part, and the style sheet that only its
/// screens need.
///
/// # Errors
/// When the document does not load the sheet, or does not say where the first part is.
pub(super) fn set_later(document: &str, second: &str, style: &str) -> Result<String> {
    const FIRST: &str = " data-wasm=";
    let link = format!("<link rel=\"stylesheet\" href=\"/{style}\"/>");
    ensure!(document.contains(&link), "index.html has no {link}");
    ensure!(document.contains(FIRST), "index.html has no{FIRST}…");
    let later = format!(" data-second=\"/{second}\" data-style=\"/{style}\"{FIRST}");
    Ok(document.replace(&link, "").replace(FIRST, &later))
}

/// Replaces what stands in the document's one `<style>` element.
///
/// # Errors
/// When there is no such element, or a second one: the answer's policy allows one by its hash.
pub(super) fn set_style(document: &str, style: &str) -> Result<String> {
    const MISSING: &str = "index.html has no <style>: critical.css is not inlined";
    let start = document.find("<style").context(MISSING)?;
    let open = start + document[start..].find('>').context(MISSING)?;
    let close = open + document[open..].find("</style>").context(MISSING)?;
    ensure!(
        !document[close..].contains("<style"),
        "index.html has more than one <style>"
    );
    Ok(format!(
        "{}<style>{style}{}",
        &document[..start],
        &document[close..]
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_changes_with_the_content_and_keeps_its_ending() {
        let name = by_content("storefront_bg.wasm", b"one");
        assert!(
            name.starts_with("storefront_bg-") && name.ends_with(".wasm"),
            "{name}"
        );
        assert_eq!(name.len(), "storefront_bg-.wasm".len() + 2 * HASH_BYTES);
        assert_ne!(name, by_content("storefront_bg.wasm", b"two"));
    }

    #[test]
    fn a_file_that_nothing_loads_is_an_error() {
        let page = r#"<link href="/main.css"><script src="/loader.js" data-css="/main.css">"#;
        let renamed = rename(page, "main.css", "main-1.css").unwrap();
        assert_eq!(renamed.matches("/main-1.css").count(), 2);
        assert!(rename(page, "other.css", "other-1.css").is_err());
    }

    #[test]
    fn one_style_element_is_replaced_and_two_are_refused() {
        let page = "<head><style type=\"text/css\">@import 'x';</style></head>";
        assert_eq!(
            set_style(page, "a{}").unwrap(),
            "<head><style>a{}</style></head>"
        );
        assert!(set_style("<style></style><style></style>", "").is_err());
        assert!(set_style("<head></head>", "").is_err());
    }
}
