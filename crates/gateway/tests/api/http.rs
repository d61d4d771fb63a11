//! What is around every request, and the configuration that decides it.

use std::{process::Command, time::Duration};

use contract::{ErrorCode, Problem, routes};
use gateway::{Config, Server};
use reqwest::{Client, Response, header};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{CARD, Database, shop};

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
                &*format!("<!doctype html><style>{STYLE}</style><title>shop</title>"),
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
async fn the_page_has_a_policy_that_its_engine_knows() {
    let edge = Edge::open().await;
    for (browser, script) in [
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/83.0.4103.101 Safari/537.36",
            "'self' 'unsafe-eval'",
        ),
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
            "'self' 'wasm-unsafe-eval'",
        ),
        ("something else", "'self' 'wasm-unsafe-eval'"),
    ] {
        let answer = edge
            .get("/")
            .header("user-agent", browser)
            .send()
            .await
            .expect("an answer");
        let policy = text(&answer, "content-security-policy");
        assert!(
            policy.contains(&format!("script-src {script};")),
            "{browser}: {policy}"
        );
        assert!(
            policy.contains(&format!("style-src 'self' {STYLE_HASH};")),
            "{policy}"
        );
        assert!(!policy.contains("form-action"), "{policy}");
        assert_eq!(text(&answer, "cache-control"), "no-cache");
        let file = edge
            .get("/robots.txt")
            .header("user-agent", browser)
            .send()
            .await
            .expect("an answer");
        assert!(
            !text(&file, "content-security-policy").contains("unsafe"),
            "only the page may run a module"
        );
    }
}

#[tokio::test]
async fn files_are_cached_by_their_names() {
    let edge = Edge::open().await;
    let check =
        async |path: &str, encodings: &str, encoding: &str, media_type: &str, cache: &str| {
            let answer = edge
                .get(path)
                .header("accept-encoding", encodings)
                .send()
                .await
                .expect("an answer");
            assert_eq!(answer.status(), 200, "{path}");
            assert_eq!(text(&answer, "content-encoding"), encoding, "{path}");
            assert_eq!(text(&answer, "content-type"), media_type, "{path}");
            assert_eq!(text(&answer, "cache-control"), cache, "{path}");
        };
    let (forever, minutes) = ("public, max-age=31536000, immutable", "public, max-age=600");
    let loader = "/loader-0123456789abcdef.js";
    check(
        loader,
        "gzip, deflate, br",
        "br",
        "text/javascript",
        forever,
    )
    .await;
    check(loader, "gzip", "gzip", "text/javascript", forever).await;
    check(loader, "identity", "", "text/javascript", forever).await;
    check(
        "/shop-0123456789abcdef.wasm",
        "br",
        "",
        "application/wasm",
        forever,
    )
    .await;
    check("/robots.txt", "br", "", "text/plain", minutes).await;
    check("/index.html", "br", "", "text/html", "no-cache").await;
}

#[tokio::test]
async fn the_page_answers_for_its_screens_and_never_for_an_interface() {
    let edge = Edge::open().await;
    let order = format!("/orders/{ORDER}");
    for (path, status) in [
        ("/", 200),
        ("/usage", 200),
        (&*order, 200),
        ("/nowhere", 404),
        ("/orders/1", 404),
    ] {
        let answer = edge.visit(path).await;
        assert_eq!(answer.status(), status, "{path}");
        assert!(
            answer
                .text()
                .await
                .expect("a body")
                .contains("<title>shop</title>"),
            "{path}"
        );
    }
    for path in [
        "/api",
        "/api/",
        "/api/v1/nowhere",
        "//api/v1/nowhere",
        "/notify/a",
        "/oauth/wechat/start",
        "/admin/",
    ] {
        let problem = shop::problem(edge.visit(path).await).await;
        assert_eq!(problem.code, ErrorCode::NotFound, "{path}");
    }
    for path in [
        "/nowhere.js",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/loader.js",
    ] {
        let answer = edge
            .get(path)
            .header("accept", "*/*")
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(answer.text().await.expect("a body"), "", "{path}");
    }
    assert_eq!(
        edge.post("/").send().await.expect("an answer").status(),
        405
    );

    let bare = Edge::open_with(|config| config.http.static_dir = "/nowhere/at/all".into()).await;
    let answer = bare.visit("/").await;
    assert_eq!(answer.status(), 503);
    assert!(
        answer
            .text()
            .await
            .expect("a body")
            .contains("cargo xtask build")
    );
    assert_eq!(bare.visit(routes::STOREFRONT).await.status(), 200);
}

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
async fn requests_of_other_sites_are_refused() {
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
async fn a_trusted_proxy_tells_who_asks() {
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
        "/api/v1/orders/{id}",
        "/api/v1/orders/{id}/events",
        "/api/v1/orders/{id}/payments",
        "/api/v1/orders/{id}/submitted",
        "/api/v1/orders/{id}/cancel",
    ] {
        assert!(paths.contains_key(path), "{path} is not described");
    }
    assert_eq!(paths.len(), 12, "{:?}", paths.keys());
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
