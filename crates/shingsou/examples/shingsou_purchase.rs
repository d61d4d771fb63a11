//! A package is found, sold by the platform and credited, before a sandbox on this machine.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use sandbox::Sandbox;
use serde_json::json;
use shingsou::{
    Client, Config, Error, OrderStatus, PaymentRequest, TokenForm, Trade, Wallet, permissions,
};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const CARD: &str = "898607B2091701418584";

#[tokio::main]
async fn main() -> Result<()> {
    let sandbox = sandbox::start(sandbox::Options::default()).await?;
    let client = open(&sandbox)?;

    let card = client.card(CARD).await?;
    println!("the card has {}", card.plan.as_deref().unwrap_or("no plan"));
    let category_id = card.category_ids.first().ok_or("nothing fits the card")?;
    let packages = client.packages(category_id).await?;
    let package = packages.first().ok_or("nothing is for sale")?;
    println!("{} costs {} yuan", package.name, package.price);

    // The number is stored before it is sent: with it everything can be asked for again.
    let request = PaymentRequest {
        out_trade_no: "20261121000001".to_owned(),
        card_no: CARD.to_owned(),
        package_id: package.id.clone(),
        wallet: Wallet::Alipay,
        trade: Trade::Link,
        return_url: "http://127.0.0.1:1/thanks".to_owned(),
        notify_url: "http://127.0.0.1:1/notify".to_owned(),
        expires_at: SystemTime::now() + Duration::from_secs(900),
    };
    let created = match client.create_payment(&request).await {
        Ok(created) => created,
        // It will not be sold.
        Err(Error::Refused { code, .. }) => return Err(format!("refused with {code}").into()),
        // It was not sent, or nobody knows: the order of this number is asked for before anything else is done.
        Err(error) => return Err(error.into()),
    };
    assert_eq!(created.total, package.price);
    println!("send the buyer to {}", created.url);

    pay(&sandbox, &request.out_trade_no).await?;
    for _ in 0..100 {
        let order = client.find_order(&request.out_trade_no).await?;
        let order = order.ok_or("the platform does not know the order")?;
        if order.status == OrderStatus::Credited {
            println!("{} yuan came, and the card is credited", order.total);
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err("the card was not credited in time".into())
}

fn open(sandbox: &Sandbox) -> Result<Client> {
    Ok(Client::new(Config {
        api_base: sandbox.url().parse()?,
        identity_base: sandbox.url().parse()?,
        client_id: "sandbox-client".to_owned(),
        client_secret: "sandbox-secret".to_owned(),
        subscription_key: "sandbox-subscription-key".to_owned(),
        client_id_field: "client_Id".to_owned(),
        token_form: TokenForm::Multipart,
        scope: permissions::USUAL_SCOPE.to_owned(),
        api_version: None,
        timeout: Duration::from_secs(5),
        operations: BTreeMap::new(),
    })?)
}

/// The buyer pays.
async fn pay(sandbox: &Sandbox, out_trade_no: &str) -> Result<()> {
    let url = format!("{}/_control/pay", sandbox.url());
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()?
        .post(url)
        .json(&json!({ "outTradeNo": out_trade_no }))
        .send()
        .await?;
    Ok(answer.error_for_status().map(drop)?)
}
