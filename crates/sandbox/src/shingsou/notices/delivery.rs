//! Sending one notice once.

use reqwest::{Client, RequestBuilder, Response, Url, header};
use serde::Serialize;

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

impl Answer {
    /// 200 and `success`, as the platform wants it.
    pub(crate) fn is_accepted(&self) -> bool {
        self.status == Some(200) && self.body.trim() == "success"
    }
}

/// Posts a body and reads the answer, within the client's time limit.
pub(crate) async fn post(http: &Client, url: Url, body: String) -> Answer {
    let request = http
        .post(url)
        .header(header::CONTENT_TYPE, "application/json")
        .body(body);
    send(request).await
}

/// Sends a request and reads the answer, within the client's time limit.
pub(crate) async fn send(request: RequestBuilder) -> Answer {
    match request.send().await {
        Ok(response) => {
            let status = Some(response.status().as_u16());
            match read(response).await {
                Ok(body) => Answer {
                    status,
                    body,
                    error: None,
                },
                Err(error) => Answer {
                    status,
                    body: String::new(),
                    error: Some(describe(error)),
                },
            }
        }
        Err(error) => Answer {
            status: None,
            body: String::new(),
            error: Some(describe(error)),
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

fn describe(error: reqwest::Error) -> String {
    error.without_url().to_string()
}
