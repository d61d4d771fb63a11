//! The gateway's clock, as far as its answers tell, and the reader's calendar.

use std::cell::Cell;

use contract::Timestamp;
use js_sys::Date;
use wasm_bindgen::JsValue;

thread_local! {
    /// How far the gateway's clock is ahead of this device's, in milliseconds.
    static AHEAD: Cell<i64> = const { Cell::new(0) };
}

/// Learns the gateway's time from an answer that has just arrived.
pub fn learn(server_time: Timestamp) {
    AHEAD.set(server_time.0 - device_ms());
}

/// The gateway's time now.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp(device_ms() + AHEAD.get())
}

/// This device's own clock, in milliseconds since 1970.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "milliseconds fit 53 bits")]
pub fn device_ms() -> i64 {
    Date::now() as i64
}

/// Year, month, day, hour, minute and second, where the reader is.
#[must_use]
pub fn local(at: Timestamp) -> [u32; 6] {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds fit 53 bits")]
    let date = Date::new(&JsValue::from_f64(at.0 as f64));
    [
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes(),
        date.get_seconds(),
    ]
}
