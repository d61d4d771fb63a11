//! The components, in a browser.
