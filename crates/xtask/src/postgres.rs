//! A throw-away PostgreSQL for tests, gone when dropped.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use nix::unistd::{User, geteuid};

use crate::{
    process::{run_quietly, which},
    temporary::Folder,
};

/// Nothing here outlives the tests, so nothing needs to reach the disk.
const SETTINGS: [&str; 5] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "logging_collector=off",
];

/// A running PostgreSQL with an empty database `postgres`. It is stopped before its folder goes.
pub(crate) struct Postgres {
    bin: PathBuf,
    folder: Folder,
    port: u16,
}

impl Postgres {
    /// Makes a cluster in a temporary folder and starts it on a free port of this machine.
    ///
    /// # Errors
    /// When PostgreSQL is missing or does not start.
    pub(crate) fn start() -> Result<Self> {
        let bin = bin_dir().context("PostgreSQL is missing: run `cargo xtask setup`")?;
        let folder = Folder::new("postgres")?;
        hand_over(folder.path())?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let server = Self { bin, folder, port };
        server.initialise()?;
        // The log goes to a file, or the server would keep this program's output open.
        let mut start = server.tool("pg_ctl");
        start.args(["start", "-w", "-D"]).arg(server.data());
        start.arg("-l").arg(server.folder.path().join("log"));
        run_quietly(start.args(["-o", &server.settings()]))?;
        Ok(server)
    }

    /// The address of its empty database, for a superuser.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn initialise(&self) -> Result<String> {
        run_quietly(self.tool("initdb").arg("-D").arg(self.data()).args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]))
    }

    fn settings(&self) -> String {
        let mut settings = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{}'",
            self.port,
            self.folder.path().display()
        );
        for setting in SETTINGS {
            settings.push_str(" -c ");
            settings.push_str(setting);
        }
        settings
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// One of PostgreSQL's programs, as a user that it accepts: it refuses to run as root.
    fn tool(&self, name: &str) -> Command {
        let program = self.bin.join(name);
        let mut command = if geteuid().is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", user(), "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path()).env("LC_ALL", "C");
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if !self.data().join("postmaster.pid").exists() {
            return;
        }
        let mut stop = self.tool("pg_ctl");
        stop.args(["stop", "-w", "-m", "immediate", "-D"])
            .arg(self.data());
        if let Err(error) = run_quietly(&mut stop) {
            eprintln!("the throw-away PostgreSQL did not stop: {error:#}");
        }
    }
}

/// Where PostgreSQL's server programs are; distributions keep them off the search path.
pub(crate) fn bin_dir() -> Option<PathBuf> {
    if let Some(initdb) = which("initdb") {
        return initdb.parent().map(Path::to_owned);
    }
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut folders: Vec<_> = versions
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    folders.sort();
    folders.pop()
}

/// Lets the user that PostgreSQL runs as into the folder.
fn hand_over(folder: &Path) -> Result<()> {
    if geteuid().is_root() {
        let user = User::from_name(user())?.context("no user to run PostgreSQL as")?;
        chown(folder, Some(user.uid.as_raw()), Some(user.gid.as_raw()))?;
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    Ok(())
}

/// Whom root runs PostgreSQL as.
fn user() -> &'static str {
    match User::from_name("postgres") {
        Ok(Some(_)) => "postgres",
        _ => "nobody",
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn it_answers_while_it_lives_and_leaves_nothing_behind() {
        if bin_dir().is_none() {
            println!("skipped: PostgreSQL is not installed");
            return;
        }
        let server = Postgres::start().unwrap();
        let (port, folder) = (server.port, server.folder.path().to_owned());
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
        drop(server);
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
        assert!(!folder.exists());
    }
}
