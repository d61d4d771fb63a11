//! Places at which the tests kill the process, to see that nothing is lost there.

/// Ends the process at once, as `kill -9` would, where `RECHARGE_CRASH_AT` names this place. In a release build it is
/// nothing.
#[inline]
pub fn point(name: &str) {
    #[cfg(debug_assertions)]
    if std::env::var("RECHARGE_CRASH_AT").is_ok_and(|at| at == name) {
        std::process::abort();
    }
    #[cfg(not(debug_assertions))]
    let _ = name;
}
