//! The ways to pay, and money that is not taken or goes back.

use contract::{Fen, Launch, LaunchKind};
use gateway::payments::{
    Channel,
    channel::{Answer, ChannelError, Closing, NewPayment, NewRefund, RefundAnswer},
};
use serde_json::{Value, json};

use super::{Shop, paid, payment, refund};

#[tokio::test]
async fn every_way_to_pay_leads_to_the_money() {
    let shop = Shop::new().await;

    // By code: unknown until it is scanned.
    let launch = shop.launch("P1", LaunchKind::Qr).await;
    let Ok(Launch::Qr { content, .. }) = launch else {
        panic!("{launch:?}");
    };
    assert_eq!(shop.query("P1").await, Ok(Answer::NotFound));
    assert_eq!(shop.close("P1").await, Ok(Closing::CannotClose));
    shop.http.get(content).send().await.expect("a page");
    assert_eq!(shop.query("P1").await, Ok(Answer::Waiting));

    // By address: unknown until it is paid.
    let launch = shop.launch("P2", LaunchKind::Redirect).await;
    let Ok(Launch::Redirect { url }) = launch else {
        panic!("{launch:?}");
    };
    let page = shop.http.get(url).send().await.expect("a page");
    assert!(page.text().await.expect("text").contains("¥18.00"));
    assert_eq!(shop.query("P2").await, Ok(Answer::NotFound));

    // By bridge: known at once, and the same again.
    let launch = shop.launch("P3", LaunchKind::AlipayTrade).await;
    assert!(
        matches!(launch, Ok(Launch::AlipayTrade { .. })),
        "{launch:?}"
    );
    assert_eq!(shop.launch("P3", LaunchKind::AlipayTrade).await, launch);
    assert_eq!(shop.query("P3").await, Ok(Answer::Waiting));

    // The bridge needs the buyer's id; without it, by address.
    let unknown = NewPayment {
        payer: None,
        ..payment("P4", LaunchKind::AlipayTrade)
    };
    let launch = shop.alipay.create(&unknown).await;
    assert!(matches!(launch, Ok(Launch::Redirect { .. })), "{launch:?}");
    assert_eq!(shop.query("P4").await, Ok(Answer::NotFound));

    for number in ["P1", "P2", "P3"] {
        shop.pay(number).await;
        assert_eq!(paid(&shop.query(number).await), Some(Fen(1800)));
        assert_eq!(shop.close(number).await, Ok(Closing::AlreadyPaid));
    }
    // Asked for again after it was paid, it must be asked about, not refused.
    let again = shop.launch("P1", LaunchKind::Qr).await;
    assert!(matches!(again, Err(ChannelError::Unknown(_))), "{again:?}");
}

#[tokio::test]
async fn what_is_closed_takes_no_money() {
    let shop = Shop::new().await;
    shop.launch("P1", LaunchKind::AlipayTrade)
        .await
        .expect("a launch");
    assert_eq!(shop.close("P1").await, Ok(Closing::Closed));
    assert_eq!(shop.query("P1").await, Ok(Answer::Closed));
    assert_eq!(shop.close("P1").await, Ok(Closing::Closed));
}

#[tokio::test]
async fn refunds_are_made_once_and_never_above_what_was_paid() {
    let shop = Shop::new().await;
    shop.launch("P1", LaunchKind::Qr).await.expect("a launch");
    shop.pay("P1").await;
    let first = refund("P1", "R1", 500);
    let found = async |asked: &NewRefund| shop.alipay.query_refund(asked).await;
    assert_eq!(found(&first).await, Ok(RefundAnswer::NotFound));
    for _ in 0..3 {
        assert_eq!(shop.alipay.refund(&first).await, Ok(RefundAnswer::Done));
    }
    assert_eq!(found(&first).await, Ok(RefundAnswer::Done));
    let other_amount = refund("P1", "R1", 600);
    assert!(shop.alipay.refund(&other_amount).await.is_err());
    assert_eq!(
        found(&other_amount).await,
        Err(ChannelError::AmountDiffers(Fen(500)))
    );
    let too_much = refund("P1", "R2", 1301);
    assert_eq!(
        shop.alipay.refund(&too_much).await,
        Ok(RefundAnswer::Refused)
    );
    let rest = refund("P1", "R3", 1300);
    assert_eq!(shop.alipay.refund(&rest).await, Ok(RefundAnswer::Done));
    assert_eq!(paid(&shop.query("P1").await), Some(Fen(1800)));
}

#[tokio::test]
async fn an_answer_that_cannot_be_believed_is_no_verdict() {
    let shop = Shop::new().await;
    shop.launch("P1", LaunchKind::Qr).await.expect("a launch");
    shop.pay("P1").await;
    for kind in [
        "unsigned",
        "bad_signature",
        "http_500",
        "http_502_html",
        "empty_200",
        "bad_json",
        "unauthorized",
        "business",
        "hang",
        "timeout_after_effect",
    ] {
        let fault = |route: &str| json!({ "route": route, "kind": kind });
        shop.order("faults", fault("alipay.trade.query")).await;
        let answer = shop.query("P1").await;
        assert!(
            matches!(answer, Err(ChannelError::Unknown(_))),
            "{kind}: {answer:?}"
        );
        shop.order("faults", fault("alipay.trade.refund")).await;
        let asked = refund("P1", &format!("R{}", kind.replace('_', "")), 100);
        let answer = shop.alipay.refund(&asked).await;
        assert!(
            matches!(answer, Err(ChannelError::Unknown(_))),
            "{kind}: {answer:?}"
        );
        // Sent again under the same number it is done once, whether the first was or not.
        assert_eq!(shop.alipay.refund(&asked).await, Ok(RefundAnswer::Done));
    }
    let url = format!("{}/_control/ledger", shop.sandbox.url());
    let ledger: Value = shop
        .http
        .get(url)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(ledger["alipay"]["trades"][0]["refunded_fen"], 1000);
}
