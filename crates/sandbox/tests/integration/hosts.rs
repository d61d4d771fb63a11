//! The example apps in front of a shop of the test's own.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener},
    sync::mpsc::{Sender, channel},
    thread,
};

use axum::{
    Router,
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use reqwest::{Client, redirect::Policy};
use sandbox::{HostsOptions, Options, Sandbox};
use serde_json::{Value, json};

use crate::client::Partner;

/// A sandbox whose example apps show this shop, and who looks at them.
async fn before(shop: &str) -> (Sandbox, Client) {
    let sandbox = sandbox::start(showing(shop)).await.unwrap();
    let http = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    (sandbox, http)
}

fn showing(shop: &str) -> Options {
    Options {
        hosts: Some(HostsOptions {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            public_url: None,
            shop: shop.to_owned(),
        }),
        ..Options::default()
    }
}

fn url(sandbox: &Sandbox, path: &str) -> String {
    format!("{}{path}", sandbox.hosts_url().unwrap())
}

async fn start_shop() -> String {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .unwrap();
    let shop = format!("http://{}", listener.local_addr().unwrap());
    let away = format!("{shop}/orders/1");
    let app = Router::new()
        .route("/", get(page))
        .route("/fails", get(fails))
        .route("/echo", post(echo))
        .route(
            "/away",
            get(|| async { (StatusCode::SEE_OTHER, [(header::LOCATION, away)]) }),
        );
    tokio::spawn(axum::serve(listener, app).into_future());
    shop
}

async fn page() -> Response {
    let headers = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
        ),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    let page = "<html><head><script src=\"/own.js\"></script></head></html>";
    (headers, Html(page)).into_response()
}

async fn fails() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/problem+json"),
        (header::RETRY_AFTER, "3"),
    ];
    let problem = json!({ "code": "upstream_unavailable" }).to_string();
    (StatusCode::SERVICE_UNAVAILABLE, headers, problem).into_response()
}

async fn echo(headers: HeaderMap, body: String) -> String {
    let heard = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    json!({
        "host": heard("host"), "origin": heard("origin"), "referer": heard("referer"),
        "idempotency-key": heard("idempotency-key"), "body": body,
    })
    .to_string()
}

/// A shop that sends one event at once and the next when it is told to.
fn start_events() -> (String, Sender<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let shop = format!("http://{}", listener.local_addr().unwrap());
    let (go_on, told) = channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
        write!(stream, "{head}event: order\ndata: 1\n\n").unwrap();
        told.recv().unwrap();
        write!(stream, "event: order\ndata: 2\n\n").unwrap();
    });
    (shop, go_on)
}

#[tokio::test]
async fn an_event_goes_on_before_the_next_one_is_there() {
    let (shop, go_on) = start_events();
    let (sandbox, http) = before(&shop).await;
    let mut answer = http.get(url(&sandbox, "/events")).send().await.unwrap();
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
    let first = answer.chunk().await.unwrap().unwrap();
    assert_eq!(first, "event: order\ndata: 1\n\n");
    go_on.send(()).unwrap();
    let second = answer.chunk().await.unwrap().unwrap();
    assert_eq!(second, "event: order\ndata: 2\n\n");
    assert!(answer.chunk().await.unwrap().is_none());
}

#[tokio::test]
async fn an_error_goes_on_as_it_came() {
    let (sandbox, http) = before(&start_shop().await).await;
    let answer = http.get(url(&sandbox, "/fails")).send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()[header::RETRY_AFTER], "3");
    assert_eq!(
        answer.headers()[header::CONTENT_TYPE],
        "application/problem+json"
    );
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "upstream_unavailable");

    let (sandbox, http) = before("http://127.0.0.1:1").await;
    let answer = http.get(url(&sandbox, "/")).send().await.unwrap();
    assert_eq!(answer.status(), 502);
    assert!(answer.text().await.unwrap().contains("http://127.0.0.1:1"));
}

#[tokio::test]
async fn the_shop_sees_its_own_page_ask_and_a_strangers_as_a_strangers() {
    let shop = start_shop().await;
    let (sandbox, http) = before(&shop).await;
    let ask = |origin: String| {
        http.post(url(&sandbox, "/echo"))
            .header("origin", &origin)
            .header("referer", format!("{origin}/orders/1"))
            .header("idempotency-key", "k1")
            .body("{}")
            .send()
    };
    let heard: Value = ask(url(&sandbox, "")).await.unwrap().json().await.unwrap();
    assert_eq!(
        heard,
        json!({
            "host": shop.strip_prefix("http://").unwrap(), "origin": shop,
            "referer": format!("{shop}/orders/1"), "idempotency-key": "k1", "body": "{}",
        })
    );
    for stranger in ["http://evil.example", &format!("{}0", url(&sandbox, ""))] {
        let heard: Value = ask(stranger.to_owned())
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert_eq!(heard["origin"], stranger);
    }
    let answer = http.get(url(&sandbox, "/away")).send().await.unwrap();
    assert_eq!(
        answer.headers()[header::LOCATION],
        url(&sandbox, "/orders/1")
    );
}

#[tokio::test]
async fn a_page_gets_the_apps_script_before_its_own_and_nothing_else_changes() {
    let (sandbox, http) = before(&start_shop().await).await;
    let answer = http.get(url(&sandbox, "/")).send().await.unwrap();
    let headers = answer.headers();
    assert_eq!(
        headers[header::CONTENT_SECURITY_POLICY],
        "default-src 'none'; script-src 'self'; frame-ancestors 'self'"
    );
    assert!(!headers.contains_key(header::X_FRAME_OPTIONS));
    assert_eq!(
        answer.text().await.unwrap(),
        "<html><head><script src=\"/hosts/inject.js\"></script><script src=\"/own.js\"></script></head></html>"
    );
}

#[tokio::test]
async fn a_wallet_is_shown_in_the_example_apps_alone_and_leads_back_to_them() {
    let partner = Partner::with(showing("http://127.0.0.1:1")).await;
    let page = partner.open("H1").await;
    let shown = partner.http.get(&page).send().await.unwrap();
    assert_eq!(
        shown.headers()[header::CONTENT_SECURITY_POLICY],
        format!("frame-ancestors {}", url(&partner.sandbox, ""))
    );
    assert!(!shown.headers().contains_key(header::X_FRAME_OPTIONS));

    let press = |destination: &str| {
        partner
            .http
            .post(&page)
            .header("sec-fetch-dest", destination)
            .form(&[("action", "pay")])
            .send()
    };
    let back = press("iframe").await.unwrap();
    assert_eq!(
        back.headers()[header::LOCATION],
        url(&partner.sandbox, "/back?a=1")
    );
    let back = press("document").await.unwrap();
    assert_eq!(
        back.headers()[header::LOCATION],
        "http://127.0.0.1:1/back?a=1"
    );
    let text = partner.http.get(&page).header("sec-fetch-dest", "iframe");
    let text = text.send().await.unwrap().text().await.unwrap();
    assert!(
        text.contains(&format!("href=\"{}\"", url(&partner.sandbox, "/back?a=1"))),
        "{text}"
    );
}

#[tokio::test]
async fn without_a_shop_there_are_none_and_no_wallet_is_framed() {
    let partner = Partner::new().await;
    assert_eq!(partner.sandbox.hosts_url(), None);
    let page = partner.open("H2").await;
    let shown = partner.http.get(&page).send().await.unwrap();
    assert_eq!(shown.headers()[header::X_FRAME_OPTIONS], "DENY");
}
