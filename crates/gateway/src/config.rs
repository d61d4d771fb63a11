//! Everything an operator can set: one documented TOML file, overridden by the environment, checked as a whole before
//! the gateway starts.

mod check;
mod fault;
mod layers;
mod load;
mod operators;
mod secret;

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    path::PathBuf,
};

use contract::{Method, Mode};
use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de};
use url::Url;

pub use fault::Fault;
pub use load::{ConfigError, defaults, load};
pub use operators::Operators;
pub use secret::Secret;

/// The whole configuration. `config.example.toml` documents each key and holds the defaults.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Whether real money moves.
    pub mode: Mode,
    /// The shop's own address and files.
    pub http: Http,
    /// Where orders are kept.
    pub database: Database,
    /// Who sells.
    pub shop: Shop,
    /// How orders live.
    pub orders: Orders,
    /// The card platform.
    pub shingsou: Shingsou,
    /// Which channel carries each way to pay.
    pub payments: Payments,
    /// The card platform's recharge call, for money that our own merchants took.
    pub recharge: Recharge,
    /// The operator's interface.
    pub admin: Admin,
    /// Under what the merchants' secrets are sealed.
    pub vault: VaultKeys,
    /// How often one caller may ask.
    pub limits: Limits,
    /// For how long what is no longer needed is kept.
    pub keeping: Keeping,
    /// How the log looks.
    pub log: Log,
}

/// The shop's own address and files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address that buyers and platforms see, without a path.
    pub public_url: Url,
    /// The built page.
    pub static_dir: PathBuf,
    /// Proxies whose `X-Forwarded-For` and `X-Request-Id` are believed.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Whether buyers connect to the gateway itself, without any proxy.
    pub direct: bool,
    /// Further origins whose pages may call the interface.
    pub allowed_origins: Vec<Url>,
    /// Sites that may show the page in a frame.
    pub frame_ancestors: Vec<String>,
    /// The address of a partner's own script for the page; empty where there is none.
    pub partner_script: String,
    /// The function of that script that closes the page, with dots on the way to it.
    pub partner_close: String,
    /// Files that are answered at the root, for those who check whose site this is.
    #[serde(deserialize_with = "folder")]
    pub verification_dir: Option<PathBuf>,
    /// How long requests under way may take to finish when the gateway stops, in seconds.
    pub shutdown_seconds: u32,
}

/// Where orders are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite://path` for one process, `postgres://…` for any number.
    pub url: Secret,
    /// At most so many connections.
    pub max_connections: u32,
}

/// Who sells.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shop {
    /// The name over the shop.
    pub brand: String,
    /// The company that sells.
    pub company: String,
    /// Its ICP registration number.
    pub icp_number: String,
    /// Support's telephone number.
    pub support_phone: String,
    /// When support answers.
    pub support_hours: String,
    /// The terms of sale: an https address or a path of this site.
    pub terms_url: String,
    /// How personal data is treated: an https address or a path of this site.
    pub privacy_url: String,
    /// Whether cards can be registered here.
    pub realname: bool,
    /// Whether orders can be searched by card number.
    pub order_search: bool,
}

/// How orders live.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Orders {
    /// How long an order can be paid, in seconds.
    pub lifetime_seconds: u32,
    /// For how long the same package for the same card asks first, in seconds.
    pub repeat_window_seconds: u32,
}

/// The card platform.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shingsou {
    /// The open APIs' base address.
    pub api_base: Url,
    /// The identity server's base address.
    pub identity_base: Url,
    /// The application's id.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: Secret,
    /// The product's subscription key.
    pub subscription_key: Secret,
    /// The field name of the application's id in the token request: the documentation spells it `client_Id`.
    pub client_id_field: String,
    /// Whether the token request is multipart, as documented, or urlencoded.
    pub token_multipart: bool,
    /// What the token is asked for: permission codes with blanks between them.
    pub scope: String,
    /// The value of `api-version`, where the platform asks for one.
    #[serde(deserialize_with = "filled")]
    pub api_version: Option<String>,
    /// How long one call may take, in milliseconds.
    pub timeout_ms: u64,
    /// How old the catalog may be before it is asked for again, in seconds.
    pub catalog_seconds: u32,
    /// Whether operations that send money out of an account may be asked for by command.
    pub money_out: bool,
    /// What is to be put right about the platform's operations, by their names.
    pub operations: BTreeMap<String, Operation>,
}

/// What is to be put right about an operation of the card platform.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Operation {
    /// Where it really is, below the base address.
    pub address: Option<String>,
    /// How it is really asked.
    pub verb: Option<Verb>,
    /// The real names of fields, by the guessed ones.
    pub fields: BTreeMap<String, String>,
}

/// How an operation is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verb {
    /// Reads.
    Get,
    /// Makes or does.
    Post,
    /// Replaces.
    Put,
    /// Changes in part.
    Patch,
    /// Takes away.
    Delete,
}

/// Which channel carries each way to pay.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payments {
    /// The ways that are offered, the preferred one first.
    pub methods: Vec<Method>,
    /// Who takes the money of Alipay.
    pub alipay: Carrier,
    /// Who takes the money of WeChat Pay.
    pub wechat: Carrier,
    /// The pay page of the mini-program that shows the shop, where there is one.
    #[serde(deserialize_with = "filled")]
    pub mini_program_path: Option<String>,
}

/// Who takes the money of a way to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// The card platform, which then recharges the card by itself.
    Platform,
    /// The operator's own merchants; the shop recharges the card.
    Own,
}

/// The card platform's recharge call. No document names it, so its place is the operator's to find out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recharge {
    /// Where a recharge is asked for; without it our own merchants take no money.
    #[serde(deserialize_with = "filled")]
    pub path: Option<String>,
    /// Where a recharge is asked after.
    #[serde(deserialize_with = "filled")]
    pub query_path: Option<String>,
    /// For how long a recharge whose sending ended unclear must stay unknown to the platform before it is sent again
    /// under the same number, in seconds.
    pub resend_seconds: u32,
}

/// The operator's interface.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admin {
    /// What a request must carry; it has no name of a person. Without any token there is no such interface.
    pub token: Secret,
    /// `name:token` pairs: the name is written beside what is done with its token.
    pub tokens: Secret,
}

/// Under what the merchants' secrets are sealed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaultKeys {
    /// `id:key` pairs; the first seals, all open.
    pub keys: Secret,
}

/// How often one caller may ask.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Card look-ups a minute from one address.
    pub lookups_per_minute: NonZeroU32,
    /// Look-ups of one card a minute, from anywhere.
    pub lookups_per_card_per_minute: NonZeroU32,
    /// Order searches a minute from one address, and of one card.
    pub searches_per_minute: NonZeroU32,
    /// New orders a minute from one address.
    pub orders_per_minute: NonZeroU32,
    /// Unpaid orders that a card may have at once.
    pub open_orders_per_card: NonZeroU32,
    /// Unpaid orders that may come from one address at once.
    pub open_orders_per_address: NonZeroU32,
    /// Requests a minute from one address that make the gateway ask a channel.
    pub questions_per_minute: NonZeroU32,
    /// Requests that are worked on at once; more are turned away. Notices have a lane of their own.
    pub concurrent_requests: NonZeroU32,
    /// Notices of our payments that are worked on at once; more wait.
    pub concurrent_notices: NonZeroU32,
    /// Notices that fit nothing, an hour from one address, of which a trace is kept; more are refused.
    pub strays_per_hour: NonZeroU32,
    /// Order streams that are open at once.
    pub streams: NonZeroU32,
    /// Order streams that one address may have open at once.
    pub streams_per_address: NonZeroU32,
}

/// For how long what is no longer needed is kept, in days; 0: for ever.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keeping {
    /// What paying needed: launches, buyers' ids and addresses, idempotency keys; and effects that are done.
    pub details_days: u32,
    /// The full card numbers of orders that are over.
    pub card_numbers_days: u32,
    /// Notices that fit no payment.
    pub quarantine_days: u32,
    /// What the operator did.
    pub audit_days: u32,
}

/// How the log looks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// `info`, or a filter such as `gateway=debug,sqlx=warn`.
    pub filter: String,
    /// Lines of JSON rather than text.
    pub json: bool,
}

impl Config {
    /// Where a merchant's notices come to.
    #[must_use]
    pub fn notify_url(&self, channel: &str, merchant: &str) -> String {
        format!("{}/notify/{channel}/{merchant}", self.site())
    }

    /// The shop's own address without a slash at its end.
    #[must_use]
    pub fn site(&self) -> &str {
        self.http.public_url.as_str().trim_end_matches('/')
    }
}

impl Payments {
    /// Who takes the money of a method, where anybody does.
    #[must_use]
    pub fn carrier(&self, method: Method) -> Option<Carrier> {
        match method {
            Method::Alipay => Some(self.alipay),
            Method::Wechat => Some(self.wechat),
            Method::RechargeCard | Method::Turingcat | Method::Crypto => None,
        }
    }

    /// Whether our own merchants take money.
    #[must_use]
    pub fn uses_own(&self) -> bool {
        self.methods
            .iter()
            .any(|method| self.carrier(*method) == Some(Carrier::Own))
    }
}

impl Http {
    /// Whether buyers reach the shop over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// Whether what this address says of the caller behind it is believed.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies
            .iter()
            .any(|network| network.contains(&address))
    }
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let network = |text: String| {
        let address = text.parse::<IpAddr>().map(IpNet::from);
        let network = address.or_else(|_| text.parse::<IpNet>()).map_err(|_| {
            de::Error::custom(format!(
                "{text:?} is neither an address nor a network such as 10.0.0.0/8"
            ))
        })?;
        Ok(canonical(network))
    };
    Vec::<String>::deserialize(deserializer)?
        .into_iter()
        .map(network)
        .collect()
}

/// Connections are told by their IPv4 address where they have one, so networks of such are told alike.
fn canonical(network: IpNet) -> IpNet {
    let IpNet::V6(mapped) = network else {
        return network;
    };
    let inside = mapped.addr().to_ipv4_mapped();
    let length = mapped.prefix_len().checked_sub(96);
    inside
        .zip(length)
        .and_then(|(address, length)| IpNet::new(address.into(), length).ok())
        .unwrap_or(network)
}

fn folder<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    Ok(filled(deserializer)?.map(PathBuf::from))
}

fn filled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Some(String::deserialize(deserializer)?).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mapped_networks_are_those_of_ipv4() {
        for (written, expected) in [
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("::ffff:192.0.2.1/128", "192.0.2.1/32"),
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("fd00::/8", "fd00::/8"),
            ("::/0", "::/0"),
        ] {
            let network: IpNet = written.parse().expect("a network");
            assert_eq!(canonical(network).to_string(), expected);
        }
    }
}
