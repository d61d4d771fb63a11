//! The control of everything at once: the page for people, the ledger, faults and the reset.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    response::Html,
    routing::{get, post},
};
use maud::Markup;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value, json};

use super::{
    Done, Order, Problem, done, forms,
    page::{self, Table},
};
use crate::{
    faults::{Calls, EVERY_ROUTE, Fault},
    notices::Sender,
    world::{Stage, World},
};

/// What control knows of a platform.
pub(crate) trait Controlled: Sender {
    /// Every call as a fault can name it.
    const ROUTES: &'static [&'static str];

    /// Its members of the ledger.
    fn ledger(&self) -> Value;

    /// The same for people.
    fn tables(&self) -> Vec<Table>;

    /// Its orders as forms, each with what holds now, where that is one value.
    fn forms(&self) -> Option<Markup> {
        None
    }
}

/// A platform that is controlled, whichever it is.
pub(crate) trait Shown: Send + Sync {
    fn routes(&self) -> &'static [&'static str];
    fn ledger(&self) -> Value;
    fn tables(&self) -> Vec<Table>;
    fn forms(&self) -> Option<Markup>;
    fn reset(&self);
}

impl<P: Controlled> Shown for Stage<P> {
    fn routes(&self) -> &'static [&'static str] {
        P::ROUTES
    }

    fn ledger(&self) -> Value {
        self.lock().ledger()
    }

    fn tables(&self) -> Vec<Table> {
        self.lock().tables()
    }

    fn forms(&self) -> Option<Markup> {
        self.lock().forms()
    }

    fn reset(&self) {
        Stage::reset(self);
    }
}

struct Panel {
    world: Arc<World>,
    platforms: Vec<Arc<dyn Shown>>,
}

type Shared = Arc<Panel>;

/// Control of these platforms.
pub(crate) fn panel(world: Arc<World>, platforms: Vec<Arc<dyn Shown>>) -> Router {
    Router::new()
        .route("/_control", get(show))
        .route("/_control/ledger", get(ledger))
        .route("/_control/faults", post(add_fault))
        .route("/_control/faults/clear", post(clear_faults))
        .route("/_control/reset", post(reset))
        .with_state(Arc::new(Panel { world, platforms }))
}

impl Panel {
    fn routes(&self) -> Vec<&'static str> {
        let platforms = self.platforms.iter();
        platforms
            .flat_map(|platform| platform.routes())
            .copied()
            .collect()
    }
}

/// `GET /_control`
async fn show(State(panel): State<Shared>) -> Html<String> {
    let platforms = &panel.platforms;
    let tables = platforms.iter().flat_map(|platform| platform.tables());
    let mut orders: Vec<_> = platforms
        .iter()
        .filter_map(|platform| platform.forms())
        .collect();
    let calls = panel.world.calls();
    orders.insert(0, forms::faults(&calls.faults, &panel.routes()));
    orders.push(forms::reset());
    let page = page::show(tables.collect(), &calls.counted, &orders);
    Html(page.into_string())
}

/// `GET /_control/ledger`: what counts as paid and credited, for tests to compare with.
async fn ledger(State(panel): State<Shared>) -> Json<Value> {
    let mut members = Map::new();
    for platform in &panel.platforms {
        if let Value::Object(own) = platform.ledger() {
            members.extend(own);
        }
    }
    members.insert("calls".into(), json!(panel.world.calls().counted));
    Json(members.into())
}

/// A route and the body of a fault beside it.
#[derive(Deserialize)]
struct FaultOrder {
    route: String,
    #[serde(flatten)]
    fault: Fault,
}

/// Adds a fault behind those that wait already.
async fn add_fault(State(panel): State<Shared>, Order(order): Order<FaultOrder>) -> Done {
    let known = panel.routes();
    if order.route != EVERY_ROUTE && !known.contains(&order.route.as_str()) {
        return Err(Problem::invalid(format!(
            "route must be {EVERY_ROUTE} or one of {known:?}"
        )));
    }
    let mut calls = panel.world.calls();
    calls.add(order.route, order.fault);
    Ok(Json(json!({ "faults": calls.faults })))
}

/// Takes every fault away.
async fn clear_faults(State(panel): State<Shared>, Order(_): Order<IgnoredAny>) -> Done {
    panel.world.calls().faults.clear();
    done()
}

/// Puts everything back to how it was at the start.
async fn reset(State(panel): State<Shared>, Order(_): Order<IgnoredAny>) -> Done {
    *panel.world.calls() = Calls::default();
    for platform in &panel.platforms {
        platform.reset();
    }
    done()
}
