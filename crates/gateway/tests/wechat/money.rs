//! Money that is not taken, and money that goes back.

use std::time::Duration;

use contract::LaunchKind;
use gateway::payments::{
    Channel,
    channel::{Answer, ChannelError, Closing, Notice, RefundAnswer},
};
use serde_json::json;

use super::{Keys, Merchant, reference};

#[tokio::test]
async fn a_closed_payment_takes_no_money() {
    let merchant = Merchant::new(Keys::Both).await;
    let closing = merchant.channel.close(&reference("P400001")).await;
    assert_eq!(closing, Ok(Closing::CannotClose));
    let payment = merchant.payment("P400001", LaunchKind::Qr);
    merchant.channel.create(&payment).await.expect("a launch");
    for _ in 0..2 {
        let closing = merchant.channel.close(&reference("P400001")).await;
        assert_eq!(closing, Ok(Closing::Closed));
    }
    assert_eq!(merchant.query("P400001").await, Ok(Answer::Closed));
    let answer = merchant
        .control("wechat/pay", json!({ "out_trade_no": "P400001" }))
        .await;
    assert_eq!(answer["error"], "closed");

    // The number of a code cannot be used in the bridge: it is closed there, so that it is not paid twice.
    let code = merchant.payment("P400002", LaunchKind::Qr);
    merchant.channel.create(&code).await.expect("a launch");
    let other = merchant.payment("P400002", LaunchKind::WechatJsapi);
    let refused = merchant.channel.create(&other).await;
    assert!(
        matches!(refused, Err(ChannelError::Refused(..))),
        "{refused:?}"
    );
    assert_eq!(merchant.query("P400002").await, Ok(Answer::Closed));
}

#[tokio::test]
async fn refunds_never_exceed_what_was_paid() {
    let mut merchant = Merchant::new(Keys::Both).await;
    merchant.paid("P500001").await;
    merchant.notice().await;
    merchant
        .control("wechat/refunds", json!({ "delay_ms": 50 }))
        .await;
    let ask = async |number: &str, fen: i64| {
        let refund = merchant.refund(number, "P500001", fen);
        merchant.channel.refund(&refund).await
    };
    let find = async |number: &str, fen: i64| {
        let refund = merchant.refund(number, "P500001", fen);
        merchant.channel.query_refund(&refund).await
    };
    assert_eq!(find("F500001", 800).await, Ok(RefundAnswer::NotFound));
    for number in ["F500001", "F500001", "F500002"] {
        assert_eq!(ask(number, 800).await, Ok(RefundAnswer::UnderWay));
    }
    for (number, fen) in [("F500003", 800), ("F500001", 700), ("F500003", 0)] {
        let refused = ask(number, fen).await;
        assert!(
            matches!(
                refused,
                Ok(RefundAnswer::Refused) | Err(ChannelError::Refused(..))
            ),
            "{refused:?}"
        );
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(find("F500001", 800).await, Ok(RefundAnswer::Done));
    assert!(matches!(
        find("F500001", 700).await,
        Err(ChannelError::Unknown(_))
    ));
    assert!(matches!(
        merchant.query("P500001").await,
        Ok(Answer::Paid(_))
    ));
    let ledger = merchant.ledger().await;
    assert_eq!(ledger["wechat"]["payments"][0]["refunded"], 1600);
    let notice = merchant.notice().await;
    let Ok(Notice::Refund(number)) = merchant.channel.read_notice(&notice) else {
        panic!("no notice of a refund")
    };
    assert!(number.starts_with("F50000"));
}
