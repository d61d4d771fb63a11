//! Who sells, and whom to turn to.

use contract::Storefront;
use leptos::prelude::*;

use crate::{
    i18n::{Text, t},
    shop::{Loaded, Shop},
    ui::{Erase, nothing, part},
};

/// The foot of a screen.
#[component]
pub fn Footer(
    /// The shop.
    shop: Shop,
) -> AnyView {
    let lines = move || {
        shop.storefront.with(|storefront| match storefront {
            Loaded::Ready(storefront) => lines(storefront),
            Loaded::Loading | Loaded::Failed(_) => nothing(),
        })
    };
    view! { <footer class="footer">{part(lines)}</footer> }.erase()
}

fn lines(storefront: &Storefront) -> AnyView {
    let Storefront {
        company,
        icp_number,
        support,
        ..
    } = storefront.clone();
    let support = (!support.phone.is_empty()).then(|| {
        let address = format!("tel:{}", support.phone);
        view! {
            <p>
                {t(Text::SUPPORT)} " " <a href=address>{support.phone}</a>
                " " <span class="nowrap">{support.hours}</span>
            </p>
        }
        .erase()
    });
    let rule = |address: &str, text: Text| {
        // Another site's, or one that this page has no screen for.
        (!address.is_empty()).then(|| {
            view! {
                <a href=address.to_owned() rel="external">
                    {t(text)}
                </a>
            }
            .erase()
        })
    };
    let terms = rule(&storefront.terms_url, Text::TERMS);
    let privacy = rule(&storefront.privacy_url, Text::PRIVACY);
    let has_rules = terms.is_some() || privacy.is_some();
    view! {
        {support}
        {has_rules.then(|| view! { <p>{terms} {privacy}</p> }.erase())}
        <p>{company} " " <span class="nowrap">{icp_number}</span></p>
    }
    .erase()
}
