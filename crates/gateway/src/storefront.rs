//! What the page needs to know of the shop before anything else.

use axum::{Json, extract::State};
use contract::{Features, Method, PartnerScript, Storefront, Support};

use crate::{clock, payments, state::App};

/// Who sells, what is switched on, and the gateway's clock.
#[utoipa::path(get, path = contract::routes::STOREFRONT, tag = "shop", responses((status = 200, description = "The shop", body = Storefront)))]
pub async fn show(State(app): State<App>) -> Json<Storefront> {
    let shop = &app.config.shop;
    let http = &app.config.http;
    let methods: Vec<Method> = app
        .config
        .payments
        .methods
        .iter()
        .copied()
        .filter(|method| app.channels.for_method(*method).is_some())
        .collect();
    Json(Storefront {
        brand: shop.brand.clone(),
        company: shop.company.clone(),
        icp_number: shop.icp_number.clone(),
        terms_url: shop.terms_url.clone(),
        privacy_url: shop.privacy_url.clone(),
        support: Support {
            phone: shop.support_phone.clone(),
            hours: shop.support_hours.clone(),
        },
        features: Features {
            realname: shop.realname,
            order_search: shop.order_search,
            wechat_scan: app.channels.page_signer().is_some(),
        },
        unavailable: payments::unavailable(&app, &methods),
        methods,
        partner: (!http.partner_script.is_empty()).then(|| PartnerScript {
            script: http.partner_script.clone(),
            close: http.partner_close.clone(),
        }),
        newest_notice_id: app.notices.newest_id().await,
        mode: app.config.mode,
        server_time: clock::now(),
    })
}
