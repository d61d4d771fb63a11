//! Rows for somebody to read.

use comfy_table::{ContentArrangement, Table, presets::NOTHING};
use indexmap::IndexMap;
use serde_json::{Value, value::RawValue};

/// More columns do not fit any screen; `--json` shows all.
const MOST_COLUMNS: usize = 8;

/// A row's fields, in the order in which they came.
type Fields = IndexMap<String, Value>;

/// A table of objects, a column for each name that they have, in the order in which the first rows have them.
pub(super) fn table(rows: &[Box<RawValue>]) -> String {
    let fields = |row: &RawValue| {
        let whole = || serde_json::from_str(row.get()).unwrap_or_default();
        serde_json::from_str::<Fields>(row.get())
            .unwrap_or_else(|_| Fields::from([("value".to_owned(), whole())]))
    };
    let objects: Vec<Fields> = rows.iter().map(|row| fields(row)).collect();
    let mut columns: Vec<&String> = Vec::new();
    for name in objects.iter().flat_map(Fields::keys) {
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    columns.truncate(MOST_COLUMNS);
    let mut table = plain();
    table.set_header(columns.iter().map(|name| name.as_str()));
    for object in &objects {
        table.add_row(columns.iter().map(|name| cell(object.get(*name))));
    }
    table.to_string()
}

/// A table without lines, which a screen reader and a script can read.
pub(super) fn plain() -> Table {
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_a_table() {
        let row = |json: &str| RawValue::from_string(json.to_owned()).expect("JSON");
        let table = table(&[
            row(r#"{"name":"移动 - 月清零","id":"11","tags":["a"]}"#),
            row(r#"{"id":12,"name":null,"new":true}"#),
            row("7"),
        ]);
        let lines: Vec<Vec<&str>> = table
            .lines()
            .map(|line| {
                line.split("  ")
                    .map(str::trim)
                    .filter(|cell| !cell.is_empty())
                    .collect()
            })
            .collect();
        assert_eq!(lines[0], ["name", "id", "tags", "new", "value"]);
        assert_eq!(lines[1], ["移动 - 月清零", "11", r#"["a"]"#]);
        assert_eq!(lines[2], ["12", "true"]);
        assert_eq!(lines[3], ["7"]);
    }
}
