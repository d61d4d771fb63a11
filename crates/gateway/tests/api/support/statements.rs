//! Every statement that the gateway's source holds.

use std::{fs, path::Path, str::FromStr};

use proc_macro2::{TokenStream, TokenTree};

/// What can stand where a statement is put together.
const PARTS: [(&str, &[&str]); 9] = [
    (
        "select {due} from {table} where {wrong} limit 1",
        &[
            "select next_at from outbox where state = 'waiting' and noted_at > $1 limit 1",
            "select next_at from outbox where state = 'waiting' and next_at > $1 limit 1",
            "select next_ask_at from payments where next_ask_at is not null and ask_noted_at > $1 limit 1",
            "select next_ask_at from payments where next_ask_at is not null and next_ask_at > $1 limit 1",
        ],
    ),
    (
        "update {table} set {due} = $2, {noted} = $2 where {wrong}",
        &[
            "update outbox set next_at = $2, noted_at = $2 where state = 'waiting' and noted_at > $1",
            "update outbox set next_at = $2, noted_at = $2 where state = 'waiting' and next_at > $1",
            "update payments set next_ask_at = $2 where next_ask_at is not null and ask_noted_at > $1",
            "update payments set next_ask_at = $2 where next_ask_at is not null and next_ask_at > $1",
        ],
    ),
    ("{past_locked}", &["", " for update skip locked"]),
    ("'{}'", &["'x'"]),
    ("{forget}", &["", ", client = null"]),
    ("{}", &["'created'"]),
    ("{unless_held}", &["", " and held_reason is null"]),
    ("{filter}", &["", " and state = $4"]),
    (
        "{filters}",
        &[
            "(created_at, id) < ($1, $2)",
            "(created_at, id) < ($1, $2) and held_reason is not null",
            "(created_at, id) < ($1, $2) and state = $4",
            "(created_at, id) < ($1, $2) and held_reason is not null and state = $4",
        ],
    ),
];

/// A statement and the file it stands in.
pub(crate) struct Statement {
    /// The file, below `src`.
    pub(crate) file: String,
    /// The statement.
    pub(crate) sql: String,
}

/// Reads the source.
pub(crate) fn all() -> Vec<Statement> {
    let mut statements = Vec::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in files(&source) {
        let text = fs::read_to_string(&path).expect("a source file");
        let tokens = TokenStream::from_str(&text).expect("it compiles");
        let mut literals = Vec::new();
        collect(tokens, &mut None, &mut literals);
        let name = path.strip_prefix(&source).expect("below it").display();
        for (owner, text) in &literals {
            let is_part = owner.as_ref().is_some_and(|owner| {
                let used = format!("{{{owner}}}");
                literals.iter().any(|(_, other)| other.contains(&used))
            });
            if is_statement(text) && !is_part {
                statements.extend(expand(text, &literals).into_iter().map(|sql| Statement {
                    file: name.to_string(),
                    sql,
                }));
            }
        }
    }
    statements
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs"))
        .collect();
    files.sort();
    files
}

/// String literals, each with the name of the constant or variable that it is, if it is one.
fn collect(
    tokens: TokenStream,
    constant: &mut Option<String>,
    found: &mut Vec<(Option<String>, String)>,
) {
    let mut after_const = false;
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), constant, found),
            TokenTree::Ident(ident) if after_const => *constant = Some(ident.to_string()),
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    let lines: Vec<String> =
                        text.value().split_whitespace().map(str::to_owned).collect();
                    let begins_with_blank = text.value().starts_with(char::is_whitespace);
                    let blank = if begins_with_blank { " " } else { "" };
                    found.push((constant.take(), format!("{blank}{}", lines.join(" "))));
                }
                after_const = false;
                continue;
            }
            TokenTree::Ident(ident) => {
                after_const = ident == "const" || ident == "let";
                continue;
            }
            TokenTree::Punct(_) => {}
        }
        after_const = false;
    }
}

fn is_statement(text: &str) -> bool {
    ["select ", "insert into ", "update ", "delete from ", "with ", "{SELECT} "]
        .iter()
        .any(|start| text.starts_with(start))
        // Words of a log line or of an explanation.
        && (text.contains('$') || text.contains(" from ") || text.contains(" set "))
}

fn expand(text: &str, literals: &[(Option<String>, String)]) -> Vec<String> {
    let mut texts = vec![text.to_owned()];
    for (place, parts) in PARTS {
        texts = texts
            .iter()
            .flat_map(|text| {
                let parts = if text.contains(place) { parts } else { &[""] };
                parts.iter().map(|part| text.replace(place, part))
            })
            .collect();
    }
    for (name, value) in literals {
        if let Some(name) = name {
            let place = format!("{{{name}}}");
            texts = texts
                .iter()
                .map(|text| text.replace(&place, value))
                .collect();
        }
    }
    for text in &texts {
        assert!(
            !text.contains('{'),
            "PARTS does not say what can stand in: {text}"
        );
    }
    texts
}
