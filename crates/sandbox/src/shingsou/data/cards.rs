//! The cards. The crate's README shows them as a table, and a test holds the two together.

use serde::{Deserialize, Serialize};

use super::catalog::Carrier;

/// Where a card's real-name registration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RealName {
    None,
    Pending,
    Passed,
    Rejected,
}

/// One card as it is at the start.
pub(crate) struct Seed {
    pub(crate) iccid: &'static str,
    pub(crate) msisdn: Option<&'static str>,
    pub(crate) carrier: Carrier,
    /// The carrier's own code.
    pub(crate) status: i64,
    pub(crate) plan: &'static str,
    pub(crate) categories: &'static [&'static str],
    /// Used and total, in MB; absent where the carrier reports nothing.
    pub(crate) data: Option<(f64, f64)>,
    pub(crate) expires: Expires,
    pub(crate) name_required: bool,
    pub(crate) real_name: RealName,
}

/// When a card's plan ends.
#[derive(Clone, Copy)]
pub(crate) enum Expires {
    Never,
    EndOfMonth,
    /// Counted from the start; negative days are past.
    InDays(i64),
}

pub(crate) const ALL: &[Seed] = &[
    Seed {
        msisdn: Some("1064912345678"),
        data: Some((1556.48, 2048.0)),
        name_required: true,
        real_name: RealName::Passed,
        ..mobile("898607B2091701418584", 0, "2GB 月清零")
    },
    Seed {
        msisdn: Some("14765012345"),
        data: Some((0.0, 1024.0)),
        expires: Expires::Never,
        ..mobile("898607B2091701418585", 7, "1GB 月清零")
    },
    Seed {
        data: Some((1024.0, 1024.0)),
        ..mobile("898607B2091701418581", 2, "1GB 月清零")
    },
    Seed {
        msisdn: Some("1064812345678"),
        data: Some((18_374.27, 20_480.0)),
        expires: Expires::InDays(200),
        ..mobile("89860403101872720478", 0, "20GB 累计")
    },
    Seed {
        expires: Expires::InDays(-90),
        ..mobile("89860023152003456707", 4, "3GB 月清零")
    },
    Seed {
        data: None,
        ..mobile("89860422101872720500", 99, "")
    },
    Seed {
        msisdn: Some("13012345678"),
        data: Some((312.6, 4096.0)),
        ..unicom("89860621900012345600", 1, "4GB 月清零")
    },
    Seed {
        data: Some((0.0, 100.0)),
        ..unicom("89860621900012345618", 3, "测试套餐")
    },
    Seed {
        expires: Expires::Never,
        ..unicom("89860621900012345626", 6, "10GB 累计")
    },
    Seed {
        data: Some((6144.0, 6144.0)),
        ..unicom("89860621900012345634", 2, "6GB 月清零")
    },
    Seed {
        expires: Expires::InDays(-30),
        ..unicom("89860621900012345642", 7, "1GB 月清零")
    },
    Seed {
        data: None,
        ..unicom("89860621900012345659", 9, "")
    },
    Seed {
        data: Some((95.0, 1024.0)),
        categories: &["21"],
        ..unicom("89860900215000123402", 1, "1GB 月清零")
    },
    Seed {
        msisdn: Some("1064987654321"),
        data: Some((2210.33, 3072.0)),
        name_required: true,
        real_name: RealName::Passed,
        ..telecom("8986031750210012345", 1, "3GB 月清零")
    },
    Seed {
        msisdn: Some("14912345678"),
        name_required: true,
        ..telecom("89861120220045678008", 1, "8GB 月清零")
    },
    Seed {
        data: None,
        ..telecom("89861120220045678016", 1, "2GB 月清零")
    },
    Seed {
        data: Some((1.5, 200.0)),
        ..telecom("89861120220045678024", 100_001, "测试套餐")
    },
    Seed {
        expires: Expires::Never,
        ..telecom("89861120220045678032", 19, "10GB 累计")
    },
    Seed {
        name_required: true,
        real_name: RealName::Rejected,
        ..telecom("89861120220045678040", 150_001, "1GB 月清零")
    },
    Seed {
        expires: Expires::InDays(-10),
        ..telecom("89861120220045678057", 3, "2GB 月清零")
    },
    Seed {
        data: None,
        ..telecom("89860317502100123508", -1, "")
    },
];

const fn mobile(iccid: &'static str, status: i64, plan: &'static str) -> Seed {
    card(iccid, Carrier::Mobile, status, plan, &["11", "12"])
}

const fn unicom(iccid: &'static str, status: i64, plan: &'static str) -> Seed {
    card(iccid, Carrier::Unicom, status, plan, &["21", "22"])
}

const fn telecom(iccid: &'static str, status: i64, plan: &'static str) -> Seed {
    card(iccid, Carrier::Telecom, status, plan, &["31", "32"])
}

const fn card(
    iccid: &'static str,
    carrier: Carrier,
    status: i64,
    plan: &'static str,
    categories: &'static [&'static str],
) -> Seed {
    Seed {
        iccid,
        msisdn: None,
        carrier,
        status,
        plan,
        categories,
        data: Some((0.0, 0.0)),
        expires: Expires::EndOfMonth,
        name_required: false,
        real_name: RealName::None,
    }
}
