//! The graph is the law, in the database too.

use contract::OrderState;
use gateway::orders::transition::{Cause, hold, transition};

use crate::{on_both_databases, support::Shop};

on_both_databases! {
    async fn every_edge_that_is_not_declared_is_refused(database: Database) {
        let shop = Shop::open(database).await;
        let order = shop.order().await;
        let db = &shop.gateway.app().db;
        for from in OrderState::ALL {
            for to in OrderState::ALL {
                sqlx::query("update orders set state = $1 where id = $2")
                    .bind(from.as_str()).bind(order.id.as_str()).execute(db.pool()).await.expect("a state");
                let mut tx = db.begin_order(&order.id).await.expect("a transaction");
                let moved = transition(&mut tx, &order.id, to, Cause::Request).await.expect("an answer");
                drop(tx);
                assert_eq!(moved, from.can_become(to), "{from:?} to {to:?}");
            }
        }
    }

    async fn a_held_order_moves_only_for_money(database: Database) {
        let shop = Shop::open(database).await;
        let order = shop.order().await;
        let db = &shop.gateway.app().db;
        let mut tx = db.begin_order(&order.id).await.expect("a transaction");
        transition(&mut tx, &order.id, OrderState::Paying, Cause::Request).await.expect("an answer");
        hold(&mut tx, &order.id, "first_reason").await.expect("held");
        hold(&mut tx, &order.id, "second_reason").await.expect("held");
        for (to, expected) in [(OrderState::Expired, false), (OrderState::Paid, true), (OrderState::Fulfilling, false)] {
            let moved = transition(&mut tx, &order.id, to, Cause::Time).await.expect("an answer");
            assert_eq!(moved, expected, "{to:?}");
        }
        tx.commit().await.expect("a commit");
        let reason: Option<String> = sqlx::query_scalar("select held_reason from orders where id = $1")
            .bind(order.id.as_str()).fetch_one(db.pool()).await.expect("a reason");
        assert_eq!(reason.as_deref(), Some("first_reason"));
    }

    /// A payment that was given up may be paid after its order went back to created and was held.
    async fn money_moves_a_held_order_from_created_too(database: Database) {
        let shop = Shop::open(database).await;
        let order = shop.order().await;
        let mut tx = shop.gateway.app().db.begin_order(&order.id).await.expect("a transaction");
        hold(&mut tx, &order.id, "a_reason").await.expect("held");
        for (to, cause, expected) in [
            (OrderState::Paying, Cause::Request, false),
            (OrderState::Paying, Cause::Channel, true),
            (OrderState::Paid, Cause::Channel, true),
        ] {
            let moved = transition(&mut tx, &order.id, to, cause).await.expect("an answer");
            assert_eq!(moved, expected, "{to:?} {cause:?}");
        }
    }

    async fn a_transaction_that_is_dropped_leaves_nothing(database: Database) {
        let shop = Shop::open(database).await;
        let order = shop.order().await;
        let db = &shop.gateway.app().db;
        let mut tx = db.begin_order(&order.id).await.expect("a transaction");
        transition(&mut tx, &order.id, OrderState::Cancelled, Cause::Request).await.expect("an answer");
        drop(tx);
        assert_eq!(shop.show(&order).await.state, OrderState::Created);
    }
}
