//! The main job: from a card number to credited.

use contract::{ErrorCode, Launch, OrderState, PaymentState, routes};
use serde_json::json;

use crate::{
    on_both_databases,
    support::{CARD, PACKAGE, PRICE, Shop, shop::problem},
};

on_both_databases! {
    async fn a_package_is_bought_by_link(database: Database) {
        let shop = Shop::open(database).await;
        let order = shop.order().await;
        assert_eq!((order.state, order.amount_fen.0), (OrderState::Created, PRICE));
        assert_eq!(order.card_masked.as_deref(), Some("8986 07B2 **** 8584"));
        let out_trade_no = shop.pay_with(&order, "alipay", "mobile_browser").await;
        let paying = shop.show(&order).await;
        assert_eq!(paying.state, OrderState::Paying);
        let payment = paying.payment.expect("a payment");
        assert_eq!(payment.state, PaymentState::Launched);
        assert!(matches!(payment.launch, Some(Launch::Redirect { ref url }) if url.starts_with(shop.sandbox.url())));

        shop.control("pay", json!({ "outTradeNo": out_trade_no })).await;
        let credited = shop.wait_for(&order, OrderState::Credited).await;
        let states: Vec<OrderState> = credited.timeline.iter().map(|entry| entry.state).collect();
        use OrderState::{Created, Credited, Fulfilling, Paid, Paying};
        assert_eq!(states, [Created, Paying, Paid, Fulfilling, Credited]);
        assert_eq!(credited.payment.and_then(|payment| payment.launch), None);
        assert_eq!(shop.credits(&out_trade_no).await, 1);
        shop.check_invariants().await;
    }

    async fn a_desktop_gets_a_code(database: Database) {
        let shop = Shop::open(database).await;
        let order = shop.order().await;
        shop.pay_with(&order, "wechat", "desktop").await;
        let launch = shop.show(&order).await.payment.and_then(|payment| payment.launch);
        assert!(matches!(launch, Some(Launch::Qr { ref content, .. }) if content.starts_with(shop.sandbox.url())));
    }

    /// Row 56: a notice that never comes; the query finds the money.
    async fn row_56_a_lost_notice_is_made_up_for(database: Database) {
        let shop = Shop::open(database).await;
        let (order, out_trade_no) = shop.order_being_paid().await;
        shop.control("pay", json!({ "outTradeNo": out_trade_no, "lose_notice": true })).await;
        shop.wait_for(&order, OrderState::Credited).await;
        shop.check_invariants().await;
    }

    async fn the_buyers_word_asks_and_is_not_believed(database: Database) {
        let shop = Shop::open(database).await;
        let (order, out_trade_no) = shop.order_being_paid().await;
        shop.control("notices", json!({ "mode": "lose" })).await;
        let said = shop.post(&routes::order_submitted(&order.id), &json!({})).send().await.expect("an answer");
        let said: contract::Order = said.json().await.expect("an order");
        assert_eq!(said.state, OrderState::Paying);
        shop.control("pay", json!({ "outTradeNo": out_trade_no })).await;
        let said = shop.post(&routes::order_submitted(&order.id), &json!({})).send().await.expect("an answer");
        let said: contract::Order = said.json().await.expect("an order");
        assert!(matches!(said.state, OrderState::Fulfilling | OrderState::Credited), "{:?}", said.state);
    }

    async fn another_method_replaces_the_first(database: Database) {
        let shop = Shop::open(database).await;
        let order = shop.order().await;
        let first = shop.pay_with(&order, "alipay", "mobile_browser").await;
        let again = shop.pay_with(&order, "alipay", "mobile_browser").await;
        assert_eq!(first, again);
        let second = shop.pay_with(&order, "wechat", "mobile_browser").await;
        assert_ne!(first, second);
        // The one that was given up is paid all the same: it pays the order.
        shop.control("pay", json!({ "outTradeNo": first })).await;
        shop.wait_for(&order, OrderState::Credited).await;
        // And the other one too: the platform has credited both, so a person has to give one back.
        shop.control("pay", json!({ "outTradeNo": second, "force": true })).await;
        shop.wait_until(&order, "held", |order| order.held).await;
        shop.check_invariants().await;
    }

    /// Row 40: the recharge fails for good, and the platform gives the money back.
    async fn row_40_a_failed_recharge_is_refunded(database: Database) {
        let shop = Shop::open(database).await;
        let (order, out_trade_no) = shop.order_being_paid().await;
        shop.control("credit", json!({ "mode": "refund_after_fail", "delay_ms": 300 })).await;
        shop.control("pay", json!({ "outTradeNo": out_trade_no })).await;
        let refunded = shop.wait_for(&order, OrderState::Refunded).await;
        assert!(refunded.timeline.iter().any(|entry| entry.state == OrderState::FulfilFailed));
        assert_eq!(shop.credits(&out_trade_no).await, 0);
    }

    async fn row_29_what_cannot_be_bought_is_refused_with_its_reason(database: Database) {
        let shop = Shop::open(database).await;
        let check = async |card: &str, package: &str, quoted: i64, code: ErrorCode| {
            let key = gateway::random::effect_number('k');
            let answer = shop.order_request(&key, card, package, quoted).send().await.expect("an answer");
            assert_eq!(answer.status().as_u16(), code.status(), "{card} {package}");
            let problem = problem(answer).await;
            assert_eq!(problem.code, code, "{card} {package} {}", problem.detail);
            assert!(!problem.detail.contains(card) || card.is_empty());
            problem
        };
        check("12345", PACKAGE, PRICE, ErrorCode::InvalidCardNumber).await;
        check("89860000000000000000", PACKAGE, PRICE, ErrorCode::CardNotFound).await;
        check("89860023152003456707", PACKAGE, PRICE, ErrorCode::CardTerminated).await;
        check("89860422101872720500", PACKAGE, PRICE, ErrorCode::CardStateUnknown).await;
        check("89861120220045678008", "3102", PRICE, ErrorCode::RealnameRequired).await;
        check(CARD, "9999", PRICE, ErrorCode::PackageNotFound).await;
        check(CARD, "2102", PRICE, ErrorCode::PackageNotForCard).await;
        check(CARD, "1203", 19_900, ErrorCode::PackageSoldOut).await;
        // Row 29: a price made up in the browser.
        let changed = check(CARD, PACKAGE, 1, ErrorCode::PriceChanged).await;
        assert_eq!(changed.price_fen.map(|price| price.0), Some(PRICE));
    }

    /// Row 30: the price changes between the view and the purchase.
    async fn row_30_a_changed_price_is_told_before_any_money_moves(database: Database) {
        let shop = Shop::open(database).await;
        // At the order.
        shop.get(routes::CATALOG).send().await.expect("an answer");
        shop.control("price", json!({ "productId": PACKAGE, "price": "19.5" })).await;
        tokio::time::sleep(std::time::Duration::from_secs(6)).await;
        let answer = shop.order_request("key-of-the-price-1", CARD, PACKAGE, PRICE).send().await.expect("an answer");
        let told = problem(answer).await;
        assert_eq!((told.code, told.price_fen.map(|price| price.0)), (ErrorCode::PriceChanged, Some(1950)));
        // Between the order and the payment.
        let answer = shop.order_request("key-of-the-price-2", CARD, PACKAGE, 1950).send().await.expect("an answer");
        let order: contract::Order = answer.json().await.expect("an order");
        shop.control("price", json!({ "productId": PACKAGE, "price": "21" })).await;
        let body = json!({ "method": "alipay", "host": "desktop" });
        let answer = shop.post(&routes::order_payments(&order.id), &body).send().await.expect("an answer");
        let told = problem(answer).await;
        assert_eq!((told.code, told.price_fen.map(|price| price.0)), (ErrorCode::PriceChanged, Some(2100)));
        assert_eq!(shop.show(&order).await.state, OrderState::Created);
    }
}
