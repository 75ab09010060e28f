//! `extract`: finds pairs of keys and values in the text of events.

use super::extraction::Found;
use super::{Build, Call, Example, Spec, extraction};
use crate::pipeline::{Command, FieldSet, Kind};
use grotto_diag::Diagnostic;
use grotto_events::Batch;

pub(super) static EXTRACT: Spec = Spec {
    name: "extract",
    aliases: &["kv"],
    summary: "Makes fields of the pairs of a key and a value in the text of events. The characters that stand between \
              pairs and inside of them can be given.",
    syntax: "extract [pairdelim=<characters>] [kvdelim=<characters>] [limit=<count>] [maxchars=<count>] \
             [mv_add=<bool>] [clean_keys=<bool>] [auto=<bool>] [segment=<bool>] [reload=<bool>]",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/extract",
    deviations: &[
        "Names of extractions in transforms.conf are not supported",
        "`reload` and `segment` have no effect: nothing is cached, and no event is displayed",
    ],
    assumptions: &["extract-overwrites"],
    examples: &[
        Example {
            spl: "| extract pairdelim=\";\" kvdelim=\":\"",
            input: r#"[{"_raw": "Verdict:Phish; Rule id:\"7 8\";Site:https://x;none"}]"#,
            expected: r#"[{"_raw": "Verdict:Phish; Rule id:\"7 8\";Site:https://x;none", "Verdict": "Phish", "Rule_id": "7 8"}]"#,
        },
        Example {
            spl: "| kv",
            input: r#"[{"_raw": "at 10:00 user=ann, msg=\"a b\" _x=1&user=bob"}]"#,
            expected: r#"[{"_raw": "at 10:00 user=ann, msg=\"a b\" _x=1&user=bob", "user": "ann", "msg": "a b", "x": "1"}]"#,
        },
        Example {
            spl: "| extract mv_add=true limit=2 | fields user",
            input: r#"[{"_raw": "user=ann user=bob user=cy"}]"#,
            expected: r#"[{"user": ["ann", "bob"], "_raw": "user=ann user=bob user=cy"}]"#,
        },
    ],
    build: Build::Command(build),
};

const OPTIONS: [&str; 9] =
    ["pairdelim", "kvdelim", "limit", "maxchars", "mv_add", "clean_keys", "auto", "segment", "reload"];

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&OPTIONS)?;
    let options = &split.options;
    if let Some(arg) = split.rest.first() {
        return Err(call.unsupported(arg.span(), "extractions of transforms.conf can't be named here"));
    }
    for ignored in ["segment", "reload"] {
        options.flag(ignored, false)?;
    }
    let (pair, key) = (options.text("pairdelim")?, options.text("kvdelim")?);
    let given = pair.is_some() || key.is_some();
    Ok(Box::new(Extract {
        pair: pair.unwrap_or_else(|| " \t\r\n,;|&".to_owned()),
        key: key.unwrap_or_else(|| "=".to_owned()),
        limit: options.count("limit", 50)?,
        characters: options.count("maxchars", 10_240)?,
        several: options.flag("mv_add", false)?,
        clean: options.flag("clean_keys", true)?,
        on: given || options.flag("auto", true)?,
    }))
}

struct Extract {
    /// Characters between pairs.
    pair: String,
    /// Characters between a key and its value.
    key: String,
    limit: usize,
    characters: usize,
    several: bool,
    clean: bool,
    on: bool,
}

impl Command for Extract {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        extraction::needs(after, "_raw")
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        if !self.on {
            return Ok(rows);
        }
        extraction::from_field("extract", rows, "_raw", |text, found| self.text(text, found))
    }
}

impl Extract {
    fn text(&self, text: &str, found: &mut Found) {
        let end = text.char_indices().nth(self.characters).map_or(text.len(), |(at, _)| at);
        let mut left = self.limit;
        for (key, value) in pairs(&text[..end], &self.pair, &self.key) {
            if left == 0 {
                return;
            }
            let key = if self.clean { cleaned(key) } else { key.to_owned() };
            if self.several || !found.has(&key) {
                found.add(&key, value);
                left -= 1;
            }
        }
    }
}

/// The pairs in a text. A value in double quotes may hold anything; any other one that holds a character that
/// separates keys from values makes no pair.
pub fn pairs<'t>(text: &'t str, pair: &'t str, key: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches(|c: char| pair.contains(c) || c.is_whitespace());
            if rest.is_empty() {
                return None;
            }
            let end = rest.find(|c: char| pair.contains(c) || key.contains(c)).unwrap_or(rest.len());
            let name = rest[..end].trim();
            let Some(after) = rest[end..].chars().next().filter(|c| key.contains(*c)) else {
                rest = &rest[end..];
                continue;
            };
            let value = &rest[end + after.len_utf8()..];
            let unpadded = value.trim_start_matches(' ');
            if let Some((inside, behind)) = unpadded.strip_prefix('"').and_then(|open| open.split_once('"')) {
                rest = behind;
                if !name.is_empty() {
                    return Some((name, inside));
                }
                continue;
            }
            let end = value.find(|c: char| pair.contains(c)).unwrap_or(value.len());
            rest = &value[end..];
            let value = value[..end].trim();
            if !name.is_empty() && !value.is_empty() && !value.contains(|c: char| key.contains(c)) {
                return Some((name, value));
            }
        }
    })
}

/// A name of letters, digits and underscores that begins with no underscore, as Splunk cleans keys.
pub fn cleaned(name: &str) -> String {
    let clean: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    clean.trim_start_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::testing::{check, plan};

    #[test]
    fn texts_hold_pairs() {
        for (text, expected) in [
            ("a=1 b=2", vec![("a", "1"), ("b", "2")]),
            ("a=\"x=y, z\" b=", vec![("a", "x=y, z")]),
            ("a=b=c d=1", vec![("d", "1")]),
            ("=1 a", vec![]),
            ("a=\"open", vec![("a", "\"open")]),
            ("é=ü", vec![("é", "ü")]),
            ("", vec![]),
        ] {
            assert_eq!(pairs(text, " ,", "=").collect::<Vec<_>>(), expected, "{text}");
        }
        assert_eq!(cleaned("__a-b.c é"), "a_b_c_é");
    }

    #[test]
    fn options() {
        let input = r#"[{"_raw": "a-b=1 c=2", "c": "old"}, {"c": "kept"}]"#;
        check("| extract auto=f", input, input);
        check(
            "| extract clean_keys=f maxchars=5",
            input,
            r#"[{"_raw": "a-b=1 c=2", "c": "old", "a-b": "1"}, {"c": "kept"}]"#,
        );
        check("| extract reload=t | fields c", input, r#"[{"c": "2", "_raw": "a-b=1 c=2"}, {"c": "kept"}]"#);
        assert_eq!(
            plan("| extract access-extractions").expect_err("a name").slug,
            "engine/unsupported-argument"
        );
    }
}
