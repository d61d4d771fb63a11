//! Whether it is the wallet that tells: what others sign, alter or send again.

use std::time::{Duration, Instant};

use contract::OrderState;
use futures_util::{StreamExt, stream};
use md5::{Digest, Md5};
use serde_json::{Value, json};

use crate::{
    on_both_databases,
    support::{Letter, Shop, Wallet, wallets::MERCHANT},
};

const SERIAL: &str = "wechatpay-serial";
const TIMESTAMP: &str = "wechatpay-timestamp";
const SIGNATURE: &str = "wechatpay-signature";
const CERTIFICATES: &str = "GET /v3/certificates";

on_both_databases! {
    /// Row 2: one bit is another, anywhere in what is signed or in the signature.
    async fn row_02_one_flipped_bit_is_refused(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let (order, number) = shop.paid_in_silence(wallet).await;
            let letter = shop.letter(wallet, &number).await;
            let asked = shop.calls(wallet.route("query")).await;
            for (altered, what) in with_one_bit_flipped(wallet, &letter) {
                shop.is_refused(&altered, &what).await;
            }
            shop.is_untouched(&order).await;
            assert_eq!(shop.calls(wallet.route("query")).await, asked, "{wallet:?}");
            shop.is_taken(&letter).await;
            shop.wait_for(&order, OrderState::Credited).await;
        }
        shop.check_wallets().await;
    }

    /// Row 3: what was signed, written anew by somebody who understood it. Of a form the parameters are signed and not
    /// their order, so there it is the JSON within a parameter.
    async fn row_03_a_body_written_anew_is_refused(database: Database) {
        let shop = Shop::open_own(database).await;
        let (order, number) = shop.paid_in_silence(Wallet::Wechat).await;
        let letter = shop.letter(Wallet::Wechat, &number).await;
        let value: Value = serde_json::from_str(letter.text()).expect("JSON");
        let fields = value.as_object().expect("an object").iter().rev();
        let backwards: Vec<String> = fields.map(|(name, value)| format!("{}:{value}", json!(name))).collect();
        for body in [
            format!("{{{}}}", backwards.join(",")),
            serde_json::to_string_pretty(&value).expect("JSON"),
            letter.text().replace('/', "\\/"),
            format!("{} ", letter.text()),
            format!("\u{feff}{}", letter.text()),
        ] {
            assert_ne!(body.as_bytes(), letter.body);
            shop.is_refused(&letter.with_body(body), "written anew").await;
        }
        shop.is_untouched(&order).await;
        shop.is_taken(&letter).await;
        shop.wait_for(&order, OrderState::Credited).await;

        let (order, number) = shop.paid_in_silence(Wallet::Alipay).await;
        let letter = shop.letter(Wallet::Alipay, &number).await;
        for (found, written) in [("%5B%7B", "%5B+%7B"), ("%22%3A%22", "%22%3A+%22"), ("total_amount=18.00", "total_amount=18")] {
            assert!(letter.text().contains(found), "{}", letter.text());
            let body = letter.text().replace(found, written);
            shop.is_refused(&letter.with_body(body), written).await;
        }
        shop.is_untouched(&order).await;
        let pairs: Vec<&str> = letter.text().split('&').rev().collect();
        shop.is_taken(&letter.with_body(pairs.join("&"))).await;
        shop.wait_for(&order, OrderState::Credited).await;
        shop.check_wallets().await;
    }

    /// Row 4: WeChat Pay looks whether we verify. It is refused, is counted as what it is, and stands in nobody's way.
    async fn row_04_a_probe_is_refused_and_is_no_attack(database: Database) {
        let shop = Shop::open_own(database).await;
        let wallet = Wallet::Wechat;
        let (order, number) = shop.paid_in_silence(wallet).await;
        let letter = shop.letter(wallet, &number).await;
        let signature = &letter.headers[SIGNATURE];
        let before = probes(&shop).await;
        for probe in ["WECHATPAY/SIGNTEST/".to_owned(), format!("WECHATPAY/SIGNTEST/{signature}")] {
            for _ in 0..50 {
                shop.is_refused(&letter.with_header(SIGNATURE, &probe), "a probe").await;
            }
        }
        assert!(probes(&shop).await >= before + 100);
        assert_eq!(shop.calls(CERTIFICATES).await, 0);
        shop.is_untouched(&order).await;
        shop.is_taken(&letter).await;
        shop.wait_for(&order, OrderState::Credited).await;
    }

    /// Row 5: signed with keys that nobody knows. Alipay's notices name no key.
    async fn row_05_unknown_serials_make_one_fetch_a_minute(database: Database) {
        let shop = Shop::open_own(database).await;
        let wallet = Wallet::Wechat;
        let (order, number) = shop.paid_in_silence(wallet).await;
        let letter = shop.letter(wallet, &number).await;
        stream::iter(0..300)
            .for_each_concurrent(300, |forged| {
                let serial = match forged % 3 {
                    0 => format!("PUB_KEY_ID_{forged:034}"),
                    1 => format!("{forged:040X}"),
                    _ => format!("{forged:08x}"),
                };
                let (shop, letter) = (&shop, letter.with_header(SERIAL, serial));
                async move { shop.is_refused(&letter, "an unknown serial").await }
            })
            .await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(shop.calls(CERTIFICATES).await, 1);
        shop.is_untouched(&order).await;
        shop.is_taken(&letter).await;
        shop.wait_for(&order, OrderState::Credited).await;
        assert_eq!(shop.calls(CERTIFICATES).await, 1);
    }

    /// Row 6: while a merchant changes from certificates to the public key, either signs. A certificate that is not set
    /// up is fetched when it is first seen, and what it signed is taken in when it comes again.
    async fn row_06_certificate_and_public_key_both_verify(database: Database) {
        let shop = Shop::open_own(database).await;
        let wallet = Wallet::Wechat;
        let mut account = shop.account(wallet).await;
        for known in ["both", "the public key"] {
            if known != "both" {
                let keys = account["settings"]["platform_keys"].as_object_mut().expect("keys");
                keys.retain(|id, _| id.starts_with("PUB_KEY_ID_"));
                assert_eq!(keys.len(), 1);
                shop.put_merchant(wallet, MERCHANT, account.clone()).await;
            }
            for sign_with in ["public_key", "certificate"] {
                shop.control("wechat/keys", json!({ "sign_with": sign_with })).await;
                let (order, number) = shop.paid_in_silence(wallet).await;
                let letter = shop.letter(wallet, &number).await;
                assert_eq!(letter.headers[SERIAL].starts_with("PUB_KEY_ID_"), sign_with == "public_key");
                if (known, sign_with) == ("the public key", "certificate") {
                    shop.is_refused(&letter, "not fetched yet").await;
                    let begun = Instant::now();
                    while shop.deliver(&letter).await.0 != 200 {
                        assert!(begun.elapsed() < Duration::from_secs(10), "the certificate is not fetched");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                } else {
                    shop.is_taken(&letter).await;
                }
                shop.wait_for(&order, OrderState::Credited).await;
            }
        }
        shop.check_wallets().await;
    }

    /// Row 7: the time that was signed. To the second the edge is a matter of the verification's own tests.
    async fn row_07_only_five_minutes_are_fresh(database: Database) {
        let shop = Shop::open_own(database).await;
        let wallet = Wallet::Wechat;
        let (order, number) = shop.paid_in_silence(wallet).await;
        let now = gateway::clock::now().0 / 1000;
        let signed_at = async |timestamp: &str| shop.letter_with(wallet, &number, json!({ "timestamp": timestamp })).await;
        for stale in [
            (now - 301).to_string(), (now + 330).to_string(), "0".to_owned(), i64::MIN.to_string(), i64::MAX.to_string(),
            "-99999999999999999999".to_owned(), "abc".to_owned(), String::new(), format!("{now}.0"), format!("{now}000"),
        ] {
            shop.is_refused(&signed_at(&stale).await, &stale).await;
        }
        let mut letter = signed_at(&now.to_string()).await;
        letter.headers.remove(TIMESTAMP);
        shop.is_refused(&letter, "no time").await;
        shop.is_untouched(&order).await;
        for fresh in [now - 240, now + 290] {
            shop.is_taken(&signed_at(&fresh.to_string()).await).await;
        }
        shop.wait_for(&order, OrderState::Credited).await;

        // Alipay sends for a day and documents no such edge: what an old notice says is asked for like any other.
        for told in ["2020-01-01 00:00:00", "abc"] {
            let (order, number) = shop.paid_in_silence(Wallet::Alipay).await;
            let letter = shop.letter_that_says(Wallet::Alipay, &number, json!({ "notify_time": told })).await;
            shop.is_taken(&letter).await;
            shop.wait_for(&order, OrderState::Credited).await;
        }
        shop.check_wallets().await;
    }

    /// Row 9: what the message says of its algorithm chooses nothing; what is configured is asked for.
    async fn row_09_the_message_does_not_choose_the_algorithm(database: Database) {
        let shop = Shop::open_own(database).await;
        let (order, number) = shop.paid_in_silence(Wallet::Alipay).await;
        let letter = shop.letter(Wallet::Alipay, &number).await;
        let without: Vec<&str> = letter.text().split('&')
            .filter(|pair| !pair.starts_with("sign=") && !pair.starts_with("sign_type=")).collect();
        let without = without.join("&");
        for sign_type in ["RSA", "MD5", "rsa2", "HMAC-SHA256", "none", ""] {
            for sign in [md5_of(&without), String::new(), "AAAA".to_owned()] {
                let body = format!("{without}&sign={sign}&sign_type={sign_type}");
                shop.is_refused(&letter.with_body(body), sign_type).await;
            }
            let forged = letter.text().replace("sign_type=RSA2", &format!("sign_type={sign_type}"))
                .replace("total_amount=18.00", "total_amount=1.00");
            shop.is_refused(&letter.with_body(forged), sign_type).await;
        }
        shop.is_refused(&letter.with_body(without), "no signature").await;
        shop.is_untouched(&order).await;
        for sign_type in ["&sign_type=rsa2", "&sign_type=MD5", ""] {
            let body = letter.text().replace("&sign_type=RSA2", sign_type);
            shop.is_taken(&letter.with_body(body)).await;
        }
        shop.wait_for(&order, OrderState::Credited).await;

        let (order, number) = shop.paid_in_silence(Wallet::Wechat).await;
        let letter = shop.letter(Wallet::Wechat, &number).await;
        for other in ["WECHATPAY2-SM2-WITH-SM3", "wechatpay2-sha256-rsa2048", "MD5", ""] {
            shop.is_refused(&letter.with_header("wechatpay-signature-type", other), other).await;
        }
        shop.is_untouched(&order).await;
        shop.is_taken(&letter).await;
        shop.wait_for(&order, OrderState::Credited).await;
        shop.check_wallets().await;
    }

    /// Row 20: what can be read in two ways is refused, even where it is rightly signed.
    async fn row_20_a_name_that_stands_twice_is_refused(database: Database) {
        let shop = Shop::open_own(database).await;
        let (order, number) = shop.paid_in_silence(Wallet::Alipay).await;
        let letter = shop.letter(Wallet::Alipay, &number).await;
        for more in ["total_amount=18.00", "total_amount=1.00", "total%5Famount=18.00", "out_trade_no=P1", "sign=AAAA", "sign_type=RSA2"] {
            shop.is_refused(&letter.with_body(format!("{}&{more}", letter.text())), more).await;
            shop.is_refused(&letter.with_body(format!("{more}&{}", letter.text())), more).await;
        }
        shop.is_untouched(&order).await;
        shop.is_taken(&letter).await;
        shop.wait_for(&order, OrderState::Credited).await;

        let (order, number) = shop.paid_in_silence(Wallet::Wechat).await;
        let letter = shop.letter(Wallet::Wechat, &number).await;
        let value: Value = serde_json::from_str(letter.text()).expect("JSON");
        for name in ["event_type", "resource"] {
            let body = letter.text().replacen('{', &format!("{{\"{name}\":{},", value[name]), 1);
            let twice = shop.letter_with(Wallet::Wechat, &number, json!({ "body": body, "resign": true })).await;
            shop.is_refused(&twice, name).await;
        }
        let account = shop.account(Wallet::Wechat).await;
        let (mchid, appid) = (&account["settings"]["mch_id"], &account["settings"]["app_id"]);
        let inside = |more: &str| format!(
            r#"{{"mchid":{mchid},"appid":{appid},"out_trade_no":"{number}","trade_state":"SUCCESS","amount":{{"total":1800,"currency":"CNY"}}{more}}}"#
        );
        let mchid_twice = format!(r#","mchid":{mchid}"#);
        for more in [r#","amount":{"total":1,"currency":"CNY"}"#, r#","out_trade_no":"P1""#, &mchid_twice] {
            let twice = shop.letter_with(Wallet::Wechat, &number, json!({ "inside": inside(more) })).await;
            shop.is_refused(&twice, more).await;
        }
        shop.is_untouched(&order).await;
        shop.is_taken(&shop.letter_with(Wallet::Wechat, &number, json!({ "inside": inside("") })).await).await;
        shop.wait_for(&order, OrderState::Credited).await;
        shop.check_wallets().await;
    }
}

/// The notice with one bit flipped, at many places: all of the signature and of what stands beside it, and every
/// seventh byte of the body.
fn with_one_bit_flipped(wallet: Wallet, letter: &Letter) -> Vec<(Letter, String)> {
    let mut altered = Vec::new();
    let named = |name: &str| -> std::ops::Range<usize> {
        let from = letter.text().find(name).map(|at| at + name.len());
        let from = from.expect("the parameter");
        let rest = &letter.text()[from..];
        from..from + rest.find('&').unwrap_or(rest.len())
    };
    // Which algorithm the form names is not signed, and not asked.
    let (whole, unsigned) = match wallet {
        Wallet::Alipay => (named("&sign="), named("&sign_type=")),
        Wallet::Wechat => (0..0, 0..0),
    };
    let body = (0..letter.body.len()).filter(|at| at % 7 == 0 || whole.contains(at));
    for at in body.filter(|at| !unsigned.contains(at)) {
        altered.push((letter.with_bit_flipped(at), format!("byte {at}")));
    }
    let signed_headers = letter.headers.iter();
    for (name, value) in signed_headers.filter(|(name, _)| name.starts_with("wechatpay-")) {
        for at in 0..value.len() {
            let mut bytes = value.clone().into_bytes();
            bytes[at] ^= 1;
            let other = String::from_utf8(bytes).expect("ASCII stays ASCII");
            altered.push((letter.with_header(name, other), format!("{name} {at}")));
        }
    }
    assert!(altered.len() > 200);
    altered
}

/// How many probes the process counted.
async fn probes(shop: &Shop) -> u64 {
    let answer = shop.get("/metrics").send().await.expect("an answer");
    let figures = answer.text().await.expect("text");
    figures
        .lines()
        .filter(|line| line.starts_with("notices_total") && line.contains("\"probe\""))
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
        .sum()
}

fn md5_of(text: &str) -> String {
    let digest = Md5::digest(format!("{text}a-shared-key"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
