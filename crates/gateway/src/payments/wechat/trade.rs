//! Payments: `/v3/pay/transactions/…`.
//!
//! Sources: pay.weixin.qq.com/doc/v3/merchant/ 4012791856 (JSAPI), 4012791834 (H5), 4012791877 (native), 4012791858
//! (query), 4012791860 (close).

use contract::{Fen, Launch, LaunchKind, Timestamp};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use url::Url;

use super::{
    WechatPay,
    words::{at_most, china_time},
};
use crate::{
    clock::now,
    payments::channel::{Answer, ChannelError, Closing, NewPayment, Receipt, Refusal},
};

/// WeChat reads a native code for so long, in milliseconds, whatever the payment's own end.
const CODE_LIVES_MS: i64 = 2 * 3_600_000;
/// Bytes of a description.
const LONGEST_TITLE: usize = 127;

/// What a new payment answers; each kind has one of these.
#[derive(Deserialize)]
struct Created {
    prepay_id: Option<String>,
    h5_url: Option<String>,
    code_url: Option<String>,
}

/// A payment, as a query and a notice tell it.
#[derive(Deserialize)]
pub(super) struct Trade {
    pub(super) appid: String,
    pub(super) mchid: String,
    pub(super) out_trade_no: String,
    transaction_id: Option<String>,
    trade_state: String,
    success_time: Option<String>,
    amount: Option<Amount>,
}

#[derive(Deserialize)]
struct Amount {
    /// Fen, kept as it was written.
    total: Box<RawValue>,
    currency: Option<String>,
}

impl Amount {
    /// The exact amount, where it is one.
    fn fen(&self) -> Option<Fen> {
        self.total.get().parse().ok().map(Fen)
    }
}

impl Trade {
    /// The money that came, where it tells that it came.
    pub(super) fn received(&self) -> Option<Fen> {
        let amount = self.amount.as_ref()?;
        let is_yuan = amount.currency.as_deref().is_none_or(|it| it == "CNY");
        amount
            .fen()
            .filter(|_| self.trade_state == "SUCCESS" && is_yuan)
    }
}

pub(super) async fn create(
    wechat: &WechatPay,
    payment: &NewPayment,
) -> Result<Launch, ChannelError> {
    let (kind, order) = order(wechat, payment)?;
    let target = format!("/v3/pay/transactions/{kind}");
    let answer = wechat
        .client
        .call(Method::POST, &target, Some(&order))
        .await?;
    if answer.code().as_deref() == Some("OUT_TRADE_NO_USED") {
        // The number stands there for another launch or another buyer. It is closed, so that it cannot be paid beside
        // the one that follows.
        return Err(match close(wechat, &payment.out_trade_no).await? {
            Closing::Closed => answer.no_value(),
            Closing::AlreadyPaid | Closing::CannotClose | Closing::Unlisted(_) => {
                ChannelError::Unknown("the number is in use".to_owned())
            }
        });
    }
    let created: Created = answer.value()?;
    launch(wechat, payment, created)
        .ok_or_else(|| ChannelError::Unknown("its answer has no launch".to_owned()))
}

/// The kind of a payment, as addresses name it, and the body that asks for it.
fn order(wechat: &WechatPay, payment: &NewPayment) -> Result<(&'static str, Value), ChannelError> {
    let needs = |what: &str| ChannelError::Refused(Refusal::Other, format!("it needs {what}"));
    let mut order = json!({
        "appid": wechat.app_id,
        "mchid": wechat.mch_id,
        "description": at_most(&payment.title, LONGEST_TITLE),
        "out_trade_no": payment.out_trade_no,
        "time_expire": china_time(payment.expires_at),
        "notify_url": payment.notify_url,
        "amount": { "total": payment.amount.0, "currency": "CNY" },
    });
    let kind = match payment.launch {
        LaunchKind::WechatJsapi => {
            let openid = payment
                .payer
                .as_deref()
                .ok_or_else(|| needs("the buyer's openid"))?;
            order["payer"] = json!({ "openid": openid });
            "jsapi"
        }
        LaunchKind::Redirect => {
            let ip = payment
                .client_ip
                .ok_or_else(|| needs("the buyer's address"))?;
            order["scene_info"] =
                json!({ "payer_client_ip": ip.to_canonical(), "h5_info": { "type": "Wap" } });
            "h5"
        }
        LaunchKind::Qr => "native",
        _ => return Err(needs("another launch")),
    };
    Ok((kind, order))
}

fn launch(wechat: &WechatPay, payment: &NewPayment, created: Created) -> Option<Launch> {
    match payment.launch {
        LaunchKind::WechatJsapi => {
            let prepay_id = created.prepay_id?;
            Some(wechat.client.signer().bridge(&wechat.app_id, &prepay_id))
        }
        LaunchKind::Redirect => {
            let mut url = Url::parse(&created.h5_url?).ok()?;
            if !matches!(url.scheme(), "https" | "http") {
                return None;
            }
            url.query_pairs_mut()
                .append_pair("redirect_url", &payment.return_url);
            Some(Launch::Redirect { url: url.into() })
        }
        LaunchKind::Qr => Some(Launch::Qr {
            content: created.code_url?,
            expires_at: payment.expires_at.min(now().plus_ms(CODE_LIVES_MS)),
        }),
        _ => None,
    }
}

pub(super) async fn query(wechat: &WechatPay, number: &str) -> Result<Answer, ChannelError> {
    let target = format!(
        "/v3/pay/transactions/out-trade-no/{number}?mchid={}",
        wechat.mch_id
    );
    let answer = wechat.client.call(Method::GET, &target, None).await?;
    if matches!(
        answer.code().as_deref(),
        Some("ORDER_NOT_EXIST" | "ORDERNOTEXIST")
    ) {
        return Ok(Answer::NotFound);
    }
    match answer.value() {
        Ok(trade) => stands(wechat, number, trade),
        // A refusal to tell is no verdict on the payment.
        Err(ChannelError::Refused(_, said)) => Err(ChannelError::Unknown(said)),
        Err(error) => Err(error),
    }
}

fn stands(wechat: &WechatPay, number: &str, trade: Trade) -> Result<Answer, ChannelError> {
    if trade.mchid != wechat.mch_id {
        return Ok(Answer::Contradiction("merchant_differs"));
    }
    if trade.appid != wechat.app_id {
        return Ok(Answer::Contradiction("app_differs"));
    }
    if trade.out_trade_no != number {
        return Ok(Answer::Contradiction("number_differs"));
    }
    match trade.trade_state.as_str() {
        "NOTPAY" | "USERPAYING" | "ACCEPT" => Ok(Answer::Waiting),
        "CLOSED" | "REVOKED" | "PAYERROR" => Ok(Answer::Closed),
        // A refunded payment was paid: what became of the money is told by its refunds.
        "SUCCESS" | "REFUND" => {
            let Some(amount) = trade.amount else {
                return Ok(Answer::Contradiction("amount_missing"));
            };
            let Some(received) = amount.fen() else {
                return Ok(Answer::Contradiction("amount_unreadable"));
            };
            if amount.currency.is_some_and(|currency| currency != "CNY") {
                return Ok(Answer::Contradiction("currency_differs"));
            }
            Ok(Answer::Paid(Receipt {
                amount: received,
                transaction_id: trade.transaction_id,
                paid_at: trade.success_time.as_deref().and_then(Timestamp::parse),
                delivery: None,
                given_back: trade.trade_state == "REFUND",
            }))
        }
        _ => Ok(Answer::Unlisted(trade.trade_state)),
    }
}

pub(super) async fn close(wechat: &WechatPay, number: &str) -> Result<Closing, ChannelError> {
    let target = format!("/v3/pay/transactions/out-trade-no/{number}/close");
    let body = json!({ "mchid": wechat.mch_id });
    let answer = wechat
        .client
        .call(Method::POST, &target, Some(&body))
        .await?;
    if answer.is_done() {
        return Ok(Closing::Closed);
    }
    match answer.code().as_deref() {
        Some("ORDER_CLOSED" | "ORDERCLOSED" | "TRADE_CLOSED") => Ok(Closing::Closed),
        Some("ORDERPAID" | "ORDER_PAID") => Ok(Closing::AlreadyPaid),
        // It knows no such payment yet, and a sending that is under way could still make it.
        Some("ORDER_NOT_EXIST" | "ORDERNOTEXIST") => Ok(Closing::CannotClose),
        _ => Err(answer.no_value()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::wechat::samples;

    fn trade(changes: Value) -> Trade {
        let mut trade = json!({
            "appid": "wx0001", "mchid": "1900000001", "out_trade_no": "P1",
            "transaction_id": "4200001", "trade_state": "SUCCESS",
            "success_time": "2026-11-21T18:32:35+08:00",
            "amount": { "total": 1800, "payer_total": 1800, "currency": "CNY", "payer_currency": "CNY" },
        });
        for (name, value) in changes.as_object().expect("an object") {
            trade[name] = value.clone();
        }
        serde_json::from_value(trade).expect("a trade")
    }

    #[test]
    fn every_state_has_a_meaning() {
        let wechat = samples::wechat();
        let check = |state: &str, expected: &str| {
            let answer = stands(&wechat, "P1", trade(json!({ "trade_state": state })));
            let word = match answer {
                Ok(Answer::Paid(_)) => "paid",
                Ok(Answer::Waiting) => "waiting",
                Ok(Answer::Closed) => "closed",
                Ok(Answer::Unlisted(_)) => "unlisted",
                Ok(_) => "other",
                Err(_) => "unknown",
            };
            assert_eq!(word, expected, "{state}");
        };
        check("SUCCESS", "paid");
        check("REFUND", "paid");
        check("NOTPAY", "waiting");
        check("USERPAYING", "waiting");
        check("ACCEPT", "waiting");
        check("CLOSED", "closed");
        check("REVOKED", "closed");
        check("PAYERROR", "closed");
        check("success", "unlisted");
        check("PARTIAL_REFUND", "unlisted");
        check("", "unlisted");
    }

    #[test]
    fn money_for_something_else_is_a_contradiction() {
        let wechat = samples::wechat();
        let check = |changes: Value, expected: &'static str| {
            assert_eq!(
                stands(&wechat, "P1", trade(changes)),
                Ok(Answer::Contradiction(expected))
            );
        };
        check(json!({ "mchid": "1900000002" }), "merchant_differs");
        check(json!({ "appid": "wx0002" }), "app_differs");
        check(json!({ "out_trade_no": "P2" }), "number_differs");
        check(json!({ "amount": null }), "amount_missing");
        for total in [json!("1800"), json!(1800.5), json!(1e2), json!(null)] {
            let amount = json!({ "total": total, "currency": "CNY" });
            check(json!({ "amount": amount }), "amount_unreadable");
        }
        check(
            json!({ "amount": { "total": 1800, "currency": "USD" } }),
            "currency_differs",
        );
        assert_eq!(
            stands(&wechat, "P1", trade(json!({}))),
            Ok(Answer::Paid(Receipt {
                amount: Fen(1800),
                transaction_id: Some("4200001".to_owned()),
                paid_at: Timestamp::parse("2026-11-21T10:32:35Z"),
                delivery: None,
                given_back: false,
            }))
        );
    }

    #[test]
    fn an_amount_is_a_whole_number_once() {
        for text in [
            "1e2",
            "18.0",
            "\"1800\"",
            "１８",
            "99999999999999999999",
            "true",
        ] {
            let amount = format!("{{\"total\":{text},\"currency\":\"CNY\"}}");
            let read = serde_json::from_str::<Amount>(&amount);
            assert_eq!(read.ok().and_then(|amount| amount.fen()), None, "{text}");
        }
        let twice = "{\"total\":1,\"total\":1800}";
        assert!(serde_json::from_str::<Amount>(twice).is_err());
    }

    #[test]
    fn each_launch_asks_with_what_it_needs() {
        let wechat = samples::wechat();
        let payment = samples::payment(LaunchKind::WechatJsapi);
        let (kind, body) = order(&wechat, &payment).expect("an order");
        assert_eq!((kind, &body["payer"]["openid"]), ("jsapi", &json!("o-1")));
        assert_eq!(body["time_expire"], "2026-11-21T18:32:35+08:00");
        assert_eq!(body["amount"], json!({ "total": 1800, "currency": "CNY" }));

        let (kind, body) =
            order(&wechat, &samples::payment(LaunchKind::Redirect)).expect("an order");
        assert_eq!(
            (kind, &body["scene_info"]["payer_client_ip"]),
            ("h5", &json!("203.0.113.9"))
        );
        assert_eq!(body["scene_info"]["h5_info"]["type"], "Wap");
        assert_eq!(
            order(&wechat, &samples::payment(LaunchKind::Qr))
                .expect("an order")
                .0,
            "native"
        );

        let nobody = NewPayment {
            payer: None,
            client_ip: None,
            ..payment
        };
        for launch in [
            LaunchKind::WechatJsapi,
            LaunchKind::Redirect,
            LaunchKind::AlipayTrade,
        ] {
            let refused = order(
                &wechat,
                &NewPayment {
                    launch,
                    ..nobody.clone()
                },
            );
            assert!(
                matches!(refused, Err(ChannelError::Refused(..))),
                "{launch:?}"
            );
        }
    }

    #[test]
    fn the_cashier_is_told_the_way_back() {
        let created = Created {
            prepay_id: None,
            h5_url: Some("https://wx.example/checkmweb?prepay_id=wx1&package=2".to_owned()),
            code_url: None,
        };
        let payment = samples::payment(LaunchKind::Redirect);
        assert_eq!(
            launch(&samples::wechat(), &payment, created),
            Some(Launch::Redirect {
                url: "https://wx.example/checkmweb?prepay_id=wx1&package=2\
                      &redirect_url=https%3A%2F%2Fshop.example%2Forders%2F1%3Fa%3D1"
                    .to_owned()
            })
        );
    }
}
