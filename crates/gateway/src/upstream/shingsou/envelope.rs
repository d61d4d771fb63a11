//! The shape around every answer: `{code, codeName, message, data}`, and `{take, skip, total, …}` around a page.
//!
//! That business errors come with HTTP 200 and a code other than 200 is inferred from the platform's framework, whose
//! table of global codes the platform documents word for word.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{UpstreamError, code};

const OK: i64 = 200;

/// The platform's words are kept for people, not for ever.
const LONGEST_MESSAGE: usize = 200;

/// One page of a list. Rows are read one by one, so that one bad row does not hide the others.
pub(super) struct Page {
    /// Rows on all pages.
    pub(super) total: usize,
    pub(super) rows: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    code: i64,
    message: Option<String>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    total: Option<usize>,
}

/// Reads an answer with one value.
pub(super) fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, UpstreamError> {
    let envelope = open(body)?;
    value(
        envelope
            .data
            .ok_or_else(|| garbage("the answer has no data"))?,
    )
}

/// Reads an answer with one page.
pub(super) fn page(body: &[u8]) -> Result<Page, UpstreamError> {
    let envelope = open(body)?;
    let rows: Vec<Box<RawValue>> = value(
        envelope
            .data
            .ok_or_else(|| garbage("the answer has no data"))?,
    )?;
    Ok(Page {
        total: envelope.total.unwrap_or(rows.len()),
        rows,
    })
}

/// Reads a value inside `data`.
pub(super) fn value<T: DeserializeOwned>(raw: &RawValue) -> Result<T, UpstreamError> {
    serde_json::from_str(raw.get()).map_err(|error| garbage(&describe(&error)))
}

/// An answer that cannot be read. It may be the answer to something that was carried out.
pub(super) fn garbage(what: &str) -> UpstreamError {
    UpstreamError::Unknown(what.to_owned())
}

fn open(body: &[u8]) -> Result<Envelope<'_>, UpstreamError> {
    let envelope: Envelope =
        serde_json::from_slice(body).map_err(|error| garbage(&describe(&error)))?;
    match envelope.code {
        OK => Ok(envelope),
        // Its own fault, by its own table: whether it happened before or after the effect is not told.
        code::INTERNAL => Err(garbage("it failed inside (code 417)")),
        code => {
            let message = envelope.message.unwrap_or_default();
            Err(UpstreamError::Refused {
                code,
                message: message.chars().take(LONGEST_MESSAGE).collect(),
            })
        }
    }
}

/// Where an answer is wrong, without the values that the library would quote from it.
fn describe(error: &serde_json::Error) -> String {
    let words = error.to_string();
    match words.split_once(" at line ") {
        Some((words, _)) if words.starts_with("missing field") => format!("{words} in its answer"),
        _ => format!(
            "its answer is not the expected JSON (line {}, column {})",
            error.line(),
            error.column()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_envelope() {
        let check = |body: &str, expected: Result<u32, UpstreamError>| {
            assert_eq!(object::<u32>(body.as_bytes()), expected, "{body}");
        };
        let unknown = |words: &str| Err(UpstreamError::Unknown(words.into()));
        let refused = |code, message: &str| {
            Err(UpstreamError::Refused {
                code,
                message: message.into(),
            })
        };
        check(
            r#"{"code":200,"codeName":"Status200OK","message":"ok","data":7}"#,
            Ok(7),
        );
        check(
            r#"{"code":404,"message":"未找到内容","data":null}"#,
            refused(404, "未找到内容"),
        );
        check(r#"{"code":10101}"#, refused(10_101, ""));
        check(
            r#"{"code":417,"message":"服务器内部错误"}"#,
            unknown("it failed inside (code 417)"),
        );
        check(
            r#"{"code":200,"data":null}"#,
            unknown("the answer has no data"),
        );
        check(
            r#"{"data":7}"#,
            unknown("missing field `code` in its answer"),
        );
        check(
            r#"{"code":200,"data":"898607B2091701418584"}"#,
            unknown("its answer is not the expected JSON (line 1, column 22)"),
        );
        check(
            "",
            unknown("its answer is not the expected JSON (line 1, column 0)"),
        );
        check(
            "<html>",
            unknown("its answer is not the expected JSON (line 1, column 1)"),
        );
        check(
            r#"{"code":200,"data":{"#,
            unknown("its answer is not the expected JSON (line 1, column 20)"),
        );
    }

    #[test]
    fn a_page_tells_how_many_rows_there_are_in_all() {
        let body = br#"{"take":2,"skip":0,"total":3,"code":200,"data":[1,{"a":[]}]}"#;
        let page = page(body).expect("a page");
        assert_eq!((page.total, page.rows.len()), (3, 2));
        assert_eq!(page.rows[1].get(), r#"{"a":[]}"#);
    }
}
