//! The account's keys in every mode, and who its buyers are.

use contract::{Fen, LaunchKind};
use gateway::payments::{
    Channel,
    channel::{ChannelError, RefundAnswer},
};
use serde_json::json;

use super::{Shop, named, open_account, paid, refund};

#[tokio::test]
async fn the_buyer_is_known_by_a_code_that_is_good_once() {
    let browser = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    for keys in ["public_key", "certificate"] {
        let shop = Shop::with_keys(keys).await;
        for (kind, buyer) in [
            ("user_id", "2088622000000009"),
            ("open_id", "074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5"),
        ] {
            shop.order("alipay/buyer", json!({ kind: buyer })).await;
            let page = shop
                .alipay
                .authorise_url("https://shop.example/oauth/alipay/callback?a=1", "s1");
            let answer = browser.get(page.expect("a page")).send().await;
            let answer = answer.expect("an answer");
            let back = answer.headers()["location"].to_str().expect("an address");
            let back = reqwest::Url::parse(back).expect("an address");
            assert_eq!(back.host_str(), Some("shop.example"));
            let told = |wanted: &str| {
                let mut pairs = back.query_pairs().into_owned();
                pairs.find(|(name, _)| name == wanted).expect(wanted).1
            };
            assert_eq!((told("a"), told("state")), ("1".into(), "s1".into()));
            let code = told("auth_code");
            assert_eq!(shop.alipay.payer(&code).await, Ok(buyer.to_owned()));
            for code in [&code, "unknown"] {
                let refused = shop.alipay.payer(code).await;
                assert!(
                    matches!(refused, Err(ChannelError::Refused(..))),
                    "{refused:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn row_57_a_change_of_keys_loses_no_answer() {
    let shop = Shop::new().await;
    shop.launch("P1", LaunchKind::Qr).await.expect("a launch");
    shop.pay("P1").await;
    shop.order("alipay/keys", json!({ "rotate": true })).await;
    // An account that was set up before the change does not know the new key; nothing is taken for a verdict.
    assert!(matches!(
        shop.query("P1").await,
        Err(ChannelError::Unknown(_))
    ));
    let changed = open_account(&shop.http, &shop.sandbox, "public_key").await;
    assert_eq!(paid(&changed.query(&named("P1")).await), Some(Fen(1800)));
}

#[tokio::test]
async fn certificates_lead_to_the_money_too() {
    let shop = Shop::with_keys("certificate").await;
    shop.launch("P1", LaunchKind::Qr).await.expect("a launch");
    shop.pay("P1").await;
    assert_eq!(paid(&shop.query("P1").await), Some(Fen(1800)));
    let asked = refund("P1", "R1", 500);
    assert_eq!(shop.alipay.refund(&asked).await, Ok(RefundAnswer::Done));
}
