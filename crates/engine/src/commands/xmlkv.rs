//! `xmlkv`: extracts the elements of XML that stands anywhere in a text.

use super::{Build, Call, Example, Spec, extraction};
use crate::pipeline::{Command, FieldSet, Kind};
use crate::xml::unescaped;
use grotto_diag::Diagnostic;
use grotto_events::Batch;

pub(super) static XMLKV: Spec = Spec {
    name: "xmlkv",
    aliases: &[],
    summary: "Makes a field of every XML element of a text that holds text alone: <name>value</name>. The text need \
              not be XML as a whole.",
    syntax: "xmlkv [<field>] [maxinputs=<count>]",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/xmlkv",
    deviations: &["`maxinputs`, the number of events that Splunk hands over at a time, has no effect"],
    assumptions: &["xmlkv-values"],
    examples: &[
        Example {
            spl: "| xmlkv Message",
            input: r#"[{"Message": "Task Content: <?xml version='1.0'?><Task><Exec><Command>a.exe</Command><Arguments>-x &lt;y&gt;</Arguments></Exec></Task>"}, {"Message": "none", "Command": "kept"}]"#,
            expected: r#"[{"Message": "Task Content: <?xml version='1.0'?><Task><Exec><Command>a.exe</Command><Arguments>-x &lt;y&gt;</Arguments></Exec></Task>", "Command": "a.exe", "Arguments": "-x <y>"}, {"Message": "none", "Command": "kept"}]"#,
        },
        Example {
            spl: "| xmlkv maxinputs=10000 | table name kind",
            input: r#"[{"_raw": "<g><name>Go</name><kind id='1'> board </kind></g> <g><name>Chess</name><kind/></g>"}]"#,
            expected: r#"[{"name": ["Go", "Chess"], "kind": "board"}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["maxinputs"])?;
    split.options.count("maxinputs", 50_000)?;
    let field = if split.rest.is_empty() { "_raw".to_owned() } else { call.one_field(&split.rest)? };
    Ok(Box::new(Xmlkv { field }))
}

struct Xmlkv {
    field: String,
}

impl Command for Xmlkv {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        extraction::needs(after, &self.field)
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        extraction::from_field("xmlkv", rows, &self.field, |text, found| {
            elements(text, |name, value| found.add(name, unescaped(value)));
        })
    }
}

/// Calls `each` with the name and the text of every element that holds text alone. Takes time in proportion to the
/// text, whatever it is.
fn elements<'t>(text: &'t str, mut each: impl FnMut(&'t str, &'t str)) {
    let mut rest = text;
    // The tag that was opened last, and where its text begins.
    let mut open: Option<(&str, &str)> = None;
    while let Some(at) = rest.find('<') {
        let (before, tag) = (&rest[..at], &rest[at + 1..]);
        if let Some(closed) = tag.strip_prefix('/') {
            if let Some((name, start)) = open.take()
                && closed.strip_prefix(name).is_some_and(|end| end.trim_start().starts_with('>'))
            {
                // `before` is all that stands between the two tags, as no other tag was met.
                debug_assert!(start.starts_with(before), "the text between the tags");
                if !before.trim().is_empty() {
                    each(name, before.trim());
                }
            }
            rest = closed;
            continue;
        }
        open = None;
        rest = tag;
        let name = &tag[..tag.find(|c: char| !is_name(c)).unwrap_or(tag.len())];
        let Some(end) = tag.find(['<', '>']) else { return };
        if !name.is_empty() && tag[end..].starts_with('>') {
            rest = &tag[end + 1..];
            if !tag[..end].ends_with('/') {
                open = Some((name, rest));
            }
        }
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_of_text_alone() {
        for (text, expected) in [
            ("<a>1</a>", "a=1;"),
            ("x <a b='<'>1</a> y", ""),
            ("<a b=\"c\">1</a ><b>2</b>", "a=1;b=2;"),
            ("<a><b>1</b>tail</a>", "b=1;"),
            ("<a>1</b>", ""),
            ("<a>1</ab>", ""),
            ("<a/>1</a>", ""),
            ("<a> \n </a>", ""),
            ("1 < 2 <a>3</a> > 4", "a=3;"),
            ("<?xml?><n:a>1</n:a>", "n:a=1;"),
            ("<a>1", ""),
            ("<", ""),
            ("</", ""),
        ] {
            let mut found = Vec::new();
            elements(text, |name, value| found.push(format!("{name}={value};")));
            assert_eq!(found.concat(), expected, "{text}");
        }
    }

    #[test]
    fn hostile_text_takes_no_time() {
        let mut count = 0;
        for text in
            ["<".repeat(1 << 20), "<a>".repeat(1 << 18), "<a b=".repeat(1 << 18), "</a>".repeat(1 << 18)]
        {
            elements(&text, |_, _| count += 1);
        }
        assert_eq!(count, 0);
    }
}
