//! The page and its files.

use contract::{ErrorCode, routes};

use super::{Edge, ORDER, STYLE_HASH, text};
use crate::support::{Database, shop};

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
    check("/index.html", "br", "br", "text/html", "no-cache").await;
}

/// Whoever takes no encoding that there is gets the file as it is, and not as a refusal that is kept for a year.
#[tokio::test]
async fn every_list_of_encodings_has_an_answer() {
    let edge = Edge::open().await;
    for (path, plain) in [
        ("/", "<!doctype html>"),
        ("/index.html", "<!doctype html>"),
        ("/usage", "<!doctype html>"),
        ("/robots.txt", "User-agent"),
        ("/loader-0123456789abcdef.js", "loader"),
    ] {
        for encodings in [
            "*;q=0",
            "identity;q=0",
            "*;q=0.000, identity;q=0",
            "gzip;q=0, br;q=0",
            "br;q=0.0, identity;q=0, *;q=0",
            "zstd, identity;q=0",
            "nonsense;q=9",
        ] {
            let request = edge.get(path).header("accept-encoding", encodings);
            let answer = request.send().await.expect("an answer");
            let encoding = text(&answer, "content-encoding").to_owned();
            assert_eq!(
                (answer.status().as_u16(), &*encoding),
                (200, ""),
                "{path} {encodings}"
            );
            let body = answer.text().await.expect("text");
            assert!(body.starts_with(plain), "{path} {encodings}: {body}");
        }
    }
}

#[tokio::test]
async fn the_front_is_compressed_and_known_again() {
    let edge = Edge::open().await;
    let ask = async |lang: &str, encodings: &str, known: &str| {
        let request = edge.get("/").header("accept-language", lang);
        let request = request.header("accept-encoding", encodings);
        let answer = request.header("if-none-match", known).send().await;
        answer.expect("an answer")
    };
    let mut tags = Vec::new();
    for lang in ["zh", "en"] {
        for (encodings, encoding) in [("gzip, br", "br"), ("gzip", "gzip"), ("identity", "")] {
            let answer = ask(lang, encodings, "\"other\"").await;
            assert_eq!(
                (answer.status().as_u16(), text(&answer, "content-encoding")),
                (200, encoding)
            );
            let length = text(&answer, "content-length")
                .parse::<usize>()
                .expect("a length");
            assert_ne!(length, 0);
            let tag = text(&answer, "etag").to_owned();
            assert!(!tags.contains(&tag), "{tag} stands for two");

            let again = ask(lang, encodings, &tag).await;
            assert_eq!(again.status(), 304);
            for header in ["etag", "cache-control", "content-security-policy"] {
                assert_eq!(text(&again, header), text(&answer, header), "{header}");
            }
            let vary: Vec<_> = again.headers().get_all("vary").iter().collect();
            assert_eq!(
                vary,
                answer.headers().get_all("vary").iter().collect::<Vec<_>>()
            );
            tags.push(tag);
        }
    }
    // An old engine gets another policy, and must not keep the page under the one of before.
    let old = edge
        .get("/")
        .header("user-agent", "Chrome/83.0.4103.101 Safari/537.36");
    let old = old
        .header("if-none-match", tags.join(", "))
        .header("accept-language", "zh");
    assert_eq!(old.send().await.expect("an answer").status(), 200);
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
        "/oauth/wechat/nowhere",
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
async fn verification_files_stand_at_the_root() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("MP_verify_aB1.txt"), "aB1").expect("a file");
    let path = folder.path().to_owned();
    let edge = Edge::open_with(|config| config.http.verification_dir = Some(path)).await;
    let answer = edge.visit("/MP_verify_aB1.txt").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(text(&answer, "content-type"), "text/plain; charset=utf-8");
    assert_eq!(text(&answer, "x-content-type-options"), "nosniff");
    assert_eq!(answer.text().await.expect("text"), "aB1");
    let other = edge.get("/MP_verify_aB2.txt").send().await;
    assert_eq!(other.expect("an answer").status(), 404);
    let page = edge.visit("/").await;
    assert_eq!(page.status(), 200);

    // Live or not, a folder that cannot be served stops the start.
    let database = Database::sqlite();
    let mut config = shop::config(&database, "http://127.0.0.1:9", 900);
    config.http.verification_dir = Some(folder.path().join("missing"));
    let refused = gateway::start(config).await.err().expect("it refuses");
    assert!(format!("{refused:#}").starts_with("http.verification_dir: cannot be read"));
}
