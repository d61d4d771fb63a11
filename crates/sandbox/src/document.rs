//! The frame of every page for people.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// What a page's head says.
pub(crate) struct Head<'a> {
    pub(crate) title: &'a str,
    pub(crate) style: &'a str,
    /// Of the whole document.
    pub(crate) class: Option<&'a str>,
    /// Behind the usual viewport.
    pub(crate) viewport: &'a str,
    pub(crate) color_scheme: Option<&'a str>,
}

impl Head<'_> {
    /// The page around a body.
    pub(crate) fn over(&self, body: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang="zh-CN" class=[self.class] {
                head {
                    meta charset="utf-8";
                    link rel="icon" href="data:,";
                    meta name="viewport" content={ "width=device-width, initial-scale=1" (self.viewport) };
                    @if let Some(scheme) = self.color_scheme { meta name="color-scheme" content=(scheme); }
                    title { (self.title) }
                    style { (PreEscaped(self.style)) }
                }
                body { (body) }
            }
        }
    }
}
