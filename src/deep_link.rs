//! What a link into the shop asks for: `/#card=&category=&package=&method=&lang=`, and `?card=` too. On an order's screen
//! `#pay=` goes on with a payment.

use contract::Method;
use leptos::prelude::window;
use wasm_bindgen::JsValue;

/// What the link asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeepLink {
    /// A card number, as the link has it.
    pub card: Option<String>,
    /// A category's id.
    pub category: Option<String>,
    /// A package's id.
    pub package: Option<String>,
    /// The way to pay that is to be named first.
    pub method: Option<Method>,
    /// A language tag.
    pub language: Option<String>,
    /// With what the order of this address is to be paid at once: the wallet has told the gateway who the buyer is.
    pub pay: Option<Method>,
}

/// Reads the link that the page was opened with, or that came to the open page; nothing is asked for where there is
/// none.
///
/// What it read is taken out of the address bar, so that a card number stays neither there nor in the history. What a
/// wallet said on the way back to an order does not stay either.
#[must_use]
pub fn take() -> DeepLink {
    let location = window().location();
    let search = location.search().unwrap_or_default();
    let hash = location.hash().unwrap_or_default();
    let path = location.pathname().unwrap_or_else(|_| "/".into());
    let is_order = path.starts_with("/orders/");
    let (mut link, mut rest) = DeepLink::read(search.trim_start_matches('?'));
    let (from_hash, _) = DeepLink::read(hash.trim_start_matches('#'));
    if is_order {
        // A wallet adds its own words to the way back. Nothing in them is believed, so none of them stays.
        rest.clear();
    }
    link.overlay(from_hash);
    if link == DeepLink::default() && (search.is_empty() || !rest.is_empty()) {
        return link;
    }
    link.pay = link.pay.filter(|_| is_order);
    let address = if rest.is_empty() {
        path
    } else {
        format!("{path}?{rest}")
    };
    if let Ok(history) = window().history() {
        let state = history.state().unwrap_or(JsValue::NULL);
        let _ = history.replace_state_with_url(&state, "", Some(&address));
    }
    link
}

impl DeepLink {
    /// Reads `name=value` pairs; what it does not know comes back as it was.
    fn read(text: &str) -> (DeepLink, String) {
        let mut link = DeepLink::default();
        let mut rest = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decode(value);
            match name {
                "card" => link.card = Some(value),
                "category" => link.category = Some(value),
                "package" => link.package = Some(value),
                "method" => link.method = Method::from_name(&value),
                "lang" => link.language = Some(value),
                "pay" => link.pay = Method::from_name(&value),
                _ => rest.push(pair),
            }
        }
        (link, rest.join("&"))
    }

    /// The shop's address that asks for the same. All of it stands in the fragment, which no server is sent.
    #[must_use]
    pub fn address(&self) -> String {
        let pairs: Vec<String> = [
            ("card", self.card.as_deref()),
            ("category", self.category.as_deref()),
            ("package", self.package.as_deref()),
            ("method", self.method.map(Method::as_str)),
            ("lang", self.language.as_deref()),
        ]
        .into_iter()
        .filter_map(|(name, value)| {
            let value = String::from(js_sys::encode_uri_component(value?));
            Some(format!("{name}={value}"))
        })
        .collect();
        format!("/#{}", pairs.join("&"))
    }

    fn overlay(&mut self, other: DeepLink) {
        let DeepLink {
            card,
            category,
            package,
            method,
            language,
            pay,
        } = other;
        self.card = card.or(self.card.take());
        self.category = category.or(self.category.take());
        self.package = package.or(self.package.take());
        self.method = method.or(self.method);
        self.language = language.or(self.language.take());
        self.pay = pay.or(self.pay);
    }
}

/// Undoes percent encoding; text that is no valid encoding stays as it is.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                match (digit(high), digit(low)) {
                    (Some(high), Some(low)) => {
                        bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
                        rest = after;
                    }
                    _ => bytes.push(b'%'),
                }
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_knows_and_leaves_the_rest() {
        let (link, rest) = DeepLink::read(
            "utm=x&card=8986%2007B2+0917&package=1102&method=alipay&lang=en&pay=wechat&a",
        );
        assert_eq!(rest, "utm=x&a");
        assert_eq!(link.card.as_deref(), Some("8986 07B2 0917"));
        assert_eq!(link.package.as_deref(), Some("1102"));
        assert_eq!(link.method, Some(Method::Alipay));
        assert_eq!(link.language.as_deref(), Some("en"));
        assert_eq!(link.pay, Some(Method::Wechat));
    }

    #[test]
    fn a_wrong_method_or_encoding_does_no_harm() {
        let (link, _) = DeepLink::read("method=gold&card=%zz%4&category=%FF");
        assert_eq!(link.method, None);
        assert_eq!(link.card.as_deref(), Some("%zz%4"));
        assert_eq!(link.category.as_deref(), Some("%FF"));
    }

    #[test]
    fn the_fragment_wins_over_the_query() {
        let (mut link, _) = DeepLink::read("card=1&category=2");
        link.overlay(DeepLink::read("card=3").0);
        assert_eq!(
            (link.card.as_deref(), link.category.as_deref()),
            (Some("3"), Some("2"))
        );
    }
}
