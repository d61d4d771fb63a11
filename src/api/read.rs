//! The gateway's answers, field by field. `tests/web/json.rs` holds each against what the contract itself reads.

use contract::{
    CardKind, CardOrders, CardState, CardSummary, Carrier, Catalog, Category, ErrorCode, Features,
    Fen, Launch, Method, Mode, Notice, Notices, Order, OrderId, OrderKind, OrderRow, OrderState,
    Package, PackageSnapshot, PartnerScript, Payment, PaymentState, Problem, Realname,
    RealnameState, ResetRule, StateClass, Storefront, Support, TimelineEntry, Usage,
};

use super::words;
use crate::json::Json;

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

/// A page of a card's orders.
#[must_use]
pub fn card_orders(json: &Json) -> CardOrders {
    CardOrders {
        orders: json.each("orders", |json| OrderRow {
            number_masked: json.text("number_masked"),
            card_masked: json.text("card_masked"),
            title: json.text("title"),
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
        package: json.optional("package").map(|json| PackageSnapshot {
            id: json.text("id"),
            name: json.text("name"),
            data_mb: json.number("data_mb"),
            validity: json.text("validity"),
            reset_rule: reset_rule(&json),
        }),
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

/// Why the gateway said no. A reason that came into use later reads as [`ErrorCode::Unknown`].
#[must_use]
pub fn problem(json: &Json) -> Problem {
    let code = json.text("code");
    let known = ErrorCode::ALL.iter().find(|known| known.as_str() == code);
    Problem {
        kind: json.text("type"),
        status: json.small("status"),
        code: known.copied().unwrap_or(ErrorCode::Unknown),
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

fn reset_rule(json: &Json) -> ResetRule {
    json.word("reset_rule", words::reset_rule, ResetRule::Other)
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
