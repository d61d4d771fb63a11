#![doc = include_str!("../README.md")]

mod clock;
mod control;
mod data;
mod faults;
mod money;
mod random;
mod server;
mod shingsou;
mod world;

pub use server::{Sandbox, start};
pub use world::{Options, SeedClient};
