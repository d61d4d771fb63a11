//! The gateway, as the page calls it. Nothing else in the page makes a request.

mod client;
pub mod read;
mod words;
pub mod write;

use contract::{
    CardLookup, CardOrders, CardSummary, Catalog, CreateOrder, CreatePayment, FindOrders, Notices,
    Order, OrderId, Payment, Problem, RealnameSubmission, Storefront, routes,
};

use crate::clock;

/// Why an answer is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing came back, or not in time: whether the request was heard is not known.
    Offline,
    /// Something came back that is not what the contract says.
    Unreadable,
    /// The gateway said no, and why.
    Refused(Box<Problem>),
}

/// A body that says nothing more than the address does.
const NOTHING: &str = "{}";

impl Failure {
    /// Whether the same question may well be answered a little later.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        match self {
            Failure::Offline => true,
            Failure::Unreadable => false,
            Failure::Refused(problem) => problem.status >= 500,
        }
    }

    /// The gateway's code, where it answered.
    #[must_use]
    pub fn code(&self) -> Option<contract::ErrorCode> {
        match self {
            Failure::Refused(problem) => Some(problem.code),
            Failure::Offline | Failure::Unreadable => None,
        }
    }
}

/// What the page needs to know of the shop.
///
/// # Errors
/// See [`Failure`], as for every call here.
pub async fn storefront() -> Result<Storefront, Failure> {
    let storefront: Storefront = client::get(routes::STOREFRONT, read::storefront).await?;
    clock::learn(storefront.server_time);
    Ok(storefront)
}

/// What is for sale. The loader has asked already when the page was opened at the shop; that answer is used once.
///
/// # Errors
/// See [`Failure`].
pub async fn catalog() -> Result<Catalog, Failure> {
    match client::early_catalog().await {
        Some(text) => client::parse(&text, read::catalog),
        None => client::get(routes::CATALOG, read::catalog).await,
    }
}

/// What a card is.
///
/// # Errors
/// See [`Failure`].
pub async fn card(number: &str) -> Result<CardSummary, Failure> {
    let body = write::card_lookup(&CardLookup {
        number: number.into(),
    });
    client::post(routes::CARD_LOOKUP, &body, None, read::card).await
}

/// Hands a registration in.
///
/// # Errors
/// See [`Failure`].
pub async fn register(submission: &RealnameSubmission) -> Result<(), Failure> {
    client::post_for_nothing(routes::CARD_REALNAME, &write::realname(submission)).await
}

/// A page of a card's orders.
///
/// # Errors
/// See [`Failure`].
pub async fn card_orders(number: &str, cursor: Option<String>) -> Result<CardOrders, Failure> {
    let body = write::find_orders(&FindOrders {
        number: number.into(),
        cursor,
    });
    client::post(routes::CARD_ORDERS, &body, None, read::card_orders).await
}

/// The announcements.
///
/// # Errors
/// See [`Failure`].
pub async fn notices() -> Result<Notices, Failure> {
    client::get(routes::NOTICES, read::notices).await
}

/// Makes an order; the same key again gives the same order.
///
/// # Errors
/// See [`Failure`]. What the buyer has to be asked first is a refusal too.
pub async fn create_order(order: &CreateOrder, key: &str) -> Result<Order, Failure> {
    let body = write::create_order(order);
    let answer = client::post(routes::ORDERS, &body, Some(key), read::order_or_question).await?;
    answer.map(heard).map_err(|question| {
        Failure::Refused(Box::new(Problem {
            price_fen: question.price_fen,
            ..client::unnamed(200, question.asks)
        }))
    })
}

/// An order.
///
/// # Errors
/// See [`Failure`].
pub async fn order(id: &OrderId) -> Result<Order, Failure> {
    client::get(&routes::order(id), read::order)
        .await
        .map(heard)
}

/// Starts a payment, or gives the open one with a fresh launch.
///
/// # Errors
/// See [`Failure`].
pub async fn pay(id: &OrderId, payment: CreatePayment) -> Result<Payment, Failure> {
    let body = write::create_payment(payment);
    client::post(&routes::order_payments(id), &body, None, read::payment).await
}

/// Tells that the buyer says they have paid; the gateway asks the channel.
///
/// # Errors
/// See [`Failure`].
pub async fn submitted(id: &OrderId) -> Result<(), Failure> {
    client::post_for_nothing(&routes::order_submitted(id), NOTHING).await
}

/// Gives an order up.
///
/// # Errors
/// See [`Failure`].
pub async fn cancel(id: &OrderId) -> Result<(), Failure> {
    client::post_for_nothing(&routes::order_cancel(id), NOTHING).await
}

/// Reads an order that came by an event.
///
/// # Errors
/// The text is not an order.
pub fn order_of_event(text: &str) -> Result<Order, Failure> {
    client::parse(text, read::order).map(heard)
}

fn heard(order: Order) -> Order {
    clock::learn(order.server_time);
    order
}
