//! What the wallets tell by themselves: how often, in which order and when it comes.

use std::time::{Duration, Instant};

use contract::OrderState;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::{
    notices::permutations,
    on_both_databases,
    support::{PRICE, Shop, Wallet},
};

on_both_databases! {
    /// Row 1: the same notice a thousand times, 64 at once.
    async fn row_01_a_flood_of_notices_is_one_payment(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let (order, number) = shop.paid_in_silence(wallet).await;
            let asked = shop.calls(wallet.route("query")).await;
            let letter = shop.letter(wallet, &number).await;
            let slowest = stream::iter(0..1000)
                .map(|_| async {
                    let begun = Instant::now();
                    shop.is_taken(&letter).await;
                    begun.elapsed()
                })
                .buffer_unordered(64)
                .fold(Duration::ZERO, async |slowest, took| slowest.max(took))
                .await;
            assert!(slowest < Duration::from_secs(5), "{wallet:?}: a notice waited {slowest:?}");
            let credited = shop.wait_for(&order, OrderState::Credited).await;
            assert_eq!(credited.timeline.iter().filter(|entry| entry.state == OrderState::Paid).count(), 1);
            assert_eq!(shop.recharged(&order).await, 1, "{wallet:?}");
            let asked = shop.calls(wallet.route("query")).await - asked;
            assert!(asked < 500, "{wallet:?}: a thousand notices made {asked} queries");
        }
        shop.check_wallets().await;
    }

    /// Row 8: taken in once, however often and under whatever id it comes again.
    async fn row_08_a_replay_changes_nothing(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let (order, number) = shop.paid_in_silence(wallet).await;
            let letter = shop.letter(wallet, &number).await;
            shop.is_taken(&letter).await;
            let credited = shop.wait_for(&order, OrderState::Credited).await;
            for _ in 0..5 {
                let other_id = shop.letter(wallet, &number).await;
                assert_ne!(other_id.body, letter.body);
                shop.is_taken(&letter).await;
                shop.is_taken(&other_id).await;
            }
            assert_eq!(shop.show(&order).await.version, credited.version, "{wallet:?}");
            assert_eq!(shop.recharged(&order).await, 1, "{wallet:?}");
        }
        shop.check_wallets().await;
    }

    /// Row 12: rightly signed, about a payment or a refund that nobody here knows: kept for a person, and not accepted,
    /// so that it comes again.
    async fn row_12_an_unknown_number_is_quarantined(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let (order, number) = shop.paid_in_silence(wallet).await;
            let unknown = "P0000000000000000000000000000000";
            let payment = shop.letter_that_says(wallet, &number, json!({ "out_trade_no": unknown })).await;
            let refund = shop.letter_with(wallet, &number, foreign_refund(wallet)).await;
            for letter in [&payment, &payment, &payment, &refund] {
                assert_eq!(shop.deliver(letter).await, (404, "fail".to_owned()), "{wallet:?}");
            }
            let kept: Vec<(String, i64)> =
                sqlx::query_as("select out_trade_no, times from quarantine where channel = $1 order by times desc")
                    .bind(wallet.name()).fetch_all(shop.gateway.app().db.pool()).await.expect("the quarantine");
            assert_eq!(kept, [(unknown.to_owned(), 3), (FOREIGN.to_owned(), 1)], "{wallet:?}");
            shop.is_untouched(&order).await;
        }
    }

    /// Row 15: the notice comes while the call that makes the payment is not answered yet.
    async fn row_15_a_notice_before_the_answer_is_taken_in(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let order = shop.order().await;
            shop.control("faults", json!({ "route": wallet.route("pay"), "kind": "timeout_after_effect", "times": 2 })).await;
            let path = contract::routes::order_payments(&order.id);
            let body = json!({ "method": wallet.name(), "host": "desktop" });
            let pay_while_waiting = async {
                loop {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    let numbers = shop.out_trade_nos(&order).await;
                    let made = shop.ledger().await.to_string();
                    if let [number] = &numbers[..] && made.contains(number) {
                        shop.buyer_pays(wallet, number).await;
                        break;
                    }
                }
                shop.wait_for(&order, OrderState::Credited).await;
            };
            let (answer, ()) = tokio::join!(shop.post(&path, &body).send(), pay_while_waiting);
            assert_eq!(answer.expect("an answer").status(), 409, "it is paid already");
            assert_eq!(shop.out_trade_nos(&order).await.len(), 1);
            assert_eq!(shop.recharged(&order).await, 1, "{wallet:?}");
            shop.control("faults/clear", json!({})).await;
        }
        shop.check_wallets().await;
    }

    /// Row 16: closed, waiting, refunded, paid: in whatever order they come, and whether the money is there yet or back
    /// again, the order ends where its money is.
    async fn row_16_the_order_of_notices_does_not_matter(database: Database) {
        let shop = Shop::open_own(database).await;
        shop.control("wechat/refunds", json!({ "delay_ms": 0 })).await;
        let shop = &shop;
        for wallet in Wallet::BOTH {
            stream::iter(permutations(4))
                .for_each_concurrent(6, |permutation| in_this_order(shop, wallet, permutation))
                .await;
        }
        shop.check_wallets().await;
    }
}

/// A refund that was never asked for here.
const FOREIGN: &str = "R0000000000000000000000000000000";

/// What makes the notice of a payment that of a foreign refund.
fn foreign_refund(wallet: Wallet) -> Value {
    match wallet {
        Wallet::Alipay => {
            let fields = json!({ "out_biz_no": FOREIGN, "refund_fee": "18.00", "trade_status": "TRADE_CLOSED" });
            json!({ "fields": fields, "resign": true })
        }
        Wallet::Wechat => {
            let inside = json!({ "out_refund_no": FOREIGN, "refund_status": "SUCCESS" });
            json!({ "event_type": "REFUND.SUCCESS", "inside": inside })
        }
    }
}

/// One order through four notices before it is paid, or after, and the same four when its money goes back.
async fn in_this_order(shop: &Shop, wallet: Wallet, permutation: Vec<usize>) {
    let (order, number) = shop.code_shown_in_silence(wallet).await;
    let about = |at: usize| match (wallet, at) {
        (Wallet::Alipay, 0) => json!({ "trade_status": "TRADE_CLOSED" }),
        (Wallet::Alipay, 1) => json!({ "trade_status": "WAIT_BUYER_PAY" }),
        (Wallet::Wechat, 0) => json!({ "trade_state": "CLOSED" }),
        (Wallet::Wechat, 1) => json!({ "trade_state": "NOTPAY" }),
        (Wallet::Alipay, _) => json!({ "trade_status": "TRADE_SUCCESS" }),
        (Wallet::Wechat, _) => json!({ "trade_state": "SUCCESS" }),
    };
    for at in &permutation {
        match at {
            2 => {
                let foreign = shop
                    .letter_with(wallet, &number, foreign_refund(wallet))
                    .await;
                assert_eq!(shop.deliver(&foreign).await.0, 404);
            }
            at => {
                if *at == 3 {
                    let lost = json!({ "lose_notice": true });
                    shop.buyer_pays_with(wallet, &number, lost).await;
                }
                let letter = shop.letter_that_says(wallet, &number, about(*at)).await;
                shop.is_taken(&letter).await;
            }
        }
    }
    let credited = shop.wait_for(&order, OrderState::Credited).await;
    assert_eq!(credited.timeline.len(), 5, "{wallet:?} {permutation:?}");

    let path = format!("/admin/orders/{}/refunds", order.id.as_str());
    let (status, refund) = shop
        .admin("POST", &path, json!({ "amount_fen": PRICE }))
        .await;
    assert_eq!(status, 201, "{refund}");
    let begun = Instant::now();
    while shop.given_back(wallet, &number).await < PRICE {
        assert!(begun.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for at in &permutation {
        let letter = match at {
            2 => {
                let refund = refund["out_refund_no"].as_str().expect("a number");
                shop.refund_letter(wallet, &number, refund).await
            }
            at => shop.letter_that_says(wallet, &number, about(*at)).await,
        };
        shop.is_taken(&letter).await;
    }
    let refunded = shop.wait_for(&order, OrderState::Refunded).await;
    assert_eq!(refunded.timeline.len(), 7, "{wallet:?} {permutation:?}");
    assert!(!refunded.held);
    assert_eq!(shop.given_back(wallet, &number).await, PRICE);
    assert_eq!(shop.recharged(&order).await, 1);
}
