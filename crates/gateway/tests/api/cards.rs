//! Cards, and what anyone may learn of them and their orders.

use contract::{CardOrders, CardSummary, ErrorCode, ResetRule, StateClass, routes};
use serde_json::json;

use crate::{
    on_both_databases,
    support::{CARD, Shop, shop::problem},
};

on_both_databases! {
    async fn a_card_says_what_it_is(database: Database) {
        let shop = Shop::open(database).await;
        let look = async |number: &str| {
            let answer = shop.post(routes::CARD_LOOKUP, &json!({ "number": number })).send().await.expect("an answer");
            assert_eq!(answer.status(), 200, "{number}");
            let text = answer.text().await.expect("a body");
            assert!(!text.contains(number), "the full number is not told");
            serde_json::from_str::<CardSummary>(&text).expect("a card")
        };
        let card = look(CARD).await;
        assert_eq!((card.state.label.as_str(), card.state.class), ("正常", StateClass::Usable));
        assert_eq!(card.usage.map(|usage| (usage.used_mb, usage.total_mb)), Some((1557, 2048)));
        let classes = [
            ("898607B2091701418585", StateClass::Activatable), ("898607B2091701418581", StateClass::Suspended),
            ("89860023152003456707", StateClass::Terminated), ("89860422101872720500", StateClass::Unknown),
            ("89860621900012345618", StateClass::Testing), ("8986031750210012345", StateClass::Usable),
            ("89861120220045678032", StateClass::Activatable), ("13012345678", StateClass::Usable),
        ];
        for (number, class) in classes {
            assert_eq!(look(number).await.state.class, class, "{number}");
        }
        assert_eq!(look("89861120220045678016").await.usage, None);
    }

    /// Row 59: what is no card number is refused, and never thrown back.
    async fn row_59_what_is_no_card_number_is_refused_and_not_reflected(database: Database) {
        let shop = Shop::open(database).await;
        let inputs = [
            "", "8986", "898600000000000000000", "8986010110231170983S", "89860070310112094320' OR 1=1--",
            "<script>alert(1)</script>", "8986\r\nSet-Cookie: x=1", "\u{202E}898607B2091701418584x", "12800138000",
            "1470012345678", "6222021234567890123", "4111 1111 1111 1111", "89860070310112094320é", "٨٩٨٦٠٧٢٠٩١٧٠١٤١٨٥٨٤٠", &"8".repeat(5000),
        ];
        for input in inputs {
            for (path, body) in [
                (routes::CARD_LOOKUP, json!({ "number": input })),
                (routes::CARD_ORDERS, json!({ "number": input })),
            ] {
                let answer = shop.post(path, &body).send().await.expect("an answer");
                assert_eq!(answer.status(), 422, "{input}");
                let text = answer.text().await.expect("a body");
                assert!(input.len() < 8 || !text.contains(input), "{text}");
                assert!(text.contains("invalid_card_number"), "{text}");
            }
        }
        for number in ["8986 07B2 0917 0141 8584", "８９８６０７Ｂ２０９１７０１４１８５８４", "\u{200B}898607b2091701418584\u{FEFF}",
            "\u{2068}8986\u{2011}07B2\u{2013}0917\u{2014}0141\u{2212}8584\u{2069}", "]C1898607B2091701418584", "*898607B2091701418584*",
            "ICCID：898607B2091701418584\u{FE0F}\u{AD}\u{61C}"] {
            let answer = shop.post(routes::CARD_LOOKUP, &json!({ "number": number })).send().await.expect("an answer");
            assert_eq!(answer.status(), 200, "{number}");
        }
    }

    /// Row 27: guessing ids tells nothing.
    async fn row_27_every_wrong_id_answers_alike(database: Database) {
        let shop = Shop::open(database).await;
        let order = shop.order().await;
        let off_by_one = format!("{:032x}", u128::from_str_radix(order.id.as_str(), 16).expect("hex").wrapping_add(1));
        let mut bodies = std::collections::HashSet::new();
        for id in [off_by_one.as_str(), "00000000000000000000000000000000", "1", "x", &order.number, "..%2F..%2Fadmin"] {
            let answer = shop.get(&format!("/api/v1/orders/{id}")).send().await.expect("an answer");
            assert_eq!(answer.status(), 404, "{id}");
            let problem = problem(answer).await;
            bodies.insert((problem.code.as_str(), problem.detail, problem.kind));
        }
        assert_eq!(bodies.len(), 1, "{bodies:?}");
    }

    /// Row 28: a card's number shows masked rows only.
    async fn row_28_a_search_shows_masked_rows(database: Database) {
        let shop = Shop::open(database).await;
        let mut ids = Vec::new();
        for _ in 0..25 {
            ids.push(shop.order().await);
        }
        let first = shop.post(routes::CARD_ORDERS, &json!({ "number": CARD })).send().await.expect("an answer");
        let text = first.text().await.expect("a body");
        for order in &ids {
            assert!(!text.contains(order.id.as_str()) && !text.contains(CARD));
        }
        let first: CardOrders = serde_json::from_str(&text).expect("rows");
        assert_eq!(first.orders.len(), 20);
        let package = first.orders[0].package.as_ref().expect("a package");
        assert_eq!((package.data_mb, package.reset_rule), (2048, ResetRule::Monthly));
        let cursor = first.next_cursor.expect("there is more");
        let rest = shop.post(routes::CARD_ORDERS, &json!({ "number": CARD, "cursor": cursor })).send().await.expect("an answer");
        let rest: CardOrders = rest.json().await.expect("rows");
        assert_eq!((rest.orders.len(), rest.next_cursor), (5, None));
        let times: Vec<_> = first.orders.iter().chain(&rest.orders).map(|row| row.created_at).collect();
        assert!(times.is_sorted_by(|newer, older| newer >= older));
        let wrong = shop.post(routes::CARD_ORDERS, &json!({ "number": CARD, "cursor": "x" })).send().await.expect("an answer");
        assert_eq!(problem(wrong).await.code, ErrorCode::InvalidRequest);
    }
}
