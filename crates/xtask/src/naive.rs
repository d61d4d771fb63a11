//! Shows that the tests see: the gateway is copied, its guards are taken out, and the tests that stand for those faults
//! have to fail.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::{
    process::{cargo, run, run_quietly},
    project,
    services::{self, Profile},
};

/// One guard that is taken out.
struct Change {
    /// What a naive shop does, for people.
    naively: &'static str,
    file: &'static str,
    /// What stands there once, and what takes its place.
    edits: &'static [(&'static str, &'static str)],
}

const CHANGES: [Change; 5] = [
    Change {
        naively: "counts every receipt, however often it comes",
        file: "crates/gateway/src/payments/evidence.rs",
        edits: &[(
            "where out_trade_no = $4 and state <> 'succeeded'",
            "where out_trade_no = $4",
        )],
    },
    Change {
        naively: "lets one transaction pay several payments",
        file: "crates/gateway/migrations/0001_shop.sql",
        edits: &[(
            "create unique index payments_one_transaction",
            "create index payments_one_transaction",
        )],
    },
    Change {
        naively: "begins anew under another number when an outcome is unknown",
        file: "crates/gateway/src/payments/start.rs",
        edits: &[(
            "Some(open) if wanted.can_reuse(&open) =>",
            "Some(open) if false && wanted.can_reuse(&open) =>",
        )],
    },
    Change {
        naively: "sends a recharge again under another number",
        file: "crates/gateway/src/jobs/recharge.rs",
        edits: &[(
            "number: number(app, order).await?,",
            "number: crate::random::order_number(),",
        )],
    },
    Change {
        naively: "takes an effect off its list before it is carried out, and puts back only what is to be tried again",
        file: "crates/gateway/src/jobs/outbox.rs",
        edits: &[
            (
                "update outbox set claimed_until = $6, attempts = attempts + 1",
                "update outbox set state = 'done', claimed_until = $6, attempts = attempts + 1",
            ),
            (
                "\"update outbox set next_at = $1, noted_at = $2, claimed_until = 0,",
                "\"update outbox set state = 'waiting', next_at = $1, noted_at = $2, claimed_until = 0,",
            ),
        ],
    },
];

/// Another version, or cargo would take what it builds of the copy for what it built of the checkout.
const RENAME: Change = Change {
    naively: "",
    file: "Cargo.toml",
    edits: &[(
        concat!("version = \"", env!("CARGO_PKG_VERSION"), "\""),
        concat!("version = \"", env!("CARGO_PKG_VERSION"), "-naive\""),
    )],
};

/// The faults whose tests must notice.
const ROWS: [&str; 5] = ["row_01", "row_13", "row_37", "row_39", "row_42"];

/// What cargo needs of the checkout to build the gateway and its tests.
const NEEDED: [&str; 6] = [
    "Cargo.toml",
    "Cargo.lock",
    "src",
    "crates",
    "docs",
    "clippy.toml",
];

/// Builds the naive gateway and expects its tests to fail.
///
/// # Errors
/// A guard is no longer where it was, or a test does not notice that it is gone.
pub(crate) fn run_all() -> Result<()> {
    let copy = copy()?;
    apply(&copy, &RENAME)?;
    for change in &CHANGES {
        apply(&copy, change)?;
        println!("   a shop that {}", change.naively);
    }
    let noticed = play(&copy);
    // What cargo calls the gateway is the naive one now: taken away, put right by the next build.
    fs::remove_file(services::program("gateway", Profile::Dev)?)
        .context("taking the naive gateway away")?;
    noticed
}

fn play(copy: &Path) -> Result<()> {
    let tests = ["test", "-p", "gateway", "--test", "api"];
    run(in_copy(copy, &tests)?.arg("--no-run"))?;
    let mut blind = Vec::new();
    for row in ROWS {
        let failed = failures(copy, &tests, row)?;
        if failed == 0 {
            blind.push(row);
        }
        println!("   {row}: {failed} tests notice");
    }
    ensure!(
        blind.is_empty(),
        "these tests pass on a gateway without its guards, so they see nothing: {}",
        blind.join(", ")
    );
    Ok(())
}

fn copy() -> Result<PathBuf> {
    let copy = project::target_dir()?.join("naive");
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    fs::create_dir_all(&copy)?;
    // Files that did not change keep their time, so that only what did is built again.
    for part in NEEDED {
        let from = project::root().join(part);
        if from.exists() {
            run_quietly(
                Command::new("cp")
                    .args(["--recursive", "--preserve=timestamps", "--target-directory"])
                    .arg(&copy)
                    .arg(&from),
            )?;
        }
    }
    Ok(copy)
}

fn apply(copy: &Path, change: &Change) -> Result<()> {
    let path = copy.join(change.file);
    let mut text = fs::read_to_string(&path).with_context(|| change.file.to_owned())?;
    for (guard, naive) in change.edits {
        ensure!(
            text.matches(guard).count() == 1,
            "{} has no single {guard:?} any more: say in xtask's naive.rs where the guard is now",
            change.file
        );
        text = text.replace(guard, naive);
    }
    fs::write(&path, text)?;
    Ok(())
}

/// How many tests of a row fail, on SQLite: the guards are the same on both databases.
fn failures(copy: &Path, tests: &[&str], row: &str) -> Result<usize> {
    let output = in_copy(copy, tests)?
        .args(["--", row, "--skip", "::postgres"])
        .stderr(Stdio::null())
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(
        said.contains("test result:"),
        "the tests of {row} did not run:\n{said}"
    );
    Ok(said
        .lines()
        .filter(|line| line.starts_with("test ") && line.ends_with("FAILED"))
        .count())
}

fn in_copy(copy: &Path, arguments: &[&str]) -> Result<Command> {
    let mut command = cargo(arguments);
    command
        .current_dir(copy)
        .env("CARGO_TARGET_DIR", project::target_dir()?)
        .env("RUST_BACKTRACE", "0")
        // A guard's test may wait for what never comes.
        .env("TEST_PATIENCE_SECONDS", "8");
    Ok(command)
}
