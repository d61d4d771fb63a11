//! What is for sale while the card platform comes and goes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use contract::{Catalog, ErrorCode, Notices, Problem, routes};
use futures_util::future::join_all;
use gateway::{catalog::CatalogCache, config, notices::NoticeCache, upstream::shingsou::Shingsou};
use serde_json::json;

use crate::{
    on_both_databases,
    support::{Database, PACKAGE, Shop, shop::patience},
};

const MINUTE: Duration = Duration::from_secs(60);

/// A platform at an address where nothing listens.
fn nobody(shop: &Shop) -> Arc<Shingsou> {
    let mut config: config::Shingsou = shop.gateway.app().config.shingsou.clone();
    config.api_base = "http://127.0.0.1:1".parse().expect("an address");
    config.identity_base = config.api_base.clone();
    Arc::new(Shingsou::new(&config).expect("a good configuration"))
}

async fn shown(shop: &Shop) -> Catalog {
    let answer = shop.get(routes::CATALOG).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    answer.json().await.expect("a catalog")
}

on_both_databases! {
    async fn the_last_catalog_stays_while_the_platform_is_down(database: Database) {
        let shop = Shop::open(database).await;
        let before = shown(&shop).await;
        assert!(!before.stale && !before.categories.is_empty());
        shop.control("faults", json!({ "route": "*", "kind": "http_500", "times": 0 })).await;
        assert!(shop.gateway.app().catalog.refresh().await.is_err());
        let during = shown(&shop).await;
        assert_eq!(during, Catalog { stale: true, ..before.clone() });
        shop.control("faults/clear", json!({})).await;
        shop.gateway.app().catalog.refresh().await.expect("the platform is back");
        let after = shown(&shop).await;
        assert!(!after.stale && after.as_of > before.as_of);
    }

    async fn a_restart_with_the_platform_down_shows_the_last_catalog(database: Database) {
        let shop = Shop::open(database).await;
        let before = shown(&shop).await;
        let db = &shop.gateway.app().db;
        // It is answered first and kept a moment later.
        while sqlx::query("select name from snapshots where name = 'catalog'")
            .fetch_optional(db.pool()).await.expect("the snapshots can be read").is_none()
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let restarted = CatalogCache::new(db.clone(), nobody(&shop), MINUTE);
        assert!(restarted.refresh().await.is_err());
        let kept = restarted.current().await.expect("the last good catalog");
        assert_eq!(*kept, Catalog { stale: true, ..before });
        let refused = restarted.fresh().await.expect_err("nothing is sold by an old catalog");
        assert_eq!(refused.code, ErrorCode::PlatformUnavailable);
        assert!(refused.retry_after.is_some());
    }

    async fn a_shop_that_never_heard_the_platform_has_nothing_to_show(database: Database) {
        let shop = Shop::open(database).await;
        let app = shop.gateway.app();
        // Both were heard and saved once, so that no job saves them again below.
        app.catalog.refresh().await.expect("the platform answers");
        app.notices.refresh().await.expect("the platform answers");
        sqlx::query("delete from snapshots").execute(app.db.pool()).await.expect("none are kept");
        let catalog = CatalogCache::new(app.db.clone(), nobody(&shop), MINUTE);
        let notices = NoticeCache::new(app.db.clone(), nobody(&shop));
        assert!(catalog.current().await.is_none() && notices.current().await.is_none());
        assert!(notices.refresh().await.is_err());
        assert_eq!(notices.newest_id().await, None);
    }
}

#[tokio::test]
async fn a_hundred_buyers_ask_for_one_catalog() {
    let shop = Shop::open(Database::sqlite()).await;
    let app = shop.gateway.app();
    let cache = CatalogCache::new(app.db.clone(), app.shingsou.clone(), MINUTE);
    let calls = async || {
        shop.ledger().await["calls"]["GET /payment/Product/Categories"]
            .as_u64()
            .unwrap_or(0)
    };
    shown(&shop).await;
    let before = calls().await;
    let catalogs = join_all((0..100).map(|_| cache.fresh())).await;
    assert!(catalogs.iter().all(Result::is_ok));
    assert!(cache.fresh().await.is_ok());
    assert_eq!(calls().await, before + 1);
}

#[tokio::test]
async fn a_catalog_is_stale_when_it_is_twice_as_old_as_it_may_be() {
    let shop = Shop::open(Database::sqlite()).await;
    let app = shop.gateway.app();
    let cache = CatalogCache::new(
        app.db.clone(),
        app.shingsou.clone(),
        Duration::from_millis(150),
    );
    cache.refresh().await.expect("the platform answers");
    assert_eq!(
        cache.current().await.map(|catalog| catalog.stale),
        Some(false)
    );
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(
        cache.current().await.map(|catalog| catalog.stale),
        Some(true)
    );
}

#[tokio::test]
async fn announcements_and_the_newest_of_them() {
    let shop = Shop::open(Database::sqlite()).await;
    let answer = shop.get(routes::NOTICES).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let heard: Notices = answer.json().await.expect("announcements");
    let newest = heard.notices.first().map(|notice| notice.id.clone());
    assert!(newest.is_some());
    assert_eq!(shop.gateway.app().notices.newest_id().await, newest);
}

/// It was taken, and nobody said so: the card tells, so that its holder does not hand it in twice.
#[tokio::test]
async fn a_registration_whose_answer_is_lost_is_asked_for() {
    let shop = Shop::open(Database::sqlite()).await;
    let body = json!({
        "number": "89861120220045678008", "name": "张三", "id_number": "11010519491231002x", "phone": "13800138000",
    });
    for (kind, status) in [("http_500", 503), ("timeout_after_effect", 200)] {
        let fault = json!({ "route": "POST /cards/FlowCard/Reality", "kind": kind });
        shop.control("faults", fault).await;
        let answer = shop.post(routes::CARD_REALNAME, &body).send().await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), status, "{kind}");
        if status == 200 {
            let answer: serde_json::Value = answer.json().await.expect("how far it is");
            assert!(
                answer["state"] == "pending" || answer["state"] == "passed",
                "{answer}"
            );
        }
    }
}

#[tokio::test]
async fn a_registration_is_checked_before_it_leaves() {
    let shop = Shop::open(Database::sqlite()).await;
    let check =
        async |id_number: &str, card: &str, expected: Result<&str, (ErrorCode, Option<&str>)>| {
            let body = json!({
                "number": card, "name": "张三", "id_number": id_number, "phone": "13800138000",
            });
            let answer = shop
                .post(routes::CARD_REALNAME, &body)
                .send()
                .await
                .expect("an answer");
            let status = answer.status();
            let text = answer.text().await.expect("a body");
            assert!(
                !text.contains("张三") && !text.contains(&id_number[..6]),
                "{text}"
            );
            match expected {
                Ok(state) => assert_eq!(text, format!(r#"{{"state":"{state}"}}"#)),
                Err((code, field)) => {
                    let problem: Problem = serde_json::from_str(&text).expect("a problem");
                    assert_eq!((problem.code, problem.field.as_deref()), (code, field));
                    assert_eq!(status, code.status());
                }
            }
        };
    let good = "11010519491231002X";
    check(
        "110105194912310021",
        "89861120220045678008",
        Err((ErrorCode::InvalidRequest, Some("id_number"))),
    )
    .await;
    check(
        good,
        "89860000000000000000",
        Err((ErrorCode::CardNotFound, None)),
    )
    .await;
    check(good, "89861120220045678008", Ok("pending")).await;
    let fault = json!({ "route": "POST /cards/FlowCard/Reality", "kind": "business", "code": 422 });
    shop.control("faults", fault).await;
    check(
        good,
        "89861120220045678040",
        Err((ErrorCode::RealnameRefused, None)),
    )
    .await;
}

#[tokio::test]
async fn a_category_that_fails_takes_no_other_with_it() {
    let shop = Shop::open(Database::sqlite()).await;
    let app = shop.gateway.app();
    app.catalog.refresh().await.expect("the platform answers");
    let before = shown(&shop).await;
    let one = json!({ "route": "GET /payment/Product", "kind": "http_500", "times": 1 });
    // What it said before stands in for it.
    shop.control("faults", one.clone()).await;
    app.catalog.refresh().await.expect("the others answer");
    let with_a_failure = shown(&shop).await;
    assert!(!with_a_failure.stale && with_a_failure.as_of > before.as_of);
    assert_eq!(with_a_failure.categories, before.categories);
    // Where it never said anything, the others are shown.
    shop.control("faults/clear", json!({})).await;
    sqlx::query("delete from snapshots")
        .execute(app.db.pool())
        .await
        .expect("none are kept");
    shop.control("faults", one).await;
    let cache = CatalogCache::new(app.db.clone(), app.shingsou.clone(), MINUTE);
    let heard = cache.fresh().await.expect("the others answer");
    assert_eq!(heard.categories.len(), before.categories.len() - 1);
    // Where none answers, there is no catalog, and nothing is sold by what a category said before.
    let all = json!({ "route": "GET /payment/Product", "kind": "http_500", "times": 0 });
    shop.control("faults", all).await;
    assert!(app.catalog.refresh().await.is_err());
    assert!(app.catalog.ask_package(PACKAGE).await.is_err());
}

#[tokio::test]
async fn an_order_asks_for_its_own_category() {
    let shop = Shop::open(Database::sqlite()).await;
    let app = shop.gateway.app();
    let cache = CatalogCache::new(app.db.clone(), app.shingsou.clone(), MINUTE);
    cache.refresh().await.expect("the platform answers");
    let calls = async || {
        let calls = &shop.ledger().await["calls"];
        ["GET /payment/Product/Categories", "GET /payment/Product"]
            .map(|route| calls[route].as_u64().unwrap_or(0))
    };
    shop.control("price", json!({ "productId": PACKAGE, "price": 19.5 }))
        .await;
    let before = calls().await;
    let asked = cache
        .ask_package(PACKAGE)
        .await
        .expect("the platform answers");
    assert_eq!(asked.map(|on_sale| on_sale.package.price_fen.0), Some(1950));
    let after = calls().await;
    assert_eq!(after, [before[0], before[1] + 1]);
    // The page sees it too, and the next buyer within seconds asks for nothing.
    let shown = cache.current().await.expect("a catalog");
    assert_eq!(
        shown.find(PACKAGE).map(|(_, package)| package.price_fen.0),
        Some(1950)
    );
    assert!(cache.to_sell(PACKAGE).await.expect("it is fresh").is_some());
    assert_eq!(calls().await, after);
    // What is not known may be new.
    assert!(
        cache
            .ask_package("nothing")
            .await
            .expect("the platform answers")
            .is_none()
    );
    assert_eq!(calls().await[0], after[0] + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hangs_up_cancels_no_catalog() {
    let shop = Shop::open(Database::sqlite()).await;
    let app = shop.gateway.app();
    app.catalog.refresh().await.expect("the platform answers");
    sqlx::query("delete from snapshots")
        .execute(app.db.pool())
        .await
        .expect("none are kept");
    let slow = json!({ "route": "GET /payment/Product/Categories", "kind": "delay", "ms": 300, "times": 1 });
    shop.control("faults", slow).await;
    let cache = CatalogCache::new(app.db.clone(), app.shingsou.clone(), MINUTE);
    let hung_up = tokio::time::timeout(Duration::from_millis(100), cache.fresh()).await;
    assert!(hung_up.is_err(), "it was answered at once");
    let begun = Instant::now();
    while cache.current().await.is_none() {
        assert!(begun.elapsed() < patience(), "nobody asked on");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
