//! Money that comes when nobody waits for it any more.

use contract::{OrderState, routes};
use serde_json::json;

use crate::{
    on_both_databases,
    support::{PACKAGE, PRICE, Settings, Shop, Wallet},
};

on_both_databases! {
    /// Row 17: the order ran out, and the package is still sold at that price: it is recharged.
    async fn row_17_late_money_is_recharged_while_the_price_holds(database: Database) {
        let shop = Shop::open_own_with(database, Settings { lifetime: 3, ..Settings::default() }).await;
        for wallet in Wallet::BOTH {
            let (order, number) = shop.code_shown(wallet).await;
            shop.wait_for(&order, OrderState::Expired).await;
            shop.buyer_pays_with(wallet, &number, json!({ "force": true })).await;
            shop.wait_for(&order, OrderState::Credited).await;
            assert_eq!(shop.recharged(&order).await, 1, "{wallet:?}");
        }
        shop.check_wallets().await;
    }

    /// Row 17: the order ran out, and the package costs more now: the money goes back.
    async fn row_17_late_money_goes_back_when_the_price_is_another(database: Database) {
        let shop = Shop::open_own_with(database, Settings { lifetime: 3, ..Settings::default() }).await;
        let mut orders = Vec::new();
        for wallet in Wallet::BOTH {
            orders.push((wallet, shop.code_shown(wallet).await));
        }
        shop.control("price", json!({ "productId": PACKAGE, "price": "19.00" })).await;
        for (wallet, (order, number)) in orders {
            shop.wait_for(&order, OrderState::Expired).await;
            shop.buyer_pays_with(wallet, &number, json!({ "force": true })).await;
            shop.wait_for(&order, OrderState::Refunded).await;
            assert_eq!(shop.given_back(wallet, &number).await, PRICE, "{wallet:?}");
            assert_eq!(shop.recharged(&order).await, 0, "{wallet:?}");
        }
        shop.check_wallets().await;
    }

    /// Row 17: the buyer had cancelled: the money goes back, whatever is sold.
    async fn row_17_money_for_a_cancelled_order_goes_back(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let (order, number) = shop.code_shown(wallet).await;
            let answer = shop.post(&routes::order_cancel(&order.id), &json!({})).send().await.expect("an answer");
            assert_eq!(answer.status(), 200);
            shop.buyer_pays_with(wallet, &number, json!({ "force": true })).await;
            shop.wait_for(&order, OrderState::Refunded).await;
            assert_eq!(shop.given_back(wallet, &number).await, PRICE, "{wallet:?}");
            assert_eq!(shop.recharged(&order).await, 0, "{wallet:?}");
        }
        shop.check_wallets().await;
    }

    /// Row 18: the buyer pays and cancels; the wallet's word decides.
    async fn row_18_a_paid_order_is_not_cancelled(database: Database) {
        let shop = Shop::open_own(database).await;
        for wallet in Wallet::BOTH {
            let (order, number) = shop.code_shown(wallet).await;
            shop.buyer_pays_with(wallet, &number, json!({ "lose_notice": true })).await;
            let answer = shop.post(&routes::order_cancel(&order.id), &json!({})).send().await.expect("an answer");
            assert_eq!(answer.status(), 409, "{wallet:?}");
            shop.wait_for(&order, OrderState::Credited).await;
        }
        shop.check_wallets().await;
    }

    /// Row 18: a close whose answer is lost is no close.
    async fn row_18_a_close_without_an_answer_cancels_nothing(database: Database) {
        let shop = Shop::open_own(database).await;
        let wallet = Wallet::Wechat;
        let (order, number) = shop.code_shown(wallet).await;
        shop.control("faults", json!({ "route": wallet.route("close"), "kind": "http_500", "times": 0 })).await;
        let answer = shop.post(&routes::order_cancel(&order.id), &json!({})).send().await.expect("an answer");
        assert_eq!(answer.status(), 503);
        shop.control("faults/clear", json!({})).await;
        shop.buyer_pays(wallet, &number).await;
        shop.wait_for(&order, OrderState::Credited).await;
    }
}
