//! The client on standard input and output, for the tests in which other people's SDKs meet it.
//!
//! The first line is the account: `{app_id, seller_id, private_key, alipay_public_key, gateway_url}`. Each line after
//! it is one call, answered with one line: `{"call": "create", "launch": "redirect", …}`, `query`, `close`, `cancel`,
//! `refund` or `query_refund`.

use std::{
    error::Error,
    io,
    time::{Duration, SystemTime},
};

use alipay::{Client, Config, Fen, Keys, NewRefund, NewTrade};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut lines = io::stdin().lines();
    let account = lines.next().ok_or("the account is missing")??;
    let client = open(&serde_json::from_str(&account)?)?;
    for line in lines {
        let call: Value = serde_json::from_str(&line?)?;
        println!("{}", answer(&client, &call).await);
    }
    Ok(())
}

fn open(account: &Value) -> Result<Client, Box<dyn Error>> {
    let text = |name: &str| text(account, name).to_owned();
    Ok(Client::new(Config {
        app_id: text("app_id"),
        seller_id: text("seller_id"),
        private_key: text("private_key"),
        keys: Keys::PublicKey {
            alipay_public_key: text("alipay_public_key"),
            alipay_public_key_before: None,
        },
        gateway_url: text("gateway_url").parse()?,
        authorise_url: None,
        timeout: Duration::from_secs(5),
    })?)
}

async fn answer(client: &Client, call: &Value) -> Value {
    let number = text(call, "out_trade_no");
    let said = match text(call, "call") {
        "create" => return create(client, call).await,
        "query" => format!("{:?}", client.query(number).await),
        "close" => format!("{:?}", client.close(number).await),
        "cancel" => format!("{:?}", client.cancel(number).await),
        "refund" => format!("{:?}", client.refund(&refund(call)).await),
        "query_refund" => format!("{:?}", client.query_refund(&refund(call)).await),
        other => format!("no such call: {other}"),
    };
    json!({ "said": said })
}

async fn create(client: &Client, call: &Value) -> Value {
    let trade = NewTrade {
        out_trade_no: text(call, "out_trade_no"),
        subject: text(call, "title"),
        amount: fen(call),
        expires_at: SystemTime::now() + Duration::from_secs(900),
        notify_url: text(call, "notify_url"),
    };
    let return_url = text(call, "return_url");
    let launch = match text(call, "launch") {
        "redirect" => Ok(json!({ "url": client.wap_pay(&trade, return_url) })),
        "form" => {
            let form = client.page_pay(&trade, return_url);
            Ok(json!({ "action": form.action, "fields": form.fields }))
        }
        "qr" => client
            .precreate(&trade)
            .await
            .map(|code| json!({ "content": code.qr_code })),
        _ => client
            .create(&trade, text(call, "payer"))
            .await
            .map(|trade_no| json!({ "trade_no": trade_no })),
    };
    match launch {
        Ok(launch) => json!({ "launch": launch }),
        Err(error) => json!({ "said": format!("{error:?}") }),
    }
}

fn refund(call: &Value) -> NewRefund<'_> {
    NewRefund {
        out_trade_no: text(call, "out_trade_no"),
        out_request_no: text(call, "out_refund_no"),
        amount: fen(call),
        reason: text(call, "reason"),
    }
}

fn fen(call: &Value) -> Fen {
    Fen(call["amount_fen"].as_i64().unwrap_or_default())
}

fn text<'a>(call: &'a Value, name: &str) -> &'a str {
    call[name].as_str().unwrap_or_default()
}
