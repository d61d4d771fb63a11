//! Whose request it is.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{Extensions, HeaderMap, request::Parts},
};

use crate::{config, state::App};

/// The caller's address: the peer's, or where the peer is a trusted proxy, the one that the proxies saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

impl FromRequestParts<App> for ClientIp {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<ClientIp, Infallible> {
        Ok(ClientIp(seen(
            peer(&parts.extensions),
            &parts.headers,
            &app.config.http,
        )))
    }
}

/// The same of a whole request.
pub fn of_request(request: &axum::extract::Request, app: &App) -> IpAddr {
    seen(
        peer(request.extensions()),
        request.headers(),
        &app.config.http,
    )
}

/// The other end of the connection. Without one, as in a test that calls the router, all callers are one.
pub(super) fn peer(extensions: &Extensions) -> IpAddr {
    let connection = extensions.get::<ConnectInfo<SocketAddr>>();
    connection.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| {
        address.ip().to_canonical()
    })
}

/// The right-most address of `X-Forwarded-For` that is not itself a trusted proxy: what stands left of it was written
/// by whoever called the first proxy, and may be made up.
fn seen(peer: IpAddr, headers: &HeaderMap, http: &config::Http) -> IpAddr {
    let mut client = peer;
    let lines: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    for entry in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !http.trusts(client) {
            break;
        }
        match address(entry.trim()) {
            Some(address) => client = address,
            None => break,
        }
    }
    client
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    text.parse::<IpAddr>()
        .or_else(|_| with_port())
        .ok()
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxies_are_believed() {
        let check = |peer: &str, lines: &[&str], expected: &str| {
            let mut http = config::defaults().http;
            http.trusted_proxies = vec![
                "10.0.0.0/8".parse().expect("a network"),
                "fd00::/8".parse().expect("a network"),
            ];
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().expect("a header"));
            }
            let client = seen(peer.parse().expect("an address"), &headers, &http);
            assert_eq!(client.to_string(), expected, "{peer} {lines:?}");
        };
        check("203.0.113.9", &["198.51.100.1"], "203.0.113.9");
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &["198.51.100.1"], "198.51.100.1");
        check(
            "10.0.0.1",
            &["1.1.1.1, 198.51.100.1, 10.2.2.2"],
            "198.51.100.1",
        );
        check("10.0.0.1", &["1.1.1.1", "198.51.100.1"], "198.51.100.1");
        check("10.0.0.1", &["198.51.100.1, junk"], "10.0.0.1");
        check("10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1");
        check("fd00::1", &["[2001:db8::1]:443"], "2001:db8::1");
        check("10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1");
        check("10.0.0.1", &["10.3.3.3, 10.2.2.2"], "10.3.3.3");
    }
}
