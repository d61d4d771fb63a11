//! Whose answers and notices are believed.

use std::time::Duration;

use gateway::payments::{
    Channel,
    channel::{Answer, ChannelError, RawNotice, RefundAnswer},
};
use serde_json::json;

use super::{Keys, Merchant, channel, reference};

#[tokio::test]
async fn only_a_signed_answer_is_a_verdict() {
    let merchant = Merchant::new(Keys::Both).await;
    merchant.paid("P600001").await;
    let route = "GET /v3/pay/transactions/out-trade-no/{out_trade_no}";
    for kind in [
        "unsigned",
        "bad_signature",
        "http_500",
        "http_502_html",
        "empty_200",
        "bad_json",
        "unauthorized",
        "timeout_after_effect",
    ] {
        for number in ["P600001", "P600002"] {
            merchant
                .control(
                    "faults",
                    json!({ "route": route, "kind": kind, "ms": 2500 }),
                )
                .await;
            let answer = merchant.query(number).await;
            assert!(
                matches!(answer, Err(ChannelError::Unknown(_))),
                "{kind} {answer:?}"
            );
        }
    }
    assert!(matches!(
        merchant.query("P600001").await,
        Ok(Answer::Paid(_))
    ));
    let refusals = [
        (403, "NOT_ENOUGH", "refused"),
        (429, "FREQUENCY_LIMITED", "unreachable"),
        (500, "SYSTEM_ERROR", "unknown"),
    ];
    for (status, code, expected) in refusals {
        let fault = json!({
            "route": "POST /v3/refund/domestic/refunds", "kind": "business", "times": 2, "code": status, "message": code,
        });
        merchant.control("faults", fault).await;
        let answer = merchant
            .channel
            .refund(&merchant.refund("F600001", "P600001", 1))
            .await;
        merchant.control("faults/clear", json!({})).await;
        let word = match answer {
            Ok(RefundAnswer::Refused) => "refused",
            Err(ChannelError::Unreachable(_)) => "unreachable",
            Err(ChannelError::Unknown(_)) => "unknown",
            _ => "done",
        };
        assert_eq!(word, expected, "{code}");
    }
    let ledger = merchant.ledger().await;
    assert_eq!(ledger["wechat"]["repeated_nonces"], 0);
    assert_eq!(ledger["wechat"]["refunds"], json!([]));
}

#[tokio::test]
async fn both_kinds_of_keys_verify_and_certificates_are_fetched_once() {
    let mut merchant = Merchant::new(Keys::None).await;
    merchant.paid("P700001").await;
    merchant
        .control("wechat/keys", json!({ "sign_with": "certificate" }))
        .await;
    assert!(matches!(
        merchant.query("P700001").await,
        Ok(Answer::Paid(_))
    ));
    let notice = merchant.notice().await;
    assert!(merchant.channel.read_notice(&notice).is_ok());
    let fetches = async || merchant.ledger().await["calls"]["GET /v3/certificates"].clone();
    assert_eq!(fetches().await, 1);

    for forged in 0..1000 {
        let mut headers = notice.headers.clone();
        let serial = format!("{forged:040X}").parse().expect("a value");
        headers.insert("wechatpay-serial", serial);
        let body = notice.body.clone();
        let forged = RawNotice { headers, body };
        assert!(merchant.channel.read_notice(&forged).is_err());
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(fetches().await, 1, "a flood of forged serials");

    // A new certificate within the minute is not known yet; a process that starts now fetches it.
    merchant
        .control("wechat/keys", json!({ "rotate": true }))
        .await;
    assert!(matches!(
        merchant.query("P700001").await,
        Err(ChannelError::Unknown(_))
    ));
    let fresh = channel(&merchant.http, &merchant.sandbox, Keys::PublicKey).await;
    assert!(matches!(
        fresh.query(&reference("P700001")).await,
        Ok(Answer::Paid(_))
    ));
    for sign_with in ["public_key", "certificate"] {
        merchant
            .control("wechat/keys", json!({ "sign_with": sign_with }))
            .await;
        merchant
            .control("wechat/send_notice", json!({ "out_trade_no": "P700001" }))
            .await;
    }
    let by_public_key = merchant.notice().await;
    assert!(fresh.read_notice(&by_public_key).is_ok());
    let by_certificate = merchant.notice().await;
    // The first sight of a certificate refuses, and lets it be fetched.
    assert!(fresh.read_notice(&by_certificate).is_err());
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if fresh.read_notice(&by_certificate).is_ok() {
            return;
        }
    }
    panic!("the certificate is not fetched");
}
