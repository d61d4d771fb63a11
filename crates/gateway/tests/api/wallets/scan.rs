//! Pages that are signed for WeChat's scanner.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use contract::{ErrorCode, PageSignature, Storefront, routes};
use futures_util::future::join_all;
use reqwest::Response;
use serde_json::{Value, json};

use crate::{
    on_both_databases,
    support::{Shop, Wallet, shop::problem, wallets::MERCHANT},
};

const SECRET: &str = "sandbox-wechat-app-secret";
const TOKEN: &str = "POST /cgi-bin/stable_token";
const TICKET: &str = "GET /cgi-bin/ticket/getticket";

on_both_databases! {
    /// However many ask at once, WeChat is asked for one ticket, and what each gets is rightly signed.
    async fn two_hundred_askers_cost_one_ticket(database: Database) {
        let shop = Shop::open_own(database).await;
        assert!(storefront(&shop).await.features.wechat_scan);
        let url = format!("{}/usage?a=b", site(&shop));
        let answers = join_all((0..200).map(|_| ask(&shop, &url))).await;
        let ticket = given_ticket(&shop).await;
        let mut nonces = Vec::new();
        for answer in answers {
            assert_eq!(answer.status(), 200);
            let text = answer.text().await.expect("a body");
            assert!(!text.contains(&ticket) && !text.contains(SECRET), "{text}");
            let signed: PageSignature = serde_json::from_str(&text).expect("a signature");
            assert_eq!(signed.signature, sign(&ticket, &signed, &url));
            nonces.push(signed.nonce_str);
        }
        nonces.sort();
        nonces.dedup();
        assert_eq!(nonces.len(), 200, "each is signed for itself");
        assert_eq!((calls(&shop, TOKEN).await, calls(&shop, TICKET).await), (1, 1));
    }

    async fn only_pages_of_the_shop_are_signed(database: Database) {
        let shop = Shop::open_own(database).await;
        for url in ["https://evil.example/", "/", "", &format!("{}/#card=1", site(&shop))] {
            let answer = ask(&shop, url).await;
            assert_eq!(answer.status(), 422, "{url}");
            let problem = problem(answer).await;
            assert_eq!((problem.code, problem.field.as_deref()), (ErrorCode::InvalidRequest, Some("url")));
        }
        assert_eq!(calls(&shop, TOKEN).await, 0, "nobody else makes the gateway ask");
    }

    /// Another system of the operator's may have taken a newer token between our two questions.
    async fn a_token_that_just_ran_out_is_asked_for_once_more(database: Database) {
        let shop = Shop::open_own(database).await;
        shop.control("wechat/tickets", json!({ "stale": 1 })).await;
        let url = format!("{}/", site(&shop));
        let signed: PageSignature = ask(&shop, &url).await.json().await.expect("a signature");
        assert_eq!(signed.signature, sign(&given_ticket(&shop).await, &signed, &url));
        assert_eq!((calls(&shop, TOKEN).await, calls(&shop, TICKET).await), (2, 2));
    }

    /// Whoever goes on asking does not make the gateway go on asking WeChat.
    async fn a_refusal_is_not_asked_about_again_at_once(database: Database) {
        let shop = Shop::open_own(database).await;
        shop.control("wechat/tickets", json!({ "stale": 9 })).await;
        for _ in 0..5 {
            let answer = ask(&shop, &format!("{}/", site(&shop))).await;
            assert_eq!(answer.status(), 503);
            let told = problem(answer).await;
            assert_eq!((told.code, told.retry_after), (ErrorCode::Overloaded, Some(60)));
            assert!(!told.detail.contains("errcode"), "{}", told.detail);
        }
        assert_eq!((calls(&shop, TOKEN).await, calls(&shop, TICKET).await), (2, 2));
    }

    async fn a_wrong_secret_signs_nothing_and_is_not_told(database: Database) {
        let shop = Shop::open_own(database).await;
        let mut account = shop.account(Wallet::Wechat).await;
        account["secrets"]["app_secret"] = json!("hunter2hunter2");
        shop.put_merchant(Wallet::Wechat, MERCHANT, account).await;
        let answer = ask(&shop, &format!("{}/", site(&shop))).await;
        assert_eq!(answer.status(), 503);
        let text = answer.text().await.expect("a body");
        assert!(!text.contains("hunter2") && !text.contains("40125"), "{text}");
        assert_eq!(calls(&shop, TICKET).await, 0);
    }

    async fn without_an_official_account_there_is_nothing_to_ask(database: Database) {
        let shop = Shop::open_own(database).await;
        let mut account = shop.account(Wallet::Wechat).await;
        for (part, name) in [("settings", "authorise_url"), ("settings", "oauth_base"), ("secrets", "app_secret")] {
            account[part][name] = Value::Null;
        }
        shop.put_merchant(Wallet::Wechat, MERCHANT, account).await;
        let answer = ask(&shop, &format!("{}/", site(&shop))).await;
        assert_eq!(problem(answer).await.code, ErrorCode::NotFound);
        assert!(!storefront(&shop).await.features.wechat_scan);
    }
}

async fn ask(shop: &Shop, url: &str) -> Response {
    let answer = shop
        .post(routes::WECHAT_SCAN, &json!({ "url": url }))
        .send();
    answer.await.expect("an answer")
}

async fn storefront(shop: &Shop) -> Storefront {
    let answer = shop.get(routes::STOREFRONT).send().await;
    answer
        .expect("an answer")
        .json()
        .await
        .expect("a storefront")
}

/// The address by which the shop knows itself.
fn site(shop: &Shop) -> String {
    let url = &shop.gateway.app().config.http.public_url;
    url.origin().ascii_serialization()
}

async fn given_ticket(shop: &Shop) -> String {
    let url = format!("{}/_control/wechat", shop.sandbox.url());
    let answer = shop.http.get(url).send().await.expect("an answer");
    let setup: Value = answer.json().await.expect("JSON");
    setup["jsapi_ticket"].as_str().expect("a ticket").to_owned()
}

async fn calls(shop: &Shop, route: &str) -> i64 {
    shop.ledger().await["calls"][route].as_i64().unwrap_or(0)
}

fn sign(ticket: &str, signed: &PageSignature, url: &str) -> String {
    let text = format!(
        "jsapi_ticket={ticket}&noncestr={}&timestamp={}&url={url}",
        signed.nonce_str, signed.timestamp
    );
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    hash.as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
