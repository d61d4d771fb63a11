//! The gateway over HTTP, on both databases, with the sandbox as the outside world.

mod support;

mod asking;
mod cards;
mod catalog;
mod clock;
mod command;
mod connections;
mod crash;
mod disk;
mod events;
mod hosts;
mod http;
mod idempotency;
mod keeping;
mod lanes;
mod money;
mod notices;
mod operator;
mod outages;
mod plans;
mod processes;
mod purchase;
mod schema;
mod states;
mod upstream;
mod waits;
mod wallets;
