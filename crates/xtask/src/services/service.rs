//! One program that runs until it is told to stop.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::stop;

/// How long a program may take to answer for the first time.
const START_LIMIT: Duration = Duration::from_secs(60);

/// How long a program may take to finish what it is doing once told to stop.
const STOP_LIMIT: Duration = Duration::from_secs(10);

const PAUSE: Duration = Duration::from_millis(50);

/// Where a program says that it is ready.
pub(crate) struct Health {
    /// The address it listens on.
    pub(crate) address: SocketAddr,
    /// The path that answers 200 once it is ready.
    pub(crate) path: &'static str,
}

/// A running program, stopped when dropped.
pub(crate) struct Service {
    name: &'static str,
    child: Child,
}

impl Service {
    /// Starts a program and waits until it is ready.
    ///
    /// # Errors
    /// When it does not start, ends, or stays silent for too long.
    pub(crate) fn start(name: &'static str, command: &mut Command, health: Health) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("starting the {name}"))?;
        let mut service = Self { name, child };
        let started = Instant::now();
        while !health.answers() {
            if let Some(status) = service.ended()? {
                bail!("the {name} ended before it was ready ({status})");
            }
            if started.elapsed() > START_LIMIT {
                bail!(
                    "the {name} did not answer on {} within a minute",
                    health.address
                );
            }
            stop::check()?;
            thread::sleep(PAUSE);
        }
        Ok(service)
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    /// When the system does not say.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child
            .try_wait()
            .with_context(|| format!("asking after the {}", self.name))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let pid = i32::try_from(self.child.id()).map(Pid::from_raw);
        if let (Ok(None), Ok(pid)) = (self.child.try_wait(), pid) {
            let _ = kill(pid, Signal::SIGTERM);
        }
        let told = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if told.elapsed() > STOP_LIMIT {
                eprintln!("the {} does not stop; ending it", self.name);
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            thread::sleep(PAUSE);
        }
    }
}

impl Health {
    fn answers(&self) -> bool {
        self.ask()
            .is_ok_and(|status| status.split(' ').nth(1) == Some("200"))
    }

    fn ask(&self) -> Result<String> {
        let limit = Duration::from_secs(2);
        let mut stream = TcpStream::connect_timeout(&self.address, limit)?;
        stream.set_read_timeout(Some(limit))?;
        let (path, address) = (self.path, self.address);
        let question =
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(question.as_bytes())?;
        let mut answer = String::new();
        stream.take(64).read_to_string(&mut answer)?;
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;

    #[test]
    fn a_program_that_ends_at_once_is_an_error_and_not_a_wait() {
        let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap()
            .local_addr()
            .unwrap();
        let health = Health {
            address: nobody,
            path: "/",
        };
        let started = Service::start("trial", &mut Command::new("false"), health);
        assert!(
            started
                .err()
                .unwrap()
                .to_string()
                .contains("ended before it was ready")
        );
    }

    #[test]
    fn only_200_counts_as_ready() {
        for (status, ready) in [("200 OK", true), ("503 Service Unavailable", false)] {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let address = listener.local_addr().unwrap();
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            let server = thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = stream.read(&mut [0; 1024]).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
            });
            assert_eq!(
                Health {
                    address,
                    path: "/readyz"
                }
                .answers(),
                ready
            );
            server.join().unwrap();
        }
    }
}
