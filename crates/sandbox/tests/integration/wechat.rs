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

/// Asks for an access token with these changes to what is right.
async fn stable_token(partner: &Partner, changes: Value) -> Value {
    let setup = setup(partner).await;
    let mut body = json!({
        "grant_type": "client_credential", "appid": setup["app_id"], "secret": setup["app_secret"],
    });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    let url = partner.url("/cgi-bin/stable_token");
    let answer = partner.http.post(url).json(&body).send().await;
    answer.unwrap().json().await.unwrap()
}

async fn ticket(partner: &Partner, token: &str, kind: &str) -> Value {
    let query = [("access_token", token), ("type", kind)];
    let url = Url::parse_with_params(&partner.url("/cgi-bin/ticket/getticket"), query).unwrap();
    let answer = partner.http.get(url).send().await.unwrap();
    answer.json().await.unwrap()
}

#[tokio::test]
async fn a_token_is_worth_a_ticket_and_both_stay_the_same_while_they_are_good() {
    let partner = Partner::new().await;
    assert_eq!(setup(&partner).await["jsapi_ticket"], Value::Null);
    let first = stable_token(&partner, json!({})).await;
    let token = first["access_token"].as_str().unwrap().to_owned();
    assert!((7190..=7200).contains(&first["expires_in"].as_u64().unwrap()));
    assert_eq!(
        stable_token(&partner, json!({})).await["access_token"],
        token
    );
    let given = ticket(&partner, &token, "jsapi").await;
    assert_eq!(given["errcode"], 0);
    assert_eq!(
        ticket(&partner, &token, "jsapi").await["ticket"],
        given["ticket"]
    );
    assert_eq!(setup(&partner).await["jsapi_ticket"], given["ticket"]);

    let newer = stable_token(&partner, json!({ "force_refresh": true })).await;
    assert_ne!(newer["access_token"], token);
    assert_eq!(ticket(&partner, &token, "jsapi").await["errcode"], 40001);
}

#[tokio::test]
async fn wrong_questions_for_a_token_or_a_ticket_are_refused() {
    let partner = Partner::new().await;
    for (change, code) in [
        (json!({ "grant_type": "authorization_code" }), 40002),
        (json!({ "appid": "wx0000" }), 40013),
        (json!({ "secret": "x" }), 40125),
        (json!({ "force_refresh": "yes" }), 47001),
    ] {
        let refused = stable_token(&partner, change.clone()).await;
        assert_eq!(refused["errcode"], code, "{change}");
    }
    let token = stable_token(&partner, json!({})).await;
    let token = token["access_token"].as_str().unwrap();
    assert_eq!(ticket(&partner, "", "jsapi").await["errcode"], 41001);
    assert_eq!(ticket(&partner, "x", "jsapi").await["errcode"], 40001);
    assert_eq!(ticket(&partner, token, "wx_card").await["errcode"], 40097);
    partner
        .control("wechat/tickets", json!({ "stale": 1 }))
        .await;
    assert_eq!(ticket(&partner, token, "jsapi").await["errcode"], 42001);
    assert_eq!(ticket(&partner, token, "jsapi").await["errcode"], 40001);
}
