//! How many pages may watch orders at once.
//!
//! All together, since each costs a file handle and memory for as long as its reader likes, and from one address, so that
//! nobody has them all. Whoever gets none asks from time to time instead.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use contract::ErrorCode;

use crate::{ApiError, http::limits::caller};

/// The streams of one process.
#[derive(Clone)]
pub struct Streams(Arc<Bounds>);

struct Bounds {
    all: usize,
    each: usize,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    all: usize,
    from: HashMap<IpAddr, usize>,
}

/// An open stream; it counts for as long as this lives.
pub struct OpenStream {
    streams: Streams,
    from: IpAddr,
}

impl Streams {
    /// At most so many at once, and so many from one address.
    #[must_use]
    pub fn new(all: usize, each: usize) -> Streams {
        Streams(Arc::new(Bounds {
            all,
            each,
            open: Mutex::default(),
        }))
    }

    /// Counts one more.
    ///
    /// # Errors
    /// There are too many.
    pub fn open(&self, ip: IpAddr) -> Result<OpenStream, ApiError> {
        let from = caller(ip);
        let mut open = self.lock();
        if open.all >= self.0.all {
            return Err(ApiError::from(ErrorCode::Overloaded).retry_after(5));
        }
        let of_caller = open.from.entry(from).or_default();
        if *of_caller >= self.0.each {
            let refusal = ApiError::new(ErrorCode::RateLimited, "too many streams of one address");
            return Err(refusal.retry_after(5));
        }
        *of_caller += 1;
        open.all += 1;
        metrics::gauge!("order_streams_open").increment(1.0);
        Ok(OpenStream {
            streams: self.clone(),
            from,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut open = self.streams.lock();
        open.all -= 1;
        if let Some(of_caller) = open.from.get_mut(&self.from) {
            *of_caller -= 1;
            if *of_caller == 0 {
                open.from.remove(&self.from);
            }
        }
        metrics::gauge!("order_streams_open").decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_has_all_of_them() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let streams = Streams::new(3, 2);
        let open = |text: &str| streams.open(ip(text));
        let refused = |text: &str| open(text).err().map(|error| error.code);
        let (first, second) = (open("192.0.2.1").expect("one"), open("192.0.2.1"));
        assert_eq!(refused("192.0.2.1"), Some(ErrorCode::RateLimited));
        assert_eq!(refused("::ffff:192.0.2.1"), Some(ErrorCode::RateLimited));
        let third = open("2001:db8::1");
        assert_eq!(refused("2001:db8::2"), Some(ErrorCode::Overloaded));
        drop(first);
        let fourth = open("2001:db8::2").expect("the same network's second");
        assert_eq!(refused("192.0.2.1"), Some(ErrorCode::Overloaded));
        drop((second, third));
        assert_eq!(
            streams.lock().from.len(),
            1,
            "nobody is remembered for nothing"
        );
        drop(fourth);
        assert!(streams.lock().from.is_empty() && streams.lock().all == 0);
    }
}
