//! `gateway platform doctor`: compares what the configured platform answers with what is read of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use shingsou::{Answer, Body, Client, EXPECTED, Error, Expected};

/// Names whose likeness is below this have nothing to do with each other.
const LIKE: f64 = 0.6;

/// Words as like as this are the same.
const SAME: f64 = 0.94;

/// What became of one operation.
pub(super) struct Finding {
    /// What was understood and what was not, a line each.
    pub(super) lines: Vec<String>,
    /// The configuration to add; empty where nothing is wrong, or nobody can tell.
    pub(super) remedy: String,
}

/// Asks every operation that a shop needs about a card, and says what it found.
pub(super) async fn examine(client: &Client, card_no: &str, fitted: &Fields) -> Vec<Finding> {
    let mut findings = Vec::new();
    for expected in EXPECTED {
        let query: &[(&str, &str)] = match expected.operation.name {
            name if name.starts_with("flowcard-") => &[("cardNo", card_no)],
            "order-get" => &[("take", "1")],
            _ => &[],
        };
        let answer = client.call(expected.operation, query, Body::None).await;
        let none = BTreeMap::new();
        let known = fitted.get(expected.operation.name).unwrap_or(&none);
        findings.push(match answer.and_then(|answer| first(&answer)) {
            Ok(Some(row)) => compare(expected, &row, known),
            Ok(None) => finding(
                expected,
                vec!["it answers with an empty list, which tells nothing".to_owned()],
            ),
            Err(error) => finding(expected, trouble(expected, &error)),
        });
    }
    findings
}

/// The real names of fields that are configured already, by operation and guessed name.
pub(super) type Fields = BTreeMap<String, BTreeMap<String, String>>;

/// The one object of an answer, or the first of its rows, as it came.
fn first(answer: &Answer) -> Result<Option<Map<String, Value>>, Error> {
    let Some(data) = answer.data()? else {
        return Ok(None);
    };
    let unreadable = |_| Error::Unknown("neither an object nor a list of objects".to_owned());
    match serde_json::from_str(data.get()).map_err(unreadable)? {
        Value::Object(object) => Ok(Some(object)),
        Value::Array(rows) => Ok(rows.into_iter().find_map(|row| match row {
            Value::Object(object) => Some(object),
            _ => None,
        })),
        _ => Err(Error::Unknown(
            "neither an object nor a list of objects".to_owned(),
        )),
    }
}

fn compare(
    expected: &Expected,
    row: &Map<String, Value>,
    known: &BTreeMap<String, String>,
) -> Finding {
    let real = |field: &'static str| known.get(field).map_or(field, String::as_str);
    let all = || expected.needed.iter().chain(expected.read).copied();
    let (there, missing): (Vec<&str>, Vec<&str>) =
        all().partition(|field| row.contains_key(real(field)));
    let free: Vec<&str> = row
        .keys()
        .map(String::as_str)
        .filter(|name| !there.iter().any(|field| real(field) == *name))
        .collect();
    let pairs = pair(&missing, &free);
    let mut lines = vec![format!("understood: {}", list(&there))];
    for field in &missing {
        let weight = if expected.needed.contains(field) {
            "needed"
        } else {
            "read where it is there"
        };
        lines.push(match pairs.get(field) {
            Some(like) => format!("not found: {field} ({weight}); {like} looks like it"),
            None => format!("not found: {field} ({weight}); nothing looks like it"),
        });
    }
    let others: Vec<&str> = free
        .iter()
        .copied()
        .filter(|name| !pairs.values().any(|like| like == name))
        .collect();
    if !others.is_empty() {
        lines.push(format!("not read: {}", list(&others)));
    }
    let mut fields: Vec<String> = known
        .iter()
        .map(|(guessed, real)| format!("{guessed} = {real:?}"))
        .collect();
    fields.extend(
        pairs
            .iter()
            .map(|(guessed, real)| format!("{guessed} = {real:?}")),
    );
    let remedy = match pairs.is_empty() {
        true => String::new(),
        false => format!(
            "[shingsou.operations.{}]\nfields = {{ {} }}\n",
            expected.operation.name,
            fields.join(", ")
        ),
    };
    Finding {
        remedy,
        ..finding(expected, lines)
    }
}

fn finding(expected: &Expected, lines: Vec<String>) -> Finding {
    let operation = expected.operation;
    let head = format!(
        "{} {} ({} {})",
        operation.name, operation.title, operation.verb, operation.address
    );
    Finding {
        lines: std::iter::once(head)
            .chain(lines.into_iter().map(|line| format!("  {line}")))
            .collect(),
        remedy: String::new(),
    }
}

fn trouble(expected: &Expected, error: &Error) -> Vec<String> {
    let mut lines = vec![error.to_string()];
    if matches!(error, Error::Unreachable(why) if why == "HTTP 404") {
        lines.push(format!(
            "nothing is at its address: add `address` (and `verb`) of the platform's document under [shingsou.operations.{}]",
            expected.operation.name
        ));
    }
    lines
}

/// Which missing name is most like which free one; the likeliest first, and each once.
fn pair<'a>(missing: &[&'a str], free: &[&'a str]) -> BTreeMap<&'a str, &'a str> {
    let mut likely: Vec<(f64, &str, &str)> = missing
        .iter()
        .flat_map(|field| {
            free.iter()
                .map(move |name| (likeness(field, name), *field, *name))
        })
        .filter(|(likeness, ..)| *likeness >= LIKE)
        .collect();
    likely.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut pairs = BTreeMap::new();
    for (_, field, name) in likely {
        if !pairs.contains_key(field) && !pairs.values().any(|taken| *taken == name) {
            pairs.insert(field, name);
        }
    }
    pairs
}

/// How like a candidate is to a field: by how many of the field's words are in it, by how few others are, and a little by
/// the letters.
fn likeness(field: &str, candidate: &str) -> f64 {
    let (field, candidate) = (words(field), words(candidate));
    let is_in = |word: &&String| candidate.iter().any(|other| is_same(word, other));
    let shared = field.iter().filter(is_in).count();
    let all = field.len() + candidate.len() - shared;
    let part = |of: usize| shared as f64 / of.max(1) as f64;
    let letters = strsim::jaro_winkler(&field.concat(), &candidate.concat());
    part(field.len()) + part(all) / 2.0 + letters / 4.0
}

/// Whether two words are the same but for an ending: `tag` and `tags`.
fn is_same(one: &str, other: &str) -> bool {
    one == other || strsim::jaro_winkler(one, other) >= SAME
}

/// The words of a name, by its capitals and what is no letter.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if !letter.is_alphanumeric() || letter.is_uppercase() {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            let last = words.last_mut().expect("there is always one");
            last.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn list(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        names => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_find_what_is_like_them() {
        let missing = [
            "name",
            "carrier",
            "price",
            "originalPrice",
            "planName",
            "outTradeNo",
            "asOf",
        ];
        let free = [
            "carrier_name",
            "DisplayName",
            "original_sale_price",
            "salePrice",
            "plan_title",
            "merchantTradeNo",
            "as-of-time",
            "zzz",
        ];
        let pairs = pair(&missing, &free);
        let expected = [
            ("asOf", "as-of-time"),
            ("carrier", "carrier_name"),
            ("name", "DisplayName"),
            ("originalPrice", "original_sale_price"),
            ("outTradeNo", "merchantTradeNo"),
            ("planName", "plan_title"),
            ("price", "salePrice"),
        ];
        assert_eq!(pairs, expected.into());
        let endings = pair(&["tags", "expireTime"], &["expires_on", "tag_list"]);
        assert_eq!(
            endings,
            [("expireTime", "expires_on"), ("tags", "tag_list")].into()
        );
        assert!(pair(&["stock"], &["remark"]).is_empty());
    }
}
