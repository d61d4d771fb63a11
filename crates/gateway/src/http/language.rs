//! The language that a browser asks for.

use axum::http::{HeaderMap, HeaderName, Uri, header};
use contract::Lang;
use url::form_urlencoded;

/// The cookie in which the page says what was chosen, as it begins.
const COOKIE: &str = "rc_lang=";

/// The language for a request.
///
/// As the page itself chooses it (`src/i18n`): that of the link (`?lang=`), else the one chosen before, else what
/// [`Lang::preferred`] makes of what the browser says. What a link's fragment asks for is not seen here.
#[must_use]
pub fn asked_for(uri: &Uri, headers: &HeaderMap) -> Lang {
    let query = uri.query().unwrap_or_default();
    let of_link = form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == "lang")
        .last()
        .and_then(|(_, tag)| Lang::of_tag(&tag));
    let chosen = || {
        let cookies = values(headers, header::COOKIE).flat_map(|value| value.split(';'));
        cookies
            .filter_map(|cookie| cookie.trim().strip_prefix(COOKIE))
            .find_map(Lang::of_tag)
    };
    of_link
        .or_else(chosen)
        .unwrap_or_else(|| Lang::preferred(preferences(headers)))
}

/// The languages that the browser names, the best first, by their weights; those of one weight as they stand.
fn preferences(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let ranges = values(headers, header::ACCEPT_LANGUAGE).flat_map(|value| value.split(','));
    let mut weighed: Vec<(&str, f32)> = ranges.map(weigh).collect();
    weighed.sort_by(|(_, left), (_, right)| right.total_cmp(left));
    weighed
        .into_iter()
        // What is refused is not preferred, but it was named.
        .map(|(tag, weight)| if weight > 0.0 { tag } else { "-" })
}

/// `de-AT;q=0.7`; what cannot be read as a weight is none.
fn weigh(range: &str) -> (&str, f32) {
    let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
    let weight = parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
        .and_then(|(_, weight)| weight.trim().parse::<f32>().ok())
        .filter(|weight| (0.0..=1.0).contains(weight));
    (tag.trim(), weight.unwrap_or(1.0))
}

fn values(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter();
    values.filter_map(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_comes_first_then_the_choice_then_the_browser() {
        let check = |uri: &str, cookie: &str, accept: &str, expected: Lang| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookie.parse().expect("a header"));
            headers.insert(header::ACCEPT_LANGUAGE, accept.parse().expect("a header"));
            let uri = uri.parse().expect("an address");
            assert_eq!(
                asked_for(&uri, &headers),
                expected,
                "{uri} {cookie} {accept}"
            );
        };
        check("/", "", "zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh);
        check("/", "", "en-GB, zh;q=0.5", Lang::En);
        check("/", "", "fr-FR,fr;q=0.9,en-US;q=0.8,zh;q=0.7", Lang::En);
        check("/", "", "fr", Lang::En);
        check("/", "", "ja,ar;q=0.9,de;q=0.8", Lang::En);
        check("/", "", "ja,*;q=0.5", Lang::En);
        check("/", "", "ja,zh-TW;q=0.9,en;q=0.8", Lang::Zh);
        check("/", "", "en;q=0.5, zh;q=0.9", Lang::Zh);
        check("/", "", "zh;q=0.1,de;q=0.4,en-US;Q = 0.3", Lang::En);
        check("/", "", "en;q=0.8,zh;q=0.8", Lang::En);
        check("/", "", "zh;q=0,de", Lang::En);
        check("/", "", "zh;q=0", Lang::En);
        check("/", "", "zh;q=much", Lang::Zh);
        check("/", "", "zh;q=nan,en;q=0.9", Lang::Zh);
        check("/", "", "*", Lang::Zh);
        check("/", "", "english", Lang::En);
        check("/?card=1&lang=en", "", "zh-CN", Lang::En);
        check("/?lang=zh-Hans", "", "en", Lang::Zh);
        check("/?lang=fr", "", "en", Lang::En);
        check("/?lang=en&lang=zh", "", "en", Lang::Zh);
        check("/?lang", "", "", Lang::Zh);
        check("/", "rc_lang=zh-CN", "en", Lang::Zh);
        check("/", "a=b; rc_lang=en", "zh", Lang::En);
        check("/", "xrc_lang=en; rc_lang=", "zh", Lang::Zh);
        check("/?lang=zh", "rc_lang=en", "en", Lang::Zh);
    }
}
