use reqwest::{Url, header::LOCATION};
use serde_json::{Value, json};

use crate::client::Partner;

/// What a client of the wallet is set up with.
async fn setup(partner: &Partner) -> Value {
    let answer = partner
        .http
        .get(partner.url("/_control/wechat"))
        .send()
        .await;
    answer.unwrap().json().await.unwrap()
}

/// The address that a browser is sent to, or the status when it is not sent anywhere.
async fn authorize(partner: &Partner, changes: &[(&str, &str)]) -> Result<Url, u16> {
    let setup = setup(partner).await;
    let mut query = vec![
        ("appid", setup["app_id"].as_str().unwrap()),
        (
            "redirect_uri",
            "https://shop.example/oauth/wechat/callback?a=1",
        ),
        ("response_type", "code"),
        ("scope", "snsapi_base"),
        ("state", "s1"),
    ];
    for (name, value) in changes {
        query.retain(|(known, _)| known != name);
        query.push((name, value));
    }
    let url = Url::parse_with_params(&partner.url("/connect/oauth2/authorize"), &query).unwrap();
    let answer = partner.http.get(url).send().await.unwrap();
    match answer.headers().get(LOCATION) {
        Some(to) => Ok(to.to_str().unwrap().parse().unwrap()),
        None => Err(answer.status().as_u16()),
    }
}

async fn exchange(partner: &Partner, changes: &[(&str, &str)]) -> Value {
    let setup = setup(partner).await;
    let mut query = vec![
        ("appid", setup["app_id"].as_str().unwrap()),
        ("secret", setup["app_secret"].as_str().unwrap()),
        ("grant_type", "authorization_code"),
    ];
    for (name, value) in changes {
        query.retain(|(known, _)| known != name);
        query.push((name, value));
    }
    let url = Url::parse_with_params(&partner.url("/sns/oauth2/access_token"), &query).unwrap();
    let answer = partner.http.get(url).send().await.unwrap();
    answer.json().await.unwrap()
}

#[tokio::test]
async fn a_code_is_worth_the_openid_once() {
    let partner = Partner::new().await;
    let back = authorize(&partner, &[]).await.unwrap();
    let pairs: Vec<_> = back.query_pairs().into_owned().collect();
    assert_eq!(pairs[0], ("a".to_owned(), "1".to_owned()));
    assert_eq!(pairs[2], ("state".to_owned(), "s1".to_owned()));
    let code = pairs[1].1.as_str();

    let wrong = exchange(&partner, &[("code", code), ("secret", "x")]).await;
    assert_eq!(wrong["errcode"], 40125);
    assert_eq!(exchange(&partner, &[("code", "x")]).await["errcode"], 40029);
    let good = exchange(&partner, &[("code", code)]).await;
    assert_eq!(good["openid"], setup(&partner).await["buyer"]);
    assert_eq!(
        exchange(&partner, &[("code", code)]).await["errcode"],
        40163
    );
}

#[tokio::test]
async fn a_browser_is_sent_nowhere_with_wrong_values() {
    let partner = Partner::new().await;
    for wrong in [
        ("appid", "wx0000"),
        ("scope", "snsapi_userinfo"),
        ("response_type", "token"),
        ("state", "a b"),
        ("redirect_uri", "nowhere"),
    ] {
        assert_eq!(authorize(&partner, &[wrong]).await, Err(400), "{wrong:?}");
    }
}

#[tokio::test]
async fn an_unsigned_call_is_refused_and_the_refusal_is_signed() {
    let partner = Partner::new().await;
    let url = partner.url("/v3/pay/transactions/native");
    let answer = partner
        .http
        .post(url)
        .header("user-agent", "test")
        .header("accept", "application/json")
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 401);
    for name in ["timestamp", "nonce", "serial", "signature"] {
        assert!(
            answer.headers().contains_key(format!("wechatpay-{name}")),
            "{name}"
        );
    }
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["code"], "SIGN_ERROR");
    let ledger = partner.ledger().await;
    assert_eq!(ledger["wechat"]["payments"], json!([]));
    assert_eq!(ledger["calls"]["POST /v3/pay/transactions/native"], 1);
}
