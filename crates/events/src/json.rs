//! JSON as Splunk's search-time extraction sees it: read within limits, written compactly, flattened into fields.
//!
//! Field names are paths: members of objects behind a dot, elements of arrays behind `{}`, so that
//! `{"a":{"b":1},"c":[{"d":2},{"d":3}]}` gives `a.b` = 1 and `c{}.d` = 2, 3. Facts:
//! <https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/spath>.

use serde_json::Value;
use std::borrow::Cow;
use std::io::Write;

/// Bytes of a text that is read as JSON at most.
pub const LONGEST_TEXT: usize = 4 << 20;

/// Bytes of a field name that flattening gives at most; what lies deeper is left out.
pub const LONGEST_NAME: usize = 1024;

/// Reads one JSON value, which must be all that the text holds. `None` when it is none, is longer than
/// [`LONGEST_TEXT`], or nests deeper than 127 levels.
pub fn parse(text: &str) -> Option<Value> {
    if text.len() > LONGEST_TEXT {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// Likewise, and `None` for what is neither object nor array. Looks at the first character before anything else, as
/// most texts are no JSON.
pub fn parse_container(text: &str) -> Option<Value> {
    text.trim_start().starts_with(['{', '[']).then(|| parse(text)).flatten()
}

/// Writes a value without blanks. Whole numbers have no fraction, members keep their order.
pub fn write(value: &Value) -> String {
    struct Plain;
    impl serde_json::ser::Formatter for Plain {
        fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, number: f64) -> std::io::Result<()> {
            writer.write_all(float(number).as_bytes())
        }
    }
    let mut out = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Plain);
    // Neither writing to memory nor a tree of JSON values can fail.
    let written = serde::Serialize::serialize(value, &mut serializer);
    debug_assert!(written.is_ok(), "a value in memory is written");
    String::from_utf8(out).unwrap_or_default()
}

/// The text that a value has as a field: of a string its characters, `true`, `false`, `null`, a number; objects and
/// arrays as compact JSON.
pub fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Bool(true) => Cow::Borrowed("true"),
        Value::Bool(false) => Cow::Borrowed("false"),
        Value::Null => Cow::Borrowed("null"),
        Value::Number(number) => match number.as_f64() {
            Some(value) if number.is_f64() => Cow::Owned(float(value)),
            _ => Cow::Owned(number.to_string()),
        },
        Value::Array(_) | Value::Object(_) => Cow::Owned(write(value)),
    }
}

/// A number with the fewest digits that read back the same, whole ones without a point.
fn float(number: f64) -> String {
    if number == 0.0 { "0".to_owned() } else { number.to_string() }
}

/// Calls `each` with the path and the text of every value that is no object and no array, in the order of the text.
/// Empty objects and arrays give nothing.
pub fn flatten<'v>(value: &'v Value, mut each: impl FnMut(&str, Cow<'v, str>)) {
    walk(value, &mut String::new(), &mut each);
}

fn walk<'v>(value: &'v Value, path: &mut String, each: &mut impl FnMut(&str, Cow<'v, str>)) {
    let length = path.len();
    if length > LONGEST_NAME {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if length > 0 {
                    path.push('.');
                }
                path.push_str(name);
                walk(member, path, each);
                path.truncate(length);
            }
        }
        Value::Array(elements) => {
            path.push_str("{}");
            for element in elements {
                walk(element, path, each);
            }
            path.truncate(length);
        }
        scalar => each(path, text(scalar)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(json: &str) -> Vec<(String, String)> {
        let mut out = Vec::new();
        flatten(&parse(json).expect(json), |name, value| out.push((name.to_owned(), value.into_owned())));
        out
    }

    #[test]
    fn paths_name_fields() {
        let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        for (json, fields) in [
            (r#"{"a":{"b":1},"c":[{"d":2},{"d":"3"}]}"#, &[("a.b", "1"), ("c{}.d", "2"), ("c{}.d", "3")][..]),
            (
                r#"{"t":true,"f":false,"n":null,"e":""}"#,
                &[("t", "true"), ("f", "false"), ("n", "null"), ("e", "")],
            ),
            (r#"[1,[2.50,{"x y":"z"}]]"#, &[("{}", "1"), ("{}{}", "2.5"), ("{}{}.x y", "z")]),
            (r#"{"a":[],"b":{},"c.d":1.0}"#, &[("c.d", "1")]),
            ("7", &[("", "7")]),
            (
                r#"{"big":18446744073709551615,"small":-9223372036854775808}"#,
                &[("big", "18446744073709551615"), ("small", "-9223372036854775808")],
            ),
        ] {
            assert_eq!(flat(json), pairs(fields), "{json}");
        }
    }

    #[test]
    fn what_is_no_json_is_none() {
        for text in ["", "{", "{} {}", "{'a':1}", "nul", "[1,]"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse_container("7"), None);
        assert!(parse_container(" [7]").is_some());
        assert_eq!(parse(&"[".repeat(100_000)), None, "too deep");
        assert_eq!(parse(&format!("\"{}\"", "x".repeat(LONGEST_TEXT))), None, "too long");
    }

    #[test]
    fn long_names_are_left_out() {
        let long = "n".repeat(LONGEST_NAME + 1);
        assert_eq!(flat(&format!(r#"{{"{long}":1,"b":2}}"#)), [("b".to_owned(), "2".to_owned())]);
    }

    #[test]
    fn values_are_written_compactly() {
        let json = r#"{ "b" : [ 1.0, 2.5, "é\n" ], "a" : null }"#;
        assert_eq!(write(&parse(json).expect(json)), r#"{"b":[1,2.5,"é\n"],"a":null}"#);
    }
}
