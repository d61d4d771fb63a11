//! What is for sale while the card platform comes and goes.

use std::{sync::Arc, time::Duration};

use contract::{Catalog, ErrorCode, Notices, Problem, routes};
use futures_util::future::join_all;
use gateway::{catalog::CatalogCache, config, notices::NoticeCache, upstream::shingsou::Shingsou};
use serde_json::json;

use crate::{
    on_both_databases,
    support::{Database, Shop},
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
