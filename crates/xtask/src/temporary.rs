//! A folder that goes away with the value that stands for it.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, Result};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A folder of this process alone, removed when dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Makes an empty folder; the name only helps a person who looks for it.
    ///
    /// # Errors
    /// When the system's temporary folder cannot be written to.
    pub(crate) fn new(name: &str) -> Result<Self> {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("recharge-{name}-{}-{count}", process::id()));
        fs::create_dir(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} stays behind: {error}", self.0.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_folders_differ_and_both_go_away() {
        let (one, two) = (Folder::new("trial").unwrap(), Folder::new("trial").unwrap());
        fs::write(one.path().join("file"), "content").unwrap();
        assert_ne!(one.path(), two.path());
        let path = one.path().to_owned();
        drop(one);
        assert!(!path.exists() && two.path().exists());
    }
}
