//! The page's words, in Chinese first.

mod errors;
mod format;
mod texts;

use std::cell::Cell;

pub use contract::Lang;
pub use errors::{code_text, failure_text, number_error_text};
pub use format::{
    age, bytes_of_mb, category_name, countdown, date_time, order_title, package_label,
    package_name, phrase, row_title, rule_text, time_of_day, volume_and_rule, yuan,
};
pub use texts::Text;

use crate::{dom, store};

const STORED: &str = "rc.lang";
/// As the gateway's `http/language.rs` reads it.
const COOKIE: &str = "rc_lang";

thread_local! {
    static CURRENT: Cell<Lang> = const { Cell::new(Lang::Zh) };
}

/// Chooses the language: what the link asks for, what was chosen before, what [`Lang::preferred`] makes of the browser's.
pub fn start(asked: Option<&str>) {
    let asked = asked.and_then(Lang::of_tag);
    if let Some(lang) = asked {
        remember(lang);
    }
    let lang = asked
        .or_else(|| store::read(STORED).as_deref().and_then(Lang::of_tag))
        .unwrap_or_else(|| {
            let preferred = dom::preferred_languages();
            Lang::preferred(preferred.iter().map(String::as_str))
        });
    set(lang);
}

/// Changes the language from here on and remembers it. What is on the screen has to be drawn again.
pub fn choose(lang: Lang) {
    remember(lang);
    set(lang);
}

/// The language of the page.
#[must_use]
pub fn lang() -> Lang {
    CURRENT.get()
}

/// A text in the language of the page.
#[must_use]
pub fn t(text: Text) -> &'static str {
    text.in_language(lang())
}

fn remember(lang: Lang) {
    store::write(STORED, lang.tag());
    store::write_for_gateway(COOKIE, lang.tag());
}

fn set(lang: Lang) {
    CURRENT.set(lang);
    dom::set_language(lang.tag());
}
