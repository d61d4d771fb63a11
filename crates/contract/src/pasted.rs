//! What comes along when a number is copied from elsewhere.

/// What is seen of a number that was typed or pasted, in plain capitals: without what [`is_filler`] names, and with the
/// full-width characters of Chinese keyboards in their narrow form.
#[must_use]
pub fn plain(typed: &str) -> String {
    let mut text: String = typed
        .chars()
        .filter(|&c| !is_filler(c))
        .map(narrow)
        .collect();
    text.make_ascii_uppercase();
    text
}

/// Whether a character groups a number or is not seen at all.
///
/// That is every blank, every dash, controls, and what Unicode calls formatting or ignorable by default, such as the marks
/// of direction around a number in a chat.
#[must_use]
pub fn is_filler(c: char) -> bool {
    let is_before = |range: &&[char; 2]| range[1] < c;
    let at = FILLERS.iter().take_while(is_before).count();
    FILLERS.get(at).is_some_and(|range| range[0] <= c)
}

/// Full-width ASCII in its plain form.
fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        other => other,
    }
}

/// The first and the last character of each range of them, in order. A test compares it with Unicode's own data and
/// says what should stand here when those have grown.
#[rustfmt::skip]
const FILLERS: [[char; 2]; 56] = [
    ['\u{0}', '\u{20}'], ['\u{2D}', '\u{2D}'], ['\u{7F}', '\u{A0}'], ['\u{AD}', '\u{AD}'],
    ['\u{2D7}', '\u{2D7}'], ['\u{34F}', '\u{34F}'], ['\u{58A}', '\u{58A}'], ['\u{5BE}', '\u{5BE}'],
    ['\u{600}', '\u{605}'], ['\u{61C}', '\u{61C}'], ['\u{6DD}', '\u{6DD}'], ['\u{70F}', '\u{70F}'],
    ['\u{890}', '\u{891}'], ['\u{8E2}', '\u{8E2}'], ['\u{115F}', '\u{1160}'], ['\u{1400}', '\u{1400}'],
    ['\u{1680}', '\u{1680}'], ['\u{17B4}', '\u{17B5}'], ['\u{1806}', '\u{1806}'], ['\u{180B}', '\u{180F}'],
    ['\u{2000}', '\u{2015}'], ['\u{2028}', '\u{202F}'], ['\u{2043}', '\u{2043}'], ['\u{2053}', '\u{2053}'],
    ['\u{205F}', '\u{206F}'], ['\u{207B}', '\u{207B}'], ['\u{208B}', '\u{208B}'], ['\u{2212}', '\u{2212}'],
    ['\u{2796}', '\u{2796}'], ['\u{2800}', '\u{2800}'], ['\u{2E17}', '\u{2E17}'], ['\u{2E1A}', '\u{2E1A}'],
    ['\u{2E3A}', '\u{2E3B}'], ['\u{2E40}', '\u{2E40}'], ['\u{2E5D}', '\u{2E5D}'], ['\u{3000}', '\u{3000}'],
    ['\u{301C}', '\u{301C}'], ['\u{3030}', '\u{3030}'], ['\u{30A0}', '\u{30A0}'], ['\u{3164}', '\u{3164}'],
    ['\u{FE00}', '\u{FE0F}'], ['\u{FE31}', '\u{FE32}'], ['\u{FE58}', '\u{FE58}'], ['\u{FE63}', '\u{FE63}'],
    ['\u{FEFF}', '\u{FEFF}'], ['\u{FF0D}', '\u{FF0D}'], ['\u{FFA0}', '\u{FFA0}'], ['\u{FFF0}', '\u{FFFB}'],
    ['\u{10D6E}', '\u{10D6E}'], ['\u{10EAD}', '\u{10EAD}'], ['\u{110BD}', '\u{110BD}'], ['\u{110CD}', '\u{110CD}'],
    ['\u{13430}', '\u{1343F}'], ['\u{1BCA0}', '\u{1BCA3}'], ['\u{1D173}', '\u{1D17A}'], ['\u{E0000}', '\u{E0FFF}'],
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex_syntax::{
        Parser,
        hir::{Class, HirKind},
    };

    use super::*;
    use crate::CardNumber;

    /// By class. Three dashes have no class that says so, and the blank of Braille counts as a symbol.
    const CLASSES: &str = r"[\p{White_Space}\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Dash}\p{Pd}\u{2D7}\u{2043}\u{2796}\u{2800}]";

    #[test]
    fn the_table_is_what_unicode_says() {
        let HirKind::Class(Class::Unicode(class)) =
            Parser::new().parse(CLASSES).expect("a class").into_kind()
        else {
            panic!("it is no class of characters");
        };
        let theirs: Vec<[char; 2]> = class
            .iter()
            .map(|range| [range.start(), range.end()])
            .collect();
        let rows: Vec<String> = theirs
            .iter()
            .map(|range| {
                format!(
                    "[{}]",
                    range.map(|c| format!("'\\u{{{:X}}}'", c as u32)).join(", ")
                )
            })
            .collect();
        assert!(
            theirs == FILLERS,
            "{} ranges:\n{}",
            rows.len(),
            rows.join(", ")
        );
    }

    /// Any character that is dropped, each range as likely as another.
    fn filler() -> impl Strategy<Value = char> {
        let within = |[first, last]: [char; 2]| proptest::char::range(first, last);
        proptest::sample::select(FILLERS.to_vec()).prop_flat_map(within)
    }

    proptest! {
        #[test]
        fn fillers_anywhere_change_nothing(
            number in "89[0-9A-F]{17,18}|1[3-9][0-9]{9}",
            fillers in proptest::collection::vec((filler(), 0_usize..21), 0..30),
        ) {
            let mut pasted: Vec<char> = number.chars().collect();
            for (c, at) in fillers {
                pasted.insert(at.min(pasted.len()), c);
            }
            let pasted: String = pasted.into_iter().collect();
            let read = CardNumber::parse(&pasted);
            prop_assert_eq!(read.as_ref().map(CardNumber::as_str), Ok(number.as_str()));
        }

        #[test]
        fn nothing_else_is_dropped_from_within(number in "89[0-9A-F]{17}", other in any::<char>(), at in 1_usize..18) {
            prop_assume!(!is_filler(other) && !narrow(other).is_ascii_hexdigit());
            let broken = format!("{}{other}{}", &number[..at], &number[at..]);
            prop_assert!(CardNumber::parse(&broken).is_err());
        }

        #[test]
        fn plain_text_stays(text in "[0-9A-Z]{0,30}") {
            prop_assert_eq!(plain(&text), text);
        }
    }
}
