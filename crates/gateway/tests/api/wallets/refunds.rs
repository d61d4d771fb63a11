//! Money that goes back.

use std::time::{Duration, Instant};

use contract::{Order, OrderState};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::{
    on_both_databases,
    support::{PRICE, Shop, Wallet},
};

on_both_databases! {
    /// Row 41: fifty ask at once for a part; together they never get more than was paid.
    async fn row_41_fifty_refunds_at_once_stay_within_what_was_paid(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let (order, number) = credited(&shop, wallet).await;
            let path = format!("/admin/orders/{}/refunds", order.number);
            let answers: Vec<u16> = stream::iter(0..50)
                .map(|_| async { shop.admin("POST", &path, json!({ "amount_fen": 100 })).await.0 })
                .buffer_unordered(50)
                .collect()
                .await;
            let decided = answers.iter().filter(|status| **status == 201).count();
            assert_eq!(decided, 18, "{wallet:?}: {answers:?}");
            assert!(answers.iter().all(|status| [201, 409].contains(status)), "{answers:?}");
            shop.wait_for(&order, OrderState::Refunded).await;
            assert_eq!(shop.given_back(wallet, &number).await, PRICE, "{wallet:?}");
        }
        shop.check_wallets().await;
    }

    /// Row 41: three parts, then more than is left, then the rest.
    async fn row_41_parts_then_too_much_then_the_rest(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let (order, number) = credited(&shop, wallet).await;
            let path = format!("/admin/orders/{}/refunds", order.id.as_str());
            for part in [300, 400, 500] {
                assert_eq!(shop.admin("POST", &path, json!({ "amount_fen": part })).await.0, 201);
            }
            let (status, refused) = shop.admin("POST", &path, json!({ "amount_fen": 601 })).await;
            assert_eq!((status, &refused["code"]), (409, &json!("conflict")));
            for wrong in [json!(0), json!(-1)] {
                assert_eq!(shop.admin("POST", &path, json!({ "amount_fen": wrong })).await.0, 422);
            }
            wait_for_refunds(&shop, &order, 3, "done").await;
            assert_eq!(shop.show(&order).await.state, OrderState::Credited, "a part leaves the order where it is");
            assert_eq!(shop.given_back(wallet, &number).await, 1200);
            assert_eq!(shop.admin("POST", &path, json!({ "amount_fen": 600 })).await.0, 201);
            shop.wait_for(&order, OrderState::Refunded).await;
            assert_eq!(shop.given_back(wallet, &number).await, PRICE);
        }
        shop.check_wallets().await;
    }

    /// Row 41: the same key is the same refund, with another amount it is refused.
    async fn row_41_the_same_key_is_the_same_refund(database: Database) {
        let shop = Shop::open_own(database).await;
        let (order, number) = credited(&shop, Wallet::Alipay).await;
        let path = format!("/admin/orders/{}/refunds", order.id.as_str());
        let key = "the-operators-own-key";
        let again: Vec<(u16, Value)> = stream::iter(0..20)
            .map(|_| shop.admin_with_key("POST", &path, json!({ "amount_fen": 700 }), key))
            .buffer_unordered(20)
            .collect()
            .await;
        for (status, refund) in &again {
            assert_eq!((*status, &refund["out_refund_no"]), (201, &again[0].1["out_refund_no"]));
        }
        assert_eq!(shop.admin_with_key("POST", &path, json!({ "amount_fen": 701 }), key).await.0, 409);
        wait_for_refunds(&shop, &order, 1, "done").await;
        assert_eq!(shop.given_back(Wallet::Alipay, &number).await, 700);
    }

    /// Row 41: the wallet's answer is lost, or is none.
    async fn row_41_a_refund_whose_answer_is_lost_is_asked_for(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            for kind in ["timeout_after_effect", "http_500", "bad_signature", "unsigned"] {
                let (order, number) = credited(&shop, wallet).await;
                shop.control("faults", json!({ "route": wallet.route("refund"), "kind": kind, "times": 1 })).await;
                let path = format!("/admin/orders/{}/refunds", order.id.as_str());
                assert_eq!(shop.admin("POST", &path, json!({ "amount_fen": PRICE })).await.0, 201);
                shop.wait_for(&order, OrderState::Refunded).await;
                assert_eq!(shop.given_back(wallet, &number).await, PRICE, "{wallet:?} {kind}");
            }
        }
        shop.check_wallets().await;
    }

    /// Row 41: a refund that the wallet took is not sent again when it does not know it later: the order is held, and goes
    /// on by itself when the wallet knows it.
    async fn row_41_a_refund_that_was_taken_is_never_sent_again(database: Database) {
        let shop = Shop::open_own(database).await;
        let (order, number) = credited(&shop, Wallet::Wechat).await;
        let query = "GET /v3/refund/domestic/refunds/{out_refund_no}";
        let forgets = json!({ "route": query, "kind": "business", "code": 404, "message": "RESOURCE_NOT_EXISTS", "times": 0 });
        shop.control("faults", forgets).await;
        let path = format!("/admin/orders/{}/refunds", order.number);
        assert_eq!(shop.admin("POST", &path, json!({ "amount_fen": PRICE })).await.0, 201);
        shop.hurry_until("select count(*) from refunds where accepted_at is not null").await;
        shop.hurry_until("select count(*) from orders where held_reason = 'refund_lost'").await;
        assert_eq!(shop.calls(Wallet::Wechat.route("refund")).await, 1);
        shop.control("faults/clear", json!({})).await;
        shop.hurry_until("select count(*) from orders where state = 'refunded' and held_reason is null").await;
        assert_eq!(shop.calls(Wallet::Wechat.route("refund")).await, 1);
        assert_eq!(shop.given_back(Wallet::Wechat, &number).await, PRICE);
        shop.check_wallets().await;
    }

    /// A refund that the wallet refuses shows, and can be tried again.
    async fn a_refused_refund_shows_and_can_be_tried_again(database: Database) {
        let shop = Shop::open_own(database).await;
        let (order, number) = credited(&shop, Wallet::Wechat).await;
        shop.control("wechat/refunds", json!({ "ends": "CLOSED" })).await;
        let path = format!("/admin/orders/{}/refunds", order.id.as_str());
        let (_, refund) = shop.admin("POST", &path, json!({ "amount_fen": PRICE })).await;
        shop.wait_for(&order, OrderState::RefundFailed).await;
        let refused = refund["out_refund_no"].as_str().expect("a number");
        let (_, shown) = shop.admin("GET", &format!("/admin/refunds/{refused}"), Value::Null).await;
        assert_eq!(shown["state"], "refused");
        shop.control("wechat/refunds", json!({ "ends": "SUCCESS" })).await;
        let retry = format!("/admin/refunds/{refused}/retry");
        let (status, second) = shop.admin("POST", &retry, Value::Null).await;
        assert_eq!(status, 201, "{second}");
        let (status, same) = shop.admin("POST", &retry, Value::Null).await;
        assert_eq!((status, &same["out_refund_no"]), (201, &second["out_refund_no"]));
        shop.wait_for(&order, OrderState::Refunded).await;
        assert_eq!(shop.given_back(Wallet::Wechat, &number).await, PRICE);
        shop.check_wallets().await;
    }

    /// A merchant whose account is empty: the refusal shows, and after it was filled the refund is tried again.
    async fn an_empty_account_refuses_and_a_full_one_gives_back(database: Database) {
        let shop = Shop::open_own(database).await;
        let (order, number) = credited(&shop, Wallet::Wechat).await;
        shop.control("wechat/refunds", json!({ "not_enough": true })).await;
        let path = format!("/admin/orders/{}/refunds", order.id.as_str());
        let (_, refund) = shop.admin("POST", &path, json!({ "amount_fen": PRICE })).await;
        shop.wait_for(&order, OrderState::RefundFailed).await;
        shop.control("wechat/refunds", json!({ "not_enough": false })).await;
        let refused = refund["out_refund_no"].as_str().expect("a number");
        let (status, _) = shop.admin("POST", &format!("/admin/refunds/{refused}/retry"), Value::Null).await;
        assert_eq!(status, 201);
        shop.wait_for(&order, OrderState::Refunded).await;
        assert_eq!(shop.given_back(Wallet::Wechat, &number).await, PRICE);
        shop.check_wallets().await;
    }

    /// A part that is refused, and a second payment that is: nothing of the order's state tells, so the order is held and
    /// the list of refused refunds has it, until it was tried again.
    async fn a_refused_part_and_a_refused_second_payment_are_not_forgotten(database: Database) {
        let shop = Shop::open_own(database).await;
        shop.control("wechat/refunds", json!({ "ends": "CLOSED" })).await;
        let (part, number) = credited(&shop, Wallet::Wechat).await;
        let path = format!("/admin/orders/{}/refunds", part.id.as_str());
        assert_eq!(shop.admin("POST", &path, json!({ "amount_fen": 300 })).await.0, 201);

        let second = shop.order().await;
        let one = shop.pay_with(&second, "wechat", "desktop").await;
        let two = shop.pay_with(&second, "alipay", "desktop").await;
        shop.buyer_pays(Wallet::Alipay, &two).await;
        shop.wait_for(&second, OrderState::Credited).await;
        shop.buyer_pays_with(Wallet::Wechat, &one, json!({ "force": true })).await;

        for order in [&part, &second] {
            let held = shop.wait_until(order, "held", |order| order.held).await;
            assert_eq!(held.state, OrderState::Credited);
            assert_eq!(shop.operator_view(order).await["held_reason"], "refund_refused");
        }
        let (_, refused) = shop.admin("GET", "/admin/refunds?state=refused", Value::Null).await;
        let refused = refused.as_array().expect("refunds").clone();
        assert_eq!(refused.len(), 2, "{refused:?}");
        let (_, done) = shop.admin("GET", "/admin/refunds?state=done", Value::Null).await;
        assert_eq!(done, json!([]));

        shop.control("wechat/refunds", json!({ "ends": "SUCCESS" })).await;
        for refund in &refused {
            let retry = format!("/admin/refunds/{}/retry", refund["out_refund_no"].as_str().expect("a number"));
            assert_eq!(shop.admin("POST", &retry, Value::Null).await.0, 201);
        }
        for (order, number, fen) in [(&part, &number, 300), (&second, &one, PRICE)] {
            shop.wait_until(order, "released", |order| !order.held).await;
            shop.wait_given_back(Wallet::Wechat, number, fen).await;
        }
        shop.check_wallets().await;
    }

    /// A refund that the wallet cannot end by itself is a person's, and shows.
    async fn a_refund_to_be_finished_by_hand_holds_its_order(database: Database) {
        let shop = Shop::open_own(database).await;
        shop.control("wechat/refunds", json!({ "ends": "ABNORMAL" })).await;
        let (order, _) = credited(&shop, Wallet::Wechat).await;
        let path = format!("/admin/orders/{}/refunds", order.id.as_str());
        assert_eq!(shop.admin("POST", &path, json!({ "amount_fen": 300 })).await.0, 201);
        shop.wait_until(&order, "held", |order| order.held).await;
        let view = shop.operator_view(&order).await;
        assert_eq!(view["held_reason"], "refund_by_hand");
        assert_eq!(view["refunds"][0]["state"], "created", "{view}");
    }

    /// Staff gave the money back on the wallet's own pages before the shop heard of the payment: nothing is recharged.
    async fn money_that_was_given_back_elsewhere_is_held(database: Database) {
        let shop = Shop::open_own(database).await;
        let (order, number) = shop.code_shown(Wallet::Wechat).await;
        let says = json!({ "lose_notice": true, "says": { "trade_state": "REFUND" } });
        shop.buyer_pays_with(Wallet::Wechat, &number, says).await;
        let held = shop.wait_until(&order, "held", |order| order.held).await;
        assert_eq!(held.state, OrderState::Paid);
        tokio::time::sleep(Duration::from_millis(1200)).await;
        assert_eq!(shop.recharged(&order).await, 0);
    }

    /// Row 14: the buyer pays twice. The first pays the order; the second goes back by itself.
    async fn row_14_the_second_payment_goes_back(database: Database) {
        let shop = Shop::open_own(database).await;
        for (first, second) in [(Wallet::Alipay, Wallet::Wechat), (Wallet::Wechat, Wallet::Alipay)] {
            let order = shop.order().await;
            let one = shop.pay_with(&order, first.name(), "desktop").await;
            let two = shop.pay_with(&order, second.name(), "desktop").await;
            shop.buyer_pays(second, &two).await;
            shop.wait_for(&order, OrderState::Credited).await;
            shop.buyer_pays_with(first, &one, json!({ "force": true })).await;
            wait_for_refunds(&shop, &order, 1, "done").await;
            let after = shop.show(&order).await;
            assert_eq!((after.state, after.held), (OrderState::Credited, false));
            assert_eq!(shop.given_back(first, &one).await, PRICE);
            assert_eq!(shop.given_back(second, &two).await, 0);
            assert_eq!(shop.recharged(&order).await, 1);
        }
        shop.check_wallets().await;
    }

    /// What was refunded is noticed by the wallet, too; nothing is fulfilled again.
    async fn the_wallets_notices_of_refunds_change_nothing_twice(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let (order, number) = credited(&shop, wallet).await;
            let path = format!("/admin/orders/{}/refunds", order.id.as_str());
            let (_, refund) = shop.admin("POST", &path, json!({ "amount_fen": PRICE })).await;
            shop.wait_for(&order, OrderState::Refunded).await;
            let before = shop.show(&order).await.version;
            let which = match wallet {
                Wallet::Alipay => json!({ "out_trade_no": number, "out_request_no": refund["out_refund_no"], "times": 5 }),
                Wallet::Wechat => json!({ "out_refund_no": refund["out_refund_no"], "times": 5 }),
            };
            shop.control(&format!("{}/send_notice", wallet.name()), which).await;
            tokio::time::sleep(Duration::from_millis(700)).await;
            let after = shop.show(&order).await;
            assert_eq!((after.state, after.version), (OrderState::Refunded, before), "{wallet:?}");
            assert_eq!(shop.recharged(&order).await, 1);
        }
    }
}

async fn credited(shop: &Shop, wallet: Wallet) -> (Order, String) {
    let (order, number) = shop.code_shown(wallet).await;
    shop.buyer_pays(wallet, &number).await;
    (shop.wait_for(&order, OrderState::Credited).await, number)
}

async fn wait_for_refunds(shop: &Shop, order: &Order, count: usize, state: &str) {
    let begun = Instant::now();
    loop {
        let view = shop.operator_view(order).await;
        let refunds = view["refunds"].as_array().expect("refunds");
        if refunds.len() == count && refunds.iter().all(|refund| refund["state"] == state) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{view}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
