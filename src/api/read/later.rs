//! The answers that only the program's second part asks for.

use contract::{
    CardOrders, Fen, Launch, Method, Notice, Notices, Order, OrderId, OrderKind, OrderRow,
    OrderState, PackageSnapshot, Payment, PaymentState, Question, TimelineEntry,
};

use super::{error_code, reset_rule};
use crate::{api::words, json::Json};

/// A page of a card's orders.
#[must_use]
pub fn card_orders(json: &Json) -> CardOrders {
    CardOrders {
        orders: json.each("orders", |json| OrderRow {
            number_masked: json.text("number_masked"),
            card_masked: json.text("card_masked"),
            title: json.text("title"),
            package: package(json),
            amount_fen: Fen(json.number("amount_fen")),
            state: order_state(json),
            held: json.flag("held"),
            created_at: json.time("created_at"),
        }),
        next_cursor: json.optional_text("next_cursor"),
    }
}

/// The announcements.
#[must_use]
pub fn notices(json: &Json) -> Notices {
    Notices {
        notices: json.each("notices", |json| Notice {
            id: json.text("id"),
            title: json.text("title"),
            content: json.text("content"),
            published_at: json.time("published_at"),
        }),
    }
}

/// An order, or what the buyer has to be asked before there is one.
///
/// # Errors
/// The question.
pub fn order_or_question(json: &Json) -> Result<Order, Question> {
    if json.has("asks") {
        Err(question(json))
    } else {
        Ok(order(json))
    }
}

/// What the buyer has to be asked.
#[must_use]
pub fn question(json: &Json) -> Question {
    Question {
        asks: error_code(json, "asks"),
        price_fen: json.optional_number("price_fen").map(Fen),
    }
}

/// An order.
#[must_use]
pub fn order(json: &Json) -> Order {
    Order {
        id: order_id(json),
        number: json.text("number"),
        kind: json.word("kind", words::order_kind, OrderKind::Recharge),
        state: order_state(json),
        held: json.flag("held"),
        title: json.text("title"),
        amount_fen: Fen(json.number("amount_fen")),
        currency: json.text("currency"),
        card_masked: json.optional_text("card_masked"),
        package: package(json),
        created_at: json.time("created_at"),
        expires_at: json.time("expires_at"),
        server_time: json.time("server_time"),
        timeline: json.each("timeline", |json| TimelineEntry {
            state: order_state(json),
            at: json.time("at"),
        }),
        payment: json.optional("payment").map(|json| payment(&json)),
        version: json.number("version"),
        redirect_url: json.optional_text("redirect_url"),
    }
}

fn package(json: &Json) -> Option<PackageSnapshot> {
    json.optional("package").map(|json| PackageSnapshot {
        id: json.text("id"),
        name: json.text("name"),
        data_mb: json.number("data_mb"),
        validity: json.text("validity"),
        reset_rule: reset_rule(&json),
    })
}

/// A payment.
#[must_use]
pub fn payment(json: &Json) -> Payment {
    Payment {
        method: json.word("method", Method::from_name, Method::Alipay),
        state: json.word("state", PaymentState::from_name, PaymentState::Unknown),
        launch: json.optional("launch").map(|json| launch(&json)),
        expires_at: json.time("expires_at"),
    }
}

/// An order's id, under the name `id`.
#[must_use]
pub fn order_id(json: &Json) -> OrderId {
    OrderId::parse(&json.text("id")).unwrap_or_else(|_| {
        json.spoil();
        OrderId::from_bytes([0; 16])
    })
}

/// An order's state, under the name `state`.
#[must_use]
pub fn order_state(json: &Json) -> OrderState {
    json.word("state", OrderState::from_name, OrderState::Created)
}

fn launch(json: &Json) -> Launch {
    match json.text("kind").as_str() {
        "redirect" => Launch::Redirect {
            url: json.text("url"),
        },
        "form" => Launch::Form {
            action: json.text("action"),
            fields: json.each("fields", |pair| (pair.text("0"), pair.text("1"))),
        },
        "qr" => Launch::Qr {
            content: json.text("content"),
            expires_at: json.time("expires_at"),
        },
        "wechat_jsapi" => Launch::WechatJsapi {
            app_id: json.text("appId"),
            time_stamp: json.text("timeStamp"),
            nonce_str: json.text("nonceStr"),
            package: json.text("package"),
            sign_type: json.text("signType"),
            pay_sign: json.text("paySign"),
        },
        "alipay_trade" => Launch::AlipayTrade {
            trade_no: json.text("trade_no"),
        },
        "mini_program" => Launch::MiniProgram {
            path: json.text("path"),
            params: json.text("params"),
        },
        "transfer" => Launch::Transfer {
            address: json.text("address"),
            amount: json.text("amount"),
            currency: json.text("currency"),
            uri: json.text("uri"),
        },
        "none" => Launch::None,
        _ => {
            json.spoil();
            Launch::None
        }
    }
}
