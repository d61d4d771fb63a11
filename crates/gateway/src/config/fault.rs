//! What is wrong with a configuration.

/// One thing that is wrong. It never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The key, such as `http.public_url`, or the file.
    pub key: String,
    /// What it must be.
    pub rule: String,
}

impl Fault {
    pub(super) fn new(key: impl Into<String>, rule: impl Into<String>) -> Fault {
        Fault {
            key: key.into(),
            rule: rule.into(),
        }
    }
}
