//! Keys that nothing reads. On the wire they are passed over, so that a newer platform may say more than an older kiosk
//! understands; in a file they are slips of the pen. So what was read is written again, and what does not come back was
//! one.

use std::path::Path;

use kiosk_config::ConfigError;
use serde::Serialize;
use toml::Value;

use super::Fault;

pub(super) fn faults<T: Serialize>(
    file: &str,
    text: &str,
    name: &str,
    read: &T,
) -> Result<Vec<Fault>, ConfigError> {
    let written: Value = kiosk_config::parse(text, Path::new(file))?;
    let read = Value::try_from(read).unwrap_or(Value::Boolean(false));
    let mut lost = Vec::new();
    compare(&written, &read, "", &mut lost);
    let problem = "a key that is not known";
    let fault = |field| Fault { item: name.to_owned(), field, problem: problem.to_owned() };
    Ok(lost.into_iter().map(fault).collect())
}

fn compare(written: &Value, read: &Value, at: &str, lost: &mut Vec<String>) {
    let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    match (written, read) {
        (Value::Table(written), Value::Table(read)) => {
            for (key, value) in written {
                match read.get(key) {
                    Some(other) => compare(value, other, &below(key), lost),
                    None => lost.push(below(key)),
                }
            }
        }
        (Value::Array(written), Value::Array(read)) => {
            for (place, (value, other)) in written.iter().zip(read).enumerate() {
                compare(value, other, &below(&place.to_string()), lost);
            }
        }
        _ => {}
    }
}
