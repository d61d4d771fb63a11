//! The two encodings that every browser takes, at their strongest: files are compressed once
//! and sent many times.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

const BROTLI_QUALITY: i32 = 11;
const BROTLI_WINDOW: i32 = 22;

/// Endings of files that shrink; pictures and fonts are compressed already.
const COMPRESSIBLE: [&str; 9] = [
    "css",
    "html",
    "js",
    "json",
    "svg",
    "txt",
    "wasm",
    "webmanifest",
    "xml",
];

/// Puts `X.br` and `X.gz` beside every file that they make smaller.
///
/// # Errors
/// When a file cannot be read or written.
pub(super) fn folder(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            self::folder(&path)?;
        } else if is_compressible(&path) {
            let content = fs::read(&path)?;
            for (ending, packed) in [("br", brotli(&content)?), ("gz", gzip(&content)?)] {
                if packed.len() < content.len() {
                    fs::write(with_ending(&path, ending), packed)?;
                }
            }
        }
    }
    Ok(())
}

/// Packs with brotli 11.
///
/// # Errors
/// None in practice: the writer is memory.
pub(crate) fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut packed, &parameters)?;
    Ok(packed)
}

/// Packs with gzip 9.
///
/// # Errors
/// As [`brotli()`].
pub(crate) fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn is_compressible(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| COMPRESSIBLE.iter().any(|known| ending == *known))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_shrink_text_and_give_it_back() {
        let text = b"traffic ".repeat(500);
        let packed = brotli(&text).unwrap();
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &packed[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, text);
        assert!(gzip(&text).unwrap().len() < text.len() / 10);
    }

    #[test]
    fn pictures_are_left_alone() {
        assert!(!is_compressible(Path::new("icon.png")));
        assert!(is_compressible(Path::new("a/storefront.wasm")));
    }
}
