//! Whatever the interface answers, its description has it.

use contract::routes;
use reqwest::RequestBuilder;
use serde_json::Value;

use super::{Edge, ORDER, text};
use crate::support::CARD;

/// Every operation is asked in all the ways in which what is around the handlers refuses.
#[tokio::test]
async fn every_refusal_of_every_operation_is_described() {
    let edge = Edge::open_with(|config| {
        config.limits.lookups_per_minute = 1.try_into().expect("one");
        config.limits.searches_per_minute = 1.try_into().expect("one");
    })
    .await;
    let document = edge.visit("/api/v1/openapi.json").await;
    let document: Value = document.json().await.expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().expect("operations") {
            let has_body = operation.get("requestBody").is_some();
            let mut wanted = vec![];
            if method == "post" {
                wanted.extend([403, 415]);
            }
            if has_body {
                wanted.extend([400, 413]);
            }
            let mut seen = Vec::new();
            for request in requests(&edge, path, method == "post") {
                let answer = request.send().await.expect("an answer");
                let status = answer.status().as_u16();
                let name = format!("{method} {path}: {status}");
                let described = &operation["responses"][status.to_string()]["content"];
                let kind = text(&answer, "content-type");
                assert!(
                    described.get(kind).is_some(),
                    "{name} {kind} is not described"
                );
                if status >= 400 {
                    assert_eq!(kind, "application/problem+json", "{name}");
                }
                seen.push(status);
            }
            for status in wanted {
                assert!(
                    seen.contains(&status),
                    "{method} {path} never answers {status}"
                );
            }
            // What every operation can come to, and no test can bring about for each.
            for status in ["500", "503"] {
                assert!(
                    operation["responses"].get(status).is_some(),
                    "{method} {path} {status}"
                );
            }
        }
    }
    assert!(document["paths"][routes::CARD_LOOKUP]["post"]["responses"]["429"].is_object());
}

fn requests(edge: &Edge, path: &str, writes: bool) -> Vec<RequestBuilder> {
    let of_order = path.replace("{id}", ORDER);
    let no_text = path.replace("{id}", "%ff");
    if !writes {
        return vec![edge.get(&of_order), edge.get(&no_text)];
    }
    let json = |path: &str, body: &str| {
        let request = edge.post(path).header("content-type", "application/json");
        request
            .header("idempotency-key", "0123456789abcdef")
            .body(body.to_owned())
    };
    let number = format!(r#"{{"number":"{CARD}"}}"#);
    vec![
        edge.post(&of_order),
        edge.post(&of_order)
            .header("origin", "https://evil.example"),
        edge.post(&of_order)
            .header("content-type", "text/plain")
            .body("{}"),
        json(&of_order, "{"),
        json(&of_order, "[]"),
        json(&of_order, &format!("\"{}\"", "x".repeat(20_000))),
        json(&no_text, "{}"),
        // Twice, for those that count.
        json(&of_order, &number),
        json(&of_order, &number),
    ]
}
