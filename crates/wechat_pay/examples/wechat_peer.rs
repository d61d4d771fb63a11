//! The client on standard input and output, for the tests in which other people's SDKs meet it: a line of JSON in, a line
//! of JSON out.
//!
//! The first line sets it up, each further one is a call: `create`, `query`, `close`, `refund`, `query_refund` send
//! requests to `api_base`, where the peer verifies them and answers.

use std::{
    error::Error,
    io::{BufRead, Write},
    time::{Duration, SystemTime},
};

use serde::Deserialize;
use serde_json::{Value, json};
use wechat_pay::{Client, Config, Fen, NewPayment, NewRefund};

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
    Create { launch: Launch, number: String },
    Query { number: String },
    Close { number: String },
    Refund { number: String, payment: String },
    QueryRefund { number: String, payment: String },
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Launch {
    WechatJsapi,
    Redirect,
    Qr,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut lines = std::io::stdin().lock().lines();
    let setup = lines.next().ok_or("the setup is missing")??;
    let client = open(serde_json::from_str(&setup)?)?;
    for line in lines {
        let answer = match call(&client, serde_json::from_str(&line?)?).await {
            Ok(value) => json!({ "ok": value }),
            Err(error) => json!({ "error": error.to_string() }),
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn open(setup: Setup) -> Result<Client, Box<dyn Error>> {
    Ok(Client::new(Config {
        mch_id: setup.mch_id,
        app_id: setup.app_id,
        private_key: setup.private_key,
        serial_no: setup.serial_no,
        certificate: None,
        api_v3_key: setup.api_v3_key,
        api_v3_key_before: None,
        platform_keys: setup.platform_keys,
        api_base: setup.api_base.parse()?,
        user_agent: "peer".to_owned(),
        timeout: Duration::from_secs(5),
    })?)
}

async fn call(client: &Client, call: Call) -> Result<Value, wechat_pay::Error> {
    Ok(match call {
        Call::Create { launch, number } => create(client, &launch, &number).await?,
        Call::Query { number } => words(client.query(&number).await?),
        Call::Close { number } => words(client.close(&number).await?),
        Call::Refund { number, payment } => words(client.refund(&refund(&number, &payment)).await?),
        Call::QueryRefund { number, payment } => {
            words(client.query_refund(&refund(&number, &payment)).await?)
        }
    })
}

async fn create(
    client: &Client,
    launch: &Launch,
    number: &str,
) -> Result<Value, wechat_pay::Error> {
    let payment = NewPayment {
        out_trade_no: number,
        description: "2GB 月清零 & 100% 正品 \"=+/\" 📶",
        amount: Fen(1800),
        // 2099-01-01 in UTC.
        expires_at: SystemTime::UNIX_EPOCH + Duration::from_secs(4_070_908_800),
        notify_url: "https://shop.example/notify/wechat/peer",
    };
    Ok(match launch {
        Launch::WechatJsapi => {
            let bridge = client
                .jsapi(&payment, "oPeerBuyer000000000000000001")
                .await?;
            json!({
                "appId": bridge.app_id, "timeStamp": bridge.time_stamp, "nonceStr": bridge.nonce_str,
                "package": bridge.package, "signType": bridge.sign_type, "paySign": bridge.pay_sign,
            })
        }
        Launch::Redirect => {
            let client_ip = [203, 0, 113, 9].into();
            let return_url = "https://shop.example/orders/1?a=1&b=%2F";
            json!({ "url": client.h5(&payment, client_ip, return_url).await? })
        }
        Launch::Qr => json!({ "content": client.native(&payment).await?.code_url }),
    })
}

fn refund<'a>(number: &'a str, payment: &'a str) -> NewRefund<'a> {
    NewRefund {
        out_refund_no: number,
        out_trade_no: payment,
        amount: Fen(800),
        paid: Fen(1800),
        reason: "重复付款",
        notify_url: "https://shop.example/notify/wechat/peer",
    }
}

fn words(value: impl std::fmt::Debug) -> Value {
    format!("{value:?}").into()
}
