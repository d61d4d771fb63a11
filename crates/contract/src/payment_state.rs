//! The states of a payment and the ways between them.

use serde::{Deserialize, Serialize};

/// Where one attempt to pay stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// It has its number; the channel has not answered yet.
    Created,
    /// The channel knows it and the buyer may pay.
    Launched,
    /// The channel holds the money: verified by the gateway, never by the page.
    Succeeded,
    /// The channel refused it.
    Failed,
    /// It was given up, at the channel where the channel can.
    Closed,
    /// The channel may or may not know it: it is asked again, never sent again.
    Unknown,
}

use PaymentState::{Closed, Created, Failed, Launched, Succeeded, Unknown};

impl PaymentState {
    /// Every state.
    pub const ALL: [PaymentState; 6] = [Created, Launched, Succeeded, Failed, Closed, Unknown];

    /// The states that can follow directly. On verified evidence every state but success itself leads to success.
    #[must_use]
    pub fn next(self) -> &'static [PaymentState] {
        match self {
            Created => &[Launched, Succeeded, Failed, Closed, Unknown],
            Launched => &[Succeeded, Failed, Closed, Unknown],
            Unknown => &[Launched, Succeeded, Failed, Closed],
            Failed | Closed => &[Succeeded],
            Succeeded => &[],
        }
    }

    /// Whether the graph has this edge.
    #[must_use]
    pub fn can_become(self, next: PaymentState) -> bool {
        self.next().contains(&next)
    }

    /// The states from which the graph has an edge to this one.
    pub fn origins(self) -> impl Iterator<Item = PaymentState> {
        PaymentState::ALL
            .into_iter()
            .filter(move |state| state.can_become(self))
    }

    /// Whether it stands in the way of another payment of the same order.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Created | Launched | Unknown)
    }

    /// The name in JSON and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Created => "created",
            Launched => "launched",
            Succeeded => "succeeded",
            Failed => "failed",
            Closed => "closed",
            Unknown => "unknown",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<PaymentState> {
        PaymentState::ALL
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn success_is_reached_from_everywhere_and_final() {
        for state in PaymentState::ALL {
            assert_eq!(state.can_become(Succeeded), state != Succeeded, "{state:?}");
            assert!(!Succeeded.can_become(state), "{state:?}");
            assert_eq!(PaymentState::from_name(state.as_str()), Some(state));
            assert_eq!(
                serde_json::to_value(state).ok(),
                Some(state.as_str().into())
            );
        }
    }
}
