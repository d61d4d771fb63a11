//! What a partner's own script may be.

use contract::Mode;
use url::Url;

use crate::config::Config;

/// The script and the function in it come together, and both are what they say.
pub(super) fn rules(config: &Config, rule: &mut impl FnMut(bool, &str, &str)) {
    let (script, close) = (&config.http.partner_script, &config.http.partner_close);
    rule(
        script.is_empty() || is_script(script, config.mode),
        "http.partner_script",
        "must be the https address of a script, without a query",
    );
    let named = close.split('.').all(is_name);
    rule(
        if script.is_empty() {
            close.is_empty()
        } else {
            named
        },
        "http.partner_close",
        "must name the function of http.partner_script that closes the page, such as Partner.closeWindow",
    );
}

/// It is written into a header, so that nothing may pass which would end it there.
fn is_script(text: &str, mode: Mode) -> bool {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._~/:%".contains(&byte));
    let demo = mode == Mode::Demo;
    plain
        && Url::parse(text).is_ok_and(|url| {
            url.as_str() == text && (url.scheme() == "https" || demo && url.scheme() == "http")
        })
}

/// A name as scripts spell it.
fn is_name(part: &str) -> bool {
    let mut bytes = part.bytes();
    let begins = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$');
    bytes.next().is_some_and(begins) && bytes.all(|byte| begins(byte) || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crate::config::check::tests::check;

    #[test]
    fn a_script_and_its_function_come_together() {
        let expect = |script: &str, close: &str, faults: &[&str]| {
            check(
                |config| {
                    config.http.partner_script = script.into();
                    config.http.partner_close = close.into();
                },
                faults,
            );
        };
        let script = "https://p.example/js/app-1.2.js";
        expect("", "", &[]);
        expect(script, "Partner.closeWindow", &[]);
        expect("http://127.0.0.1:9/app.js", "$close", &[]);
        expect("", "close", &["http.partner_close"]);
        for wrong in ["", "a..b", "close()", "1a", "a-b"] {
            expect(script, wrong, &["http.partner_close"]);
        }
        for wrong in [
            "/app.js",
            "https://p.example/a.js; script-src *",
            "https://p.example/a.js,b",
            "https://p.example/a.js?v=1",
            "ftp://p.example/a.js",
        ] {
            expect(wrong, "close", &["http.partner_script"]);
        }
    }
}
