//! Which functions the second part holds.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use super::program::Program;

/// The modules of the page whose code only the second part runs, beside what nothing but them calls.
pub(super) const SECOND: [&str; 19] = [
    "api::read::later",
    "checkout",
    "components::camera",
    "components::copy_link",
    "components::guide",
    "components::countdown",
    "components::method_list",
    "components::order_words",
    "components::pay_sheet",
    "components::qr_code",
    "components::sheet",
    "door",
    "launch",
    "overlay",
    "pages",
    "qr",
    "store::intents",
    "store::orders",
    "watch",
];

/// The modules below those that the first part runs.
const FIRST: [&str; 1] = ["pages::recharge"];

/// What Leptos brings for streams of server functions, and offers to the script: no page here has any.
const NEVER: [&str; 2] = ["intounderlying", "wasm_streams::"];

/// The way in.
const DOOR: &str = "storefront::door::";

/// The numbers of the functions that the second part holds.
///
/// # Errors
/// When the first part would run one of them other than through a door.
pub(super) fn second(program: &Program) -> Result<BTreeSet<u32>> {
    let mut moved: BTreeSet<u32> = program
        .numbered()
        .filter(|(_, function)| function.body.is_some() && !function.is_exported)
        .filter(|(_, function)| is_second(&function.name))
        .map(|(number, _)| number)
        .collect();
    if moved.is_empty() {
        bail!("no function of the second part was found: are their names still there?");
    }
    let wrong: Vec<String> = program
        .numbered()
        .filter(|(caller, _)| !moved.contains(caller))
        .flat_map(|(_, caller)| {
            caller
                .calls
                .intersection(&moved)
                .map(move |called| (caller, &program.functions[*called as usize]))
        })
        .filter(|(_, called)| !called.name.contains(DOOR))
        .map(|(caller, called)| format!("\n  {}\n    is called by {}", called.name, caller.name))
        .collect();
    if !wrong.is_empty() {
        bail!(
            "the first screen runs what belongs to the program's second part \
             (crates/xtask/src/build/split/choose.rs):{}",
            wrong.concat()
        );
    }
    add_what_only_they_call(program, &mut moved);
    Ok(moved)
}

/// The numbers of the functions that neither part needs.
pub(super) fn never(program: &Program) -> BTreeSet<u32> {
    program
        .numbered()
        .filter(|(_, function)| function.body.is_some() && !function.is_exported)
        .filter(|(_, function)| NEVER.iter().any(|dead| function.name.contains(dead)))
        .map(|(number, _)| number)
        .collect()
}

fn is_second(name: &str) -> bool {
    let is_of = |modules: &[&str]| {
        modules
            .iter()
            .any(|module| name.contains(&format!("storefront::{module}::")))
    };
    is_of(&SECOND) && !is_of(&FIRST)
}

fn add_what_only_they_call(program: &Program, moved: &mut BTreeSet<u32>) {
    let in_table: BTreeSet<u32> = program
        .slots
        .iter()
        .map(|(_, function)| *function)
        .collect();
    loop {
        let others: BTreeSet<u32> = program
            .numbered()
            .filter(|(number, _)| !moved.contains(number))
            .flat_map(|(_, function)| function.calls.iter().copied())
            .collect();
        let before = moved.len();
        for (number, function) in program.numbered() {
            let is_called = moved
                .iter()
                .any(|caller| program.functions[*caller as usize].calls.contains(&number));
            if function.body.is_some()
                && !function.is_exported
                && !in_table.contains(&number)
                && !others.contains(&number)
                && is_called
            {
                moved.insert(number);
            }
        }
        if moved.len() == before {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modules_are_told_by_the_whole_of_their_names() {
        assert!(is_second(
            "<storefront::ui::El>::press::<storefront::pages::order::order::{closure#0}>"
        ));
        assert!(is_second("storefront::checkout::order_of"));
        assert!(!is_second("storefront::pages::recharge::recharge"));
        assert!(!is_second("storefront::qr_of::anything"));
        assert!(!is_second("reactive_graph::effect::run"));
    }
}
