//! Money that is wrong, another's, or only claimed.

use std::time::Duration;

use contract::{Launch, Order, OrderState, routes};
use serde_json::{Value, json};

use crate::{
    on_both_databases,
    support::{Settings, Shop, Wallet, shop::PAGE, wallets::MERCHANT},
};

on_both_databases! {
    /// Row 10: the wallet tells of another amount, or of none that can be read, in its notice and when it is asked.
    async fn row_10_another_amount_is_held_and_never_fulfilled(database: Database) {
        let shop = Shop::open_own(database).await;
        let mut held = Vec::new();
        for total in [
            json!("17.99"), json!("18.01"), json!("0.00"), json!("-18.00"), json!("1e2"), json!("12.000"), json!("12,00"),
            json!("18.001"), json!("99999999999999999999"), json!("１８.００"), json!("1800"), json!(null),
        ] {
            held.push(told_of(&shop, Wallet::Alipay, json!({ "total_amount": total })).await);
        }
        for total in [
            json!(1799), json!(1801), json!(0), json!(-1800), json!("1800"), json!(1800.5), json!(1e2), json!(1e20), json!(null),
        ] {
            let amount = json!({ "total": total, "payer_total": 1800, "currency": "CNY" });
            held.push(told_of(&shop, Wallet::Wechat, json!({ "amount": amount })).await);
        }
        let dollars = json!({ "amount": { "total": 1800, "currency": "USD" } });
        held.push(told_of(&shop, Wallet::Wechat, dollars).await);
        for (order, what) in held {
            stays_held(&shop, &order, &what).await;
        }
        shop.check_wallets().await;
    }

    /// Row 10: the notice tells of one amount and the wallet, when asked, of the right one: a person has to look. What
    /// cannot be read in a notice is asked for, and the exact answer decides.
    async fn row_10_a_notice_that_contradicts_its_wallet_is_held(database: Database) {
        let shop = Shop::open_own(database).await;
        for (wallet, says) in [
            (Wallet::Alipay, json!({ "total_amount": "18.01" })),
            (Wallet::Alipay, json!({ "total_amount": "12.000" })),
            (Wallet::Wechat, json!({ "amount": { "total": 1799, "currency": "CNY" } })),
        ] {
            let (order, number) = shop.paid_in_silence(wallet).await;
            let letter = shop.letter_that_says(wallet, &number, says.clone()).await;
            shop.is_taken(&letter).await;
            stays_held(&shop, &order, &says).await;
        }
        for (wallet, says) in [
            (Wallet::Alipay, json!({ "total_amount": "1e2" })),
            (Wallet::Alipay, json!({ "total_amount": "１８" })),
            (Wallet::Wechat, json!({ "amount": null })),
            (Wallet::Wechat, json!({ "amount": { "total": "1e2", "currency": "CNY" } })),
        ] {
            let (order, number) = shop.paid_in_silence(wallet).await;
            let letter = shop.letter_that_says(wallet, &number, says).await;
            shop.is_taken(&letter).await;
            shop.wait_for(&order, OrderState::Credited).await;
        }
        shop.check_wallets().await;
    }

    /// Row 11: rightly signed, for somebody else: refused as a notice, held where the wallet says it when asked.
    async fn row_11_money_of_another_merchant_is_not_ours(database: Database) {
        let shop = Shop::open_own(database).await;
        let others = [
            (Wallet::Alipay, json!({ "app_id": "9021000100000002" })),
            (Wallet::Alipay, json!({ "seller_id": "2088721000000002" })),
            (Wallet::Alipay, json!({ "app_id": null })),
            (Wallet::Alipay, json!({ "seller_id": null })),
            (Wallet::Wechat, json!({ "mchid": "1900000002" })),
            (Wallet::Wechat, json!({ "appid": "wx5a4db0c500000002" })),
            (Wallet::Wechat, json!({ "mchid": null })),
            (Wallet::Wechat, json!({ "appid": "" })),
        ];
        for (wallet, says) in &others {
            let (order, number) = shop.paid_in_silence(*wallet).await;
            let letter = shop.letter_that_says(*wallet, &number, says.clone()).await;
            shop.is_refused(&letter, &says.to_string()).await;
            shop.is_untouched(&order).await;
            shop.is_taken(&shop.letter(*wallet, &number).await).await;
            shop.wait_for(&order, OrderState::Credited).await;
        }
        for (wallet, says) in [
            (Wallet::Alipay, json!({ "seller_id": "2088721000000002" })),
            (Wallet::Alipay, json!({ "out_trade_no": "P1" })),
            (Wallet::Wechat, json!({ "mchid": "1900000002" })),
            (Wallet::Wechat, json!({ "appid": "wx5a4db0c500000002" })),
            (Wallet::Wechat, json!({ "out_trade_no": "P1" })),
        ] {
            let (order, what) = told_of(&shop, wallet, says).await;
            stays_held(&shop, &order, &what).await;
        }
        shop.check_wallets().await;
    }

    /// Row 11: two merchants of our own: what one took is not told by the other's notices.
    async fn row_11_a_notice_to_another_merchant_of_ours_finds_nothing(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let mut second = shop.account(wallet).await;
            second["position"] = json!(1);
            shop.put_merchant(wallet, "second", second).await;
            let (order, number) = shop.paid_in_silence(wallet).await;
            let letter = shop.letter(wallet, &number).await;
            assert_eq!(shop.deliver_to("second", &letter).await.0, 404);
            assert_eq!(shop.deliver_to("nobody", &letter).await.0, 404);
            shop.is_untouched(&order).await;
            assert_eq!(shop.deliver_to(MERCHANT, &letter).await.0, 200);
            shop.wait_for(&order, OrderState::Credited).await;
        }
        shop.check_wallets().await;
    }

    /// Row 13: another order's number with the same amount, and a transaction that has paid an order before.
    async fn row_13_a_transaction_pays_one_order(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let (first, first_number) = shop.code_shown(wallet).await;
            shop.buyer_pays(wallet, &first_number).await;
            shop.wait_for(&first, OrderState::Credited).await;
            let bound: String = sqlx::query_scalar("select transaction_id from payments where out_trade_no = $1")
                .bind(&first_number).fetch_one(shop.gateway.app().db.pool()).await.expect("a transaction");

            // Nobody has paid it, whatever the notice of the first one is made to say.
            let (second, number) = shop.code_shown_in_silence(wallet).await;
            let letter = shop.letter_that_says(wallet, &first_number, json!({ "out_trade_no": number })).await;
            shop.is_taken(&letter).await;
            shop.is_untouched(&second).await;

            let key = match wallet {
                Wallet::Alipay => "trade_no",
                Wallet::Wechat => "transaction_id",
            };
            shop.buyer_pays_with(wallet, &number, json!({ "says": { key: bound } })).await;
            let held = shop.wait_until(&second, "held", |order| order.held).await;
            assert_eq!(held.state, OrderState::Paying);
            stays_held(&shop, &second, &json!(key)).await;
            let reason: String = sqlx::query_scalar("select held_reason from orders where id = $1")
                .bind(second.id.as_str()).fetch_one(shop.gateway.app().db.pool()).await.expect("a reason");
            assert_eq!(reason, "transaction_belongs_to_another_payment", "{wallet:?}");
            assert_eq!(shop.recharged(&first).await, 1, "{wallet:?}");
        }
        shop.check_wallets().await;
    }

    /// Row 24: the way back from the wallet, genuine but another's or too early, and what anyone can write: the page is
    /// shown, and nothing else happens.
    async fn row_24_the_way_back_decides_nothing(database: Database) {
        let shop = Shop::open_own(database).await;
        let order = shop.order().await;
        let Launch::Redirect { url } = shop.launch(&order, Wallet::Alipay, "mobile_browser").await else { panic!("no address") };
        let number = shop.out_trade_nos(&order).await.remove(0);
        shop.ask_no_more(&number).await;
        shop.control("alipay/notices", json!({ "mode": "lose" })).await;
        let way_back = pays_at_the_cashier(&shop, &url).await;
        let (page, signed) = way_back.split_once('?').expect("signed words");
        assert!(page.ends_with(&routes::order_page(&order.id)) && signed.contains("&sign="), "{way_back}");
        let asked = shop.calls(Wallet::Alipay.route("query")).await;
        let (other, _) = shop.code_shown_in_silence(Wallet::Wechat).await;
        for (order, query) in [
            (&order, signed),
            (&other, signed),
            (&order, "status=success"),
            (&other, "status=success&pay_status=3&trade_status=TRADE_SUCCESS&trade_state=SUCCESS"),
            (&other, "result=ok&err_msg=get_brand_wcpay_request:ok&resultCode=9000"),
        ] {
            let page = shop.get(&format!("{}?{query}", routes::order_page(&order.id))).send().await.expect("an answer");
            assert_eq!(page.text().await.expect("text"), PAGE, "the same page as ever");
            for path in [routes::order_page(&order.id), routes::order(&order.id)] {
                let before = shop.show(order).await;
                let answer = shop.get(&format!("{path}?{query}")).send().await.expect("an answer");
                assert_eq!(answer.status(), 200, "{path}");
                let after = shop.show(order).await;
                assert_eq!((after.state, after.version), (before.state, before.version), "{path}?{query}");
            }
            shop.is_untouched(order).await;
        }
        assert_eq!(shop.calls(Wallet::Alipay.route("query")).await, asked);
        // Whoever asks is told by the wallet, not by the address.
        shop.post(&routes::order_submitted(&order.id), &json!({})).send().await.expect("an answer");
        shop.wait_for(&order, OrderState::Credited).await;
        assert_eq!(shop.show(&other).await.state, OrderState::Paying);
        shop.check_wallets().await;
    }

    /// Row 36: WeChat Pay is told the address of whoever pays by a link, and compares it.
    async fn row_36_the_wallet_is_told_the_peers_address(database: Database) {
        let shop = Shop::open_own(database).await;
        for forged in ["198.51.100.7", "198.51.100.7, 203.0.113.9", "junk", "127.0.0.2"] {
            assert_eq!(told_address(&shop, forged).await, "127.0.0.1", "{forged}");
        }
    }

    /// Row 36: behind a proxy it is the address that the proxy saw; what the buyer wrote before it is not believed.
    async fn row_36_the_wallet_is_told_what_a_trusted_proxy_saw(database: Database) {
        let shop = Shop::open_own_with(database, Settings { behind_proxy: true, ..Settings::default() }).await;
        for (forwarded, expected) in [
            ("198.51.100.7", "198.51.100.7"),
            ("6.6.6.6, 198.51.100.8", "198.51.100.8"),
            ("6.6.6.6, 198.51.100.9, 127.0.0.3", "198.51.100.9"),
            ("2001:db8::7", "2001:db8::7"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
            ("198.51.100.7, junk", "127.0.0.1"),
        ] {
            assert_eq!(told_address(&shop, forwarded).await, expected, "{forwarded}");
        }
    }
}

/// An order that its wallet counts as paid, but tells something strange of, by its notice and when it is asked.
async fn told_of(shop: &Shop, wallet: Wallet, says: Value) -> (Order, Value) {
    let (order, number) = shop.code_shown(wallet).await;
    shop.buyer_pays_with(wallet, &number, json!({ "says": says }))
        .await;
    (order, says)
}

/// That an order is set aside: not paid, not recharged, and nothing more to be paid for.
async fn stays_held(shop: &Shop, order: &Order, what: &Value) {
    let held = shop
        .wait_until(order, &format!("held: {what}"), |order| order.held)
        .await;
    assert_eq!(held.state, OrderState::Paying, "{what}");
    assert_eq!(
        held.payment.and_then(|payment| payment.launch),
        None,
        "{what}"
    );
    tokio::time::sleep(Duration::from_millis(700)).await;
    let later = shop.show(order).await;
    assert_eq!((later.state, later.held), (OrderState::Paying, true));
    assert_eq!(shop.recharged(order).await, 0, "{what}");
}

/// Pays on Alipay's page and tells where it leads back to.
async fn pays_at_the_cashier(shop: &Shop, address: &str) -> String {
    let location = |answer: reqwest::Response| {
        let location = answer.headers().get("location").expect("a way on");
        location.to_str().expect("text").to_owned()
    };
    let to_the_page = shop.http.get(address).send().await.expect("an answer");
    let page = location(to_the_page);
    let pays = shop
        .http
        .post(page)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("action=pay");
    location(pays.send().await.expect("an answer"))
}

/// The buyer's address as WeChat Pay was told it by a gateway that was told `forwarded`.
async fn told_address(shop: &Shop, forwarded: &str) -> String {
    let order = shop.order().await;
    let answer = shop
        .post(
            &routes::order_payments(&order.id),
            &json!({ "method": "wechat", "host": "mobile_browser" }),
        )
        .header("x-forwarded-for", forwarded)
        .header("x-real-ip", "192.0.2.66")
        .header("forwarded", "for=192.0.2.66")
        .header("client-ip", "192.0.2.66")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200);
    let number = shop.out_trade_nos(&order).await.remove(0);
    let ledger = shop.ledger().await;
    let payments = ledger["wechat"]["payments"].as_array().expect("payments");
    let payment = payments
        .iter()
        .find(|payment| payment["out_trade_no"] == number);
    let payment = payment.expect("it was made");
    payment["client_ip"]
        .as_str()
        .expect("an address")
        .to_owned()
}
