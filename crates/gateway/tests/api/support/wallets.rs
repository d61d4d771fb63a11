//! A shop whose money is taken by merchants of its own, and what buyers do at their wallets.

use contract::{Launch, Order, Payment, routes};
use serde_json::{Value, json};

use super::{Database, Settings, Shop};

/// The operator's token in tests.
pub(crate) const ADMIN: &str = "an-operators-token-of-enough-length";
/// The key that seals the merchants' secrets in tests.
pub(crate) const VAULT: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
/// The merchants' name.
pub(crate) const MERCHANT: &str = "main";

/// A wallet of the buyer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wallet {
    Alipay,
    Wechat,
}

impl Wallet {
    pub(crate) const BOTH: [Wallet; 2] = [Wallet::Alipay, Wallet::Wechat];

    /// Its name as a channel and as a method.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Wallet::Alipay => "alipay",
            Wallet::Wechat => "wechat",
        }
    }

    /// What the sandbox counts a call under, for faults too: `pay` (a code), `query`, `close` or `refund`.
    pub(crate) fn route(self, call: &str) -> &'static str {
        match (self, call) {
            (Wallet::Alipay, "pay") => "alipay.trade.precreate",
            (Wallet::Alipay, "query") => "alipay.trade.query",
            (Wallet::Alipay, "close") => "alipay.trade.close",
            (Wallet::Alipay, "refund") => "alipay.trade.refund",
            (Wallet::Wechat, "pay") => "POST /v3/pay/transactions/native",
            (Wallet::Wechat, "query") => "GET /v3/pay/transactions/out-trade-no/{out_trade_no}",
            (Wallet::Wechat, "close") => {
                "POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close"
            }
            (Wallet::Wechat, "refund") => "POST /v3/refund/domestic/refunds",
            _ => panic!("no such call: {call}"),
        }
    }
}

impl Shop {
    /// Opens a shop with one merchant at each wallet.
    pub(crate) async fn open_own(database: Database) -> Shop {
        Shop::open_own_with(database, Settings::default()).await
    }

    /// The same with other settings.
    pub(crate) async fn open_own_with(database: Database, settings: Settings) -> Shop {
        let shop = Shop::open_with(
            database,
            Settings {
                own: true,
                ..settings
            },
        )
        .await;
        for wallet in Wallet::BOTH {
            let account = shop.account(wallet).await;
            shop.put_merchant(wallet, MERCHANT, account).await;
        }
        shop
    }

    /// What the wallet hands out to whoever opens an account there.
    pub(crate) async fn account(&self, wallet: Wallet) -> Value {
        self.control(&format!("{}/account", wallet.name()), json!({}))
            .await
    }

    /// Sets a merchant up.
    pub(crate) async fn put_merchant(&self, wallet: Wallet, name: &str, account: Value) -> Value {
        let mut body = account;
        body["enabled"] = json!(true);
        let answer = self
            .admin(
                "PUT",
                &format!("/admin/merchants/{}/{name}", wallet.name()),
                body,
            )
            .await;
        assert_eq!(answer.0, 200, "{}", answer.1);
        answer.1
    }

    /// Asks the operator's interface.
    pub(crate) async fn admin(&self, verb: &str, path: &str, body: Value) -> (u16, Value) {
        self.admin_with_key(verb, path, body, &gateway::random::effect_number('k'))
            .await
    }

    /// The same under an `Idempotency-Key` of the test's own.
    pub(crate) async fn admin_with_key(
        &self,
        verb: &str,
        path: &str,
        body: Value,
        key: &str,
    ) -> (u16, Value) {
        let verb = verb.parse().expect("a verb");
        let mut request = reqwest::Client::new()
            .request(verb, format!("{}{path}", self.base))
            .bearer_auth(ADMIN)
            .header(routes::IDEMPOTENCY_KEY, key);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    /// An order as the operator sees it.
    pub(crate) async fn operator_view(&self, order: &Order) -> Value {
        self.admin(
            "GET",
            &format!("/admin/orders/{}", order.id.as_str()),
            Value::Null,
        )
        .await
        .1
    }

    /// Asks for a payment and gives the answer.
    pub(crate) async fn launch(&self, order: &Order, wallet: Wallet, host: &str) -> Launch {
        let body = json!({ "method": wallet.name(), "host": host });
        let answer = self
            .post(&routes::order_payments(&order.id), &body)
            .send()
            .await;
        let answer = answer.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        assert_eq!(status, 200, "{text}");
        let payment: Payment = serde_json::from_str(&text).expect("a payment");
        payment.launch.expect("a launch")
    }

    /// An order whose code the buyer has on the screen, and the payment's number.
    pub(crate) async fn code_shown(&self, wallet: Wallet) -> (Order, String) {
        let order = self.order().await;
        let number = self.pay_with(&order, wallet.name(), "desktop").await;
        (order, number)
    }

    /// The buyer pays.
    pub(crate) async fn buyer_pays(&self, wallet: Wallet, out_trade_no: &str) {
        self.buyer_pays_with(wallet, out_trade_no, json!({})).await;
    }

    /// The buyer pays, with more words for the sandbox.
    pub(crate) async fn buyer_pays_with(&self, wallet: Wallet, out_trade_no: &str, more: Value) {
        let mut order = more;
        order["out_trade_no"] = json!(out_trade_no);
        self.control(&format!("{}/pay", wallet.name()), order).await;
    }

    /// How often the card platform credited an order's recharge.
    pub(crate) async fn recharged(&self, order: &Order) -> i64 {
        let ledger = self.ledger().await;
        let recharges = ledger["recharges"].as_array().expect("recharges");
        recharges
            .iter()
            .filter(|recharge| is_of(recharge, &order.number))
            .map(|recharge| recharge["credits"].as_i64().expect("a count"))
            .sum()
    }

    /// What the wallet gave back of a payment, in fen.
    pub(crate) async fn given_back(&self, wallet: Wallet, out_trade_no: &str) -> i64 {
        let ledger = self.ledger().await;
        match wallet {
            Wallet::Alipay => find(&ledger["alipay"]["trades"], "out_trade_no", out_trade_no)
                .map_or(0, |trade| trade["refunded_fen"].as_i64().expect("fen")),
            Wallet::Wechat => ledger["wechat"]["refunds"]
                .as_array()
                .expect("refunds")
                .iter()
                .filter(|refund| {
                    refund["out_trade_no"] == out_trade_no && refund["status"] == "SUCCESS"
                })
                .map(|refund| refund["refund"].as_i64().expect("fen"))
                .sum(),
        }
    }

    /// Waits until the wallet gave so much back of a payment.
    pub(crate) async fn wait_given_back(&self, wallet: Wallet, out_trade_no: &str, fen: i64) {
        let begun = std::time::Instant::now();
        while self.given_back(wallet, out_trade_no).await != fen {
            assert!(begun.elapsed() < super::shop::patience(), "{out_trade_no}");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// What must hold after every test of own wallets, from both sides' books: what a wallet counts as paid is succeeded
    /// here, no order was credited twice, nothing was credited without money, and no more went back than came.
    pub(crate) async fn check_wallets(&self) {
        let ledger = self.ledger().await;
        let pool = self.gateway.app().db.pool();
        let rows: Vec<(String, String, i64, i64, String, String, i64)> = sqlx::query_as(
            "select p.out_trade_no, p.state, p.amount_fen, p.refunding_fen, o.number, o.state,
                 case when o.held_reason is null then 0 else 1 end
             from payments p join orders o on o.id = p.order_id where p.channel <> 'platform'",
        )
        .fetch_all(pool)
        .await
        .expect("the payments can be read");
        for (number, state, amount, refunding, _, _, held) in &rows {
            let trade = find(&ledger["alipay"]["trades"], "out_trade_no", number);
            let payment = find(&ledger["wechat"]["payments"], "out_trade_no", number);
            let paid = trade.is_some_and(|trade| trade["paid"] == true)
                || payment.is_some_and(|payment| {
                    matches!(payment["trade_state"].as_str(), Some("SUCCESS" | "REFUND"))
                });
            // What contradicts the order is a person's to decide.
            assert!(
                paid == (state == "succeeded") || (paid && *held == 1),
                "{number} is {state} here: {trade:?} {payment:?}"
            );
            assert!(
                refunding <= amount,
                "{number}: {refunding} of {amount} went back"
            );
        }
        for recharge in ledger["recharges"].as_array().expect("recharges") {
            assert!(recharge["credits"].as_i64() <= Some(1), "{recharge}");
            let paid = rows.iter().any(|(_, state, _, _, order, _, _)| {
                state == "succeeded" && is_of(recharge, order)
            });
            assert!(paid, "{recharge} without money");
        }
        for (number, state, _, refunding, order, order_state, _) in &rows {
            let credited = ledger["recharges"]
                .as_array()
                .expect("recharges")
                .iter()
                .any(|recharge| is_of(recharge, order) && recharge["credits"] == 1);
            assert!(
                order_state != "credited" || credited,
                "{order} is credited here, and not at the platform"
            );
            assert!(
                !(credited && order_state == "refunded") || *refunding > 0,
                "{number} {state}"
            );
        }
    }
}

/// Whether a recharge is of the order with this number: it may have one that begins with it, where an operator began anew.
fn is_of(recharge: &Value, order: &str) -> bool {
    let number = recharge["outRechargeNo"].as_str().unwrap_or_default();
    number
        .strip_prefix(order)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('N'))
}

fn find<'a>(rows: &'a Value, key: &str, value: &str) -> Option<&'a Value> {
    rows.as_array()?.iter().find(|row| row[key] == value)
}
