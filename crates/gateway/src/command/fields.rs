//! The fields of an operation as they are typed: `--cardNo 8986…`, `--ids:='["1","2"]'`.

use anyhow::{Context, bail, ensure};
use serde_json::value::RawValue;

/// What was typed behind an operation's name.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// Names and values, in order.
    pub(super) fields: Vec<(String, Value)>,
    /// Switches of our own, such as `--json`.
    pub(super) switches: Vec<&'static str>,
}

/// A field's value.
#[derive(Debug)]
pub(super) enum Value {
    /// Text, as it was typed: a card's number is text, whatever it looks like.
    Text(String),
    /// JSON, as it was typed.
    Json(Box<RawValue>),
}

/// Reads `--name value`, `--name=value` and `--name:=json`; whatever is among `switches` stands alone.
///
/// # Errors
/// Names what cannot be read.
pub(super) fn read(typed: &[String], switches: &[&'static str]) -> anyhow::Result<Typed> {
    let mut read = Typed::default();
    let mut words = typed.iter();
    while let Some(word) = words.next() {
        let Some(flag) = word.strip_prefix("--").filter(|flag| !flag.is_empty()) else {
            bail!("`{word}`: fields are written `--name value`");
        };
        if let Some(switch) = switches.iter().find(|switch| **switch == flag) {
            read.switches.push(switch);
            continue;
        }
        let (name, value) = match flag.split_once('=') {
            Some((name, json)) if name.ends_with(':') => {
                let name = name.trim_end_matches(':');
                let json = RawValue::from_string(json.to_owned())
                    .with_context(|| format!("`--{name}:=`: what follows must be JSON"))?;
                (name, Value::Json(json))
            }
            Some((name, text)) => (name, Value::Text(text.to_owned())),
            None => {
                let value = words.next();
                let value = value.with_context(|| format!("`--{flag}`: its value is missing"))?;
                (flag, Value::Text(value.clone()))
            }
        };
        ensure!(!name.is_empty(), "`{word}`: the field's name is missing");
        let again = read.fields.iter().any(|(known, _)| known == name);
        ensure!(!again, "`--{name}`: it stands twice");
        read.fields.push((name.to_owned(), value));
    }
    Ok(read)
}

impl Typed {
    /// Whether a switch was typed.
    pub(super) fn has(&self, switch: &str) -> bool {
        self.switches.contains(&switch)
    }

    /// The fields as a query's.
    pub(super) fn query(&self) -> Vec<(&str, &str)> {
        self.fields
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    Value::Text(text) => text.as_str(),
                    Value::Json(json) => json.get(),
                };
                (name.as_str(), value)
            })
            .collect()
    }

    /// The fields as a JSON object, in the order in which they were typed.
    pub(super) fn object(&self) -> anyhow::Result<Box<RawValue>> {
        let mut members = Vec::new();
        for (name, value) in &self.fields {
            let value = match value {
                Value::Text(text) => serde_json::to_string(text)?,
                Value::Json(json) => json.get().to_owned(),
            };
            members.push(format!("{}:{value}", serde_json::to_string(name)?));
        }
        Ok(RawValue::from_string(format!("{{{}}}", members.join(",")))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn fields_are_read_as_they_are_typed() {
        let line = "--cardNo 89860000000000000001 --note=a=b --json --ids:=[\"1\",2] --take 5";
        let typed = read(&words(line), &["json", "yes"]).expect("good fields");
        assert!(typed.has("json") && !typed.has("yes"));
        assert_eq!(
            typed.query(),
            [
                ("cardNo", "89860000000000000001"),
                ("note", "a=b"),
                ("ids", "[\"1\",2]"),
                ("take", "5")
            ]
        );
        assert_eq!(
            typed.object().expect("an object").get(),
            r#"{"cardNo":"89860000000000000001","note":"a=b","ids":["1",2],"take":"5"}"#
        );
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let check = |line: &str, expected: &str| {
            let error = read(&words(line), &["json"]).expect_err("a fault");
            assert_eq!(error.to_string(), expected);
        };
        check("cardNo 1", "`cardNo`: fields are written `--name value`");
        check("--cardNo", "`--cardNo`: its value is missing");
        check("--=1", "`--=1`: the field's name is missing");
        check("--a 1 --a 2", "`--a`: it stands twice");
        check("--ids:=[1", "`--ids:=`: what follows must be JSON");
    }
}
