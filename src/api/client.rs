//! Requests and answers.

use std::{future::Future, pin::Pin};

use contract::{ErrorCode, Problem, routes};
use gloo_net::http::{Request, Response};
use leptos::prelude::window;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::Failure;
use crate::{dom, json, timer};

/// Longer than the gateway's own patience with the platforms behind it.
const PATIENCE_MS: i32 = 20_000;

/// A text that is on its way. Boxed, so that each call that waits for one adds no code of its own for the waiting.
type Answer<'a> = Pin<Box<dyn Future<Output = Result<String, Failure>> + 'a>>;

pub(super) async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    parse(&send(path, None, None).await?)
}

pub(super) async fn post<T: DeserializeOwned>(path: &str, body: &str) -> Result<T, Failure> {
    parse(&send(path, Some(body), None).await?)
}

pub(super) async fn post_for_nothing(path: &str, body: &str) -> Result<(), Failure> {
    send(path, Some(body), None).await.map(drop)
}

pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    json::read(text).ok_or(Failure::Unreadable)
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

/// Sends a request and gives the text of what comes back.
pub(super) fn send<'a>(path: &'a str, body: Option<&'a str>, key: Option<&'a str>) -> Answer<'a> {
    Box::pin(async move {
        let request = request(path, body, key).map_err(|_| Failure::Unreadable)?;
        let Some(Some((status, text))) = timer::within(PATIENCE_MS, fetch(request)).await else {
            return Err(Failure::Offline);
        };
        if (200..300).contains(&status) {
            return Ok(text);
        }
        Err(match parse::<Problem>(&text) {
            Ok(problem) => Failure::Refused(Box::new(problem)),
            // What stands before the gateway may answer in its own words.
            Err(_) if status == 429 || status >= 500 => {
                Failure::Refused(Box::new(unnamed(status, busy(status))))
            }
            Err(failure) => failure,
        })
    })
}

fn request(path: &str, body: Option<&str>, key: Option<&str>) -> Result<Request, gloo_net::Error> {
    let Some(body) = body else {
        return Request::get(path).build();
    };
    let mut request = Request::post(path).header("Content-Type", "application/json");
    if let Some(key) = key {
        request = request.header(routes::IDEMPOTENCY_KEY, key);
    }
    request.body(body)
}

/// Not by [`Request::send`], which ends the program where a request fails with anything but an `Error`, or answers with
/// anything but the browser's own `Response`: apps put a `fetch` of their own into the pages that they show.
async fn fetch(request: Request) -> Option<(u16, String)> {
    let answer = window().fetch_with_request(&request.into());
    let response: web_sys::Response = JsFuture::from(answer).await.ok()?.unchecked_into();
    let response = Response::from(response);
    Some((response.status(), response.text().await.ok()?))
}

fn busy(status: u16) -> ErrorCode {
    if status == 429 {
        ErrorCode::RateLimited
    } else {
        ErrorCode::Overloaded
    }
}

/// A refusal without words.
pub(super) fn unnamed(status: u16, code: ErrorCode) -> Problem {
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
