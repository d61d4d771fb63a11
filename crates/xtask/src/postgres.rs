//! pg
use std::path::PathBuf;
pub(crate) fn bin_dir() -> Option<PathBuf> {
    None
}
