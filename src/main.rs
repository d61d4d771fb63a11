//! storefront
fn main() {}
