//! The card platform under other addresses and names than are usual here.
//!
//! It is what a shop meets whose guesses about the real one were wrong throughout. What the platform's document says (the token, the envelope, paging) stays.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{StatusCode, Uri, header::CONTENT_LENGTH},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value};

use crate::gate::plain;

/// Usual addresses, and those that are served instead.
pub const ADDRESSES: &[(&str, &str)] = &[
    ("/payment/Product/Categories", "/mall/v3/goods/groups"),
    ("/payment/Product", "/mall/v3/goods"),
    ("/payment/Payment", "/mall/v3/checkout"),
    ("/payment/Order", "/mall/v3/sales"),
    ("/cards/FlowCard/Detail", "/sim/v3/profile"),
    ("/cards/FlowCard/Data", "/sim/v3/traffic"),
    ("/cards/FlowCard/Status", "/sim/v3/state"),
    ("/cards/FlowCard/Reality", "/sim/v3/identity"),
];

/// Usual names of fields, and those that are used instead.
pub const NAMES: &[(&str, &str)] = &[
    ("id", "code_id"),
    ("name", "display_name"),
    ("carrier", "carrier_name"),
    ("clearRule", "clear_rule_text"),
    ("categoryId", "category_code"),
    ("price", "sale_price"),
    ("originalPrice", "original_sale_price"),
    ("dataVolume", "data_volume_mb"),
    ("validity", "validity_text"),
    ("tags", "tag_list"),
    ("onSale", "is_on_sale"),
    ("stock", "stock_left"),
    ("iccid", "iccid_no"),
    ("planName", "plan_title"),
    ("categoryIds", "category_codes"),
    ("expireTime", "expires_on"),
    ("realityRequired", "reality_is_required"),
    ("realityStatus", "reality_state"),
    ("used", "used_mb"),
    ("total", "total_value"),
    ("asOf", "as_of_time"),
    ("status", "status_word"),
    ("outTradeNo", "merchant_trade_no"),
    ("transactionId", "transaction_no"),
    ("cardNo", "card_number"),
    ("productId", "product_code"),
    ("payTime", "paid_time"),
    ("channel", "pay_channel"),
    ("tradeType", "pay_type"),
    ("returnUrl", "return_address"),
    ("notifyUrl", "notify_address"),
    ("timeExpire", "expires_at"),
    ("payUrl", "pay_address"),
    ("codeUrl", "code_address"),
];

/// Larger than anything that is asked or answered here.
const LARGEST: usize = 8 * 1024 * 1024;

/// Asks the usual way what is asked in the other, and answers in the other.
pub(crate) async fn translate(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if ADDRESSES.iter().any(|(usual, _)| *usual == path) {
        return plain(StatusCode::NOT_FOUND, "Resource not found");
    }
    let Some((usual, _)) = ADDRESSES.iter().find(|(_, other)| *other == path) else {
        return next.run(request).await;
    };
    let (mut parts, body) = request.into_parts();
    parts.uri = at(usual, parts.uri.query());
    parts.headers.remove(CONTENT_LENGTH);
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let body = renamed(&body, |value| rename(value, &usual_name));
    let answer = next.run(Request::from_parts(parts, Body::from(body))).await;
    let (mut parts, body) = answer.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    let body = to_bytes(body, LARGEST).await.unwrap_or_default();
    let body = renamed(&body, |answer| {
        if let Some(data) = answer.get_mut("data") {
            rename(data, &other_name);
        }
    });
    Response::from_parts(parts, Body::from(body))
}

/// The usual address, with the usual names in its query.
fn at(usual: &str, query: Option<&str>) -> Uri {
    let mut named = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let name = match name.strip_prefix("q.") {
            Some(field) => format!("q.{}", usual_name(field)),
            None => usual_name(&name).to_owned(),
        };
        named.append_pair(&name, &value);
    }
    let query = named.finish();
    format!("{usual}?{query}")
        .parse()
        .expect("a path and an encoded query are an address")
}

/// What is JSON with some names changed, and all else as it is.
fn renamed(body: &Bytes, change: impl Fn(&mut Value)) -> Vec<u8> {
    let Ok(mut value) = serde_json::from_slice::<Value>(body) else {
        return body.to_vec();
    };
    change(&mut value);
    value.to_string().into_bytes()
}

/// Changes the names of an object, or of each object in a list.
fn rename(value: &mut Value, name: &dyn Fn(&str) -> &str) {
    match value {
        Value::Array(rows) => rows.iter_mut().for_each(|row| rename(row, name)),
        Value::Object(fields) => {
            let taken: Map<String, Value> = std::mem::take(fields);
            let renamed = taken
                .into_iter()
                .map(|(field, value)| (name(&field).to_owned(), value));
            fields.extend(renamed);
        }
        _ => {}
    }
}

fn usual_name(other: &str) -> &str {
    // What is usual here is not known there.
    if NAMES.iter().any(|(usual, _)| *usual == other) {
        return "not_known";
    }
    let found = NAMES.iter().find(|(_, name)| *name == other);
    found.map_or(other, |(usual, _)| usual)
}

fn other_name(usual: &str) -> &str {
    let found = NAMES.iter().find(|(name, _)| *name == usual);
    found.map_or(usual, |(_, other)| other)
}
