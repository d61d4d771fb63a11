//! The packages on sale. A package's id is its category's id and two digits of its place.

use serde::{Deserialize, Serialize};

use crate::money::Fen;

/// Whose network a card is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Carrier {
    Mobile,
    Unicom,
    Telecom,
}

/// A category and the table its packages come from.
pub(crate) struct Category {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) carrier: Carrier,
    pub(crate) rule: &'static Rule,
}

/// What becomes of data that was not used, and the packages sold under that rule.
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) validity: &'static str,
    pub(crate) packages: &'static [Package],
}

/// One package.
pub(crate) struct Package {
    pub(crate) gigabytes: i64,
    pub(crate) price: Fen,
    pub(crate) original: Option<Fen>,
    pub(crate) tags: &'static [&'static str],
    pub(crate) stock: Option<u32>,
}

pub(crate) const CATEGORIES: &[Category] = &[
    category("11", "移动 - 月清零", Carrier::Mobile, &MONTHLY),
    category("12", "移动 - 累计", Carrier::Mobile, &LASTING),
    category("21", "联通 - 月清零", Carrier::Unicom, &MONTHLY),
    category("22", "联通 - 累计", Carrier::Unicom, &LASTING),
    category("31", "电信 - 月清零", Carrier::Telecom, &MONTHLY),
    category("32", "电信 - 累计", Carrier::Telecom, &LASTING),
];

static MONTHLY: Rule = Rule {
    name: "月清零",
    validity: "当月有效",
    packages: &[
        package(1, 1200),
        package(2, 1800),
        package(3, 2410),
        Package {
            original: Some(Fen(3600)),
            tags: &["推荐"],
            ..package(4, 3000)
        },
        package(6, 4100),
        package(8, 5300),
    ],
};

static LASTING: Rule = Rule {
    name: "累计",
    validity: "长期有效，用完为止",
    packages: &[
        package(10, 5900),
        Package {
            original: Some(Fen(11800)),
            tags: &["推荐"],
            ..package(20, 9900)
        },
        Package {
            stock: Some(0),
            ..package(50, 19900)
        },
        package(100, 32900),
    ],
};

const fn category(
    id: &'static str,
    name: &'static str,
    carrier: Carrier,
    rule: &'static Rule,
) -> Category {
    Category {
        id,
        name,
        carrier,
        rule,
    }
}

const fn package(gigabytes: i64, fen: i64) -> Package {
    Package {
        gigabytes,
        price: Fen(fen),
        original: None,
        tags: &[],
        stock: None,
    }
}
