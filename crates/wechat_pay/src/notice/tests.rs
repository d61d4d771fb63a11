use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::samples;

const PAYMENT: &str = r#"{"mchid":"1900000001","appid":"wx0001","out_trade_no":"P1234567","trade_state":"SUCCESS","amount":{"total":1800,"payer_total":1800,"currency":"CNY"}}"#;

fn body(event: &str, inside: &str) -> Vec<u8> {
    sealed(event, inside.as_bytes())
}

fn sealed(event: &str, inside: &[u8]) -> Vec<u8> {
    let sealed = samples::sealed(samples::API_V3_KEY, Some("transaction"), inside);
    json!({
        "id": "EV-1", "create_time": "2026-11-21T18:32:35+08:00", "event_type": event,
        "resource_type": "encrypt-resource",
        "resource": {
            "algorithm": sealed.algorithm, "ciphertext": sealed.ciphertext, "nonce": sealed.nonce,
            "associated_data": sealed.associated_data, "original_type": "transaction",
        },
    })
    .to_string()
    .into_bytes()
}

fn headers(body: &[u8]) -> HeaderMap {
    let seconds = time::seconds(SystemTime::now()).to_string();
    samples::platform().stamp("PUB_KEY_ID_1", &seconds, body)
}

/// Reads a body under a signature of its own.
fn read(client: &Client, body: &[u8]) -> Result<Notice, NoticeError> {
    client.read_notice(&headers(body), body)
}

#[test]
fn says_what_it_is_about() {
    let client = samples::client();
    let check = |event: &str, inside: Value, expected: Option<Notice>| {
        let found = read(&client, &body(event, &inside.to_string()));
        assert_eq!(found.ok(), expected, "{event} {inside}");
    };
    let about = |fen: Option<i64>| {
        Some(Notice::Payment {
            out_trade_no: "P1234567".to_owned(),
            amount: fen.map(Fen),
        })
    };
    let payment: Value = serde_json::from_str(PAYMENT).expect("JSON");
    check("TRANSACTION.SUCCESS", payment.clone(), about(Some(1800)));
    for (name, value) in [
        ("amount", json!(null)),
        ("amount", json!({ "total": 1800, "currency": "USD" })),
        ("trade_state", json!("REFUND")),
    ] {
        let mut other = payment.clone();
        other[name] = value;
        check("TRANSACTION.SUCCESS", other, about(None));
    }
    // Signed with the mark in front of it.
    let marked = [b"\xef\xbb\xbf", &*body("TRANSACTION.SUCCESS", PAYMENT)].concat();
    assert_eq!(read(&client, &marked).ok(), about(Some(1800)));
    for event in ["REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.CLOSED"] {
        check(
            event,
            json!({ "mchid": "1900000001", "out_trade_no": "P1234567", "out_refund_no": "F1234567" }),
            Some(Notice::Refund {
                out_refund_no: "F1234567".into(),
            }),
        );
    }
    check("COUPON.USE", payment.clone(), None);
    check(
        "REFUND.SUCCESS",
        json!({ "mchid": "1900000002", "out_refund_no": "F1234567" }),
        None,
    );
    for (name, value) in [
        ("mchid", "1900000002"),
        ("appid", "wx0002"),
        ("out_trade_no", "P1\n"),
    ] {
        let mut other = payment.clone();
        other[name] = value.into();
        check("TRANSACTION.SUCCESS", other, None);
    }
}

#[test]
fn every_changed_byte_is_refused() {
    let client = samples::client();
    let body = body("TRANSACTION.SUCCESS", PAYMENT);
    let headers = headers(&body);
    assert!(client.read_notice(&headers, &body).is_ok());
    for at in 0..body.len() {
        let mut changed = body.clone();
        changed[at] ^= 1;
        assert!(client.read_notice(&headers, &changed).is_err(), "byte {at}");
    }
    let value: Value = serde_json::from_slice(&body).expect("JSON");
    let pretty = serde_json::to_vec_pretty(&value).expect("JSON");
    let again = client.read_notice(&headers, &pretty);
    assert!(again.is_err(), "written again");
}

#[test]
fn a_probe_is_told_apart() {
    let body = body("TRANSACTION.SUCCESS", PAYMENT);
    let mut headers = headers(&body);
    let probe = "WECHATPAY/SIGNTEST/abc".parse().expect("a value");
    headers.insert("wechatpay-signature", probe);
    let refused = samples::client().read_notice(&headers, &body);
    assert_eq!(refused, Err(NoticeError::NotBelieved(Doubt::Probe)));
}

/// A notice whose parts are written by hand.
fn take(envelope: &[u8]) -> Option<Notice> {
    read(&samples::client(), envelope).ok()
}

fn paid() -> Option<Notice> {
    Some(Notice::Payment {
        out_trade_no: "P1234567".to_owned(),
        amount: Some(Fen(1800)),
    })
}

#[test]
fn row_20_a_member_that_stands_twice_is_refused() {
    let genuine = body("TRANSACTION.SUCCESS", PAYMENT);
    assert_eq!(take(&genuine), paid());
    let text = String::from_utf8(genuine).expect("JSON");
    let resource = serde_json::from_str::<Value>(&text).expect("JSON")["resource"].to_string();
    for more in [
        r#""event_type":"TRANSACTION.SUCCESS","#,
        r#""event\u005ftype":"REFUND.SUCCESS","#,
        &format!(r#""resource":{resource},"#),
    ] {
        let twice = text.replacen('{', &format!("{{{more}"), 1);
        assert_eq!(take(twice.as_bytes()), None, "{more}");
    }
    let twice = text.replacen(
        r#""resource":{"#,
        r#""resource":{"nonce":"0123456789ab","#,
        1,
    );
    assert_ne!(twice, text);
    assert_eq!(take(twice.as_bytes()), None);
    // Inside the seal.
    for more in [
        r#""out_trade_no":"P7654321","#,
        r#""out_trade_no":"P1234567","#,
        r#""mchid":"1900000001","#,
        r#""trade\u005fstate":"SUCCESS","#,
        r#""amount":{"total":1},"#,
    ] {
        let twice = PAYMENT.replacen('{', &format!("{{{more}"), 1);
        assert_eq!(take(&body("TRANSACTION.SUCCESS", &twice)), None, "{more}");
    }
    let twice = PAYMENT.replace(r#""total":1800"#, r#""total":1,"total":1800"#);
    assert_eq!(take(&body("TRANSACTION.SUCCESS", &twice)), None);
}

#[test]
fn row_21_what_is_no_text_is_refused() {
    let with = |bytes: &[u8]| {
        let halves = PAYMENT.split_once("P1234567").expect("it is there");
        [halves.0.as_bytes(), bytes, halves.1.as_bytes()].concat()
    };
    for number in [
        &b"P\xc0\xb1234567"[..],
        b"P1234567\0",
        b"P1234567\\u0000",
        b"\xff\xfe",
        b"P\\ud800234567",
        b"\xd4\xc2\xc7\xe5\xc1\xe3",
        "Ｐ1234567".as_bytes(),
    ] {
        let inside = with(number);
        assert_eq!(take(&sealed("TRANSACTION.SUCCESS", &inside)), None);
    }
    assert_eq!(
        take(&sealed("TRANSACTION.SUCCESS", &with(b"P1234567"))),
        paid()
    );
    // The envelope itself: another charset, a NUL behind it.
    let genuine = body("TRANSACTION.SUCCESS", PAYMENT);
    let wide: Vec<u8> = genuine.iter().flat_map(|byte| [*byte, 0]).collect();
    for envelope in [[&genuine[..], b"\0"].concat(), wide] {
        assert_eq!(take(&envelope), None);
    }
}

#[test]
fn row_22_marks_in_what_was_attached_change_nothing() {
    for attach in [
        "+",
        "%2B",
        "%25",
        "a&out_trade_no=P7654321",
        "a=b",
        "📶",
        "\"}\\/\r\n",
        " ",
    ] {
        let mut payment: Value = serde_json::from_str(PAYMENT).expect("JSON");
        payment["attach"] = attach.into();
        let plain = payment.to_string();
        assert_eq!(take(&body("TRANSACTION.SUCCESS", &plain)), paid());
        // As other writers escape it.
        let escaped: String = plain
            .chars()
            .map(|char| match char {
                '/' => "\\/".to_owned(),
                '+' | '&' | '=' => format!("\\u{:04x}", u32::from(char)),
                char => char.to_string(),
            })
            .collect();
        assert_eq!(take(&body("TRANSACTION.SUCCESS", &escaped)), paid());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_signed_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), inside in "\\PC*") {
        let client = samples::client();
        prop_assert!(read(&client, &bytes).is_err());
        prop_assert!(read(&client, &body("TRANSACTION.SUCCESS", &inside)).is_err());
    }
}
