//! Programs that the system's package manager provides.

use std::{path::Path, process::Command};

use anyhow::{Result, bail};

use super::Needs;
use crate::{
    process::{run, run_quietly, which},
    steps::step,
};

/// A Debian package and the way to tell that it, or an equal, is there.
pub(super) struct Package {
    name: &'static str,
    purpose: &'static str,
    present: fn() -> bool,
}

const BROWSER: [Package; 4] = [
    Package {
        name: "chromium",
        purpose: "the browser that the tests drive",
        present: || which("chromium").is_some(),
    },
    Package {
        name: "chromium-driver",
        purpose: "drives the browser for the component tests",
        present: || which("chromedriver").is_some(),
    },
    Package {
        name: "fonts-noto-cjk",
        purpose: "Chinese letters in screenshots",
        present: || {
            Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists()
                || run_quietly(Command::new("fc-list").args([":lang=zh-cn", "family"]))
                    .is_ok_and(|fonts| !fonts.trim().is_empty())
        },
    },
    Package {
        name: "zbar-tools",
        purpose: "reads QR codes back from screenshots",
        present: || which("zbarimg").is_some(),
    },
];

const POSTGRES: [Package; 1] = [Package {
    name: "postgresql",
    purpose: "the gateway's tests on a throw-away PostgreSQL",
    present: || crate::postgres::bin_dir().is_some(),
}];

const PEERS: [Package; 1] = [Package {
    name: "python3-venv",
    purpose: "a place for the Python packages that the tests need",
    present: super::python::can_make_environments,
}];

const ENGINES: [Package; 3] = [
    Package {
        name: "firefox-esr",
        purpose: "Firefox, of a family of its own",
        present: || which("firefox-esr").is_some(),
    },
    Package {
        name: "webkit2gtk-driver",
        purpose: "WebKit, with a driver for the tests",
        present: || which("WebKitWebDriver").is_some(),
    },
    Package {
        name: "xvfb",
        purpose: "a screen in memory for WebKit",
        present: || which("Xvfb").is_some(),
    },
];

/// The packages that are needed and not there.
pub(super) fn missing(needs: Needs) -> Vec<&'static Package> {
    let browser = BROWSER.iter().filter(|_| needs.browser);
    let postgres = POSTGRES.iter().filter(|_| needs.postgres);
    let peers = PEERS.iter().filter(|_| needs.peers || needs.interface);
    let engines = ENGINES.iter().filter(|_| needs.engines);
    browser
        .chain(postgres)
        .chain(peers)
        .chain(engines)
        .filter(|package| !(package.present)())
        .collect()
}

/// Installs packages, all in one go.
///
/// # Errors
/// When this is not Debian or not root, naming each package and what it is for.
pub(super) fn install(packages: &[&Package]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = packages.iter().map(|package| package.name).collect();
    if !available() {
        let list: String = packages
            .iter()
            .map(|package| format!("\n  {:<16} {}", package.name, package.purpose))
            .collect();
        bail!(
            "these programs are missing and only root on a system with apt can install them \
             from here:{list}\nInstall them (on Debian or Ubuntu: sudo apt-get install {}) \
             and run the command again.",
            names.join(" ")
        );
    }
    step(&format!("install {}", names.join(", ")), || apt_get(&names))
}

/// Whether packages can be installed from here.
pub(super) fn available() -> bool {
    which("apt-get").is_some() && nix::unistd::geteuid().is_root()
}

/// Installs Debian packages by name.
///
/// # Errors
/// When apt refuses.
pub(super) fn apt_get(names: &[&str]) -> Result<()> {
    // Old package lists name versions that are gone; a failed update is shown by the install.
    let _ = run_quietly(Command::new("apt-get").args(["update", "-qq"]));
    run(Command::new("apt-get")
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(names)
        .env("DEBIAN_FRONTEND", "noninteractive"))
}
