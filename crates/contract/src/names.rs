//! What packages and categories are called: the platform's words in Chinese, made from their parts in English.

use crate::{Carrier, Category, Lang, Package, ResetRule, volume};

const MONTHLY: [&str; 2] = ["月清零", "Monthly"];
const CUMULATIVE: [&str; 2] = ["累计", "Rollover"];

/// What the platform says in so many words.
const PHRASES: [[&str; 2]; 6] = [
    ["当月有效", "This month"],
    ["长期有效，用完为止", "Until used up"],
    ["长期有效", "No end date"],
    ["推荐", "Popular"],
    MONTHLY,
    CUMULATIVE,
];

/// The words for a rule, where it has words of its own.
#[must_use]
pub fn rule_name(rule: ResetRule, lang: Lang) -> Option<&'static str> {
    match rule {
        ResetRule::Monthly => Some(MONTHLY[lang as usize]),
        ResetRule::Cumulative => Some(CUMULATIVE[lang as usize]),
        ResetRule::Other => None,
    }
}

/// A package's volume and rule, such as `2GB 月清零`.
#[must_use]
pub fn package_name(package: &Package, rule: ResetRule, lang: Lang) -> String {
    match lang {
        Lang::Zh => package.name.clone(),
        Lang::En => volume_and_rule(package.data_mb, rule),
    }
}

/// What an order is for: the seller's words in Chinese; in English volume and rule where its package's are known, else
/// the seller's words as far as they are set phrases.
#[must_use]
pub fn order_title(title: &str, package: Option<(i64, ResetRule)>, lang: Lang) -> String {
    match (lang, package) {
        (Lang::Zh, _) => title.to_owned(),
        (Lang::En, Some((data_mb, rule))) => volume_and_rule(data_mb, rule),
        (Lang::En, None) => {
            let words: Vec<&str> = title.split(' ').map(|word| phrase(word, lang)).collect();
            words.join(" ")
        }
    }
}

/// A volume and a rule in English.
#[must_use]
pub fn volume_and_rule(data_mb: i64, rule: ResetRule) -> String {
    let (number, unit) = volume(data_mb);
    let rule = rule_name(rule, Lang::En).unwrap_or_default();
    format!("{number}{unit} {rule}").trim_end().to_owned()
}

/// A category's name.
#[must_use]
pub fn category_name(category: &Category, lang: Lang) -> String {
    match (lang, rule_name(category.reset_rule, lang)) {
        (Lang::En, Some(rule)) => {
            let carrier = match category.carrier {
                Carrier::Mobile => "Mobile",
                Carrier::Unicom => "Unicom",
                Carrier::Telecom => "Telecom",
            };
            format!("{carrier} · {rule}")
        }
        _ => category.name.replace(" - ", " · "),
    }
}

/// The platform's set phrases in a language; what is none of them stays as it came.
#[must_use]
pub fn phrase(words: &str, lang: Lang) -> &str {
    let known = PHRASES.iter().find(|[chinese, _]| *chinese == words);
    known.map_or(words, |phrase| phrase[lang as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_named_in_the_buyers_language() {
        let check = |title: &str, package, lang, expected: &str| {
            assert_eq!(order_title(title, package, lang), expected, "{title}");
        };
        let package = Some((2048, ResetRule::Monthly));
        check("2GB 月清零", package, Lang::Zh, "2GB 月清零");
        check("特惠 2GB", package, Lang::En, "2GB Monthly");
        check("2GB 月清零", None, Lang::En, "2GB Monthly");
        check("特惠 2GB", None, Lang::En, "特惠 2GB");
    }
}
