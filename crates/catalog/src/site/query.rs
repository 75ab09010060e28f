//! What the address of the index asks for, as a server reads it. The script does the same in the browser.

use super::{cx::Cx, words};
use rustc_hash::FxHashSet;

/// The longest query that is looked at, in bytes.
const LONGEST: usize = 4096;

/// What the address of the index asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Words that rules must hold.
    pub text: String,
    /// Chosen values: key of the facet, value.
    pub chosen: Vec<(String, String)>,
}

impl Query {
    /// Reads what stands after the `?` of an address. What is overlong is not read.
    pub fn parse(query: &str) -> Self {
        let mut out = Self::default();
        if query.len() > LONGEST {
            return out;
        }
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (key, value) = (decoded(key), decoded(value));
            if key == "q" {
                out.text = value;
            } else if !value.is_empty() {
                out.chosen.push((key, value));
            }
        }
        out
    }

    /// The address that asks for this, after the index's.
    pub(crate) fn address(&self) -> String {
        let text = (!self.text.is_empty()).then_some(("q", self.text.as_str()));
        let chosen = self.chosen.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        let pairs: Vec<_> =
            text.into_iter().chain(chosen).map(|(k, v)| format!("{}={}", encoded(k), encoded(v))).collect();
        format!("?{}", pairs.join("&"))
    }

    /// The same with a value more, or without it where it is chosen.
    pub(crate) fn toggled(&self, key: &str, value: &str) -> Self {
        let mut out = self.clone();
        let before = out.chosen.len();
        out.chosen.retain(|(k, v)| k != key || !v.eq_ignore_ascii_case(value));
        if out.chosen.len() == before {
            out.chosen.push((key.to_owned(), value.to_owned()));
        }
        out
    }

    /// Whether a value is chosen.
    pub(crate) fn has(&self, key: &str, value: &str) -> bool {
        self.chosen.iter().any(|(k, v)| k == key && v.to_lowercase() == value.to_lowercase())
    }

    /// The rules with all words of the query.
    pub(crate) fn text_matches(&self, cx: &Cx) -> Vec<bool> {
        let wanted: Vec<_> = words::words(&self.text).collect();
        let holds = |rule| {
            let found = words::of(rule);
            wanted.iter().all(|word| found.iter().any(|other| other.contains(word.as_str())))
        };
        cx.catalog.rules.iter().map(|rule| wanted.is_empty() || holds(rule)).collect()
    }

    /// For each facet the rules that have one of its chosen values; `None` when none is chosen. Values that no rule
    /// has are not looked at.
    pub(crate) fn facet_matches(&self, cx: &Cx) -> Vec<Option<FxHashSet<u32>>> {
        let of = |facet: &super::facets::Facet| {
            let chosen: Vec<_> = facet.values.iter().filter(|v| self.has(facet.key, &v.key)).collect();
            (!chosen.is_empty()).then(|| chosen.iter().flat_map(|v| v.rules.iter().copied()).collect())
        };
        cx.facets.list.iter().map(of).collect()
    }
}

/// A part of a query with its `%` codes and `+` read; what is no UTF-8 is replaced.
pub(crate) fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let code = bytes.as_slice_hex();
        match (byte, code) {
            (b'+', _) => out.push(b' '),
            (b'%', Some(value)) => {
                out.push(value);
                bytes.nth(1);
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The two hexadecimal digits that come next.
trait NextHex {
    fn as_slice_hex(&self) -> Option<u8>;
}

impl NextHex for std::str::Bytes<'_> {
    fn as_slice_hex(&self) -> Option<u8> {
        let mut ahead = self.clone();
        let high = char::from(ahead.next()?).to_digit(16)?;
        let low = char::from(ahead.next()?).to_digit(16)?;
        u8::try_from(high * 16 + low).ok()
    }
}

/// A text as a part of an address.
pub(crate) fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_read() {
        let query = Query::parse("q=invoke+command&type=TTP&event=Sysmon%201&event=%zz&=x&story=");
        assert_eq!(query.text, "invoke command");
        let chosen: Vec<_> = query.chosen.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(chosen, [("type", "TTP"), ("event", "Sysmon 1"), ("event", "%zz"), ("", "x")]);
        assert!(query.has("type", "ttp") && !query.has("type", "Hunting"));
        assert_eq!(Query::parse(&"q=x&".repeat(2000)), Query::default());
    }

    #[test]
    fn a_value_is_chosen_and_no_longer_chosen() {
        let query = Query::parse("type=TTP");
        assert_eq!(query.toggled("type", "Hunting").address(), "?type=TTP&type=Hunting");
        assert_eq!(query.toggled("type", "ttp").address(), "?");
    }

    proptest! {
        #[test]
        fn any_text_survives_an_address(text in "\\PC{0,40}") {
            prop_assert_eq!(decoded(&encoded(&text)), text);
        }

        #[test]
        fn any_address_is_read(query in "\\PC{0,80}") {
            let _ = Query::parse(&query);
        }
    }
}
