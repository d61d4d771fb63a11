//! Every command a person or a build server runs in this project: `cargo xtask`.

mod build;
// mod e2e;
// mod lint;
mod postgres;
mod process;
mod project;
// mod serve;
// mod services;
mod setup;
mod size;
mod steps;
// mod test;
// mod web;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Builds, serves and tests the shop. Whatever a command needs and the machine lacks,
/// it installs first.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install everything that building and testing need; does nothing when all is there
    Setup,
    /// Build the page into dist/
    Build(build::Options),
    /// Weigh what the first screen loads, and fail when it grew by more than 2 %
    Size(size::Options),
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Setup => setup::ensure(setup::Needs::all()),
        Command::Build(options) => build::run(&options),
        Command::Size(options) => size::run(&options),
    }
}
