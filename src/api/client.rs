//! Requests and answers.

use contract::{ErrorCode, Problem, routes};
use gloo_net::http::{Method, Request, RequestBuilder};
use leptos::prelude::window;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::Failure;
use crate::{dom, timer};

/// Longer than the gateway's own patience with the platforms behind it.
const PATIENCE_MS: i32 = 20_000;

pub(super) async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    let request = RequestBuilder::new(path).build();
    read(&send(request).await?)
}

pub(super) async fn post<T: DeserializeOwned>(
    path: &str,
    body: &impl Serialize,
    key: Option<&str>,
) -> Result<T, Failure> {
    read(&send(with_body(path, body, key)).await?)
}

pub(super) async fn post_for_nothing(path: &str, body: &impl Serialize) -> Result<(), Failure> {
    send(with_body(path, body, None)).await.map(drop)
}

pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|_| Failure::Unreadable)
}

/// The catalog's text that the loader asked for before the program was there, once.
pub(super) async fn early_catalog() -> Option<String> {
    let promise = dom::property(&window(), "__catalog")?
        .dyn_into::<js_sys::Promise>()
        .ok()?;
    let _ = js_sys::Reflect::set(&window(), &"__catalog".into(), &JsValue::UNDEFINED);
    timer::within(PATIENCE_MS, JsFuture::from(promise))
        .await?
        .ok()?
        .as_string()
}

fn with_body(
    path: &str,
    body: &impl Serialize,
    key: Option<&str>,
) -> Result<Request, gloo_net::Error> {
    let mut request = RequestBuilder::new(path)
        .method(Method::POST)
        .header("Content-Type", "application/json");
    if let Some(key) = key {
        request = request.header(routes::IDEMPOTENCY_KEY, key);
    }
    request.body(serde_json::to_string(body).unwrap_or_default())
}

async fn send(request: Result<Request, gloo_net::Error>) -> Result<String, Failure> {
    let request = request.map_err(|_| Failure::Unreadable)?;
    let answer = timer::within(PATIENCE_MS, async {
        let response = request.send().await?;
        let status = (response.status(), response.ok());
        Ok::<_, gloo_net::Error>((status, response.text().await?))
    })
    .await;
    let Some(Ok(((status, ok), text))) = answer else {
        return Err(Failure::Offline);
    };
    if ok {
        return Ok(text);
    }
    Err(match read::<Problem>(&text) {
        Ok(problem) => Failure::Refused(Box::new(problem)),
        // What stands before the gateway may answer in its own words.
        Err(_) if status == 429 || status >= 500 => Failure::Refused(Box::new(unnamed(status))),
        Err(failure) => failure,
    })
}

fn unnamed(status: u16) -> Problem {
    let code = if status == 429 {
        ErrorCode::RateLimited
    } else {
        ErrorCode::Overloaded
    };
    Problem {
        kind: String::new(),
        status,
        code,
        title: String::new(),
        detail: String::new(),
        request_id: String::new(),
        field: None,
        retry_after: None,
        price_fen: None,
    }
}
