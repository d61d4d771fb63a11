//! Every test there is, the cheap ones first.

use std::{
    num::NonZeroU8,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::{
    build::{self, Mode},
    e2e, engines, lighthouse, lint, naive, peers,
    postgres::Postgres,
    process::{self, cargo},
    schemathesis,
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
    /// Run this part alone, with the builds that it needs; may be said several times
    #[arg(long, value_name = "PART", conflicts_with = "fast")]
    only: Vec<Part>,
}

/// A part of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Format, lints, documentation, tidiness
    Lint,
    /// The workspace's own tests, on both databases
    Tests,
    /// The tests notice when guards are taken out
    Naive,
    /// Other people's payment SDKs
    Peers,
    /// The interface answers as its description says
    Interface,
    /// The page's components in a browser
    Components,
    /// What the first screen weighs
    Size,
    /// How fast the first screen is
    Lighthouse,
    /// The shop in a real browser
    E2e,
    /// The purchase on other engines
    Engines,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Part::Lint => "lint",
            Part::Tests => "tests",
            Part::Naive => "naive",
            Part::Peers => "peers",
            Part::Interface => "interface",
            Part::Components => "components",
            Part::Size => "size",
            Part::Lighthouse => "lighthouse",
            Part::E2e => "e2e",
            Part::Engines => "engines",
        }
    }

    /// Whether it asks a running gateway or sandbox.
    fn needs_servers(self) -> bool {
        matches!(
            self,
            Part::Peers | Part::Interface | Part::Lighthouse | Part::E2e | Part::Engines
        )
    }

    /// Whether it looks at the page as people load it.
    fn needs_page(self) -> bool {
        matches!(
            self,
            Part::Size | Part::Lighthouse | Part::E2e | Part::Engines
        )
    }
}

impl Options {
    fn wants(&self, part: Part) -> bool {
        if self.only.is_empty() {
            !(self.fast && (part.needs_page() || part == Part::Components))
        } else {
            self.only.contains(&part)
        }
    }

    fn wants_some(&self, which: fn(Part) -> bool) -> bool {
        let mut parts = Part::value_variants().iter();
        parts.any(|part| which(*part) && self.wants(*part))
    }
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
    report.wanted(options, Part::Lint, |_| lint::check())?;
    report.wanted(options, Part::Tests, host_tests)?;
    report.wanted(options, Part::Naive, |_| naive::run_all())?;
    if options.wants_some(Part::needs_servers) {
        report.part("servers", |_| services::build(Profile::Dev))?;
    }
    report.wanted(options, Part::Peers, |tally| {
        peers::play(&peers::Options::default(), tally)
    })?;
    report.wanted(options, Part::Interface, |_| {
        schemathesis::play(&schemathesis::Options::default())
    })?;
    report.wanted(options, Part::Components, |tally| {
        web::play(&web::Options::default(), tally)
    })?;
    if options.wants_some(Part::needs_page) {
        report.part("page", |_| build::page(Mode::Release))?;
    }
    report.wanted(options, Part::Size, |_| size::check(false))?;
    report.wanted(options, Part::Lighthouse, |_| lighthouse::measure(TIMES))?;
    report.wanted(options, Part::E2e, |tally| e2e::play(&[], tally))?;
    report.wanted(options, Part::Engines, |tally| {
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
    fn wanted(
        &mut self,
        options: &Options,
        part: Part,
        work: impl FnOnce(&mut Tally) -> Result<()>,
    ) -> Result<()> {
        if options.wants(part) {
            self.part(part.name(), work)
        } else {
            Ok(())
        }
    }

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
