//! What only an operator can decide, and what they cannot: nothing that contradicts the wallet or the platform.

use contract::{Order, OrderState};
use serde_json::{Value, json};

use crate::{
    on_both_databases,
    support::{PRICE, Shop, Wallet},
};

const SEND: &str = "POST /cards/Recharge";
const QUERY: &str = "GET /cards/Recharge";
/// A failure that no list has.
const UNLISTED_FAILURE: i64 = 10_999;

on_both_databases! {
    /// Money of another amount, accepted: the order is recharged, and all of that money can go back later.
    async fn another_amount_can_be_accepted(database: Database) {
        let shop = Shop::open_own(database).await;
        for (wallet, total, fen) in [(Wallet::Wechat, json!(1799), 1799), (Wallet::Alipay, json!("18.50"), 1850)] {
            let (order, number) = paid_otherwise(&shop, wallet, total).await;
            let wrong = shop.order().await;
            for (order, number, amount, decision) in [
                (&order, number.as_str(), PRICE, "accept"),
                (&order, number.as_str(), 0, "give_back"),
                (&order, "P0", fen, "accept"),
                (&wrong, number.as_str(), fen, "accept"),
            ] {
                let (status, answer) = decide(&shop, order, number, amount, decision).await;
                assert_eq!((status, &answer["code"]), (409, &json!("conflict")), "{amount}: {answer}");
            }
            let (status, answer) = decide(&shop, &order, &number, fen, "accept").await;
            assert_eq!(status, 200, "{answer}");
            let credited = shop.wait_for(&order, OrderState::Credited).await;
            assert!(!credited.held);
            assert_eq!(decide(&shop, &order, &number, fen, "accept").await.0, 409, "once");
            let path = format!("/admin/orders/{}/refunds", order.number);
            assert_eq!(shop.admin("POST", &path, json!({ "amount_fen": fen + 1 })).await.0, 409);
            assert_eq!(shop.admin("POST", &path, json!({ "amount_fen": fen })).await.0, 201);
            shop.wait_for(&order, OrderState::Refunded).await;
            assert_eq!(shop.given_back(wallet, &number).await, fen);
        }
        shop.check_wallets().await;
    }

    /// The same given back: the order is as unpaid as before, and can be paid with its own amount.
    async fn another_amount_can_be_given_back(database: Database) {
        let shop = Shop::open_own(database).await;
        for (wallet, total, fen) in [(Wallet::Wechat, json!(1801), 1801), (Wallet::Alipay, json!("0.01"), 1)] {
            let (order, number) = paid_otherwise(&shop, wallet, total).await;
            let (status, answer) = decide(&shop, &order, &number, fen, "give_back").await;
            assert_eq!(status, 200, "{answer}");
            shop.wait_given_back(wallet, &number, fen).await;
            let open = shop.show(&order).await;
            assert_eq!((open.state, open.held), (OrderState::Created, false));
            assert_eq!(shop.recharged(&order).await, 0);
            let second = shop.pay_with(&order, wallet.name(), "desktop").await;
            shop.buyer_pays(wallet, &second).await;
            shop.wait_for(&order, OrderState::Credited).await;
            assert_eq!(shop.given_back(wallet, &second).await, 0);
        }
        let (_, audit) = shop.admin("GET", "/admin/audit", Value::Null).await;
        assert_eq!(audit[0]["action"], "order.give_amount_back", "{audit}");
        shop.check_wallets().await;
    }

    /// What the wallet does not say, or does not say now, is not decided.
    async fn an_amount_that_the_wallet_does_not_tell_is_refused(database: Database) {
        let shop = Shop::open_own(database).await;
        let (order, number) = paid_otherwise(&shop, Wallet::Wechat, json!(1799)).await;
        let fault = json!({ "route": Wallet::Wechat.route("query"), "kind": "http_500", "times": 0 });
        shop.control("faults", fault).await;
        for decision in ["accept", "give_back"] {
            assert_eq!(decide(&shop, &order, &number, 1799, decision).await.0, 409, "{decision}");
        }
        shop.control("faults/clear", json!({})).await;
        assert_eq!(decide(&shop, &order, &number, 1799, "accept").await.0, 200);
        shop.wait_for(&order, OrderState::Credited).await;
    }

    /// Credited, as the platform told by telephone: while its interface says nothing, and never against what it says.
    async fn a_recharge_can_be_marked_credited_with_proof(database: Database) {
        let shop = Shop::open_own(database).await;
        let failed = failed_unlisted(&shop).await;
        let (status, answer) = credited(&shop, &failed, "told by telephone").await;
        assert_eq!(status, 409, "{answer}");

        shop.control("credit", json!({ "mode": "normal" })).await;
        let order = refused_unlisted(&shop).await;
        shop.control("faults", json!({ "route": QUERY, "kind": "http_500", "times": 0 })).await;
        for wrong in ["", " ", "a\nb", &"x".repeat(301)] {
            assert_eq!(credited(&shop, &order, wrong).await.0, 422, "{wrong}");
        }
        let (status, answer) = credited(&shop, &order, "told by telephone, Ms Chen, 14:05").await;
        assert_eq!((status, &answer["state"]), (200, &json!("credited")), "{answer}");
        assert_eq!(answer["held_reason"], Value::Null);
        let (_, audit) = shop.admin("GET", "/admin/audit", Value::Null).await;
        assert_eq!(audit[0]["detail"]["proof"], "told by telephone, Ms Chen, 14:05", "{audit}");
        assert_eq!(credited(&shop, &order, "again").await.0, 409, "it is not held any more");
        let open = shop.order().await;
        assert_eq!(credited(&shop, &open, "told by telephone").await.0, 409, "nobody paid");
    }

    /// What the platform failed for a reason that no list has is recharged under a new number, once it says so itself.
    async fn a_failed_recharge_begins_anew_under_another_number(database: Database) {
        let shop = Shop::open_own(database).await;
        let order = failed_unlisted(&shop).await;
        shop.control("faults", json!({ "route": QUERY, "kind": "http_500", "times": 0 })).await;
        assert_eq!(anew(&shop, &order).await.0, 409, "while the platform does not answer");
        shop.control("faults/clear", json!({})).await;
        // It fails a second time under the second number.
        assert_eq!(anew(&shop, &order).await.0, 200);
        shop.wait_until(&order, "held again", |order| order.held).await;
        shop.control("credit", json!({ "mode": "normal" })).await;
        let (status, answer) = anew(&shop, &order).await;
        assert_eq!(status, 200, "{answer}");
        shop.wait_for(&order, OrderState::Credited).await;
        assert_eq!(shop.recharged(&order).await, 1);
        let ledger = shop.ledger().await;
        let mut numbers: Vec<&str> = ledger["recharges"].as_array().expect("recharges").iter()
            .map(|recharge| recharge["outRechargeNo"].as_str().expect("a number")).collect();
        numbers.sort_unstable();
        let of = |end: &str| format!("{}{end}", order.number);
        assert_eq!(numbers, [of(""), of("N2"), of("N3")]);
        assert_eq!(anew(&shop, &order).await.0, 409, "it is credited");
        shop.check_wallets().await;
    }

    /// What may still credit the card keeps its number.
    async fn a_recharge_that_may_still_succeed_keeps_its_number(database: Database) {
        let shop = Shop::open_own(database).await;
        let unknown = refused_unlisted(&shop).await;
        assert_eq!(anew(&shop, &unknown).await.0, 409, "the platform does not know the number");
        shop.control("credit", json!({ "mode": "never" })).await;
        let order = paid(&shop).await;
        shop.wait_for(&order, OrderState::Fulfilling).await;
        assert_eq!(anew(&shop, &order).await.0, 409, "it is not held");
        sqlx::query("update orders set held_reason = 'recharge_overdue' where id = $1").bind(order.id.as_str())
            .execute(shop.gateway.app().db.pool()).await.expect("held");
        assert_eq!(anew(&shop, &order).await.0, 409, "it is under way");
        let (_, audit) = shop.admin("GET", "/admin/audit", Value::Null).await;
        assert_eq!(audit[0]["outcome"], "refused", "{audit}");
        assert_eq!(shop.ledger().await["recharges"].as_array().map(Vec::len), Some(1));
    }
}

/// An order for which the wallet took another amount, held.
async fn paid_otherwise(shop: &Shop, wallet: Wallet, total: Value) -> (Order, String) {
    let (order, number) = shop.code_shown(wallet).await;
    shop.buyer_pays_with(wallet, &number, json!({ "total": total }))
        .await;
    shop.wait_until(&order, "held", |order| order.held).await;
    (order, number)
}

async fn paid(shop: &Shop) -> Order {
    let (order, number) = shop.code_shown(Wallet::Wechat).await;
    shop.buyer_pays(Wallet::Wechat, &number).await;
    order
}

/// An order whose recharge the platform took and then failed, held.
async fn failed_unlisted(shop: &Shop) -> Order {
    shop.control(
        "credit",
        json!({ "mode": "fail", "fail_code": UNLISTED_FAILURE }),
    )
    .await;
    let order = paid(shop).await;
    shop.wait_until(&order, "held", |order| order.held).await;
    order
}

/// An order whose recharge the platform did not take, held.
async fn refused_unlisted(shop: &Shop) -> Order {
    let fault = json!({ "route": SEND, "kind": "business", "code": 499, "times": 1 });
    shop.control("faults", fault).await;
    let order = paid(shop).await;
    shop.wait_until(&order, "held", |order| order.held).await;
    order
}

async fn decide(
    shop: &Shop,
    order: &Order,
    number: &str,
    amount: i64,
    decision: &str,
) -> (u16, Value) {
    let path = format!("/admin/orders/{}/amount", order.number);
    let body = json!({ "out_trade_no": number, "amount_fen": amount, "decision": decision });
    shop.admin("POST", &path, body).await
}

async fn credited(shop: &Shop, order: &Order, proof: &str) -> (u16, Value) {
    let path = format!("/admin/orders/{}/credited", order.number);
    shop.admin("POST", &path, json!({ "proof": proof })).await
}

async fn anew(shop: &Shop, order: &Order) -> (u16, Value) {
    let path = format!("/admin/orders/{}/recharge-anew", order.number);
    shop.admin("POST", &path, Value::Null).await
}
