//! What the platform tells by itself, and what others pretend it told.

use std::time::{Duration, Instant};

use contract::OrderState;
use futures_util::{StreamExt, stream};
use gateway::Config;
use serde_json::json;
use sqlx::AssertSqlSafe;

use crate::{
    on_both_databases,
    support::{Database, Shop, said::Said},
};

/// A notice that is not written down is not said to be.
#[tokio::test]
async fn what_is_not_kept_is_not_told() {
    let said = Said::listen();
    let shop = Shop::open(Database::sqlite()).await;
    let body =
        json!({ "outTradeNo": "P0000000000000000000000000000001", "total": 18, "status": "paid" });
    for (there, status, told) in [("elsewhere", 503, 0), ("quarantine", 404, 1)] {
        let now = if told == 0 { "quarantine" } else { "elsewhere" };
        let rename = format!("alter table {now} rename to {there}");
        sqlx::query(AssertSqlSafe(rename))
            .execute(shop.gateway.app().db.pool())
            .await
            .expect("its name");
        let answer = shop.notice(body.to_string()).send().await;
        assert_eq!(answer.expect("an answer").status(), status);
        assert_eq!(said.times("quarantined"), told);
    }
}

on_both_databases! {
    /// Row 1: the same notice a thousand times, 64 at once.
    async fn row_01_a_flood_of_notices_is_one_payment(database: Database) {
        let shop = Shop::open(database).await;
        let (order, out_trade_no) = shop.order_being_paid().await;
        shop.control("pay", json!({ "outTradeNo": out_trade_no, "lose_notice": true })).await;
        let body = json!({ "noticeId": "n", "outTradeNo": out_trade_no, "total": 18, "status": "paid" }).to_string();
        let slowest = stream::iter(0..1000)
            .map(|_| async {
                let begun = Instant::now();
                let answer = shop.notice(body.clone()).send().await.expect("an answer");
                assert_eq!(answer.status(), 200);
                assert_eq!(answer.text().await.expect("a body"), "success");
                begun.elapsed()
            })
            .buffer_unordered(64)
            .fold(Duration::ZERO, async |slowest, took| slowest.max(took))
            .await;
        assert!(slowest < Duration::from_secs(5), "a notice waited {slowest:?}");
        let credited = shop.wait_for(&order, OrderState::Credited).await;
        assert_eq!(credited.timeline.iter().filter(|entry| entry.state == OrderState::Paid).count(), 1);
        assert_eq!(shop.credits(&out_trade_no).await, 1);
        let asked = shop.ledger().await["calls"]["GET /payment/Order"].as_i64().expect("a count");
        assert!(asked < 500, "a thousand notices made {asked} queries");
        shop.check_invariants().await;
    }

    async fn a_notice_that_the_platform_does_not_confirm_changes_nothing(database: Database) {
        let shop = Shop::open(database).await;
        let (order, out_trade_no) = shop.order_being_paid().await;
        let before = shop.show(&order).await;
        for status in ["paid", "credited", "refunded", "closed"] {
            let body = json!({ "outTradeNo": out_trade_no, "total": 18, "status": status, "transactionId": "4200000000000000000000000001" });
            assert_eq!(shop.notice(body.to_string()).send().await.expect("an answer").status(), 200);
        }
        let after = shop.show(&order).await;
        assert_eq!((after.state, after.version, after.held), (before.state, before.version, false));
    }

    /// Row 12: well formed, and about nothing of ours.
    async fn row_12_an_unknown_number_is_quarantined(database: Database) {
        let shop = Shop::open(database).await;
        let body = json!({ "outTradeNo": "P0000000000000000000000000000000", "total": 18, "status": "paid" }).to_string();
        for _ in 0..3 {
            let answer = shop.notice(body.clone()).send().await.expect("an answer");
            assert_eq!((answer.status().as_u16(), answer.text().await.expect("a body").as_str()), (404, "fail"));
        }
        let kept: Vec<(String, i64)> = sqlx::query_as("select out_trade_no, times from quarantine")
            .fetch_all(shop.gateway.app().db.pool()).await.expect("the quarantine");
        assert_eq!(kept, [("P0000000000000000000000000000000".to_owned(), 3)]);
    }

    /// What a stranger makes up takes no place from what is real, even where both come from one address.
    async fn strays_are_bounded_and_real_notices_are_not(database: Database) {
        let few = |config: &mut Config| {
            config.limits.strays_per_hour = 5.try_into().expect("some");
            config.database.max_connections = 4;
        };
        let (shop, _) = Shop::open(database).await.start_again(&[&few]).await;
        let (order, out_trade_no) = shop.order_being_paid().await;
        shop.control("pay", json!({ "outTradeNo": out_trade_no, "lose_notice": true })).await;
        let flood = stream::iter(0..600)
            .map(|at| {
                let body = json!({ "outTradeNo": format!("P{at:031}"), "total": 18, "status": "paid" });
                let notice = shop.notice(body.to_string());
                async move { notice.send().await.expect("an answer").status().as_u16() }
            })
            .buffer_unordered(64)
            .collect::<Vec<u16>>();
        let real = async {
            for _ in 0..20 {
                let begun = Instant::now();
                let body = json!({ "outTradeNo": out_trade_no, "total": 18, "status": "paid" });
                let answer = shop.notice(body.to_string()).send().await.expect("an answer");
                assert_eq!(answer.status(), 200);
                assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
                assert_eq!(shop.show(&order).await.id, order.id);
            }
        };
        let (flood, ()) = tokio::join!(flood, real);
        assert_eq!(flood.iter().filter(|status| **status == 404).count(), 5);
        assert_eq!(flood.iter().filter(|status| **status == 429).count(), 595);
        let kept: i64 = sqlx::query_scalar("select count(*) from quarantine")
            .fetch_one(shop.gateway.app().db.pool()).await.expect("the quarantine");
        assert_eq!(kept, 5);
        shop.wait_for(&order, OrderState::Credited).await;
        shop.check_invariants().await;
    }

    /// What was kept long ago makes room for what comes now, and another merchant's is left alone.
    async fn a_full_quarantine_takes_in_more(database: Database) {
        let shop = Shop::open(database).await;
        let pool = shop.gateway.app().db.pool();
        let fill = "insert into quarantine (digest, channel, merchant, out_trade_no, times, first_at, last_at)
                    with recursive n (i) as (select 1 union all select i + 1 from n where i < 1000)
                    select $1 || i, 'platform', $1, 'P' || i, 1, i, i from n";
        for merchant in ["shingsou", "other"] {
            sqlx::query(fill).bind(merchant).execute(pool).await.expect("it is filled");
        }
        let body = json!({ "outTradeNo": "P0", "total": 18, "status": "paid" }).to_string();
        for _ in 0..2 {
            assert_eq!(shop.notice(body.clone()).send().await.expect("an answer").status(), 404);
        }
        let kept: Vec<(String, i64, i64)> = sqlx::query_as(
            "select out_trade_no, times, first_at from quarantine where merchant = 'shingsou' order by last_at desc",
        ).fetch_all(pool).await.expect("the quarantine");
        assert_eq!(kept.len(), 1000);
        assert_eq!((kept[0].0.as_str(), kept[0].1), ("P0", 2));
        assert_eq!(kept[999].2, 2, "the longest unheard of is gone");
        let others: i64 = sqlx::query_scalar("select count(*) from quarantine where merchant = 'other'")
            .fetch_one(pool).await.expect("the quarantine");
        assert_eq!(others, 1000);
    }

    /// As some senders write them: a mark before the body, a slash behind the address.
    async fn a_notice_may_have_a_mark_and_a_slash(database: Database) {
        let shop = Shop::open(database).await;
        for path in ["/notify/platform/shingsou", "/notify/platform/shingsou/"] {
            let (order, out_trade_no) = shop.order_being_paid().await;
            shop.control("pay", json!({ "outTradeNo": out_trade_no, "lose_notice": true })).await;
            let body = json!({ "outTradeNo": out_trade_no, "total": 18, "status": "paid" });
            let notice = shop.http.post(format!("{}{path}", shop.base)).body(format!("\u{feff}{body}"));
            let answer = notice.send().await.expect("an answer");
            assert_eq!((answer.status().as_u16(), answer.text().await.expect("a body").as_str()), (200, "success"), "{path}");
            assert_ne!(shop.show(&order).await.state, OrderState::Paying);
        }
    }

    async fn a_malformed_notice_changes_nothing(database: Database) {
        let shop = Shop::open(database).await;
        let (order, out_trade_no) = shop.order_being_paid().await;
        let twice = format!(r#"{{"outTradeNo":"{out_trade_no}","outTradeNo":"P1","status":"paid","total":18}}"#);
        let cut = format!(r#"{{"outTradeNo":"{out_trade_no}""#);
        let long = format!(r#"{{"outTradeNo":"{}"}}"#, "P".repeat(33));
        let huge = format!(r#"{{"outTradeNo":"{out_trade_no}","x":"{}"}}"#, "x".repeat(100_000));
        for body in ["", "{}", "null", "[]", "<xml/>", "\u{0}", &twice, &cut, &long, &huge, r#"{"outTradeNo":"'; drop table orders"}"#] {
            let answer = shop.notice(body.to_owned()).send().await.expect("an answer");
            assert!([400, 413].contains(&answer.status().as_u16()), "{}: {:.60}", answer.status(), body);
        }
        let answer = shop.notice(vec![0xff, 0xfe, b'{']).send().await.expect("an answer");
        assert_eq!(answer.status(), 400);
        let after = shop.show(&order).await;
        assert_eq!((after.state, after.held), (OrderState::Paying, false));
    }

    /// Row 15: the notice comes while the payment request itself is not answered yet.
    async fn row_15_a_notice_before_the_answer_is_taken_in(database: Database) {
        let shop = Shop::open(database).await;
        let order = shop.order().await;
        shop.control("faults", json!({ "route": "POST /payment/Payment", "kind": "timeout_after_effect", "times": 2 })).await;
        let body = json!({ "method": "alipay", "host": "mobile_browser" });
        let path = contract::routes::order_payments(&order.id);
        let pay_while_waiting = async {
            loop {
                tokio::time::sleep(Duration::from_millis(50)).await;
                let payments = shop.ledger().await["payments"].as_array().cloned().unwrap_or_default();
                if let Some(payment) = payments.first() {
                    shop.control("pay", json!({ "outTradeNo": payment["outTradeNo"] })).await;
                    break;
                }
            }
        };
        let (_, ()) = tokio::join!(shop.post(&path, &body).send(), pay_while_waiting);
        shop.wait_for(&order, OrderState::Credited).await;
        shop.check_invariants().await;
    }

    /// Row 16: whatever order notices come in, the order ends the same.
    async fn row_16_the_order_of_notices_does_not_matter(database: Database) {
        let shop = Shop::open(database).await;
        let shop = &shop;
        let statuses = ["paid", "closed", "refunded", "unpaid"];
        stream::iter(permutations(4))
            .for_each_concurrent(6, |permutation| async move {
                let (order, out_trade_no) = shop.order_being_paid().await;
                shop.control("pay", json!({ "outTradeNo": out_trade_no, "lose_notice": true })).await;
                for at in &permutation {
                    let body = json!({ "outTradeNo": out_trade_no, "total": 18, "status": statuses[*at] });
                    shop.notice(body.to_string()).send().await.expect("an answer");
                }
                let credited = shop.wait_for(&order, OrderState::Credited).await;
                assert_eq!(credited.timeline.len(), 5, "{permutation:?}");
            })
            .await;
        shop.check_invariants().await;
    }

    async fn a_notice_to_another_channel_or_merchant_finds_nothing(database: Database) {
        let shop = Shop::open(database).await;
        let (_, out_trade_no) = shop.order_being_paid().await;
        let body = json!({ "outTradeNo": out_trade_no, "status": "paid" });
        for path in ["/notify/platform/other", "/notify/alipay/shingsou"] {
            assert_eq!(shop.post(path, &body).send().await.expect("an answer").status(), 404, "{path}");
        }
    }
}

/// Every order of so many things.
pub(crate) fn permutations(length: usize) -> Vec<Vec<usize>> {
    if length == 0 {
        return vec![Vec::new()];
    }
    let shorter = permutations(length - 1);
    shorter
        .iter()
        .flat_map(|rest| {
            (0..length).map(move |at| {
                let mut longer = rest.clone();
                longer.insert(at, length - 1);
                longer
            })
        })
        .collect()
}
