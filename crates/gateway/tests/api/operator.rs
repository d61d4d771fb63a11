//! The operator's interface beside the money: its lists, and who used it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use gateway::{Config, orders::transition::hold};
use serde_json::Value;

use crate::{
    on_both_databases,
    support::{Shop, wallets::ADMIN},
};

const LI: &str = "a-token-of-li-wei-of-enough-length";

on_both_databases! {
    /// Rows of one millisecond are told once each, however many pages they fill; `before` alone still works.
    async fn pages_lose_no_row_of_one_millisecond(database: Database) {
        let shop = Shop::open_own(database).await;
        fill(&shop).await;
        for (list, id, at) in [
            ("orders?", "id", "created_ms"),
            ("orders?held=true", "id", "created_ms"),
            ("orders?state=credited", "id", "created_ms"),
            ("orders?state=credited&held=true", "id", "created_ms"),
            ("refunds?", "out_refund_no", "created_ms"),
            ("refunds?state=refused", "out_refund_no", "created_ms"),
            ("audit?", "id", "at_ms"),
            ("quarantine?", "id", "last_ms"),
        ] {
            let seen = walk(&shop, list, id, at).await;
            let mut once = seen.clone();
            once.sort();
            once.dedup();
            assert_eq!((seen.len(), once.len()), (120, 120), "{list}");
            let (status, older) = shop.admin("GET", &format!("/admin/{list}&before=1000"), Value::Null).await;
            assert_eq!((status, older.as_array().map(Vec::len)), (200, Some(0)), "{list}");
        }
        for wrong in ["orders?state=lost", "refunds?state=lost", "refunds?before=x", "audit?state=done"] {
            let (status, _) = shop.admin("GET", &format!("/admin/{wrong}"), Value::Null).await;
            assert!([400, 422].contains(&status), "{wrong}: {status}");
        }
    }

    /// Each token has a name, and the audit tells whose it was; the token without a name is the operator's.
    async fn the_audit_names_whoever_acted(database: Database) {
        let named = |config: &mut Config| {
            config.admin.token = ADMIN.into();
            config.admin.tokens = format!("li.wei:{LI}").as_str().into();
        };
        let (shop, _) = Shop::open(database).await.start_again(&[&named]).await;
        let order = shop.order().await;
        for (token, status) in [(ADMIN, 409), (LI, 409), ("a-token-of-nobody-of-enough-length", 401), ("", 401)] {
            let answer = shop.http.post(format!("{}/admin/orders/{}/release", shop.base, order.number))
                .bearer_auth(token).send().await.expect("an answer");
            assert_eq!(answer.status(), status, "{token}");
        }
        let (_, audit) = shop.admin("GET", "/admin/audit", Value::Null).await;
        let mut who: Vec<&str> = audit.as_array().expect("deeds").iter().filter_map(|deed| deed["who"].as_str()).collect();
        who.sort_unstable();
        assert_eq!(who, ["li.wei", "operator"], "{audit}");
    }

    /// What is rolled back was neither logged nor counted.
    async fn nothing_is_counted_before_it_lasts(database: Database) {
        let shop = Shop::open(database).await;
        let order = shop.order().await;
        let reason = if shop.database.is_sqlite() { "undone_on_sqlite" } else { "undone_on_postgres" };
        let told = Arc::new(AtomicBool::new(false));
        for lasts in [false, true] {
            let mut tx = shop.gateway.app().db.begin_order(&order.id).await.expect("a transaction");
            assert!(hold(&mut tx, &order.id, reason).await.expect("written"));
            let tells = told.clone();
            tx.once_committed(move || tells.store(true, Ordering::Relaxed));
            if lasts {
                tx.commit().await.expect("committed");
            } else {
                drop(tx);
            }
            assert_eq!(told.load(Ordering::Relaxed), lasts);
            let figures = shop.get("/metrics").send().await.expect("an answer").text().await.expect("text");
            assert_eq!(figures.contains(reason), lasts, "{figures}");
        }
    }
}

/// Rows of one millisecond in every list, more than two pages of each.
async fn fill(shop: &Shop) {
    let db = &shop.gateway.app().db;
    let mut tx = db.begin_write().await.expect("a transaction");
    for statement in [
        "delete from audit",
        "insert into orders (id, number, kind, state, version, held_reason, title, amount_fen, currency, idempotency_key,
             request_digest, created_at, updated_at, expires_at)
         select $1, $1, 'recharge', 'credited', 1, 'paid_twice', 't', 1, 'CNY', $1, '', 5000, 5000, 5000",
        "insert into payments (out_trade_no, order_id, channel, merchant, method, launch_kind, state, amount_fen,
             created_at, updated_at, expires_at)
         select $1, $1, 'wechat', 'main', 'wechat', 'qr', 'succeeded', 1, 5000, 5000, 5000",
        "insert into refunds (out_refund_no, out_trade_no, order_id, amount_fen, reason, cause, state, created_at, updated_at)
         select $1, $1, $1, 1, 'r', 'operator', 'refused', 5000, 5000",
        "insert into audit (id, at, action, subject, detail, outcome, address)
         select $1, 5000, 'a', 's', '{}', 'done', '-'",
        "insert into quarantine (digest, channel, merchant, out_trade_no, times, first_at, last_at)
         select $1, 'wechat', 'main', 'P', 1, 5000, 5000",
    ] {
        let rows = if statement.starts_with("delete") { 1 } else { 120 };
        for row in 0..rows {
            let query = sqlx::query(statement);
            let query = if rows == 1 { query } else { query.bind(format!("{row:032x}")) };
            query.execute(tx.conn()).await.expect(statement);
        }
    }
    tx.commit().await.expect("written");
}

/// The ids of a list, page by page.
async fn walk(shop: &Shop, list: &str, id: &str, at: &str) -> Vec<String> {
    let mut seen = Vec::new();
    let mut from = String::new();
    loop {
        let (status, page) = shop
            .admin("GET", &format!("/admin/{list}{from}"), Value::Null)
            .await;
        assert_eq!(status, 200, "{list}: {page}");
        let rows = page.as_array().expect("rows");
        let Some(last) = rows.last() else { return seen };
        assert!(seen.len() <= 240, "{list} has no end");
        from = format!(
            "&before={}&before_id={}",
            last[at],
            last[id].as_str().expect("an id")
        );
        seen.extend(
            rows.iter()
                .map(|row| row[id].as_str().expect("an id").to_owned()),
        );
    }
}
