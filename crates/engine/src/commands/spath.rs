//! `spath`: extracts from JSON and XML, everything or what a path leads to.

use super::extraction::Found;
use super::{Build, Call, Example, Spec, extraction};
use crate::json::Path;
use crate::pipeline::{Command, FieldSet, Kind};
use crate::xml;
use grotto_diag::Diagnostic;
use grotto_events::{Batch, json};
use grotto_spl::text;

pub(super) static SPATH: Spec = Spec {
    name: "spath",
    aliases: &[],
    summary: "Extracts from JSON and XML: the values that a path such as a.b{}.c leads to, or without a path every \
              value into a field named by its path.",
    syntax: "spath [input=<field>] [output=<field>] [path=<path> | <path>]",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/spath",
    deviations: &[
        "Without a path the whole text is read, where Splunk stops after 5,000 characters",
        "An object or array that a path leads to is written without blanks",
        "Numbers lose zeros at the end of their fraction",
    ],
    assumptions: &["spath-overwrites"],
    examples: &[
        Example {
            spl: "| spath input=j",
            input: r#"[{"j": "{\"a\": {\"b\": 1}, \"c\": [{\"d\": true}, {\"d\": null}]}"}, {"j": "none"}]"#,
            expected: r#"[{"j": "{\"a\": {\"b\": 1}, \"c\": [{\"d\": true}, {\"d\": null}]}", "a.b": "1", "c{}.d": ["true", "null"]}, {"j": "none"}]"#,
        },
        Example {
            spl: "| spath output=user user.name | spath path=tags{1} | table user tags{1}",
            input: r#"[{"_raw": "{\"user\": {\"name\": \"ann\"}, \"tags\": [\"x\", \"y\"]}"}, {"_raw": "{}", "user": "kept"}]"#,
            expected: r#"[{"user": "ann", "tags{1}": "y"}, {"user": "kept"}]"#,
        },
        Example {
            spl: "| spath input=x output=lang path=shop.item{@lang} | spath input=x | fields - x",
            input: r#"[{"x": "<shop><item lang='en'>a</item><item lang='de'>b</item></shop>"}]"#,
            expected: r#"[{"lang": ["en", "de"], "shop.item{@lang}": ["en", "de"], "shop.item": ["a", "b"]}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["input", "output", "path"])?;
    let input = split.options.word("input")?.map_or_else(|| "_raw".to_owned(), text::field);
    let output = split.options.word("output")?;
    let path = match (split.options.word("path")?, split.rest.as_slice()) {
        (Some(word), []) => Some(word),
        (None, []) => None,
        (None, [arg]) => Some(arg.word().ok_or_else(|| call.unexpected(arg))?),
        (_, [.., last]) => return Err(call.unexpected(last)),
    };
    let Some(path) = path else {
        return match output {
            Some(word) => Err(call.bad(word.at.0, "`output` needs a path")),
            None => Ok(Box::new(Spath { input, wanted: None })),
        };
    };
    let written = text::argument(path);
    let Some(parsed) = Path::parse(&written) else { return Err(call.bad(path.at.0, "this is no path")) };
    let output = output.map_or(written, text::field);
    Ok(Box::new(Spath { input, wanted: Some((parsed, output)) }))
}

struct Spath {
    input: String,
    /// The path, and the field that it goes to; everything without.
    wanted: Option<(Path, String)>,
}

impl Command for Spath {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        extraction::needs(after, &self.input)
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        extraction::from_field("spath", rows, &self.input, |text, found| self.extract(text, found))
    }
}

impl Spath {
    fn extract(&self, text: &str, found: &mut Found) {
        if let Some((path, output)) = &self.wanted {
            for value in values(text, path) {
                found.add(output, value);
            }
        } else if let Some(document) = json::parse_container(text) {
            json::flatten(&document, |name, value| found.add(name, value));
        } else if let Some(root) = xml::parse(text) {
            root.flatten(|name, value| found.add(name, value));
        }
    }
}

/// The values that a path leads to in a text; for the eval function of the same name too.
pub(crate) fn values(text: &str, path: &Path) -> Vec<String> {
    if let Some(document) = json::parse_container(text) {
        return path.select(&document).parts.into_iter().map(|part| json::text(part).into_owned()).collect();
    }
    xml::parse(text).map_or_else(Vec::new, |root| root.select(path))
}

#[cfg(test)]
mod tests {
    use crate::pipeline::testing::{check, plan};

    #[test]
    fn arguments() {
        for (spl, slug) in [
            ("| spath output=x", "spl/bad-argument"),
            ("| spath a b", "spl/unexpected-argument"),
            ("| spath path=a b", "spl/unexpected-argument"),
            ("| spath path=\"\"", "spl/bad-argument"),
            ("| spath from=x", "engine/unsupported-option"),
        ] {
            assert_eq!(plan(spl).expect_err(spl).slug, slug, "{spl}");
        }
    }

    #[test]
    fn events_of_windows_are_xml() {
        check(
            "| spath | table Event.System.EventID Event.EventData.Data{@Name} Event.EventData.Data",
            r#"[{"_raw": "<Event><System><EventID>1</EventID></System><EventData><Data Name='a'>x</Data><Data Name='b'></Data></EventData></Event>"}]"#,
            r#"[{"Event.System.EventID": "1", "Event.EventData.Data{@Name}": ["a", "b"], "Event.EventData.Data": "x"}]"#,
        );
    }

    #[test]
    fn an_object_is_its_text_and_hidden_names_are_none() {
        check(
            "| spath input=j path=o output=p | spath input=j",
            r#"[{"j": "{\"o\": {\"n\": 1.50}, \"\\u0000order\": 1, \"\": 2}"}]"#,
            r#"[{"j": "{\"o\": {\"n\": 1.50}, \"\\u0000order\": 1, \"\": 2}", "p": "{\"n\":1.5}", "o.n": "1.5"}]"#,
        );
    }
}
