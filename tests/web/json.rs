//! The page's reading and writing of JSON against `serde_json`'s.

use contract::{
    CardKind, CardLookup, CardNumber, CardOrders, CardSummary, Carrier, Catalog, CreateOrder,
    CreatePayment, ErrorCode, Fen, FindOrders, Host, Method, Mode, Notices, Order, OrderKind,
    OrderState, Payment, PaymentState, Problem, Question, RealnameState, RealnameSubmission,
    ResetRule, StateClass, Storefront,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use storefront::{api, json as page};
use wasm_bindgen_test::wasm_bindgen_test;

const TIME: &str = "2026-11-21T18:32:35.120+08:00";

/// Both read the value alike; and without any one field, with `null` or another kind in its place, or with a field that
/// nobody knows, both take it or both refuse it.
fn alike<T: DeserializeOwned + PartialEq + std::fmt::Debug>(value: &Value) {
    let ours = |value: &Value| page::read::<T>(&value.to_string());
    let theirs = |value: &Value| serde_json::from_value::<T>(value.clone()).ok();
    assert!(theirs(value).is_some(), "the contract refuses {value}");
    assert_eq!(ours(value), theirs(value), "{value}");
    for spoilt in spoilt(value) {
        assert_eq!(ours(&spoilt), theirs(&spoilt), "{spoilt}");
    }
}

/// The value with one field, at any depth, missing, of another kind or too many.
fn spoilt(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::Object(fields) => {
            let mut more = fields.clone();
            more.insert("of_tomorrow".into(), json!([{"a": 1.5}]));
            all.push(more.into());
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
        alike::<Storefront>(&value);
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
        alike::<Catalog>(&value);
    }
    let notice = json!({"id": "n1", "title": "停机", "content": "a\nb", "published_at": TIME});
    alike::<Notices>(&json!({"notices": [notice]}));
}

#[wasm_bindgen_test]
fn cards_and_orders_are_read_as_the_contract_reads_them() {
    let usable = StateClass::Usable;
    for carrier in Carrier::ALL {
        let value = card(CardKind::Iccid, carrier, usable, RealnameState::Passed);
        alike::<CardSummary>(&value);
    }
    for class in StateClass::ALL {
        let value = card(
            CardKind::Msisdn,
            Carrier::Mobile,
            class,
            RealnameState::None,
        );
        alike::<CardSummary>(&value);
    }
    for state in [RealnameState::Pending, RealnameState::Rejected] {
        let value = card(CardKind::Iccid, Carrier::Mobile, usable, state);
        alike::<CardSummary>(&value);
    }
    let open = payment(
        Method::Alipay,
        PaymentState::Launched,
        &json!({"kind": "none"}),
    );
    for state in OrderState::ALL {
        alike::<Order>(&order(state, OrderKind::Recharge, &open));
    }
    let partners = order(OrderState::Paid, OrderKind::PayOrder, &Value::Null);
    alike::<Order>(&partners);
    let row = json!({
        "number_masked": "R…1", "card_masked": "8986 **** 8584", "title": "2GB", "amount_fen": 1800,
        "state": "credited", "held": false, "created_at": TIME
    });
    let mut packaged = row.clone();
    packaged["package"] = json!({
        "id": "1102", "name": "2GB 月清零", "data_mb": 2048, "validity": "当月有效", "reset_rule": "monthly"
    });
    alike::<CardOrders>(&json!({"orders": [row, packaged], "next_cursor": "c"}));
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
            alike::<Payment>(&value);
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
        alike::<Payment>(&value);
    }
    let later = "a_reason_of_next_year";
    let codes = ErrorCode::ALL.iter().map(|code| code.as_str());
    for code in codes.chain([later]) {
        let value = json!({
            "type": "https://shop.test/errors", "status": 409, "code": code, "title": "t", "detail": "d",
            "request_id": "r", "field": "number", "retry_after": 30, "price_fen": 1900
        });
        alike::<Problem>(&value);
    }
}

#[wasm_bindgen_test]
fn questions_are_read_as_the_contract_reads_them() {
    for value in [
        json!({ "asks": "recently_bought" }),
        json!({ "asks": "price_changed", "price_fen": 1900 }),
    ] {
        alike::<Question>(&value);
        let either = api::order_or_question(&value.to_string()).expect("it can be read");
        assert_eq!(either.err(), serde_json::from_value(value).ok());
    }
}

#[wasm_bindgen_test]
fn an_answer_that_is_neither_order_nor_question_is_refused() {
    let paid = order(OrderState::Paid, OrderKind::Recharge, &Value::Null);
    let either = api::order_or_question(&paid.to_string()).expect("it can be read");
    assert_eq!(either.ok(), serde_json::from_value(paid).ok());
    for text in ["", "{}", r#"{"asks": 7}"#, r#"{"asks": null}"#] {
        assert!(api::order_or_question(text).is_err(), "{text}");
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
        assert_eq!(page::read::<Notices>(text), None, "{text}");
    }
}

/// What types are made of, beside each other.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Sample {
    price: Fen,
    small: u16,
    signed: i32,
    #[serde(default)]
    flag: bool,
    text: String,
    maybe: Option<String>,
    pairs: Vec<(String, i64)>,
    codes: Vec<ErrorCode>,
}

#[wasm_bindgen_test]
fn money_is_whole_and_no_number_is_rounded() {
    let fen = |text: &str| page::read::<Fen>(text).map(|fen| fen.0);
    let most = 9_007_199_254_740_991_i64;
    for number in [
        0,
        1,
        -1,
        1800,
        i64::from(i32::MAX) + 1,
        -3_000_000_000,
        most,
        -most,
    ] {
        assert_eq!(fen(&number.to_string()), Some(number));
    }
    assert_eq!(fen("-0"), Some(0));
    for text in [
        "9007199254740992",
        "-9007199254740992",
        "9223372036854775807",
        "1e300",
        "1e999",
        "0.5",
        "18.01",
        "-0.01",
        "\"18\"",
        "\"\"",
        "true",
        "null",
        "[1]",
        "{}",
    ] {
        assert_eq!(fen(text), None, "{text}");
    }
    let status = |text: &str| page::read::<u16>(text);
    assert_eq!(status("65535"), Some(65_535));
    for text in ["65536", "-1", "429.5", "4294967297"] {
        assert_eq!(status(text), None, "{text}");
    }
}

#[wasm_bindgen_test]
fn absent_and_null_are_nothing_where_nothing_is_possible() {
    let maybe = |more: &str| {
        let text = format!(
            r#"{{"price":1,"small":2,"signed":-3,"text":"t","pairs":[],"codes":[]{more}}}"#
        );
        page::read::<Sample>(&text).map(|sample| (sample.flag, sample.maybe))
    };
    assert_eq!(maybe(""), Some((false, None)));
    assert_eq!(maybe(r#","maybe":null"#), Some((false, None)));
    assert_eq!(
        maybe(r#","maybe":"","flag":true"#),
        Some((true, Some(String::new())))
    );
    // A default is for what is not there.
    assert_eq!(maybe(r#","flag":null"#), None);
    assert_eq!(maybe(r#","maybe":7"#), None);
}

#[wasm_bindgen_test]
fn a_half_of_a_character_is_replaced_and_spoils_nothing() {
    for (text, expected) in [
        (r#""\ud83d\ude80""#, "\u{1F680}"),
        (r#""a\ud83d""#, "a\u{FFFD}"),
        (r#""\ude80b""#, "\u{FFFD}b"),
        (r#""\u0000\u2028""#, "\u{0}\u{2028}"),
    ] {
        assert_eq!(page::read::<String>(text).as_deref(), Some(expected));
    }
}

#[wasm_bindgen_test]
fn whatever_is_written_is_read_again() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for _ in 0..300 {
        let sample = random.sample();
        let text = page::write(&sample);
        assert_eq!(
            page::read::<Sample>(&text).as_ref(),
            Some(&sample),
            "{text}"
        );
        alike::<Sample>(&json!(sample));
    }
}

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> usize {
        usize::try_from(self.next() % bound).expect("it is small")
    }

    /// Of 53 bits at most, and of any size up to that.
    fn number(&mut self) -> i64 {
        let number = (self.next() >> 11).cast_signed() >> self.below(53);
        if self.below(2) == 0 { number } else { -number }
    }

    fn text(&mut self) -> String {
        const PARTS: [&str; 10] = [
            "a",
            "卡",
            "\u{1F680}",
            "\u{1F469}\u{200D}\u{1F680}",
            "\"",
            "\\",
            "\n",
            "\u{0}",
            "\u{2028}",
            "e\u{301}",
        ];
        (0..self.below(6)).map(|_| PARTS[self.below(10)]).collect()
    }

    #[expect(clippy::cast_possible_truncation, reason = "any will do")]
    fn sample(&mut self) -> Sample {
        let count = u64::try_from(ErrorCode::ALL.len()).expect("they are few");
        Sample {
            price: Fen(self.number()),
            small: self.next() as u16,
            signed: self.next() as i32,
            flag: self.below(2) == 0,
            text: self.text(),
            maybe: (self.below(2) == 0).then(|| self.text()),
            pairs: (0..self.below(4))
                .map(|_| (self.text(), self.number()))
                .collect(),
            codes: (0..self.below(4))
                .map(|_| ErrorCode::ALL[self.below(count)])
                .collect(),
        }
    }
}

#[wasm_bindgen_test]
fn what_is_sent_is_what_the_contract_says() {
    let check = |ours: String, theirs: Value| {
        assert_eq!(
            serde_json::from_str::<Value>(&ours).ok(),
            Some(theirs),
            "{ours}"
        );
    };
    check(
        page::write(&CardLookup {
            number: "8986\"\\\n".into(),
        }),
        json!({"number": "8986\"\\\n"}),
    );
    let find = |cursor: Option<&str>| {
        page::write(&FindOrders {
            number: "8986".into(),
            cursor: cursor.map(Into::into),
        })
    };
    check(find(None), json!({"number": "8986"}));
    check(find(Some("c")), json!({"number": "8986", "cursor": "c"}));
    check(
        page::write(&RealnameSubmission {
            number: CardNumber::parse("898607B2091701418584").expect("a card number"),
            name: "张三".into(),
            id_number: "11010519491231002X".into(),
            phone: "13800138000".into(),
        }),
        json!({
            "number": "898607B2091701418584", "name": "张三", "id_number": "11010519491231002X", "phone": "13800138000"
        }),
    );
    for (repeat, ask) in [(false, false), (true, false), (false, true)] {
        check(
            page::write(&CreateOrder {
                card_number: "898607B2091701418584".into(),
                package_id: "1102".into(),
                quoted_fen: Fen(1800),
                repeat,
                ask,
            }),
            json!({
                "card_number": "898607B2091701418584", "package_id": "1102", "quoted_fen": 1800, "repeat": repeat,
                "ask": ask
            }),
        );
    }
    for host in Host::ALL {
        for method in Method::ALL {
            check(
                page::write(&CreatePayment { method, host }),
                json!({"method": method.as_str(), "host": host.as_str()}),
            );
        }
    }
}
