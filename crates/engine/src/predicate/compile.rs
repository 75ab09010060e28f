//! From search expressions to formulas.
//!
//! Named assumptions: `unquoted-backslashes-escape`, `time-modifiers-without-effect`, `multivalue-compares-any`.

use super::{Formula, Predicate};
use crate::{Context, time};
use grotto_diag::{Diagnostic, Span};
use grotto_events::FieldName;
use grotto_spl::ast::{Compare, SearchExpr, SearchValue, Word};
use grotto_spl::text;

type Compiled<T> = Result<T, Box<Diagnostic>>;

/// Time modifiers and other words with `=` that choose data to read rather than compare a field. All data is read,
/// so they have no effect.
const WITHOUT_EFFECT: [&str; 19] = [
    "_index_earliest",
    "_index_latest",
    "daysago",
    "enddaysago",
    "endhoursago",
    "endminutesago",
    "endmonthsago",
    "endtime",
    "endtimeu",
    "hoursago",
    "minutesago",
    "monthsago",
    "searchtimespandays",
    "searchtimespanhours",
    "searchtimespanminutes",
    "searchtimespanmonths",
    "startdaysago",
    "starthoursago",
    "timeformat",
];
const MORE_WITHOUT_EFFECT: [&str; 5] =
    ["splunk_server", "splunk_server_group", "startminutesago", "startmonthsago", "starttime"];

impl Formula {
    /// Compiles a search expression.
    ///
    /// # Errors
    /// `engine/bad-time` for a time that can't be read; `engine/macro-left` and `engine/subsearch-left` for what
    /// must be replaced before.
    pub fn compile(expr: &SearchExpr, context: &Context) -> Compiled<Self> {
        match expr {
            SearchExpr::And(parts, _) => Ok(Self::and(compile_all(parts, context)?)),
            SearchExpr::Or(parts, _) => Ok(Self::or(compile_all(parts, context)?)),
            SearchExpr::Not(inner, _) => Ok(Self::compile(inner, context)?.negated()),
            SearchExpr::Compare { field, op, value, at } => compare(field, *op, value, at.0, context),
            SearchExpr::In { field, values, .. } => {
                let name = name(field);
                let any = values.iter().map(|value| {
                    let (text, case) = literal(value)?;
                    Ok(equal(&name, &text, case))
                });
                Ok(Self::or(any.collect::<Compiled<Vec<_>>>()?))
            }
            SearchExpr::Term(value) => term(value),
        }
    }
}

fn compile_all(parts: &[SearchExpr], context: &Context) -> Compiled<Vec<Formula>> {
    parts.iter().map(|part| Formula::compile(part, context)).collect()
}

fn name(field: &Word) -> FieldName {
    FieldName::from(text::field(field))
}

/// What a value means, and whether its letter case counts.
fn literal(value: &SearchValue) -> Compiled<(String, bool)> {
    match value {
        SearchValue::Word(word) | SearchValue::Term(word, _) => Ok((text::search(word), false)),
        SearchValue::Case(word, _) => Ok((text::search(word), true)),
        SearchValue::Macro(call) => Err(Box::new(
            Diagnostic::error("engine/macro-left", format!("the macro `{}` was not expanded", call.name))
                .at(call.at.0, ""),
        )),
        SearchValue::Subsearch(search) => Err(Box::new(
            Diagnostic::error("engine/subsearch-left", "subsearches are not supported yet")
                .at(search.at.0, "its result would become part of this search")
                .help("run the inner search by itself and write its result into the outer one"),
        )),
    }
}

fn all_stars(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b == b'*')
}

fn equal(field: &FieldName, text: &str, case: bool) -> Formula {
    if all_stars(text) {
        Predicate::exists(field.clone()).into()
    } else {
        Predicate::equal(field.clone(), text, case).into()
    }
}

fn compare(
    field: &Word,
    op: Compare,
    value: &SearchValue,
    span: Span,
    context: &Context,
) -> Compiled<Formula> {
    let name = name(field);
    let (text, case) = literal(value)?;
    if op == Compare::Equal && matches!(&*name, "earliest" | "latest") {
        return moment(&name, &text, span, context);
    }
    if op == Compare::Equal && (WITHOUT_EFFECT.contains(&&*name) || MORE_WITHOUT_EFFECT.contains(&&*name)) {
        return Ok(Formula::Always);
    }
    Ok(match op {
        Compare::Equal => equal(&name, &text, case),
        // Every value fits `*`, and the field must have one.
        Compare::NotEqual if all_stars(&text) => Formula::Never,
        Compare::NotEqual => Predicate::not_equal(name, &text, case).into(),
        other => Predicate::compare(name, other, &text).into(),
    })
}

/// `earliest=` and `latest=`: seconds since 1970, a date such as `10/27/2024:13:00:00`, or a relative time.
fn moment(name: &str, text: &str, span: Span, context: &Context) -> Compiled<Formula> {
    match time::moment(text, context) {
        Some(ns) => Ok(Predicate::time(name == "earliest", ns).into()),
        None => Err(Box::new(
            Diagnostic::error("engine/bad-time", format!("`{text}` is no time"))
                .at(span, "")
                .help("write seconds since 1970, a relative time such as -7d@d, or a date such as 10/27/2024:13:00:00"),
        )),
    }
}

fn term(value: &SearchValue) -> Compiled<Formula> {
    let (text, case) = literal(value)?;
    if text.is_empty() || all_stars(&text) {
        return Ok(Formula::Always);
    }
    Ok(Predicate::words(&text, case, matches!(value, SearchValue::Term(..))).into())
}
