//! Counts tests by what their runners say at the end.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that passed.
    pub(crate) passed: usize,
    /// Tests that failed.
    pub(crate) failed: usize,
}

impl Tally {
    /// Runs tests, shows what they print, and counts.
    ///
    /// # Errors
    /// When they do not start or do not all pass.
    pub(crate) fn run(&mut self, command: &mut Command) -> Result<()> {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the tests")?;
        let output = child
            .stdout
            .take()
            .context("reading what the tests print")?;
        for line in BufReader::new(output).split(b'\n') {
            let line = line?;
            let mut shown = std::io::stdout().lock();
            shown.write_all(&line)?;
            shown.write_all(b"\n")?;
            shown.flush()?;
            self.read(&String::from_utf8_lossy(&line));
        }
        let status = child.wait()?;
        ensure!(status.success(), "not all tests passed ({status})");
        Ok(())
    }

    /// Adds what one line says: `test result: ok. 3 passed; 0 failed; …` of Rust's runners, `  3 passed (2.1s)` of
    /// Playwright's, `ℹ pass 3` of Node's, `Ran 3 tests in 1.2s` and `FAILED (failures=1, errors=1)` of Python's.
    fn read(&mut self, line: &str) {
        let line = line.trim();
        if let Some(result) = line.strip_prefix("test result:") {
            for part in result.split(['.', ';']) {
                self.add(part);
            }
        } else if let Some(count) = line.strip_prefix("ℹ pass ") {
            self.passed += number(count);
        } else if let Some(count) = line.strip_prefix("ℹ fail ") {
            self.failed += number(count);
        } else if let Some(result) = line.strip_prefix("Ran ") {
            self.passed += number(result);
        } else if let Some(result) = line.strip_prefix("FAILED (") {
            // Python counts them among those that it ran.
            let failed = result.split('=').skip(1).map(number).sum();
            self.failed += failed;
            self.passed = self.passed.saturating_sub(failed);
        } else if line.starts_with(|first: char| first.is_ascii_digit()) {
            self.add(line);
        }
    }

    /// Adds `3 passed` or `3 failed`, with or without a time after it.
    fn add(&mut self, part: &str) {
        let mut words = part.split_whitespace();
        let Some(count) = words.next().and_then(|count| count.parse::<usize>().ok()) else {
            return;
        };
        let what = words.next();
        if words.next().is_some_and(|more| !more.starts_with('(')) {
            return;
        }
        match what {
            Some("passed") => self.passed += count,
            Some("failed") => self.failed += count,
            _ => {}
        }
    }
}

/// The number that a text begins with.
fn number(text: &str) -> usize {
    let digits = text.trim_start();
    let end = digits
        .find(|char: char| !char.is_ascii_digit())
        .unwrap_or(digits.len());
    digits[..end].parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        for line in lines {
            tally.read(line);
        }
        tally
    }

    #[test]
    fn every_runner_is_understood() {
        let tally = count(&[
            "ℹ tests 8",
            "ℹ pass 7",
            "ℹ fail 1",
            "Ran 9 tests in 31.206s",
            "FAILED (failures=2, errors=1)",
            "test result: FAILED. 12 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out",
            "  2 failed",
            "  30 passed (1.2m)",
        ]);
        assert_eq!(
            tally,
            Tally {
                passed: 55,
                failed: 7
            }
        );
    }

    #[test]
    fn other_lines_count_nothing() {
        let tally = count(&[
            "3 passed the gate",
            "passed 3",
            "running 7 tests",
            "3 flaky",
        ]);
        assert_eq!(tally, Tally::default());
    }
}
