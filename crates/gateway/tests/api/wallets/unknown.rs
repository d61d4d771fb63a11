//! Outcomes that are not known yet: a payment is asked for under its number until they are.

use std::time::Duration;

use contract::{Launch, OrderState, routes};
use serde_json::json;

use crate::{
    on_both_databases,
    support::{Settings, Shop, Wallet},
};

on_both_databases! {
    /// Row 37: whatever becomes of the call that makes a payment, there is one number, and it can be paid.
    async fn row_37_a_payment_without_an_answer_keeps_its_number(database: Database) {
        let shop = Shop::open_own(database).await;
        tokio::join!(goes_wrong(&shop, Wallet::Alipay), goes_wrong(&shop, Wallet::Wechat));
        shop.check_wallets().await;
    }

    /// Row 38: asked while nothing is paid, then again when it is.
    async fn row_38_unpaid_is_not_final(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let (order, number) = shop.code_shown(wallet).await;
            submit(&shop, &order).await;
            assert_eq!(shop.show(&order).await.state, OrderState::Paying, "{wallet:?}");
            tokio::time::sleep(Duration::from_secs(1)).await;
            shop.buyer_pays_with(wallet, &number, json!({ "lose_notice": true })).await;
            shop.wait_for(&order, OrderState::Credited).await;
            assert_eq!(shop.recharged(&order).await, 1, "{wallet:?}");
        }
        shop.check_wallets().await;
    }

    /// Row 38: the buyer stands before the password until the order's time is over. It cannot be closed then, and what
    /// they pay afterwards is not lost.
    async fn row_38_a_buyer_at_the_password_is_waited_for_to_the_end(database: Database) {
        let shop = Shop::open_own_with(database, Settings { lifetime: 4, ..Settings::default() }).await;
        for wallet in Wallet::BOTH {
            let order = shop.order().await;
            let launch = shop.launch(&order, wallet, "desktop").await;
            let number = shop.out_trade_nos(&order).await.remove(0);
            at_the_password(&shop, wallet, &number, launch).await;
            submit(&shop, &order).await;
            assert_eq!(shop.show(&order).await.state, OrderState::Paying, "{wallet:?}");
            shop.wait_for(&order, OrderState::Expired).await;
            assert!(shop.calls(wallet.route("close")).await >= 1, "{wallet:?}");
            shop.buyer_pays_with(wallet, &number, json!({ "force": true })).await;
            let credited = shop.wait_for(&order, OrderState::Credited).await;
            assert!(credited.timeline.iter().any(|entry| entry.state == OrderState::Expired), "{wallet:?}");
            assert_eq!(shop.recharged(&order).await, 1, "{wallet:?}");
        }
        shop.check_wallets().await;
    }
}

async fn goes_wrong(shop: &Shop, wallet: Wallet) {
    // The slow ones go wrong once, since the gateway waits for each; the others until the caller hears of it.
    for (kind, times) in [
        ("timeout_after_effect", 1),
        ("hang", 1),
        ("http_500", 2),
        ("http_502_html", 2),
        ("empty_200", 2),
        ("bad_json", 2),
        ("bad_signature", 2),
        ("unsigned", 2),
    ] {
        let order = shop.order().await;
        let fault = json!({ "route": wallet.route("pay"), "kind": kind, "times": times });
        shop.control("faults", fault).await;
        let body = json!({ "method": wallet.name(), "host": "desktop" });
        let path = routes::order_payments(&order.id);
        let first = shop.post(&path, &body).send().await.expect("an answer");
        let expected = if times == 1 { 200 } else { 503 };
        assert_eq!(first.status(), expected, "{wallet:?} {kind}");
        let again = shop.post(&path, &body).send().await.expect("an answer");
        assert_eq!(again.status(), 200, "{wallet:?} {kind}");
        let numbers = shop.out_trade_nos(&order).await;
        assert_eq!(numbers.len(), 1, "{wallet:?} {kind}");
        shop.buyer_pays(wallet, &numbers[0]).await;
        shop.wait_for(&order, OrderState::Credited).await;
        assert_eq!(shop.recharged(&order).await, 1, "{wallet:?} {kind}");
    }
}

async fn submit(shop: &Shop, order: &contract::Order) {
    let answer = shop
        .post(&routes::order_submitted(&order.id), &json!({}))
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200);
}

async fn at_the_password(shop: &Shop, wallet: Wallet, number: &str, launch: Launch) {
    match (wallet, launch) {
        (Wallet::Alipay, Launch::Qr { content, .. }) => {
            let scanned = shop.http.get(content).send().await.expect("an answer");
            assert_eq!(scanned.status(), 200);
        }
        _ => {
            let state = json!({ "out_trade_no": number, "userpaying": true });
            shop.control("wechat/state", state).await;
        }
    }
}
