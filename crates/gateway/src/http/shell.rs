//! Fills the page's still picture with what is for sale, so that real packages are seen before the program arrives.
//!
//! `index.html` marks the places as `<!--name-->…<!--/name-->`. The tiles are drawn as `src/components/package_grid.rs`
//! draws them; a test in the browser compares the two. What the program needs of it follows as inert JSON.

use std::fmt::Write;

use contract::{Catalog, Category, Mode, Package, ResetRule, volume};

/// The line that the page shows too; if it came later, everything below it would move.
const DEMO: &str =
    r#"<p class="banner banner--demo" id="shell-demo">演示环境，不会产生真实扣款</p>"#;

/// Fills the page for the shop's front. A catalog that is stale, or has nothing, leaves the page's own grey tiles.
#[must_use]
pub fn fill(page: &str, brand: &str, mode: Mode, catalog: Option<&Catalog>) -> String {
    let mut page = put(page, "brand", &escape(brand));
    if mode == Mode::Demo {
        page = put(&page, "demo", DEMO);
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
    let page = put(&page, "packages", &packages(catalog, shown));
    // In a script element only `<` could end the data early.
    let data = json.replace('<', "\\u003c");
    put(
        &page,
        "catalog",
        &format!(r#"<script type="application/json" id="catalog">{data}</script>"#),
    )
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

fn packages(catalog: &Catalog, shown: &Category) -> String {
    let mut html = r#"<div class="chips" role="radiogroup" aria-label="套餐类型">"#.to_owned();
    for category in &catalog.categories {
        let checked = if category.id == shown.id {
            " checked"
        } else {
            ""
        };
        let (id, name) = (
            escape(&category.id),
            escape(&category.name.replace(" - ", " · ")),
        );
        let _ = write!(
            html,
            r#"<label class="chip-label"><input class="chip-input" type="radio" name="shell-category" value="{id}"{checked}><span class="chip-face">{name}</span></label>"#
        );
    }
    html.push_str(r#"</div><div class="tiles" role="radiogroup" aria-label="套餐">"#);
    for package in &shown.packages {
        tile(&mut html, package, shown.reset_rule);
    }
    html.push_str("</div>");
    html
}

fn tile(html: &mut String, package: &Package, rule: ResetRule) {
    let price = package.price_fen.to_short_yuan();
    let disabled = if package.sold_out { " disabled" } else { "" };
    let (id, name) = (escape(&package.id), escape(&package.name));
    let _ = write!(
        html,
        r#"<label class="tile"><input class="tile-input" type="radio" name="shell-package" value="{id}" aria-label="{name} ¥{price}"{disabled}><span class="tile-face" aria-hidden="true">"#
    );
    let (number, unit) = volume(package.data_mb);
    let _ = write!(
        html,
        r#"<span class="tile-data">{number}<small>{unit}</small></span><span class="tile-terms">"#
    );
    let rule = match rule {
        ResetRule::Monthly => "月清零",
        ResetRule::Cumulative => "累计",
        ResetRule::Other => "",
    };
    for term in [package.validity.as_str(), rule] {
        if !term.is_empty() {
            let _ = write!(html, r#"<span class="tile-term">{}</span>"#, escape(term));
        }
    }
    let _ = write!(
        html,
        r#"</span><span class="tile-price"><small>¥</small>{price}"#
    );
    if let Some(former) = package.original_fen {
        let _ = write!(
            html,
            r#"<s class="tile-former">¥{}</s>"#,
            former.to_short_yuan()
        );
    }
    html.push_str("</span>");
    if package.sold_out {
        html.push_str(r#"<span class="tag tag--off">售罄</span>"#);
    } else if let Some(tag) = package.tags.first() {
        let _ = write!(html, r#"<span class="tag">{}</span>"#, escape(tag));
    }
    html.push_str(r#"<span class="tile-check"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M5 12.5l4.5 4.5L19 7.5"/></svg></span></span></label>"#);
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
        let page = fill(PAGE, "店", Mode::Live, Some(&catalog("3GB")));
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
            let page = fill(PAGE, "店", Mode::Live, nothing);
            assert!(
                page.contains("grey") && !page.contains("application/json"),
                "{page}"
            );
        }
        assert_eq!(fill("no marks", "店", Mode::Demo, None), "no marks");
    }

    #[test]
    fn a_demo_says_so_and_a_shop_does_not() {
        assert!(fill(PAGE, "店", Mode::Demo, None).contains("banner--demo"));
        assert!(!fill(PAGE, "店", Mode::Live, None).contains("banner--demo"));
    }
}
