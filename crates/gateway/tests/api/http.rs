//! What is around every request, and the configuration that decides it.

mod bounds;
mod described;
mod page;
mod process;
mod refusals;

use std::{process::Command, time::Duration};

use contract::routes;
use gateway::{Config, Server};
use reqwest::{Client, Response, header};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Database, shop};

const ORDER: &str = "00112233445566778899aabbccddeeff";
const STYLE: &str = "body{color:#123}";
/// SHA-256 of [`STYLE`].
const STYLE_HASH: &str = "'sha256-3NukuEgz3eCqFp2865Fm74xAoTPS6ruvf41GmFVYVzg='";

/// A gateway whose card platform cannot be reached, with a small page.
struct Edge {
    server: Server,
    base: String,
    http: Client,
    _page: TempDir,
    _database: Database,
}

impl Edge {
    async fn open() -> Edge {
        Edge::open_with(|_| {}).await
    }

    async fn open_with(change: impl FnOnce(&mut Config)) -> Edge {
        let page = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in [
            (
                "index.html",
                &*format!(
                    "<!doctype html><html lang=\"zh-CN\"><style>{STYLE}</style><title>shop</title>"
                ),
            ),
            ("loader-0123456789abcdef.js", "loader"),
            ("loader-0123456789abcdef.js.br", "loader in brotli"),
            ("loader-0123456789abcdef.js.gz", "loader in gzip"),
            ("shop-0123456789abcdef.wasm", "\0asm"),
            ("robots.txt", "User-agent: *"),
        ] {
            std::fs::write(page.path().join(name), text).expect("a file of the page");
        }
        let database = Database::sqlite();
        let mut config = shop::config(&database, "http://127.0.0.1:9", 900);
        config.http.static_dir = page.path().to_owned();
        change(&mut config);
        let server = gateway::start(config).await.expect("the gateway starts");
        let base = format!("http://{}", server.addr());
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Edge {
            server,
            base,
            http,
            _page: page,
            _database: database,
        }
    }

    fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.get(format!("{}{path}", self.base))
    }

    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.post(format!("{}{path}", self.base))
    }

    /// Asks for a page as a browser does.
    async fn visit(&self, path: &str) -> Response {
        self.get(path)
            .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .send()
            .await
            .expect("an answer")
    }
}

fn text<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().expect("a header of text"))
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let edge = Edge::open().await;
    let paths = [
        "/",
        "/nowhere",
        "/robots.txt",
        routes::STOREFRONT,
        "/api/v1/nowhere",
        "/healthz",
        "/docs/errors",
        "/api/docs/",
    ];
    for path in paths {
        let answer = edge.visit(path).await;
        assert_eq!(text(&answer, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(
            text(&answer, "referrer-policy"),
            "strict-origin-when-cross-origin",
            "{path}"
        );
        assert_eq!(
            text(&answer, "cross-origin-opener-policy"),
            "same-origin-allow-popups",
            "{path}"
        );
        assert_eq!(text(&answer, "x-frame-options"), "DENY", "{path}");
        assert!(
            text(&answer, "content-security-policy").starts_with("default-src 'none'"),
            "{path}"
        );
        assert!(
            text(&answer, "content-security-policy").contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(
            !answer.headers().contains_key("strict-transport-security"),
            "{path}"
        );
        assert_eq!(text(&answer, "x-request-id").len(), 16, "{path}");
    }
    assert_eq!(
        text(&edge.visit(routes::STOREFRONT).await, "cache-control"),
        "no-store"
    );

    let edge = Edge::open_with(|config| {
        config.http.public_url = "https://pay.example".parse().expect("an address");
        config.http.frame_ancestors = vec!["https://partner.example".into()];
    })
    .await;
    let answer = edge.visit("/").await;
    assert_eq!(
        text(&answer, "strict-transport-security"),
        "max-age=31536000"
    );
    assert_eq!(text(&answer, "x-frame-options"), "");
    assert!(
        text(&answer, "content-security-policy")
            .ends_with("frame-ancestors https://partner.example")
    );
}

#[tokio::test]
async fn the_first_picture_is_in_the_language_that_is_asked_for() {
    let edge = Edge::open().await;
    for (path, header, value, expected) in [
        ("/", "accept-language", "en-GB,en;q=0.9", "en"),
        ("/", "accept-language", "zh-CN,en;q=0.9", "zh-CN"),
        ("/", "cookie", "rc_lang=en", "en"),
        ("/?lang=en", "accept-language", "zh-CN", "en"),
    ] {
        let answer = edge.get(path).header(header, value).send().await;
        let answer = answer.expect("an answer");
        let vary = answer.headers().get_all("vary").iter();
        let vary: Vec<_> = vary.filter_map(|value| value.to_str().ok()).collect();
        assert!(vary.contains(&"accept-language, cookie"), "{vary:?}");
        let page = answer.text().await.expect("a page");
        let lang = format!(r#"<html lang="{expected}">"#);
        assert!(page.contains(&lang), "{path} {header}: {value}: {page}");
    }
}

#[tokio::test]
async fn the_interface_describes_itself() {
    let edge = Edge::open().await;
    let document: Value = edge
        .visit("/api/v1/openapi.json")
        .await
        .json()
        .await
        .expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    for path in [
        routes::STOREFRONT,
        routes::CATALOG,
        routes::NOTICES,
        routes::CARD_LOOKUP,
        routes::CARD_REALNAME,
        routes::CARD_ORDERS,
        routes::ORDERS,
        routes::WECHAT_SCAN,
        "/api/v1/orders/{id}",
        "/api/v1/orders/{id}/events",
        "/api/v1/orders/{id}/payments",
        "/api/v1/orders/{id}/submitted",
        "/api/v1/orders/{id}/cancel",
    ] {
        assert!(paths.contains_key(path), "{path} is not described");
    }
    assert_eq!(paths.len(), 13, "{:?}", paths.keys());
    let page = edge.visit("/api/docs/").await;
    assert_eq!(page.status(), 200);
    assert!(text(&page, "content-security-policy").contains("style-src 'self' 'unsafe-inline'"));
    let page = page.text().await.expect("a page");
    assert!(
        !page.contains("<script>"),
        "no script is written into the page"
    );
    assert_eq!(
        edge.visit("/api/docs/swagger-ui-bundle.js").await.status(),
        200
    );
    let script = edge
        .visit("/api/docs/swagger-initializer.js")
        .await
        .text()
        .await
        .expect("a script");
    assert!(script.contains("/api/v1/openapi.json"), "{script}");
}

#[tokio::test]
async fn operation_sees_templates_and_no_ids() {
    let edge = Edge::open().await;
    assert_eq!(edge.visit("/healthz").await.status(), 200);
    assert_eq!(edge.visit("/readyz").await.status(), 200);
    assert_eq!(
        edge.visit(&format!("/api/v1/orders/{ORDER}"))
            .await
            .status(),
        404
    );
    let figures = edge.visit("/metrics").await.text().await.expect("figures");
    let line = "http_requests_total{method=\"GET\",route=\"/api/v1/orders/{id}\",status=\"404\"}";
    assert!(figures.contains(line), "{figures}");
    assert!(
        figures.contains("http_request_duration_seconds_bucket"),
        "{figures}"
    );
    assert!(!figures.contains(ORDER));
    let code = edge.visit(&format!("/cashier/{ORDER}")).await;
    assert!(code.status().is_redirection());
    assert_eq!(
        text(&code, header::LOCATION.as_str()),
        format!("/orders/{ORDER}")
    );
}

#[tokio::test]
async fn stopping_ends_idle_connections_and_refuses_new_ones() {
    let edge = Edge::open().await;
    assert_eq!(edge.visit("/healthz").await.status(), 200);
    let Edge {
        server, base, http, ..
    } = edge;
    tokio::time::timeout(Duration::from_secs(5), server.shutdown())
        .await
        .expect("in time")
        .expect("in order");
    assert!(http.get(format!("{base}/healthz")).send().await.is_err());
}

/// A wrong configuration is refused before anything starts, with each key's name and no secret.
#[test]
fn a_wrong_configuration_refuses_to_start() {
    let check = |variables: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gateway"));
        command
            .arg("--check")
            .env_clear()
            .envs(variables.iter().copied());
        let output = command.output().expect("the gateway runs");
        (
            output.status.code(),
            String::from_utf8(output.stderr).expect("text"),
        )
    };
    assert_eq!(check(&[]), (Some(0), String::new()));
    let (code, said) = check(&[
        ("RECHARGE__MODE", "live"),
        ("RECHARGE__SHINGSOU__CLIENT_SECRET", "4711 4711"),
        ("RECHARGE__HTTP__PUBLIC_URL", "http://pay.example"),
        ("DATABASE_URL", "mysql://root:4711@h/n"),
    ]);
    assert_eq!(code, Some(2), "{said}");
    for key in [
        "http.public_url: must be https",
        "http.trusted_proxies: must name the proxy",
        "database.url: must begin with",
        "shingsou.client_secret: must be visible ASCII",
        "shingsou.client_id: must not be the sandbox's",
        "shingsou.api_base: must not be this machine",
        "shop.icp_number: must be set",
    ] {
        assert!(said.contains(key), "{key} is not in: {said}");
    }
    assert!(!said.contains("4711"), "{said}");
    let (code, said) = check(&[("RECHARGE__HTTP__PORT", "1")]);
    assert_eq!(code, Some(2));
    assert!(
        said.contains("http.port: is not a key of the configuration"),
        "{said}"
    );
}
