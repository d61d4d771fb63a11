//! Server-sent events.

use std::time::{Duration, Instant};

use contract::{ErrorCode, Order, OrderState, routes};
use futures_util::{Stream, StreamExt};
use gateway::Config;
use serde_json::json;

use crate::{
    on_both_databases,
    support::{
        Database, Settings, Shop,
        shop::{patience, problem},
    },
};

/// The orders that a stream tells.
fn orders(answer: reqwest::Response) -> impl Stream<Item = Order> + Unpin {
    let mut text = String::new();
    let chunks = answer
        .bytes_stream()
        .map(|chunk| chunk.map(|bytes| bytes.to_vec()).unwrap_or_default());
    Box::pin(chunks.flat_map(move |chunk| {
        text.push_str(&String::from_utf8_lossy(&chunk));
        let mut told = Vec::new();
        while let Some(end) = text.find("\n\n") {
            let event: String = text.drain(..end + 2).collect();
            let named = event.lines().any(|line| line == "event: order");
            if let Some(data) = event
                .lines()
                .find_map(|line| line.strip_prefix("data: "))
                .filter(|_| named)
            {
                told.push(serde_json::from_str(data).expect("an order"));
            }
        }
        futures_util::stream::iter(told)
    }))
}

async fn until_credited(mut events: impl Stream<Item = Order> + Unpin) -> Vec<OrderState> {
    let mut seen = Vec::new();
    let mut version = 0;
    while let Some(order) = tokio::time::timeout(Duration::from_secs(20), events.next())
        .await
        .expect("an event in time")
    {
        assert!(order.version > version, "versions grow");
        version = order.version;
        if seen.last() != Some(&order.state) {
            seen.push(order.state);
        }
        if order.state == OrderState::Credited {
            break;
        }
    }
    seen
}

on_both_databases! {
    async fn the_present_state_comes_first_and_then_each_change(database: Database) {
        let shop = Shop::open(database).await;
        let order = shop.order().await;
        let answer = shop.get(&routes::order_events(&order.id)).send().await.expect("an answer");
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["x-accel-buffering"], "no");
        let events = orders(answer);
        let out_trade_no = shop.pay_with(&order, "alipay", "mobile_browser").await;
        shop.control("pay", json!({ "outTradeNo": out_trade_no })).await;
        let seen = until_credited(events).await;
        assert_eq!(seen.first(), Some(&OrderState::Created));
        assert!(seen.contains(&OrderState::Paying) && seen.ends_with(&[OrderState::Credited]), "{seen:?}");
    }

    async fn a_stream_ends_with_its_order(database: Database) {
        let shop = Shop::open(database).await;
        let order = shop.order().await;
        let address = routes::order_events(&order.id);
        let open = async || orders(shop.get(&address).send().await.expect("an answer"));
        let mut waiting = open().await;
        let state = |order: Option<Order>| order.map(|order| order.state);
        assert_eq!(state(waiting.next().await), Some(OrderState::Created));
        let cancelled = shop.post(&routes::order_cancel(&order.id), &json!({})).send().await;
        assert_eq!(cancelled.expect("an answer").status(), 200);
        let mut late = open().await;
        for events in [&mut waiting, &mut late] {
            let told = tokio::time::timeout(patience(), async { (state(events.next().await), events.next().await) });
            assert_eq!(told.await.expect("an end"), (Some(OrderState::Cancelled), None));
        }
        // A browser that opens it again by itself does so much later.
        let text = shop.get(&address).send().await.expect("an answer").text().await.expect("it ends");
        assert!(text.contains("retry:600000") || text.contains("retry: 600000"), "{text}");
    }

    async fn a_stream_ends_when_the_gateway_stops(database: Database) {
        let shop = Shop::open(database).await;
        let order = shop.order().await;
        let answer = shop.get(&routes::order_events(&order.id)).send().await.expect("an answer");
        let mut events = orders(answer);
        assert!(events.next().await.is_some());
        let begun = Instant::now();
        let (ended, stopped) = tokio::join!(events.next(), shop.gateway.shutdown());
        stopped.expect("a clean end");
        assert!(ended.is_none());
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    }

    /// Behind a proxy that is believed, each buyer's address has streams of its own.
    async fn nobody_has_all_the_streams(database: Database) {
        let two = |config: &mut Config| {
            config.limits.streams = 3.try_into().expect("some");
            config.limits.streams_per_address = 2.try_into().expect("some");
        };
        let settings = Settings { behind_proxy: true, ..Settings::default() };
        let (shop, _) = Shop::open_with(database, settings).await.start_again(&[&two]).await;
        let order = shop.order().await;
        let open = async |client: &str| {
            let request = shop.get(&routes::order_events(&order.id)).header("x-forwarded-for", client);
            request.send().await.expect("an answer")
        };
        let first = open("198.51.100.1").await;
        let second = open("198.51.100.1").await;
        assert_eq!((first.status().as_u16(), second.status().as_u16()), (200, 200));
        assert_eq!(problem(open("198.51.100.1").await).await.code, ErrorCode::RateLimited);
        let third = open("[2001:db8::1]").await;
        assert_eq!(third.status(), 200);
        assert_eq!(problem(open("198.51.100.2").await).await.code, ErrorCode::Overloaded);
        // Whoever leaves makes room.
        drop(third);
        let begun = Instant::now();
        while open("198.51.100.2").await.status() != 200 {
            assert!(begun.elapsed() < patience(), "no room came of it");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn no_order_no_stream(database: Database) {
        let shop = Shop::open(database).await;
        let answer = shop.get("/api/v1/orders/00000000000000000000000000000000/events").send().await.expect("an answer");
        assert_eq!(answer.status(), 404);
    }
}

/// What one process changes, a page that is connected to another one sees.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_reaches_the_pages_of_every_process() {
    let shop = Shop::open(Database::postgres().await).await;
    let second = shop.beside().await;
    let order = shop.order().await;
    let address = format!(
        "http://{}{}",
        second.addr(),
        routes::order_events(&order.id)
    );
    let events = orders(reqwest::get(address).await.expect("an answer"));
    let out_trade_no = shop.pay_with(&order, "alipay", "mobile_browser").await;
    shop.control("pay", json!({ "outTradeNo": out_trade_no }))
        .await;
    assert!(
        until_credited(events)
            .await
            .ends_with(&[OrderState::Credited])
    );
    second.shutdown().await.expect("a clean end");
}
