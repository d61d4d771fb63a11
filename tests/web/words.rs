use contract::{ErrorCode, Problem};
use storefront::{
    api::Failure,
    i18n::{self, Lang, failure_text},
};
use wasm_bindgen_test::wasm_bindgen_test;

fn refused(code: ErrorCode, retry_after: Option<u32>) -> Failure {
    Failure::Refused(Box::new(Problem {
        kind: String::new(),
        status: code.status(),
        code,
        title: "not for buyers".into(),
        detail: "not for buyers".into(),
        request_id: "r".into(),
        field: None,
        retry_after,
        price_fen: None,
    }))
}

#[wasm_bindgen_test]
fn errors_are_worded_from_their_code_in_the_pages_language() {
    i18n::choose(Lang::En);
    let check = |text: String, expected: &str| assert_eq!(text, expected);
    check(
        failure_text(&refused(ErrorCode::CardNotFound, None)),
        "This card is not known. Please check the number.",
    );
    assert_eq!(
        leptos::prelude::document()
            .document_element()
            .and_then(|root| root.get_attribute("lang")),
        Some("en".into())
    );
    i18n::choose(Lang::Zh);
    check(
        failure_text(&refused(ErrorCode::CardNotFound, None)),
        "没有找到这张卡，请核对卡号",
    );
    check(
        failure_text(&refused(ErrorCode::RateLimited, Some(30))),
        "操作太频繁，请稍后再试（30 秒后可重试）",
    );
    for code in ErrorCode::ALL {
        assert!(!failure_text(&refused(*code, None)).contains("not for buyers"));
    }
}
