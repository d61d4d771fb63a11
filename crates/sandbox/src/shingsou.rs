//! The Shingsou card platform: it sells packages, takes the money and credits the card.

pub(crate) mod announcements;
pub(crate) mod cards;
pub(crate) mod cashier;
pub(crate) mod crediting;
pub(crate) mod envelope;
pub(crate) mod listing;
pub(crate) mod notices;
pub(crate) mod orders;
pub(crate) mod payments;
pub(crate) mod products;
pub(crate) mod recharges;
pub(crate) mod requests;
pub(crate) mod token;

use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{get, post},
};
use tokio::time::Instant;

use crate::{
    notices::Queue,
    world::{Options, Shared},
};

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

/// Everything the platform knows.
pub(crate) struct Platform {
    pub(crate) tokens: token::Tokens,
    pub(crate) categories: Vec<products::Category>,
    pub(crate) products: Vec<products::Product>,
    pub(crate) cards: Vec<cards::Card>,
    pub(crate) announcements: Vec<announcements::Announcement>,
    /// Oldest first.
    pub(crate) payments: Vec<payments::Payment>,
    /// Oldest first.
    pub(crate) recharges: Vec<recharges::Recharge>,
    pub(crate) crediting: crediting::Crediting,
    pub(crate) notices: Queue<notices::Notice>,
}

impl Platform {
    pub(crate) fn seeded(options: &Options) -> Self {
        Self {
            tokens: token::Tokens::default(),
            categories: products::seeded_categories(),
            products: products::seeded_products(),
            cards: cards::seeded(),
            announcements: announcements::seeded(),
            payments: Vec::new(),
            recharges: Vec::new(),
            crediting: crediting::Crediting::new(options.credit_delay),
            notices: Queue::default(),
        }
    }

    /// Does what is due by `now` and says when something will be due next.
    pub(crate) fn advance(&mut self, now: Instant) -> Option<Instant> {
        let credit = self.credit_due(now);
        let recharge = self.recharge_due(now);
        let real_name = self.decide_real_names(now);
        [credit, recharge, real_name].into_iter().flatten().min()
    }
}

/// The open interfaces and the identity service.
pub(crate) fn routes(world: &Shared) -> Router<Shared> {
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
        .route_layer(from_fn_with_state(world.clone(), token::required));
    open.route("/connect/token", post(token::issue))
}
