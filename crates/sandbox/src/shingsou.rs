//! The Shingsou card platform: it sells packages, takes the money and credits the card.

mod announcements;
mod cards;
mod cashier;
mod control;
mod crediting;
mod data;
mod envelope;
mod listing;
mod notices;
mod orders;
mod payments;
mod products;
mod recharges;
mod requests;
mod token;

use std::time::Duration;

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};

use crate::{
    cashier::routes as pay_pages,
    faults::{Fault, Kind},
    gate::{Gated, gate},
    notices::Queue,
    world::{self, Platform},
};
use envelope::Refusal;

pub(crate) type Shared = world::Shared<Shingsou>;

/// Every call of the platform as a fault can name it.
pub(crate) const ROUTES: &[&str] = &[
    "POST /connect/token",
    "GET /payment/Product/Categories",
    "GET /payment/Product",
    "POST /payment/Payment",
    "GET /payment/Order",
    "GET /cards/FlowCard/Detail",
    "GET /cards/FlowCard/Data",
    "GET /cards/FlowCard/Status",
    "POST /cards/FlowCard/Reality",
    "POST /cards/Recharge",
    "GET /cards/Recharge",
    "GET /cards/Notice",
];

/// A partner's credentials.
#[derive(Clone, Debug)]
pub struct SeedClient {
    /// `client_id` of the token request.
    pub client_id: String,
    /// `client_secret` of the token request.
    pub client_secret: String,
    /// Value of the `Ocp-Apim-Subscription-Key` header.
    pub subscription_key: String,
}

impl Default for SeedClient {
    fn default() -> Self {
        Self {
            client_id: "sandbox-client".into(),
            client_secret: "sandbox-secret".into(),
            subscription_key: "sandbox-subscription-key".into(),
        }
    }
}

/// What outlives a reset: the one partner, and how long a credit takes at the start.
pub(crate) struct Desk {
    pub(crate) client: SeedClient,
    pub(crate) credit_delay: Duration,
}

/// Everything the platform knows.
pub(crate) struct Shingsou {
    tokens: token::Tokens,
    categories: Vec<products::Category>,
    products: Vec<products::Product>,
    cards: Vec<cards::Card>,
    announcements: Vec<announcements::Announcement>,
    /// Oldest first.
    payments: Vec<payments::Payment>,
    /// Oldest first.
    recharges: Vec<recharges::Recharge>,
    crediting: crediting::Crediting,
    notices: Queue<notices::Notice>,
}

impl Platform for Shingsou {
    type Desk = Desk;

    fn seeded(desk: &Desk) -> Self {
        Self {
            tokens: token::Tokens::default(),
            categories: products::seeded_categories(),
            products: products::seeded_products(),
            cards: cards::seeded(),
            announcements: announcements::seeded(),
            payments: Vec::new(),
            recharges: Vec::new(),
            crediting: crediting::Crediting::new(desk.credit_delay),
            notices: Queue::default(),
        }
    }
}

impl Gated for Shingsou {
    /// Nothing here is signed, so that no signature can be missing or wrong.
    async fn fail(_: Shared, fault: Fault, request: Request, next: Next) -> Response {
        if fault.kind != Kind::Business {
            return next.run(request).await;
        }
        let mut refusal = Refusal::of_code(fault.code.unwrap_or(417));
        refusal.message = fault.message.unwrap_or(refusal.message);
        refusal.into_response()
    }
}

/// The open interfaces, the identity service, the pay pages and the control of all this.
pub(crate) fn routes(stage: Shared) -> Router {
    let open = Router::new()
        .route("/payment/Product/Categories", get(products::categories))
        .route("/payment/Product", get(products::list))
        .route("/payment/Payment", post(requests::create))
        .route("/payment/Order", get(orders::list))
        .route("/cards/FlowCard/Detail", get(cards::detail))
        .route("/cards/FlowCard/Data", get(cards::data))
        .route("/cards/FlowCard/Status", get(cards::status))
        .route("/cards/FlowCard/Reality", post(cards::register))
        .route(
            "/cards/Recharge",
            get(recharges::show).post(recharges::create),
        )
        .route("/cards/Notice", get(announcements::list))
        .route_layer(from_fn_with_state(stage.clone(), token::required));
    open.route("/connect/token", post(token::issue))
        .route_layer(from_fn_with_state(stage.clone(), gate::<Shingsou>))
        .merge(pay_pages(&["/pay/{id}"]))
        .merge(control::routes())
        .with_state(stage)
}
