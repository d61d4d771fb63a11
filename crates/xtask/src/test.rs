//! Every test there is, the cheap ones first.

use std::{
    num::NonZeroU8,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::Result;
use clap::Args;

use crate::{
    build::{self, Mode},
    e2e, engines, lighthouse, lint, naive, peers,
    postgres::Postgres,
    process::{self, cargo},
    services::{self, Profile},
    setup::{self, Needs},
    size,
    steps::{human, step},
    stop,
    tally::Tally,
    web,
};

/// How often the first screen is measured: its layout is what fails here, and shows the first time.
const TIMES: NonZeroU8 = NonZeroU8::MIN;

/// Which tests are run.
#[derive(Args)]
pub(crate) struct Options {
    /// Leave out what needs a browser
    #[arg(long)]
    fast: bool,
}

/// What was run and how it went.
#[derive(Default)]
struct Report {
    parts: Vec<(&'static str, Duration, bool)>,
    tally: Tally,
}

/// Installs what is missing and runs every test.
///
/// # Errors
/// On the first part that fails.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut report = Report::default();
    let result = parts(options, &mut report);
    report.print();
    result
}

fn parts(options: &Options, report: &mut Report) -> Result<()> {
    stop::listen();
    report.part("setup", |_| setup::ensure(Needs::all()))?;
    report.part("lint", |_| lint::check())?;
    report.part("tests", host_tests)?;
    report.part("naive", |_| naive::run_all())?;
    report.part("servers", |_| services::build(Profile::Dev))?;
    report.part("peers", |tally| {
        peers::play(&peers::Options::default(), tally)
    })?;
    if options.fast {
        return Ok(());
    }
    report.part("components", |tally| {
        web::play(&web::Options::default(), tally)
    })?;
    report.part("page", |_| build::page(Mode::Release))?;
    report.part("size", |_| size::check(false))?;
    report.part("lighthouse", |_| lighthouse::measure(TIMES))?;
    report.part("e2e", |tally| e2e::play(&[], tally))?;
    report.part("engines", |tally| {
        engines::play(&engines::Options::default(), tally)
    })
}

/// The workspace's own tests, with a PostgreSQL that goes away afterwards.
fn host_tests(tally: &mut Tally) -> Result<()> {
    let mut test = cargo(&["test", "--workspace"]);
    // Compiled before the database is up, so that its output is seen as it comes.
    process::run(
        Command::new(test.get_program())
            .args(test.get_args())
            .arg("--no-run"),
    )?;
    let postgres = Postgres::start()?;
    // Most tests wait for what takes its time, so more of them than cores run at once.
    test.args(["--quiet", "--", "--test-threads=6"])
        .env("TEST_POSTGRES_URL", postgres.url());
    tally.run(&mut test)
}

impl Report {
    fn part(
        &mut self,
        name: &'static str,
        work: impl FnOnce(&mut Tally) -> Result<()>,
    ) -> Result<()> {
        stop::check()?;
        let started = Instant::now();
        let result = step(name, || work(&mut self.tally));
        self.parts.push((name, started.elapsed(), result.is_ok()));
        result
    }

    fn print(&self) {
        println!("\n── summary");
        for (name, time, passed) in &self.parts {
            println!(
                "   {name:<12}{:<12}{}",
                if *passed { "passed" } else { "FAILED" },
                human(*time)
            );
        }
        let total = self.parts.iter().map(|(_, time, _)| *time).sum();
        println!("   {:<24}{}", "all", human(total));
        println!("{} passed, {} failed", self.tally.passed, self.tally.failed);
    }
}
