//! Notices as the wallets draw them up, for tests to alter and to post.

use std::collections::BTreeMap;

use contract::{Order, OrderState};
use serde_json::{Value, json};

use super::{Shop, Wallet, wallets::MERCHANT};

/// A notice that was not sent yet.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    wallet: Wallet,
    /// Under lower-case names.
    pub(crate) headers: BTreeMap<String, String>,
    /// Byte by byte.
    pub(crate) body: Vec<u8>,
}

impl Letter {
    /// The same with one bit of a byte of the body flipped.
    pub(crate) fn with_bit_flipped(&self, at: usize) -> Letter {
        let mut altered = self.clone();
        altered.body[at] ^= 1;
        altered
    }

    /// The same with another header.
    pub(crate) fn with_header(&self, name: &str, value: impl Into<String>) -> Letter {
        let mut altered = self.clone();
        altered.headers.insert(name.to_owned(), value.into());
        altered
    }

    /// The same with another body.
    pub(crate) fn with_body(&self, body: impl Into<Vec<u8>>) -> Letter {
        Letter {
            body: body.into(),
            ..self.clone()
        }
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("an unaltered body is text")
    }
}

impl Shop {
    /// The notice of a payment as it stands at its wallet.
    pub(crate) async fn letter(&self, wallet: Wallet, out_trade_no: &str) -> Letter {
        self.letter_with(wallet, out_trade_no, json!({})).await
    }

    /// The same, altered before it is signed: `change` in the sandbox's words.
    pub(crate) async fn letter_with(
        &self,
        wallet: Wallet,
        out_trade_no: &str,
        change: Value,
    ) -> Letter {
        let mut wanted = change;
        wanted["out_trade_no"] = json!(out_trade_no);
        self.drawn_up(wallet, wanted).await
    }

    /// The notice of a refund.
    pub(crate) async fn refund_letter(
        &self,
        wallet: Wallet,
        out_trade_no: &str,
        out_refund_no: &str,
    ) -> Letter {
        let wanted = match wallet {
            Wallet::Alipay => {
                json!({ "out_trade_no": out_trade_no, "out_request_no": out_refund_no })
            }
            Wallet::Wechat => json!({ "out_refund_no": out_refund_no }),
        };
        self.drawn_up(wallet, wanted).await
    }

    async fn drawn_up(&self, wallet: Wallet, wanted: Value) -> Letter {
        let drawn = self
            .control(&format!("{}/notice", wallet.name()), wanted)
            .await;
        assert_eq!(drawn["url"], self.notify_address(wallet, MERCHANT));
        let headers = serde_json::from_value(drawn["headers"].clone()).expect("headers");
        let body = drawn["body"].as_str().expect("a body").into();
        Letter {
            wallet,
            headers,
            body,
        }
    }

    /// A genuine notice that says other things than are so: fields of Alipay's form, or of what WeChat Pay seals.
    pub(crate) async fn letter_that_says(
        &self,
        wallet: Wallet,
        out_trade_no: &str,
        fields: Value,
    ) -> Letter {
        let change = match wallet {
            Wallet::Alipay => json!({ "fields": fields, "resign": true }),
            Wallet::Wechat => json!({ "inside": fields }),
        };
        self.letter_with(wallet, out_trade_no, change).await
    }

    /// Posts a notice; gives the status and the body of the answer.
    pub(crate) async fn deliver(&self, letter: &Letter) -> (u16, String) {
        self.deliver_to(MERCHANT, letter).await
    }

    /// The same to a merchant's address.
    pub(crate) async fn deliver_to(&self, merchant: &str, letter: &Letter) -> (u16, String) {
        let address = self.notify_address(letter.wallet, merchant);
        let mut request = self.http.post(address).body(letter.body.clone());
        for (name, value) in &letter.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.text().await.expect("a body"))
    }

    /// Posts a notice that has to be taken in, and is told so in the wallet's own way.
    pub(crate) async fn is_taken(&self, letter: &Letter) {
        let expected = match letter.wallet {
            Wallet::Alipay => "success",
            Wallet::Wechat => "",
        };
        let (status, body) = self.deliver(letter).await;
        assert_eq!((status, body.as_str()), (200, expected), "{letter:?}");
    }

    /// Posts a notice that has to be refused.
    pub(crate) async fn is_refused(&self, letter: &Letter, why: &str) {
        let (status, body) = self.deliver(letter).await;
        assert_eq!(
            (status, body.as_str()),
            (400, "fail"),
            "{why}: {}",
            String::from_utf8_lossy(&letter.body)
        );
    }

    fn notify_address(&self, wallet: Wallet, merchant: &str) -> String {
        format!("{}/notify/{}/{merchant}", self.base, wallet.name())
    }

    /// An order whose code the buyer has on the screen, and which only a notice can move: nobody asks the wallet by
    /// itself.
    pub(crate) async fn code_shown_in_silence(&self, wallet: Wallet) -> (Order, String) {
        let (order, number) = self.code_shown(wallet).await;
        self.ask_no_more(&number).await;
        (order, number)
    }

    /// Takes a payment away from the job that asks for silent ones.
    pub(crate) async fn ask_no_more(&self, out_trade_no: &str) {
        sqlx::query("update payments set next_ask_at = null where out_trade_no = $1")
            .bind(out_trade_no)
            .execute(self.gateway.app().db.pool())
            .await
            .expect("the payment can be written");
    }

    /// The same, paid. The wallet's own notices are lost.
    pub(crate) async fn paid_in_silence(&self, wallet: Wallet) -> (Order, String) {
        let (order, number) = self.code_shown_in_silence(wallet).await;
        self.buyer_pays_with(wallet, &number, json!({ "lose_notice": true }))
            .await;
        (order, number)
    }

    /// That nothing has moved an order which was paid in silence.
    pub(crate) async fn is_untouched(&self, order: &Order) {
        let now = self.show(order).await;
        assert_eq!((now.state, now.held), (OrderState::Paying, false));
        assert_eq!(self.recharged(order).await, 0);
    }

    /// How often a wallet was asked how a payment stands.
    pub(crate) async fn calls(&self, route: &str) -> i64 {
        self.ledger().await["calls"][route].as_i64().unwrap_or(0)
    }
}
