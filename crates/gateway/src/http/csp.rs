//! What the page may load, and who may frame it.

use axum::http::HeaderValue;
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

/// The page's policy in its two forms: engines that do not know `'wasm-unsafe-eval'` refuse every module under it, and
/// no policy serves both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagePolicy {
    present: HeaderValue,
    old: HeaderValue,
}

impl PagePolicy {
    /// The policy of this page.
    #[must_use]
    pub fn new(html: &str, frame_ancestors: &[String], partner_script: &str) -> PagePolicy {
        let styles: String = inline_styles(html)
            .map(|css| format!(" {}", hash(css)))
            .collect();
        let framed = frame_sources(frame_ancestors);
        let partner = Some(partner_script)
            .filter(|script| !script.is_empty())
            .map(|script| format!(" {script}"))
            .unwrap_or_default();
        // No form-action: it would also block the redirects that follow a form sent to a wallet.
        let policy = |wasm: &str| {
            let text = format!(
                "default-src 'none'; script-src 'self' {wasm}{partner}; style-src 'self'{styles}; img-src 'self' data:; \
                 connect-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors {framed}"
            );
            HeaderValue::try_from(text)
                .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
        };
        PagePolicy {
            present: policy("'wasm-unsafe-eval'"),
            old: policy("'unsafe-eval'"),
        }
    }

    /// The form that this browser understands.
    #[must_use]
    pub fn for_browser(&self, user_agent: &str) -> HeaderValue {
        if knows_wasm_keyword(user_agent) {
            self.present.clone()
        } else {
            self.old.clone()
        }
    }
}

/// For every answer that is not the page: nothing may be loaded.
#[must_use]
pub fn of_data(frame_ancestors: &[String]) -> HeaderValue {
    let framed = frame_sources(frame_ancestors);
    HeaderValue::try_from(format!(
        "default-src 'none'; base-uri 'none'; frame-ancestors {framed}"
    ))
    .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// For the page on which the interface is tried, which styles itself from its script.
pub const TRY_IT: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

fn frame_sources(frame_ancestors: &[String]) -> String {
    if frame_ancestors.is_empty() {
        "'none'".to_owned()
    } else {
        frame_ancestors.join(" ")
    }
}

/// `'wasm-unsafe-eval'` came with Chromium 97, Firefox 102 and Safari 16. Every browser on iOS is Safari's engine in the
/// system's version, whatever it calls itself.
fn knows_wasm_keyword(user_agent: &str) -> bool {
    let version = |mark: &str| {
        let rest = &user_agent[user_agent.find(mark)? + mark.len()..];
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        rest[..digits].parse::<u32>().ok()
    };
    let known_from = |first: u32| move |version: u32| version >= first;
    if ["iPhone", "iPad", "iPod"]
        .iter()
        .any(|device| user_agent.contains(device))
    {
        return version(" OS ").is_none_or(known_from(16));
    }
    if let Some(chromium) = version("Chrome/").or_else(|| version("Chromium/")) {
        return chromium >= 97;
    }
    if let Some(firefox) = version("Firefox/") {
        return firefox >= 102;
    }
    // Unknown engines get the stricter form.
    !user_agent.contains("AppleWebKit/") || version("Version/").is_none_or(known_from(16))
}

/// The texts of the page's own style sheets.
fn inline_styles(html: &str) -> impl Iterator<Item = &str> {
    html.split("<style").skip(1).filter_map(|rest| {
        rest.split_once('>')?
            .1
            .split_once("</style")
            .map(|(css, _)| css)
    })
}

fn hash(css: &str) -> String {
    format!(
        "'sha256-{}'",
        BASE64_STANDARD.encode(Sha256::digest(css.as_bytes()))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_get_the_keyword_they_know() {
        let check = |user_agent: &str, expected: bool| {
            assert_eq!(knows_wasm_keyword(user_agent), expected, "{user_agent}");
        };
        let chrome = |version: u32| {
            format!(
                "Mozilla/5.0 (Linux; Android 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/{version}.0.4472.114 Mobile Safari/537.36"
            )
        };
        check(&chrome(79), false);
        check(&chrome(96), false);
        check(&chrome(97), true);
        check(&chrome(156), true);
        check(
            "Mozilla/5.0 (X11; Linux x86_64; rv:101.0) Gecko/20100101 Firefox/101.0",
            false,
        );
        check(
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            true,
        );
        let safari = |version: u32| {
            format!(
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{version}.4 Safari/605.1.15"
            )
        };
        check(&safari(15), false);
        check(&safari(16), true);
        let wechat = |version: u32| {
            format!(
                "Mozilla/5.0 (iPhone; CPU iPhone OS {version}_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.43"
            )
        };
        check(&wechat(15), false);
        check(&wechat(16), true);
        check(
            "Mozilla/5.0 (iPad; CPU OS 14_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/130.0.0.0 Mobile/15E148",
            false,
        );
        check("", true);
        check("Chrome/", true);
        check("curl/8", true);
    }

    #[test]
    fn the_inlined_style_is_allowed_by_its_hash() {
        let html = "<head><style>a{color:red}</style><style media=\"print\">b{}</style></head>";
        let policy = PagePolicy::new(html, &[], "");
        let text = policy.for_browser("").to_str().expect("text").to_owned();
        assert!(
            text.contains(
                "style-src 'self' 'sha256-6hWWMOcF+mJesSJGYhmK2lkIIEw9Xc5XKGLPVzh8yxs=' 'sha256-"
            ),
            "{text}"
        );
        assert!(
            text.contains("script-src 'self' 'wasm-unsafe-eval';"),
            "{text}"
        );
        assert!(text.ends_with("frame-ancestors 'none'"), "{text}");
        assert!(!text.contains("form-action"), "{text}");
        let partner = "https://a.example/a.js";
        let framed = PagePolicy::new("", &["'self'".into(), "https://a.example".into()], partner);
        let text = framed
            .for_browser("Chrome/79")
            .to_str()
            .expect("text")
            .to_owned();
        assert!(
            text.contains("script-src 'self' 'unsafe-eval' https://a.example/a.js;"),
            "{text}"
        );
        assert!(text.contains("style-src 'self';"), "{text}");
        assert!(
            text.ends_with("frame-ancestors 'self' https://a.example"),
            "{text}"
        );
    }
}
