//! A purchase by code and its refund, before a sandbox on this machine.

use std::time::{Duration, SystemTime};

use sandbox::Sandbox;
use serde_json::{Value, json};
use wechat_pay::{Client, Config, Error, Fen, NewPayment, NewRefund, Payment, RefundState};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Result<()> {
    let sandbox = sandbox::start(sandbox::Options::default()).await?;
    let client = open(&sandbox).await?;

    // The number is stored before it is sent: with it everything can be asked for again.
    let payment = NewPayment {
        out_trade_no: "20261121000001",
        description: "2GB 月清零",
        amount: Fen(1800),
        expires_at: SystemTime::now() + Duration::from_secs(900),
        notify_url: "http://127.0.0.1:1/notify",
    };
    let code = client.native(&payment).await?;
    println!("the buyer scans {}", code.code_url);
    assert_eq!(client.query(payment.out_trade_no).await?, Payment::Waiting);

    let order = json!({ "out_trade_no": payment.out_trade_no });
    control(&sandbox, "wechat/pay", &order).await?;
    let Payment::Paid(receipt) = client.query(payment.out_trade_no).await? else {
        return Err("it is not paid".into());
    };
    println!("{} yuan came", receipt.amount);
    assert_eq!(receipt.amount, payment.amount);

    control(&sandbox, "wechat/refunds", &json!({ "delay_ms": 0 })).await?;
    let refund = NewRefund {
        out_trade_no: payment.out_trade_no,
        out_refund_no: "20261121000001R1",
        amount: Fen(500),
        paid: receipt.amount,
        reason: "the buyer has changed their mind",
        notify_url: payment.notify_url,
    };
    let mut state = match client.refund(&refund).await {
        Ok(state) => state,
        // Nothing moves under this number any more.
        Err(Error::Refused(why)) if why.ends_refund() => return Err(why.to_string().into()),
        // The same is sent again later, under the same number.
        Err(error) => return Err(error.into()),
    };
    let mut asked = 0;
    while state == RefundState::UnderWay && asked < 100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        state = client.query_refund(&refund).await?;
        asked += 1;
    }
    assert_eq!(state, RefundState::Done);
    println!("{} yuan went back", refund.amount);
    Ok(())
}

/// The client of the sandbox's merchant.
async fn open(sandbox: &Sandbox) -> Result<Client> {
    let url = format!("{}/_control/wechat", sandbox.url());
    let http = reqwest::Client::builder().no_proxy().build()?;
    let merchant: Value = http.get(url).send().await?.json().await?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let public = &merchant["platform_public_key"];
    Ok(Client::new(Config {
        mch_id: text(&merchant["mch_id"]),
        app_id: text(&merchant["app_id"]),
        private_key: text(&merchant["private_key"]),
        serial_no: text(&merchant["serial_no"]),
        certificate: None,
        api_v3_key: text(&merchant["api_v3_key"]),
        api_v3_key_before: None,
        platform_keys: vec![(text(&public["id"]), text(&public["pem"]))],
        api_base: sandbox.url().parse()?,
        user_agent: "example".to_owned(),
        timeout: Duration::from_secs(5),
    })?)
}

/// An order to the sandbox.
async fn control(sandbox: &Sandbox, what: &str, order: &Value) -> Result<()> {
    let url = format!("{}/_control/{what}", sandbox.url());
    let http = reqwest::Client::builder().no_proxy().build()?;
    http.post(url)
        .json(order)
        .send()
        .await?
        .error_for_status()?;
    Ok(())
}
