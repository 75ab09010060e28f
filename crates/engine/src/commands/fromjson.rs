//! `fromjson`: makes fields of the members of a JSON object.

use super::extraction::Found;
use super::{Build, Call, Example, Spec, extraction};
use crate::pipeline::{Command, FieldSet, Kind};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, json};
use serde_json::Value as Json;

pub(super) static FROMJSON: Spec = Spec {
    name: "fromjson",
    aliases: &[],
    summary: "Makes a field of every member of the JSON object that a field holds. Arrays become multivalue, objects \
              inside stay JSON.",
    syntax: "fromjson <field> [prefix=<text>]",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/fromjson",
    deviations: &["Numbers lose zeros at the end of their fraction"],
    assumptions: &["fromjson-members"],
    examples: &[
        Example {
            spl: "| fromjson object",
            input: r#"[{"object": "{\"name\": \"Ann\", \"age\": 63}"}, {"object": "none", "age": 1}]"#,
            expected: r#"[{"object": "{\"name\": \"Ann\", \"age\": 63}", "age": "63", "name": "Ann"}, {"object": "none", "age": "1"}]"#,
        },
        Example {
            spl: "| fromjson object prefix=j_ | fields - object",
            input: r#"[{"object": "{\"a\": [1, \"x\", {\"b\": null}], \"c\": {\"d\": 1}, \"e\": null, \"f\": []}"}]"#,
            expected: r#"[{"j_a": ["1", "x", "{\"b\":null}"], "j_c": "{\"d\":1}"}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["prefix"])?;
    let field = call.one_field(&split.rest)?;
    Ok(Box::new(Fromjson { field, prefix: split.options.text("prefix")?.unwrap_or_default() }))
}

struct Fromjson {
    field: String,
    prefix: String,
}

impl Command for Fromjson {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        extraction::needs(after, &self.field)
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        extraction::from_field("fromjson", rows, &self.field, |text, found| self.extract(text, found))
    }
}

impl Fromjson {
    fn extract(&self, text: &str, found: &mut Found) {
        let objects = match json::parse_container(text) {
            Some(Json::Array(elements)) => elements,
            Some(object) => vec![object],
            None => return,
        };
        for members in objects.iter().filter_map(Json::as_object) {
            for (name, member) in members {
                let name = format!("{}{name}", self.prefix);
                match member {
                    Json::Null => {}
                    Json::Array(elements) => {
                        for element in elements {
                            found.add(&name, json::text(element));
                        }
                    }
                    other => found.add(&name, json::text(other)),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::pipeline::testing::{check, plan};

    #[test]
    fn several_objects_give_several_values() {
        check(
            "| fromjson j | table a",
            r#"[{"j": "[{\"a\": 1}, {\"a\": true}, 7]"}, {"j": ["{\"a\": \"x\"}", "{\"a\": \"y\"}"]}, {"j": "{\"a\""}]"#,
            r#"[{"a": ["1", "true"]}, {"a": ["x", "y"]}, {}]"#,
        );
        assert_eq!(plan("| fromjson").expect_err("no field").slug, "spl/missing-argument");
    }
}
