//! Parameters as they travel, and the text that is signed of them.

use std::collections::BTreeMap;

/// Names and values in order of their names.
pub(crate) type Parameters = BTreeMap<String, String>;

/// Reads the address's and the body's parameters as one set; nothing where a name stands twice.
pub(super) fn read(query: &str, body: &[u8]) -> Option<Parameters> {
    let pairs = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(body));
    let mut parameters = Parameters::new();
    for (name, value) in pairs {
        if parameters
            .insert(name.into_owned(), value.into_owned())
            .is_some()
        {
            return None;
        }
    }
    Some(parameters)
}

/// What is signed: every parameter that has a value, but for these.
pub(crate) fn message(parameters: &Parameters, without: &[&str]) -> String {
    let mut message = String::new();
    for (name, value) in parameters {
        if value.is_empty() || without.contains(&name.as_str()) {
            continue;
        }
        if !message.is_empty() {
            message.push('&');
        }
        message.push_str(name);
        message.push('=');
        message.push_str(value);
    }
    message
}

/// As a form's body or an address's query.
pub(crate) fn write(parameters: &Parameters) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish()
}
