//! From the still picture to the page: what was typed, chosen or pressed before the program came is taken over, then the
//! one takes the place of the other.

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

use crate::{
    components::{card_field, pay_bar},
    dom, host, nav,
    shop::{Loaded, Shop},
    timer,
};

/// Between two looks at whether the page is ready, in milliseconds.
const LOOK_MS: i32 = 30;
/// So many looks at most wait for a catalog that came with the picture.
const LOOKS: u32 = 20;

/// What the buyer did in the picture.
#[derive(PartialEq)]
struct Choices {
    number: Option<String>,
    category: Option<String>,
    package: Option<String>,
}

/// Takes over as soon as nobody is composing a word and the page has what the picture shows.
pub fn run(shop: Shop) {
    let Some(shell) = document().get_element_by_id("shell") else {
        dom::app_root().set_hidden(false);
        return tell_ready(shop);
    };
    let shell: HtmlElement = shell.unchecked_into();
    spawn_local(async move {
        let mut looks = 0;
        while shell.has_attribute("data-composing") || (looks < LOOKS && is_behind(shop)) {
            looks += 1;
            timer::sleep(LOOK_MS).await;
        }
        // What was set is drawn before the two are exchanged, and on a slow device there is time to type meanwhile.
        let mut taken = None;
        loop {
            let choices = Choices::read();
            if taken.as_ref() == Some(&choices) && !shell.has_attribute("data-composing") {
                break;
            }
            choices.apply(shop);
            taken = Some(choices);
            timer::pause().await;
        }
        exchange(&shell);
        tell_ready(shop);
    });
}

/// Tells the app when the page can be used: the first screen at once, any other with the program's second part.
fn tell_ready(shop: Shop) {
    spawn_local(async move {
        while nav::here() != "/"
            && shop
                .second
                .with_untracked(|second| second.ready().is_none())
        {
            timer::sleep(LOOK_MS).await;
        }
        host::tell_ready();
    });
}

/// Whether the picture shows packages and the page does not yet.
fn is_behind(shop: Shop) -> bool {
    document().get_element_by_id("catalog").is_some()
        && shop
            .catalog
            .with_untracked(|catalog| matches!(catalog, Loaded::Loading))
}

impl Choices {
    fn read() -> Self {
        let value = |selector| input(selector).map(|input| input.value());
        Self {
            number: value("#shell-number").filter(|typed| !typed.is_empty()),
            // The first category is the picture's choice, any other is the buyer's.
            category: value("[name=shell-category]:not([checked]):checked"),
            package: value("[name=shell-package]:checked"),
        }
    }

    fn apply(&self, shop: Shop) {
        if let Some(number) = &self.number {
            shop.number.set(number.clone());
        }
        if let Some(category) = &self.category {
            shop.category.set(Some(category.clone()));
        }
        if let Some(package) = &self.package {
            shop.package.set(Some(package.clone()));
        }
    }
}

fn exchange(shell: &HtmlElement) {
    let typing = input("#shell-number")
        .filter(|input| document().active_element().as_ref() == Some(input.as_ref()));
    let selection = typing.as_ref().map(|input| {
        let place = |found: Result<Option<u32>, _>| found.ok().flatten().unwrap_or_default();
        (place(input.selection_start()), place(input.selection_end()))
    });
    let pressed = shell.has_attribute("data-pressed");
    dom::app_root().set_hidden(false);
    if let (Some((start, end)), Some(input)) = (selection, input(&format!("#{}", card_field::ID))) {
        let _ = input.focus();
        let _ = input.set_selection_range(start, end);
    }
    shell.remove();
    if pressed && let Some(button) = document().get_element_by_id(pay_bar::ID) {
        button.unchecked_into::<HtmlElement>().click();
    }
}

fn input(selector: &str) -> Option<HtmlInputElement> {
    let found = document().query_selector(selector).ok()??;
    Some(found.unchecked_into())
}
