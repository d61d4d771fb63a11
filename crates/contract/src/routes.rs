//! Where things are: the gateway's addresses, and the page's own.

use crate::OrderId;

/// What the page needs to know of the shop.
pub const STOREFRONT: &str = "/api/v1/storefront";
/// What is for sale.
pub const CATALOG: &str = "/api/v1/catalog";
/// What a card is.
pub const CARD_LOOKUP: &str = "/api/v1/cards/lookup";
/// Real-name registration.
pub const CARD_REALNAME: &str = "/api/v1/cards/realname";
/// A card's orders, masked.
pub const CARD_ORDERS: &str = "/api/v1/cards/orders";
/// What WeChat's scanner wants first.
pub const WECHAT_SCAN: &str = "/api/v1/wechat/scan";
/// Announcements.
pub const NOTICES: &str = "/api/v1/notices";
/// Orders.
pub const ORDERS: &str = "/api/v1/orders";
/// The header that makes creating an order repeatable.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// One order.
#[must_use]
pub fn order(id: &OrderId) -> String {
    format!("{ORDERS}/{}", id.as_str())
}

/// An order's changes, as server-sent events named [`ORDER_EVENT`].
#[must_use]
pub fn order_events(id: &OrderId) -> String {
    format!("{ORDERS}/{}/events", id.as_str())
}

/// An order's payments.
#[must_use]
pub fn order_payments(id: &OrderId) -> String {
    format!("{ORDERS}/{}/payments", id.as_str())
}

/// "I have paid": asks the channel now.
#[must_use]
pub fn order_submitted(id: &OrderId) -> String {
    format!("{ORDERS}/{}/submitted", id.as_str())
}

/// Gives an order up.
#[must_use]
pub fn order_cancel(id: &OrderId) -> String {
    format!("{ORDERS}/{}/cancel", id.as_str())
}

/// The name of the server-sent event whose data is an order.
pub const ORDER_EVENT: &str = "order";

/// The page's own address of an order.
#[must_use]
pub fn order_page(id: &OrderId) -> String {
    format!("/orders/{}", id.as_str())
}

/// What a code for all wallets says: it opens in whatever scanned it.
#[must_use]
pub fn cashier(id: &OrderId) -> String {
    format!("/cashier/{}", id.as_str())
}
