//! What stands where something is missing.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    api::Failure,
    i18n::{Text, failure_text, t},
};

/// Grey shapes in the place of rows that are on their way.
#[must_use]
pub fn skeleton(class: &'static str, count: usize) -> AnyView {
    view! {
        <div class=format!("skeletons {class}") role="status">
            <span class="visually-hidden">{t(Text::Loading)}</span>
            {(0..count).map(|_| view! { <div class="skeleton"></div> }).collect_view()}
        </div>
    }
    .into_any()
}

/// That there is nothing, and why that is well.
#[must_use]
pub fn empty(drawn: Icon, title: Text, why: Option<Text>) -> AnyView {
    view! {
        <div class="state">
            <span class="state-icon">{icon(drawn)}</span>
            <p class="state-title">{t(title)}</p>
            {why.map(|why| view! { <p class="state-why">{t(why)}</p> })}
        </div>
    }
    .into_any()
}

/// That something did not come, why, and the way to ask again.
#[must_use]
pub fn failed(title: Option<Text>, failure: &Failure, retry: impl Fn() + 'static) -> AnyView {
    view! {
        <div class="state" role="alert">
            <span class="state-icon state-icon--bad">{icon(Icon::Alert)}</span>
            {title.map(|title| view! { <p class="state-title">{t(title)}</p> })}
            <p class="state-why">{failure_text(failure)}</p>
            <button type="button" class="button button--small" on:click=move |_| retry()>
                {t(Text::Retry)}
            </button>
        </div>
    }
    .into_any()
}
