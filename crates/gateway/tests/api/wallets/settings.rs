//! Accounts that are set up wrongly: refused when they are written, by name.

use base64::{Engine, engine::general_purpose::STANDARD};
use contract::OrderState;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::{Value, json};

use crate::{
    on_both_databases,
    support::{
        Shop, Wallet,
        wallets::{ADMIN, MERCHANT},
    },
};

/// What is changed in a good account, and what the refusal names.
type Wrong = (&'static str, Value, &'static str);

on_both_databases! {
    /// Row 58: each wrong value is refused by name, nothing is written, and no secret is shown.
    async fn row_58_a_wrong_setting_is_named(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let good = shop.account(wallet).await;
            let wrongs = match wallet {
                Wallet::Alipay => wrong_at_alipay(&good),
                Wallet::Wechat => wrong_at_wechat(),
            };
            let before = shop.admin("GET", "/admin/merchants", Value::Null).await;
            for (place, value, named) in wrongs {
                let mut account = good.clone();
                put(&mut account, place, &value);
                is_refused(&shop, wallet, MERCHANT, account, named).await;
            }
            assert_eq!(shop.admin("GET", "/admin/merchants", Value::Null).await, before, "{wallet:?}");
            let (order, number) = shop.code_shown(wallet).await;
            shop.buyer_pays(wallet, &number).await;
            shop.wait_for(&order, OrderState::Credited).await;
        }
        let (_, audit) = shop.admin("GET", "/admin/audit", Value::Null).await;
        let deeds = audit.as_array().expect("deeds");
        assert!(deeds.iter().any(|deed| deed["outcome"] == "refused"), "{audit}");
        assert!(!shows_a_secret(&audit.to_string()), "{audit}");
    }

    /// Row 58: what a new account cannot do without.
    async fn row_58_a_missing_setting_is_named(database: Database) {
        let shop = Shop::open_own(database).await;
        for (wallet, missing) in [
            (Wallet::Alipay, ["settings.app_id", "settings.seller_id", "settings.gateway_url", "settings.keys", "settings.alipay_public_key", "secrets.private_key"].as_slice()),
            (Wallet::Wechat, &["settings.mch_id", "settings.app_id", "settings.serial_no", "settings.api_base", "secrets.private_key", "secrets.api_v3_key",
                "settings.authorise_url", "settings.oauth_base", "secrets.app_secret"]),
        ] {
            let good = shop.account(wallet).await;
            for place in missing {
                let mut account = good.clone();
                let (part, name) = place.split_once('.').expect("a place");
                account[part].as_object_mut().expect("an object").remove(name);
                is_refused(&shop, wallet, "fresh", account, name).await;
            }
            assert!(shop.admin("GET", "/admin/merchants", Value::Null).await.1.as_array().expect("merchants").len() == 2);
        }
        let account = shop.account(Wallet::Alipay).await;
        for (channel, name, named) in [("paypal", "main", "channel"), ("platform", "main", "channel"), ("alipay", "a.b", "name"), ("alipay", &"a".repeat(33), "name")] {
            let mut body = account.clone();
            body["enabled"] = json!(true);
            let (status, problem) = shop.admin("PUT", &format!("/admin/merchants/{channel}/{name}"), body).await;
            assert_eq!(status, 422, "{channel}/{name}: {problem}");
            assert!(problem["detail"].as_str().expect("a detail").starts_with(named), "{problem}");
        }
    }

    /// Row 58: Alipay's tool hands keys out in two forms under names that say nothing of it: both are read, whatever the
    /// label says. WeChat Pay hands out files, and one whose label lies was put together by hand: it is refused.
    async fn row_58_the_forms_of_a_key(database: Database) {
        let shop = Shop::open_own(database).await;
        let pair = key_pair();
        let (newer, older) = (pair.serialize_der(), pkcs1(&pair));
        for wallet in Wallet::BOTH {
            let mut account = shop.account(wallet).await;
            shop.control("alipay", json!({ "app_public_key": pair.public_key_pem() })).await;
            let settings = account["settings"].as_object_mut().expect("settings");
            settings.remove("certificate");
            for (key, good) in [
                (pem("PRIVATE KEY", &newer), true),
                (pem("RSA PRIVATE KEY", &older), true),
                (pem("RSA PRIVATE KEY", &newer), wallet == Wallet::Alipay),
                (pem("PRIVATE KEY", &older), wallet == Wallet::Alipay),
                (STANDARD.encode(&newer), wallet == Wallet::Alipay),
                (STANDARD.encode(&older), wallet == Wallet::Alipay),
            ] {
                account["secrets"]["private_key"] = json!(key);
                if good {
                    shop.put_merchant(wallet, MERCHANT, account.clone()).await;
                } else {
                    is_refused(&shop, wallet, MERCHANT, account.clone(), "private_key").await;
                }
            }
        }
        // The last form that was accepted signs as well as the first.
        let (order, number) = shop.code_shown(Wallet::Alipay).await;
        shop.buyer_pays(Wallet::Alipay, &number).await;
        shop.wait_for(&order, OrderState::Credited).await;
    }

    /// Row 58: certificates that do not fit.
    async fn row_58_a_certificate_must_fit_its_key(database: Database) {
        let shop = Shop::open_own(database).await;
        let alipay = shop.control("alipay/account", json!({ "keys": "certificate" })).await;
        let pair = key_pair();
        let (foreign, private) = (certificate(&pair), json!(pair.serialize_pem()));
        for (place, value, named) in [
            ("settings.app_cert", json!(foreign), "app_cert"),
            ("settings.app_cert", alipay["settings"]["alipay_cert"].clone(), "app_cert"),
            ("settings.app_cert", json!("x"), "app_cert"),
            ("settings.alipay_cert", json!("x"), "alipay_cert"),
            ("settings.root_cert", json!("x"), "root_cert"),
            ("settings.root_cert", json!(null), "root_cert"),
            ("secrets.private_key", private.clone(), "app_cert"),
        ] {
            let mut account = alipay.clone();
            put(&mut account, place, &value);
            is_refused(&shop, Wallet::Alipay, MERCHANT, account, named).await;
        }
        shop.put_merchant(Wallet::Alipay, MERCHANT, alipay).await;

        let wechat = shop.account(Wallet::Wechat).await;
        let platform = wechat["settings"]["platform_keys"].as_object().expect("keys").iter()
            .find(|(id, _)| !id.starts_with("PUB_KEY_ID_")).expect("a certificate");
        let mut swapped = wechat["settings"]["platform_keys"].clone();
        swapped[wechat["settings"]["serial_no"].as_str().expect("a serial")] = wechat["settings"]["certificate"].clone();
        for (place, value, named) in [
            ("settings.certificate", json!(foreign), "certificate"),
            ("settings.certificate", platform.1.clone(), "certificate"),
            ("settings.certificate", json!("x"), "certificate"),
            ("settings.serial_no", json!(platform.0), "serial_no"),
            ("secrets.private_key", private, "private_key"),
            ("settings.platform_keys", swapped, "platform_keys"),
            ("settings.platform_keys", json!({ "5157F09EFDC096DE15EBE81A47057A7232F1B8E1": platform.1 }), "platform_keys"),
            ("settings.platform_keys", json!({ "PUB_KEY_ID_1": "x" }), "platform_keys"),
        ] {
            let mut account = wechat.clone();
            put(&mut account, place, &value);
            is_refused(&shop, Wallet::Wechat, MERCHANT, account, named).await;
        }
        for wallet in Wallet::BOTH {
            let (order, number) = shop.code_shown(wallet).await;
            shop.buyer_pays(wallet, &number).await;
            shop.wait_for(&order, OrderState::Credited).await;
        }
        shop.check_wallets().await;
    }

    /// A merchant goes while its name stands nowhere, and one that is made anew under its name is not taken for it.
    async fn a_merchant_that_nothing_names_can_be_deleted(database: Database) {
        let shop = Shop::open_own(database).await;
        let pool = shop.gateway.app().db.pool().clone();
        for wallet in Wallet::BOTH {
            let path = format!("/admin/merchants/{}/mistake", wallet.name());
            let delete = async || shop.admin("DELETE", &path, Value::Null).await.0;
            let rest = async || {
                sqlx::query("update merchants set updated_at = updated_at - 60001 where name = 'mistake'").execute(&pool).await.expect("a minute");
            };
            assert_eq!(delete().await, 404, "{wallet:?}");
            let mut account = shop.account(wallet).await;
            account["position"] = json!(9);
            let mut versions = Vec::new();
            for _ in 0..2 {
                shop.put_merchant(wallet, "mistake", account.clone()).await;
                versions.push(sqlx::query_scalar::<_, i64>("select version from merchants where name = 'mistake'").fetch_one(&pool).await.expect("a version"));
                rest().await;
                assert_eq!(delete().await, 409, "{wallet:?}: it is on");
                let (status, _) = shop.admin("POST", &format!("{path}/switch"), json!({ "enabled": false })).await;
                assert_eq!(status, 200);
                assert_eq!(delete().await, 409, "{wallet:?}: other processes may not know yet");
                rest().await;
                assert_eq!(delete().await, 204, "{wallet:?}");
                assert_eq!(delete().await, 404, "{wallet:?}");
            }
            assert!(versions[0] < versions[1], "{versions:?}");
        }
        for (table, row) in [
            ("quarantine", "insert into quarantine (digest, channel, merchant, out_trade_no, times, first_at, last_at) values ('d', 'alipay', 'named', 'x', 1, 1, 1)"),
            ("payments", "update payments set channel = 'alipay', merchant = 'named'"),
        ] {
            shop.put_merchant(Wallet::Alipay, "named", shop.account(Wallet::Alipay).await).await;
            sqlx::query("update merchants set enabled = 0, updated_at = 1 where name = 'named'").execute(&pool).await.expect("off");
            if table == "payments" {
                shop.code_shown(Wallet::Alipay).await;
            }
            sqlx::query(row).execute(&pool).await.expect("it is named");
            let (status, problem) = shop.admin("DELETE", "/admin/merchants/alipay/named", Value::Null).await;
            assert_eq!(status, 409, "{table}: {problem}");
            sqlx::query("delete from quarantine").execute(&pool).await.expect("none");
        }
    }
}

fn wrong_at_alipay(good: &Value) -> Vec<Wrong> {
    let pair = key_pair();
    let public = json!(pair.public_key_pem());
    let mut own = good.clone();
    own["settings"]["alipay_public_key"] = public;
    own["secrets"]["private_key"] = json!(pair.serialize_pem());
    vec![
        ("", own, "alipay_public_key"),
        ("settings.app_id", json!(""), "app_id"),
        ("settings.app_id", json!("wx5a4db0c500000001"), "app_id"),
        ("settings.seller_id", json!("1900000001"), "seller_id"),
        ("settings.keys", json!("sm2"), "keys"),
        (
            "settings.alipay_public_key",
            json!("x"),
            "alipay_public_key",
        ),
        (
            "settings.alipay_public_key_before",
            json!("x"),
            "alipay_public_key_before",
        ),
        (
            "settings.gateway_url",
            json!("http://192.0.2.1/gateway.do"),
            "gateway_url",
        ),
        (
            "settings.gateway_url",
            json!("ftp://192.0.2.1/"),
            "gateway_url",
        ),
        ("settings.gateway_url", json!("gateway.do"), "gateway_url"),
        (
            "settings.gateway_url",
            json!("https://openapi.alipay.com/gateway.do"),
            "gateway_url",
        ),
        (
            "settings.authorise_url",
            json!("https://alipay.example/?app_id=1"),
            "authorise_url",
        ),
        (
            "settings.gateway",
            json!("https://alipay.example/"),
            "gateway",
        ),
        (
            "settings.private_key",
            good["secrets"]["private_key"].clone(),
            "private_key",
        ),
        ("secrets.private_key", json!("hunter2!"), "private_key"),
        ("secrets.private_key", json!(""), "private_key"),
        ("secrets.private_key", json!(null), "private_key"),
        ("secrets.private_key", json!(7), "private_key"),
        ("secrets.password", json!("hunter2!"), "secrets"),
    ]
}

fn wrong_at_wechat() -> Vec<Wrong> {
    vec![
        ("settings.mch_id", json!("19\"0"), "mch_id"),
        ("settings.app_id", json!(""), "app_id"),
        ("settings.serial_no", json!("51:57"), "serial_no"),
        ("settings.api_base", json!("http://192.0.2.1"), "api_base"),
        (
            "settings.api_base",
            json!("https://api.mch.weixin.qq.com"),
            "api_base",
        ),
        ("settings.api_base", json!("api.mch"), "api_base"),
        ("settings.authorise_url", json!(null), "authorise_url"),
        ("settings.oauth_base", json!(null), "oauth_base"),
        (
            "settings.oauth_base",
            json!("http://192.0.2.1"),
            "oauth_base",
        ),
        ("settings.platform_keys", json!([]), "platform_keys"),
        ("settings.apiv3", json!("hunter2!"), "apiv3"),
        ("secrets.app_secret", json!(null), "app_secret"),
        ("secrets.app_secret", json!(""), "app_secret"),
        (
            "secrets.api_v3_key",
            json!("hunter2!hunter2!"),
            "api_v3_key",
        ),
        (
            "secrets.api_v3_key",
            json!("hunter2!".repeat(5)),
            "api_v3_key",
        ),
        (
            "secrets.api_v3_key_before",
            json!("hunter2!hunter2!"),
            "api_v3_key_before",
        ),
        ("secrets.private_key", json!("hunter2!"), "private_key"),
        ("secrets.api_v2_key", json!("hunter2!"), "secrets"),
    ]
}

/// Puts a value at a place such as `settings.app_id`, or everywhere.
fn put(account: &mut Value, place: &str, value: &Value) {
    match place.split_once('.') {
        Some((part, name)) => account[part][name] = value.clone(),
        None => account.clone_from(value),
    }
}

/// That an account is refused with the name of what is wrong.
async fn is_refused(shop: &Shop, wallet: Wallet, merchant: &str, account: Value, named: &str) {
    let mut body = account;
    body["enabled"] = json!(true);
    let path = format!("/admin/merchants/{}/{merchant}", wallet.name());
    let (status, problem) = shop.admin("PUT", &path, body).await;
    assert_eq!(status, 422, "{wallet:?} {named}: {problem}");
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(detail.contains(named), "{wallet:?} {named}: {detail}");
    assert!(!shows_a_secret(&problem.to_string()), "{problem}");
}

fn shows_a_secret(text: &str) -> bool {
    [
        "hunter2",
        "PRIVATE KEY",
        "MII",
        "sandbox-api-v3-key",
        "sandbox-wechat-app-secret",
        ADMIN,
    ]
    .iter()
    .any(|secret| text.contains(secret))
}

fn key_pair() -> KeyPair {
    KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).expect("a key")
}

fn certificate(pair: &KeyPair) -> String {
    let signed = CertificateParams::default().self_signed(pair);
    signed.expect("a certificate").pem()
}

/// The older form is what the newer one wraps in 26 bytes.
fn pkcs1(pair: &KeyPair) -> Vec<u8> {
    pair.serialize_der()[26..].to_vec()
}

fn pem(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let lines: Vec<&str> = base64
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).expect("base64"))
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}
