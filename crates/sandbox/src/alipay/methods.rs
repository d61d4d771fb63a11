//! What each method does.

use reqwest::Url;
use serde_json::{Map, Value, json};

use super::{
    Alipay, Shared,
    forms::Parameters,
    oauth::{self, BUYER},
    trades::{HAS_SUCCESS, NOT_EXIST, Product, Refusal, Stage, Trade},
};
use crate::{
    clock::Moment,
    money::{Fen, yuan},
    notices::Tally,
    random,
};

/// What a method answers.
pub(super) enum Outcome {
    /// The members of a good answer.
    Done(Value),
    /// The members of a good answer that has no code.
    Bare(Value),
    /// A business error.
    Refused(Refusal),
    /// The request itself is wrong: the error stands in place of the answer.
    Wrong(Refusal),
    /// The buyer goes to this page.
    Page(String),
}

const INVALID: Refusal = Refusal("ACQ.INVALID_PARAMETER", "参数无效");
/// Where no expiry is asked for.
const USUAL_DAYS: i64 = 15;

pub(super) fn call(
    stage: &Shared,
    method: &str,
    parameters: &Parameters,
    content: &Value,
) -> Outcome {
    let base = &stage.world.public_url;
    let alipay = &mut *stage.lock();
    let done = match method {
        "alipay.trade.wap.pay" => {
            return page(base, alipay, parameters, content, Product::Wap);
        }
        "alipay.trade.page.pay" => {
            return page(base, alipay, parameters, content, Product::Page);
        }
        "alipay.trade.precreate" => precreate(base, alipay, parameters, content),
        "alipay.trade.create" => create(alipay, parameters, content),
        "alipay.trade.query" => query(alipay, content),
        "alipay.trade.close" => close(alipay, content),
        "alipay.trade.cancel" => cancel(alipay, content),
        "alipay.trade.refund" => refund(alipay, content),
        "alipay.system.oauth.token" => {
            return match oauth::exchange(alipay, parameters) {
                Ok(node) => Outcome::Bare(node),
                Err(refusal) => Outcome::Wrong(refusal),
            };
        }
        _ => refund_query(alipay, content),
    };
    match done {
        Ok(node) => Outcome::Done(node),
        Err(refusal) => Outcome::Refused(refusal),
    }
}

type Done = Result<Value, Refusal>;

fn page(
    base: &str,
    alipay: &mut Alipay,
    parameters: &Parameters,
    content: &Value,
    product: Product,
) -> Outcome {
    let code = match product {
        Product::Wap => ["QUICK_WAP_WAY", "QUICK_WAP_PAY"].as_slice(),
        _ => &["FAST_INSTANT_TRADE_PAY"],
    };
    if !code.contains(&text(content, "product_code").unwrap_or_default()) {
        return Outcome::Refused(INVALID);
    }
    let offered = asked(parameters, content, product).and_then(|trade| {
        let is_known = alipay.find(&trade.out_trade_no).is_some();
        match alipay.offer(trade) {
            // A paid trade's page says so, and leads back to the shop.
            Err(HAS_SUCCESS) if is_known => Ok(text(content, "out_trade_no")
                .and_then(|number| alipay.find(number))
                .map_or_else(String::new, |trade| trade.id.clone())),
            other => other.map(|trade| trade.id.clone()),
        }
    });
    match offered {
        Ok(id) => Outcome::Page(format!("{base}/alipay/cashier/{id}")),
        Err(refusal) => Outcome::Refused(refusal),
    }
}

fn precreate(base: &str, alipay: &mut Alipay, parameters: &Parameters, content: &Value) -> Done {
    let trade = alipay.offer(asked(parameters, content, Product::Code)?)?;
    Ok(json!({
        "out_trade_no": trade.out_trade_no,
        "qr_code": format!("{base}/alipay/cashier/{}?via=code", trade.id),
    }))
}

fn create(alipay: &mut Alipay, parameters: &Parameters, content: &Value) -> Done {
    if text(content, "buyer_id")
        .or_else(|| text(content, "buyer_open_id"))
        .is_none()
    {
        return Err(Refusal("ACQ.BUYER_NOT_EXIST", "买家不存在"));
    }
    let trade = alipay.offer(asked(parameters, content, Product::Bridge)?)?;
    trade.create();
    Ok(json!({ "out_trade_no": trade.out_trade_no, "trade_no": trade.trade_no }))
}

fn query(alipay: &mut Alipay, content: &Value) -> Done {
    let trade = named(alipay, content)?;
    let status = trade.status().ok_or(NOT_EXIST)?;
    let mut node = json!({
        "out_trade_no": trade.out_trade_no,
        "trade_no": trade.trade_no,
        "trade_status": status,
        "total_amount": yuan(trade.total),
        "buyer_logon_id": "san***@sandbox.example",
        "buyer_user_id": BUYER,
        "buyer_pay_amount": "0.00",
        "receipt_amount": "0.00",
    });
    if let Some(paid) = trade.paid_at {
        node["send_pay_date"] = paid.plain().into();
        node["buyer_pay_amount"] = yuan(trade.total).into();
        node["receipt_amount"] = yuan(trade.total).into();
    }
    for (name, value) in &trade.says {
        node[name] = value.clone();
    }
    Ok(node)
}

fn close(alipay: &mut Alipay, content: &Value) -> Done {
    let out_trade_no = named(alipay, content)?.out_trade_no.clone();
    let trade_no = alipay.close(&out_trade_no)?;
    Ok(json!({ "out_trade_no": out_trade_no, "trade_no": trade_no }))
}

/// Closes what is not paid and gives back what is.
fn cancel(alipay: &mut Alipay, content: &Value) -> Done {
    let mut node = json!({ "out_trade_no": text(content, "out_trade_no"), "retry_flag": "N" });
    let Ok(trade) = named(alipay, content) else {
        return Ok(node);
    };
    let (out_trade_no, total, left) = (
        trade.out_trade_no.clone(),
        trade.total,
        trade.total.0 - trade.refunded().0,
    );
    node["trade_no"] = trade.trade_no.clone().into();
    match trade.stage {
        Stage::Offered | Stage::Waiting => {
            trade.stage = Stage::Closed;
            node["action"] = "close".into();
        }
        Stage::Paid if left > 0 => {
            alipay.refund(
                &out_trade_no,
                &format!("{out_trade_no}CANCEL"),
                Fen(left.min(total.0)),
            )?;
            node["action"] = "refund".into();
        }
        Stage::Paid | Stage::Closed => {}
    }
    Ok(node)
}

fn refund(alipay: &mut Alipay, content: &Value) -> Done {
    let amount = amount(content, "refund_amount").ok_or(INVALID)?;
    let out_trade_no = named(alipay, content)?.out_trade_no.clone();
    // Without a number of its own it is the whole trade's refund.
    let out_request_no = text(content, "out_request_no").unwrap_or(&out_trade_no);
    let moved = alipay.refund(&out_trade_no, out_request_no, amount)?;
    let trade = alipay.find(&out_trade_no).ok_or(NOT_EXIST)?;
    Ok(json!({
        "out_trade_no": trade.out_trade_no,
        "trade_no": trade.trade_no,
        "buyer_user_id": BUYER,
        "fund_change": if moved { "Y" } else { "N" },
        "refund_fee": yuan(trade.refunded()),
        "gmt_refund_pay": Moment::now().plain(),
    }))
}

/// A refund that was never made is a success without any of the refund's members.
fn refund_query(alipay: &mut Alipay, content: &Value) -> Done {
    let trade = named(alipay, content)?;
    if trade.status().is_none() {
        return Err(NOT_EXIST);
    }
    let number = text(content, "out_request_no").ok_or(INVALID)?;
    Ok(match trade.refund(number) {
        None => json!({}),
        Some(refund) => json!({
            "out_trade_no": trade.out_trade_no,
            "trade_no": trade.trade_no,
            "out_request_no": number,
            "refund_amount": yuan(refund.amount),
            "total_amount": yuan(trade.total),
            "refund_status": "REFUND_SUCCESS",
            "gmt_refund_pay": refund.at.plain(),
        }),
    })
}

/// By Alipay's number, which goes first, or by the app's.
fn named<'a>(alipay: &'a mut Alipay, content: &Value) -> Result<&'a mut Trade, Refusal> {
    let trade_no = text(content, "trade_no");
    let out_trade_no = text(content, "out_trade_no");
    if trade_no.is_none() && out_trade_no.is_none() {
        return Err(INVALID);
    }
    alipay
        .trades
        .iter_mut()
        .find(|trade| match trade_no {
            Some(_) => trade.trade_no.as_deref() == trade_no,
            None => Some(trade.out_trade_no.as_str()) == out_trade_no,
        })
        .ok_or(NOT_EXIST)
}

/// What a way of paying was asked for.
fn asked(parameters: &Parameters, content: &Value, product: Product) -> Result<Trade, Refusal> {
    let number = text(content, "out_trade_no").filter(|number| {
        number.len() <= 64
            && number
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    });
    let subject = text(content, "subject")
        .filter(|subject| subject.chars().count() <= 256 && !subject.contains(['/', '=', '&']));
    let total = amount(content, "total_amount").filter(|total| total.0 > 0);
    let expires = match text(content, "time_expire") {
        None => Some(Moment::now().plus_days(USUAL_DAYS)),
        Some(text) => Moment::parse(&format!("{}+08:00", text.replacen(' ', "T", 1))),
    };
    let url = |name: &str| parameters.get(name).and_then(|url| Url::parse(url).ok());
    let (Some(number), Some(subject), Some(total), Some(expires)) =
        (number, subject, total, expires)
    else {
        return Err(INVALID);
    };
    if expires <= Moment::now() {
        return Err(Refusal("ACQ.TIME_EXPIRE_ERROR", "超时时间早于当前时间"));
    }
    Ok(Trade {
        id: random::hex(16),
        out_trade_no: number.to_owned(),
        trade_no: None,
        product,
        subject: subject.to_owned(),
        asked: total,
        total,
        stage: Stage::Offered,
        expires,
        notify_url: url("notify_url"),
        return_url: url("return_url"),
        quit_url: text(content, "quit_url").and_then(|url| Url::parse(url).ok()),
        created: Moment::now(),
        paid_at: None,
        refunds: Vec::new(),
        loses_notices: false,
        noticed: Tally::default(),
        says: Map::new(),
    })
}

fn text<'a>(content: &'a Value, name: &str) -> Option<&'a str> {
    content[name].as_str().filter(|text| !text.is_empty())
}

/// Yuan, as text or as a number.
fn amount(content: &Value, name: &str) -> Option<Fen> {
    match &content[name] {
        Value::String(text) => Fen::parse(text),
        Value::Number(number) => Fen::parse(&number.to_string()),
        _ => None,
    }
}
