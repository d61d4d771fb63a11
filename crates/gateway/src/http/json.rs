//! Bodies of JSON.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
};
use contract::ErrorCode;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// A request's body, read as JSON.
///
/// It must say that it is `application/json`, which a form of another site cannot, and name each key once. What is
/// wrong with it is told by line, column and field; what it holds is never repeated.
#[derive(Clone, Copy, Debug)]
pub struct ApiJson<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ErrorCode::UnsupportedMediaType.into());
        }
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                    ApiError::from(ErrorCode::PayloadTooLarge)
                } else {
                    ApiError::new(ErrorCode::InvalidJson, "the body did not arrive whole")
                }
            })?;
        parse(&body).map(ApiJson)
    }
}

/// Whether the headers say that the body is JSON.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let named = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = named
        .and_then(|text| text.split(';').next())
        .unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        refusal(error.inner(), &path)
    })?;
    reader.end().map_err(|error| refusal(&error, ""))?;
    Ok(value)
}

/// Serde's own words may quote the body, so only what cannot is taken from them.
fn refusal(error: &serde_json::Error, path: &str) -> ApiError {
    let message = error.to_string();
    let place = format!("line {}, column {}", error.line(), error.column());
    let own_name = |prefix: &str| {
        message
            .strip_prefix(prefix)?
            .split('`')
            .next()
            .map(str::to_owned)
    };
    let detail = if !error.is_data() {
        format!("not JSON at {place}")
    } else if let Some(name) = own_name("missing field `") {
        format!("the field {name} is missing at {place}")
    } else if let Some(name) = own_name("duplicate field `") {
        format!("the field {name} is given twice at {place}")
    } else if message.starts_with("unknown field") || path == "." || path.is_empty() {
        format!("not what is asked for at {place}")
    } else {
        format!("the field {path} cannot be read at {place}")
    };
    ApiError::new(ErrorCode::InvalidJson, detail)
}

#[cfg(test)]
mod tests {
    use contract::{CreateOrder, RealnameSubmission};

    use super::*;

    #[test]
    fn tells_where_and_never_what() {
        let check = |body: &str, expected: &str| {
            let detail = parse::<CreateOrder>(body.as_bytes())
                .expect_err(body)
                .detail;
            assert_eq!(detail, expected);
        };
        check("", "not JSON at line 1, column 0");
        check("{\n\"card_number\" 898607", "not JSON at line 2, column 15");
        check("{}", "the field card_number is missing at line 1, column 2");
        check(
            r#"{"card_number":8986}"#,
            "the field card_number cannot be read at line 1, column 19",
        );
        check(
            r#"{"card_number":"8986","card_number":"8986"}"#,
            "the field card_number is given twice at line 1, column 35",
        );
        check(
            r#"{"card_number":"1","package_id":"2","quoted_fen":18.5}"#,
            "the field quoted_fen cannot be read at line 1, column 53",
        );
        check(r#"["8986"]"#, "not what is asked for at line 1, column 8");
        check(r#""8986""#, "not what is asked for at line 1, column 6");
        let twice = r#"{"card_number":"1","package_id":"2","quoted_fen":1}{}"#;
        check(twice, "not JSON at line 1, column 52");
        let realname = br#"{"number":"8986","name":"x","id_number":"1","phone":"2"}"#;
        let Err(error) = parse::<RealnameSubmission>(realname) else {
            panic!("a wrong number is refused")
        };
        assert!(
            error.detail.starts_with("the field number cannot be read"),
            "{}",
            error.detail
        );
    }

    #[test]
    fn only_json_is_json() {
        let check = |media_type: &'static str, expected: bool| {
            let headers = HeaderMap::from_iter([(
                header::CONTENT_TYPE,
                media_type.parse().expect("a header"),
            )]);
            assert_eq!(is_json(&headers), expected, "{media_type}");
        };
        check("application/json", true);
        check("Application/JSON; charset=utf-8", true);
        check("text/plain", false);
        check("text/plain; application/json", false);
        check("application/x-www-form-urlencoded", false);
        check("", false);
        assert!(!is_json(&HeaderMap::new()));
    }
}
