//! `gateway platform`: the card platform's operations, one by one.

use std::io::{Write, stdout};

use anyhow::{Context, anyhow, bail, ensure};
use serde_json::value::RawValue;
use shingsou::{
    Answer, Body, Client, Error, Method, Operation, Request,
    operations::{self, ALL},
};

use super::{doctor, fields, rows};
use crate::{Config, upstream::shingsou::Shingsou};

/// Rows on a page of a whole list; the platform allows no more.
const MOST_ROWS: usize = 2000;

const SWITCHES: [&str; 5] = ["json", "all", "dry-run", "yes", "help"];

const HELP: &str = "\
Fields follow the operation's name: `--cardNo 8986…` is text, `--ids:='[\"1\"]'` is JSON. They go into the query of \
an operation that reads, and into the body of one that does something.

  --all      every page of a list
  --json     the answer as it came, a row a line
  --dry-run  what would be sent, and nothing else
  --yes      do it, for an operation that changes something
  --help     behind a name: what the operation is, and what it asks for";

/// Which operation, with what.
#[derive(clap::Args)]
#[command(after_help = HELP, subcommand_value_name = "OPERATION", subcommand_help_heading = "Operations")]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Show all operations: what each is, where, how that is known, and the permission it asks for
    List,
    /// Ask what a shop needs about a card, and tell what of the answers is understood and what to add to the configuration
    Doctor {
        /// The number of a card of yours
        #[arg(long, value_name = "NUMBER")]
        card_no: String,
    },
    /// The operation of that name, with its fields
    #[command(external_subcommand)]
    Operation(Vec<String>),
}

/// Does it.
///
/// # Errors
/// The operation is not known, a field cannot be read, the platform did not do it, or it was not said that it shall.
pub async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<()> {
    let words = match arguments.what {
        What::List => return print(&list()),
        What::Doctor { card_no } => return look_over(config, &card_no).await,
        What::Operation(words) => words,
    };
    let (name, words) = words.split_first().context("no operation is named")?;
    let operation = operations::find(name).ok_or_else(|| unknown(name))?;
    let typed = fields::read(words, &SWITCHES)?;
    if typed.has("help") {
        return print(&about(operation));
    }
    let object = typed.object()?;
    let platform = Shingsou::new(&config.shingsou)?;
    let client = platform.client();
    let fields = typed.query();
    // Where it is asked in another way than was guessed, its fields go another way, too.
    let (query, body) = match client.verb(operation) == Method::GET {
        true => (fields.as_slice(), Body::None),
        false => (&[][..], Body::Json(&object)),
    };
    if typed.has("dry-run") {
        return print(&would_send(&client.prepare(operation, query, body)?));
    }
    if operation.sends_money_out() && !config.shingsou.money_out {
        bail!(
            "{} sends money out: refused unless shingsou.money_out = true",
            operation.name
        );
    }
    if !operation.only_reads() && !typed.has("yes") {
        bail!(
            "{} changes something at the platform: add --yes, or --dry-run to see what would be sent",
            operation.name
        );
    }
    if typed.has("all") {
        ensure!(
            operation.only_reads(),
            "{}: --all is for lists",
            operation.name
        );
        return whole(client, operation, query, typed.has("json")).await;
    }
    let answer = client.call(operation, query, body).await;
    show(&told(operation, answer)?, operation, typed.has("json"))
}

async fn look_over(config: &Config, card_no: &str) -> anyhow::Result<()> {
    let platform = Shingsou::new(&config.shingsou)?;
    let fitted = config.shingsou.operations.iter();
    let fitted = fitted.map(|(name, put_right)| (name.clone(), put_right.fields.clone()));
    let findings = doctor::examine(platform.client(), card_no, &fitted.collect()).await;
    for finding in &findings {
        eprintln!("{}", finding.lines.join("\n"));
    }
    let remedies: Vec<&str> = findings
        .iter()
        .map(|finding| finding.remedy.as_str())
        .filter(|remedy| !remedy.is_empty())
        .collect();
    if remedies.is_empty() {
        return Ok(());
    }
    eprintln!("\nto be added to the configuration, beside an address where there is one:\n");
    print(remedies.join("\n").trim_end())
}

/// A list page by page, so that its length does not matter.
async fn whole(
    client: &Client,
    operation: &Operation,
    query: &[(&str, &str)],
    json: bool,
) -> anyhow::Result<()> {
    let take = MOST_ROWS.to_string();
    let mut seen = 0;
    loop {
        let skip = seen.to_string();
        let paging = [("skip", skip.as_str()), ("take", take.as_str())];
        let answer = client
            .call(operation, &[query, &paging].concat(), Body::None)
            .await;
        let page = told(operation, answer)?
            .page()
            .map_err(|error| failed(operation, &error))?;
        print_rows(&page.rows, json)?;
        seen += page.rows.len();
        eprintln!("{seen} of {} rows", page.total.max(seen));
        if page.rows.is_empty() || seen >= page.total {
            return Ok(());
        }
    }
}

fn show(answer: &Answer, operation: &Operation, json: bool) -> anyhow::Result<()> {
    let data = answer.data().map_err(|error| failed(operation, &error))?;
    let Some(data) = data else {
        eprintln!("done");
        return Ok(());
    };
    if !data.get().starts_with('[') {
        return match json {
            true => print(data.get()),
            false => print_rows(&[data.to_owned()], false),
        };
    }
    let page = answer.page().map_err(|error| failed(operation, &error))?;
    print_rows(&page.rows, json)?;
    if page.total > page.rows.len() {
        eprintln!(
            "{} of {} rows: --skip and --take for others, --all for all",
            page.rows.len(),
            page.total
        );
    }
    Ok(())
}

fn print_rows(rows: &[Box<RawValue>], json: bool) -> anyhow::Result<()> {
    if !json {
        return print(&rows::table(rows));
    }
    let lines: Vec<&str> = rows.iter().map(|row| row.get()).collect();
    print(&lines.join("\n"))
}

/// The answer, or in words what became of the call.
fn told(operation: &Operation, answer: Result<Answer, Error>) -> anyhow::Result<Answer> {
    answer.map_err(|error| failed(operation, &error))
}

/// Whoever asks sees the platform's own words; a log never does.
fn failed(operation: &Operation, error: &Error) -> anyhow::Error {
    let name = operation.name;
    match error {
        Error::Refused { code, message } => {
            let row = shingsou::describe(*code);
            let listed = row.map_or(String::new(), |row| {
                format!(" {} ({})", row.name, row.description)
            });
            anyhow!("{name}: refused with code {code}{listed}: {message}")
        }
        Error::NotPermitted(code) => anyhow!(
            "{name}: the token was not granted {code}, so nothing was sent: add it to shingsou.scope, and to the application at the platform"
        ),
        Error::Unreachable(why) => anyhow!("{name}: nothing was done: {why}"),
        Error::Unknown(why) if operation.only_reads() => anyhow!("{name}: no usable answer: {why}"),
        Error::Unknown(why) => anyhow!(
            "{name}: it may have been done, and nobody told: {why}. Look before you ask for it again"
        ),
    }
}

fn unknown(name: &str) -> anyhow::Error {
    let (group, _) = name.split_once('-').unwrap_or((name, ""));
    let alike: Vec<&str> = ALL
        .iter()
        .map(|operation| operation.name)
        .filter(|known| known.starts_with(group) || known.contains(name))
        .collect();
    match alike.as_slice() {
        [] => anyhow!("{name}: no operation of the platform's; `gateway platform list` shows all"),
        alike => anyhow!(
            "{name}: no operation of the platform's; there is {}",
            alike.join(", ")
        ),
    }
}

fn list() -> String {
    let mut table = rows::plain();
    table.set_header([
        "operation",
        "title",
        "verb",
        "address",
        "known",
        "permission",
    ]);
    for operation in ALL {
        table.add_row([
            operation.name,
            operation.title,
            operation.verb.as_str(),
            operation.address,
            &operation.address_source.to_string(),
            operation.permission.unwrap_or("none"),
        ]);
    }
    table.to_string()
}

fn about(operation: &Operation) -> String {
    let warns = if operation.sends_money_out() {
        "\nIt sends money out: shingsou.money_out must be true, and --yes must be given."
    } else if operation.only_reads() {
        ""
    } else {
        "\nIt changes something at the platform: --yes must be given."
    };
    let listed = match (operation.permission, operation.documented_permission) {
        (Some(own), Some(documented)) if own != documented => {
            format!(" (the document lists it under {documented})")
        }
        _ => String::new(),
    };
    format!(
        "{} {}\n{} {}: verb {}, address {}\npermission: {}{listed}{warns}",
        operation.name,
        operation.title,
        operation.verb,
        operation.address,
        operation.verb_source,
        operation.address_source,
        operation.permission.unwrap_or("none"),
    )
}

fn would_send(request: &Request) -> String {
    let line = format!("{} {}", request.method(), request.url());
    match request.body().and_then(|body| body.as_bytes()) {
        Some(body) => format!("{line}\n{}", String::from_utf8_lossy(body)),
        None => line,
    }
}

/// Whoever reads may have gone, as `head` does.
fn print(text: &str) -> anyhow::Result<()> {
    match writeln!(stdout(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("the output cannot be written"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_says_what_it_is() {
        for operation in ALL {
            let about = about(operation);
            assert!(about.contains(operation.title), "{about}");
            let address = format!("address {}", operation.address_source);
            assert!(about.contains(&address), "{about}");
            assert!(
                about.contains(operation.permission.unwrap_or("permission: none")),
                "{about}"
            );
            assert_eq!(about.contains("--yes"), !operation.only_reads(), "{about}");
        }
        assert_eq!(list().lines().count(), ALL.len() + 1);
    }

    #[test]
    fn a_name_that_is_not_there_leads_to_those_that_are() {
        let told = unknown("flowcard-networks").to_string();
        assert!(
            told.contains("flowcard-network,") && !told.contains("alipay-query"),
            "{told}"
        );
        assert!(unknown("nothing").to_string().contains("platform list"));
    }
}
