//! The orders made or opened on this device.

use contract::{Fen, Order, OrderId, OrderState, ResetRule, Timestamp};
use serde::{Deserialize, Serialize};

use super::list::{self, Entry};

const NAME: &str = "rc.orders";
const MOST: usize = 30;

/// What is remembered of an order, to show it before the gateway has answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// The id, which is the right to see it.
    pub id: OrderId,
    /// What was bought, in the seller's words.
    pub title: String,
    /// The package's volume in MB, to say in any language what was bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_mb: Option<i64>,
    /// Its rule, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset_rule: Option<ResetRule>,
    /// What it cost.
    pub amount_fen: Fen,
    /// The card, masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_masked: Option<String>,
    /// Where it stood when it was last seen.
    pub state: OrderState,
    /// Whether it was held then.
    pub held: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Remembered {
    /// The package's volume in MB and its rule.
    #[must_use]
    pub fn package(&self) -> Option<(i64, ResetRule)> {
        self.data_mb.zip(self.reset_rule)
    }
}

impl Entry for Remembered {
    fn is_same(&self, other: &Remembered) -> bool {
        self.id == other.id
    }
}

impl From<&Order> for Remembered {
    fn from(order: &Order) -> Remembered {
        Remembered {
            id: order.id.clone(),
            title: order.title.clone(),
            data_mb: order.package.as_ref().map(|package| package.data_mb),
            reset_rule: order.package.as_ref().map(|package| package.reset_rule),
            amount_fen: order.amount_fen,
            card_masked: order.card_masked.clone(),
            state: order.state,
            held: order.held,
            created_at: order.created_at,
        }
    }
}

/// Every remembered order, the newest first.
#[must_use]
pub fn all() -> Vec<Remembered> {
    list::entries(super::read(NAME).as_deref())
}

/// Remembers an order as it is now.
pub fn remember(order: &Order) {
    save(&with(all(), order.into()));
}

/// Takes an order out of the list. It is not changed by that.
pub fn forget(id: &OrderId) {
    let mut orders = all();
    orders.retain(|order| order.id != *id);
    save(&orders);
}

fn save(orders: &[Remembered]) {
    super::write(NAME, &list::list(super::read(NAME).as_deref(), orders));
}

fn with(mut orders: Vec<Remembered>, order: Remembered) -> Vec<Remembered> {
    orders.retain(|other| !other.is_same(&order));
    orders.push(order);
    orders.sort_by_key(|order| std::cmp::Reverse(order.created_at));
    orders.truncate(MOST);
    orders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_stands_once_and_the_newest_first() {
        let order = |id: u8, at: i64, state| Remembered {
            id: OrderId::from_bytes([id; 16]),
            title: "2GB 月清零".into(),
            data_mb: Some(2048),
            reset_rule: Some(ResetRule::Monthly),
            amount_fen: Fen(1800),
            card_masked: None,
            state,
            held: false,
            created_at: Timestamp(at),
        };
        let mut orders = with(Vec::new(), order(1, 10, OrderState::Created));
        orders = with(orders, order(2, 20, OrderState::Created));
        orders = with(orders, order(1, 10, OrderState::Credited));
        let seen: Vec<_> = orders
            .iter()
            .map(|order| (order.created_at.0, order.state))
            .collect();
        assert_eq!(
            seen,
            [(20, OrderState::Created), (10, OrderState::Credited)]
        );
    }
}
