//! The icons: strokes on a grid of 24.

use leptos::prelude::*;

use crate::ui::Erase;

/// An icon, by the path it is drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named by what it shows")]
pub enum Icon {
    Bolt,
    Gauge,
    IdCard,
    Bell,
    Back,
    Next,
    Check,
    Cross,
    Clock,
    Alert,
    Return,
    Wallet,
    Search,
    Person,
    List,
    Scan,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Icon::Bolt => "M13 2 5 13.5h6L10 22l8.5-12H12.4z",
            Icon::Gauge => {
                "M4.2 18.5a9 9 0 1 1 15.6 0M12 14l4-5.5M12 15.4a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4z"
            }
            Icon::IdCard => {
                "M5 5h14a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM9 12a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM6 15.8a3 3 0 0 1 6 0M15 10h3M15 14h3"
            }
            Icon::Bell => "M6 10a6 6 0 0 1 12 0v4l2 3H4l2-3zM10 20h4",
            Icon::Back => "M15 5l-7 7 7 7",
            Icon::Next => "M9 5l7 7-7 7",
            Icon::Check => "M5 12.5l4.5 4.5L19 7.5",
            Icon::Cross => "M6 6l12 12M18 6 6 18",
            Icon::Clock => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.2l3.4 2",
            Icon::Alert => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.5v5.5M12 16.4v.1",
            Icon::Return => "M9 6 4 11l5 5M4.5 11H15a5 5 0 0 1 0 10h-3",
            Icon::Wallet => {
                "M4 7a2 2 0 0 1 2-2h11v3M4 7v10a2 2 0 0 0 2 2h13a1 1 0 0 0 1-1V9a1 1 0 0 0-1-1H5a1 1 0 0 1-1-1zM16 13.5h.1"
            }
            Icon::Search => "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.3 15.3 20 20",
            Icon::Person => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20a7.5 7.5 0 0 1 15 0",
            Icon::List => {
                "M6 3h12a1 1 0 0 1 1 1v17l-3-2-2 2-2-2-2 2-2-2-3 2V4a1 1 0 0 1 1-1zM9 8h6M9 12h6"
            }
            Icon::Scan => "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M8 8v8M12 8v8M16 8v8",
        }
    }
}

/// Draws an icon. It says nothing to those who cannot see it: the text beside it does.
#[component]
pub fn Glyph(
    /// The icon.
    of: Icon,
) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=of.path()></path>
        </svg>
    }
    .erase()
}
