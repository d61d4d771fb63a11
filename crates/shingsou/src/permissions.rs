//! What a token must have been granted before an operation is asked for.
//!
//! The document lists 22 codes of the cards and 4 of the payments. The code of a card's place and those of the wallets
//! are used by operations and missing from the list.

use std::{collections::BTreeSet, fmt};

use crate::operations::{ALL, Operation};

/// What a token is asked for where nothing else is configured. Documented.
pub const USUAL_SCOPE: &str = "iot.cardservice.all iot.paymentservice.all";

/// A code of the document's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Such as `iot.cardservice.flowcard.data`.
    pub code: &'static str,
    /// The document's words for it.
    pub name: &'static str,
}

const fn row(code: &'static str, name: &'static str) -> Permission {
    Permission { code, name }
}

/// The document's list.
pub const DOCUMENTED: &[Permission] = &[
    row("iot.cardservice.all", "所有权限"),
    row("iot.cardservice.datacard.all", "充值卡-所有权限"),
    row("iot.cardservice.datacard.generate", "充值卡-制卡"),
    row("iot.cardservice.datacard.transfer", "充值卡-批量划卡"),
    row("iot.cardservice.datacard.history", "充值卡-充值记录"),
    row("iot.cardservice.datacard.get", "充值卡-列表"),
    row("iot.cardservice.flowcard.all", "流量卡-所有权限"),
    row("iot.cardservice.flowcard.tags", "流量卡-标签"),
    row("iot.cardservice.flowcard.categories", "流量卡-分类"),
    row("iot.cardservice.flowcard.types", "流量卡-类目"),
    row("iot.cardservice.flowcard.reality", "流量卡-实名认证"),
    row("iot.cardservice.flowcard.importhistory", "流量卡-导卡记录"),
    row("iot.cardservice.flowcard.import", "流量卡-导卡"),
    row("iot.cardservice.flowcard.network", "流量卡-停复机"),
    row("iot.cardservice.flowcard.transfer", "流量卡-划卡"),
    row("iot.cardservice.flowcard.data", "流量卡-查流量"),
    row("iot.cardservice.flowcard.patch", "流量卡-批量更新"),
    row("iot.cardservice.flowcard.put", "流量卡-更新"),
    row("iot.cardservice.flowcard.detail", "流量卡-详情"),
    row("iot.cardservice.flowcard.get", "流量卡-列表"),
    row(
        "iot.cardservice.flowcard.transferhistory",
        "流量卡-划卡记录",
    ),
    row("iot.cardservice.flowcard.status", "流量卡-查状态"),
    row("iot.paymentservice.order.get", "订单-列表"),
    row("iot.paymentservice.order.statistic", "订单-统计"),
    row("iot.paymentservice.order.all", "订单-所有权限"),
    row("iot.paymentservice.all", "所有权限"),
];

/// What a token was granted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Granted(BTreeSet<String>);

impl Granted {
    /// Reads a scope: codes with blanks between them.
    #[must_use]
    pub fn read(scope: &str) -> Granted {
        Granted(scope.split_whitespace().map(str::to_owned).collect())
    }

    /// Whether an operation may be asked for.
    ///
    /// # Errors
    /// The code that is missing.
    pub fn check(&self, operation: &Operation) -> Result<(), &'static str> {
        match operation.permission {
            Some(code) if !self.has(code) => Err(code),
            _ => Ok(()),
        }
    }

    /// Whether a code was granted, by itself or by an `.all` above it.
    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        self.0.contains(code) || parents(code).any(|parent| self.0.contains(&parent))
    }
}

impl fmt::Display for Granted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<&str> = self.0.iter().map(String::as_str).collect();
        out.write_str(&codes.join(" "))
    }
}

/// Whether a code is the document's, or one that an operation is listed under.
#[must_use]
pub fn is_known(code: &str) -> bool {
    let is_wallets = |code: &str| {
        code.starts_with("iot.payment.") && ALL.iter().any(|row| row.permission == Some(code))
    };
    DOCUMENTED.iter().any(|row| row.code == code)
        || code == "iot.cardservice.flowcard.location"
        || is_wallets(code)
}

/// The `.all` codes above a code, the nearest first; none above the service, whose names have two parts.
fn parents(code: &str) -> impl Iterator<Item = String> {
    let parts: Vec<&str> = code.split('.').collect();
    (2..parts.len())
        .rev()
        .map(move |kept| format!("{}.all", parts[..kept].join(".")))
        .collect::<Vec<_>>()
        .into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations;

    #[test]
    fn the_list_is_the_documents() {
        let codes: BTreeSet<&str> = DOCUMENTED.iter().map(|row| row.code).collect();
        assert_eq!((DOCUMENTED.len(), codes.len()), (26, 26));
        let of = |service: &str| {
            codes
                .iter()
                .filter(|code| code.starts_with(service))
                .count()
        };
        assert_eq!((of("iot.cardservice."), of("iot.paymentservice.")), (22, 4));
    }

    #[test]
    fn each_code_opens_what_it_is_for_and_nothing_else() {
        for Permission { code, .. } in DOCUMENTED {
            let granted = Granted::read(code);
            for operation in ALL {
                let Some(needed) = operation.permission else {
                    assert_eq!(granted.check(operation), Ok(()), "{}", operation.name);
                    continue;
                };
                let above = code
                    .strip_suffix("all")
                    .is_some_and(|above| needed.starts_with(above));
                let expected = if needed == *code || above {
                    Ok(())
                } else {
                    Err(needed)
                };
                assert_eq!(
                    granted.check(operation),
                    expected,
                    "{code} {}",
                    operation.name
                );
            }
        }
    }

    #[test]
    fn a_scope_is_read_word_by_word() {
        let check = |scope: &str, operation: &Operation, expected: Result<(), &str>| {
            assert_eq!(Granted::read(scope).check(operation), expected, "{scope:?}");
        };
        let (network, place) = (
            &operations::FLOWCARD_NETWORK,
            &operations::FLOWCARD_LOCATION,
        );
        check(USUAL_SCOPE, network, Ok(()));
        check(USUAL_SCOPE, place, Ok(()));
        check(
            USUAL_SCOPE,
            &operations::ALIPAY_QUERY,
            Err("iot.payment.alipay.query"),
        );
        check(
            " openid\tiot.cardservice.flowcard.network\n",
            network,
            Ok(()),
        );
        check("iot.payment.all", &operations::WECHATPAY_REFUND, Ok(()));
        check(
            "iot.payment.wechatpay.all",
            &operations::ALIPAY_QUERY,
            Err("iot.payment.alipay.query"),
        );
        for short in [
            "",
            "iot.all",
            "all",
            "iot.cardservice",
            "iot.cardservice.al",
            "iot.cardservice.flowcard.networks",
            "iot.cardservice.datacard.all",
        ] {
            check(short, network, Err("iot.cardservice.flowcard.network"));
        }
    }
}
