//! The platform's own error codes, as its document lists them.

/// A row of one of the platform's code tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlatformCode {
    /// The number in the envelope's `code`.
    pub code: i64,
    /// The name in the envelope's `codeName`.
    pub name: &'static str,
    /// The platform's Chinese description.
    pub description: &'static str,
}

const fn row(code: i64, name: &'static str, description: &'static str) -> PlatformCode {
    PlatformCode {
        code,
        name,
        description,
    }
}

/// 全局: codes that every operation may answer with.
pub const GLOBAL: &[PlatformCode] = &[
    row(200, "Status200OK", "ok"),
    row(422, "UnprocessableEntity", "请求实体错误"),
    row(417, "ExpectationFailed", "服务器内部错误"),
    row(404, "NotFound", "未找到内容"),
];

/// 流量卡 and 充值卡: the two tables are the same.
pub const CARDS: &[PlatformCode] = &[
    row(10_000, "Transfer_ConsigneeIsNotExists", "接收人账户不存在"),
    row(
        10_001,
        "Transfer_CardIDCanNotBeLessThanOne",
        "卡号不能少于1个",
    ),
    row(
        10_002,
        "Generate_ExptimeNeedGreaterThanNow",
        "到期时间必须大于当前时间",
    ),
    row(
        10_003,
        "Generate_MaximumOf99999999CardsPerDay",
        "每天最多生成99,999,999张卡",
    ),
];

/// What the platform's framework answers beside them; its table of global codes is the document's, with these two more.
pub const FRAMEWORK: &[PlatformCode] = &[
    row(400, "HasError", "错误的请求"),
    row(401, "NoPermission", "无权限进行操作"),
];

/// The row that a code names, in the tables of every operation and of the cards.
#[must_use]
pub fn describe(code: i64) -> Option<&'static PlatformCode> {
    GLOBAL
        .iter()
        .chain(FRAMEWORK)
        .chain(CARDS)
        .find(|row| row.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_named_once() {
        let codes: Vec<i64> = GLOBAL
            .iter()
            .chain(FRAMEWORK)
            .chain(CARDS)
            .map(|row| row.code)
            .collect();
        assert_eq!(
            codes,
            [200, 422, 417, 404, 400, 401, 10_000, 10_001, 10_002, 10_003]
        );
        assert_eq!(describe(404).map(|row| row.name), Some("NotFound"));
        assert_eq!(describe(1), None);
    }
}
