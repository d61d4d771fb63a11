//! The shape around every answer: `{code, codeName, message, data}`, and `{take, skip, total, …}` around a page.
//!
//! That business errors come with HTTP 200 and a code other than 200 is inferred from the platform's framework, whose
//! table of global codes the platform documents word for word.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::{Error, error::code, fitting::Names};

const OK: i64 = 200;

const NO_DATA: &str = "the answer has no data";

/// The platform's words are kept for people, not for ever.
const LONGEST_MESSAGE: usize = 200;

/// An answer of the platform, as it came.
#[derive(Clone, Debug)]
pub struct Answer {
    body: Vec<u8>,
    names: Names,
}

/// One page of a list, or several. Rows are read one by one, so that one bad row does not hide the others.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Rows on all pages.
    pub total: usize,
    /// The rows, as they came.
    pub rows: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    code: i64,
    message: Option<String>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    total: Option<usize>,
}

impl Answer {
    pub(crate) fn new(body: Vec<u8>, names: Names) -> Answer {
        Answer { body, names }
    }

    /// What is inside, as it came; `None` where there is nothing inside.
    ///
    /// # Errors
    /// [`Error::Refused`] where the platform will not; [`Error::Unknown`] where this is no answer.
    pub fn data(&self) -> Result<Option<&RawValue>, Error> {
        Ok(open(&self.body)?.data)
    }

    /// Reads the one value inside.
    ///
    /// # Errors
    /// [`Error::Refused`] where the platform will not; [`Error::Unknown`] where this is no answer, or another one.
    pub fn object<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let data = self.data()?.ok_or_else(|| Error::unknown(NO_DATA))?;
        match self.names.inward(data)? {
            Some(renamed) => value(&renamed),
            None => value(data),
        }
    }

    /// Reads the rows inside: a page of a list, or a whole one.
    ///
    /// # Errors
    /// [`Error::Refused`] where the platform will not; [`Error::Unknown`] where this is no answer, or no list.
    pub fn page(&self) -> Result<Page, Error> {
        let envelope = open(&self.body)?;
        let data = envelope.data.ok_or_else(|| Error::unknown(NO_DATA))?;
        let mut rows: Vec<Box<RawValue>> = value(data)?;
        for row in &mut rows {
            if let Some(renamed) = self.names.inward(row)? {
                *row = renamed;
            }
        }
        Ok(Page {
            total: envelope.total.unwrap_or(rows.len()),
            rows,
        })
    }
}

/// Reads a value inside `data`.
pub(crate) fn value<T: DeserializeOwned>(raw: &RawValue) -> Result<T, Error> {
    serde_json::from_str(raw.get()).map_err(|error| Error::unknown(&describe(&error)))
}

fn open(body: &[u8]) -> Result<Envelope<'_>, Error> {
    let envelope: Envelope =
        serde_json::from_slice(body).map_err(|error| Error::unknown(&describe(&error)))?;
    match envelope.code {
        OK => Ok(envelope),
        // Its own fault, by its own table: whether it happened before or after the effect is not told.
        code::INTERNAL => Err(Error::unknown("it failed inside (code 417)")),
        code => {
            let message = envelope.message.unwrap_or_default();
            Err(Error::Refused {
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
        let check = |body: &str, expected: Result<u32, Error>| {
            let answer = Answer::new(body.as_bytes().to_vec(), Names::default());
            assert_eq!(answer.object::<u32>(), expected, "{body}");
        };
        let unknown = |words: &str| Err(Error::Unknown(words.into()));
        let refused = |code, message: &str| {
            Err(Error::Refused {
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
        let answer = Answer::new(body.to_vec(), Names::default());
        let page = answer.page().expect("a page");
        assert_eq!((page.total, page.rows.len()), (3, 2));
        assert_eq!(page.rows[1].get(), r#"{"a":[]}"#);
    }
}
