//! The language that a browser asks for.

use axum::http::{HeaderMap, Uri, header};
use contract::Lang;
use url::form_urlencoded;

/// The language of the link (`?lang=`), else the first that the browser names and the shop speaks, else Chinese: as the
/// page itself chooses it (`src/i18n`), but for a choice that it remembers.
#[must_use]
pub fn asked_for(uri: &Uri, headers: &HeaderMap) -> Lang {
    let query = uri.query().unwrap_or_default();
    let of_link = form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == "lang")
        .find_map(|(_, tag)| Lang::of_tag(&tag));
    let of_browser = || {
        let values = headers.get_all(header::ACCEPT_LANGUAGE).iter();
        values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .find_map(|range| Lang::of_tag(range.split(';').next()?.trim()))
    };
    of_link.or_else(of_browser).unwrap_or(Lang::Zh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_comes_first_then_the_browser() {
        let check = |uri: &str, accept: &str, expected: Lang| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accept.parse().expect("a header"));
            let uri = uri.parse().expect("an address");
            assert_eq!(asked_for(&uri, &headers), expected, "{uri} {accept}");
        };
        check("/", "zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh);
        check("/", "en-GB, zh;q=0.5", Lang::En);
        check("/", "fr-FR,fr;q=0.9,en-US;q=0.8,zh;q=0.7", Lang::En);
        check("/", "fr", Lang::Zh);
        check("/", "*", Lang::Zh);
        check("/", "english", Lang::Zh);
        check("/?card=1&lang=en", "zh-CN", Lang::En);
        check("/?lang=zh-Hans", "en", Lang::Zh);
        check("/?lang=fr", "en", Lang::En);
        check("/?lang", "", Lang::Zh);
    }
}
