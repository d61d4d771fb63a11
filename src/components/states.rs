//! What stands where something is missing.

use leptos::prelude::*;

use super::{
    button::Button,
    icon::{Glyph, Icon},
};
use crate::{
    i18n::{Text, t},
    ui::{Erase, Press},
};

/// Grey shapes in the place of rows that are on their way.
#[component]
pub fn Skeleton(
    /// What the shapes are like.
    class: &'static str,
    /// How many there are.
    count: usize,
) -> AnyView {
    let shapes = (0..count)
        .map(|_| view! { <div class="skeleton"></div> }.erase())
        .collect_view();
    view! {
        <div class=format!("skeletons {class}") role="status">
            <span class="visually-hidden">{t(Text::LOADING)}</span>
            {shapes}
        </div>
    }
    .erase()
}

/// That there is nothing, and why that is well.
#[component]
pub fn Empty(
    /// A drawing.
    sign: Icon,
    /// That there is nothing.
    title: Text,
    /// Why that is well.
    #[prop(optional)]
    why: Option<Text>,
) -> AnyView {
    view! {
        <div class="state">
            <span class="state-icon">
                <Glyph of=sign/>
            </span>
            <p class="state-title">{t(title)}</p>
            {why.map(|why| view! { <p class="state-why">{t(why)}</p> }.erase())}
        </div>
    }
    .erase()
}

/// That something did not come, why, and the way to ask again.
#[component]
pub fn Failed(
    /// What did not come.
    #[prop(optional)]
    title: Option<Text>,
    /// Why.
    #[prop(into)]
    why: String,
    /// Asks again.
    #[prop(into)]
    retry: Press,
) -> AnyView {
    view! {
        <div class="state" role="alert">
            <span class="state-icon state-icon--bad">
                <Glyph of=Icon::Alert/>
            </span>
            {title.map(|title| view! { <p class="state-title">{t(title)}</p> }.erase())}
            <p class="state-why">{why}</p>
            <Button class="button button--small" text=Text::RETRY press=retry/>
        </div>
    }
    .erase()
}
