//! The states of an order and the ways between them.

use serde::{Deserialize, Serialize};

/// Where an order stands. Paid, credited and refunded are different things, and the buyer sees which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Nothing is under way yet.
    Created,
    /// A payment was started.
    Paying,
    /// The money arrived.
    Paid,
    /// The card is being recharged.
    Fulfilling,
    /// The data is on the card.
    Credited,
    /// The recharge was refused for good.
    FulfilFailed,
    /// The money is on its way back.
    Refunding,
    /// The money is back.
    Refunded,
    /// The refund was refused; an operator decides.
    RefundFailed,
    /// Nobody paid in time. Money that arrives all the same is not lost: see the late edge.
    Expired,
    /// The buyer gave up. Money that arrives all the same is not lost.
    Cancelled,
}

use OrderState::{
    Cancelled, Created, Credited, Expired, FulfilFailed, Fulfilling, Paid, Paying, RefundFailed,
    Refunded, Refunding,
};

impl OrderState {
    /// Every state.
    pub const ALL: [OrderState; 11] = [
        Created,
        Paying,
        Paid,
        Fulfilling,
        Credited,
        FulfilFailed,
        Refunding,
        Refunded,
        RefundFailed,
        Expired,
        Cancelled,
    ];

    /// The states that can follow directly.
    #[must_use]
    pub fn next(self) -> &'static [OrderState] {
        match self {
            Created => &[Paying, Expired, Cancelled],
            Paying => &[Created, Paid, Expired, Cancelled],
            Paid => &[Fulfilling, Refunding],
            Fulfilling => &[Credited, FulfilFailed],
            Credited => &[Refunding],
            FulfilFailed => &[Fulfilling, Credited, Refunding],
            Refunding => &[Refunded, RefundFailed],
            RefundFailed => &[Refunding],
            // The late edge: a wallet may take the money after we gave up.
            Expired | Cancelled => &[Paid],
            Refunded => &[],
        }
    }

    /// Whether the graph has this edge.
    #[must_use]
    pub fn can_become(self, next: OrderState) -> bool {
        self.next().contains(&next)
    }

    /// The states from which the graph has an edge to this one.
    pub fn origins(self) -> impl Iterator<Item = OrderState> {
        OrderState::ALL
            .into_iter()
            .filter(move |state| state.can_become(self))
    }

    /// Whether a payment may still be started.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Created | Paying)
    }

    /// Whether nothing more is to be expected in the ordinary course of things.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, Credited | Refunded | Expired | Cancelled)
    }

    /// The name in JSON and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Created => "created",
            Paying => "paying",
            Paid => "paid",
            Fulfilling => "fulfilling",
            Credited => "credited",
            FulfilFailed => "fulfil_failed",
            Refunding => "refunding",
            Refunded => "refunded",
            RefundFailed => "refund_failed",
            Expired => "expired",
            Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<OrderState> {
        OrderState::ALL
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_graph_is_the_declared_one() {
        let edges: Vec<String> = OrderState::ALL
            .into_iter()
            .flat_map(|from| {
                from.next()
                    .iter()
                    .map(move |to| format!("{} > {}", from.as_str(), to.as_str()))
            })
            .collect();
        let declared = [
            "created > paying",
            "created > expired",
            "created > cancelled",
            "paying > created",
            "paying > paid",
            "paying > expired",
            "paying > cancelled",
            "paid > fulfilling",
            "paid > refunding",
            "fulfilling > credited",
            "fulfilling > fulfil_failed",
            "credited > refunding",
            "fulfil_failed > fulfilling",
            "fulfil_failed > credited",
            "fulfil_failed > refunding",
            "refunding > refunded",
            "refunding > refund_failed",
            "refund_failed > refunding",
            "expired > paid",
            "cancelled > paid",
        ];
        assert_eq!(edges, declared);
    }

    #[test]
    fn names_in_json_are_names_in_the_database() {
        for state in OrderState::ALL {
            assert_eq!(
                serde_json::to_value(state).ok(),
                Some(state.as_str().into())
            );
            assert_eq!(OrderState::from_name(state.as_str()), Some(state));
        }
    }

    proptest! {
        /// However an order wanders, once the money arrived it never reads as unpaid, and only a refund ends a credit.
        #[test]
        fn a_paid_order_never_reads_as_unpaid(steps in prop::collection::vec(0_usize..4, 0..40)) {
            let mut state = Created;
            let mut paid = false;
            for step in steps {
                let Some(&next) = state.next().get(step) else { continue };
                prop_assert!(state != Credited || next == Refunding);
                state = next;
                paid |= state == Paid;
                prop_assert!(!paid || !matches!(state, Created | Paying | Expired | Cancelled));
            }
        }
    }
}
