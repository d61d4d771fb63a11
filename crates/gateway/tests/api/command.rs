//! `gateway platform`, as an operator types it, with the sandbox as the card platform.

use std::{
    collections::BTreeMap,
    process::{Output, Stdio},
};

use contract::OrderState;
use gateway::config::Operation;
use sandbox::{Options, Sandbox, renamed};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::support::{Database, Settings, Shop};

const CARD: &str = "898607B2091701418584";

/// The command with the gateway's own configuration, changed by the environment.
async fn platform(sandbox: &Sandbox, settings: &[(&str, &str)], line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gateway"));
    command
        .env_clear()
        .env("RECHARGE__SHINGSOU__API_BASE", sandbox.url())
        .env("RECHARGE__SHINGSOU__IDENTITY_BASE", sandbox.url())
        .envs(settings.iter().copied())
        .arg("platform")
        .args(line.split_whitespace())
        .stdin(Stdio::null());
    command.output().await.expect("the command ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

async fn calls(sandbox: &Sandbox) -> Value {
    let url = format!("{}/_control/ledger", sandbox.url());
    let answer = reqwest::get(url).await.expect("the sandbox answers");
    answer.json::<Value>().await.expect("a ledger")["calls"].clone()
}

#[tokio::test]
async fn the_platform_is_asked_from_a_shell() {
    let sandbox = sandbox::start(Options::default())
        .await
        .expect("the sandbox starts");
    let run = async |line: &str| platform(&sandbox, &[], line).await;

    let listed = run("list").await;
    assert!(listed.status.success());
    assert_eq!(text(&listed.stdout).lines().count(), 72);

    let about = text(&run("flowcard-network --help").await.stdout);
    for said in [
        "停复机",
        "guessed",
        "iot.cardservice.flowcard.network",
        "--yes",
    ] {
        assert!(about.contains(said), "{about}");
    }

    let card = run(&format!("flowcard-detail --cardNo {CARD} --json")).await;
    let card: Value = serde_json::from_slice(&card.stdout).expect("JSON");
    assert_eq!(card["iccid"], CARD);

    let table = text(&run("product-categories").await.stdout);
    assert!(
        table
            .lines()
            .next()
            .is_some_and(|head| head.contains("name")),
        "{table}"
    );
    let rows = run("product-get --all --json").await;
    let first = text(&rows.stdout)
        .lines()
        .next()
        .map(str::to_owned)
        .expect("a row");
    let first: Value = serde_json::from_str(&first).expect("JSON");
    assert!(first["price"].is_number(), "{first}");
    assert!(text(&rows.stderr).contains("rows"), "progress");
}

#[tokio::test]
async fn nothing_is_done_that_nobody_said_shall_be_done() {
    let sandbox = sandbox::start(Options::default())
        .await
        .expect("the sandbox starts");
    let check = async |settings: &[(&str, &str)], line: &str, said: &str| {
        let output = platform(&sandbox, settings, line).await;
        assert_eq!(output.status.code(), Some(1), "{line}");
        let error = text(&output.stderr);
        assert!(
            error.contains(said) && !error.contains("sandbox-secret"),
            "{line}: {error}"
        );
    };
    check(&[], "payment-post --outTradeNo P1", "add --yes").await;
    check(
        &[],
        "alipay-transfer --amount 1 --yes",
        "shingsou.money_out",
    )
    .await;
    check(
        &[("RECHARGE__SHINGSOU__MONEY_OUT", "true")],
        "alipay-transfer --amount 1 --yes",
        "iot.payment.alipay.transfer",
    )
    .await;
    check(
        &[("RECHARGE__SHINGSOU__SCOPE", "iot.paymentservice.all")],
        &format!("flowcard-data --cardNo {CARD}"),
        "iot.cardservice.flowcard.data",
    )
    .await;
    check(&[], "flowcard-import --all --yes", "--all is for lists").await;
    check(&[], "flowcard-netwrk", "flowcard-network").await;
    check(&[], "flowcard-detail --cardNo", "its value is missing").await;
    let dry = platform(&sandbox, &[], "payment-post --outTradeNo P1 --dry-run").await;
    assert_eq!(
        text(&dry.stdout),
        format!(
            "POST {}/payment/Payment\n{{\"outTradeNo\":\"P1\"}}\n",
            sandbox.url()
        )
    );
    assert!(
        calls(&sandbox)
            .await
            .as_object()
            .is_none_or(|calls| calls.keys().all(|call| call.contains("token"))),
        "{}",
        calls(&sandbox).await
    );

    check(
        &[],
        "flowcard-detail --cardNo 89860000000000000000",
        "refused with code 404 NotFound (未找到内容)",
    )
    .await;
}

/// Where the platform has other addresses and names throughout, the command finds the names, the configuration puts all of
/// it right, and a package is bought.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_platform_that_was_guessed_wrong_is_fitted_by_the_configuration() {
    let options = Options {
        renamed: true,
        ..Options::default()
    };
    let sandbox = sandbox::start(options).await.expect("the sandbox starts");
    let line = format!("doctor --card-no {CARD}");
    let lost = text(&platform(&sandbox, &[], &line).await.stderr);
    assert_eq!(
        lost.matches("nothing is at its address").count(),
        6,
        "{lost}"
    );

    // The addresses are the document's to tell; so are the fields of what is only sent.
    let mut config = String::new();
    for (name, usual) in [
        ("flowcard-detail", "/cards/FlowCard/Detail"),
        ("flowcard-data", "/cards/FlowCard/Data"),
        ("flowcard-status", "/cards/FlowCard/Status"),
        ("product-categories", "/payment/Product/Categories"),
        ("product-get", "/payment/Product"),
        ("order-get", "/payment/Order"),
        ("payment-post", "/payment/Payment"),
    ] {
        let (_, other) = renamed::ADDRESSES
            .iter()
            .find(|(at, _)| *at == usual)
            .expect("an address");
        config += &format!("[shingsou.operations.{name}]\naddress = \"{other}\"\n");
        if name.starts_with("flowcard") {
            config += "fields = { cardNo = \"card_number\" }\n";
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("gateway.toml");
    std::fs::write(&file, &config).expect("the configuration");
    let found = {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gateway"));
        command
            .env_clear()
            .env("RECHARGE__SHINGSOU__API_BASE", sandbox.url())
            .env("RECHARGE__SHINGSOU__IDENTITY_BASE", sandbox.url())
            .arg("--config")
            .arg(&file)
            .args(["platform", "doctor", "--card-no", CARD]);
        command.output().await.expect("the command ends")
    };
    let mut dry = Command::new(env!("CARGO_BIN_EXE_gateway"));
    dry.env_clear().arg("--config").arg(&file).args([
        "platform",
        "flowcard-data",
        "--cardNo",
        "1",
        "--dry-run",
    ]);
    let dry = text(&dry.output().await.expect("the command ends").stdout);
    assert!(dry.ends_with("/sim/v3/traffic?card_number=1\n"), "{dry}");
    let told: toml::Table = text(&found.stdout).parse().expect("a configuration");
    let told = told["shingsou"]["operations"]
        .as_table()
        .expect("operations");
    for name in ["flowcard-detail", "product-categories", "product-get"] {
        let fields = told[name]["fields"].as_table().expect("fields");
        for (guessed, real) in fields {
            let expected = renamed::NAMES
                .iter()
                .find(|(usual, _)| usual == guessed)
                .map(|(_, other)| *other);
            assert_eq!(
                real.as_str(),
                expected,
                "{name}: {guessed} in {}",
                text(&found.stderr)
            );
        }
    }

    let names: BTreeMap<String, String> = renamed::NAMES
        .iter()
        .map(|(usual, other)| ((*usual).to_owned(), (*other).to_owned()))
        .collect();
    let whole: toml::Table = config.parse().expect("a configuration");
    let operations = whole["shingsou"]["operations"]
        .as_table()
        .expect("operations");
    let operations = operations.iter().map(|(name, put_right)| {
        let operation = Operation {
            address: put_right["address"].as_str().map(str::to_owned),
            verb: None,
            fields: names.clone(),
        };
        (name.clone(), operation)
    });
    let settings = Settings {
        renamed: Some(operations.collect()),
        ..Settings::default()
    };
    let shop = Shop::open_with(Database::sqlite(), settings).await;
    let (order, number) = shop.order_being_paid().await;
    shop.control("pay", json!({ "outTradeNo": number })).await;
    shop.wait_for(&order, OrderState::Credited).await;
}
