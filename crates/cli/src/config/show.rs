//! What counts, and where it comes from.

use super::keys::{KEYS, Key};
use super::{Config, Value};
use serde_json::json;
use std::fmt::Write;
use std::sync::Arc;

/// As TOML, with the origin of each value in a remark.
pub(super) fn toml(config: Option<&Config>) -> String {
    let mut text = match config {
        Some(config) => format!("# {}\n", config.source.name),
        None => "# no grotto.toml was found, or none was wanted\n".to_owned(),
    };
    let mut section = "";
    for key in &KEYS {
        if key.section != section {
            section = key.section;
            let _ = write!(text, "\n[{section}]\n");
        }
        let _ = match (value_of(config, key), key.default) {
            (Some((config, value)), _) => {
                writeln!(text, "{} = {} # {}", key.name, literal(key, value), origin(config, value))
            }
            (None, "") => writeln!(text, "# {} is not set", key.name),
            (None, default) => writeln!(text, "{} = {default} # default", key.name),
        };
    }
    let settings = config.map(|c| Arc::clone(&c.settings)).unwrap_or_default();
    text.push_str("\n[filters]\n");
    for tuned in &settings.macros {
        let name = match tuned.definition.arguments.len() {
            0 => tuned.definition.name.clone(),
            arguments => format!("{}({arguments})", tuned.definition.name),
        };
        let _ =
            writeln!(text, "{} = {} # {}", quoted(&name), quoted(&tuned.definition.definition), tuned.origin);
    }
    text.push_str("\n[lint]\n");
    for (slug, level) in &settings.lints {
        let _ = writeln!(text, "{} = {}", quoted(slug), quoted(level.map_or("off", |l| l.name())));
    }
    text
}

/// As one JSON object: of each key its value and origin.
pub(super) fn json(config: Option<&Config>) -> String {
    let keys: serde_json::Map<String, serde_json::Value> = KEYS
        .iter()
        .map(|key| {
            let entry = match value_of(config, key) {
                Some((config, value)) => json!({ "value": words(value), "origin": origin(config, value) }),
                None => json!({ "value": null, "default": key.default, "origin": "default" }),
            };
            (key.path(), entry)
        })
        .collect();
    let settings = config.map(|c| Arc::clone(&c.settings)).unwrap_or_default();
    let filters: Vec<_> = settings
        .macros
        .iter()
        .map(|tuned| {
            let macro_ = &tuned.definition;
            json!({
                "name": macro_.name, "arguments": macro_.arguments, "definition": macro_.definition,
                "origin": tuned.origin,
            })
        })
        .collect();
    let lints: serde_json::Map<_, _> = settings
        .lints
        .iter()
        .map(|(slug, level)| (slug.clone(), level.map_or("off", |l| l.name()).into()))
        .collect();
    let file = config.map(|c| c.source.name.as_str());
    format!("{:#}\n", json!({ "file": file, "keys": keys, "filters": filters, "lint": lints }))
}

fn value_of<'a>(config: Option<&'a Config>, key: &Key) -> Option<(&'a Config, &'a Value)> {
    let config = config?;
    Some((config, config.values.iter().find(|value| value.key.path() == key.path())?))
}

fn origin(config: &Config, value: &Value) -> String {
    format!("{}:{}", config.source.name, config.source.place(value.span.start).line)
}

fn words(value: &Value) -> Vec<String> {
    value.values.iter().map(|v| v.to_string_lossy().into_owned()).collect()
}

/// The values as TOML.
fn literal(key: &Key, value: &Value) -> String {
    use super::keys::Kind;
    let words = words(value);
    match (key.kind, words.first()) {
        (Kind::Paths, _) => {
            format!("[{}]", words.iter().map(|w| quoted(w)).collect::<Vec<_>>().join(", "))
        }
        (Kind::Count, Some(number)) => number.clone(),
        (_, first) => quoted(first.map_or("", String::as_str)),
    }
}

/// A TOML string. JSON's escapes are TOML's too.
fn quoted(text: &str) -> String {
    // TOML wants DEL escaped, which JSON leaves as it is.
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use grotto_diag::Source;
    use std::path::Path;

    fn config(file: &str) -> Config {
        read::read(Arc::new(Source::new("up/grotto.toml", file)), Path::new("up")).unwrap()
    }

    #[test]
    fn values_are_shown_with_their_lines() {
        let config = config(
            "timezone = 'Asia/Tokyo'\n\nrules = 'r'\n[filters]\na_filter = '''search x=\"1\\\\2\"'''\n[lint]\n'a/b' = 'off'\n",
        );
        let text = toml(Some(&config));
        for line in [
            "# up/grotto.toml",
            "rules = [\"up/r\"] # up/grotto.toml:3",
            "timezone = \"Asia/Tokyo\" # up/grotto.toml:1",
            "max_archive_bytes = \"16G\" # default",
            "# threads is not set",
            r#""a_filter" = "search x=\"1\\\\2\"" # up/grotto.toml:5"#,
            "\"a/b\" = \"off\"",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
        let value: serde_json::Value = serde_json::from_str(&json(Some(&config))).unwrap();
        assert_eq!(value["keys"]["timezone"]["origin"], "up/grotto.toml:1");
        assert_eq!(value["keys"]["scan.format"]["origin"], "default");
        assert_eq!(value["filters"][0]["definition"], r#"search x="1\\2""#);
        assert_eq!(value["lint"]["a/b"], "off");
    }

    #[test]
    fn what_is_shown_is_a_configuration_that_says_the_same() {
        let first = toml(Some(&config(&super::super::page::example())));
        let again = toml(Some(
            &read::read(Arc::new(Source::new("up/grotto.toml", first.as_str())), Path::new("")).unwrap(),
        ));
        let bare = |text: &str| -> Vec<String> {
            text.lines().map(|l| l.rsplit_once(" # ").map_or(l, |(l, _)| l).to_owned()).collect()
        };
        assert_eq!(bare(&first), bare(&again));
        assert!(toml(None).contains("timezone = \"UTC\" # default"));
        read::read(Arc::new(Source::new("x", toml(None).as_str())), Path::new("")).unwrap();
    }
}
