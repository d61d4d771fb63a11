//! What a caller can make the gateway hold, and for how long, byte by byte over the connection itself.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use contract::routes;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
    task::JoinSet,
};

use super::Edge;

/// Longer than a request's head may take, and shorter than what a caller could mistake for being served.
const HEAD: std::ops::Range<Duration> = Duration::from_secs(9)..Duration::from_secs(13);

const NOTICE: &str = "/notify/platform/shingsou";

/// One raw connection.
struct Wire {
    reader: OwnedReadHalf,
    writer: OwnedWriteHalf,
}

impl Wire {
    async fn open(to: SocketAddr) -> Wire {
        let stream = TcpStream::connect(to).await.expect("a connection");
        stream.set_nodelay(true).expect("an option");
        let (reader, writer) = stream.into_split();
        Wire { reader, writer }
    }

    async fn send(&mut self, text: &str) {
        self.writer
            .write_all(text.as_bytes())
            .await
            .expect("it is sent");
    }

    /// Sends a piece every 300 ms, until the other side has closed or half a minute is over.
    async fn drip(mut self, piece: &'static str) -> (String, Duration) {
        let begun = Instant::now();
        let dripping = tokio::spawn(async move {
            for _ in 0..100 {
                if self.writer.write_all(piece.as_bytes()).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
        });
        let said = heard(&mut self.reader).await;
        dripping.abort();
        (said, begun.elapsed())
    }
}

/// Everything that comes until the other side closes; a reset is a way to close.
async fn heard(reader: &mut OwnedReadHalf) -> String {
    let mut said = Vec::new();
    tokio::time::timeout(Duration::from_secs(30), async {
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = reader.read(&mut piece).await {
            said.extend_from_slice(&piece[..length]);
        }
    })
    .await
    .expect("the gateway closes");
    String::from_utf8_lossy(&said).into_owned()
}

fn status(said: &str) -> &str {
    said.strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3))
        .unwrap_or(said)
}

async fn others_are_served(edge: &Edge) {
    let begun = Instant::now();
    assert_eq!(edge.visit("/healthz").await.status(), 200);
    assert_eq!(edge.visit(routes::STOREFRONT).await.status(), 200);
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(2), "others waited for {took:?}");
}

/// Zeros in gzip, 9 MB of them in 60 KB: one zero, and then copies of 258 bytes by 13 bits each.
fn gzip_bomb(bytes: usize) -> Vec<u8> {
    const EIGHT_COPIES: [u8; 13] = [
        0x18, 0x05, 0xa3, 0x60, 0x14, 0x8c, 0x82, 0x51, 0x30, 0x0a, 0x46, 0xc1, 0x28,
    ];
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 0x62];
    let copies = EIGHT_COPIES.into_iter().cycle();
    head.into_iter().chain(copies).take(bytes).collect()
}

#[tokio::test]
async fn row_23_a_gzip_bomb_stays_closed() {
    let edge = Edge::open().await;
    for (path, bytes) in [
        (routes::CARD_LOOKUP, 15_000),
        (routes::ORDERS, 15_000),
        (NOTICE, 60_000),
    ] {
        let begun = Instant::now();
        let answer = edge
            .post(path)
            .header("content-type", "application/json")
            .header("content-encoding", "gzip")
            .header("idempotency-key", "0123456789abcdef")
            .body(gzip_bomb(bytes))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 400, "{path}");
        assert!(begun.elapsed() < Duration::from_secs(1), "{path}");
    }
}

#[tokio::test]
async fn row_23_slow_heads_are_cut_off_and_others_served() {
    let edge = Edge::open().await;
    let mut slow = JoinSet::new();
    for number in 0..200 {
        let mut wire = Wire::open(edge.server.addr()).await;
        slow.spawn(async move {
            match number % 3 {
                // Nothing at all.
                0 => wire.drip("").await,
                // A head that never ends.
                1 => {
                    wire.send("GET /healthz HTTP/1.1\r\nhost: shop.example\r\n")
                        .await;
                    wire.drip("a: b\r\n").await
                }
                // The second request of a connection.
                _ => {
                    wire.send("GET /healthz HTTP/1.1\r\nhost: shop.example\r\n\r\n")
                        .await;
                    let mut piece = [0; 4096];
                    let length = wire.reader.read(&mut piece).await.expect("an answer");
                    assert_eq!(status(&String::from_utf8_lossy(&piece[..length])), "200");
                    wire.drip("G").await
                }
            }
        });
    }
    others_are_served(&edge).await;
    while let Some(ended) = slow.join_next().await {
        let (_, after) = ended.expect("a connection");
        assert!(HEAD.contains(&after), "closed after {after:?}");
    }
    others_are_served(&edge).await;
}

#[tokio::test]
async fn row_23_slow_bodies_are_cut_off_and_others_served() {
    let edge = Edge::open().await;
    let mut slow = JoinSet::new();
    for number in 0..100 {
        let mut wire = Wire::open(edge.server.addr()).await;
        let (path, patience) = if number % 2 == 0 {
            (NOTICE, Duration::from_secs(6))
        } else {
            (routes::CARD_LOOKUP, Duration::from_secs(17))
        };
        slow.spawn(async move {
            wire.send(&format!(
                "POST {path} HTTP/1.1\r\nhost: shop.example\r\ncontent-type: application/json\r\n\
                 transfer-encoding: chunked\r\n\r\n"
            ))
            .await;
            let (said, after) = wire.drip("1\r\n{\r\n").await;
            (path, status(&said).to_owned(), after, patience)
        });
    }
    others_are_served(&edge).await;
    while let Some(ended) = slow.join_next().await {
        let (path, status, after, patience) = ended.expect("a connection");
        assert_eq!(status, "503", "{path}");
        assert!(after < patience, "{path} closed after {after:?}");
    }
}

#[tokio::test]
async fn row_23_a_length_that_lies_is_found_out() {
    let edge = Edge::open().await;
    let say = async |headers: &str, body: &str| {
        let mut wire = Wire::open(edge.server.addr()).await;
        wire.send(&format!(
            "POST {NOTICE} HTTP/1.1\r\nhost: shop.example\r\ncontent-type: application/json\r\n{headers}\r\n{body}"
        ))
        .await;
        heard(&mut wire.reader).await
    };
    let check = async |headers: &str, body: &str, expected: &str| {
        let said = say(headers, body).await;
        assert_eq!(status(&said), expected, "{headers} {said}");
    };
    // More is promised than comes.
    check("content-length: 1000\r\n", "{}", "503").await;
    check("content-length: 8000000000\r\n", "{}", "503").await;
    // What cannot be a length, or could be two.
    check("content-length: -1\r\n", "{}", "400").await;
    check("content-length: 99999999999999999999\r\n", "{}", "400").await;
    check("content-length: 2\r\ncontent-length: 3\r\n", "{} ", "400").await;
    check("content-length: 2, 3\r\n", "{} ", "400").await;
    // More comes than was promised: the rest is no part of the body, and no request either.
    let said = say(
        "content-length: 2\r\n",
        "{}{\"out_trade_no\":\"P1\"}\r\n\r\n",
    )
    .await;
    let answers: Vec<&str> = said.split("HTTP/1.1 ").skip(1).collect();
    assert_eq!(answers.len(), 2, "{said}");
    assert!(answers.iter().all(|answer| answer.starts_with("400")));
    others_are_served(&edge).await;
}

#[tokio::test]
async fn row_23_a_head_of_8_mb_is_refused() {
    let edge = Edge::open().await;
    for (what, head) in [
        ("one line", format!("a: {}\r\n", "b".repeat(8 << 20))),
        ("many lines", "a: b\r\n".repeat((8 << 20) / 6)),
        ("no end", "b".repeat(8 << 20)),
    ] {
        let Wire {
            mut reader,
            mut writer,
        } = Wire::open(edge.server.addr()).await;
        let sending = tokio::spawn(async move {
            let start = "GET /healthz HTTP/1.1\r\nhost: shop.example\r\n";
            let all = format!("{start}{head}\r\n");
            let mut sent = 0;
            for piece in all.as_bytes().chunks(1 << 14) {
                if writer.write_all(piece).await.is_err() {
                    break;
                }
                sent += piece.len();
            }
            sent
        });
        let said = heard(&mut reader).await;
        assert!(matches!(status(&said), "431" | ""), "{what}: {said}");
        // What was sent beyond the limit filled the system's buffers, not the gateway's.
        let sent = sending.await.expect("it ends");
        assert!(sent < 8 << 20, "{what}: {sent} bytes were taken");
        others_are_served(&edge).await;
    }
    // As long as heads come in practice, with cookies of every wallet.
    let long = edge.get("/healthz").header("cookie", "c".repeat(20_000));
    assert_eq!(long.send().await.expect("an answer").status(), 200);
}
