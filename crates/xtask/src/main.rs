//! Every command a person or a build server runs in this project: `cargo xtask`.

mod build;
mod e2e;
mod engines;
mod lighthouse;
mod lint;
mod naive;
mod peers;
mod postgres;
mod process;
mod project;
mod schemathesis;
mod serve;
mod services;
mod setup;
mod size;
mod steps;
mod stop;
mod tally;
mod temporary;
mod test;
mod wallets;
mod web;

use std::process::ExitCode;

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
    /// Serve the shop on this machine (port 8080), with SQLite and the sandbox beside it
    Serve(serve::Options),
    /// Run every test, browsers included, and print the time of each part
    Test(test::Options),
    /// Build the page into dist/
    Build(build::Options),
    /// Weigh what the first screen loads, and fail when it grew by more than 2 %
    Size(size::Options),
    /// Measure how fast the first screen is on a slow phone, and fail when its layout shifts
    Lighthouse(lighthouse::Options),
    /// Try the page's components in a browser
    Components(web::Options),
    /// Play through the shop in a real browser (arguments go to Playwright)
    E2e(e2e::Options),
    /// Buy on engines years old and on WebKit, from the card's number to the credit
    Engines(engines::Options),
    /// Let payment SDKs that nobody here wrote meet the sandbox and the gateway
    Peers(peers::Options),
    /// Compare what the interface answers with what its description says
    Schemathesis(schemathesis::Options),
    /// Take the guards out of a copy of the gateway, and see that the tests notice
    Naive,
    /// Check format, lints, documentation, tidiness and dependencies
    Lint,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Setup => setup::ensure(setup::Needs::all()),
        Command::Serve(options) => serve::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Build(options) => build::run(&options),
        Command::Size(options) => size::run(&options),
        Command::Lighthouse(options) => lighthouse::run(&options),
        Command::Components(options) => web::run_all(&options),
        Command::E2e(options) => e2e::run_all(&options),
        Command::Engines(options) => engines::run_all(&options),
        Command::Peers(options) => peers::run_all(&options),
        Command::Schemathesis(options) => schemathesis::run_all(&options),
        Command::Naive => setup::ensure(setup::Needs::all()).and_then(|()| naive::run_all()),
        Command::Lint => lint::run_all(),
    }
}
