//! The contract's words that have no names in code of its own, as they stand in JSON.

use contract::{CardKind, Carrier, Mode, OrderKind, RealnameState, ResetRule, StateClass};

pub(super) fn mode(word: &str) -> Option<Mode> {
    Some(match word {
        "demo" => Mode::Demo,
        "live" => Mode::Live,
        _ => return None,
    })
}

pub(super) fn card_kind(word: &str) -> Option<CardKind> {
    Some(match word {
        "iccid" => CardKind::Iccid,
        "msisdn" => CardKind::Msisdn,
        _ => return None,
    })
}

pub(super) fn carrier(word: &str) -> Option<Carrier> {
    Some(match word {
        "mobile" => Carrier::Mobile,
        "unicom" => Carrier::Unicom,
        "telecom" => Carrier::Telecom,
        _ => return None,
    })
}

pub(super) fn state_class(word: &str) -> Option<StateClass> {
    Some(match word {
        "usable" => StateClass::Usable,
        "activatable" => StateClass::Activatable,
        "suspended" => StateClass::Suspended,
        "terminated" => StateClass::Terminated,
        "testing" => StateClass::Testing,
        "unknown" => StateClass::Unknown,
        _ => return None,
    })
}

pub(super) fn realname_state(word: &str) -> Option<RealnameState> {
    Some(match word {
        "none" => RealnameState::None,
        "pending" => RealnameState::Pending,
        "passed" => RealnameState::Passed,
        "rejected" => RealnameState::Rejected,
        _ => return None,
    })
}

pub(super) fn reset_rule(word: &str) -> Option<ResetRule> {
    ResetRule::from_name(word)
}

pub(super) fn order_kind(word: &str) -> Option<OrderKind> {
    Some(match word {
        "recharge" => OrderKind::Recharge,
        "pay_order" => OrderKind::PayOrder,
        _ => return None,
    })
}
