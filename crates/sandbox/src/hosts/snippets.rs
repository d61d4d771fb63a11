//! The code that partners copy, read from where they find it, so that there is one of it.

const DOCUMENT: &str = include_str!("../../../../docs/bridge.md");

/// The blocks of code under a heading of the second level.
pub(super) fn under(heading: &str) -> Vec<&'static str> {
    DOCUMENT
        .split("\n## ")
        .find_map(|section| section.strip_prefix(heading)?.strip_prefix('\n'))
        .map(|section| {
            section
                .split("```")
                .skip(1)
                .step_by(2)
                .filter_map(|block| block.split_once('\n'))
                .map(|(_language, code)| code.trim_end())
                .collect()
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::known::KINDS;

    #[test]
    fn every_kind_of_app_has_its_code_in_the_document() {
        for kind in &KINDS {
            let code = super::under(kind.heading);
            assert!(!code.is_empty(), "{}", kind.heading);
            assert!(
                code.iter().all(|block| !block.contains("## ")),
                "{}",
                kind.heading
            );
        }
        assert!(super::under("iOS (WKWebView)")[0].contains("RechargeHost"));
        assert!(super::under("No such heading").is_empty());
    }
}
