//! The gateway's clock, as far as its answers tell, and the reader's calendar.
//!
//! Between two answers it goes on by the browser's own clock, which only goes forward: the device's may be set back or
//! forward under the page. That one stands still in some browsers while the device sleeps, so [`has_slept`] tells when
//! the gateway has to be asked again.

use std::cell::Cell;

use contract::Timestamp;
use js_sys::Date;
use leptos::prelude::window;
use wasm_bindgen::JsValue;

thread_local! {
    /// How far the gateway's clock is ahead of the page's own, in milliseconds; unknown until it has answered.
    static AHEAD: Cell<Option<i64>> = const { Cell::new(None) };
    /// How far the device's clock was ahead of the page's own when that was last looked at.
    static DEVICE_AHEAD: Cell<Option<i64>> = const { Cell::new(None) };
}

/// The device's clock runs apart from the page's own by less than this in a second.
const APART_MS: i64 = 2_000;

/// Learns the gateway's time from an answer that has just arrived.
pub fn learn(server_time: Timestamp) {
    AHEAD.set(Some(server_time.0 - page_ms()));
}

/// The gateway's time now; the device's, until the gateway has told its own.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp(
        AHEAD
            .get()
            .map_or_else(device_ms, |ahead| page_ms() + ahead),
    )
}

/// How long the page has been open, in milliseconds. It never goes back, whatever becomes of the device's clock, and is
/// what waiting is measured by.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "milliseconds fit 53 bits")]
pub fn page_ms() -> i64 {
    window()
        .performance()
        .map_or_else(device_ms, |clock| clock.now() as i64)
}

/// Whether the device's clock has run ahead of the page's own since this was last asked: the device has slept, or its
/// clock was set forward.
#[must_use]
pub fn has_slept() -> bool {
    let ahead = device_ms() - page_ms();
    let before = DEVICE_AHEAD.replace(Some(ahead));
    before.is_some_and(|before| ahead - before > APART_MS)
}

/// This device's own clock, in milliseconds since 1970.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "milliseconds fit 53 bits")]
pub fn device_ms() -> i64 {
    Date::now() as i64
}

/// The date in China, where the carriers and the platform count days: `2026-11-30`.
#[must_use]
pub fn china_date(at: Timestamp) -> String {
    let mut text = String::from(date(at.in_china()).to_iso_string());
    text.truncate(10);
    text
}

/// How far the reader's clocks are ahead of UTC at a time, in minutes.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "within a day")]
pub fn east(at: Timestamp) -> i32 {
    -date(at).get_timezone_offset() as i32
}

/// Year, month, day, hour, minute and second, where the reader is.
#[must_use]
pub fn local(at: Timestamp) -> [u32; 6] {
    let date = date(at);
    [
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes(),
        date.get_seconds(),
    ]
}

fn date(at: Timestamp) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds fit 53 bits")]
    Date::new(&JsValue::from_f64(at.0 as f64))
}
