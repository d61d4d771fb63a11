//! An account that is ready for use, in the shape in which a gateway is given its merchants.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{alipay::Shared, control::Order};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    #[serde(default)]
    keys: Kind,
}

/// By what Alipay is known to the app.
#[derive(Clone, Copy, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    #[default]
    PublicKey,
    Certificate,
}

/// `POST /_control/alipay/account`
pub(super) async fn make(State(stage): State<Shared>, Order(wanted): Order<Wanted>) -> Json<Value> {
    let keys = &stage.desk;
    let private_key = keys.make_account();
    let app = keys.app();
    let mut settings = json!({
        "app_id": app.app_id,
        "seller_id": app.seller_id,
        "gateway_url": format!("{}/alipay/gateway.do", stage.world.public_url),
        "authorise_url": format!("{}/alipay/oauth", stage.world.public_url),
        "keys": wanted.keys,
    });
    match wanted.keys {
        Kind::PublicKey => {
            settings["alipay_public_key"] = keys.public_key().into();
            if let Some(before) = keys.public_key_before() {
                settings["alipay_public_key_before"] = before.into();
            }
        }
        Kind::Certificate => {
            let certificates = keys.certificates();
            settings["app_cert"] = certificates.app.pem.as_str().into();
            settings["alipay_cert"] = certificates.alipay.pem.as_str().into();
            settings["root_cert"] = certificates.roots.into();
        }
    }
    Json(json!({ "settings": settings, "secrets": { "private_key": private_key } }))
}
