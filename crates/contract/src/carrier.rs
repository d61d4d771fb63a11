//! The three carriers.

use serde::{Deserialize, Serialize};

/// The carrier whose network a card uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// China Mobile 中国移动.
    Mobile,
    /// China Unicom 中国联通.
    Unicom,
    /// China Telecom 中国电信.
    Telecom,
}

/// The first six digits of an ICCID, by carrier.
const ICCID_PREFIXES: &[(&str, Carrier)] = &[
    ("898600", Carrier::Mobile),
    ("898602", Carrier::Mobile),
    ("898604", Carrier::Mobile),
    ("898607", Carrier::Mobile),
    ("898608", Carrier::Mobile),
    ("898601", Carrier::Unicom),
    ("898606", Carrier::Unicom),
    ("898609", Carrier::Unicom),
    ("898603", Carrier::Telecom),
    ("898611", Carrier::Telecom),
];

/// The beginnings of the 13-digit numbers that are given to machines, by carrier.
const MSISDN_PREFIXES: &[(&str, Carrier)] = &[
    ("1440", Carrier::Mobile),
    ("148", Carrier::Mobile),
    ("10647", Carrier::Mobile),
    ("10648", Carrier::Mobile),
    ("146", Carrier::Unicom),
    ("10646", Carrier::Unicom),
    ("1410", Carrier::Telecom),
    ("1441", Carrier::Telecom),
    ("10649", Carrier::Telecom),
];

impl Carrier {
    /// Every carrier, in the order in which they are shown.
    pub const ALL: [Carrier; 3] = [Carrier::Mobile, Carrier::Unicom, Carrier::Telecom];

    /// The carrier that an ICCID's first six digits name, where they are known.
    #[must_use]
    pub fn of_iccid(iccid: &str) -> Option<Carrier> {
        by_prefix(ICCID_PREFIXES, iccid)
    }

    /// The carrier that a machine's 13-digit number names. Numbers of 11 digits can move between carriers, so their
    /// beginning tells nothing.
    #[must_use]
    pub fn of_msisdn(msisdn: &str) -> Option<Carrier> {
        if msisdn.len() == 13 {
            by_prefix(MSISDN_PREFIXES, msisdn)
        } else {
            None
        }
    }
}

fn by_prefix(table: &[(&str, Carrier)], number: &str) -> Option<Carrier> {
    table
        .iter()
        .find(|(prefix, _)| number.starts_with(prefix))
        .map(|(_, carrier)| *carrier)
}
