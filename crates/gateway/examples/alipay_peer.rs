//! The Alipay channel on standard input and output, for the tests in which other people's SDKs meet it.
//!
//! The first line is the account: `{app_id, seller_id, private_key, alipay_public_key, gateway_url}`. Each line after
//! it is one call, answered with one line: `{"call": "create", "launch": "redirect", …}`, `query`, `close`, `cancel`,
//! `refund` or `query_refund`.

use std::{io, time::Duration};

use anyhow::{Context, bail};
use contract::{Fen, LaunchKind, Method};
use gateway::{
    config::Secret,
    payments::{
        Channel,
        alipay::{Alipay, AlipayConfig, AlipayKeys},
        channel::{NewPayment, NewRefund, PaymentRef},
    },
};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut lines = io::stdin().lines();
    let account = lines.next().context("the account is missing")??;
    let alipay = open(&serde_json::from_str(&account)?)?;
    for line in lines {
        let call: Value = serde_json::from_str(&line?)?;
        println!("{}", answer(&alipay, &call).await?);
    }
    Ok(())
}

fn open(account: &Value) -> anyhow::Result<Alipay> {
    let text = |name: &str| text(account, name);
    Alipay::new(AlipayConfig {
        merchant: "peer".to_owned(),
        app_id: text("app_id"),
        seller_id: text("seller_id"),
        private_key: Secret::from(text("private_key")),
        mode: AlipayKeys::PublicKey {
            alipay_public_key: text("alipay_public_key"),
            alipay_public_key_before: None,
        },
        gateway_url: text("gateway_url").parse()?,
        authorise_url: None,
        timeout: Duration::from_secs(5),
    })
}

async fn answer(alipay: &Alipay, call: &Value) -> anyhow::Result<Value> {
    let payment = PaymentRef {
        out_trade_no: text(call, "out_trade_no"),
        package_id: None,
    };
    let said = match text(call, "call").as_str() {
        "create" => match alipay.create(&new_payment(call)?).await {
            Ok(launch) => return Ok(json!({ "launch": launch })),
            Err(error) => format!("{error:?}"),
        },
        "query" => format!("{:?}", alipay.query(&payment).await),
        "close" => format!("{:?}", alipay.close(&payment).await),
        "cancel" => format!("{:?}", alipay.cancel(&payment).await),
        "refund" => format!("{:?}", alipay.refund(&refund(call)).await),
        "query_refund" => format!("{:?}", alipay.query_refund(&refund(call)).await),
        _ => bail!("no such call"),
    };
    Ok(json!({ "said": said }))
}

fn new_payment(call: &Value) -> anyhow::Result<NewPayment> {
    let launch: LaunchKind = match text(call, "launch").as_str() {
        "redirect" => LaunchKind::Redirect,
        "form" => LaunchKind::Form,
        "qr" => LaunchKind::Qr,
        "alipay_trade" => LaunchKind::AlipayTrade,
        _ => bail!("no such launch"),
    };
    Ok(NewPayment {
        out_trade_no: text(call, "out_trade_no"),
        title: text(call, "title"),
        amount: Fen(call["amount_fen"].as_i64().context("amount_fen")?),
        method: Method::Alipay,
        launch,
        goods: None,
        return_url: text(call, "return_url"),
        notify_url: text(call, "notify_url"),
        expires_at: gateway::clock::now().plus_ms(900_000),
        client_ip: None,
        payer: call["payer"].as_str().map(str::to_owned),
    })
}

fn refund(call: &Value) -> NewRefund {
    NewRefund {
        out_refund_no: text(call, "out_refund_no"),
        out_trade_no: text(call, "out_trade_no"),
        amount: Fen(call["amount_fen"].as_i64().unwrap_or_default()),
        paid: Fen(call["paid_fen"].as_i64().unwrap_or_default()),
        reason: text(call, "reason"),
        notify_url: text(call, "notify_url"),
    }
}

fn text(call: &Value, name: &str) -> String {
    call[name].as_str().unwrap_or_default().to_owned()
}
