//! Who sells, and whom to turn to.

use leptos::prelude::*;

use crate::{
    i18n::{Text, t},
    shop::{Loaded, Shop},
};

/// The foot of a screen.
#[must_use]
pub fn footer(shop: Shop) -> AnyView {
    let lines = move || {
        shop.storefront.with(|storefront| {
            let Loaded::Ready(storefront) = storefront else {
                return ().into_any();
            };
            let phone = storefront.support.phone.clone();
            let support = (!phone.is_empty()).then(|| {
                view! {
                    <p>
                        {t(Text::Support)}" "
                        <a href=format!("tel:{phone}")>{phone.clone()}</a>
                        " "
                        <span class="nowrap">{storefront.support.hours.clone()}</span>
                    </p>
                }
            });
            view! {
                {support}
                <p>
                    {storefront.company.clone()}" "
                    <span class="nowrap">{storefront.icp_number.clone()}</span>
                </p>
            }
            .into_any()
        })
    };
    view! { <footer class="footer">{lines}</footer> }.into_any()
}
