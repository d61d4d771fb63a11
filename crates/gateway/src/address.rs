//! What an address is, before anything is sent to it.

use url::{Host, Url};

/// Whether it is this machine itself.
#[must_use]
pub fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(Host::Ipv6(address)) => {
            address.to_canonical().is_loopback() || address.is_unspecified()
        }
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_many_names() {
        for (text, expected) in [
            ("http://127.0.0.1:1/a", true),
            ("http://127.1.2.3", true),
            ("http://0.0.0.0", true),
            ("http://[::1]:1", true),
            ("http://[::ffff:127.0.0.1]", true),
            ("http://localhost", true),
            ("http://shop.localhost", true),
            ("http://127.0.0.1.example", false),
            ("http://192.168.1.2", false),
            ("https://api.example", false),
        ] {
            let url = Url::parse(text).expect("an address");
            assert_eq!(is_this_machine(&url), expected, "{text}");
        }
    }
}
