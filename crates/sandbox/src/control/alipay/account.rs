//! An account that is ready for use, in the shape in which a gateway is given its merchants.

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{control::Order, world::Shared};

/// Nothing is asked for yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {}

/// `POST /_control/alipay/account`
pub(super) async fn make(
    State(world): State<Shared>,
    Order(Wanted {}): Order<Wanted>,
) -> Json<Value> {
    let keys = &world.alipay.keys;
    let private_key = keys.make_account();
    let app = keys.app();
    Json(json!({
        "settings": {
            "app_id": app.app_id,
            "seller_id": app.seller_id,
            "gateway_url": format!("{}/alipay/gateway.do", world.public_url),
            "authorise_url": format!("{}/alipay/oauth", world.public_url),
            "keys": "public_key",
            "alipay_public_key": keys.public_key(),
        },
        "secrets": { "private_key": private_key },
    }))
}
