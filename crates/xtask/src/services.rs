//! The programs that make a running shop: the sandbox, and the gateway before it.

mod service;

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

pub(crate) use service::Service;

use crate::{
    process::{self, cargo, command},
    project, wallets,
};

/// Which Cargo profile the servers are built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Slower to build, as people run it.
    Release,
    /// Quicker to build, with debug checks.
    Dev,
}

/// What else would stop a browser that plays a hundred buyers.
const LIMITS: [&str; 7] = [
    "RECHARGE__LIMITS__LOOKUPS_PER_MINUTE",
    "RECHARGE__LIMITS__LOOKUPS_PER_CARD_PER_MINUTE",
    "RECHARGE__LIMITS__SEARCHES_PER_MINUTE",
    "RECHARGE__LIMITS__ORDERS_PER_MINUTE",
    "RECHARGE__LIMITS__OPEN_ORDERS_PER_CARD",
    "RECHARGE__LIMITS__OPEN_ORDERS_PER_ADDRESS",
    "RECHARGE__LIMITS__QUESTIONS_PER_MINUTE",
];

/// Where a running shop is to be.
pub(crate) struct Place {
    /// The address that both programs listen on.
    pub(crate) listen: IpAddr,
    /// The address that a browser reaches them at.
    pub(crate) public: IpAddr,
    /// The gateway's port.
    pub(crate) port: u16,
    /// The sandbox's port.
    pub(crate) sandbox_port: u16,
    /// The port of its example apps.
    pub(crate) hosts_port: u16,
    /// The address of the gateway's database.
    pub(crate) database: String,
    /// One browser may ask as often as a test wants.
    pub(crate) unlimited: bool,
    /// Merchants of the shop's own take the money, where there are keys for them.
    pub(crate) wallets: Option<wallets::Keys>,
}

/// A gateway and its sandbox, stopped when dropped.
pub(crate) struct Shop {
    /// The gateway.
    pub(crate) gateway: Service,
    /// The sandbox.
    pub(crate) sandbox: Service,
}

/// Builds the gateway and the sandbox.
///
/// # Errors
/// When they do not compile.
pub(crate) fn build(profile: Profile) -> Result<()> {
    let mut build = cargo(&[
        "build",
        "--package",
        "gateway",
        "--package",
        "sandbox",
        "--bins",
    ]);
    if profile == Profile::Release {
        build.arg("--release");
    }
    process::run(&mut build)
}

/// A program of ours that [`build`] has built.
///
/// # Errors
/// When the output folder is unknown.
pub(crate) fn program(name: &str, profile: Profile) -> Result<PathBuf> {
    let folder = if profile == Profile::Release {
        "release"
    } else {
        "debug"
    };
    Ok(project::target_dir()?.join(folder).join(name))
}

impl Place {
    /// Free ports on this machine alone, with a folder of their own.
    ///
    /// # Errors
    /// When there is no free port.
    pub(crate) fn throw_away(folder: &Path) -> Result<Self> {
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Ok(Self {
            listen: here,
            public: here,
            port: free_port()?,
            sandbox_port: free_port()?,
            hosts_port: free_port()?,
            database: sqlite_in(folder),
            unlimited: true,
            wallets: None,
        })
    }

    /// What a browser calls the gateway.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", SocketAddr::new(self.public, self.port))
    }

    /// What a browser calls the sandbox.
    pub(crate) fn sandbox_url(&self) -> String {
        format!("http://{}", SocketAddr::new(self.public, self.sandbox_port))
    }

    /// What a browser calls the sandbox's example apps.
    pub(crate) fn hosts_url(&self) -> String {
        format!("http://{}", SocketAddr::new(self.public, self.hosts_port))
    }

    /// The gateway's settings, all by environment: in front of the sandbox, on SQLite.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("RECHARGE__MODE", "demo".into()),
            (
                "RECHARGE__HTTP__LISTEN",
                SocketAddr::new(self.listen, self.port).to_string(),
            ),
            ("RECHARGE__HTTP__PUBLIC_URL", self.url()),
            (
                "RECHARGE__HTTP__STATIC_DIR",
                project::path("dist").display().to_string(),
            ),
            ("RECHARGE__HTTP__FRAME_ANCESTORS", self.hosts_url()),
            (
                "RECHARGE__PAYMENTS__MINI_PROGRAM_PATH",
                "/pages/pay/pay".into(),
            ),
            ("RECHARGE__DATABASE__URL", self.database.clone()),
            ("RECHARGE__SHINGSOU__API_BASE", self.sandbox_url()),
            ("RECHARGE__SHINGSOU__IDENTITY_BASE", self.sandbox_url()),
            ("RECHARGE__SHINGSOU__CLIENT_ID", "sandbox-client".into()),
            ("RECHARGE__SHINGSOU__CLIENT_SECRET", "sandbox-secret".into()),
            (
                "RECHARGE__SHINGSOU__SUBSCRIPTION_KEY",
                "sandbox-subscription-key".into(),
            ),
        ];
        if self.unlimited {
            settings.extend(LIMITS.iter().map(|limit| (*limit, "100000".into())));
        }
        if let Some(keys) = &self.wallets {
            settings.extend(keys.settings());
        }
        settings
    }

    /// Starts both programs and waits until they answer; their words go to files in `logs`,
    /// or else are shown.
    ///
    /// # Errors
    /// When one ends or stays silent.
    pub(crate) fn start(
        &self,
        profile: Profile,
        sandbox_options: &[&str],
        logs: Option<&Path>,
    ) -> Result<Shop> {
        let mut sandbox = command(program("sandbox", profile)?);
        sandbox
            .args([
                "--listen",
                &SocketAddr::new(self.listen, self.sandbox_port).to_string(),
            ])
            .args(["--public-url", &self.sandbox_url()])
            .args(["--shop", &self.url()])
            .args([
                "--hosts-listen",
                &SocketAddr::new(self.listen, self.hosts_port).to_string(),
            ])
            .args(["--hosts-url", &self.hosts_url()])
            .args(sandbox_options);
        log_to(&mut sandbox, logs, "sandbox.log")?;
        let sandbox = Service::start(
            "sandbox",
            &mut sandbox,
            self.health(self.sandbox_port, "/healthz"),
        )?;
        let mut gateway = command(program("gateway", profile)?);
        gateway.envs(self.settings());
        log_to(&mut gateway, logs, "gateway.log")?;
        let gateway = Service::start("gateway", &mut gateway, self.health(self.port, "/readyz"))?;
        Ok(Shop { gateway, sandbox })
    }

    /// Where a program of this place says that it is ready; the public address always answers.
    fn health(&self, port: u16, path: &'static str) -> service::Health {
        service::Health {
            address: SocketAddr::new(self.public, port),
            path,
        }
    }
}

/// The address of a SQLite database in a folder.
pub(crate) fn sqlite_in(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("recharge.db").display())
}

/// Whether a program can listen there.
pub(crate) fn is_free(address: SocketAddr) -> bool {
    TcpListener::bind(address).is_ok()
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}

/// Sends what a program says to a file, where one is wanted.
fn log_to(command: &mut Command, folder: Option<&Path>, name: &str) -> Result<()> {
    if let Some(folder) = folder {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let log = fs::File::create(folder.join(name))?;
        command.stderr(log.try_clone()?).stdout(log);
    }
    Ok(())
}
