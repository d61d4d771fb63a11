//! What is signed and believed, without a network.

use std::{
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::KeySize,
    signature::{KeyPair, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use url::Url;

use crate::{
    Client, Config, Error, Fen, Keys, NewTrade, buyer,
    client::{self, Reply, Trust},
    keys::{PrivateKey, PublicKey},
};

/// A pair of a test's own, made once.
pub(crate) fn keys() -> &'static (PrivateKey, PublicKey) {
    static KEYS: OnceLock<(PrivateKey, PublicKey)> = OnceLock::new();
    KEYS.get_or_init(|| {
        let (private, public) = texts();
        (
            PrivateKey::parse(private).expect("a key"),
            PublicKey::parse(public).expect("a key"),
        )
    })
}

/// What verifies that pair's signatures.
pub(crate) fn trust() -> &'static Trust {
    static TRUST: OnceLock<Trust> = OnceLock::new();
    TRUST.get_or_init(|| Trust::Key {
        now: PublicKey::parse(&texts().1).expect("a key"),
        before: None,
    })
}

fn texts() -> &'static (String, String) {
    static TEXTS: OnceLock<(String, String)> = OnceLock::new();
    TEXTS.get_or_init(generate)
}

fn generate() -> (String, String) {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let pkcs8 = AsDer::<Pkcs8V1Der>::as_der(&pair).expect("its bytes");
    (
        STANDARD.encode(pkcs8.as_ref()),
        STANDARD.encode(pair.public_key().as_ref()),
    )
}

fn config() -> Config {
    let (_, alipay) = generate();
    Config {
        app_id: "2021000000000001".to_owned(),
        seller_id: "2088000000000001".to_owned(),
        private_key: texts().0.clone(),
        keys: Keys::PublicKey {
            alipay_public_key: alipay,
            alipay_public_key_before: None,
        },
        gateway_url: Url::parse("https://openapi.example/gateway.do").expect("an address"),
        authorise_url: None,
        timeout: Duration::from_secs(5),
    }
}

const RETURN_URL: &str = "https://shop.example/orders/1?a=1";

fn trade() -> NewTrade<'static> {
    // 2026-11-21 18:32:35.999 in China.
    let since = Duration::from_millis(1_795_257_155_999);
    NewTrade {
        out_trade_no: "P1",
        subject: "2GB 月清零 a/b=c&d",
        amount: Fen(1800),
        expires_at: SystemTime::UNIX_EPOCH + since,
        notify_url: "https://shop.example/notify/alipay/main",
    }
}

#[test]
fn a_wrong_configuration_is_named() {
    let check = |change: &dyn Fn(&mut Config), expected: &str| {
        let mut config = config();
        change(&mut config);
        let error = Client::new(config).err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some(expected));
    };
    assert!(Client::new(config()).is_ok());
    check(
        &|config| config.app_id = "wx1".into(),
        "app_id: it is digits only",
    );
    check(
        &|config| config.seller_id = "2089000000000001".into(),
        "seller_id: it is 16 digits that begin with 2088",
    );
    check(
        &|config| config.private_key = "hunter2!".to_owned(),
        "private_key: it is neither PEM nor base64",
    );
    check(
        &|config| config.private_key = texts().1.clone(),
        "private_key: it is no RSA private key in PKCS#1 or PKCS#8",
    );
    let public = |key: String| Keys::PublicKey {
        alipay_public_key: key,
        alipay_public_key_before: None,
    };
    check(
        &|config| config.keys = public(texts().0.clone()),
        "alipay_public_key: it is no RSA public key",
    );
    check(
        &|config| config.keys = public(texts().1.clone()),
        "alipay_public_key: this is the app's own public key, not Alipay's",
    );
    check(
        &|config| {
            config.keys = Keys::PublicKey {
                alipay_public_key: generate().1,
                alipay_public_key_before: Some(texts().1.clone()),
            };
        },
        "alipay_public_key_before: this is the app's own public key, not Alipay's",
    );
    check(
        &|config| config.authorise_url = Url::parse("https://openauth.example/?a=1").ok(),
        "authorise_url is not a plain http or https address",
    );
    check(
        &|config| {
            config.keys = Keys::Certificate {
                app_cert: String::new(),
                alipay_cert: String::new(),
                root_cert: String::new(),
            };
        },
        "app_cert: there is no certificate in it",
    );
}

#[test]
fn the_page_is_asked_for_with_everything_signed() {
    let client = Client::new(config()).expect("a client");
    let url = Url::parse(&client.wap_pay(&trade(), RETURN_URL)).expect("an address");
    assert_eq!(url.path(), "/gateway.do");
    let content = verify(
        url.query_pairs().into_owned().collect(),
        "alipay.trade.wap.pay",
        "QUICK_WAP_WAY",
    );
    assert_eq!(content["quit_url"], RETURN_URL);

    let form = client.page_pay(&trade(), RETURN_URL);
    let action = Url::parse(&form.action).expect("an address");
    let said = action.query_pairs().into_owned().chain(form.fields);
    verify(
        said.collect(),
        "alipay.trade.page.pay",
        "FAST_INSTANT_TRADE_PAY",
    );
}

fn verify(mut parameters: Vec<(String, String)>, method: &str, product: &str) -> Value {
    parameters.sort_unstable();
    let sign = parameters
        .extract_if(.., |(name, _)| name == "sign")
        .next()
        .expect("a signature")
        .1;
    let lines: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let message = lines.join("&");
    assert!(
        keys().1.verifies(message.as_bytes(), sign.as_bytes()),
        "{message}"
    );
    let get = |wanted: &str| {
        let found = parameters.iter().find(|(name, _)| name == wanted);
        found.map_or("", |(_, value)| value)
    };
    assert_eq!(get("method"), method);
    assert_eq!(get("sign_type"), "RSA2");
    assert_eq!(get("notify_url"), "https://shop.example/notify/alipay/main");
    assert_eq!(get("return_url"), RETURN_URL);
    let content: Value = serde_json::from_str(get("biz_content")).expect("JSON");
    assert_eq!(content["out_trade_no"], "P1");
    assert_eq!(content["product_code"], product);
    assert_eq!(content["total_amount"], "18.00");
    assert_eq!(content["subject"], "2GB 月清零 a b c d");
    assert_eq!(content["time_expire"], "2026-11-21 18:32:35");
    content
}

#[test]
fn only_a_signed_answer_is_a_verdict() {
    let (private, _) = keys();
    let check = |body: String, expected: &str| {
        let read: Result<Reply<Value>, _> =
            client::read(body.as_bytes(), "alipay.trade.query", trust());
        let said = match read {
            Ok(Reply::Success(_)) => "success".to_owned(),
            Ok(Reply::Refused(refusal)) => format!("refused {refusal}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(said, expected, "{body}");
    };
    let unknown = |cause: &str| format!("Alipay may or may not have done it: {cause}");
    let answer = |name: &str, node: &str, signed: &str| {
        let sign = private.sign(signed.as_bytes()).replace('/', "\\/");
        format!(r#"{{"{name}":{node},"sign":"{sign}"}}"#)
    };
    let name = "alipay_trade_query_response";
    let good = r#"{"code":"10000", "qr_code":"https:\/\/a.example"}"#;
    check(answer(name, good, good), "success");
    check(
        answer(name, &good.replace("\\/", "/"), good),
        &unknown("the answer's signature is wrong"),
    );
    check(
        answer(name, &good.replace(", ", ","), good),
        &unknown("the answer's signature is wrong"),
    );
    let refusal = r#"{"code":"40004","sub_code":"ACQ.TRADE_NOT_EXIST","sub_msg":"交易不存在"}"#;
    check(
        answer(name, refusal, refusal),
        "refused 40004 ACQ.TRADE_NOT_EXIST",
    );
    check(
        answer("error_response", refusal, refusal),
        "refused 40004 ACQ.TRADE_NOT_EXIST",
    );
    check(
        format!(r#"{{"{name}":{refusal}}}"#),
        &unknown("an answer without a signature says 40004 ACQ.TRADE_NOT_EXIST"),
    );
    check(
        format!(r#"{{"{name}":{refusal},"sign":""}}"#),
        &unknown("the answer's signature is wrong"),
    );
    for undecided in [
        r#"{"code":"20000","sub_code":"isp.unknow-error"}"#,
        r#"{"code":"40004","sub_code":"ACQ.SYSTEM_ERROR"}"#,
    ] {
        assert!(matches!(
            client::read::<Value>(
                answer(name, undecided, undecided).as_bytes(),
                "alipay.trade.query",
                trust()
            ),
            Err(Error::Unknown(_))
        ));
    }
    let twice = r#"{"code":"40004","code":"10000"}"#;
    check(
        answer(name, twice, twice),
        &unknown("the answer cannot be read"),
    );
}

#[test]
fn a_refusal_in_gbk_is_verified_over_the_bytes_that_came() {
    let (private, _) = keys();
    let node = r#"{"code":"40002","msg":"誠珅珆珄","sub_code":"isv.invalid-timestamp","sub_msg":"时间戳参数无效"}"#;
    let (signed, _, _) = encoding_rs::GBK.encode(node);
    let check = |sign: &str, expected: &str| {
        let body = format!(r#"{{"error_response":{node},"sign":"{sign}"}}"#);
        let (body, _, _) = encoding_rs::GBK.encode(&body);
        let read: Result<Reply<Value>, _> = client::read(&body, "alipay.trade.query", trust());
        let said = match read {
            Ok(Reply::Refused(refusal)) => refusal.to_string(),
            Ok(Reply::Success(_)) => "success".to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(said, expected);
    };
    check(&private.sign(&signed), "40002 isv.invalid-timestamp");
    // Signed over what it would have been in another charset.
    check(
        &private.sign(node.as_bytes()),
        "Alipay may or may not have done it: the answer's signature is wrong",
    );
}

#[test]
fn the_key_before_still_verifies() {
    let (before_private, before_public) = generate();
    let before_private = PrivateKey::parse(&before_private).expect("a key");
    let changed = |before: Option<&String>| Trust::Key {
        now: PublicKey::parse(&texts().1).expect("a key"),
        before: before.map(|text| PublicKey::parse(text).expect("a key")),
    };
    let node = r#"{"code":"10000"}"#;
    let answer = |key: &PrivateKey| {
        let sign = key.sign(node.as_bytes());
        format!(r#"{{"alipay_trade_query_response":{node},"sign":"{sign}"}}"#)
    };
    let is_believed = |key: &PrivateKey, trust: &Trust| {
        client::read::<Value>(answer(key).as_bytes(), "alipay.trade.query", trust).is_ok()
    };
    let both = changed(Some(&before_public));
    assert!(is_believed(&keys().0, &both));
    assert!(is_believed(&before_private, &both));
    assert!(!is_believed(&before_private, &changed(None)));
    let stranger = PrivateKey::parse(&generate().0).expect("a key");
    assert!(!is_believed(&stranger, &both));
}

#[test]
fn the_buyer_is_sent_to_alipay_and_back() {
    let mut config = config();
    let client = Client::new(config.clone()).expect("a client");
    assert_eq!(client.authorise_page("https://shop.example/cb", "s1"), None);
    config.authorise_url = Url::parse("https://openauth.example/authorize.htm").ok();
    let client = Client::new(config).expect("a client");
    assert_eq!(
        client
            .authorise_page("https://shop.example/cb?a=1", "s1")
            .as_deref(),
        Some(
            "https://openauth.example/authorize.htm?app_id=2021000000000001&scope=auth_base\
             &redirect_uri=https%3A%2F%2Fshop.example%2Fcb%3Fa%3D1&state=s1"
        )
    );
}

#[test]
fn a_buyer_s_id_comes_without_a_code_and_no_other_answer_does() {
    let node = r#"{"user_id":"2088102104794936","access_token":"x"}"#;
    let sign = keys().0.sign(node.as_bytes());
    let is_success = |method: &str| {
        let name = method.replace('.', "_");
        let body = format!(r#"{{"{name}_response":{node},"sign":"{sign}"}}"#);
        let read = client::read::<Value>(body.as_bytes(), method, trust());
        matches!(read, Ok(Reply::Success(_)))
    };
    assert!(is_success(buyer::METHOD));
    assert!(!is_success("alipay.trade.query"));
}
