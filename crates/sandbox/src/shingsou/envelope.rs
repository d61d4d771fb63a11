//! The shape of every answer: `{code, codeName, message, data}`, paged or not.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;

/// A good answer with one value.
pub(crate) struct Object<T>(pub(crate) T);

/// A good answer with one page of a list.
pub(crate) struct Page<T> {
    pub(crate) take: usize,
    pub(crate) skip: usize,
    /// Rows on all pages.
    pub(crate) total: usize,
    pub(crate) rows: Vec<T>,
}

/// A business error: HTTP 200 with a code of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: i64,
    pub(crate) name: String,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(code: i64, name: &str, message: &str) -> Self {
        Self {
            code,
            name: name.into(),
            message: message.into(),
        }
    }

    pub(crate) fn invalid(message: &str) -> Self {
        Self::new(422, "UnprocessableEntity", message)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(404, "NotFound", "未找到内容")
    }

    /// A refusal by its code alone, as far as its name is known.
    pub(crate) fn of_code(code: i64) -> Self {
        match code {
            404 => Self::not_found(),
            422 => Self::invalid("请求实体错误"),
            417 => Self::new(417, "ExpectationFailed", "服务器内部错误"),
            409 => Self::new(code, "Recharge_Duplicate", "充值单号已存在"),
            10101 => Self::new(code, "Card_Terminated", "卡已销号"),
            10102 => Self::new(code, "Product_NotOnSale", "套餐已下架"),
            _ => Self::new(code, "HasError", "错误的请求"),
        }
    }
}

/// A good answer on the wire; only a page has the first three.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Good<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    take: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skip: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<usize>,
    code: u16,
    code_name: &'static str,
    message: &'static str,
    data: T,
}

impl<T> Good<T> {
    fn new(data: T) -> Self {
        Self {
            take: None,
            skip: None,
            total: None,
            code: 200,
            code_name: "Status200OK",
            message: "ok",
            data,
        }
    }
}

impl<T: Serialize> IntoResponse for Object<T> {
    fn into_response(self) -> Response {
        Json(Good::new(self.0)).into_response()
    }
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let Self {
            take,
            skip,
            total,
            rows,
        } = self;
        let (take, skip, total) = (Some(take), Some(skip), Some(total));
        Json(Good {
            take,
            skip,
            total,
            ..Good::new(rows)
        })
        .into_response()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self {
            code,
            name,
            message,
        } = self;
        Json(json!({ "code": code, "codeName": name, "message": message, "data": null }))
            .into_response()
    }
}
