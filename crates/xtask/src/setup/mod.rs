//! Installs what the machine lacks; does nothing when all is there.

mod apt;
mod node;
mod python;
mod std_source;
mod tools;

pub(crate) use node::{module_bin, node_path};
pub(crate) use python::{INTERFACE, PEERS};
pub(crate) use std_source::{Std, find as find_std};
pub(crate) use tools::{geckodriver, trunk, wasm_bindgen_dir};

use anyhow::Result;

/// What a command needs beyond a Rust toolchain.
#[derive(Clone, Copy, Default)]
pub(crate) struct Needs {
    page: bool,
    browser: bool,
    postgres: bool,
    peers: bool,
    interface: bool,
    engines: bool,
    lighthouse: bool,
}

impl Needs {
    /// Enough to build the page and to serve it.
    pub(crate) fn page() -> Self {
        Self {
            page: true,
            ..Self::default()
        }
    }

    /// Enough to play through the shop in a browser.
    pub(crate) fn browser() -> Self {
        Self {
            page: true,
            browser: true,
            ..Self::default()
        }
    }

    /// Enough to play the purchase on old engines, which share libraries and fonts with today's browser, and on WebKit.
    pub(crate) fn engines() -> Self {
        Self {
            engines: true,
            ..Self::browser()
        }
    }

    /// Enough to measure the first screen.
    pub(crate) fn lighthouse() -> Self {
        Self {
            lighthouse: true,
            ..Self::browser()
        }
    }

    /// Enough to run the payment SDKs.
    pub(crate) fn peers() -> Self {
        Self {
            peers: true,
            ..Self::default()
        }
    }

    /// Enough to compare the interface with its description.
    pub(crate) fn interface() -> Self {
        Self {
            interface: true,
            ..Self::default()
        }
    }

    /// Everything that any command needs.
    pub(crate) fn all() -> Self {
        Self {
            page: true,
            browser: true,
            postgres: true,
            peers: true,
            interface: true,
            engines: true,
            lighthouse: true,
        }
    }
}

/// Installs what is missing.
///
/// # Errors
/// When something cannot be installed from here; the message says what to install by hand.
pub(crate) fn ensure(needs: Needs) -> Result<()> {
    if needs.page {
        std_source::ensure()?;
    }
    let packages = apt::missing(needs);
    apt::install(&packages)?;
    if needs.page {
        node::ensure(node::PAGE)?;
        tools::ensure()?;
    }
    if needs.peers {
        node::ensure(node::PEERS)?;
        PEERS.ensure()?;
    }
    if needs.interface {
        INTERFACE.ensure()?;
    }
    if needs.engines {
        node::ensure(node::ENGINES)?;
        tools::ensure_geckodriver()?;
    }
    if needs.lighthouse {
        node::ensure(node::LIGHTHOUSE)?;
    }
    Ok(())
}
