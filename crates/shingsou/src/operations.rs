//! The 71 operations that the platform's document names: where each is, and what it asks for.
//!
//! The document names each operation, its title and the permission it is listed under. Pictures on the platform's pages
//! show the verbs of some and the addresses of two, from which the prefixes of two services are known. Every other verb
//! and address is a guess: the platform's framework routes by `[controller]/[action]`, and the operations are named that
//! way (`Product-Get`, `FlowCard-Detail`). [`Config::operations`](crate::Config::operations) puts right what was guessed
//! wrong.

mod table;

use std::{collections::BTreeMap, fmt};

use reqwest::Method;

pub use table::*;

/// One operation of the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The service it belongs to.
    pub service: Service,
    /// The document's name, such as `flowcard-network`.
    pub name: &'static str,
    /// The document's title.
    pub title: &'static str,
    /// How it is asked.
    pub verb: Method,
    /// How that is known.
    pub verb_source: Source,
    /// Where it is, below the platform's base address.
    pub address: &'static str,
    /// How that is known.
    pub address_source: Source,
    /// The permission made for it; `None` where the document asks for none.
    pub permission: Option<&'static str>,
    /// The permission that the document lists it under, which for most operations on cards is that of the list.
    pub documented_permission: Option<&'static str>,
}

/// A service of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// 物联卡: recharge cards and data cards.
    Cards,
    /// 支付网关: orders, payments, packages.
    Payments,
    /// 支付网关 v2: the wallets.
    Wallets,
}

/// How something about an operation is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The document says it.
    Documented,
    /// A picture on the platform's pages shows it.
    Shown,
    /// Inferred from the names.
    Guessed,
}

/// What a configuration puts right about one operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fitting {
    /// Where it really is, below the platform's base address.
    pub address: Option<String>,
    /// How it is really asked.
    pub verb: Option<Method>,
    /// The real names of fields, by the guessed ones. They hold for what is sent and for what is answered.
    pub fields: BTreeMap<String, String>,
}

/// The operation of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Operation> {
    ALL.iter().find(|operation| operation.name == name)
}

impl Operation {
    /// Whether asking changes nothing at the platform.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        self.verb == Method::GET
    }

    /// Whether it sends money out of an account: a transfer, which nobody can take back.
    #[must_use]
    pub fn sends_money_out(&self) -> bool {
        matches!(
            self.name,
            "alipay-transfer" | "wechatpay-transfer" | "wechatpay-transfertobank"
        )
    }
}

impl fmt::Display for Service {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Service::Cards => "cards",
            Service::Payments => "payments",
            Service::Wallets => "wallets",
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Source::Documented => "documented",
            Source::Shown => "shown",
            Source::Guessed => "guessed",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::permissions;

    #[test]
    fn the_table_is_the_documents() {
        let of = |service| ALL.iter().filter(|row| row.service == service).count();
        let counts = [Service::Cards, Service::Payments, Service::Wallets].map(of);
        assert_eq!((ALL.len(), counts), (71, [22, 7, 42]));
        let names: BTreeSet<&str> = ALL.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), ALL.len());
        for row in ALL {
            assert_eq!(find(row.name), Some(row));
            assert!(
                !row.address.starts_with('/') && !row.address.is_empty(),
                "{}",
                row.name
            );
        }
        assert_eq!(find("flowcard-nothing"), None);
    }

    #[test]
    fn no_two_operations_are_at_the_same_place() {
        let places: BTreeSet<(String, &str)> = ALL
            .iter()
            .map(|row| (row.verb.to_string(), row.address))
            .collect();
        assert_eq!(places.len(), ALL.len());
    }

    #[test]
    fn each_permission_is_a_known_one() {
        for row in ALL {
            for code in row.permission.into_iter().chain(row.documented_permission) {
                assert!(permissions::is_known(code), "{}: {code}", row.name);
            }
            assert_eq!(
                row.permission.is_some(),
                row.documented_permission.is_some(),
                "{}",
                row.name
            );
        }
    }

    #[test]
    fn what_a_picture_shows_is_not_called_a_guess() {
        let shown: Vec<&str> = ALL
            .iter()
            .filter(|row| row.address_source == Source::Shown)
            .map(|row| row.address)
            .collect();
        assert_eq!(
            shown,
            ["payment/Product/Categories", "cards/FlowCard/Location"]
        );
    }
}
