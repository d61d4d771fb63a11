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
    let entries = lines.iter().rev().flat_map(|line| line.rsplit(','));
    // An empty place in a list is no entry of it.
    for entry in entries.map(str::trim).filter(|entry| !entry.is_empty()) {
        if !http.trusts(client) {
            break;
        }
        match address(entry) {
            Some(address) => client = address,
            None => break,
        }
    }
    client
}

/// An address as proxies write it: bare, in brackets, in quotation marks, with a port, with the interface that it was
/// seen on.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches('"').trim();
    let bare = match text.strip_prefix('[') {
        Some(inside) => {
            let (address, rest) = inside.split_once(']')?;
            let port = rest.strip_prefix(':').is_some_and(is_port);
            Some(address).filter(|_| rest.is_empty() || port)?
        }
        // Only an address of IPv4 has one colon.
        None => match text.split_once(':') {
            Some((address, port)) if is_port(port) && address.contains('.') => address,
            _ => text,
        },
    };
    let (bare, _interface) = bare.split_once('%').unwrap_or((bare, ""));
    let address = bare.parse::<IpAddr>().ok()?;
    Some(address.to_canonical())
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok()
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
        // An address of IPv6 in each way in which proxies write it.
        for written in [
            "2001:db8::1",
            "2001:DB8:0:0::1",
            "[2001:db8::1]",
            "[2001:db8::1]:443",
            "\"[2001:db8::1]:443\"",
            "\"2001:db8::1\"",
            "2001:db8::1%eth0",
            "[2001:db8::1%2]",
            " 2001:db8::1 ,, 10.2.2.2 , ",
        ] {
            check("10.0.0.1", &[written], "2001:db8::1");
            check("fd00::1", &["1.1.1.1", written], "2001:db8::1");
        }
        for written in [
            "[::ffff:198.51.100.1]:443",
            "::ffff:c633:6401",
            "[::ffff:198.51.100.1]",
        ] {
            check("10.0.0.1", &[written], "198.51.100.1");
        }
        // What is no address says nothing of the caller.
        for written in [
            "unknown",
            "_hidden",
            "[2001:db8::1",
            "[2001:db8::1]x",
            "198.51.100.1:x",
            "[]",
        ] {
            check("10.0.0.1", &[written], "10.0.0.1");
        }
    }
}
