//! What the file and the environment change, told as keys and values.

use std::path::Path;

use toml::{Table, Value};

use super::fault::Fault;

/// Keys whose value can also be read from the file that the key with `_file` at its end names.
const SECRETS: [&str; 6] = [
    "admin.token",
    "admin.tokens",
    "database.url",
    "shingsou.client_secret",
    "shingsou.subscription_key",
    "vault.keys",
];

/// One key that is set.
pub(super) struct Change {
    /// Such as `http.listen`.
    pub(super) key: String,
    /// Of the kind that the default has.
    pub(super) value: Value,
}

/// What a file sets.
pub(super) fn of_file(table: &Table, defaults: &Table, faults: &mut Vec<Fault>) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, value) in table {
        match (value, defaults.get(name)) {
            (Value::Table(section), Some(Value::Table(_))) => {
                for (key, value) in section {
                    changes.extend(kept(
                        change(format!("{name}.{key}"), value.clone(), defaults),
                        faults,
                    ));
                }
            }
            _ => changes.extend(kept(change(name.clone(), value.clone(), defaults), faults)),
        }
    }
    changes
}

/// What the environment sets.
pub(super) fn of_environment(
    variables: impl IntoIterator<Item = (String, String)>,
    defaults: &Table,
    faults: &mut Vec<Fault>,
) -> Vec<Change> {
    let mut variables: Vec<(String, String)> = variables
        .into_iter()
        .filter_map(|(name, value)| {
            let key = match name.strip_prefix("RECHARGE__") {
                Some(key) => key.to_lowercase().replace("__", "."),
                // A blank before it lets the variable with the key's own name come later, and win.
                None if name == "DATABASE_URL" => " database.url".to_owned(),
                None => return None,
            };
            Some((key, value))
        })
        .collect();
    variables.sort();
    let read = |(key, text): (String, String)| {
        let key = key.trim_start().to_owned();
        let value = value_like(default_of(&key, defaults), &text);
        kept(change(key, value, defaults), faults)
    };
    variables.into_iter().filter_map(read).collect()
}

fn change(key: String, value: Value, defaults: &Table) -> Result<Change, Fault> {
    if let Some(secret) = key
        .strip_suffix("_file")
        .filter(|key| SECRETS.contains(key))
    {
        let path = value
            .as_str()
            .ok_or_else(|| Fault::new(&*key, "must be the path of a file"))?;
        let text = std::fs::read_to_string(Path::new(path))
            .map_err(|error| Fault::new(&*key, error.to_string()))?;
        return Ok(Change {
            key: secret.to_owned(),
            value: Value::String(text.trim().to_owned()),
        });
    }
    let Some(default) = default_of(&key, defaults) else {
        return Err(Fault::new(key, "is not a key of the configuration"));
    };
    if default.same_type(&value) {
        Ok(Change { key, value })
    } else {
        let kind = match default {
            Value::Integer(_) => "a whole number",
            Value::Boolean(_) => "true or false",
            Value::Array(_) => "a list",
            Value::Table(_) => "a section",
            _ => "text",
        };
        Err(Fault::new(key, format!("must be {kind}")))
    }
}

fn kept(change: Result<Change, Fault>, faults: &mut Vec<Fault>) -> Option<Change> {
    change.map_err(|fault| faults.push(fault)).ok()
}

fn default_of<'a>(key: &str, defaults: &'a Table) -> Option<&'a Value> {
    match key.split_once('.') {
        None => defaults.get(key),
        Some((section, key)) => defaults.get(section)?.as_table()?.get(key),
    }
}

/// Reads a variable's text as the kind of value that the default is; what cannot be read so stays text, and is then
/// refused as the wrong kind.
fn value_like(default: Option<&Value>, text: &str) -> Value {
    let parsed = match default {
        Some(Value::Integer(_)) => text.trim().parse().ok().map(Value::Integer),
        Some(Value::Boolean(_)) => text.trim().parse().ok().map(Value::Boolean),
        Some(Value::Array(_)) => {
            let items = text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty());
            Some(Value::Array(items.map(Value::from).collect()))
        }
        _ => None,
    };
    parsed.unwrap_or_else(|| Value::from(text))
}
