//! Fills the page's still picture with what is for sale, so that real packages are seen before the program arrives.
//!
//! `index.html` marks the places as `<!--name-->…<!--/name-->`. The tiles are drawn as `src/components/package_grid.rs`
//! draws them; a test in the browser compares the two. What the program needs of it follows as inert JSON.

use std::fmt::Write;

use contract::{Catalog, Category, Lang, Mode, Package, ResetRule, names, volume};

/// The line that the page shows too; if it came later, everything below it would move.
const DEMO: [&str; 2] = [
    "演示环境，不会产生真实扣款",
    "Demo: no real money is charged",
];
const CATEGORIES: [&str; 2] = ["套餐类型", "Package type"];
const PACKAGES: [&str; 2] = ["套餐", "Package"];
const SOLD_OUT: [&str; 2] = ["售罄", "Sold out"];

/// What the picture itself says.
const WORDS: [[&str; 2]; 13] = [
    [r#"<html lang="zh-CN">"#, r#"<html lang="en">"#],
    ["<title>流量卡充值<", "<title>Top up<"],
    [
        "物联网流量卡在线充值、流量查询与实名认证",
        "Top up an IoT data card, see its usage, register its holder",
    ],
    [">流量卡号<", ">Data SIM<"],
    ["请输入 ICCID 或接入号", "ICCID or SIM number"],
    [
        "输入卡号，查看卡片状态与余量",
        "Enter a number to see the card and its data",
    ],
    ["请选择套餐", "Choose a package"],
    ["立即充值", "Top up now"],
    ["主导航", "Main"],
    ["<span>在线充值<", "<span>Top up<"],
    ["<span>流量查询<", "<span>Usage<"],
    ["<span>实名认证<", "<span>ID check<"],
    ["<span>公告<", "<span>Notices<"],
];

/// Fills the page for the shop's front. A catalog that is stale, or has nothing, leaves the page's own grey tiles.
#[must_use]
pub fn fill(page: &str, brand: &str, mode: Mode, catalog: Option<&Catalog>, lang: Lang) -> String {
    let mut page = put(&spoken(page, lang), "brand", &escape(brand));
    if mode == Mode::Demo {
        let words = DEMO[lang as usize];
        let line = format!(r#"<p class="banner banner--demo" id="shell-demo">{words}</p>"#);
        page = put(&page, "demo", &line);
    }
    let Some((catalog, shown)) = catalog
        .filter(|catalog| !catalog.stale)
        .and_then(|catalog| Some((catalog, catalog.categories.first()?)))
    else {
        return page;
    };
    let Ok(json) = serde_json::to_string(catalog) else {
        return page;
    };
    let page = put(&page, "packages", &packages(catalog, shown, lang));
    // In a script element only `<` could end the data early.
    let data = json.replace('<', "\\u003c");
    put(
        &page,
        "catalog",
        &format!(r#"<script type="application/json" id="catalog">{data}</script>"#),
    )
}

/// The picture in a language; it is built in Chinese.
fn spoken(page: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => page.to_owned(),
        Lang::En => WORDS
            .iter()
            .fold(page.to_owned(), |page, [chinese, english]| {
                page.replacen(chinese, english, 1)
            }),
    }
}

fn put(page: &str, name: &str, content: &str) -> String {
    let (open, close) = (format!("<!--{name}-->"), format!("<!--/{name}-->"));
    let place = page
        .split_once(&open)
        .and_then(|(before, rest)| Some((before, rest.split_once(&close)?.1)));
    match place {
        Some((before, after)) => [before, content, after].concat(),
        None => page.to_owned(),
    }
}

fn packages(catalog: &Catalog, shown: &Category, lang: Lang) -> String {
    let label = CATEGORIES[lang as usize];
    let mut html = format!(r#"<div class="chips" role="radiogroup" aria-label="{label}">"#);
    for category in &catalog.categories {
        let checked = if category.id == shown.id {
            " checked"
        } else {
            ""
        };
        let (id, name) = (
            escape(&category.id),
            escape(&names::category_name(category, lang)),
        );
        let _ = write!(
            html,
            r#"<label class="chip-label"><input class="chip-input" type="radio" name="shell-category" value="{id}"{checked}><span class="chip-face">{name}</span></label>"#
        );
    }
    let label = PACKAGES[lang as usize];
    let _ = write!(
        html,
        r#"</div><div class="tiles" role="radiogroup" aria-label="{label}">"#
    );
    for package in &shown.packages {
        tile(&mut html, package, shown.reset_rule, lang);
    }
    html.push_str("</div>");
    html
}

fn tile(html: &mut String, package: &Package, rule: ResetRule, lang: Lang) {
    let price = package.price_fen.to_short_yuan();
    let disabled = if package.sold_out { " disabled" } else { "" };
    let name = names::package_name(package, rule, lang);
    let (id, name) = (escape(&package.id), escape(&name));
    let _ = write!(
        html,
        r#"<label class="tile"><input class="tile-input" type="radio" name="shell-package" value="{id}" aria-label="{name} ¥{price}"{disabled}><span class="tile-face" aria-hidden="true">"#
    );
    let (number, unit) = volume(package.data_mb);
    let _ = write!(
        html,
        r#"<span class="tile-head"><span class="tile-data">{number}<small>{unit}</small></span>"#
    );
    if package.sold_out {
        let words = SOLD_OUT[lang as usize];
        let _ = write!(html, r#"<span class="tag tag--off">{words}</span>"#);
    } else if let Some(tag) = package.tags.first() {
        let _ = write!(
            html,
            r#"<span class="tag">{}</span>"#,
            escape(names::phrase(tag, lang))
        );
    }
    html.push_str(r#"</span><span class="tile-terms">"#);
    let rule = names::rule_name(rule, lang).unwrap_or_default();
    for term in [names::phrase(&package.validity, lang), rule] {
        if !term.is_empty() {
            let _ = write!(html, r#"<span class="tile-term">{}</span>"#, escape(term));
        }
    }
    let _ = write!(
        html,
        r#"</span><span class="tile-price"><span class="nowrap"><small>¥</small>{price}</span>"#
    );
    if let Some(former) = package.original_fen {
        let _ = write!(
            html,
            r#"<s class="tile-former">¥{}</s>"#,
            former.to_short_yuan()
        );
    }
    html.push_str(r#"</span><span class="tile-check"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M5 12.5l4.5 4.5L19 7.5"/></svg></span></span></label>"#);
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use contract::{Carrier, Fen, Timestamp};

    use super::*;

    const PAGE: &str = "<p><!--brand-->x<!--/brand--></p><!--packages-->grey<!--/packages--><!--demo--><!--/demo--><!--catalog--><!--/catalog-->";

    fn catalog(name: &str) -> Catalog {
        Catalog {
            as_of: Timestamp(0),
            stale: false,
            categories: vec![Category {
                id: "11".to_owned(),
                name: "移动 - 月清零".to_owned(),
                carrier: Carrier::Mobile,
                reset_rule: ResetRule::Monthly,
                packages: vec![Package {
                    id: "1101".to_owned(),
                    name: name.to_owned(),
                    price_fen: Fen(2410),
                    original_fen: None,
                    data_mb: 3072,
                    validity: "当月有效".to_owned(),
                    tags: vec![name.to_owned()],
                    sold_out: false,
                }],
            }],
        }
    }

    #[test]
    fn packages_are_drawn_and_told() {
        let page = fill(PAGE, "店", Mode::Live, Some(&catalog("3GB")), Lang::Zh);
        for part in [
            "<p>店</p>",
            r#"<span class="chip-face">移动 · 月清零</span>"#,
            r#"<span class="tile-data">3<small>GB</small></span>"#,
            "<small>¥</small>24.1<",
            r#"<script type="application/json" id="catalog">{"#,
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("grey"));
    }

    #[test]
    fn what_the_platform_says_cannot_break_out() {
        let page = fill(
            PAGE,
            "<b>&",
            Mode::Live,
            Some(&catalog("</script><script>alert(1)//\"'")),
            Lang::Zh,
        );
        assert_eq!(page.matches("</script>").count(), 1, "{page}");
        assert!(
            !page.contains("<script>alert") && page.contains("<p>&lt;b&gt;&amp;</p>"),
            "{page}"
        );
    }

    #[test]
    fn without_a_catalog_the_page_keeps_its_own() {
        let stale = Catalog {
            stale: true,
            ..catalog("a")
        };
        let empty = Catalog {
            categories: Vec::new(),
            ..catalog("a")
        };
        for nothing in [None, Some(&stale), Some(&empty)] {
            let page = fill(PAGE, "店", Mode::Live, nothing, Lang::Zh);
            assert!(
                page.contains("grey") && !page.contains("application/json"),
                "{page}"
            );
        }
        assert_eq!(
            fill("no marks", "店", Mode::Demo, None, Lang::Zh),
            "no marks"
        );
    }

    #[test]
    fn a_demo_says_so_and_a_shop_does_not() {
        assert!(fill(PAGE, "店", Mode::Demo, None, Lang::Zh).contains("banner--demo"));
        assert!(!fill(PAGE, "店", Mode::Live, None, Lang::Zh).contains("banner--demo"));
    }

    #[test]
    fn the_picture_is_drawn_in_english_too() {
        let page = fill(
            PAGE,
            "店",
            Mode::Demo,
            Some(&catalog("3GB 月清零")),
            Lang::En,
        );
        for part in [
            r#"aria-label="Package type""#,
            r#"<span class="chip-face">Mobile · Monthly</span>"#,
            r#"aria-label="3GB Monthly ¥24.1""#,
            r#"<span class="tile-term">This month</span><span class="tile-term">Monthly</span>"#,
            "Demo: no real money is charged",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }

    #[test]
    fn no_chinese_is_left_in_the_english_picture() {
        let page = include_str!("../../../../index.html");
        for [chinese, _] in WORDS {
            assert_eq!(page.matches(chinese).count(), 1, "{chinese}");
        }
        assert_eq!(spoken(page, Lang::Zh), page);
        let english = fill(page, "Shop", Mode::Demo, None, Lang::En);
        // Two lines say what they say in both languages.
        let left = english.lines().find(|line| {
            let is_chinese = line.contains(|c: char| ('\u{4e00}'..='\u{9fff}').contains(&c));
            is_chinese && !line.contains("<br>") && !line.contains("<h2>请启用 JavaScript")
        });
        assert_eq!(left, None);
    }
}
