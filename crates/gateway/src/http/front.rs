//! The shop's front as it is sent: drawn and compressed once for each language and catalog, not for each visit.

use std::{
    convert::Infallible,
    sync::{Arc, PoisonError, RwLock},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use contract::{Catalog, Lang};
use tokio::sync::Mutex;
use tower::{ServiceExt, service_fn};
use tower_http::{CompressionLevel, compression::Compression};

use super::encodings::{Encoding, preferred};
use crate::digest::sha256;

/// A page that is larger than this is not ours.
const LARGEST: usize = 16 << 20;

/// The drawings that are shown now, one for each language.
#[derive(Default)]
pub struct Fronts {
    kept: RwLock<[Option<Arc<Front>>; 2]>,
    // Whoever comes while one is drawn waits for that one.
    drawing: Mutex<()>,
}

/// What a front is drawn from.
#[derive(Clone)]
pub struct Source {
    /// The page as it was built.
    pub html: Arc<str>,
    /// What is for sale, where it is known.
    pub catalog: Option<Arc<Catalog>>,
}

/// A front, ready to be sent.
pub struct Front {
    of: Source,
    digest: String,
    plain: Bytes,
    // Empty where it would gain nothing.
    gzip: Bytes,
    brotli: Bytes,
}

impl Source {
    /// Sources are kept while they are shown, so that the same place in memory is the same source.
    fn is(&self, other: &Source) -> bool {
        let catalog = match (&self.catalog, &other.catalog) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        catalog && Arc::ptr_eq(&self.html, &other.html)
    }
}

impl Fronts {
    /// The front from this source, drawn where it is not kept.
    pub async fn get(
        &self,
        lang: Lang,
        of: Source,
        draw: impl FnOnce(&Source) -> String,
    ) -> Arc<Front> {
        let kept = || {
            let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
            kept[lang as usize].clone().filter(|front| front.of.is(&of))
        };
        if let Some(front) = kept() {
            return front;
        }
        let _drawing = self.drawing.lock().await;
        if let Some(front) = kept() {
            return front;
        }
        let html = draw(&of);
        let front = Arc::new(Front::new(of, html).await);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept[lang as usize] = Some(front.clone());
        front
    }
}

impl Front {
    async fn new(of: Source, html: String) -> Front {
        let plain = Bytes::from(html);
        Front {
            of,
            digest: sha256(&plain)[..16].to_owned(),
            gzip: compressed(&plain, Encoding::Gzip).await,
            brotli: compressed(&plain, Encoding::Brotli).await,
            plain,
        }
    }

    /// The answer under a policy, or that what the caller has is still it.
    ///
    /// The policy is part of what is compared: browsers keep the policy that came with what they keep.
    #[must_use]
    pub fn answer(&self, headers: &HeaderMap, policy: &HeaderValue) -> Response {
        let (encoding, body) = match preferred(headers) {
            Encoding::Gzip if !self.gzip.is_empty() => (Encoding::Gzip, &self.gzip),
            Encoding::Brotli if !self.brotli.is_empty() => (Encoding::Brotli, &self.brotli),
            _ => (Encoding::Plain, &self.plain),
        };
        let policy = &sha256(policy)[..8];
        let tag = format!("\"{}-{policy}-{}\"", self.digest, encoding.name());
        let mut response = if is_known(headers, &tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            (kind, body.clone()).into_response()
        };
        let is_new = response.status() == StatusCode::OK;
        let own = response.headers_mut();
        if encoding != Encoding::Plain && is_new {
            own.insert(
                header::CONTENT_ENCODING,
                HeaderValue::from_static(encoding.name()),
            );
        }
        if let Ok(tag) = HeaderValue::try_from(tag) {
            own.insert(header::ETAG, tag);
        }
        own.append(header::VARY, HeaderValue::from_static("accept-encoding"));
        own.append(
            header::VARY,
            HeaderValue::from_static("accept-language, cookie"),
        );
        response
    }
}

/// Whether the caller has what bears this tag.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(header::IF_NONE_MATCH).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// The same bytes in an encoding, by the same means as every other answer; empty where that leaves them as they are.
async fn compressed(plain: &Bytes, encoding: Encoding) -> Bytes {
    let html = plain.clone();
    let service = service_fn(move |_: Request| {
        let response = Response::new(Body::from(html.clone()));
        async { Ok::<_, Infallible>(response) }
    });
    let service = Compression::new(service).quality(CompressionLevel::Precise(5));
    let mut request = Request::new(Body::empty());
    let name = HeaderValue::from_static(encoding.name());
    request.headers_mut().insert(header::ACCEPT_ENCODING, name);
    let response = match service.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    if !response.headers().contains_key(header::CONTENT_ENCODING) {
        return Bytes::new();
    }
    let body = Body::new(response.into_body());
    to_bytes(body, LARGEST).await.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn source(html: &str) -> Source {
        Source {
            html: html.into(),
            catalog: None,
        }
    }

    #[tokio::test]
    async fn a_front_is_drawn_once_for_each_source_and_language() {
        let (fronts, drawn) = (Fronts::default(), Cell::new(0));
        let get = async |lang: Lang, of: &Source| {
            let draw = |of: &Source| {
                drawn.set(drawn.get() + 1);
                format!("{lang:?} {}", of.html)
            };
            fronts.get(lang, of.clone(), draw).await.plain.clone()
        };
        let (one, other) = (source("a"), source("a"));
        assert_eq!(get(Lang::Zh, &one).await, "Zh a");
        assert_eq!(get(Lang::Zh, &one).await, "Zh a");
        assert_eq!(drawn.get(), 1);
        assert_eq!(get(Lang::En, &one).await, "En a");
        assert_eq!(drawn.get(), 2);
        get(Lang::Zh, &other).await;
        get(Lang::En, &one).await;
        assert_eq!(drawn.get(), 3, "a page built anew is drawn anew");
    }

    #[tokio::test]
    async fn a_tag_stands_for_one_body_under_one_policy() {
        let front = Front::new(source(""), "<p>".repeat(200)).await;
        let ask = |encoding: &'static str, known: &str, policy: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(encoding));
            headers.insert(header::IF_NONE_MATCH, known.parse().expect("a header"));
            let response = front.answer(&headers, &HeaderValue::from_static(policy));
            let tag = response.headers()[header::ETAG].to_str().expect("text");
            (response.status().as_u16(), tag.to_owned())
        };
        let mut tags = Vec::new();
        for (encoding, policy) in [("br", "a"), ("gzip", "a"), ("*;q=0", "a"), ("br", "b")] {
            let (status, tag) = ask(encoding, "", policy);
            assert_eq!(status, 200);
            for known in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
                assert_eq!(ask(encoding, &known, policy).0, 304, "{known}");
            }
            assert!(!tags.contains(&tag), "{tag} stands for two");
            tags.push(tag);
        }
        for tag in &tags[1..] {
            assert_eq!(ask("br", tag, "a").0, 200, "{tag}");
        }
    }
}
