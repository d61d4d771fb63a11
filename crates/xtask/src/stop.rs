//! Ctrl-C: what was started is stopped before this program ends.

use std::sync::{
    OnceLock,
    atomic::{AtomicBool, Ordering},
};

use anyhow::{Result, bail};

static ASKED: AtomicBool = AtomicBool::new(false);
static LISTENING: OnceLock<()> = OnceLock::new();

/// From now on a request to stop is noted instead of obeyed at once.
pub(crate) fn listen() {
    LISTENING.get_or_init(|| {
        // Without a handler the system's own way of stopping stays in force.
        let _ = ctrlc::set_handler(|| ASKED.store(true, Ordering::SeqCst));
    });
}

/// Whether someone asked to stop.
pub(crate) fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// Turns a request to stop into an error, so that everything on the way out is cleaned up.
///
/// # Errors
/// When someone asked to stop.
pub(crate) fn check() -> Result<()> {
    if asked() {
        bail!("stopped");
    }
    Ok(())
}
