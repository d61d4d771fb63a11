//! The channel `wechat` for a peer in another language: a line of JSON in, a line of JSON out.
//!
//! The first line sets it up, each further one is a call: `create`, `query`, `close`, `refund`, `query_refund` send
//! requests to `api_base`, where the peer verifies them and answers.

use std::{
    io::{BufRead, Write},
    time::Duration,
};

use anyhow::Context;
use contract::{Fen, LaunchKind, Method, Timestamp};
use gateway::payments::{
    Channel,
    channel::{NewPayment, NewRefund, PaymentRef},
    wechat::{WechatConfig, WechatPay},
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Setup {
    mch_id: String,
    app_id: String,
    private_key: String,
    serial_no: String,
    api_v3_key: String,
    platform_keys: Vec<(String, String)>,
    api_base: String,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Call {
    Create { launch: LaunchKind, number: String },
    Query { number: String },
    Close { number: String },
    Refund { number: String, payment: String },
    QueryRefund { number: String, payment: String },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut lines = std::io::stdin().lock().lines();
    let setup = lines.next().context("the setup is missing")??;
    let channel = channel(serde_json::from_str(&setup)?)?;
    for line in lines {
        let answer = match call(&channel, serde_json::from_str(&line?)?).await {
            Ok(value) => json!({ "ok": value }),
            Err(error) => json!({ "error": error.to_string() }),
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn channel(setup: Setup) -> anyhow::Result<WechatPay> {
    WechatPay::new(WechatConfig {
        merchant: "peer".to_owned(),
        mch_id: setup.mch_id,
        app_id: setup.app_id,
        private_key: setup.private_key.into(),
        serial_no: setup.serial_no,
        certificate: None,
        api_v3_key: setup.api_v3_key.into(),
        api_v3_key_before: None,
        platform_keys: setup.platform_keys,
        api_base: setup.api_base.parse()?,
        authorise_url: None,
        oauth_base: None,
        app_secret: None,
        timeout: Duration::from_secs(5),
    })
}

async fn call(channel: &WechatPay, call: Call) -> anyhow::Result<Value> {
    Ok(match call {
        Call::Create { launch, number } => {
            json!(channel.create(&payment(number, launch)?).await?)
        }
        Call::Query { number } => words(channel.query(&reference(number)).await?),
        Call::Close { number } => words(channel.close(&reference(number)).await?),
        Call::Refund { number, payment } => words(channel.refund(&refund(number, payment)).await?),
        Call::QueryRefund { number, payment } => {
            words(channel.query_refund(&refund(number, payment)).await?)
        }
    })
}

fn words(value: impl std::fmt::Debug) -> Value {
    format!("{value:?}").into()
}

fn reference(number: String) -> PaymentRef {
    PaymentRef {
        out_trade_no: number,
        package_id: None,
    }
}

fn payment(number: String, launch: LaunchKind) -> anyhow::Result<NewPayment> {
    Ok(NewPayment {
        out_trade_no: number,
        title: "2GB 月清零 & 100% 正品 \"=+/\" 📶".to_owned(),
        amount: Fen(1800),
        method: Method::Wechat,
        launch,
        goods: None,
        return_url: "https://shop.example/orders/1?a=1&b=%2F".to_owned(),
        notify_url: "https://shop.example/notify/wechat/peer".to_owned(),
        expires_at: Timestamp::parse("2099-01-01T00:00:00Z").context("a time")?,
        client_ip: Some("203.0.113.9".parse()?),
        payer: Some("oPeerBuyer000000000000000001".to_owned()),
    })
}

fn refund(number: String, payment: String) -> NewRefund {
    NewRefund {
        out_refund_no: number,
        out_trade_no: payment,
        amount: Fen(800),
        paid: Fen(1800),
        reason: "重复付款".to_owned(),
        notify_url: "https://shop.example/notify/wechat/peer".to_owned(),
    }
}
