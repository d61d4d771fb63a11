//! What is asked of the gateway, and what becomes of its answers, where an app has put a `fetch` of its own in the page.

use contract::{CreateOrder, ErrorCode, Fen, OrderId};
use js_sys::{Function, Reflect};
use leptos::prelude::window;
use storefront::api::{self, Failure};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

/// Puts a `fetch` into the page, as the body of a function of a request, until it is dropped.
struct Fetch(JsValue);

impl Fetch {
    fn is(body: &str) -> Fetch {
        let before = Reflect::get(&window(), &"fetch".into()).expect("the browser has one");
        put(&Function::new_with_args("request", body));
        Fetch(before)
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        put(self.0.unchecked_ref());
    }
}

fn put(fetch: &Function) {
    Reflect::set(&window(), &"fetch".into(), fetch).expect("it can be set");
}

fn answer(status: u16, text: &str) -> String {
    format!("return Promise.resolve(new Response({text:?}, {{status: {status}}}))")
}

/// Gives the request back as a refusal's words: its method, address, headers and body.
const ECHO: &str = r#"
    return request.text().then((body) => {
        const header = (name) => request.headers.get(name) || "none";
        const told = [request.method, new URL(request.url).pathname, header("content-type"), header("idempotency-key"), body];
        const problem = {type: "t", status: 409, code: "rate_limited", title: "", detail: told.join(" "), request_id: "r"};
        return new Response(JSON.stringify(problem), {status: 409});
    })"#;

fn told<T>(answer: Result<T, Failure>) -> String {
    match answer {
        Err(Failure::Refused(problem)) => problem.detail,
        _ => panic!("the request was not told"),
    }
}

fn order() -> CreateOrder {
    CreateOrder {
        card_number: "898607B2091701418584".into(),
        package_id: "1102".into(),
        quoted_fen: Fen(1800),
        repeat: false,
        ask: true,
    }
}

#[wasm_bindgen_test]
async fn requests_say_what_the_gateway_wants_to_hear() {
    let _fetch = Fetch::is(ECHO);
    assert_eq!(told(api::notices().await), "GET /api/v1/notices none none ");
    assert_eq!(
        told(api::card("898607B2091701418584").await),
        r#"POST /api/v1/cards/lookup application/json none {"number":"898607B2091701418584"}"#
    );
    assert_eq!(
        told(api::create_order(&order(), "k-1").await),
        concat!(
            "POST /api/v1/orders application/json k-1 ",
            r#"{"card_number":"898607B2091701418584","package_id":"1102","quoted_fen":1800,"repeat":false,"ask":true}"#
        )
    );
    let id = OrderId::from_bytes([1; 16]);
    assert_eq!(
        told(api::cancel(&id).await),
        format!(
            "POST /api/v1/orders/{}/cancel application/json none {{}}",
            id.as_str()
        )
    );
}

#[wasm_bindgen_test]
async fn what_is_no_answer_of_the_gateways_is_told_apart() {
    let after = async |fetch: &str| {
        let _fetch = Fetch::is(fetch);
        api::notices().await
    };
    let ok = after(&answer(200, r#"{"notices":[]}"#)).await;
    assert_eq!(ok.map(|notices| notices.notices.len()), Ok(0));
    for text in ["", "<html>", "{}"] {
        assert_eq!(
            after(&answer(200, text)).await,
            Err(Failure::Unreadable),
            "{text}"
        );
        assert_eq!(
            after(&answer(404, text)).await,
            Err(Failure::Unreadable),
            "{text}"
        );
        let code = |failure: Result<_, Failure>| failure.err().and_then(|failure| failure.code());
        assert_eq!(
            code(after(&answer(429, text)).await),
            Some(ErrorCode::RateLimited)
        );
        assert_eq!(
            code(after(&answer(502, text)).await),
            Some(ErrorCode::Overloaded)
        );
    }
    let refusal = r#"{"type":"t","status":429,"code":"rate_limited","title":"","detail":"","request_id":"r","retry_after":30}"#;
    match after(&answer(429, refusal)).await {
        Err(Failure::Refused(problem)) => assert_eq!(problem.retry_after, Some(30)),
        other => panic!("{other:?}"),
    }
}

#[wasm_bindgen_test]
async fn whatever_a_request_fails_with_the_page_lives_on() {
    for fetch in [
        "return Promise.reject(new TypeError('Failed to fetch'))",
        "return Promise.reject(new DOMException('aborted', 'AbortError'))",
        "return Promise.reject('no network')",
        "return Promise.reject({code: 3})",
        "return Promise.reject()",
    ] {
        let _fetch = Fetch::is(fetch);
        assert_eq!(api::notices().await, Err(Failure::Offline), "{fetch}");
    }
    let own = "const text = () => Promise.resolve('{\"notices\":[]}'); return Promise.resolve({status: 200, text})";
    let _fetch = Fetch::is(own);
    assert_eq!(
        api::notices().await.map(|notices| notices.notices.len()),
        Ok(0)
    );
}
