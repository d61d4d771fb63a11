//! In which encoding a caller takes a file.
//!
//! Whoever takes none at all is answered plainly: the content is the same, and a refusal would help nobody. So the
//! services behind this are told the one encoding that was chosen, and never meet a list that leaves nothing.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// An encoding that the page's files are kept in, the least wanted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Encoding {
    /// As it is.
    Plain,
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
}

impl Encoding {
    /// The name in headers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Plain => "identity",
            Encoding::Gzip => "gzip",
            Encoding::Brotli => "br",
        }
    }
}

/// Chooses the encoding, and tells those behind this only of that one.
pub async fn choose(mut request: Request, next: Next) -> Response {
    let chosen = preferred(request.headers());
    let name = HeaderValue::from_static(chosen.name());
    request.headers_mut().insert(header::ACCEPT_ENCODING, name);
    next.run(request).await
}

/// The encoding that the caller would like best of those that it takes.
#[must_use]
pub fn preferred(headers: &HeaderMap) -> Encoding {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter();
    let ranges: Vec<(&str, u16)> = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(range)
        .collect();
    let weight = |names: &[&str]| {
        let named = |name: &str| {
            let mut found = ranges.iter();
            found.find(|(range, _)| range.eq_ignore_ascii_case(name))
        };
        let range = names.iter().find_map(|name| named(name));
        range.map_or(0, |(_, weight)| *weight)
    };
    // What is not named is as welcome as `*`, but for the plain form, which needs no mention.
    [
        (weight(&["identity"]), Encoding::Plain),
        (weight(&["gzip", "x-gzip", "*"]), Encoding::Gzip),
        (weight(&["br", "*"]), Encoding::Brotli),
    ]
    .into_iter()
    .filter(|(weight, _)| *weight > 0)
    .max()
    .map_or(Encoding::Plain, |(_, encoding)| encoding)
}

/// A name and its weight in thousandths; one whose weight cannot be read is not taken.
fn range(text: &str) -> Option<(&str, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let mut weight = 1000;
    for part in parts {
        let (key, value) = part.split_once('=')?;
        if key.trim().eq_ignore_ascii_case("q") {
            weight = thousandths(value.trim())?;
        }
    }
    Some((name, weight))
}

/// `0`, `1`, or either with up to three digits behind the point.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let plain = rest.len() <= 3 && rest.bytes().all(|byte| byte.is_ascii_digit());
    let whole: u16 = match whole {
        "0" => 0,
        "1" => 1000,
        _ => return None,
    };
    let part: u16 = format!("{rest:0<3}").parse().ok().filter(|_| plain)?;
    Some(whole + part).filter(|weight| *weight <= 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_that_is_taken_is_chosen() {
        let check = |lines: &[&str], expected: Encoding| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::ACCEPT_ENCODING, line.parse().expect("a header"));
            }
            assert_eq!(preferred(&headers), expected, "{lines:?}");
        };
        use Encoding::{Brotli, Gzip, Plain};
        check(&[], Plain);
        check(&[""], Plain);
        check(&["gzip, deflate, br, zstd"], Brotli);
        check(&["gzip", "br"], Brotli);
        check(&["GZIP;Q=1.000"], Gzip);
        check(&["x-gzip"], Gzip);
        check(&["br;q=0.5, gzip;q=0.8"], Gzip);
        check(&["br;q=0, gzip"], Gzip);
        check(&["*"], Brotli);
        check(&["br;q=0, *"], Gzip);
        check(&["gzip, identity"], Gzip);
        check(&["identity, gzip;q=0.5"], Plain);
        // Nothing is taken, or nothing can be read: it is answered all the same.
        check(&["*;q=0"], Plain);
        check(&["identity;q=0"], Plain);
        check(&["identity;q=0, *;q=0"], Plain);
        check(&["gzip;q=0, br;q=0, identity;q=0"], Plain);
        check(&["*;q=0, gzip"], Gzip);
        check(&["zstd, identity;q=0"], Plain);
        check(&["br;q=2, gzip;q=x, deflate"], Plain);
        check(&["br;q=0.0001"], Plain);
        check(&["br;q"], Plain);
        check(&[";;,,q=1"], Plain);
    }
}
