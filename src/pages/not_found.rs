//! Any other address.

use leptos::prelude::*;

use crate::{
    components::{
        button::Link,
        dock::Dock,
        footer::Footer,
        header::{BackHeader, Heading},
        icon::{Glyph, Icon},
    },
    i18n::{Text, t},
    shop::Shop,
    ui::{Erase, Inside},
};

/// The screen.
#[component]
pub fn NotFound(
    /// The shop.
    shop: Shop,
) -> AnyView {
    view! {
        <BackHeader title=""/>
        <main class="main">
            <Missing title=Text::NOT_FOUND_TITLE why=Text::NOT_FOUND_WHY/>
        </main>
        <Footer shop/>
        <Dock shop/>
    }
    .erase()
}

/// That something is not there, and where to go instead.
#[component]
pub fn Missing(
    /// That it is not there.
    title: Text,
    /// Why that may be.
    why: Text,
) -> AnyView {
    view! {
        <Outcome mood="mood--over" sign=Icon::Search note=why>
            <Heading class="outcome-title" text=title/>
        </Outcome>
        <Link class="button" href="/" text=Text::BACK_TO_SHOP/>
        <Link class="button button--plain" href="/orders" text=Text::MY_ORDERS/>
    }
    .erase()
}

/// What became of something: a sign, a heading, a sentence.
#[component]
pub fn Outcome(
    /// The class that colours it.
    mood: &'static str,
    /// The sign.
    sign: Icon,
    /// Whether it goes on, so that the sign moves.
    #[prop(optional)]
    busy: bool,
    /// The sentence.
    note: Text,
    /// The heading.
    children: Inside,
) -> AnyView {
    view! {
        <div class=format!("outcome {mood}")>
            <span class="outcome-sign" class:outcome-sign--busy=busy>
                <Glyph of=sign/>
            </span>
            {children.draw()}
            <p class="outcome-note">{t(note)}</p>
        </div>
    }
    .erase()
}
