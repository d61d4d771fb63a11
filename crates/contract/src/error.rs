//! What can go wrong, by stable name.

use serde::{Deserialize, Serialize};

use crate::Fen;

macro_rules! error_codes {
    ($($(#[$doc:meta])+ $name:ident = $code:literal, $status:literal, $title:literal;)+) => {
        /// The stable name of what went wrong. The page has words of its own for each, in each language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ErrorCode {
            $($(#[$doc])+ #[serde(rename = $code)] $name,)+
            /// A code of a newer gateway.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl ErrorCode {
            /// Every code that the gateway answers with.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$name),+];

            /// The name in JSON.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(ErrorCode::$name => $code,)+
                    ErrorCode::Unknown => "unknown",
                }
            }

            /// The HTTP status it is answered with.
            #[must_use]
            pub fn status(self) -> u16 {
                match self {
                    $(ErrorCode::$name => $status,)+
                    ErrorCode::Unknown => 500,
                }
            }

            /// A short English sentence for people who read the API's answers; the page does not show it.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self {
                    $(ErrorCode::$name => $title,)+
                    ErrorCode::Unknown => "Something went wrong",
                }
            }
        }
    };
}

error_codes! {
    /// A field is missing or cannot be right; `field` names it.
    InvalidRequest = "invalid_request", 422, "A field is missing or wrong";
    /// The body is not the JSON that is asked for.
    InvalidJson = "invalid_json", 400, "The body is not the JSON that is asked for";
    /// The `Content-Type` is not `application/json`.
    UnsupportedMediaType = "unsupported_media_type", 415, "The body must be application/json";
    /// The body is too large.
    PayloadTooLarge = "payload_too_large", 413, "The body is too large";
    /// The operator's token is missing or wrong.
    Unauthorized = "unauthorized", 401, "The token is missing or wrong";
    /// What is asked for does not fit how things stand; the detail says why.
    Conflict = "conflict", 409, "This does not fit how things stand";
    /// Nothing is at this address.
    NotFound = "not_found", 404, "Nothing is at this address";
    /// The address does not know the verb.
    MethodNotAllowed = "method_not_allowed", 405, "This address does not know the verb";
    /// The request comes from a page of another site.
    OriginRefused = "origin_refused", 403, "The request comes from another site";
    /// Too many requests; `retry_after` says when to come back.
    RateLimited = "rate_limited", 429, "Too many requests";
    /// The gateway has more to do than it can; `retry_after` says when to come back.
    Overloaded = "overloaded", 503, "The service is busy";
    /// A fault of the gateway's own; `request_id` finds it in the log.
    Internal = "internal", 500, "Something went wrong on our side";
    /// What was typed is no card number.
    InvalidCardNumber = "invalid_card_number", 422, "This is not a card number";
    /// The card platform does not know the card.
    CardNotFound = "card_not_found", 404, "The card is not known";
    /// The card is out of service for good.
    CardTerminated = "card_terminated", 409, "The card is out of service for good";
    /// The carrier says nothing usable of the card.
    CardStateUnknown = "card_state_unknown", 409, "The card's state is not known";
    /// The card's holder must be registered before anything can be bought.
    RealnameRequired = "realname_required", 409, "The card's holder must be registered first";
    /// The card platform refused the registration.
    RealnameRefused = "realname_refused", 422, "The registration was refused";
    /// The package does not exist, or no longer.
    PackageNotFound = "package_not_found", 404, "The package is not for sale";
    /// The package is not for this card.
    PackageNotForCard = "package_not_for_card", 409, "The package does not fit the card";
    /// The package cannot be bought now.
    PackageSoldOut = "package_sold_out", 409, "The package is sold out";
    /// The price is no longer what the buyer saw; `price_fen` is the present one.
    PriceChanged = "price_changed", 409, "The price has changed";
    /// The same package was paid for this card minutes ago; `repeat` says that another is wanted.
    RecentlyBought = "recently_bought", 409, "The same package was bought minutes ago";
    /// The `Idempotency-Key` is missing or not 16 to 128 visible ASCII characters.
    IdempotencyKeyInvalid = "idempotency_key_invalid", 400, "An Idempotency-Key of 16 to 128 characters is needed";
    /// The `Idempotency-Key` was used for another request.
    IdempotencyConflict = "idempotency_conflict", 409, "The Idempotency-Key was used for another request";
    /// There is no such order.
    OrderNotFound = "order_not_found", 404, "There is no such order";
    /// The time to pay has run out.
    OrderExpired = "order_expired", 409, "The time to pay has run out";
    /// The order is paid, cancelled or held, so that no payment can be started.
    OrderNotPayable = "order_not_payable", 409, "The order cannot be paid any more";
    /// The order is paid or held, so that it cannot be cancelled.
    OrderNotCancellable = "order_not_cancellable", 409, "The order cannot be cancelled any more";
    /// The method is not set up, or not for this host.
    MethodUnavailable = "method_unavailable", 409, "This way to pay is not available here";
    /// The channel did not answer: whether the payment exists is not known yet and is being asked.
    PaymentUnknown = "payment_unknown", 503, "The payment's state is being checked";
    /// The channel refused the payment.
    PaymentRefused = "payment_refused", 502, "The payment was refused by the channel";
    /// The card platform cannot be reached.
    PlatformUnavailable = "platform_unavailable", 503, "The card platform cannot be reached";
}

/// By hand, since a derived schema would have the names of Rust.
#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for ErrorCode {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("The stable name of what went wrong"))
            .enum_values(Some(ErrorCode::ALL.iter().map(|code| code.as_str())))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for ErrorCode {}

/// An error answer: RFC 9457 problem details with a stable code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The address of the code's page in the documentation.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong.
    pub code: ErrorCode,
    /// The code's English title.
    pub title: String,
    /// What went wrong this time, in English, for people who read the API's answers.
    pub detail: String,
    /// Finds the request in the log.
    pub request_id: String,
    /// The field that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// In how many seconds to come back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// With `price_changed`: the present price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_fen: Option<Fen>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_stable_names() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).ok(), Some(code.as_str().into()));
            assert!((400..600).contains(&code.status()));
        }
        assert_eq!(
            serde_json::from_str::<ErrorCode>("\"of_tomorrow\"").ok(),
            Some(ErrorCode::Unknown)
        );
    }
}
