//! What is sent to the gateway, field by field. `tests/web/json.rs` has the contract itself read each.

use contract::{CardLookup, CreateOrder, CreatePayment, FindOrders, RealnameSubmission};

use crate::json::Draft;

/// A card's number.
#[must_use]
pub fn card_lookup(lookup: &CardLookup) -> String {
    let CardLookup { number } = lookup;
    Draft::default().text("number", number).to_json()
}

/// Which orders.
#[must_use]
pub fn find_orders(find: &FindOrders) -> String {
    let FindOrders { number, cursor } = find;
    Draft::default()
        .text("number", number)
        .optional_text("cursor", cursor.as_deref())
        .to_json()
}

/// A registration.
#[must_use]
pub fn realname(submission: &RealnameSubmission) -> String {
    let RealnameSubmission {
        number,
        name,
        id_number,
        phone,
    } = submission;
    Draft::default()
        .text("number", number.as_str())
        .text("name", name)
        .text("id_number", id_number)
        .text("phone", phone)
        .to_json()
}

/// What is bought.
#[must_use]
pub fn create_order(order: &CreateOrder) -> String {
    let CreateOrder {
        card_number,
        package_id,
        quoted_fen,
        repeat,
        ask,
    } = order;
    Draft::default()
        .text("card_number", card_number)
        .text("package_id", package_id)
        .number("quoted_fen", quoted_fen.0)
        .flag("repeat", *repeat)
        .flag("ask", *ask)
        .to_json()
}

/// With what it is paid.
#[must_use]
pub fn create_payment(payment: CreatePayment) -> String {
    let CreatePayment { method, host } = payment;
    Draft::default()
        .text("method", method.as_str())
        .text("host", host.as_str())
        .to_json()
}
