//! Keys that are replaced while money is on its way: the wallets', our own, and the vault's.

use contract::OrderState;
use rcgen::{KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::{Value, json};

use crate::{
    on_both_databases,
    support::{
        PRICE, Shop, Wallet,
        wallets::{MERCHANT, VAULT},
    },
};

/// A key that replaces the one of [`VAULT`].
const NEW_VAULT: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
const NEW_API_V3_KEY: &str = "another-api-v3-key-of-32-bytes!!";

on_both_databases! {
    /// Row 57: Alipay signs with another key. Both count while both are set up, and the old one no longer than that.
    async fn row_57_alipays_old_key_counts_until_it_is_taken_away(database: Database) {
        let shop = Shop::open_own(database).await;
        let wallet = Wallet::Alipay;
        let (first, first_number) = shop.paid_in_silence(wallet).await;
        let in_flight = shop.letter(wallet, &first_number).await;
        let (second, second_number) = shop.paid_in_silence(wallet).await;
        let too_late = shop.letter(wallet, &second_number).await;
        shop.control("alipay/keys", json!({ "rotate": true })).await;
        shop.is_refused(&shop.letter(wallet, &first_number).await, "a key that nobody set up").await;
        shop.is_untouched(&first).await;

        let mut account = shop.account(wallet).await;
        assert!(account["settings"]["alipay_public_key_before"].is_string());
        shop.put_merchant(wallet, MERCHANT, account.clone()).await;
        shop.is_taken(&in_flight).await;
        shop.wait_for(&first, OrderState::Credited).await;
        let (third, third_number) = shop.paid_in_silence(wallet).await;
        shop.is_taken(&shop.letter(wallet, &third_number).await).await;
        shop.wait_for(&third, OrderState::Credited).await;

        account["settings"].as_object_mut().expect("settings").remove("alipay_public_key_before");
        shop.put_merchant(wallet, MERCHANT, account).await;
        shop.is_refused(&too_late, "the key of before").await;
        shop.is_untouched(&second).await;
        shop.is_taken(&shop.letter(wallet, &second_number).await).await;
        shop.wait_for(&second, OrderState::Credited).await;
        shop.check_wallets().await;
    }

    /// Row 57: the API v3 key is reset while notices sealed with the one before it are on their way.
    async fn row_57_the_api_v3_key_before_counts_until_it_is_taken_away(database: Database) {
        let shop = Shop::open_own(database).await;
        let wallet = Wallet::Wechat;
        let before = shop.account(wallet).await["secrets"]["api_v3_key"].clone();
        let (first, first_number) = shop.paid_in_silence(wallet).await;
        let in_flight = shop.letter(wallet, &first_number).await;
        let (second, second_number) = shop.paid_in_silence(wallet).await;
        let too_late = shop.letter(wallet, &second_number).await;
        shop.control("wechat/keys", json!({ "api_v3_key": NEW_API_V3_KEY })).await;
        shop.is_refused(&shop.letter(wallet, &first_number).await, "a key that nobody set up").await;
        shop.is_untouched(&first).await;

        let mut account = shop.account(wallet).await;
        assert_eq!(account["secrets"]["api_v3_key"], NEW_API_V3_KEY);
        account["secrets"] = json!({ "api_v3_key": NEW_API_V3_KEY, "api_v3_key_before": before });
        shop.put_merchant(wallet, MERCHANT, account.clone()).await;
        shop.is_taken(&in_flight).await;
        shop.wait_for(&first, OrderState::Credited).await;
        let (third, third_number) = shop.paid_in_silence(wallet).await;
        shop.is_taken(&shop.letter(wallet, &third_number).await).await;
        shop.wait_for(&third, OrderState::Credited).await;

        account["secrets"] = json!({ "api_v3_key_before": null });
        shop.put_merchant(wallet, MERCHANT, account).await;
        shop.is_refused(&too_late, "the key of before").await;
        shop.is_untouched(&second).await;
        shop.is_taken(&shop.letter(wallet, &second_number).await).await;
        shop.wait_for(&second, OrderState::Credited).await;
        shop.check_wallets().await;
    }

    /// Row 57: our own key at the wallet. What was begun with one is paid and given back with the next.
    async fn row_57_our_own_key_is_replaced_between_payment_and_refund(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let (order, number) = shop.code_shown(wallet).await;
            let account = with_another_key(&shop, wallet).await;
            shop.put_merchant(wallet, MERCHANT, account).await;
            shop.buyer_pays(wallet, &number).await;
            shop.wait_for(&order, OrderState::Credited).await;
            let path = format!("/admin/orders/{}/refunds", order.id.as_str());
            assert_eq!(shop.admin("POST", &path, json!({ "amount_fen": PRICE })).await.0, 201);
            shop.wait_for(&order, OrderState::Refunded).await;
            assert_eq!(shop.given_back(wallet, &number).await, PRICE, "{wallet:?}");
            is_bought(&shop, wallet).await;
        }
        shop.check_wallets().await;
    }

    /// Row 57: the vault's key. While both are set up, what the old one sealed still opens, and whatever is written is
    /// sealed with the new one; then the old one can go. Before that the gateway does not start without it.
    async fn row_57_the_vaults_key_is_replaced(database: Database) {
        let shop = Shop::open_own(database).await;
        let (shop, refused) = shop.start_again(&[
            &|config| config.vault.keys = NEW_VAULT.into(),
            &|config| config.vault.keys = NEW_VAULT.replace("k2:", "k1:").as_str().into(),
            &|config| config.vault.keys = format!("{NEW_VAULT},{VAULT}").as_str().into(),
        ]).await;
        assert_eq!(refused.len(), 2, "{refused:?}");
        assert!(refused[0].contains("vault.keys has no key \"k1\""), "{refused:?}");
        assert!(refused[1].contains("sealed under \"k1\" does not open"), "{refused:?}");
        for text in &refused {
            assert!(text.contains("the merchant") && !text.contains("AgICAg") && !text.contains("PRIVATE"), "{text}");
        }
        for wallet in Wallet::BOTH {
            is_bought(&shop, wallet).await;
            let mut account = shop.account(wallet).await;
            account["secrets"] = json!({});
            let put = shop.put_merchant(wallet, MERCHANT, account).await;
            assert_eq!(put["sealed_by"], "k2", "{wallet:?}");
        }
        let (shop, refused) = shop.start_again(&[&|config| config.vault.keys = NEW_VAULT.into()]).await;
        assert_eq!(refused, Vec::<String>::new());
        for wallet in Wallet::BOTH {
            is_bought(&shop, wallet).await;
        }
        shop.check_wallets().await;
    }
}

async fn is_bought(shop: &Shop, wallet: Wallet) {
    let (order, number) = shop.code_shown(wallet).await;
    shop.buyer_pays(wallet, &number).await;
    shop.wait_for(&order, OrderState::Credited).await;
    assert_eq!(shop.recharged(&order).await, 1, "{wallet:?}");
}

/// The account with a key of ours that its wallet was told of; only what changes is among the secrets.
async fn with_another_key(shop: &Shop, wallet: Wallet) -> Value {
    let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).expect("a key");
    let mut account = shop.account(wallet).await;
    account["secrets"] = json!({ "private_key": pair.serialize_pem() });
    match wallet {
        Wallet::Alipay => {
            let registration = json!({ "app_public_key": pair.public_key_pem() });
            shop.control("alipay", registration).await;
        }
        Wallet::Wechat => {
            let serial = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
            let registration = json!({ "serial_no": serial, "public_key": pair.public_key_pem() });
            shop.control("wechat/merchant", registration).await;
            let settings = account["settings"].as_object_mut().expect("settings");
            settings.insert("serial_no".to_owned(), json!(serial));
            settings.remove("certificate");
        }
    }
    account
}
