//! The gateway's answers, field by field. `tests/web/json.rs` holds each against what the contract itself reads.

use contract::{
    CardKind, CardState, CardSummary, Carrier, Catalog, Category, ErrorCode, Features, Fen, Host,
    Method, Mode, Package, PartnerScript, Problem, Realname, RealnameState, ResetRule, StateClass,
    Storefront, Support, Unavailable, Usage,
};

pub use later::{
    card_orders, notices, order, order_id, order_or_question, order_state, payment, question,
};

use super::words;
use crate::json::Json;

mod later;

/// Who sells.
#[must_use]
pub fn storefront(json: &Json) -> Storefront {
    Storefront {
        brand: json.text("brand"),
        company: json.text("company"),
        icp_number: json.text("icp_number"),
        terms_url: json.text("terms_url"),
        privacy_url: json.text("privacy_url"),
        support: support(&json.at("support")),
        features: features(&json.at("features")),
        methods: json.each("methods", |name| {
            Method::from_name(&name.own_text()).unwrap_or_else(|| {
                name.spoil();
                Method::Alipay
            })
        }),
        unavailable: if json.has("unavailable") {
            json.each("unavailable", |json| Unavailable {
                host: json.word("host", Host::from_name, Host::Tv),
                method: json.word("method", Method::from_name, Method::Alipay),
            })
        } else {
            Vec::new()
        },
        partner: json.optional("partner").map(|json| PartnerScript {
            script: json.text("script"),
            close: json.text("close"),
        }),
        newest_notice_id: json.optional_text("newest_notice_id"),
        mode: json.word("mode", words::mode, Mode::Demo),
        server_time: json.time("server_time"),
    }
}

/// What is for sale.
#[must_use]
pub fn catalog(json: &Json) -> Catalog {
    Catalog {
        as_of: json.time("as_of"),
        stale: json.flag("stale"),
        categories: json.each("categories", category),
    }
}

/// What is known of a card.
#[must_use]
pub fn card(json: &Json) -> CardSummary {
    CardSummary {
        number_masked: json.text("number_masked"),
        kind: json.word("kind", words::card_kind, CardKind::Iccid),
        carrier: json.word("carrier", words::carrier, Carrier::Mobile),
        state: card_state(&json.at("state")),
        plan: json.optional_text("plan"),
        usage: json.optional("usage").map(|json| Usage {
            used_mb: json.number("used_mb"),
            total_mb: json.number("total_mb"),
            as_of: json.time("as_of"),
        }),
        expires_at: json.optional("expires_at").map(|_| json.time("expires_at")),
        realname: realname(&json.at("realname")),
        category_ids: json.texts("category_ids"),
        check_digit_differs: json.has("check_digit_differs") && json.flag("check_digit_differs"),
    }
}

/// Why the gateway said no.
#[must_use]
pub fn problem(json: &Json) -> Problem {
    Problem {
        kind: json.text("type"),
        status: json.small("status"),
        code: error_code(json, "code"),
        title: json.text("title"),
        detail: json.text("detail"),
        request_id: json.text("request_id"),
        field: json.optional_text("field"),
        retry_after: json
            .optional("retry_after")
            .map(|_| json.small("retry_after")),
        price_fen: json.optional_number("price_fen").map(Fen),
    }
}

/// A reason, under a name. One that came into use later reads as [`ErrorCode::Unknown`].
fn error_code(json: &Json, name: &str) -> ErrorCode {
    let code = json.text(name);
    let known = ErrorCode::ALL.iter().find(|known| known.as_str() == code);
    known.copied().unwrap_or(ErrorCode::Unknown)
}

fn support(json: &Json) -> Support {
    Support {
        phone: json.text("phone"),
        hours: json.text("hours"),
    }
}

fn features(json: &Json) -> Features {
    Features {
        realname: json.flag("realname"),
        order_search: json.flag("order_search"),
        wechat_scan: json.flag("wechat_scan"),
    }
}

fn category(json: &Json) -> Category {
    Category {
        id: json.text("id"),
        name: json.text("name"),
        carrier: json.word("carrier", words::carrier, Carrier::Mobile),
        reset_rule: reset_rule(json),
        packages: json.each("packages", package),
    }
}

fn package(json: &Json) -> Package {
    Package {
        id: json.text("id"),
        name: json.text("name"),
        price_fen: Fen(json.number("price_fen")),
        original_fen: json.optional_number("original_fen").map(Fen),
        data_mb: json.number("data_mb"),
        validity: json.text("validity"),
        tags: if json.has("tags") {
            json.texts("tags")
        } else {
            Vec::new()
        },
        sold_out: json.flag("sold_out"),
    }
}

fn card_state(json: &Json) -> CardState {
    CardState {
        code: json.text("code"),
        label: json.text("label"),
        class: json.word("class", words::state_class, StateClass::Unknown),
    }
}

fn realname(json: &Json) -> Realname {
    Realname {
        required: json.flag("required"),
        state: json.word("state", words::realname_state, RealnameState::None),
    }
}

/// A package's rule, under the name `reset_rule`.
#[must_use]
pub fn reset_rule(json: &Json) -> ResetRule {
    json.word("reset_rule", words::reset_rule, ResetRule::Other)
}
