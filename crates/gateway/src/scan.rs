//! `POST /api/v1/wechat/scan`: what WeChat's app wants before it opens its scanner to a page of ours.

use axum::{Json, extract::State};
use contract::{ErrorCode, PageSignature, Problem, SignPage, routes};
use url::Url;

use crate::{ApiError, ApiResult, App, config, http::json::ApiJson};

/// Longer addresses are not one of ours.
const LONGEST: usize = 2048;

/// Signs the address of a page of this shop for WeChat's scanner.
///
/// The address travels in the body: what the buyer came by may hold a card number, and addresses end up in logs.
#[utoipa::path(
    post, path = routes::WECHAT_SCAN, tag = "cards", request_body = SignPage,
    responses(
        (status = 200, description = "The signature", body = PageSignature),
        (status = 404, description = "No official account is set up for this", body = Problem),
        (status = 422, description = "This is no page of the shop", body = Problem),
        (status = 503, description = "WeChat gives no ticket now", body = Problem),
    )
)]
pub async fn sign(
    State(app): State<App>,
    ApiJson(page): ApiJson<SignPage>,
) -> ApiResult<Json<PageSignature>> {
    let Some(account) = app.channels.page_signer() else {
        return Err(ErrorCode::NotFound.into());
    };
    if !is_ours(&page.url, &app.config.http) {
        let refusal = ApiError::new(ErrorCode::InvalidRequest, "it is no page of this shop");
        return Err(refusal.field("url"));
    }
    let Some(signer) = account.page_signer() else {
        return Err(ErrorCode::NotFound.into());
    };
    // Why there is none is in the log already, once for all who ask.
    let signed = signer.sign(&page.url).await;
    Ok(Json(signed.map_err(|_| {
        ApiError::new(ErrorCode::Overloaded, "WeChat gives no ticket now").retry_after(60)
    })?))
}

/// What is signed may use WeChat's app in the operator's name: pages of the shop only, by the addresses that it has.
fn is_ours(address: &str, http: &config::Http) -> bool {
    let plain =
        address.len() <= LONGEST && !address.contains(|c: char| c == '#' || !c.is_ascii_graphic());
    plain
        && Url::parse(address).is_ok_and(|url| {
            http.allowed_origins
                .iter()
                .chain([&http.public_url])
                .any(|ours| ours.origin() == url.origin())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_shop_are_signed() {
        let mut http = config::defaults().http;
        http.public_url = "https://pay.example".parse().expect("an address");
        http.allowed_origins = vec!["https://m.pay.example".parse().expect("an address")];
        let check = |address: &str, expected: bool| {
            assert_eq!(is_ours(address, &http), expected, "{address}");
        };
        check("https://pay.example/", true);
        check("https://pay.example/usage?a=b&card=1", true);
        check("https://m.pay.example/", true);
        check("https://pay.example:443/", true);
        check("https://pay.example/#card=1", false);
        check("https://pay.example/ a", false);
        check("https://pay.example/\n", false);
        check("http://pay.example/", false);
        check("https://pay.example:8443/", false);
        check("https://pay.example.evil.example/", false);
        check("https://pay.example@evil.example/", false);
        check("//pay.example/", false);
        check("data:text/plain,https://pay.example/", false);
        check("", false);
        check(
            &format!("https://pay.example/{}", "a".repeat(LONGEST)),
            false,
        );
    }
}
