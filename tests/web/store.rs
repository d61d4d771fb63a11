//! What the device remembers, where another version of the program has written too.

use contract::{CardNumber, OrderId, ResetRule};
use serde_json::{Value, json};
use storefront::store::{self, cards, intents, orders};
use wasm_bindgen_test::wasm_bindgen_test;

const CARD: &str = "898607B2091701418584";

fn stored(name: &str) -> Value {
    let text = store::read(name).expect("something is stored");
    serde_json::from_str(&text).expect("JSON")
}

fn order(id: &str, more: Value) -> Value {
    let mut order = json!({
        "id": id, "title": "2GB", "amount_fen": 1800, "state": "paying", "held": false,
        "created_at": "2026-11-21T10:00:00Z"
    });
    let fields = order.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    order
}

fn order_now(id: &str) -> contract::Order {
    serde_json::from_value(json!({
        "id": id, "number": "R1", "kind": "recharge", "state": "credited", "held": false, "title": "2GB",
        "amount_fen": 1800, "currency": "CNY", "created_at": "2026-11-21T10:00:00Z",
        "expires_at": "2026-11-21T10:15:00Z", "server_time": "2026-11-21T10:00:00Z", "timeline": [], "version": 3
    }))
    .expect("an order")
}

#[wasm_bindgen_test]
fn an_order_that_cannot_be_read_hides_no_other_and_is_kept() {
    let (known, newer, made) = ("1".repeat(32), "2".repeat(32), "3".repeat(32));
    let foreign = [
        order(&newer, json!({ "state": "shipped" })),
        order(&newer, json!({ "amount_fen": "18.00" })),
        json!({ "v": 2 }),
        json!("text"),
        json!(null),
    ];
    let mut list = foreign.to_vec();
    list.insert(2, order(&known, json!({ "partner": "p-1" })));
    store::write("rc.orders", &Value::from(list).to_string());
    let ids = || -> Vec<String> {
        let all = orders::all();
        all.iter()
            .map(|order| order.id.as_str().to_owned())
            .collect()
    };
    assert_eq!(ids(), [known.as_str()]);

    orders::remember(&order_now(&made));
    orders::remember(&order_now(&known));
    assert_eq!(ids().len(), 2);
    let kept = stored("rc.orders");
    let kept = kept.as_array().expect("a list");
    for entry in &foreign {
        assert!(kept.contains(entry), "{entry} is gone from {kept:?}");
    }
    let of = |id: &str| {
        kept.iter()
            .find(|entry| entry["id"] == *id && entry["state"] == "credited")
    };
    // What only the newer version knows of an order stays with it.
    assert_eq!(of(&known).expect("it is there")["partner"], "p-1");
    assert!(of(&made).is_some());

    orders::forget(&OrderId::parse(&known).expect("an id"));
    assert_eq!(ids(), [made.as_str()]);
    assert_eq!(
        stored("rc.orders").as_array().map(Vec::len),
        Some(foreign.len() + 1)
    );
}

#[wasm_bindgen_test]
fn what_is_no_list_at_all_is_kept_too() {
    for text in [r#"{"v":2,"orders":[1]}"#, "7", "gar{bage"] {
        store::write("rc.orders", text);
        assert_eq!(orders::all(), []);
        orders::remember(&order_now(&"4".repeat(32)));
        assert_eq!(orders::all().len(), 1);
        let kept = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
        assert!(
            stored("rc.orders")
                .as_array()
                .is_some_and(|list| list.contains(&kept)),
            "{text}"
        );
    }
    store::write("rc.orders", "[]");
}

#[wasm_bindgen_test]
fn cards_and_purchases_of_another_version_stay() {
    let card = CardNumber::parse(CARD).expect("a card number");
    let foreign = json!({ "number": "89860403101872720008", "name": "车上" });
    store::write(
        "rc.cards",
        &json!([foreign, "89860403101872720017", "x", 5]).to_string(),
    );
    let before = cards::all().len();
    cards::remember(&card);
    assert_eq!(cards::all().len(), before + 1);
    assert_eq!(cards::all()[0], card);
    let kept = stored("rc.cards");
    for entry in [foreign.clone(), json!("x"), json!(5)] {
        assert!(
            kept.as_array().is_some_and(|list| list.contains(&entry)),
            "{entry}"
        );
    }
    cards::forget(&card);
    assert_eq!(cards::all().len(), before);

    store::write(
        "rc.intents",
        &json!([{ "card": CARD, "package": 7 }, foreign]).to_string(),
    );
    let intent = intents::begin(&card, "1102");
    assert_eq!(intents::find(&card, "1102"), Some(intent));
    let kept = stored("rc.intents");
    assert_eq!(kept.as_array().map(Vec::len), Some(3));
    intents::end(&card, "1102");
    assert_eq!(intents::find(&card, "1102"), None);
    assert_eq!(stored("rc.intents").as_array().map(Vec::len), Some(2));
    for name in ["rc.cards", "rc.intents"] {
        store::write(name, "[]");
    }
}

#[wasm_bindgen_test]
fn what_an_older_page_has_stored_is_read() {
    let (bare, whole) = ("5".repeat(32), "6".repeat(32));
    let list = [
        order(&bare, json!({})),
        order(
            &whole,
            json!({ "data_mb": 2048, "reset_rule": "monthly", "card_masked": "8986 **** 8584" }),
        ),
    ];
    store::write("rc.orders", &json!(list).to_string());
    let read = orders::all();
    assert_eq!(read.len(), 2);
    assert_eq!((read[0].package(), &read[0].card_masked), (None, &None));
    assert_eq!(read[1].package(), Some((2048, ResetRule::Monthly)));
    assert_eq!(read[1].card_masked.as_deref(), Some("8986 **** 8584"));
    store::write("rc.orders", "[]");

    let card = CardNumber::parse(CARD).expect("a card number");
    let at = storefront::clock::now().0;
    let key = |order: Value| {
        let intent =
            json!({ "card": CARD, "package": "1102", "key": "k", "order": order, "at": at });
        store::write("rc.intents", &json!([intent]).to_string());
        intents::find(&card, "1102").map(|intent| (intent.key, intent.order))
    };
    let id = OrderId::parse(&bare).expect("an id");
    assert_eq!(key(json!(bare)), Some(("k".into(), Some(id))));
    // An id that is none costs the purchase its order, and not its key.
    for none in [json!(null), json!("gone")] {
        assert_eq!(key(none), Some(("k".into(), None)));
    }
    store::write("rc.intents", "[]");
}
