//! Sending one notice once.

use axum::http::{HeaderMap, HeaderValue, header};
use reqwest::{Client, Response, Url};
use serde::Serialize;

/// One sending.
#[derive(Clone)]
pub(crate) struct Letter {
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// What came back.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Answer {
    /// Absent when nothing came back.
    status: Option<u16>,
    body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// More of an answer is not read.
const MOST_BYTES: usize = 16 * 1024;

impl Letter {
    pub(crate) fn new(url: Url, kind: &'static str, body: String) -> Self {
        let kind = HeaderValue::from_static(kind);
        Self {
            url,
            headers: HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]),
            body,
        }
    }
}

impl Answer {
    /// 200 and `success`, as the card platform and Alipay want it.
    pub(crate) fn is_success(&self) -> bool {
        self.status == Some(200) && self.body.trim() == "success"
    }

    /// 200 or 204, whatever is said, as WeChat Pay wants it.
    pub(crate) fn is_good(&self) -> bool {
        matches!(self.status, Some(200 | 204))
    }
}

/// Sends a letter and reads the answer, within the client's time limit.
pub(crate) async fn post(http: &Client, letter: Letter) -> Answer {
    let request = http.post(letter.url).headers(letter.headers);
    let (status, read) = match request.body(letter.body).send().await {
        Ok(response) => (Some(response.status().as_u16()), read(response).await),
        Err(error) => (None, Err(error)),
    };
    match read {
        Ok(body) => Answer {
            status,
            body,
            error: None,
        },
        Err(error) => Answer {
            status,
            body: String::new(),
            error: Some(error.without_url().to_string()),
        },
    }
}

async fn read(mut response: Response) -> reqwest::Result<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MOST_BYTES {
            bytes.truncate(MOST_BYTES);
            break;
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
