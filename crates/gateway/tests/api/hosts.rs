//! Where one can pay: the storefront says beforehand what a payment would be refused for.

use contract::{ErrorCode, Host, Method, Storefront, Way, routes};
use serde_json::{Value, json};

use crate::{
    on_both_databases,
    support::{Shop, Wallet, shop::problem, wallets::MERCHANT},
};

const NEITHER: [(Host, Method); 2] = [
    (Host::MiniProgram, Method::Alipay),
    (Host::MiniProgram, Method::Wechat),
];

on_both_databases! {
    async fn the_storefront_knows_what_is_refused(database: Database) {
        let shop = Shop::open(database).await;
        assert_eq!(refused(&shop).await, NEITHER, "no page of a mini-program is set up");
        let (shop, _) = shop
            .start_again(&[&|config| config.payments.mini_program_path = Some("/pages/pay/pay".into())])
            .await;
        assert_eq!(refused(&shop).await, []);
    }

    async fn the_storefront_knows_it_of_our_own_merchants_too(database: Database) {
        let shop = Shop::open_own(database).await;
        assert_eq!(refused(&shop).await, NEITHER);
        // Without an official account nobody can find out who the buyer is to WeChat.
        let mut account = shop.account(Wallet::Wechat).await;
        for (part, name) in [("settings", "authorise_url"), ("settings", "oauth_base"), ("secrets", "app_secret")] {
            account[part][name] = Value::Null;
        }
        shop.put_merchant(Wallet::Wechat, MERCHANT, account).await;
        let [alipay, wechat] = NEITHER;
        assert_eq!(refused(&shop).await, [alipay, (Host::Wechat, Method::Wechat), wechat]);
    }
}

/// Where a payment is refused although such a host could pay, which must be what the storefront says.
async fn refused(shop: &Shop) -> Vec<(Host, Method)> {
    let storefront: Storefront = shop
        .get(routes::STOREFRONT)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("a storefront");
    let mut refused = Vec::new();
    for &method in &storefront.methods {
        for host in Host::ALL {
            let order = shop.order().await;
            let path = routes::order_payments(&order.id);
            let asked = shop.post(&path, &json!({ "method": method, "host": host }));
            let answer = asked.send().await.expect("an answer");
            let works = answer.status() == 200;
            if !works {
                assert_eq!(problem(answer).await.code, ErrorCode::MethodUnavailable);
            }
            let offered = matches!(storefront.way_to_pay(host, method), Way::Launch(_));
            assert_eq!(works, offered, "{method:?} in {host:?}");
            if !works && matches!(contract::way_to_pay(host, method), Way::Launch(_)) {
                refused.push((host, method));
            }
        }
    }
    refused
}
