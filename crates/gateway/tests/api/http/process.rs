//! What a process of its own shows: how many files it may open, and how much it writes.

use std::{
    fs::File,
    net::TcpListener,
    process::Stdio,
    time::{Duration, Instant},
};

use contract::{Order, routes};
use futures_util::{StreamExt, stream};
use reqwest::{Client, Response};
use serde_json::json;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::support::{CARD, Database, PACKAGE, PRICE, shop::patience};

/// A gateway in a process of its own, and the sandbox behind it.
struct Process {
    base: String,
    http: Client,
    _child: Child,
    _sandbox: sandbox::Sandbox,
    _database: Database,
    folder: TempDir,
}

impl Process {
    /// Starts it behind a line of the shell, such as one that sets limits.
    async fn start(before: &str) -> Process {
        let options = sandbox::Options::default();
        let sandbox = sandbox::start(options).await.expect("the sandbox starts");
        let database = Database::sqlite();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|socket| socket.local_addr())
            .expect("a free port")
            .port();
        let base = format!("http://127.0.0.1:{port}");
        let log = File::create(folder.path().join("log")).expect("a file");
        let child = Command::new("sh")
            .args(["-c", &format!("{before}; exec \"$0\"")])
            .arg(env!("CARGO_BIN_EXE_gateway"))
            .env("RECHARGE__HTTP__LISTEN", format!("127.0.0.1:{port}"))
            .env("RECHARGE__HTTP__PUBLIC_URL", &base)
            .env("RECHARGE__DATABASE__URL", &database.url)
            .env("RECHARGE__DATABASE__MAX_CONNECTIONS", "4")
            .env("RECHARGE__SHINGSOU__API_BASE", sandbox.url())
            .env("RECHARGE__SHINGSOU__IDENTITY_BASE", sandbox.url())
            .env("RECHARGE__LIMITS__STRAYS_PER_HOUR", "1000000")
            .stdout(log)
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the gateway's program starts");
        let process = Process {
            base,
            http: Client::new(),
            _child: child,
            _sandbox: sandbox,
            _database: database,
            folder,
        };
        let begun = Instant::now();
        while process
            .http
            .get(format!("{}/readyz", process.base))
            .send()
            .await
            .is_err()
        {
            assert!(begun.elapsed() < patience(), "the gateway does not answer");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        process
    }

    async fn get(&self, path: &str) -> Response {
        let request = self.http.get(format!("{}{path}", self.base));
        request.send().await.expect("an answer")
    }

    async fn order(&self) -> Order {
        let body = json!({ "card_number": CARD, "package_id": PACKAGE, "quoted_fen": PRICE });
        let request = self.http.post(format!("{}{}", self.base, routes::ORDERS));
        let request = request.header(routes::IDEMPOTENCY_KEY, "0123456789abcdef");
        let answer = request.json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), 201);
        answer.json().await.expect("an order")
    }

    /// Opens so many streams, and tells how many of them began.
    async fn streams(&self, wanted: usize) -> Vec<Response> {
        let path = routes::order_events(&self.order().await.id);
        let mut open = Vec::new();
        for _ in 0..wanted {
            let answer = self.get(&path).await;
            if answer.status() != 200 {
                assert_eq!(answer.status(), 503);
                assert_eq!(answer.headers()["retry-after"], "5");
                break;
            }
            open.push(answer);
        }
        open
    }
}

/// Streams leave handles to everybody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_leave_file_handles_to_the_others() {
    let process = Process::start("ulimit -n 160").await;
    let open = process.streams(100).await;
    // 160, without 64 for other things and 12 for the database: half of it.
    assert_eq!(open.len(), 42);
    for _ in 0..40 {
        let begun = Instant::now();
        assert_eq!(process.get(routes::STOREFRONT).await.status(), 200);
        assert!(
            begun.elapsed() < Duration::from_secs(2),
            "{:?}",
            begun.elapsed()
        );
    }
}

/// The limit that a service is given softly is no limit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_soft_limit_of_files_is_raised() {
    let process = Process::start("ulimit -S -n 160").await;
    assert_eq!(process.streams(80).await.len(), 80);
}

/// Whatever a stranger sends, the log stays small, and says how much it left out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_does_not_fill_the_log() {
    const EACH: usize = 1000;
    let process = Process::start("true").await;
    let begun = Instant::now();
    let url = |path: &str| format!("{}{path}", process.base);
    let notice = |at: usize| {
        let body = json!({ "outTradeNo": format!("P{at}"), "total": 18 }).to_string();
        process
            .http
            .post(url("/notify/platform/shingsou"))
            .body(body)
    };
    let http = &process.http;
    let flood = |at: usize| {
        let requests = [
            http.get(url("/api/v1/nowhere")),
            http.post(url("/notify/platform/shingsou")).body("not JSON"),
            http.post(url(routes::CARD_LOOKUP))
                .header("origin", "https://evil.example"),
            http.get(url("/oauth/wechat/callback?state=x")),
            notice(at),
        ];
        async move {
            for request in requests {
                request.send().await.expect("an answer");
            }
        }
    };
    stream::iter(0..EACH).for_each_concurrent(32, flood).await;
    let lines = std::fs::read_to_string(process.folder.path().join("log")).expect("a log");
    // Of each kind 100 at once, and then 10 a second.
    let kinds = 9;
    let most = kinds * (100 + 10 * (begun.elapsed().as_secs() as usize + 1));
    let written = lines.lines().count();
    assert!(written < most, "{written} lines, {most} at most");
    assert!(written < 3 * EACH, "{written} lines");
    let figures = process.get("/metrics").await.text().await.expect("figures");
    let counted = "http_requests_total{method=\"POST\",route=\"/notify/{channel}/{merchant}\",status=\"404\"} 1000";
    assert!(figures.contains(counted), "{figures}");
    assert!(figures.contains("log_lines_left_out_total"), "{figures}");
}
