//! What is refused, and in which words.

use contract::{ErrorCode, Problem, routes};
use gateway::Config;
use serde_json::json;

use super::{Edge, ORDER, text};
use crate::support::{CARD, shop};

#[tokio::test]
async fn errors_are_problems() {
    let edge = Edge::open().await;
    let json = |body: &str| {
        edge.post(routes::ORDERS)
            .header("idempotency-key", "0123456789abcdef")
            .header("content-type", "application/json")
            .body(body.to_owned())
    };
    let check = async |request: reqwest::RequestBuilder, code: ErrorCode| -> Problem {
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), code.status());
        let id = text(&answer, "x-request-id").to_owned();
        let problem = shop::problem(answer).await;
        assert_eq!(problem.code, code);
        assert_eq!(problem.status, code.status());
        assert_eq!(problem.title, code.title());
        assert_eq!(problem.request_id, id);
        assert_eq!(
            problem.kind,
            format!("{}/docs/errors#{}", edge.base, code.as_str())
        );
        problem
    };
    let problem = check(
        json("{\"card_number\": 898607209170141}"),
        ErrorCode::InvalidJson,
    )
    .await;
    assert!(
        problem.detail.contains("card_number") && !problem.detail.contains("898607"),
        "{}",
        problem.detail
    );
    check(
        json("{\"card_number\": \"1\", \"card_number\": \"1\"}"),
        ErrorCode::InvalidJson,
    )
    .await;
    check(
        json(&format!("{{\"card_number\": \"{}\"}}", "8".repeat(20_000))),
        ErrorCode::PayloadTooLarge,
    )
    .await;
    check(
        edge.post(routes::ORDERS)
            .header("content-type", "text/plain")
            .body("{}"),
        ErrorCode::UnsupportedMediaType,
    )
    .await;
    check(
        edge.post(routes::CARD_LOOKUP).body("{}"),
        ErrorCode::UnsupportedMediaType,
    )
    .await;
    check(edge.post(routes::CATALOG), ErrorCode::MethodNotAllowed).await;
    check(edge.get("/api/v1/nowhere"), ErrorCode::NotFound).await;
    let problem = check(
        edge.get(&format!("/api/v1/orders/{ORDER}")),
        ErrorCode::OrderNotFound,
    )
    .await;
    assert!(
        !serde_json::to_string(&problem)
            .expect("JSON")
            .contains(ORDER),
        "an id is never repeated"
    );

    let page = edge
        .visit("/docs/errors")
        .await
        .text()
        .await
        .expect("a page");
    for code in ErrorCode::ALL {
        assert!(
            page.contains(&format!("id=\"{}\"", code.as_str())),
            "{code:?} has no entry"
        );
    }
}

/// What a page of another site can send changes nothing.
#[tokio::test]
async fn row_33_requests_of_other_sites_are_refused() {
    let edge = Edge::open().await;
    let own = edge.base.clone();
    let cancel = format!("/api/v1/orders/{ORDER}/cancel");
    let check = async |lines: &[(&str, &str)], code: ErrorCode| {
        let request = lines
            .iter()
            .fold(edge.post(&cancel), |request, (name, value)| {
                request.header(*name, *value)
            });
        let problem = shop::problem(request.send().await.expect("an answer")).await;
        assert_eq!(problem.code, code, "{lines:?}");
    };
    check(&[("origin", &own)], ErrorCode::OrderNotFound).await;
    check(
        &[("origin", &own), ("sec-fetch-site", "same-origin")],
        ErrorCode::OrderNotFound,
    )
    .await;
    check(&[], ErrorCode::OrderNotFound).await;
    check(
        &[("origin", "https://evil.example")],
        ErrorCode::OriginRefused,
    )
    .await;
    check(&[("origin", "null")], ErrorCode::OriginRefused).await;
    check(
        &[("sec-fetch-site", "cross-site")],
        ErrorCode::OriginRefused,
    )
    .await;
    for form in [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
    ] {
        check(&[("content-type", form)], ErrorCode::UnsupportedMediaType).await;
    }
    // Reading is not refused: the browser itself keeps the answer from the other page.
    let answer = edge
        .get(routes::STOREFRONT)
        .header("origin", "https://evil.example")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200);
    assert!(!answer.headers().contains_key("access-control-allow-origin"));
    // A notice comes from a server, in whatever form its channel has.
    let notice = edge
        .post("/notify/nobody/nothing")
        .header("content-type", "text/xml")
        .body("<xml/>");
    let status = notice
        .header("origin", "https://wallet.example")
        .send()
        .await
        .expect("an answer")
        .status()
        .as_u16();
    assert!(![403, 415].contains(&status), "{status}");
}

#[tokio::test]
async fn row_36_a_trusted_proxy_tells_who_asks() {
    let lookup = async |edge: &Edge, client: &str| {
        let request = edge
            .post(routes::CARD_LOOKUP)
            .json(&json!({ "number": CARD }))
            .header("x-forwarded-for", client);
        let answer = request
            .header("x-request-id", "given-by-the-proxy")
            .send()
            .await
            .expect("an answer");
        let given = text(&answer, "x-request-id") == "given-by-the-proxy";
        (shop::problem(answer).await, given)
    };
    let few = |config: &mut Config| config.limits.lookups_per_minute = 1.try_into().expect("one");
    let behind = Edge::open_with(|config| {
        few(config);
        config.http.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    })
    .await;
    for client in ["198.51.100.1", "6.6.6.6, 198.51.100.2"] {
        let (problem, given) = lookup(&behind, client).await;
        assert_eq!(
            (problem.code, given),
            (ErrorCode::PlatformUnavailable, true)
        );
    }
    let (problem, _) = lookup(&behind, "7.7.7.7, 198.51.100.2").await;
    assert_eq!(problem.code, ErrorCode::RateLimited);
    assert!((1..=60).contains(&problem.retry_after.expect("it says when")));

    let direct = Edge::open_with(few).await;
    let (problem, given) = lookup(&direct, "198.51.100.1").await;
    assert_eq!(
        (problem.code, given),
        (ErrorCode::PlatformUnavailable, false)
    );
    let (problem, _) = lookup(&direct, "198.51.100.2").await;
    assert_eq!(
        problem.code,
        ErrorCode::RateLimited,
        "whoever is not trusted speaks for one address only"
    );
}
