//! The orders made or opened on this device.

use contract::{Fen, Order, OrderId, OrderState, ResetRule, Timestamp};

use super::list::Kind;
use crate::{
    api::read,
    i18n::volume_and_rule,
    json::{Draft, Json},
};

const NAME: &str = "rc.orders";
const MOST: usize = 30;
const KIND: Kind<Remembered> = Kind {
    read: |json| Some(remembered(json)),
    write: |order| draft(order).into(),
    is_same: |one, other| one.id == other.id,
};

/// What is remembered of an order, to show it before the gateway has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The id, which is the right to see it.
    pub id: OrderId,
    /// What was bought, in the seller's words.
    pub title: String,
    /// The package's volume in MB and its rule, to say in any language what was bought.
    pub package: Option<(i64, ResetRule)>,
    /// What it cost.
    pub amount_fen: Fen,
    /// The card, masked.
    pub card_masked: Option<String>,
    /// Where it stood when it was last seen.
    pub state: OrderState,
    /// Whether it was held then.
    pub held: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

impl From<&Order> for Remembered {
    fn from(order: &Order) -> Remembered {
        Remembered {
            id: order.id.clone(),
            title: order.title.clone(),
            package: order.package.as_ref().map(volume_and_rule),
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
    KIND.entries(super::read(NAME).as_deref())
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
    super::write(NAME, &KIND.list(super::read(NAME).as_deref(), orders));
}

fn remembered(json: &Json) -> Remembered {
    Remembered {
        id: read::order_id(json),
        title: json.text("title"),
        package: json
            .optional_number("data_mb")
            .map(|data_mb| (data_mb, read::reset_rule(json))),
        amount_fen: Fen(json.number("amount_fen")),
        card_masked: json.optional_text("card_masked"),
        state: read::order_state(json),
        held: json.flag("held"),
        created_at: json.time("created_at"),
    }
}

fn draft(order: &Remembered) -> Draft {
    let draft = match order.package {
        None => Draft::default(),
        Some((data_mb, rule)) => Draft::default()
            .number("data_mb", data_mb)
            .text("reset_rule", rule.as_str()),
    };
    draft
        .text("id", order.id.as_str())
        .text("title", &order.title)
        .number("amount_fen", order.amount_fen.0)
        .optional_text("card_masked", order.card_masked.as_deref())
        .text("state", order.state.as_str())
        .flag("held", order.held)
        .text("created_at", &order.created_at.to_string())
}

fn with(mut orders: Vec<Remembered>, order: Remembered) -> Vec<Remembered> {
    orders.retain(|other| other.id != order.id);
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
            package: Some((2048, ResetRule::Monthly)),
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
