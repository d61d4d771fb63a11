//! Mounts the page.

fn main() {
    storefront::mount();
}
