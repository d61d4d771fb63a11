//! `Payment-Post`: asking for a payment.

use axum::{body::Bytes, extract::State};
use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::{
    Shared, Shingsou,
    envelope::{Object, Refusal},
    payments::{Channel, Payment, Status},
    products::Product,
};
use crate::{clock::Moment, money::Fen, notices::Tally, random};

/// The body as it comes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    out_trade_no: String,
    card_no: String,
    product_id: String,
    channel: Channel,
    trade_type: TradeType,
    return_url: Option<String>,
    notify_url: String,
    time_expire: Moment,
}

/// Whether the buyer follows a link or scans a code.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TradeType {
    Link,
    Code,
}

/// The body, checked.
struct Request {
    out_trade_no: String,
    card_no: String,
    product_id: String,
    channel: Channel,
    trade_type: TradeType,
    return_url: Option<Url>,
    notify_url: Url,
    expires: Moment,
}

/// Where the buyer pays.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Created {
    payment_id: String,
    out_trade_no: String,
    total: Fen,
    #[serde(skip_serializing_if = "Option::is_none")]
    pay_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_url: Option<String>,
    time_expire: Moment,
}

/// `POST /payment/Payment`
pub(crate) async fn create(
    State(stage): State<Shared>,
    body: Bytes,
) -> Result<Object<Created>, Refusal> {
    let request = Request::parse(&body)?;
    let trade_type = request.trade_type;
    let payment = stage.lock().open(request)?;
    let page = format!("{}/pay/{}", stage.world.public_url, payment.id);
    let (pay_url, code_url) = match trade_type {
        TradeType::Link => (Some(page), None),
        TradeType::Code => (None, Some(format!("{page}?via=code"))),
    };
    Ok(Object(Created {
        payment_id: payment.id,
        out_trade_no: payment.out_trade_no,
        total: payment.asked,
        pay_url,
        code_url,
        time_expire: payment.expires,
    }))
}

impl Request {
    fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let body: Body = serde_json::from_slice(body)
            .map_err(|error| Refusal::invalid(&format!("请求实体错误: {error}")))?;
        if !is_number(&body.out_trade_no) {
            return Err(Refusal::invalid("outTradeNo必须是1到32位字母或数字"));
        }
        let return_url = body
            .return_url
            .as_deref()
            .map(|url| web(url, "returnUrl"))
            .transpose()?;
        if return_url.is_none() && body.trade_type == TradeType::Link {
            return Err(Refusal::invalid("returnUrl不能为空"));
        }
        Ok(Self {
            return_url,
            notify_url: web(&body.notify_url, "notifyUrl")?,
            out_trade_no: body.out_trade_no,
            card_no: body.card_no,
            product_id: body.product_id,
            channel: body.channel,
            trade_type: body.trade_type,
            expires: body.time_expire,
        })
    }
}

impl Shingsou {
    /// The payment under this number, new or as it was asked for before.
    fn open(&mut self, request: Request) -> Result<Payment, Refusal> {
        let card = self.card(&request.card_no).ok_or_else(Refusal::not_found)?;
        let iccid = card.iccid;

        if let Some(known) = self
            .payments
            .iter_mut()
            .find(|known| known.out_trade_no == request.out_trade_no)
        {
            let same = known.iccid == iccid
                && known.product_id == request.product_id
                && known.channel == request.channel;
            if !same {
                return Err(Refusal::invalid("outTradeNo已存在"));
            }
            // Asked for by code first and by link now, it only now has somewhere to return to.
            known.return_url = request.return_url.or(known.return_url.take());
            return Ok(known.clone());
        }

        let product = self.sold(&request.product_id, iccid)?.clone();
        let created = Moment::now();
        if request.expires <= created {
            return Err(Refusal::invalid("timeExpire必须晚于当前时间"));
        }
        let payment = Payment {
            id: random::hex(16),
            order_id: (100_001 + self.payments.len()).to_string(),
            out_trade_no: request.out_trade_no,
            card_no: request.card_no,
            iccid,
            product_id: product.id,
            product_name: product.name,
            data_volume: product.data_volume,
            asked: product.price,
            total: product.price,
            channel: request.channel,
            return_url: request.return_url,
            notify_url: request.notify_url,
            expires: request.expires,
            created,
            status: Status::Unpaid,
            transaction_id: None,
            paid_at: None,
            credited_at: None,
            word: None,
            loses_notices: false,
            noticed: Tally::default(),
            next_step: None,
        };
        self.payments.push(payment.clone());
        Ok(payment)
    }

    /// The package, where it is sold for this card.
    pub(super) fn sold(&self, product_id: &str, iccid: &str) -> Result<&Product, Refusal> {
        let card = self.card(iccid).ok_or_else(Refusal::not_found)?;
        if card.is_terminated() {
            return Err(Refusal::of_code(10101));
        }
        let not_on_sale = Refusal::of_code(10102);
        let product = self.product(product_id).ok_or(not_on_sale.clone())?;
        if !product.on_sale {
            return Err(not_on_sale);
        }
        if product.stock == Some(0) {
            return Err(Refusal {
                message: "套餐已售罄".into(),
                ..not_on_sale
            });
        }
        if !card.categories.contains(&product.category_id) {
            return Err(Refusal::invalid("套餐不适用于该卡"));
        }
        Ok(product)
    }
}

/// Whether a number of the partner's may be one: it is kept as it is, and shown to people.
pub(super) fn is_number(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn web(text: &str, field: &str) -> Result<Url, Refusal> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| Refusal::invalid(&format!("{field}必须是http或https地址")))
}
