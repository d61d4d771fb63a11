//! What the platform tells, read exactly.

use contract::{Carrier, RealnameState, RealnameSubmission, ResetRule};
use gateway::upstream::shingsou::{Fen, PlatformStatus, Trade};
use serde_json::json;

use super::{CARD, Platform, card, is_unknown, payment};

#[tokio::test]
async fn the_catalog_is_read_exactly() {
    let platform = Platform::start().await;
    platform
        .control("product", json!({ "productId": "1101", "onSale": false }))
        .await;
    let mut categories = Vec::new();
    for category in platform.shingsou.categories().await.expect("a list") {
        let filled = platform.shingsou.with_packages(category).await;
        categories.push(filled.expect("packages"));
    }
    let ids: Vec<&str> = categories
        .iter()
        .map(|category| category.id.as_str())
        .collect();
    assert_eq!(ids, ["11", "12", "21", "22", "31", "32"]);
    assert_eq!(
        (categories[0].carrier, categories[0].reset_rule),
        (Carrier::Mobile, ResetRule::Monthly)
    );
    assert_eq!(
        (categories[5].carrier, categories[5].reset_rule),
        (Carrier::Telecom, ResetRule::Cumulative)
    );
    let prices: Vec<i64> = categories[0]
        .packages
        .iter()
        .map(|package| package.price_fen.0)
        .collect();
    assert_eq!(prices, [1800, 2410, 3000, 4100, 5300]);
    let third = &categories[1].packages[2];
    assert!(
        third.sold_out && !categories[1].packages[0].sold_out,
        "{third:?}"
    );
    assert_eq!(
        categories[1].packages[1].original_fen,
        Some(contract::Fen(11_800))
    );
}

#[tokio::test]
async fn a_card_is_read_from_three_answers() {
    let platform = Platform::start().await;
    let known = platform.shingsou.card(&card(CARD)).await.expect("a card");
    assert_eq!(
        known.usage.map(|usage| (usage.used_mb, usage.total_mb)),
        Some((1557, 2048))
    );
    assert_eq!(
        (known.carrier, known.state.code.as_str()),
        (Carrier::Mobile, "0")
    );
    assert_eq!(known.realname.state, RealnameState::Passed);
    let silent = platform
        .shingsou
        .card(&card("89861120220045678016"))
        .await
        .expect("a card");
    assert_eq!((silent.carrier, silent.usage), (Carrier::Telecom, None));
    platform
        .fault("GET /cards/FlowCard/Status", "http_500", 1)
        .await;
    assert!(is_unknown(
        &platform.shingsou.card(&card(CARD)).await.map(drop)
    ));
}

#[tokio::test]
async fn a_registration_and_the_announcements() {
    let platform = Platform::start().await;
    let submission = RealnameSubmission {
        number: card("89861120220045678008"),
        name: "张三".into(),
        id_number: "11010519491231002x".into(),
        phone: "13800138000".into(),
    };
    let state = platform.shingsou.submit_realname(&submission).await;
    assert_eq!(state, Ok(RealnameState::Pending));
    let notices = platform.shingsou.notices().await.expect("announcements");
    assert!(!notices.is_empty());
    assert!(notices.is_sorted_by_key(|notice| std::cmp::Reverse(notice.published_at)));
}

#[tokio::test]
async fn a_payment_is_created_and_found() {
    let platform = Platform::start().await;
    let by_link = platform
        .shingsou
        .create_payment(&payment("P1", Trade::Link))
        .await
        .expect("a link");
    assert_eq!(by_link.total, Fen(2410));
    assert!(
        by_link.url.starts_with(platform.sandbox.url()),
        "{}",
        by_link.url
    );
    let by_code = platform
        .shingsou
        .create_payment(&payment("P1", Trade::Code))
        .await
        .expect("a code");
    assert_eq!(by_code.total, Fen(2410));

    let found = platform
        .shingsou
        .find_order("P1")
        .await
        .expect("an answer")
        .expect("an order");
    assert_eq!(
        (found.status, found.total, found.paid_at),
        (PlatformStatus::Unpaid, Fen(2410), None)
    );
    assert_eq!(found.product_id.as_deref(), Some("1103"));

    platform.control("credit", json!({ "mode": "never" })).await;
    platform.control("pay", json!({ "outTradeNo": "P1" })).await;
    let paid = platform
        .shingsou
        .find_order("P1")
        .await
        .expect("an answer")
        .expect("an order");
    assert!(
        matches!(
            paid.status,
            PlatformStatus::Paid | PlatformStatus::Crediting
        ),
        "{paid:?}"
    );
    assert_eq!(paid.transaction_id.map(|id| id.len()), Some(28));
    assert!(paid.paid_at.is_some());
}
