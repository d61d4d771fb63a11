//! Amounts, volumes and times as people read them.

use contract::{
    Category, Fen, Order, Package, PackageSnapshot, ResetRule, Timestamp, names, volume,
};

use super::{Lang, Text, lang, t};
use crate::clock;

/// An amount with two digits after the point: `¥18.00`.
#[must_use]
pub fn yuan(amount: Fen) -> String {
    format!("¥{}", amount.to_yuan())
}

/// A volume in one piece: `1.52 GB`.
#[must_use]
pub fn bytes_of_mb(mb: i64) -> String {
    let (number, unit) = volume(mb);
    format!("{number} {unit}")
}

/// A package's volume and rule, such as `2GB 月清零`.
#[must_use]
pub fn package_name(package: &Package, rule: ResetRule) -> String {
    names::package_name(package, rule, lang())
}

/// What an order is for, in the page's language.
#[must_use]
pub fn order_title(order: &Order) -> String {
    row_title(&order.title, order.package.as_ref().map(volume_and_rule))
}

/// What an order in a list is for, by the seller's words and its package's volume and rule.
#[must_use]
pub fn row_title(title: &str, package: Option<(i64, ResetRule)>) -> String {
    names::order_title(title, package, lang())
}

/// What a package is called by in every language.
#[must_use]
pub fn volume_and_rule(package: &PackageSnapshot) -> (i64, ResetRule) {
    (package.data_mb, package.reset_rule)
}

/// What a package is called for those who cannot see its tile: volume, rule and price first, then the rest.
#[must_use]
pub fn package_label(package: &Package, rule: ResetRule) -> String {
    let mut label = format!(
        "{} ¥{}",
        package_name(package, rule),
        package.price_fen.to_short_yuan()
    );
    if let Some(former) = package.original_fen {
        label.push_str(&format!(
            ", {} ¥{}",
            t(Text::FORMER_PRICE),
            former.to_short_yuan()
        ));
    }
    let validity = phrase(&package.validity);
    for extra in std::iter::once(validity).chain(package.tags.iter().map(|tag| phrase(tag))) {
        if !extra.is_empty() {
            label.push_str(", ");
            label.push_str(extra);
        }
    }
    if package.sold_out {
        label.push_str(", ");
        label.push_str(t(Text::SOLD_OUT));
    }
    label
}

/// The words for a rule, where it has words of its own.
#[must_use]
pub fn rule_text(rule: ResetRule) -> Option<&'static str> {
    names::rule_name(rule, lang())
}

/// A category's name: the platform's in Chinese, made from its parts in English.
#[must_use]
pub fn category_name(category: &Category) -> String {
    names::category_name(category, lang())
}

/// The platform's set phrases in the page's language; what it does not know stays as it came.
#[must_use]
pub fn phrase(words: &str) -> &str {
    names::phrase(words, lang())
}

/// Minutes and seconds that are left: `14:32`; hours too where there are some.
#[must_use]
pub fn countdown(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}

/// `18:32:35`, where the reader is, and which zone that is unless it is China's.
#[must_use]
pub fn time_of_day(at: Timestamp) -> String {
    let [_, _, _, hour, minute, second] = clock::local(at);
    format!("{hour:02}:{minute:02}:{second:02}{}", zone(clock::east(at)))
}

/// `2026-11-21 18:32`, where the reader is, and which zone that is unless it is China's.
#[must_use]
pub fn date_time(at: Timestamp) -> String {
    let [year, month, day, hour, minute, _] = clock::local(at);
    let zone = zone(clock::east(at));
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}{zone}")
}

/// ` UTC+9`, by the minutes that clocks are ahead of UTC; nothing for China's.
fn zone(east: i32) -> String {
    if east == 480 {
        return String::new();
    }
    let (hours, minutes) = (east.abs() / 60, east.abs() % 60);
    match (east, minutes) {
        (0, _) => " UTC".into(),
        (_, 0) => format!(" UTC{}{hours}", if east < 0 { '-' } else { '+' }),
        _ => format!(
            " UTC{}{hours}:{minutes:02}",
            if east < 0 { '-' } else { '+' }
        ),
    }
}

/// How long ago something was, roughly.
#[must_use]
pub fn age(millis: i64) -> String {
    let minutes = (millis / 60_000).max(1);
    let (count, zh, en) = match minutes {
        0..60 => (minutes, "分钟前", "min ago"),
        60..1440 => (minutes / 60, "小时前", "h ago"),
        _ => (minutes / 1440, "天前", "days ago"),
    };
    format!("{count} {}", if lang() == Lang::Zh { zh } else { en })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_and_times_read_well() {
        assert_eq!(bytes_of_mb(1557), "1.52 GB");
        assert_eq!(bytes_of_mb(2048), "2 GB");
        assert_eq!(bytes_of_mb(500), "500 MB");
        assert_eq!(countdown(872), "14:32");
        assert_eq!(countdown(3661), "1:01:01");
        assert_eq!(countdown(-5), "00:00");
        assert_eq!(age(5 * 3_600_000), "5 小时前");
    }

    #[test]
    fn a_zone_is_named_unless_it_is_chinas() {
        assert_eq!(zone(480), "");
        assert_eq!(zone(540), " UTC+9");
        assert_eq!(zone(0), " UTC");
        assert_eq!(zone(-210), " UTC-3:30");
        assert_eq!(zone(345), " UTC+5:45");
    }

    #[test]
    fn a_package_is_named_by_volume_rule_and_price() {
        let package = Package {
            id: "1102".into(),
            name: "2GB 月清零".into(),
            price_fen: Fen(1800),
            original_fen: Some(Fen(2000)),
            data_mb: 2048,
            validity: "当月有效".into(),
            tags: vec!["推荐".into()],
            sold_out: true,
        };
        assert_eq!(
            package_label(&package, ResetRule::Monthly),
            "2GB 月清零 ¥18, 原价 ¥20, 当月有效, 推荐, 售罄"
        );
    }
}
