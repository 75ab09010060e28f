//! The JSON form of a data model.

use super::inherit::{Own, resolve};
use super::{Base, Calculation, DataModel, Field, FieldKind, How};
use crate::conf::Placed;
use grotto_diag::{Diagnostic, Source, Span};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;

#[derive(Deserialize)]
struct ModelJson<'a> {
    #[serde(rename = "displayName")]
    display_name: Option<String>,
    #[serde(borrow)]
    objects: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ObjectJson<'a> {
    object_name: String,
    display_name: Option<String>,
    parent_name: Option<String>,
    #[serde(borrow)]
    base_search: Option<&'a RawValue>,
    #[serde(borrow, default)]
    constraints: Vec<ConstraintJson<'a>>,
    #[serde(default)]
    fields: Vec<FieldJson>,
    #[serde(borrow, default)]
    calculations: Vec<CalculationJson<'a>>,
    #[serde(default)]
    objects_to_group: Vec<String>,
    #[serde(default)]
    group_by_fields: Vec<String>,
    transaction_max_pause: Option<String>,
    transaction_max_time_span: Option<String>,
}

#[derive(Deserialize)]
struct ConstraintJson<'a> {
    #[serde(borrow)]
    search: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FieldJson {
    field_name: String,
    owner: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    multivalue: bool,
    #[serde(default)]
    hidden: bool,
    /// In a calculation by lookup: the column that fills the field.
    lookup_output_field_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CalculationJson<'a> {
    calculation_type: String,
    #[serde(borrow)]
    expression: Option<&'a RawValue>,
    input_field: Option<String>,
    #[serde(borrow)]
    lookup_name: Option<&'a RawValue>,
    #[serde(default)]
    lookup_inputs: Vec<LookupInputJson>,
    #[serde(default)]
    output_fields: Vec<FieldJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LookupInputJson {
    input_field: String,
    lookup_field: String,
}

pub(super) fn parse(name: &str, source: &Arc<Source>) -> (Option<DataModel>, Vec<Diagnostic>) {
    let model: ModelJson<'_> = match serde_json::from_str(&source.text) {
        Ok(model) => model,
        Err(error) => return (None, vec![refused(source, 0, &error)]),
    };
    let mut problems = Vec::new();
    let mut own = Vec::new();
    for raw in model.objects {
        match serde_json::from_str::<ObjectJson<'_>>(raw.get()) {
            Ok(object) => own.push(Reader { source, problems: &mut problems }.object(raw, object)),
            Err(error) => problems.push(refused(source, span_of(source, raw).start, &error)),
        }
    }
    let nodes = resolve(&own, &mut problems);
    let display_name = model.display_name.unwrap_or_else(|| name.to_owned());
    (Some(DataModel { name: name.to_owned(), display_name, nodes }), problems)
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    problems: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn object(&mut self, raw: &RawValue, object: ObjectJson<'_>) -> Own {
        let place = self.placed_at(raw, object.object_name.clone());
        let parent = object.parent_name.unwrap_or_else(|| "BaseEvent".to_owned());
        let base = match parent.as_str() {
            "BaseEvent" => Some(Base::Event),
            "BaseSearch" => {
                Some(Base::Search(object.base_search.map_or_else(|| place.part(""), |s| self.text(s))))
            }
            "BaseTransaction" => Some(Base::Transaction {
                of: object.objects_to_group,
                by: object.group_by_fields,
                max_pause: object.transaction_max_pause.filter(|t| !t.is_empty()),
                max_span: object.transaction_max_time_span.filter(|t| !t.is_empty()),
            }),
            _ => None,
        };
        Own {
            display_name: object.display_name.unwrap_or_else(|| object.object_name.clone()),
            constraints: object.constraints.iter().map(|c| self.text(c.search)).collect(),
            fields: object.fields.into_iter().map(|f| self.field(&place, f)).collect(),
            calculations: object
                .calculations
                .into_iter()
                .filter_map(|c| self.calculation(&place, c))
                .collect(),
            name: place,
            parent,
            base,
        }
    }

    fn calculation(&mut self, object: &Placed, calculation: CalculationJson<'_>) -> Option<Calculation> {
        let expression = |reader: &Self| {
            calculation.expression.map(|e| reader.text(e)).filter(|e| !e.text.trim().is_empty())
        };
        let how = match calculation.calculation_type.as_str() {
            "Eval" => expression(self).map(How::Eval),
            "Rex" => expression(self).map(|regex| How::Rex {
                input: calculation.input_field.unwrap_or_else(|| "_raw".to_owned()),
                regex,
            }),
            "Lookup" => calculation.lookup_name.map(|table| How::Lookup {
                table: self.text(table),
                matches: lookup_matches(calculation.lookup_inputs, calculation.input_field),
                outputs: calculation
                    .output_fields
                    .iter()
                    .map(|f| {
                        (
                            f.lookup_output_field_name.clone().unwrap_or_else(|| f.field_name.clone()),
                            f.field_name.clone(),
                        )
                    })
                    .collect(),
            }),
            "GeoIP" => calculation.input_field.map(|input| How::GeoIp { input }),
            _ => None,
        };
        if how.is_none() {
            self.problems.push(object.warning(
                "model/bad-calculation",
                format!(
                    "a calculation of kind {:?} in {} can't be used",
                    calculation.calculation_type, object.text
                ),
            ));
        }
        let outputs = calculation.output_fields.into_iter().map(|f| self.field(object, f)).collect();
        Some(Calculation { how: how?, outputs })
    }

    fn field(&mut self, object: &Placed, field: FieldJson) -> Field {
        let kind =
            match field.kind.as_deref() {
                None | Some("string") => FieldKind::String,
                Some("number") => FieldKind::Number,
                Some("boolean") => FieldKind::Boolean,
                Some("ipv4") => FieldKind::Ipv4,
                Some("timestamp") => FieldKind::Timestamp,
                Some("objectCount") => FieldKind::ObjectCount,
                Some("childCount") => FieldKind::ChildCount,
                Some(other) => {
                    self.problems.push(object.warning(
                        "model/bad-type",
                        format!("{other:?} is no type of a field; taken as string"),
                    ));
                    FieldKind::String
                }
            };
        let owner = field.owner.unwrap_or_else(|| object.text.clone());
        let owner = if owner.starts_with("Base") && !owner.contains('.') { String::new() } else { owner };
        Field {
            name: field.field_name,
            owner,
            kind,
            required: field.required,
            multivalue: field.multivalue,
            hidden: field.hidden,
        }
    }

    /// The text of a JSON string and its place.
    fn text(&self, raw: &RawValue) -> Placed {
        let text = serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned());
        self.placed_at(raw, text)
    }

    fn placed_at(&self, raw: &RawValue, text: String) -> Placed {
        Placed { text, source: Arc::clone(self.source), span: span_of(self.source, raw) }
    }
}

/// A lookup may name one field (matched by the column of the same name) or pairs.
fn lookup_matches(inputs: Vec<LookupInputJson>, input: Option<String>) -> Vec<(String, String)> {
    let mut matches: Vec<(String, String)> =
        inputs.into_iter().map(|i| (i.lookup_field, i.input_field)).collect();
    if matches.is_empty() {
        matches.extend(input.map(|field| (field.clone(), field)));
    }
    matches
}

/// Where a value that was borrowed from the text stands in it.
fn span_of(source: &Source, raw: &RawValue) -> Span {
    let start = (raw.get().as_ptr() as usize).saturating_sub(source.text.as_ptr() as usize);
    if start > source.text.len() { Span::default() } else { Span::new(start, start + raw.get().len()) }
}

/// What serde says, at the place where it says it; `from` is where the text that it read begins.
fn refused(source: &Arc<Source>, from: usize, error: &serde_json::Error) -> Diagnostic {
    let text = source.text.get(from..).unwrap_or_default();
    let line_start: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let mut at = (from + line_start + error.column().saturating_sub(1)).min(source.text.len());
    while !source.text.is_char_boundary(at) {
        at -= 1;
    }
    Diagnostic::error("model/bad-json", format!("not a data model: {error}"))
        .at(Span::new(at, at), "")
        .in_source(source)
}
