//! From the wallet to the card, in every host.

use contract::{Launch, OrderState, routes};
use reqwest::{Client, redirect::Policy};
use serde_json::{Value, json};

use crate::{
    on_both_databases,
    support::{Shop, Wallet, wallets::MERCHANT},
};

on_both_databases! {
    async fn a_code_is_paid_and_the_card_is_credited(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let (order, number) = shop.code_shown(wallet).await;
            shop.buyer_pays(wallet, &number).await;
            let credited = shop.wait_for(&order, OrderState::Credited).await;
            let states: Vec<&str> = credited.timeline.iter().map(|entry| entry.state.as_str()).collect();
            assert_eq!(states, ["created", "paying", "paid", "fulfilling", "credited"], "{wallet:?}");
            assert_eq!(shop.recharged(&order).await, 1, "{wallet:?}");
        }
        shop.check_wallets().await;
    }

    /// Row 56: no notice ever comes.
    async fn row_56_a_payment_without_a_notice_is_found(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let (order, number) = shop.code_shown(wallet).await;
            shop.buyer_pays_with(wallet, &number, json!({ "lose_notice": true })).await;
            shop.wait_for(&order, OrderState::Credited).await;
        }
        shop.check_wallets().await;
    }

    async fn each_host_gets_its_own_launch(database: Database) {
        let shop = Shop::open_own(database).await;
        for (wallet, host, kind) in [
            (Wallet::Alipay, "mobile_browser", "redirect"),
            (Wallet::Alipay, "desktop", "qr"),
            (Wallet::Wechat, "mobile_browser", "redirect"),
            (Wallet::Wechat, "partner_app", "redirect"),
            (Wallet::Wechat, "desktop", "qr"),
            (Wallet::Wechat, "tv", "qr"),
            (Wallet::Wechat, "alipay", "qr"),
        ] {
            let order = shop.order().await;
            let launch = shop.launch(&order, wallet, host).await;
            let launch = serde_json::to_value(launch).expect("JSON");
            assert_eq!(launch["kind"], kind, "{wallet:?} in {host}: {launch}");
        }
    }

    /// Inside WeChat the buyer is asked for first; then the same call answers with the bridge's values.
    async fn in_wechat_the_buyer_is_known_before_the_bridge_is_called(database: Database) {
        let shop = Shop::open_own(database).await;
        let order = shop.order().await;
        let browser = Client::builder().redirect(Policy::none()).cookie_store(true).build().expect("a browser");
        let body = json!({ "method": "wechat", "host": "wechat" });
        let pay = || async {
            let answer = browser.post(format!("{}{}", shop.base, routes::order_payments(&order.id))).json(&body).send().await;
            answer.expect("an answer").json::<Value>().await.expect("a payment")
        };
        let first = pay().await;
        assert_eq!(first["launch"]["kind"], "redirect", "{first}");
        assert!(shop.out_trade_nos(&order).await.is_empty(), "no payment before the buyer is known");
        let start = first["launch"]["url"].as_str().expect("an address").to_owned();
        let mut address = start.clone();
        let mut callback = String::new();
        while !address.contains("/orders/") {
            let answer = browser.get(&address).header("user-agent", "MicroMessenger/8.0").send().await.expect("an answer");
            assert!(answer.status().is_redirection(), "{address}: {}", answer.status());
            let next = answer.headers()["location"].to_str().expect("text").to_owned();
            if next.contains("/callback") {
                callback.clone_from(&next);
            }
            address = next;
        }
        assert_eq!(address, format!("/orders/{}#pay=wechat", order.id.as_str()));
        let second = pay().await;
        assert_eq!(second["launch"]["kind"], "wechat_jsapi", "{second}");
        assert!(!second.to_string().contains("openid") && !first.to_string().contains("oSandbox"));
        // The way back was gone: it leads nowhere a second time.
        let again = browser.get(&callback).send().await.expect("an answer");
        assert_eq!(again.headers()["location"], "/");
        // Another browser that is handed the way back is not the one that went.
        let stranger = Client::builder().redirect(Policy::none()).build().expect("a browser");
        let started = browser.get(&start).send().await.expect("an answer");
        let authorised = browser.get(started.headers()["location"].to_str().expect("text"))
            .header("user-agent", "MicroMessenger/8.0").send().await.expect("an answer");
        let stolen = stranger.get(authorised.headers()["location"].to_str().expect("text")).send().await.expect("an answer");
        assert_eq!(stolen.headers()["location"], "/");
        let numbers = shop.out_trade_nos(&order).await;
        let launch = &second["launch"];
        let bridge = json!({
            "appId": launch["appId"], "timeStamp": launch["timeStamp"], "nonceStr": launch["nonceStr"],
            "package": launch["package"], "signType": launch["signType"], "paySign": launch["paySign"],
        });
        shop.control("wechat/bridge", bridge).await;
        shop.wait_for(&order, OrderState::Credited).await;
        assert_eq!(numbers.len(), 1);
        shop.check_wallets().await;
    }

    /// Two merchants at one wallet: the first that is on takes new payments, and what the other took is settled.
    async fn a_merchant_that_is_switched_off_still_settles(database: Database) {
        let shop = Shop::open_own(database).await;
        let mut second = shop.account(Wallet::Alipay).await;
        second["position"] = json!(1);
        shop.put_merchant(Wallet::Alipay, "second", second).await;
        let (order, number) = shop.code_shown(Wallet::Alipay).await;
        let merchant_of = async |number: &str| -> String {
            sqlx::query_scalar("select merchant from payments where out_trade_no = $1").bind(number.to_owned())
                .fetch_one(shop.gateway.app().db.pool()).await.expect("a merchant")
        };
        assert_eq!(merchant_of(&number).await, MERCHANT);
        let (status, _) = shop.admin("POST", "/admin/merchants/alipay/main/switch", json!({ "enabled": false })).await;
        assert_eq!(status, 200);
        let (other, other_number) = shop.code_shown(Wallet::Alipay).await;
        assert_eq!(merchant_of(&other_number).await, "second");
        shop.buyer_pays(Wallet::Alipay, &number).await;
        shop.buyer_pays(Wallet::Alipay, &other_number).await;
        shop.wait_for(&order, OrderState::Credited).await;
        shop.wait_for(&other, OrderState::Credited).await;
        let (status, _) = shop.admin("POST", "/admin/merchants/alipay/second/switch", json!({ "enabled": false })).await;
        assert_eq!(status, 200);
        let order = shop.order().await;
        let body = json!({ "method": "alipay", "host": "desktop" });
        let answer = shop.post(&routes::order_payments(&order.id), &body).send().await.expect("an answer");
        assert_eq!(answer.status(), 409);
        let storefront: Value = shop.get(routes::STOREFRONT).send().await.expect("an answer").json().await.expect("JSON");
        assert_eq!(storefront["methods"], json!(["wechat"]));
        shop.check_wallets().await;
    }

    /// What was paid to an account can be asked for by that account only, so another one needs a name of its own.
    async fn a_merchant_with_payments_stays_the_account_it_is(database: Database) {
        let shop = Shop::open_own(database).await;
        let (order, number) = shop.code_shown(Wallet::Wechat).await;
        let mut other = shop.account(Wallet::Wechat).await;
        other["enabled"] = json!(true);
        other["settings"]["mch_id"] = json!("1900009999");
        let (status, refused) = shop.admin("PUT", "/admin/merchants/wechat/main", other.clone()).await;
        assert_eq!((status, &refused["code"]), (409, &json!("conflict")), "{refused}");
        assert_eq!(shop.admin("PUT", "/admin/merchants/wechat/other", other).await.0, 200);
        shop.buyer_pays(Wallet::Wechat, &number).await;
        shop.wait_for(&order, OrderState::Credited).await;
    }

    /// Secrets lie sealed in the database and appear in no answer.
    async fn secrets_are_sealed_and_never_told(database: Database) {
        let shop = Shop::open_own(database).await;
        let account = shop.account(Wallet::Wechat).await;
        let secrets: Vec<String> = account["secrets"].as_object().expect("secrets").values()
            .map(|secret| secret.as_str().expect("text").to_owned()).collect();
        let rows: Vec<(String, String, String)> = sqlx::query_as("select settings, sealed, sealed_by from merchants")
            .fetch_all(shop.gateway.app().db.pool()).await.expect("the merchants");
        let (_, listed) = shop.admin("GET", "/admin/merchants", Value::Null).await;
        let (_, audit) = shop.admin("GET", "/admin/audit", Value::Null).await;
        let all = format!("{rows:?} {listed} {audit}");
        assert_eq!(listed.as_array().map(Vec::len), Some(2), "{listed}");
        for secret in &secrets {
            let line = secret.lines().nth(1).unwrap_or(secret);
            assert!(!all.contains(line), "a secret lies open");
        }
        assert!(rows.iter().all(|(_, _, by)| by == "k1"));
    }

    async fn the_operators_interface_wants_the_token(database: Database) {
        let shop = Shop::open_own(database).await;
        for token in ["", "Bearer ", "Bearer wrong", "Basic x"] {
            let answer = shop.get("/admin/orders").header("authorization", token).send().await.expect("an answer");
            assert_eq!(answer.status(), 401, "{token}");
        }
        let (status, orders) = shop.admin("GET", "/admin/orders?held=true", Value::Null).await;
        assert_eq!((status, orders), (200, json!([])));
        let closed = Shop::open(crate::support::Database::sqlite()).await;
        assert_eq!(closed.admin("GET", "/admin/orders", Value::Null).await.0, 404);
    }

    /// The link in an H5 launch lives for five minutes; a code does as long as the order. Asked again at once, both are
    /// told again without another call.
    async fn the_same_method_again_is_the_same_payment(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let order = shop.order().await;
            let first = shop.launch(&order, wallet, "desktop").await;
            let second = shop.launch(&order, wallet, "desktop").await;
            assert!(matches!((&first, &second), (Launch::Qr { .. }, Launch::Qr { .. })));
            assert_eq!(first, second);
            assert_eq!(shop.out_trade_nos(&order).await.len(), 1);
        }
    }
}
