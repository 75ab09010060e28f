//! `tojson`: writes rows as JSON objects.

use super::{Build, Call, Example, Spec};
use crate::json::{inferred, of_datum};
use crate::pipeline::{Command, FieldSet, Kind, Pattern, columns, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, Column, FieldName, json};
use grotto_spl::ast::{Arg, Word};
use grotto_spl::text;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

pub(super) static TOJSON: Spec = Spec {
    name: "tojson",
    aliases: &[],
    summary: "Writes the fields of a row as a JSON object into one field. Functions around field names say what their \
              values become: text, numbers, truth values, JSON.",
    syntax: "tojson [auto|bool|json|none|num|str(<field>)]... [default_type=<type>] [fill_null=<bool>] \
             [include_internal=<bool>] [output_field=<field>]",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/tojson",
    deviations: &[],
    assumptions: &["tojson-types"],
    examples: &[
        Example {
            spl: "| tojson output_field=j",
            input: r#"[{"_time": 5, "b": ["x", "7"], "a": 1}, {"b": "{}"}]"#,
            expected: r#"[{"_time": 5, "b": ["x", "7"], "a": 1, "j": "{\"a\":1,\"b\":[\"x\",\"7\"]}"}, {"b": "{}", "j": "{\"b\":{}}"}]"#,
        },
        Example {
            spl: "| tojson num(n*) bool(ok) str(id) fill_null=true | fields _raw | fields - _time",
            input: r#"[{"n1": "2.5", "n2": "x", "ok": "True", "id": 7, "other": 1}, {"ok": "0"}]"#,
            expected: r#"[{"_raw": "{\"id\":\"7\",\"n1\":2.5,\"n2\":null,\"ok\":true}"}, {"_raw": "{\"id\":null,\"n1\":null,\"n2\":null,\"ok\":false}"}]"#,
        },
    ],
    build: Build::Command(build),
};

/// What the values of a field become. A value that can't is left out.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Type {
    /// Numbers, truth values and JSON by their looks.
    Auto,
    Bool,
    Json,
    /// What the field holds.
    None,
    Num,
    Str,
}

impl Type {
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "auto" => Self::Auto,
            "bool" => Self::Bool,
            "json" => Self::Json,
            "none" => Self::None,
            "num" => Self::Num,
            "str" => Self::Str,
            _ => return None,
        })
    }

    fn of(self, cell: Cell<'_>) -> Option<Json> {
        let text = || columns::with_text(cell, str::to_owned);
        match self {
            Self::None => Some(of_datum(&cell.into())),
            Self::Str => Some(Json::String(text())),
            Self::Num => Some(inferred(text().trim())).filter(Json::is_number),
            Self::Json => json::parse(&text()),
            Self::Bool => truth(&text()).map(Json::Bool),
            Self::Auto => match text() {
                text if text.eq_ignore_ascii_case("true") => Some(Json::Bool(true)),
                text if text.eq_ignore_ascii_case("false") => Some(Json::Bool(false)),
                text => Some(json::parse_container(&text).unwrap_or_else(|| inferred(&text))),
            },
        }
    }
}

fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" => Some(true),
        "false" | "f" | "no" => Some(false),
        number => crate::value::parse_number(number).map(|number| number != 0.0),
    }
}

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["default_type", "fill_null", "include_internal", "output_field"])?;
    let options = &split.options;
    let known = |word: &Word, name: &str| {
        Type::named(name)
            .ok_or_else(|| call.bad(word.at.0, "the types are auto, bool, json, none, num and str"))
    };
    let default = match options.word("default_type")? {
        Some(word) => known(word, &text::argument(word))?,
        None => Type::None,
    };
    let mut fields = Vec::new();
    for arg in split.rest {
        match arg {
            Arg::Call { name, args } => {
                let kind = known(name, &name.raw)?;
                let patterns = call.patterns(&args.iter().collect::<Vec<_>>())?;
                fields.extend(patterns.into_iter().map(|pattern| (pattern, kind)));
            }
            Arg::Word(word) => fields.push((Pattern::new(&text::field(word)), default)),
            other => return Err(call.unexpected(other)),
        }
    }
    Ok(Box::new(Tojson {
        fields,
        default,
        fill: options.flag("fill_null", false)?,
        internal: options.flag("include_internal", false)?,
        output: options.word("output_field")?.map_or_else(|| "_raw".to_owned(), text::field),
    }))
}

struct Tojson {
    /// Every field when there is none.
    fields: Vec<(Pattern, Type)>,
    default: Type,
    fill: bool,
    internal: bool,
    output: String,
}

impl Command for Tojson {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        if self.fields.is_empty() {
            return FieldSet::all();
        }
        let mut needs = after.clone();
        self.fields.iter().for_each(|(pattern, _)| needs.insert_pattern(pattern));
        needs
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        // By name, so that the text does not depend on the order in which columns came up.
        let fields: BTreeMap<FieldName, Type> =
            rows.names().filter_map(|name| Some((name.clone(), self.kind_of(name)?))).collect();
        let objects: Vec<Option<String>> =
            (0..rows.rows()).map(|row| Some(json::write(&self.object(&rows, row, &fields)))).collect();
        rows.set(self.output.as_str(), Column::text(objects));
        Ok(rows)
    }
}

impl Tojson {
    /// What a field becomes, if it is written at all.
    fn kind_of(&self, name: &str) -> Option<Type> {
        if is_hidden(name) {
            return None;
        }
        if self.fields.is_empty() {
            return (self.internal || !name.starts_with('_')).then_some(self.default);
        }
        self.fields.iter().find(|(pattern, _)| pattern.matches(name)).map(|(_, kind)| *kind)
    }

    fn object(&self, rows: &Batch, row: usize, fields: &BTreeMap<FieldName, Type>) -> Json {
        let mut object = Map::new();
        for (name, kind) in fields {
            let value = match rows.cell(name, row) {
                Cell::Null => None,
                Cell::List(values, from, to) if *kind != Type::None && to - from > 1 => {
                    let values: Vec<Json> =
                        (from..to).filter_map(|i| kind.of(Cell::Text(values.value(i)))).collect();
                    (!values.is_empty()).then_some(Json::Array(values))
                }
                cell => kind.of(cell),
            };
            match value {
                Some(value) => object.insert(name.to_string(), value),
                None if self.fill => object.insert(name.to_string(), Json::Null),
                None => None,
            };
        }
        Json::Object(object)
    }
}

#[cfg(test)]
mod tests {
    use crate::pipeline::testing::{check, plan};

    #[test]
    fn types() {
        check(
            "| tojson auto(a) json(b) none(c) default_type=str d output_field=j | fields j",
            r#"[{"a": ["true", "7", "x", "[1]"], "b": "{\"k\":1}", "c": "5", "d": 6}, {"b": "{", "a": "007"}]"#,
            r#"[{"j": "{\"a\":[true,7,\"x\",[1]],\"b\":{\"k\":1},\"c\":5,\"d\":\"6\"}"}, {"j": "{\"a\":\"007\"}"}]"#,
        );
        check(
            "| tojson include_internal=t output_field=j | fields j | fields - _time",
            r#"[{"_time": 5, "a": 1}]"#,
            r#"[{"j": "{\"_time\":5,\"a\":1}"}]"#,
        );
        assert_eq!(plan("| tojson int(a)").expect_err("a type").slug, "spl/bad-argument");
        assert_eq!(plan("| tojson default_type=x").expect_err("a type").slug, "spl/bad-argument");
    }
}
