//! The accounts that a gateway is set up with: what they say is enough to make calls that are believed.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::client::Partner;

/// Signs as an account's owner would, who has nothing but the answer.
fn sign(account: &Value, message: &str) -> String {
    let pem = account["secrets"]["private_key"].as_str().unwrap();
    let base64: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let pair = RsaKeyPair::from_pkcs8(&STANDARD.decode(base64).unwrap()).unwrap();
    let mut signature = vec![0; pair.public_modulus_len()];
    let random = SystemRandom::new();
    pair.sign(
        &RSA_PKCS1_SHA256,
        &random,
        message.as_bytes(),
        &mut signature,
    )
    .unwrap();
    STANDARD.encode(signature)
}

fn text<'a>(account: &'a Value, name: &str) -> &'a str {
    account["settings"][name].as_str().unwrap()
}

/// What Alipay says to a query that this account signs.
async fn ask_alipay(partner: &Partner, account: &Value) -> Value {
    let said = [
        ("app_id", text(account, "app_id")),
        ("biz_content", r#"{"out_trade_no":"none"}"#),
        ("charset", "utf-8"),
        ("method", "alipay.trade.query"),
        ("sign_type", "RSA2"),
        ("timestamp", "2026-11-21 18:32:35"),
        ("version", "1.0"),
    ];
    let lines = said.map(|(name, value)| format!("{name}={value}"));
    let signature = sign(account, &lines.join("&"));
    let mut form = said.to_vec();
    form.push(("sign", &signature));
    let url = format!("{}?method=alipay.trade.query", text(account, "gateway_url"));
    form.retain(|(name, _)| *name != "method");
    let answer = partner.http.post(url).form(&form).send().await.unwrap();
    answer.json().await.unwrap()
}

#[tokio::test]
async fn alipays_account_is_ready_and_stays_the_same() {
    let partner = Partner::new().await;
    let (status, account) = partner.control("alipay/account", json!({})).await;
    assert_eq!(status, 200);
    let answer = ask_alipay(&partner, &account).await;
    assert_eq!(
        answer["alipay_trade_query_response"]["sub_code"],
        "ACQ.TRADE_NOT_EXIST"
    );
    assert_eq!(
        partner.control("alipay/account", json!({})).await.1,
        account
    );
    partner.control("reset", json!({})).await;
    let answer = ask_alipay(&partner, &account).await;
    assert!(answer["sign"].is_string(), "{answer}");
    let members = |what: &str| -> Vec<String> {
        let object = account[what].as_object().unwrap();
        object.keys().cloned().collect()
    };
    assert_eq!(
        members("settings"),
        [
            "alipay_public_key",
            "app_id",
            "authorise_url",
            "gateway_url",
            "keys",
            "seller_id"
        ]
    );
    assert_eq!(members("secrets"), ["private_key"]);
}

#[tokio::test]
async fn the_apps_old_key_is_good_beside_a_new_one() {
    let partner = Partner::new().await;
    let (_, account) = partner.control("alipay/account", json!({})).await;
    let (_, other) = partner.control("wechat/account", json!({})).await;
    assert_eq!(
        ask_with(&partner, &account, &other).await["error_response"]["sub_code"],
        "isv.invalid-signature"
    );
    let setup = partner.http.get(partner.url("/_control/wechat")).send();
    let setup: Value = setup.await.unwrap().json().await.unwrap();
    let key = public_half(setup["private_key"].as_str().unwrap());
    let (status, _) = partner
        .control("alipay", json!({ "app_public_key": key }))
        .await;
    assert_eq!(status, 200);
    for answer in [
        ask_with(&partner, &account, &other).await,
        ask_alipay(&partner, &account).await,
    ] {
        assert!(answer["sign"].is_string(), "{answer}");
    }
}

/// The same app, with another's private key.
async fn ask_with(partner: &Partner, account: &Value, other: &Value) -> Value {
    let mut mixed = account.clone();
    mixed["secrets"] = other["secrets"].clone();
    ask_alipay(partner, &mixed).await
}

fn public_half(pem: &str) -> String {
    use aws_lc_rs::{
        encoding::{AsDer, PublicKeyX509Der},
        signature::KeyPair,
    };
    let base64: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let pair = RsaKeyPair::from_pkcs8(&STANDARD.decode(base64).unwrap()).unwrap();
    let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    STANDARD.encode(der.as_ref())
}

/// How WeChat Pay answers a call that this account signs.
async fn ask_wechat(partner: &Partner, account: &Value) -> u16 {
    let at = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let at = at.unwrap().as_secs();
    let signature = sign(
        account,
        &format!("GET\n/v3/certificates\n{at}\nnonce{at}\n\n"),
    );
    let authorization = format!(
        "WECHATPAY2-SHA256-RSA2048 mchid=\"{}\",nonce_str=\"nonce{at}\",signature=\"{signature}\",\
         timestamp=\"{at}\",serial_no=\"{}\"",
        text(account, "mch_id"),
        text(account, "serial_no"),
    );
    let answer = partner
        .http
        .get(format!("{}/v3/certificates", text(account, "api_base")))
        .header("user-agent", "test")
        .header("accept", "application/json")
        .header("authorization", authorization)
        .send();
    answer.await.unwrap().status().as_u16()
}

#[tokio::test]
async fn wechats_account_is_ready_and_tells_both_kinds_of_platform_keys() {
    let partner = Partner::new().await;
    let (status, account) = partner.control("wechat/account", json!({})).await;
    assert_eq!(status, 200);
    assert_eq!(ask_wechat(&partner, &account).await, 200);

    let keys = account["settings"]["platform_keys"].as_object().unwrap();
    let of = |mark: &str, text: &str| {
        let wanted = |(id, pem): &(&String, &Value)| {
            id.starts_with("PUB_KEY_ID_") == (mark == "key") && pem.as_str().unwrap().contains(text)
        };
        keys.iter().filter(wanted).count()
    };
    assert_eq!(of("key", "BEGIN PUBLIC KEY"), 1);
    assert_eq!(of("certificate", "BEGIN CERTIFICATE"), 1);

    // Another key is registered, and this one is good all the same.
    let setup = partner.http.get(partner.url("/_control/wechat")).send();
    let setup: Value = setup.await.unwrap().json().await.unwrap();
    let other = json!({
        "serial_no": "5A5A5A5A", "public_key": setup["platform_public_key"]["pem"],
    });
    let (status, _) = partner.control("wechat/merchant", other).await;
    assert_eq!(status, 200);
    assert_eq!(ask_wechat(&partner, &account).await, 200);
    let mut stranger = account.clone();
    stranger["settings"]["serial_no"] = "5A5A5A5A".into();
    assert_eq!(ask_wechat(&partner, &stranger).await, 401);
}

#[tokio::test]
async fn an_account_takes_no_wishes_that_it_does_not_know() {
    let partner = Partner::new().await;
    for wallet in ["alipay", "wechat"] {
        let (status, _) = partner
            .control(&format!("{wallet}/account"), json!({ "key": "mine" }))
            .await;
        assert_eq!(status, 422, "{wallet}");
    }
}
