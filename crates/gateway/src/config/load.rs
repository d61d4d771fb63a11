//! From the defaults, the file and the environment to a checked configuration.

use std::{fmt, path::Path};

use toml::{Table, Value};

use super::{Config, check, fault::Fault, layers};

/// The documented file is the defaults, so that the two cannot differ.
pub(super) const EXAMPLE: &str = include_str!("../../config.example.toml");

/// Why the gateway does not start: everything that is wrong with the configuration, at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// At least one.
    pub faults: Vec<Fault>,
}

/// The configuration when nothing is set: a demo with the sandbox on this machine.
///
/// # Panics
/// Never: the tests load it.
#[must_use]
pub fn defaults() -> Config {
    default_table()
        .try_into()
        .expect("the documented configuration is one")
}

/// Reads the configuration: the defaults, then the file, then the environment.
///
/// # Errors
/// All that is wrong with it.
pub fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
    let variables =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    load_with(
        file,
        variables.map(|(name, value)| (name, value.to_string_lossy().into_owned())),
    )
}

/// The same with an environment of the caller's.
pub(super) fn load_with(
    file: Option<&Path>,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let defaults = default_table();
    let mut faults = Vec::new();
    let mut changes = Vec::new();
    if let Some(path) = file {
        match read(path) {
            Ok(table) => changes.extend(layers::of_file(&table, &defaults, &mut faults)),
            Err(fault) => faults.push(fault),
        }
    }
    changes.extend(layers::of_environment(variables, &defaults, &mut faults));

    let mut table = defaults.clone();
    for change in changes {
        // Each value is tried by itself, so that every wrong one is named.
        let mut alone = defaults.clone();
        put(&mut alone, &change.key, change.value.clone());
        match alone.try_into::<Config>() {
            Ok(_) => put(&mut table, &change.key, change.value),
            Err(error) => faults.push(Fault::new(change.key, error.message())),
        }
    }
    match table.try_into::<Config>() {
        Ok(config) => {
            faults.extend(check::faults(&config));
            if faults.is_empty() {
                Ok(config)
            } else {
                Err(ConfigError { faults })
            }
        }
        Err(error) => {
            faults.push(Fault::new("configuration", error.message()));
            Err(ConfigError { faults })
        }
    }
}

fn default_table() -> Table {
    EXAMPLE
        .parse()
        .expect("the documented configuration is TOML")
}

fn read(path: &Path) -> Result<Table, Fault> {
    let name = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|error| Fault::new(&*name, error.to_string()))?;
    text.parse::<Table>().map_err(|error: toml::de::Error| {
        // The error's own text quotes the line, which may hold a secret.
        let line = error.span().map_or(1, |span| {
            text[..span.start.min(text.len())].matches('\n').count() + 1
        });
        Fault::new(&*name, format!("line {line} is not TOML"))
    })
}

fn put(table: &mut Table, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
        }
        Some((section, rest)) => {
            if let Some(section) = table.get_mut(section).and_then(Value::as_table_mut) {
                put(section, rest, value);
            }
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the configuration is refused")?;
        for fault in &self.faults {
            write!(out, "\n  {}: {}", fault.key, fault.rule)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use contract::{Method, Mode};

    use super::*;

    fn with(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        load_with(
            None,
            variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        )
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(text.as_bytes()).expect("it is written");
        file
    }

    /// No key of [`Config`] has a default of its own, so the example names them all or does not load.
    #[test]
    fn the_documented_file_is_the_whole_configuration() {
        let config = load_with(None, []).expect("nothing need be set");
        assert_eq!(config.mode, Mode::Demo);
        assert_eq!(config.payments.methods, [Method::Alipay, Method::Wechat]);
        assert_eq!(config.shingsou.api_version, None);
        assert_eq!(config.database.url.expose(), "sqlite://data/recharge.db");
        let file = file(EXAMPLE);
        let read = load_with(Some(file.path()), []).expect("the documented file loads");
        assert_eq!(format!("{read:?}"), format!("{config:?}"));
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let file = file(
            "[http]\nlisten = \"0.0.0.0:1\"\nshutdown_seconds = 3\n[database]\nurl = \"sqlite://a\"\n",
        );
        let variables = [
            ("RECHARGE__HTTP__LISTEN", "127.0.0.1:2"),
            ("RECHARGE__HTTP__TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
            ("RECHARGE__PAYMENTS__METHODS", "wechat"),
            ("RECHARGE__LOG__JSON", "true"),
            ("DATABASE_URL", "postgres://u:p@h/n"),
            ("PATH", "/bin"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = load_with(Some(file.path()), variables).expect("it loads");
        assert_eq!(config.http.listen.port(), 2);
        assert_eq!(config.http.shutdown_seconds, 3);
        assert_eq!(config.http.trusted_proxies.len(), 2);
        assert_eq!(config.payments.methods, [Method::Wechat]);
        assert!(config.log.json);
        assert_eq!(config.database.url.expose(), "postgres://u:p@h/n");
        let own = with(&[
            ("DATABASE_URL", "sqlite://x"),
            ("RECHARGE__DATABASE__URL", "sqlite://y"),
        ]);
        assert_eq!(own.expect("it loads").database.url.expose(), "sqlite://y");
    }

    #[test]
    fn secrets_come_from_files() {
        let secret = file("from-a-file\n");
        let path = secret.path().to_str().expect("a path of text");
        let config = with(&[("RECHARGE__SHINGSOU__CLIENT_SECRET_FILE", path)]).expect("it loads");
        assert_eq!(config.shingsou.client_secret.expose(), "from-a-file");
        let own = file(&format!("[shingsou]\nsubscription_key_file = {path:?}\n"));
        let config = load_with(Some(own.path()), []).expect("it loads");
        assert_eq!(config.shingsou.subscription_key.expose(), "from-a-file");
    }

    #[test]
    fn each_wrong_key_is_named() {
        let check = |variables: &[(&str, &str)], expected: &[&str]| {
            let error = with(variables).expect_err("it is refused");
            let keys: Vec<&str> = error
                .faults
                .iter()
                .map(|fault| fault.key.as_str())
                .collect();
            assert_eq!(keys, expected, "{error}");
        };
        check(&[("RECHARGE__HTTP__LISTEN", "here")], &["http.listen"]);
        check(&[("RECHARGE__HTTP__TYPO", "x")], &["http.typo"]);
        check(&[("RECHARGE__NOWHERE__KEY", "x")], &["nowhere.key"]);
        check(
            &[("RECHARGE__HTTP__LISTEN_FILE", "/x")],
            &["http.listen_file"],
        );
        check(
            &[("RECHARGE__SHINGSOU__CLIENT_SECRET_FILE", "/nowhere/at/all")],
            &["shingsou.client_secret_file"],
        );
        check(&[("RECHARGE__LOG__JSON", "yes")], &["log.json"]);
        check(
            &[("RECHARGE__LIMITS__ORDERS_PER_MINUTE", "0")],
            &["limits.orders_per_minute"],
        );
        check(
            &[("RECHARGE__LIMITS__ORDERS_PER_MINUTE", "-1")],
            &["limits.orders_per_minute"],
        );
        check(
            &[
                ("RECHARGE__MODE", "test"),
                ("RECHARGE__ORDERS__LIFETIME_SECONDS", "1"),
            ],
            &["mode", "orders.lifetime_seconds"],
        );
    }

    #[test]
    fn no_error_holds_a_secret() {
        let texts = [
            "[shingsou]\nclient_secret = 4711471147\n",
            "[shingsou]\nclient_secret = \"4711471147\n",
            "[database]\nurl = \"mysql://u:4711471147@h/n\"\n",
            "[shingsou]\napi_base = \"http://u:4711471147@h/\"\n",
        ];
        for text in texts {
            let file = file(text);
            let error = load_with(Some(file.path()), []).expect_err(text);
            assert!(
                !format!("{error} {error:?}").contains("4711471147"),
                "{error}"
            );
        }
    }
}
