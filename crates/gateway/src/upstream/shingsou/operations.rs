//! Where each operation is.
//!
//! Documented: the address of `Product/Categories` and of `FlowCard/Location`, from which the two prefixes are known.
//! Guessed: every other line. The platform's framework routes by `[controller]/[action]`, and the operations are
//! documented by those names (`Product-Get`, `FlowCard-Detail`).

/// Package categories. Documented.
pub(super) const CATEGORIES: &str = "payment/Product/Categories";
/// Packages (`Product-Get`).
pub(super) const PRODUCTS: &str = "payment/Product";
/// Creates a payment request (`Payment-Post`).
pub(super) const PAYMENT: &str = "payment/Payment";
/// Sales orders (`Order-Get`).
pub(super) const ORDERS: &str = "payment/Order";
/// What a card is (`FlowCard-Detail`).
pub(super) const CARD_DETAIL: &str = "cards/FlowCard/Detail";
/// Data used (`FlowCard-Data`).
pub(super) const CARD_DATA: &str = "cards/FlowCard/Data";
/// The carrier's state (`FlowCard-Status`).
pub(super) const CARD_STATUS: &str = "cards/FlowCard/Status";
/// Real-name registration (`FlowCard-Reality`).
pub(super) const CARD_REALITY: &str = "cards/FlowCard/Reality";
/// Announcements. No document names them at all; the platform's own page shows them.
pub(super) const NOTICES: &str = "cards/Notice";
/// The token, below the identity server's base. Documented.
pub(super) const TOKEN: &str = "connect/token";
/// What the token is for. Documented.
pub(super) const SCOPE: &str = "iot.cardservice.all iot.paymentservice.all";
