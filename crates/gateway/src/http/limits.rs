//! How often one caller may ask.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    time::Duration,
};

use contract::{CardNumber, ErrorCode, OrderId};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::DashMapStateStore,
};

use crate::{config, error::ApiError};

/// After so many questions a limiter forgets the callers that have not asked lately.
const SWEEP_EVERY: u32 = 1024;
/// With more callers than this in a minute, everybody waits: memory has a bound.
const REMEMBERED: usize = 200_000;
/// So often in a minute a buyer may make the gateway ask a channel about an order.
const ASKS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(30).unwrap();

/// The limits of everything that could be used to go through card numbers or to fill the database.
pub struct Limiters {
    lookups: Limiter<IpAddr>,
    lookups_of_card: Limiter<u64>,
    searches: Limiter<IpAddr>,
    searches_of_card: Limiter<u64>,
    orders: Limiter<IpAddr>,
    asks: Limiter<IpAddr>,
    asks_of_order: Limiter<u64>,
    strays: Limiter<IpAddr>,
    // Cards are kept as hashes under a key of this process, so that memory holds no list of numbers.
    hasher: RandomState,
}

struct Limiter<K: Hash + Eq + Clone> {
    buckets: RateLimiter<K, DashMapStateStore<K>, DefaultClock>,
    clock: DefaultClock,
    asked: AtomicU32,
    full: AtomicBool,
}

impl Limiters {
    /// Nobody has asked yet.
    #[must_use]
    pub fn new(limits: &config::Limits) -> Limiters {
        Limiters {
            lookups: Limiter::new(Quota::per_minute(limits.lookups_per_minute)),
            lookups_of_card: Limiter::new(Quota::per_minute(limits.lookups_per_card_per_minute)),
            searches: Limiter::new(Quota::per_minute(limits.searches_per_minute)),
            searches_of_card: Limiter::new(Quota::per_minute(limits.searches_per_minute)),
            orders: Limiter::new(Quota::per_minute(limits.orders_per_minute)),
            asks: Limiter::new(Quota::per_minute(limits.questions_per_minute)),
            asks_of_order: Limiter::new(Quota::per_minute(ASKS_PER_MINUTE)),
            strays: Limiter::new(Quota::per_hour(limits.strays_per_hour)),
            hasher: RandomState::new(),
        }
    }

    /// Counts a look-up of a card.
    ///
    /// # Errors
    /// The address or the card was asked about too often.
    pub fn lookup(&self, ip: IpAddr, card: &CardNumber) -> Result<(), ApiError> {
        self.lookups.check(caller(ip))?;
        self.lookups_of_card.check(self.hasher.hash_one(card))
    }

    /// Counts a search for a card's orders.
    ///
    /// # Errors
    /// The address or the card was asked about too often.
    pub fn search(&self, ip: IpAddr, card: &CardNumber) -> Result<(), ApiError> {
        self.searches.check(caller(ip))?;
        self.searches_of_card.check(self.hasher.hash_one(card))
    }

    /// Counts a new order.
    ///
    /// # Errors
    /// The address made too many.
    pub fn order(&self, ip: IpAddr) -> Result<(), ApiError> {
        self.orders.check(caller(ip))
    }

    /// Counts a request that makes the gateway ask a channel about an order.
    ///
    /// # Errors
    /// The address asked, or the order was asked about, too often.
    pub fn ask(&self, ip: IpAddr, order: &OrderId) -> Result<(), ApiError> {
        self.asks_of_order.check(self.hasher.hash_one(order))?;
        self.asks.check(caller(ip))
    }

    /// Counts a notice that fits nothing.
    ///
    /// # Errors
    /// The address sent too many.
    pub fn stray(&self, ip: IpAddr) -> Result<(), ApiError> {
        self.strays.check(caller(ip))
    }
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    fn new(quota: Quota) -> Limiter<K> {
        Limiter {
            buckets: RateLimiter::dashmap(quota),
            clock: DefaultClock::default(),
            asked: AtomicU32::new(0),
            full: AtomicBool::new(false),
        }
    }

    fn check(&self, key: K) -> Result<(), ApiError> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.buckets.retain_recent();
            self.full
                .store(self.buckets.len() > REMEMBERED, Ordering::Relaxed);
        }
        if self.full.load(Ordering::Relaxed) {
            return Err(limited(Duration::from_secs(60)));
        }
        self.buckets
            .check_key(&key)
            .map_err(|until| limited(until.wait_time_from(self.clock.now())))
    }
}

fn limited(wait: Duration) -> ApiError {
    let seconds = wait.as_secs_f64().ceil().clamp(1.0, 3600.0);
    ApiError::from(ErrorCode::RateLimited).retry_after(seconds as u32)
}

/// An address of IPv6 stands for its network of 64 bits, since whoever has one has them all.
#[must_use]
pub fn caller(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(
            address.to_bits() & !u128::from(u64::MAX),
        )),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiters() -> Limiters {
        let mut limits = config::defaults().limits;
        limits.lookups_per_minute = NonZeroU32::new(3).expect("three");
        limits.lookups_per_card_per_minute = NonZeroU32::new(2).expect("two");
        limits.orders_per_minute = NonZeroU32::MIN;
        Limiters::new(&limits)
    }

    fn card(last: char) -> CardNumber {
        CardNumber::parse(&format!("898607B209170141858{last}")).expect("a card number")
    }

    #[test]
    fn an_address_and_a_card_are_counted() {
        let limiters = limiters();
        let ip = |last: u8| IpAddr::from([198, 51, 100, last]);
        assert!(limiters.lookup(ip(1), &card('4')).is_ok());
        assert!(limiters.lookup(ip(2), &card('4')).is_ok());
        let error = limiters
            .lookup(ip(3), &card('4'))
            .expect_err("the card was asked about twice");
        assert_eq!(error.code, ErrorCode::RateLimited);
        assert!((1..=60).contains(&error.retry_after.expect("it says when")));
        assert!(limiters.lookup(ip(1), &card('5')).is_ok());
        assert!(limiters.lookup(ip(1), &card('6')).is_ok());
        assert!(limiters.lookup(ip(1), &card('7')).is_err());
        assert!(limiters.search(ip(1), &card('7')).is_ok());
    }

    #[test]
    fn a_network_of_ipv6_is_one_caller() {
        let limiters = limiters();
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        assert!(limiters.order(ip("2001:db8:1:1::1")).is_ok());
        assert!(limiters.order(ip("2001:db8:1:1:ffff::2")).is_err());
        assert!(limiters.order(ip("2001:db8:1:2::1")).is_ok());
        assert!(limiters.order(ip("::ffff:10.0.0.1")).is_ok());
        assert!(limiters.order(ip("10.0.0.1")).is_err());
    }
}
