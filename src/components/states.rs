//! What stands where something is missing.

use super::{
    button::small,
    icon::{Icon, icon},
};
use crate::{
    api::Failure,
    i18n::{Text, failure_text, t},
    ui::{View, el},
};

/// Grey shapes in the place of rows that are on their way.
#[must_use]
pub fn skeleton(class: &str, count: usize) -> View {
    let shapes: View = (0..count).map(|_| el("div", "skeleton")).collect();
    el("div", &format!("skeletons {class}"))
        .attr("role", "status")
        .child(el("span", "visually-hidden").text(t(Text::LOADING)))
        .child(shapes)
        .into()
}

/// That there is nothing, and why that is well.
#[must_use]
pub fn empty(drawn: Icon, title: Text, why: Option<Text>) -> View {
    el("div", "state")
        .child(el("span", "state-icon").child(icon(drawn)))
        .child(el("p", "state-title").text(t(title)))
        .child(why.map(|why| el("p", "state-why").text(t(why))))
        .into()
}

/// That something did not come, why, and the way to ask again.
#[must_use]
pub fn failed(title: Option<Text>, failure: &Failure, retry: impl Fn() + 'static) -> View {
    el("div", "state")
        .attr("role", "alert")
        .child(el("span", "state-icon state-icon--bad").child(icon(Icon::Alert)))
        .child(title.map(|title| el("p", "state-title").text(t(title))))
        .child(el("p", "state-why").text(&failure_text(failure)))
        .child(small(Text::RETRY, retry))
        .into()
}
