//! The gateway as a process of its own.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::{Parser, Subcommand};
use gateway::{Config, command::platform, config, handles, log};
use tokio::signal::unix::{SignalKind, signal};

/// The server behind the recharge page.
#[derive(Parser)]
#[command(name = "gateway", version)]
struct Arguments {
    /// Configuration file; environment variables override it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Check the configuration and exit
    #[arg(long)]
    check: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What is done instead of serving.
#[derive(Subcommand)]
enum Command {
    /// Ask the card platform for one of its 71 operations
    Platform(platform::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match config::load(arguments.config.as_deref()) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("gateway: {error}");
            return ExitCode::from(2);
        }
    };
    if arguments.check {
        println!("the configuration is good");
        return ExitCode::SUCCESS;
    }
    let done = match arguments.command {
        Some(Command::Platform(arguments)) => platform::run(&config, arguments).await,
        None => run(config).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gateway: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(config: Config) -> anyhow::Result<()> {
    tokio::spawn(log::to_stdout(&config.log)?.tell());
    if let Err(error) = handles::raise() {
        tracing::warn!(%error, "the process may open no more files than it was given");
    }
    let mut terminated =
        signal(SignalKind::terminate()).context("SIGTERM cannot be listened for")?;
    let server = gateway::start(config).await?;
    tokio::select! {
        _ = terminated.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted.context("Ctrl-C cannot be listened for")?,
    }
    server.shutdown().await
}
