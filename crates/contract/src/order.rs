//! Orders.

use serde::{Deserialize, Serialize};

use crate::{CardNumber, ErrorCode, Fen, OrderId, OrderState, Payment, ResetRule, Timestamp};

/// Asks for an order. It is sent with an `Idempotency-Key`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateOrder {
    /// The card to recharge, as it was typed.
    #[cfg_attr(feature = "openapi", schema(example = "898607B2091701418584"))]
    pub card_number: String,
    /// The package's id in the catalog.
    #[cfg_attr(feature = "openapi", schema(example = "1102"))]
    pub package_id: String,
    /// The price the buyer saw. It is compared and never believed.
    pub quoted_fen: Fen,
    /// The buyer knows that the same package was bought for this card minutes ago, and wants another.
    #[serde(default)]
    pub repeat: bool,
    /// What only the buyer can answer is answered as a [`Question`] and not as an error: it happens in every purchase
    /// that is made again, and a browser reports each error as a request that failed.
    #[serde(default)]
    pub ask: bool,
}

/// Why no order was made yet: the buyer has to be asked first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Question {
    /// `recently_bought`: ask, and send `repeat: true`. `price_changed`: show the price, ask, and send it.
    pub asks: ErrorCode,
    /// The present price, where that is what is asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_fen: Option<Fen>,
}

/// What an order is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// A package for a card.
    Recharge,
    /// A partner's own sale, paid here.
    PayOrder,
}

/// An order, as whoever has its id may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Order {
    /// The id, which is the right to see it.
    pub id: OrderId,
    /// The number that a person reads out to support; it opens nothing.
    pub number: String,
    /// What it is for.
    pub kind: OrderKind,
    /// Where it stands.
    pub state: OrderState,
    /// An operator looks into it; jobs leave it alone.
    pub held: bool,
    /// What is bought, in the seller's words.
    pub title: String,
    /// What it costs.
    pub amount_fen: Fen,
    /// `CNY`.
    pub currency: String,
    /// The card, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_masked: Option<String>,
    /// The package as it was when it was ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<PackageSnapshot>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it can be paid.
    pub expires_at: Timestamp,
    /// The gateway's clock, for the countdown.
    pub server_time: Timestamp,
    /// Every state it has been in, the oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// The payment that succeeded, else the open one, else the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    /// Grows with each change: of two answers, the one with the larger version is the newer.
    pub version: i64,
    /// Where a partner wants the buyer to go afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
}

/// A package as it was when it was ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PackageSnapshot {
    /// The card platform's id.
    pub id: String,
    /// The card platform's Chinese name.
    pub name: String,
    /// Data volume in MB.
    pub data_mb: i64,
    /// How long it is good, in the platform's words.
    pub validity: String,
    /// What becomes of data that is left over.
    pub reset_rule: ResetRule,
}

/// When an order came into a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    /// Which.
    pub state: OrderState,
    /// When.
    pub at: Timestamp,
}

/// Asks for a card's orders.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindOrders {
    /// The number as it was typed.
    #[cfg_attr(feature = "openapi", schema(example = "898607B2091701418584"))]
    pub number: String,
    /// The `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A page of a card's orders, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CardOrders {
    /// At most twenty.
    pub orders: Vec<OrderRow>,
    /// Asks for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// What anyone who knows a card's number may see of an order: neither its id nor its full number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderRow {
    /// The order's number with its middle left out.
    pub number_masked: String,
    /// The card, masked.
    pub card_masked: String,
    /// What was bought.
    pub title: String,
    /// The package as it was when it was ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<PackageSnapshot>,
    /// What it cost.
    pub amount_fen: Fen,
    /// Where it stands.
    pub state: OrderState,
    /// An operator looks into it.
    pub held: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

impl CreateOrder {
    /// The card number, cleaned.
    ///
    /// # Errors
    /// It is not a card number.
    pub fn card(&self) -> Result<CardNumber, crate::CardNumberError> {
        CardNumber::parse(&self.card_number)
    }
}
