//! The page's reading and writing of JSON against the contract's own.

use contract::{
    CardKind, CardLookup, CardNumber, CardOrders, CardSummary, Carrier, Catalog, CreateOrder,
    CreatePayment, ErrorCode, Fen, FindOrders, Host, Method, Mode, Notices, Order, OrderKind,
    OrderState, Payment, PaymentState, Problem, Question, RealnameState, RealnameSubmission,
    ResetRule, StateClass, Storefront,
};
use serde_json::{Value, json};
use storefront::{
    api::{read, write},
    json::{self as page, Json},
};
use wasm_bindgen_test::wasm_bindgen_test;

const TIME: &str = "2026-11-21T18:32:35.120+08:00";

/// Both read the value alike; and without any one field, or with `null` or another kind in its place, both take it or
/// both refuse it.
fn alike<T>(value: &Value, reader: fn(&Json) -> T)
where
    T: serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let ours = |value: &Value| page::read(&value.to_string(), reader);
    let theirs = |value: &Value| serde_json::from_value::<T>(value.clone()).ok();
    assert!(theirs(value).is_some(), "the contract refuses {value}");
    assert_eq!(ours(value), theirs(value), "{value}");
    for spoilt in spoilt(value) {
        assert_eq!(ours(&spoilt), theirs(&spoilt), "{spoilt}");
    }
}

/// The value with one field, at any depth, missing or of another kind.
fn spoilt(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let mut without = fields.clone();
                without.remove(name);
                all.push(without.into());
                let mut put = |instead: Value| {
                    let mut other = fields.clone();
                    other.insert(name.clone(), instead);
                    all.push(other.into());
                };
                [
                    Value::Null,
                    json!(true),
                    json!(1.5),
                    json!("gold"),
                    json!([7]),
                ]
                .into_iter()
                .chain(self::spoilt(field))
                .for_each(&mut put);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                for instead in [json!(null), json!(false)]
                    .into_iter()
                    .chain(self::spoilt(item))
                {
                    let mut other = items.clone();
                    other[at] = instead;
                    all.push(other.into());
                }
            }
        }
        _ => {}
    }
    all
}

fn order(state: OrderState, kind: OrderKind, payment: &Value) -> Value {
    json!({
        "id": "00112233445566778899aabbccddeeff", "number": "R1", "kind": kind, "state": state,
        "held": true, "title": "2GB", "amount_fen": 1800, "currency": "CNY",
        "card_masked": "8986 07B2 **** 8584",
        "package": {"id": "1102", "name": "2GB", "data_mb": 2048, "validity": "30 天", "reset_rule": "monthly"},
        "created_at": TIME, "expires_at": TIME, "server_time": TIME,
        "timeline": [{"state": "created", "at": TIME}], "payment": payment, "version": 3,
        "redirect_url": "https://partner.test/back"
    })
}

fn payment(method: Method, state: PaymentState, launch: &Value) -> Value {
    json!({"method": method, "state": state, "launch": launch, "expires_at": TIME})
}

fn card(kind: CardKind, carrier: Carrier, class: StateClass, realname: RealnameState) -> Value {
    json!({
        "number_masked": "8986 07B2 **** 8584", "kind": kind, "carrier": carrier,
        "state": {"code": "0", "label": "正常", "class": class}, "plan": "月包",
        "usage": {"used_mb": 3, "total_mb": 2048, "as_of": TIME}, "expires_at": TIME,
        "realname": {"required": true, "state": realname}, "category_ids": ["11", "12"],
        "check_digit_differs": true
    })
}

#[wasm_bindgen_test]
fn the_shop_is_read_as_the_contract_reads_it() {
    for mode in [Mode::Demo, Mode::Live] {
        let value = json!({
            "brand": "充值", "company": "C", "icp_number": "1", "terms_url": "/t", "privacy_url": "/p",
            "support": {"phone": "400", "hours": "9-18"},
            "features": {"realname": true, "order_search": false, "wechat_scan": true}, "methods": Method::ALL,
            "unavailable": [{"host": "mini_program", "method": "wechat"}, {"host": "wechat", "method": "alipay"}],
            "partner": {"script": "https://partner.test/a.js", "close": "shut"},
            "newest_notice_id": "n1", "mode": mode, "server_time": TIME
        });
        alike::<Storefront>(&value, read::storefront);
    }
    for rule in [ResetRule::Monthly, ResetRule::Cumulative, ResetRule::Other] {
        let package = json!({
            "id": "1102", "name": "2GB", "price_fen": 1800, "original_fen": 2000, "data_mb": 2048,
            "validity": "30 天", "tags": ["热销", "\u{1F680}"], "sold_out": false
        });
        let value = json!({
            "as_of": TIME, "stale": false,
            "categories": [{"id": "11", "name": "移动", "carrier": "mobile", "reset_rule": rule, "packages": [package]}]
        });
        alike::<Catalog>(&value, read::catalog);
    }
    let notice = json!({"id": "n1", "title": "停机", "content": "a\nb", "published_at": TIME});
    alike::<Notices>(&json!({"notices": [notice]}), read::notices);
}

#[wasm_bindgen_test]
fn cards_and_orders_are_read_as_the_contract_reads_them() {
    let usable = StateClass::Usable;
    for carrier in Carrier::ALL {
        let value = card(CardKind::Iccid, carrier, usable, RealnameState::Passed);
        alike::<CardSummary>(&value, read::card);
    }
    for class in StateClass::ALL {
        let value = card(
            CardKind::Msisdn,
            Carrier::Mobile,
            class,
            RealnameState::None,
        );
        alike::<CardSummary>(&value, read::card);
    }
    for state in [RealnameState::Pending, RealnameState::Rejected] {
        let value = card(CardKind::Iccid, Carrier::Mobile, usable, state);
        alike::<CardSummary>(&value, read::card);
    }
    let open = payment(
        Method::Alipay,
        PaymentState::Launched,
        &json!({"kind": "none"}),
    );
    for state in OrderState::ALL {
        alike::<Order>(&order(state, OrderKind::Recharge, &open), read::order);
    }
    let partners = order(OrderState::Paid, OrderKind::PayOrder, &Value::Null);
    alike::<Order>(&partners, read::order);
    let row = json!({
        "number_masked": "R…1", "card_masked": "8986 **** 8584", "title": "2GB", "amount_fen": 1800,
        "state": "credited", "held": false, "created_at": TIME
    });
    let mut packaged = row.clone();
    packaged["package"] = json!({
        "id": "1102", "name": "2GB 月清零", "data_mb": 2048, "validity": "当月有效", "reset_rule": "monthly"
    });
    alike::<CardOrders>(
        &json!({"orders": [row, packaged], "next_cursor": "c"}),
        read::card_orders,
    );
}

#[wasm_bindgen_test]
fn payments_and_refusals_are_read_as_the_contract_reads_them() {
    for method in Method::ALL {
        for state in PaymentState::ALL {
            let value = payment(
                method,
                state,
                &json!({"kind": "redirect", "url": "https://wallet.test"}),
            );
            alike::<Payment>(&value, read::payment);
        }
    }
    for launch in [
        json!({"kind": "redirect", "url": "https://wallet.test/?a=1&b=2"}),
        json!({"kind": "form", "action": "https://wallet.test", "fields": [["a", "1"], ["b", ""]]}),
        json!({"kind": "qr", "content": "weixin://x", "expires_at": TIME}),
        json!({
            "kind": "wechat_jsapi", "appId": "a", "timeStamp": "1", "nonceStr": "n", "package": "prepay_id=1",
            "signType": "RSA", "paySign": "s"
        }),
        json!({"kind": "alipay_trade", "trade_no": "1"}),
        json!({"kind": "mini_program", "path": "pages/pay", "params": "{}"}),
        json!({"kind": "transfer", "address": "T1", "amount": "1.5", "currency": "USDT", "uri": "tron:T1"}),
        json!({"kind": "none"}),
    ] {
        let value = payment(Method::Wechat, PaymentState::Launched, &launch);
        alike::<Payment>(&value, read::payment);
    }
    let later = "a_reason_of_next_year";
    let codes = ErrorCode::ALL.iter().map(|code| code.as_str());
    for code in codes.chain([later]) {
        let value = json!({
            "type": "https://shop.test/errors", "status": 409, "code": code, "title": "t", "detail": "d",
            "request_id": "r", "field": "number", "retry_after": 30, "price_fen": 1900
        });
        alike::<Problem>(&value, read::problem);
    }
}

#[wasm_bindgen_test]
fn questions_are_read_as_the_contract_reads_them() {
    for value in [
        json!({ "asks": "recently_bought" }),
        json!({ "asks": "price_changed", "price_fen": 1900 }),
    ] {
        alike::<Question>(&value, read::question);
        let either = page::read(&value.to_string(), read::order_or_question);
        assert_eq!(
            either.and_then(Result::err),
            serde_json::from_value(value).ok()
        );
    }
}

#[wasm_bindgen_test]
fn what_is_no_json_is_refused() {
    for text in [
        "",
        "{",
        "null",
        "7",
        "[]",
        "\"x\"",
        "<html>",
        "{\"notices\": {}}",
    ] {
        assert_eq!(page::read(text, read::notices), None, "{text}");
    }
}

#[wasm_bindgen_test]
fn what_is_sent_is_what_the_contract_would_send() {
    let check = |ours: String, theirs: Value| {
        assert_eq!(
            serde_json::from_str::<Value>(&ours).ok(),
            Some(theirs),
            "{ours}"
        );
    };
    let lookup = CardLookup {
        number: "8986\"\\\n".into(),
    };
    check(write::card_lookup(&lookup), json!(lookup));
    for cursor in [None, Some("c".to_owned())] {
        let find = FindOrders {
            number: "8986".into(),
            cursor,
        };
        check(write::find_orders(&find), json!(find));
    }
    let submission = RealnameSubmission {
        number: CardNumber::parse("898607B2091701418584").expect("a card number"),
        name: "张三".into(),
        id_number: "11010519491231002X".into(),
        phone: "13800138000".into(),
    };
    check(write::realname(&submission), json!(submission));
    for (repeat, ask) in [(false, false), (true, false), (false, true)] {
        let order = CreateOrder {
            card_number: "898607B2091701418584".into(),
            package_id: "1102".into(),
            quoted_fen: Fen(1800),
            repeat,
            ask,
        };
        check(write::create_order(&order), json!(order));
    }
    for host in Host::ALL {
        for method in Method::ALL {
            let payment = CreatePayment { method, host };
            check(write::create_payment(payment), json!(payment));
        }
    }
}
