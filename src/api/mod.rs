//! The gateway, as the page calls it. Nothing else in the page makes a request.

mod client;

use contract::{
    CardLookup, CardOrders, CardSummary, Catalog, CreateOrder, CreatePayment, FindOrders, Notices,
    Order, OrderId, Payment, Problem, Question, RealnameSubmission, Storefront, routes,
};

use crate::{clock, json};

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
    let storefront: Storefront = client::get(routes::STOREFRONT).await?;
    clock::learn(storefront.server_time);
    Ok(storefront)
}

/// What is for sale. The loader has asked already when the page was opened at the shop; that answer is used once.
///
/// # Errors
/// See [`Failure`].
pub async fn catalog() -> Result<Catalog, Failure> {
    match client::early_catalog().await {
        Some(text) => client::parse(&text),
        None => client::get(routes::CATALOG).await,
    }
}

/// What a card is.
///
/// # Errors
/// See [`Failure`].
pub async fn card(number: &str) -> Result<CardSummary, Failure> {
    let body = json::write(&CardLookup {
        number: number.into(),
    });
    client::post(routes::CARD_LOOKUP, &body).await
}

/// Hands a registration in.
///
/// # Errors
/// See [`Failure`].
pub async fn register(submission: &RealnameSubmission) -> Result<(), Failure> {
    let body = json::write(submission);
    client::post_for_nothing(routes::CARD_REALNAME, &body).await
}

/// A page of a card's orders.
///
/// # Errors
/// See [`Failure`].
pub async fn card_orders(number: &str, cursor: Option<String>) -> Result<CardOrders, Failure> {
    let body = json::write(&FindOrders {
        number: number.into(),
        cursor,
    });
    client::post(routes::CARD_ORDERS, &body).await
}

/// The announcements.
///
/// # Errors
/// See [`Failure`].
pub async fn notices() -> Result<Notices, Failure> {
    client::get(routes::NOTICES).await
}

/// Makes an order; the same key again gives the same order.
///
/// # Errors
/// See [`Failure`]. What the buyer has to be asked first is a refusal too.
pub async fn create_order(order: &CreateOrder, key: &str) -> Result<Order, Failure> {
    let body = json::write(order);
    let text = client::send(routes::ORDERS, Some(&body), Some(key)).await?;
    order_or_question(&text)?.map(heard).map_err(|question| {
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
    client::get(&routes::order(id)).await.map(heard)
}

/// Starts a payment, or gives the open one with a fresh launch.
///
/// # Errors
/// See [`Failure`].
pub async fn pay(id: &OrderId, payment: CreatePayment) -> Result<Payment, Failure> {
    let body = json::write(&payment);
    client::post(&routes::order_payments(id), &body).await
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
    client::parse(text).map(heard)
}

/// Reads the answer to a new order: the order, or what the buyer has to be asked before there is one.
///
/// # Errors
/// The text is neither.
pub fn order_or_question(text: &str) -> Result<Result<Order, Question>, Failure> {
    match json::read(text) {
        Some(question) => Ok(Err(question)),
        None => client::parse(text).map(Ok),
    }
}

fn heard(order: Order) -> Order {
    clock::learn(order.server_time);
    order
}
