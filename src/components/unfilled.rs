//! Boxes that nothing fills in by itself.

use web_sys::Element;

const MARKS: [(&str, &str); 8] = [
    ("autocomplete", "off"),
    ("autocorrect", "off"),
    ("spellcheck", "false"),
    ("data-1p-ignore", ""),
    ("data-bwignore", ""),
    ("data-form-type", "other"),
    ("data-lpignore", "true"),
    ("data-protonpass-ignore", "true"),
];

/// Marks a box as none of the business of what fills in accounts, addresses and bank cards: `use:unfilled`. Browsers go
/// by the first mark, each password manager by one of its own.
pub fn unfilled(input: Element) {
    for (name, value) in MARKS {
        let _ = input.set_attribute(name, value);
    }
}
