//! Payments: what was asked for, and the buyer's side of it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Refusal, Wechat, notices::Event};
use crate::{cashier::Paying, clock::Moment, notices::Tally, random};

/// How the buyer is led to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Jsapi,
    H5,
    Native,
}

impl Kind {
    /// As `trade_type` says it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Jsapi => "JSAPI",
            Kind::H5 => "MWEB",
            Kind::Native => "NATIVE",
        }
    }
}

/// What a merchant asks for. Unknown fields are let through, as there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Request {
    appid: String,
    mchid: String,
    pub(super) description: String,
    pub(super) out_trade_no: String,
    time_expire: Option<Moment>,
    notify_url: String,
    amount: Amount,
    payer: Option<Payer>,
    scene_info: Option<Scene>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Amount {
    total: i64,
    currency: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Payer {
    openid: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Scene {
    payer_client_ip: String,
    h5_info: Option<H5Info>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct H5Info {
    #[serde(rename = "type")]
    kind: String,
}

/// How a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum TradeState {
    Notpay,
    Success,
    Refund,
    Closed,
    Userpaying,
}

/// One payment.
#[derive(Clone)]
pub(crate) struct Order {
    pub(crate) out_trade_no: String,
    pub(crate) prepay_id: String,
    /// Names it in a native code.
    pub(crate) code: String,
    pub(crate) kind: Kind,
    pub(crate) description: String,
    /// In fen, as asked.
    pub(crate) asked: i64,
    /// In fen, as told; differs from `asked` only when a test says so.
    pub(crate) total: i64,
    pub(crate) notify_url: reqwest::Url,
    pub(crate) expires: Option<Moment>,
    /// When its latest link to the cashier was made.
    pub(crate) linked: Moment,
    pub(crate) client_ip: Option<String>,
    pub(crate) openid: Option<String>,
    pub(crate) state: TradeState,
    pub(crate) transaction_id: Option<String>,
    pub(crate) paid_at: Option<Moment>,
    pub(crate) loses_notices: bool,
    pub(crate) noticed: Tally,
    /// Put over what queries and notices tell of it.
    pub(crate) says: Map<String, Value>,
    request: Request,
}

impl Order {
    pub(crate) fn is_expired(&self) -> bool {
        self.expires.is_some_and(|end| end <= Moment::now())
    }
}

impl Wechat {
    /// Makes a payment, or finds the same one again.
    pub(super) fn create(&mut self, kind: Kind, request: Request) -> Result<&Order, Refusal> {
        let merchant = &self.merchant;
        if request.mchid != merchant.mch_id || request.appid != merchant.app_id {
            return Err(Refusal::new(
                400,
                "APPID_MCHID_NOT_MATCH",
                "appid和mch_id不匹配",
            ));
        }
        let notify_url = check(kind, &request)?;
        if let Some(at) = self
            .orders
            .iter()
            .position(|order| order.out_trade_no == request.out_trade_no)
        {
            let order = &mut self.orders[at];
            return match order.state {
                TradeState::Success | TradeState::Refund => {
                    Err(Refusal::new(400, "ORDERPAID", "该订单已支付"))
                }
                TradeState::Closed => Err(Refusal::new(400, "ORDER_CLOSED", "订单已关闭")),
                _ if order.kind != kind || order.request != request => {
                    Err(Refusal::new(403, "OUT_TRADE_NO_USED", "商户订单号重复"))
                }
                _ => {
                    order.linked = Moment::now();
                    Ok(&self.orders[at])
                }
            };
        }
        let now = Moment::now();
        self.orders.push(Order {
            out_trade_no: request.out_trade_no.clone(),
            prepay_id: format!("wx{}{}", now.digits(), random::hex(11)),
            code: random::hex(5),
            kind,
            description: request.description.clone(),
            asked: request.amount.total,
            total: request.amount.total,
            notify_url,
            expires: request.time_expire,
            linked: now,
            client_ip: request
                .scene_info
                .as_ref()
                .map(|scene| scene.payer_client_ip.clone()),
            openid: request.payer.as_ref().map(|payer| payer.openid.clone()),
            state: TradeState::Notpay,
            transaction_id: None,
            paid_at: None,
            loses_notices: false,
            noticed: Tally::default(),
            says: Map::new(),
            request,
        });
        Ok(self.orders.last().expect("one was added"))
    }

    pub(crate) fn order(&self, out_trade_no: &str) -> Option<&Order> {
        self.orders
            .iter()
            .find(|order| order.out_trade_no == out_trade_no)
    }

    pub(crate) fn order_mut(&mut self, out_trade_no: &str) -> Option<&mut Order> {
        self.orders
            .iter_mut()
            .find(|order| order.out_trade_no == out_trade_no)
    }

    /// The payment of a cashier's address.
    pub(crate) fn order_with(&self, found: impl Fn(&Order) -> bool) -> Option<&Order> {
        self.orders.iter().find(|order| found(order))
    }

    /// Takes the money, once. Without `force` only while it may be paid.
    pub(crate) fn pay(&mut self, out_trade_no: &str, paying: Paying) -> Result<(), &'static str> {
        let buyer = self.buyer.clone();
        let order = self.order_mut(out_trade_no).ok_or("no such out_trade_no")?;
        match order.state {
            TradeState::Success | TradeState::Refund => return Err("already paid"),
            TradeState::Closed if !paying.force => return Err("closed"),
            _ if order.is_expired() && !paying.force => return Err("expired"),
            _ => {}
        }
        let now = Moment::now();
        order.state = TradeState::Success;
        order.total = paying.total.map_or(order.asked, |total| total.0);
        order.transaction_id = Some(format!(
            "42000002{}{}",
            &now.digits()[..8],
            random::digits(12)
        ));
        order.paid_at = Some(now);
        order.loses_notices = paying.lose_notices;
        order.openid.get_or_insert(buyer);
        let number = order.out_trade_no.clone();
        self.notify(&Event::Payment(number));
        Ok(())
    }

    /// What a query and a notice say.
    pub(super) fn trade(&self, order: &Order) -> Value {
        let word = match order.state {
            TradeState::Notpay => "订单未支付",
            TradeState::Success => "支付成功",
            TradeState::Refund => "订单发生过退款",
            TradeState::Closed => "订单已关闭",
            TradeState::Userpaying => "用户支付中",
        };
        let mut trade = json!({
            "appid": self.merchant.app_id,
            "mchid": self.merchant.mch_id,
            "out_trade_no": order.out_trade_no,
            "trade_state": order.state,
            "trade_state_desc": word,
            "attach": "",
            "promotion_detail": [],
            "amount": { "total": order.total, "currency": "CNY" },
        });
        if let (Some(transaction_id), Some(paid_at)) = (&order.transaction_id, order.paid_at) {
            trade["transaction_id"] = transaction_id.as_str().into();
            trade["trade_type"] = order.kind.word().into();
            trade["bank_type"] = "OTHERS".into();
            trade["success_time"] = paid_at.to_second().into();
            trade["payer"] = json!({ "openid": order.openid });
            trade["amount"]["payer_total"] = order.total.into();
            trade["amount"]["payer_currency"] = "CNY".into();
        }
        for (name, value) in &order.says {
            trade[name] = value.clone();
        }
        trade
    }
}

fn check(kind: Kind, request: &Request) -> Result<reqwest::Url, Refusal> {
    let wrong = |why: &str| Refusal::new(400, "PARAM_ERROR", why);
    let number = &request.out_trade_no;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-|*".contains(&byte);
    if !(6..=32).contains(&number.len()) || !number.bytes().all(allowed) {
        return Err(wrong(
            "输入源“/body/out_trade_no”映射到字段“商户订单号”字符串规则校验失败",
        ));
    }
    if request.description.is_empty() || request.description.len() > 127 {
        return Err(wrong(
            "输入源“/body/description”映射到字段“商品描述”字符串规则校验失败",
        ));
    }
    if request.amount.total < 1 || request.amount.currency.as_deref().unwrap_or("CNY") != "CNY" {
        return Err(wrong(
            "输入源“/body/amount/total”映射到数值字段“总金额”规则校验失败",
        ));
    }
    if request.time_expire.is_some_and(|end| end <= Moment::now()) {
        return Err(wrong("time_expire时间过短"));
    }
    let notify_url = reqwest::Url::parse(&request.notify_url)
        .ok()
        .filter(|url| url.query().is_none() && url.fragment().is_none() && url.has_host())
        .ok_or_else(|| wrong("回调地址不能携带参数"))?;
    match kind {
        Kind::Jsapi => {
            let openid = request.payer.as_ref().map_or("", |payer| &payer.openid);
            if openid.len() != 28 || !openid.starts_with('o') {
                return Err(wrong("无效的openid"));
            }
        }
        Kind::H5 => {
            let scene = request
                .scene_info
                .as_ref()
                .ok_or_else(|| wrong("缺少scene_info"))?;
            if scene.payer_client_ip.parse::<std::net::IpAddr>().is_err() || scene.h5_info.is_none()
            {
                return Err(wrong("scene_info不正确"));
            }
        }
        Kind::Native => {}
    }
    Ok(notify_url)
}
