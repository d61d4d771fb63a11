//! What is true of an order, in words.

use contract::{Launch, Order, OrderKind, OrderState};

use super::icon::Icon;
use crate::i18n::Text;

/// How an order's state is to be felt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It goes on.
    Waiting,
    /// It is well.
    Good,
    /// It is over without having happened.
    Over,
    /// Something went wrong and is being taken care of.
    Care,
}

/// The heading, the sentence below it, the mood and the sign.
#[must_use]
pub fn outcome(order: &Order) -> (Text, Text, Mood, Icon) {
    if order.held {
        return (Text::MANUAL, Text::NOTE_MANUAL, Mood::Care, Icon::Person);
    }
    match order.state {
        OrderState::Created | OrderState::Paying if has_code(order) => (
            Text::SCAN_TO_PAY,
            Text::NOTE_AWAIT,
            Mood::Waiting,
            Icon::Clock,
        ),
        OrderState::Created | OrderState::Paying => (
            Text::AWAIT_PAYMENT,
            Text::NOTE_AWAIT,
            Mood::Waiting,
            Icon::Clock,
        ),
        OrderState::Paid if order.kind == OrderKind::PayOrder => (
            Text::PAY_ORDER_PAID,
            Text::NOTE_PAY_ORDER_PAID,
            Mood::Good,
            Icon::Check,
        ),
        OrderState::Paid | OrderState::Fulfilling => (
            Text::PAID_FULFILLING,
            Text::NOTE_PAID,
            Mood::Waiting,
            Icon::Clock,
        ),
        OrderState::Credited => (Text::CREDITED, Text::NOTE_CREDITED, Mood::Good, Icon::Check),
        OrderState::FulfilFailed | OrderState::Refunding => (
            Text::REFUNDING,
            Text::NOTE_REFUNDING,
            Mood::Care,
            Icon::Return,
        ),
        OrderState::Refunded => (
            Text::REFUNDED,
            Text::NOTE_REFUNDED,
            Mood::Over,
            Icon::Return,
        ),
        OrderState::RefundFailed => (Text::MANUAL, Text::NOTE_MANUAL, Mood::Care, Icon::Person),
        OrderState::Expired => (
            Text::ORDER_EXPIRED,
            Text::NOTE_EXPIRED,
            Mood::Over,
            Icon::Clock,
        ),
        OrderState::Cancelled => (
            Text::ORDER_CANCELLED,
            Text::NOTE_CANCELLED,
            Mood::Over,
            Icon::Cross,
        ),
    }
}

/// A state as a step of the timeline.
#[must_use]
pub fn step(state: OrderState) -> Text {
    match state {
        OrderState::Created => Text::STEP_CREATED,
        OrderState::Paying => Text::STEP_PAYING,
        OrderState::Paid => Text::STEP_PAID,
        OrderState::Fulfilling => Text::STEP_FULFILLING,
        OrderState::Credited => Text::STEP_CREDITED,
        OrderState::FulfilFailed => Text::STEP_FULFIL_FAILED,
        OrderState::Refunding => Text::STEP_REFUNDING,
        OrderState::Refunded => Text::STEP_REFUNDED,
        OrderState::RefundFailed => Text::STEP_REFUND_FAILED,
        OrderState::Expired => Text::STEP_EXPIRED,
        OrderState::Cancelled => Text::STEP_CANCELLED,
    }
}

/// A state in a list of orders: its short name and its mood.
#[must_use]
pub fn short(state: OrderState, held: bool) -> (Text, Mood) {
    if held {
        return (Text::MANUAL, Mood::Care);
    }
    let mood = match state {
        OrderState::Created | OrderState::Paying | OrderState::Paid | OrderState::Fulfilling => {
            Mood::Waiting
        }
        OrderState::Credited => Mood::Good,
        OrderState::FulfilFailed | OrderState::Refunding | OrderState::RefundFailed => Mood::Care,
        OrderState::Refunded | OrderState::Expired | OrderState::Cancelled => Mood::Over,
    };
    let text = match state {
        OrderState::Created | OrderState::Paying => Text::SHORT_UNPAID,
        other => step(other),
    };
    (text, mood)
}

/// The class that colours a mood.
#[must_use]
pub fn mood_class(mood: Mood) -> &'static str {
    match mood {
        Mood::Waiting => "mood--waiting",
        Mood::Good => "mood--good",
        Mood::Over => "mood--over",
        Mood::Care => "mood--care",
    }
}

/// Whether the buyer is to scan a code.
#[must_use]
pub fn has_code(order: &Order) -> bool {
    order.payment.as_ref().is_some_and(|payment| {
        crate::checkout::is_live(payment.state) && matches!(payment.launch, Some(Launch::Qr { .. }))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::i18n::Lang;

    fn order(state: &str, held: bool, launch: serde_json::Value) -> Order {
        serde_json::from_value(json!({
            "id": "00112233445566778899aabbccddeeff", "number": "R1", "kind": "recharge",
            "state": state, "held": held, "title": "2GB", "amount_fen": 1800, "currency": "CNY",
            "created_at": "2026-11-21T10:00:00Z", "expires_at": "2026-11-21T10:15:00Z",
            "server_time": "2026-11-21T10:00:00Z", "timeline": [], "version": 1,
            "payment": {"method": "alipay", "state": "launched", "launch": launch,
                        "expires_at": "2026-11-21T10:15:00Z"}
        }))
        .expect("an order")
    }

    #[test]
    fn the_heading_says_what_is_true_now() {
        let redirect = json!({"kind": "redirect", "url": "https://wallet.example/1"});
        let code = json!({"kind": "qr", "content": "x", "expires_at": "2026-11-21T10:15:00Z"});
        let check = |state: &str, launch: &serde_json::Value, expected: &str| {
            let (heading, ..) = outcome(&order(state, false, launch.clone()));
            assert_eq!(heading.in_language(Lang::Zh), expected, "{state}");
        };
        check("created", &redirect, "等待付款");
        check("paying", &redirect, "等待付款");
        check("paying", &code, "扫码付款");
        check("paid", &redirect, "支付成功，充值处理中");
        check("fulfilling", &redirect, "支付成功，充值处理中");
        check("credited", &redirect, "充值成功");
        check("fulfil_failed", &redirect, "充值失败，退款处理中");
        check("refunding", &redirect, "充值失败，退款处理中");
        check("refunded", &redirect, "已退款");
        check("refund_failed", &redirect, "人工处理中");
        check("expired", &code, "订单已过期");
        check("cancelled", &redirect, "订单已取消");
        let (held, ..) = outcome(&order("paying", true, code.clone()));
        assert_eq!(held.in_language(Lang::Zh), "人工处理中");
    }
}
