//! Numbers that nobody else has.

/// A text of `bytes` random bytes in hexadecimal.
pub(crate) fn hex(bytes: usize) -> String {
    random(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A text of `count` random decimal digits.
pub(crate) fn digits(count: usize) -> String {
    random(count)
        .iter()
        .map(|byte| char::from(b'0' + byte % 10))
        .collect()
}

fn random(bytes: usize) -> Vec<u8> {
    let mut buffer = vec![0; bytes];
    getrandom::fill(&mut buffer).expect("the system has random numbers");
    buffer
}
