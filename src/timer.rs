//! Waiting.

use std::{future::Future, pin::pin, task::Poll};

use leptos::prelude::window;
use wasm_bindgen_futures::JsFuture;

/// Waits for so many milliseconds. A page in the background may be made to wait longer.
pub async fn sleep(millis: i32) {
    let promise = js_sys::Promise::new(&mut |done, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, millis);
    });
    let _ = JsFuture::from(promise).await;
}

/// Lets the browser answer what was tapped meanwhile, before what is left of long work goes on.
pub async fn pause() {
    sleep(0).await;
}

/// Waits for something, but no longer than so many milliseconds.
pub async fn within<T>(millis: i32, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut limit = pin!(sleep(millis));
    std::future::poll_fn(|context| {
        if let Poll::Ready(value) = work.as_mut().poll(context) {
            return Poll::Ready(Some(value));
        }
        limit.as_mut().poll(context).map(|()| None)
    })
    .await
}
