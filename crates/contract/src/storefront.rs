//! Who sells, and what the page may offer.

use serde::{Deserialize, Serialize};

use crate::{Host, Method, Timestamp, Way, way_to_pay};

/// What the page needs to know of the shop before anything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Storefront {
    /// The name over the shop.
    pub brand: String,
    /// The company that sells, for the footer.
    pub company: String,
    /// Its ICP registration number, for the footer; empty where there is none.
    pub icp_number: String,
    /// The terms of sale: an https address or a path of this site, for a link; empty where there are none.
    pub terms_url: String,
    /// How personal data is treated, likewise.
    pub privacy_url: String,
    /// Whom to turn to.
    pub support: Support,
    /// What is switched on.
    pub features: Features,
    /// The ways to pay that the operator has set up, the preferred one first. The page still leaves out what its host
    /// cannot do.
    pub methods: Vec<Method>,
    /// Where one of them does not work, although a host of that kind could do it elsewhere: this shop is not set up for
    /// it, and would refuse the payment.
    #[serde(default)]
    pub unavailable: Vec<Unavailable>,
    /// The script of the partner whose app shows the page, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<PartnerScript>,
    /// The newest announcement, for the badge.
    pub newest_notice_id: Option<String>,
    /// Whether real money moves.
    pub mode: Mode,
    /// The gateway's clock.
    pub server_time: Timestamp,
}

/// A way to pay that this shop refuses in a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unavailable {
    /// Where.
    pub host: Host,
    /// With what.
    pub method: Method,
}

impl Storefront {
    /// How a method is paid in a host, in this shop. What it refuses there may still work in a browser.
    #[must_use]
    pub fn way_to_pay(&self, host: Host, method: Method) -> Way {
        let refused = Unavailable { host, method };
        match way_to_pay(host, method) {
            Way::Launch(_) if self.unavailable.contains(&refused) => {
                if host.is_browser() {
                    Way::NotOffered
                } else {
                    Way::OpenInBrowser
                }
            }
            way => way,
        }
    }
}

/// A script of a partner's own, for an app that no other way of closing the page reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartnerScript {
    /// Its address, which the page's policy allows.
    pub script: String,
    /// The function of it that closes the page, such as `Partner.closeWindow`.
    pub close: String,
}

/// Whom to turn to; what is not set is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Support {
    /// A telephone number, as it is dialled.
    pub phone: String,
    /// When somebody answers, such as `9:00-18:00`.
    pub hours: String,
}

/// What is switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Features {
    /// Real-name registration.
    pub realname: bool,
    /// The search for orders by card number.
    pub order_search: bool,
    /// WeChat's scanner: pages can be signed for it.
    pub wechat_scan: bool,
}

/// Whether real money moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// No: the outside platforms are played, and the page says so.
    Demo,
    /// Yes.
    Live,
}
