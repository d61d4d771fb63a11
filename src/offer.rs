//! Which of the catalog fits the card, and what of it is chosen.

use contract::{CardSummary, Catalog, Category, Host, Method, Package, Storefront, Way};

/// The methods that the page can carry out today.
const BUILT: [Method; 2] = [Method::Alipay, Method::Wechat];

/// The categories for a card, or all while no card is known.
#[must_use]
pub fn categories<'a>(catalog: &'a Catalog, card: Option<&CardSummary>) -> Vec<&'a Category> {
    catalog
        .categories
        .iter()
        .filter(|category| match card {
            None => true,
            Some(card) if card.category_ids.is_empty() => category.carrier == card.carrier,
            Some(card) => card.category_ids.contains(&category.id),
        })
        .collect()
}

/// The category that is shown: the chosen one where it fits, else the chosen package's, else the first.
#[must_use]
pub fn shown<'a>(
    categories: &[&'a Category],
    chosen: Option<&str>,
    package: Option<&str>,
) -> Option<&'a Category> {
    let by_id = categories
        .iter()
        .find(|category| Some(category.id.as_str()) == chosen);
    let by_package = || {
        categories.iter().find(|category| {
            category
                .packages
                .iter()
                .any(|other| Some(other.id.as_str()) == package)
        })
    };
    by_id
        .or_else(by_package)
        .or_else(|| categories.first())
        .copied()
}

/// The chosen package, where it is on the screen and for sale.
#[must_use]
pub fn bought<'a>(category: &'a Category, chosen: Option<&str>) -> Option<&'a Package> {
    category
        .packages
        .iter()
        .find(|package| Some(package.id.as_str()) == chosen && !package.sold_out)
}

/// The ways to pay in a host, in the operator's order but for the one that was wished for.
#[must_use]
pub fn methods(storefront: &Storefront, host: Host, wished: Option<Method>) -> Vec<(Method, Way)> {
    let mut methods: Vec<(Method, Way)> = storefront
        .methods
        .iter()
        .filter(|method| BUILT.contains(method))
        .map(|&method| (method, storefront.way_to_pay(host, method)))
        .filter(|(_, way)| *way != Way::NotOffered)
        .collect();
    methods.sort_by_key(|&(method, way)| (way == Way::OpenInBrowser, Some(method) != wished));
    methods
}

#[cfg(test)]
mod tests {
    use contract::{Carrier, Fen, ResetRule, Timestamp};
    use serde_json::json;

    use super::*;

    fn catalog() -> Catalog {
        let category = |id: &str, carrier| Category {
            id: id.into(),
            name: id.into(),
            carrier,
            reset_rule: ResetRule::Monthly,
            packages: vec![Package {
                id: format!("{id}02"),
                name: "2GB".into(),
                price_fen: Fen(1800),
                original_fen: None,
                data_mb: 2048,
                validity: String::new(),
                tags: Vec::new(),
                sold_out: id == "12",
            }],
        };
        Catalog {
            as_of: Timestamp(0),
            stale: false,
            categories: vec![
                category("11", Carrier::Mobile),
                category("12", Carrier::Mobile),
                category("31", Carrier::Telecom),
            ],
        }
    }

    fn card(carrier: &str, ids: &[&str]) -> CardSummary {
        serde_json::from_value(json!({
            "number_masked": "8986 07B2 **** 8584", "kind": "iccid", "carrier": carrier,
            "state": {"code": "0", "label": "正常", "class": "usable"}, "plan": null,
            "usage": null, "expires_at": null, "realname": {"required": false, "state": "none"},
            "category_ids": ids
        }))
        .expect("a card")
    }

    #[test]
    fn the_cards_own_categories_come_before_its_carriers() {
        let catalog = catalog();
        let check = |card: Option<CardSummary>, expected: &[&str]| {
            let ids: Vec<&str> = categories(&catalog, card.as_ref())
                .iter()
                .map(|category| category.id.as_str())
                .collect();
            assert_eq!(ids, expected);
        };
        check(None, &["11", "12", "31"]);
        check(Some(card("mobile", &[])), &["11", "12"]);
        check(Some(card("mobile", &["12"])), &["12"]);
        check(Some(card("unicom", &[])), &[]);
    }

    #[test]
    fn what_does_not_fit_or_is_sold_out_is_not_chosen() {
        let catalog = catalog();
        let all = categories(&catalog, None);
        let id =
            |chosen, package| shown(&all, chosen, package).map(|category| category.id.as_str());
        assert_eq!(id(None, None), Some("11"));
        assert_eq!(id(Some("31"), None), Some("31"));
        assert_eq!(id(None, Some("3102")), Some("31"));
        assert_eq!(id(Some("99"), Some("99")), Some("11"));
        assert!(bought(all[0], Some("1102")).is_some());
        assert!(bought(all[0], Some("3102")).is_none());
        assert!(bought(all[1], Some("1202")).is_none(), "sold out");
    }

    #[test]
    fn a_host_is_offered_what_it_can_do_and_the_page_has_built() {
        let storefront: Storefront = serde_json::from_value(json!({
            "brand": "", "company": "", "icp_number": "", "terms_url": "", "privacy_url": "", "support": {"phone": "", "hours": ""},
            "features": {"realname": true, "order_search": true, "wechat_scan": false},
            "methods": ["alipay", "wechat", "recharge_card", "crypto"],
            "unavailable": [
                {"host": "mini_program", "method": "alipay"}, {"host": "mini_program", "method": "wechat"},
                {"host": "tv", "method": "wechat"}
            ],
            "newest_notice_id": null, "mode": "demo", "server_time": "2026-11-21T10:00:00Z"
        }))
        .expect("a storefront");
        let check = |host, wished, expected: &[Method]| {
            let offered: Vec<Method> = methods(&storefront, host, wished)
                .iter()
                .map(|(method, _)| *method)
                .collect();
            assert_eq!(offered, expected, "{host:?}");
        };
        check(Host::MobileBrowser, None, &[Method::Alipay, Method::Wechat]);
        check(
            Host::MobileBrowser,
            Some(Method::Wechat),
            &[Method::Wechat, Method::Alipay],
        );
        // WeChat blocks Alipay, so that it is named last whatever was wished.
        check(
            Host::Wechat,
            Some(Method::Alipay),
            &[Method::Wechat, Method::Alipay],
        );
        // What this shop refuses there is a link to copy, or nothing where there is nowhere to take it.
        let ways: Vec<Way> = methods(&storefront, Host::MiniProgram, None)
            .iter()
            .map(|(_, way)| *way)
            .collect();
        assert_eq!(ways, [Way::OpenInBrowser; 2]);
        check(Host::Tv, None, &[Method::Alipay]);
    }
}
