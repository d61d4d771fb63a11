//! Notices of payments and refunds: signed like answers, their content sealed.
//!
//! Sources: pay.weixin.qq.com/doc/v3/merchant/ 4012791861 (payment), 4012791865 (refund).

use serde::Deserialize;

use super::{
    WechatPay,
    keyring::may_be_fetched,
    seal::Sealed,
    trade::Trade,
    verify::{Doubt, Stamp},
    words::is_number,
};
use crate::{
    clock::now,
    payments::channel::{Notice, NoticeError, RawNotice},
};

#[derive(Deserialize)]
struct Envelope {
    event_type: String,
    resource: Sealed,
}

#[derive(Deserialize)]
struct Refund {
    mchid: String,
    out_refund_no: String,
}

pub(super) fn read(wechat: &WechatPay, notice: &RawNotice) -> Result<Notice, NoticeError> {
    verify(wechat, notice).map_err(|doubt| NoticeError(doubt.to_string()))?;
    let refuse = |why: &str| NoticeError(why.to_owned());
    let envelope: Envelope =
        serde_json::from_slice(&notice.body).map_err(|_| refuse("it has another form"))?;
    let opened = wechat
        .client
        .seal()
        .open(&envelope.resource)
        .ok_or_else(|| refuse("it is not sealed with our API v3 key"))?;
    let form = |_| refuse("what was sealed has another form");
    let number = match envelope.event_type.as_str() {
        "TRANSACTION.SUCCESS" => {
            let payment: Trade = serde_json::from_slice(&opened).map_err(form)?;
            if payment.mchid != wechat.mch_id || payment.appid != wechat.app_id {
                return Err(refuse("it is another merchant's or another app's"));
            }
            Notice::Payment {
                amount: payment.received(),
                out_trade_no: payment.out_trade_no,
            }
        }
        "REFUND.SUCCESS" | "REFUND.ABNORMAL" | "REFUND.CLOSED" => {
            let refund: Refund = serde_json::from_slice(&opened).map_err(form)?;
            if refund.mchid != wechat.mch_id {
                return Err(refuse("it is another merchant's"));
            }
            Notice::Refund(refund.out_refund_no)
        }
        _ => return Err(refuse("it tells of something else")),
    };
    match &number {
        Notice::Payment {
            out_trade_no: text, ..
        }
        | Notice::Refund(text)
            if !is_number(text) =>
        {
            Err(refuse("its number cannot be ours"))
        }
        _ => Ok(number),
    }
}

fn verify(wechat: &WechatPay, notice: &RawNotice) -> Result<(), Doubt> {
    let stamp = Stamp::of(&notice.headers)?;
    stamp.is_plausible(now().0.div_euclid(1000))?;
    let Some(key) = wechat.client.keys().find(stamp.serial) else {
        fetch(wechat, stamp.serial);
        return Err(Doubt::UnknownKey);
    };
    stamp.is_by(&key, &notice.body)
}

/// Lets the certificates be fetched beside this. The notice is refused, and WeChat Pay sends it again seconds later.
fn fetch(wechat: &WechatPay, serial: &str) {
    if !may_be_fetched(serial) {
        return;
    }
    if let Ok(runtime) = tokio::runtime::Handle::try_current()
        && let Some(turn) = wechat.client.keys().turn_now()
    {
        let client = wechat.client.clone();
        runtime.spawn(async move { client.fetch_certificates(turn).await });
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use contract::Fen;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::payments::wechat::{PROBE_REFUSED, samples};

    const PAYMENT: &str = r#"{"mchid":"1900000001","appid":"wx0001","out_trade_no":"P1234567","trade_state":"SUCCESS","amount":{"total":1800,"payer_total":1800,"currency":"CNY"}}"#;

    fn body(event: &str, inside: &str) -> Vec<u8> {
        let sealed = samples::sealed(samples::API_V3_KEY, Some("transaction"), inside.as_bytes());
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

    fn signed(body: &[u8]) -> RawNotice {
        let seconds = (now().0 / 1000).to_string();
        RawNotice {
            headers: samples::platform().stamp("PUB_KEY_ID_1", &seconds, body),
            body: Bytes::copy_from_slice(body),
        }
    }

    #[test]
    fn says_what_it_is_about() {
        let wechat = samples::wechat();
        let check = |event: &str, inside: Value, expected: Option<Notice>| {
            let found = read(&wechat, &signed(&body(event, &inside.to_string())));
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
        for event in ["REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.CLOSED"] {
            check(
                event,
                json!({ "mchid": "1900000001", "out_trade_no": "P1234567", "out_refund_no": "F1234567" }),
                Some(Notice::Refund("F1234567".into())),
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
        let wechat = samples::wechat();
        let body = body("TRANSACTION.SUCCESS", PAYMENT);
        let notice = signed(&body);
        assert!(read(&wechat, &notice).is_ok());
        for at in 0..body.len() {
            let mut changed = body.clone();
            changed[at] ^= 1;
            let changed = RawNotice {
                headers: notice.headers.clone(),
                body: changed.into(),
            };
            assert!(read(&wechat, &changed).is_err(), "byte {at}");
        }
        let value: Value = serde_json::from_slice(&body).expect("JSON");
        let pretty = serde_json::to_vec_pretty(&value).expect("JSON");
        let again = RawNotice {
            headers: notice.headers.clone(),
            body: pretty.into(),
        };
        assert!(read(&wechat, &again).is_err(), "written again");
    }

    #[test]
    fn a_probe_is_told_apart() {
        let mut notice = signed(&body("TRANSACTION.SUCCESS", PAYMENT));
        let probe = "WECHATPAY/SIGNTEST/abc".parse().expect("a value");
        notice.headers.insert("wechatpay-signature", probe);
        let refused = read(&samples::wechat(), &notice).expect_err("a probe");
        assert_eq!(refused.0, PROBE_REFUSED);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_signed_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), inside in "\\PC*") {
            let wechat = samples::wechat();
            prop_assert!(read(&wechat, &signed(&bytes)).is_err());
            prop_assert!(read(&wechat, &signed(&body("TRANSACTION.SUCCESS", &inside))).is_err());
        }
    }
}
