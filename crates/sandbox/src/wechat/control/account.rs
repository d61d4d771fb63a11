//! An account that is ready for use, in the shape in which a gateway is given its merchants.

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    control::Order,
    signing::Public,
    wechat::{
        Shared,
        keys::{MERCHANT, PLATFORM, PUBLIC_KEY},
    },
};

/// Nothing is asked for yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {}

/// `POST /_control/wechat/account`
pub(super) async fn make(
    State(stage): State<Shared>,
    Order(Wanted {}): Order<Wanted>,
) -> Json<Value> {
    let mut wechat = stage.lock();
    if wechat.merchant.key(&MERCHANT.id).is_none() {
        let key = Public::read(&MERCHANT.public).expect("it was made here");
        wechat.merchant.register(MERCHANT.id.clone(), key);
    }
    let mut platform_keys: Map<String, Value> = PLATFORM[..=wechat.certificate]
        .iter()
        .map(|identity| (identity.id.clone(), identity.certificate.as_str().into()))
        .collect();
    platform_keys.insert(PUBLIC_KEY.id.clone(), PUBLIC_KEY.public.as_str().into());
    Json(json!({
        "settings": {
            "mch_id": wechat.merchant.mch_id,
            "app_id": wechat.merchant.app_id,
            "serial_no": MERCHANT.id,
            "certificate": MERCHANT.certificate,
            "platform_keys": platform_keys,
            "api_base": stage.world.public_url,
            "authorise_url": format!("{}/connect/oauth2/authorize", stage.world.public_url),
            "oauth_base": stage.world.public_url,
        },
        "secrets": {
            "private_key": MERCHANT.private,
            "api_v3_key": wechat.merchant.api_v3_key,
            "app_secret": wechat.merchant.app_secret,
        },
    }))
}
