//! The built page and its files.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use contract::{ErrorCode, OrderId};
use tower::ServiceExt;
use tower_http::services::ServeDir;

use crate::{
    App, config,
    error::ApiError,
    http::{
        csp::PagePolicy,
        front::{Fronts, Source},
        language, problem, shell,
    },
};

const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const SHORT: HeaderValue = HeaderValue::from_static("public, max-age=600");
const ASK_FIRST: HeaderValue = HeaderValue::from_static("no-cache");
/// So long a page built anew may go unnoticed.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Where the files are, and the policy of the page among them.
#[derive(Clone)]
pub struct Assets {
    files: ServeDir,
    page: PathBuf,
    frame_ancestors: Arc<[String]>,
    partner_script: Arc<str>,
    known: Arc<Mutex<Option<Known>>>,
    fronts: Arc<Fronts>,
}

/// The page with its file's time, so that one built anew gets its own policy, and when that was last looked at.
#[derive(Clone)]
struct Known {
    looked: Instant,
    changed: SystemTime,
    document: Document,
}

/// The page as it was built, and the policy that fits it.
#[derive(Clone)]
struct Document {
    html: Arc<str>,
    policy: PagePolicy,
}

impl Assets {
    /// The files in the configured folder, which need not be there yet.
    #[must_use]
    pub fn new(http: &config::Http) -> Assets {
        let files = ServeDir::new(&http.static_dir)
            .append_index_html_on_directories(false)
            .precompressed_br()
            .precompressed_gzip();
        Assets {
            files,
            page: http.static_dir.join("index.html"),
            frame_ancestors: http.frame_ancestors.clone().into(),
            partner_script: http.partner_script.as_str().into(),
            known: Arc::default(),
            fronts: Arc::default(),
        }
    }

    async fn document(&self) -> Option<Document> {
        let known = self.known().clone();
        if let Some(known) = &known
            && known.looked.elapsed() < LOOK_EVERY
        {
            return Some(known.document.clone());
        }
        let looked = Instant::now();
        let about = tokio::fs::metadata(&self.page).await.ok()?;
        let changed = about.modified().ok()?;
        let document = match known.filter(|known| known.changed == changed) {
            Some(known) => known.document,
            None => {
                let html = tokio::fs::read_to_string(&self.page).await.ok()?;
                Document {
                    policy: PagePolicy::new(&html, &self.frame_ancestors, &self.partner_script),
                    html: html.into(),
                }
            }
        };
        *self.known() = Some(Known {
            looked,
            changed,
            document: document.clone(),
        });
        Some(document)
    }

    fn known(&self) -> MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn file(&self, path: &str, method: Method, headers: HeaderMap) -> Response {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.headers_mut() = headers;
        let Ok(uri) = path.parse::<Uri>() else {
            return StatusCode::NOT_FOUND.into_response();
        };
        *request.uri_mut() = uri;
        match self.files.clone().oneshot(request).await {
            Ok(response) => response.map(Body::new),
            Err(never) => match never {},
        }
    }

    async fn page(&self, method: Method, headers: HeaderMap, known: bool) -> Response {
        let Some(document) = self.document().await else {
            return not_built();
        };
        let policy = document.policy_for(&headers);
        let mut response = self.file("/index.html", method, headers).await;
        if !known && response.status() == StatusCode::OK {
            *response.status_mut() = StatusCode::NOT_FOUND;
        }
        guard(response, policy)
    }

    /// The shop's front, with what is for sale in it.
    async fn front(&self, app: &App, uri: &Uri, headers: &HeaderMap) -> Response {
        let Some(document) = self.document().await else {
            return not_built();
        };
        let lang = language::asked_for(uri, headers);
        let catalog = app.catalog.current().await;
        let source = Source {
            html: document.html.clone(),
            // A stale one is not drawn, and is another one each time.
            catalog: catalog.filter(|catalog| !catalog.stale),
        };
        let draw = |of: &Source| {
            let (brand, mode) = (&app.config.shop.brand, app.config.mode);
            shell::fill(&of.html, brand, mode, of.catalog.as_deref(), lang)
        };
        let front = self.fronts.get(lang, source, draw).await;
        let policy = document.policy_for(headers);
        guard(front.answer(headers, &policy), policy)
    }
}

impl Document {
    fn policy_for(&self, headers: &HeaderMap) -> HeaderValue {
        let browser = headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        self.policy.for_browser(browser)
    }
}

fn guard(mut response: Response, policy: HeaderValue) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::CACHE_CONTROL, ASK_FIRST);
    // Which policy it carries depends on the browser.
    headers.append(header::VARY, HeaderValue::from_static("user-agent"));
    response
}

/// Answers what no route does: a file, else the page. Interfaces are never answered with the page.
pub async fn serve(State((app, assets)): State<(App, Assets)>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let path = parts.uri.path();
    if is_interface(path) {
        return ApiError::from(ErrorCode::NotFound).into_response();
    }
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        return ApiError::from(ErrorCode::MethodNotAllowed).into_response();
    }
    if path == "/" {
        return assets.front(&app, &parts.uri, &parts.headers).await;
    }
    let known = is_page(path);
    if known || path == "/index.html" {
        return assets.page(parts.method, parts.headers, true).await;
    }
    let wants_page = accepts_html(&parts.headers);
    let mut response = assets
        .file(path, parts.method.clone(), parts.headers.clone())
        .await;
    match response.status() {
        StatusCode::NOT_FOUND if wants_page => {
            assets.page(parts.method, parts.headers, false).await
        }
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED => {
            let cache = if is_hashed(path) { IMMUTABLE } else { SHORT };
            response.headers_mut().insert(header::CACHE_CONTROL, cache);
            response
        }
        _ => response,
    }
}

/// Whether the path belongs to an interface, built or yet to come.
fn is_interface(path: &str) -> bool {
    let first = path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    problem::is_interface(path) || matches!(first, "api" | "notify" | "oauth" | "admin" | "cashier")
}

/// Whether the page has a screen at this path.
fn is_page(path: &str) -> bool {
    match path {
        "/" | "/usage" | "/realname" | "/notices" | "/orders" => true,
        _ => path
            .strip_prefix("/orders/")
            .is_some_and(|id| OrderId::parse(id).is_ok()),
    }
}

/// Whether a person is about to read the answer: scripts and images ask for anything at all.
fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .any(|value| value.to_str().is_ok_and(|text| text.contains("text/html")))
}

/// Whether the file's name changes with its content: `name-<16 hexadecimal digits>.ending`.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.split_once('.').map_or("", |(stem, _)| stem);
    let digits = stem.rsplit_once('-').map_or("", |(_, digits)| digits);
    digits.len() == 16
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn not_built() -> Response {
    let text = "The page is not built yet: run `cargo xtask build`, then load this again.\n";
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (StatusCode::SERVICE_UNAVAILABLE, plain, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names_are_told_apart() {
        for (path, expected) in [
            ("/loader-0123456789abcdef.js", true),
            ("/storefront_bg-0123456789abcdef.wasm", true),
            ("/icons/a-0123456789abcdef.svg", true),
            ("/loader.js", false),
            ("/loader-0123456789abcde.js", false),
            ("/loader-0123456789abcdeg.js", false),
            ("/0123456789abcdef.js", false),
            ("/a-0123456789abcdef", false),
        ] {
            assert_eq!(is_hashed(path), expected, "{path}");
        }
    }

    #[test]
    fn interfaces_and_pages_are_told_apart() {
        for path in [
            "/api",
            "/api/",
            "/api/v1/nowhere",
            "//api/v1",
            "/notify/x",
            "/oauth/wechat/start",
            "/admin/",
        ] {
            assert!(is_interface(path) && !is_page(path), "{path}");
        }
        for path in [
            "/",
            "/usage",
            "/orders",
            "/orders/00112233445566778899aabbccddeeff",
        ] {
            assert!(is_page(path) && !is_interface(path), "{path}");
        }
        for path in ["/apis", "/nowhere", "/orders/1", "/orders/"] {
            assert!(!is_page(path) && !is_interface(path), "{path}");
        }
    }
}
