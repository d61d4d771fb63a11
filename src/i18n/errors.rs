//! The page's own words for everything that can go wrong.

use contract::{CardNumberError, ErrorCode};

use super::{Lang, Text, lang, t};
use crate::api::Failure;

/// What went wrong, and what to do now, in one or two sentences.
#[must_use]
pub fn failure_text(failure: &Failure) -> String {
    let chinese = lang() == Lang::Zh;
    match failure {
        Failure::Offline if chinese => "网络连接失败，请检查网络后重试".into(),
        Failure::Offline => "No connection. Please check your network and try again.".into(),
        Failure::Unreadable if chinese => "服务返回异常，请稍后重试".into(),
        Failure::Unreadable => "The answer could not be read. Please try again later.".into(),
        Failure::Refused(problem) => {
            let text = code_text(problem.code);
            match problem.retry_after {
                Some(seconds) if chinese => format!("{text}（{seconds} 秒后可重试）"),
                Some(seconds) => format!("{text} Try again in {seconds} s."),
                None => text.into(),
            }
        }
    }
}

/// Why what was typed is not a card number.
#[must_use]
pub fn number_error_text(error: CardNumberError) -> String {
    match (error, lang()) {
        (CardNumberError::Empty, Lang::Zh) => "请输入流量卡号".into(),
        (CardNumberError::Empty, Lang::En) => "Enter the card number".into(),
        (CardNumberError::BadCharacter, Lang::Zh) => "卡号只能包含数字和字母 A 到 F".into(),
        (CardNumberError::BadCharacter, Lang::En) => {
            "A card number has only digits and the letters A to F".into()
        }
        (CardNumberError::BadLength(length), Lang::Zh) => {
            format!("卡号应为 19、20 位（ICCID）或 11、13 位（接入号），现在是 {length} 位")
        }
        (CardNumberError::BadLength(length), Lang::En) => {
            format!("A card number has 19 or 20 characters, or 11 or 13 digits; this has {length}")
        }
        (CardNumberError::NotIccid, Lang::Zh) => {
            "ICCID 以 89 开头，请核对。请勿填写银行卡号".into()
        }
        (CardNumberError::NotIccid, Lang::En) => {
            "An ICCID begins with 89. Please check it, and do not enter a bank card.".into()
        }
        (CardNumberError::BadPrefix, Lang::Zh) => "没有这样开头的接入号，请核对".into(),
        (CardNumberError::BadPrefix, Lang::En) => {
            "No SIM number begins like this. Please check it.".into()
        }
    }
}

/// What a code says to the buyer.
#[must_use]
pub fn code_text(code: ErrorCode) -> &'static str {
    t(words(code))
}

fn words(code: ErrorCode) -> Text {
    Text(match code {
        ErrorCode::InvalidRequest => &["填写的内容有误，请核对", "Something entered is not right."],
        ErrorCode::InvalidJson
        | ErrorCode::UnsupportedMediaType
        | ErrorCode::MethodNotAllowed
        | ErrorCode::Unauthorized
        | ErrorCode::Conflict => &[
            "页面版本过旧，请刷新后重试",
            "This page is out of date. Please reload it.",
        ],
        ErrorCode::PayloadTooLarge => &["填写的内容过长", "What was entered is too long."],
        ErrorCode::NotFound => &["没有找到相关内容", "Nothing was found."],
        ErrorCode::OriginRefused => &[
            "请求来自其他网站，已被拒绝",
            "The request came from another site and was refused.",
        ],
        ErrorCode::RateLimited => &[
            "操作太频繁，请稍后再试",
            "Too many requests. Please wait a moment.",
        ],
        ErrorCode::Overloaded => &[
            "当前访问人数较多，请稍后再试",
            "The service is busy. Please try again.",
        ],
        ErrorCode::Internal => &[
            "服务出现问题，请稍后重试",
            "Something went wrong on our side.",
        ],
        ErrorCode::InvalidCardNumber => &["卡号不正确，请核对", "This is not a card number."],
        ErrorCode::CardNotFound => &[
            "没有找到这张卡，请核对卡号",
            "This card is not known. Please check the number.",
        ],
        ErrorCode::CardTerminated => &[
            "这张卡已销户，不能再充值",
            "This card is closed for good and cannot be topped up.",
        ],
        ErrorCode::CardStateUnknown => &[
            "运营商没有这张卡的有效状态，暂不能充值",
            "The carrier reports no usable state for this card.",
        ],
        ErrorCode::RealnameRequired => &[
            "这张卡须先完成实名认证才能充值",
            "This card must be registered before a top-up.",
        ],
        ErrorCode::RealnameRefused => &[
            "实名信息未通过，请核对后重新提交",
            "The registration was refused. Please check it.",
        ],
        ErrorCode::PackageNotFound => &[
            "这个套餐已下架，请选择其他套餐",
            "This package is no longer sold. Please choose another.",
        ],
        ErrorCode::PackageNotForCard => &[
            "这个套餐不适用于这张卡",
            "This package does not fit the card.",
        ],
        ErrorCode::PackageSoldOut => &[
            "这个套餐已售罄，请选择其他套餐",
            "This package is sold out. Please choose another.",
        ],
        ErrorCode::PriceChanged => &["套餐价格已变动", "The price has changed."],
        ErrorCode::RecentlyBought => &[
            "这张卡几分钟前已购买过同一套餐",
            "The same package was bought minutes ago.",
        ],
        ErrorCode::IdempotencyKeyInvalid | ErrorCode::IdempotencyConflict => &[
            "订单请求已失效，请重新下单",
            "This order request is out of date. Please order again.",
        ],
        ErrorCode::OrderNotFound => &["没有这笔订单", "There is no such order."],
        ErrorCode::OrderExpired => &["订单已过期，请重新下单", "The time to pay has run out."],
        ErrorCode::OrderNotPayable => &[
            "这笔订单不能再付款，请查看最新状态",
            "This order cannot be paid any more.",
        ],
        ErrorCode::OrderNotCancellable => &[
            "这笔订单已不能取消，请查看最新状态",
            "This order cannot be cancelled any more.",
        ],
        ErrorCode::MethodUnavailable => &[
            "当前环境不支持这种支付方式，请换一种",
            "This way to pay does not work here.",
        ],
        ErrorCode::PaymentUnknown => &[
            "支付平台暂无回应，正在核实，请勿重复付款",
            "The wallet has not answered yet. We are checking; please do not pay twice.",
        ],
        ErrorCode::PaymentRefused => &[
            "支付平台拒绝了这次付款，请换一种方式",
            "The wallet refused. Please choose another way.",
        ],
        ErrorCode::PlatformUnavailable => &[
            "卡平台暂时无法连接，请稍后再试",
            "The card platform cannot be reached. Please try later.",
        ],
        ErrorCode::Unknown => &[
            "出现未知问题，请稍后重试",
            "Something went wrong. Please try again.",
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_differ_for_the_buyer_read_differently() {
        for lang in [Lang::Zh, Lang::En] {
            let texts: std::collections::BTreeSet<&str> = ErrorCode::ALL
                .iter()
                .map(|&code| words(code).in_language(lang))
                .collect();
            // Five codes that no buyer causes share a sentence, and so do the two of the key.
            assert_eq!(texts.len(), ErrorCode::ALL.len() - 5);
        }
    }
}
