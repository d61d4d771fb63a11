//! The languages that buyers are spoken to in.

/// A language of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The tag for `<html lang>`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    /// The language that a tag such as `zh-Hans-CN` or `en-GB` asks for, where the shop speaks it.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Lang> {
        let first = tag.split(['-', '_']).next().unwrap_or_default();
        if first.eq_ignore_ascii_case("zh") {
            Some(Lang::Zh)
        } else if first.eq_ignore_ascii_case("en") {
            Some(Lang::En)
        } else {
            None
        }
    }

    /// The language for somebody who prefers these, the best first: the first that the shop speaks, English where it
    /// speaks none of them, Chinese where nothing is said.
    pub fn preferred<'a>(tags: impl IntoIterator<Item = &'a str>) -> Lang {
        let mut lang = Lang::Zh;
        for tag in tags {
            match Lang::of_tag(tag) {
                Some(lang) => return lang,
                None if tag.is_empty() || tag == "*" => {}
                None => lang = Lang::En,
            }
        }
        lang
    }

    /// The other one, for the switch.
    #[must_use]
    pub fn other(self) -> Lang {
        match self {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_does_not_prefer_chinese_reads_english() {
        let check = |tags: &[&str], expected: Lang| {
            assert_eq!(Lang::preferred(tags.iter().copied()), expected, "{tags:?}");
        };
        check(&["zh-CN", "zh", "en"], Lang::Zh);
        check(&["zh-TW"], Lang::Zh);
        check(&["en-GB", "zh"], Lang::En);
        for other in ["ja", "ar-EG", "de", "zha", "english"] {
            check(&[other], Lang::En);
            check(&[other, "*"], Lang::En);
            check(&[other, "zh"], Lang::Zh);
        }
        check(&[], Lang::Zh);
        check(&["*"], Lang::Zh);
        check(&[""], Lang::Zh);
    }
}
