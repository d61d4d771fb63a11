//! A purchase by code and its refund, before a sandbox on this machine.

use std::time::{Duration, SystemTime};

use alipay::{Client, Config, Error, Fen, Keys, NewRefund, NewTrade, RefundState, Trade};
use sandbox::Sandbox;
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Result<()> {
    let sandbox = sandbox::start(sandbox::Options::default()).await?;
    let client = open(&sandbox).await?;

    // The number is stored before it is sent: with it everything can be asked for again.
    let trade = NewTrade {
        out_trade_no: "20261121000001",
        subject: "2GB 月清零",
        amount: Fen(1800),
        expires_at: SystemTime::now() + Duration::from_secs(900),
        notify_url: "http://127.0.0.1:1/notify",
    };
    let code = client.precreate(&trade).await?;
    println!("the buyer scans {}", code.qr_code);
    assert_eq!(client.query(trade.out_trade_no).await?, Trade::NotFound);

    control(
        &sandbox,
        "pay",
        json!({ "out_trade_no": trade.out_trade_no }),
    )
    .await?;
    let Trade::Paid(receipt) = client.query(trade.out_trade_no).await? else {
        return Err("it is not paid".into());
    };
    println!("{} yuan came", receipt.amount);
    assert_eq!(receipt.amount, trade.amount);

    let refund = NewRefund {
        out_trade_no: trade.out_trade_no,
        out_request_no: "20261121000001R1",
        amount: Fen(500),
        reason: "the buyer has changed their mind",
    };
    match client.refund(&refund).await {
        Ok(_) => {}
        // Nothing moves under this number any more.
        Err(Error::Refused(why)) => return Err(why.to_string().into()),
        // It was not sent, or nobody knows: the same is sent again later, under the same number.
        Err(error) => return Err(error.into()),
    }
    assert_eq!(client.query_refund(&refund).await?, RefundState::Done);
    println!("{} yuan went back", refund.amount);
    Ok(())
}

/// The client of the sandbox's account.
async fn open(sandbox: &Sandbox) -> Result<Client> {
    let account = control(sandbox, "account", json!({ "keys": "public_key" })).await?;
    let (settings, secrets) = (&account["settings"], &account["secrets"]);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(Client::new(Config {
        app_id: text(&settings["app_id"]),
        seller_id: text(&settings["seller_id"]),
        private_key: text(&secrets["private_key"]),
        keys: Keys::PublicKey {
            alipay_public_key: text(&settings["alipay_public_key"]),
            alipay_public_key_before: None,
        },
        gateway_url: text(&settings["gateway_url"]).parse()?,
        authorise_url: None,
        timeout: Duration::from_secs(5),
    })?)
}

/// An order to the sandbox.
async fn control(sandbox: &Sandbox, what: &str, order: Value) -> Result<Value> {
    let url = format!("{}/_control/alipay/{what}", sandbox.url());
    let http = reqwest::Client::builder().no_proxy().build()?;
    let answer = http.post(url).json(&order).send().await?;
    Ok(answer.error_for_status()?.json().await?)
}
