//! Codes that a browser is sent back with, each worth once whatever its platform put behind it.

use tokio::time::{Duration, Instant};

/// The codes that were given out, oldest first.
pub(crate) struct Codes<T> {
    given: Vec<Code<T>>,
}

struct Code<T> {
    text: String,
    worth: T,
    until: Instant,
    used: bool,
}

/// Why a code is worth nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Worthless {
    Unknown,
    Used,
    Expired,
}

/// Enough for any test; the oldest go first.
const MOST: usize = 1000;

impl<T> Default for Codes<T> {
    fn default() -> Self {
        Self { given: Vec::new() }
    }
}

impl<T: Clone> Codes<T> {
    pub(crate) fn give(&mut self, text: String, worth: T, lives: Duration) {
        if self.given.len() >= MOST {
            self.given.remove(0);
        }
        self.given.push(Code {
            text,
            worth,
            until: Instant::now() + lives,
            used: false,
        });
    }

    /// What the code is worth, the first time.
    pub(crate) fn take(&mut self, text: &str) -> Result<T, Worthless> {
        let mut given = self.given.iter_mut();
        let code = given
            .find(|code| code.text == text)
            .ok_or(Worthless::Unknown)?;
        if code.used {
            return Err(Worthless::Used);
        }
        if code.until <= Instant::now() {
            return Err(Worthless::Expired);
        }
        code.used = true;
        Ok(code.worth.clone())
    }
}
