//! The accounts that a gateway is set up with: what they say is enough to make calls that are believed.

use std::collections::BTreeMap;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{Url, header::LOCATION};
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
    ask_alipay_of(partner, account, "alipay.trade.query", &[]).await
}

async fn ask_alipay_of(
    partner: &Partner,
    account: &Value,
    method: &str,
    more: &[(&str, &str)],
) -> Value {
    serde_json::from_str(&ask_alipay_raw(partner, account, method, more).await).unwrap()
}

async fn ask_alipay_raw(
    partner: &Partner,
    account: &Value,
    method: &str,
    more: &[(&str, &str)],
) -> String {
    let mut said = vec![
        ("app_id", text(account, "app_id")),
        ("biz_content", r#"{"out_trade_no":"none"}"#),
        ("charset", "utf-8"),
        ("method", method),
        ("sign_type", "RSA2"),
        ("timestamp", "2026-11-21 18:32:35"),
        ("version", "1.0"),
    ];
    said.extend(more);
    said.sort_unstable();
    let lines: Vec<_> = said
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let signature = sign(account, &lines.join("&"));
    said.push(("sign", &signature));
    said.retain(|(name, _)| *name != "method");
    let url = format!("{}?method={method}", text(account, "gateway_url"));
    let answer = partner.http.post(url).form(&said).send().await.unwrap();
    answer.text().await.unwrap()
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

#[tokio::test]
async fn a_code_of_alipays_is_worth_the_buyer_once() {
    let partner = Partner::new().await;
    let (_, account) = partner.control("alipay/account", json!({})).await;
    let authorise = async |scope: &str| {
        let query = [
            ("app_id", text(&account, "app_id")),
            ("scope", scope),
            (
                "redirect_uri",
                "https://shop.example/oauth/alipay/callback?a=1",
            ),
            ("state", "s1"),
        ];
        let url = Url::parse_with_params(text(&account, "authorise_url"), query).unwrap();
        let answer = partner.http.get(url).send().await.unwrap();
        let to = answer.headers().get(LOCATION)?.to_str().unwrap();
        let to: BTreeMap<String, String> =
            Url::parse(to).unwrap().query_pairs().into_owned().collect();
        assert_eq!((to["a"].as_str(), to["state"].as_str()), ("1", "s1"));
        Some(to["auth_code"].clone())
    };
    let exchange = async |code: &str| {
        let said = [("code", code), ("grant_type", "authorization_code")];
        ask_alipay_of(&partner, &account, "alipay.system.oauth.token", &said).await
    };
    assert_eq!(authorise("auth_user").await, None);
    let code = authorise("auth_base").await.unwrap();
    let told = exchange(&code).await["alipay_system_oauth_token_response"].take();
    assert_eq!(told["user_id"], "2088622000000001");
    assert_eq!(told.get("code"), None);
    for code in [code.as_str(), "nothing"] {
        let refused = exchange(code).await;
        assert_eq!(refused["error_response"]["sub_code"], "isv.code-invalid");
        assert!(refused["sign"].is_string());
    }
    let newer = json!({ "open_id": "074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5" });
    partner.control("alipay/buyer", newer.clone()).await;
    let code = authorise("auth_base").await.unwrap();
    let told = exchange(&code).await["alipay_system_oauth_token_response"].take();
    assert_eq!(
        (&told["open_id"], told.get("user_id")),
        (&newer["open_id"], None)
    );
    let wrong = json!({ "user_id": "1" });
    assert_eq!(partner.control("alipay/buyer", wrong).await.0, 422);
}

#[tokio::test]
async fn alipay_changes_its_key_once_and_its_accounts_tell_both() {
    let partner = Partner::new().await;
    let (_, before) = partner.control("alipay/account", json!({})).await;
    let rotate = json!({ "rotate": true });
    assert_eq!(partner.control("alipay/keys", rotate.clone()).await.0, 200);
    let (_, after) = partner.control("alipay/account", json!({})).await;
    assert_eq!(
        text(&after, "alipay_public_key_before"),
        text(&before, "alipay_public_key")
    );
    assert_eq!(after["secrets"], before["secrets"]);
    let answer = ask_alipay_raw(&partner, &after, "alipay.trade.query", &[]).await;
    let signed = signature_holds(&answer, text(&after, "alipay_public_key"));
    assert_eq!(
        (
            signed,
            signature_holds(&answer, text(&before, "alipay_public_key"))
        ),
        (true, false)
    );
    assert_eq!(partner.control("alipay/keys", rotate).await.0, 409);
}

#[tokio::test]
async fn a_request_that_names_a_certificate_must_name_the_right_one() {
    let partner = Partner::new().await;
    let wanted = json!({ "keys": "certificate" });
    let (_, account) = partner.control("alipay/account", wanted).await;
    for name in ["app_cert", "alipay_cert", "root_cert"] {
        assert!(text(&account, name).contains("BEGIN CERTIFICATE"), "{name}");
    }
    assert_eq!(account["settings"].get("alipay_public_key"), None);
    let wrong = [("app_cert_sn", "00"), ("alipay_root_cert_sn", "00")];
    let answer = ask_alipay_of(&partner, &account, "alipay.trade.query", &wrong).await;
    assert_eq!(
        answer["error_response"]["sub_code"],
        "isv.invalid-app-cert-sn"
    );
}

/// Whether Alipay's answer is signed by this key.
fn signature_holds(answer: &str, public_key: &str) -> bool {
    let read: Value = serde_json::from_str(answer).unwrap();
    let sign = STANDARD.decode(read["sign"].as_str().unwrap()).unwrap();
    let from = answer.find("_response\":").unwrap() + "_response\":".len();
    let node = &answer[from..answer.find(",\"sign\"").unwrap()];
    UnparsedPublicKey::new(
        &RSA_PKCS1_2048_8192_SHA256,
        STANDARD.decode(public_key).unwrap(),
    )
    .verify(node.as_bytes(), &sign)
    .is_ok()
}
