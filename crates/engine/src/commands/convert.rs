//! `convert`: turns the values of fields into numbers, times or text.

use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind, Pattern, columns, is_hidden};
use crate::plan::unless;
use crate::predicate::{Formula, Predicate};
use crate::value::parse_number;
use crate::{Context, Value, time};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column, FieldName};
use grotto_spl::ast::{Arg, Word};
use grotto_spl::text;
use std::sync::Arc;

pub(super) static CONVERT: Spec = Spec {
    name: "convert",
    aliases: &[],
    summary: "Turns the values of fields into numbers, or times into text and back. `ctime` and `mktime` write and \
              read times as timeformat says; `num` makes numbers and drops what is none; `auto` leaves it; `rmcomma`, \
              `rmunit`, `memk`, `dur2sec` and `mstime` read numbers with commas, units, k/m/g, hours and minutes.",
    syntax: "convert [timeformat=<format>] <function>(<field>) [AS <name>]...",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/convert",
    deviations: &[],
    assumptions: &["wildcard-skips-internal", "convert-unreadable"],
    examples: &[
        Example {
            spl: "| convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime(firstTime)",
            input: r#"[{"firstTime": 1700000000, "n": 1}, {"firstTime": "n/a"}]"#,
            expected: r#"[{"firstTime": "2023-11-14T22:13:20", "n": 1}, {"firstTime": "n/a"}]"#,
        },
        Example {
            spl: "| convert ctime(t) AS text mktime(d)",
            input: r#"[{"t": 0, "d": "01/01/1970 00:01:00"}]"#,
            expected: r#"[{"t": 0, "d": "60", "text": "01/01/1970 00:00:00"}]"#,
        },
        Example {
            spl: "| convert num(a) auto(b) rmcomma(c) rmunit(d) memk(e) dur2sec(f) mstime(g)",
            input: r#"[{"a": "x", "b": "x", "c": "1,234", "d": "25 ms", "e": "2m", "f": "1+01:00:01", "g": "01:02.5"}]"#,
            expected: r#"[{"b": "x", "c": "1234", "d": "25", "e": "2048", "f": "90001", "g": "62.5"}]"#,
        },
    ],
    build: Build::Command(build),
};

const FUNCTIONS: [(&str, Function); 10] = [
    ("ctime", Function::Ctime),
    ("mktime", Function::Mktime),
    ("num", Function::Num),
    ("auto", Function::Auto),
    ("none", Function::None),
    ("rmcomma", Function::Rmcomma),
    ("rmunit", Function::Rmunit),
    ("memk", Function::Memk),
    ("dur2sec", Function::Dur2sec),
    ("mstime", Function::Mstime),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Function {
    Ctime,
    Mktime,
    Num,
    Auto,
    None,
    Rmcomma,
    Rmunit,
    Memk,
    Dur2sec,
    Mstime,
}

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["timeformat"])?;
    let format = split.options.text("timeformat")?.unwrap_or_else(|| "%m/%d/%Y %H:%M:%S".to_owned());
    if split.rest.is_empty() {
        return Err(call.missing("a function of a field"));
    }
    let mut conversions = Vec::new();
    for arg in split.rest {
        let (what, alias) = match arg {
            Arg::As { what, name } => (what.as_ref(), Some(name)),
            other => (other, None),
        };
        let Arg::Call { name, args } = what else { return Err(call.unexpected(arg)) };
        let function = function(call, name)?;
        let fields = call.patterns(&args.iter().collect::<Vec<_>>())?;
        if alias.is_some() && fields.len() > 1 {
            return Err(call.bad(arg.span(), "several fields can't have one name"));
        }
        for field in fields {
            let output = alias.map_or_else(|| field.clone(), |name| Pattern::new(&text::field(name)));
            if output.stars() != field.stars() {
                return Err(
                    call.bad(arg.span(), "the name after AS must have as many wildcards as the field")
                );
            }
            conversions.push(Conversion { function, field, output });
        }
    }
    Ok(Box::new(Convert { conversions, format, context: call.context.clone() }))
}

fn function(call: &Call<'_>, name: &Word) -> Result<Function, Box<Diagnostic>> {
    let found = FUNCTIONS.iter().find(|(known, _)| name.raw.eq_ignore_ascii_case(known));
    found
        .map(|(_, function)| *function)
        .ok_or_else(|| call.unsupported(name.at.0, &format!("there is no conversion `{}`", name.raw)))
}

struct Conversion {
    function: Function,
    field: Pattern,
    output: Pattern,
}

struct Convert {
    conversions: Vec<Conversion>,
    format: String,
    context: Context,
}

impl Command for Convert {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn keeps_rows(&self) -> bool {
        true
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        for Conversion { field, output, .. } in self.conversions.iter().rev() {
            if field == output {
                continue;
            }
            if output.is_plain() {
                if needs.contains(output.text()) {
                    // The target stays needed: whether it was there decides whether an empty result leaves it known.
                    needs.insert(field.text());
                }
            } else {
                needs.insert_pattern(field);
            }
        }
        needs
    }

    fn before(&self, after: &Arc<Predicate>) -> Formula {
        unless(!self.leaves(after.field()), after)
    }

    fn leaves(&self, field: &str) -> bool {
        !self.conversions.iter().any(|one| one.output.matches(field))
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let spared = |name: &FieldName| {
            self.conversions.iter().any(|c| c.function == Function::None && c.field.matches(name))
        };
        let mut done: Vec<FieldName> = Vec::new();
        for Conversion { function, field, output } in &self.conversions {
            let names = rows.names().filter(|name| !is_hidden(name) && field.matches(name));
            // A field that was named before keeps its conversion when a wildcard fits it too; one that `none` names is
            // left alone wherever that stands.
            let fields: Vec<FieldName> =
                names.filter(|n| field.is_plain() || !(done.contains(n) || spared(n))).cloned().collect();
            done.extend(fields.iter().cloned());
            if *function == Function::None {
                continue;
            }
            for name in fields {
                let to = output.fill(&field.captures(&name).unwrap_or_default());
                let Some(column) = rows.column(&name) else { continue };
                let column = self.converted(*function, column);
                let to = if *to == *name { Arc::clone(&name) } else { to.into() };
                rows.set(to, column);
            }
        }
        Ok(rows)
    }
}

impl Convert {
    fn converted(&self, function: Function, column: &Column) -> Column {
        let value = |row| match Value::from(column.cell(row)) {
            Value::Null => Value::Null,
            Value::List(list) => Value::list(
                list.into_iter()
                    .map(|text| self.value(function, Value::Text(text)))
                    .filter(|value| !value.is_null())
                    .map(|value| value.text())
                    .collect(),
            ),
            one => self.value(function, one),
        };
        columns::column(&(0..column.len()).map(value).collect::<Vec<_>>())
    }

    /// Converts one value. `num` drops what it can't read, the others leave it as it is.
    fn value(&self, function: Function, value: Value) -> Value {
        let converted = match function {
            Function::None => None,
            Function::Ctime => time::of_value(&value)
                .map(|ns| Value::Text(time::format(ns, &self.format, &self.context.timezone))),
            Function::Mktime => time::parse(&value.text(), &self.format, &self.context).map(Value::Time),
            Function::Num => return numeric(value).unwrap_or_default(),
            Function::Auto => return numeric(value.clone()).unwrap_or(value),
            Function::Rmcomma => Some(Value::Text(value.text().replace(',', ""))),
            Function::Rmunit => leading_number(&value.text()).map(Value::Text),
            Function::Memk => memory(&value.text()).map(Value::Float),
            Function::Dur2sec => duration(&value.text()).map(Value::Int),
            Function::Mstime => minutes(&value.text()).map(Value::Float),
        };
        converted.unwrap_or(value)
    }
}

/// The value if it is a number, or text that a number, a size, a duration or such can be read from.
fn numeric(value: Value) -> Option<Value> {
    if value.number().is_some() {
        return Some(value);
    }
    let text = value.text();
    let bare = text.replace(',', "");
    if parse_number(&bare).is_some() {
        return Some(Value::Text(bare));
    }
    duration(&text).map(Value::Int)
}

/// The number at the start of `25 ms`.
fn leading_number(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = text.trim_start_matches(['-', '+']);
    let end = digits.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(digits.len());
    let number = &text[..text.len() - digits.len() + end];
    parse_number(number).map(|_| number.to_owned())
}

/// A size in k, m or g, in kilobytes.
fn memory(text: &str) -> Option<f64> {
    let text = text.trim();
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text[number.len()..].to_ascii_lowercase().as_str() {
        "" | "k" | "kb" => 1.0,
        "m" | "mb" => 1024.0,
        "g" | "gb" => 1024.0 * 1024.0,
        _ => return None,
    };
    Some(parse_number(number)? * factor)
}

/// `[days+]HH:MM:SS` in seconds.
fn duration(text: &str) -> Option<i64> {
    let (days, clock) = text.trim().split_once('+').unwrap_or(("0", text.trim()));
    let parts: Vec<i64> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let seconds = match parts.as_slice() {
        [hours, minutes, seconds] if parts.iter().all(|part| (0..100_000).contains(part)) => {
            hours * 3600 + minutes * 60 + seconds
        }
        _ => return None,
    };
    days.parse::<i64>().ok()?.checked_mul(86_400)?.checked_add(seconds)
}

/// `[MM:]SS.SSS` in seconds.
fn minutes(text: &str) -> Option<f64> {
    let (minutes, seconds) = text.trim().split_once(':').unwrap_or(("0", text.trim()));
    Some(parse_number(minutes)?.mul_add(60.0, parse_number(seconds)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::testing::check;

    #[test]
    fn none_spares_a_field_before_and_after_a_wildcard() {
        for spl in ["| convert none(b) num(*)", "| convert num(*) none(b)"] {
            check(spl, r#"[{"a": "x", "b": "x", "c": "1"}]"#, r#"[{"b": "x", "c": "1"}]"#);
        }
    }

    #[test]
    fn numbers_in_many_forms() {
        assert_eq!(leading_number(" -2.5GB"), Some("-2.5".to_owned()));
        assert_eq!(leading_number("GB"), None);
        assert_eq!((memory("10"), memory("3g"), memory("3x")), (Some(10.0), Some(3_145_728.0), None));
        assert_eq!(
            (duration("00:01:01"), duration("2+0:0:1"), duration("1:1")),
            (Some(61), Some(172_801), None)
        );
        assert_eq!(duration("9223372036854775807+0:0:1"), None);
        assert_eq!((minutes("1.5"), minutes("1:a")), (Some(1.5), None));
    }
}
