//! `outlier`: removes or cuts numbers that are far out.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, Pattern, columns, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::Arg;

pub(super) static OUTLIER: Spec = Spec {
    name: "outlier",
    aliases: &[],
    summary: "Cuts numbers that are further above the third quartile than 2.5 times the range between the quartiles, or removes their rows.",
    syntax: "outlier [action=transform|tf|remove|rm] [mark=<bool>] [param=<number>] [uselower=<bool>] [type=iqr] [<fields>]",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/outlier",
    deviations: &[],
    assumptions: &["outlier-quartiles", "wildcard-skips-internal"],
    examples: &[
        Example {
            spl: "| outlier action=RM n",
            input: r#"[{"n": 1}, {"n": 2}, {"n": 3}, {"n": 4}, {"n": 100}]"#,
            expected: r#"[{"n": 1}, {"n": 2}, {"n": 3}, {"n": 4}]"#,
        },
        Example {
            spl: "| outlier mark=t param=1",
            input: r#"[{"n": 1}, {"n": 2}, {"n": 3}, {"n": 4}, {"n": 100}]"#,
            expected: r#"[{"n": "1"}, {"n": "2"}, {"n": "3"}, {"n": "4"}, {"n": "0006"}]"#,
        },
        Example {
            spl: "| outlier uselower=t action=rm n",
            input: r#"[{"n": -50}, {"n": 2}, {"n": 3}, {"n": 4}, {"n": 5}]"#,
            expected: r#"[{"n": 2}, {"n": 3}, {"n": 4}, {"n": 5}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["action", "mark", "param", "uselower", "type"])?;
    split.options.choice("type", &["iqr"])?;
    let action = split.options.choice("action", &["tf", "transform", "rm", "remove"])?;
    let factor = split.options.number("param")?.unwrap_or(2.5);
    if factor < 0.0 {
        let at = split.options.get("param").map(Arg::span).unwrap_or_default();
        return Err(call.bad(at, "`param` can't be negative"));
    }
    let fields = if split.rest.is_empty() { vec![Pattern::new("*")] } else { call.patterns(&split.rest)? };
    Ok(Box::new(Outlier {
        fields,
        remove: matches!(action, Some("rm" | "remove")),
        mark: split.options.flag("mark", false)?,
        factor,
        lower: split.options.flag("uselower", false)?,
    }))
}

/// Also what `anomalydetection` does with `method=iqr`.
pub(super) struct Outlier {
    pub(super) fields: Vec<Pattern>,
    /// Remove rows instead of cutting values.
    pub(super) remove: bool,
    /// Put zeros before values that were cut.
    pub(super) mark: bool,
    /// How many times the range between the quartiles is still normal.
    pub(super) factor: f64,
    /// Look below the first quartile too.
    pub(super) lower: bool,
}

impl Outlier {
    /// The smallest and largest normal number of a column; nothing for one without numbers.
    fn normal(&self, numbers: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
        let mut sorted: Vec<f64> = numbers.collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        // By nearest rank, as perc gives them.
        let quartile = |percent: usize| sorted[(percent * sorted.len() / 100).min(last)];
        let (first, third) = (quartile(25), quartile(75));
        let reach = self.factor * (third - first);
        Some((if self.lower { first - reach } else { f64::NEG_INFINITY }, third + reach))
    }
}

impl Command for Outlier {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        self.fields.iter().for_each(|pattern| needs.insert_pattern(pattern));
        needs
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let fits = |name: &str| !is_hidden(name) && self.fields.iter().any(|pattern| pattern.matches(name));
        let names: Vec<_> = rows.names().filter(|name| fits(name)).cloned().collect();
        let mut normal = vec![true; rows.rows()];
        for name in names {
            let number = |row: usize| columns::number(rows.cell(&name, row));
            let Some((low, high)) = self.normal((0..rows.rows()).filter_map(number)) else { continue };
            let outside: Vec<Option<f64>> = (0..rows.rows())
                .map(|row| number(row).filter(|n| *n < low || *n > high).map(|n| n.clamp(low, high)))
                .collect();
            if self.remove {
                normal.iter_mut().zip(&outside).for_each(|(normal, cut)| *normal &= cut.is_none());
                continue;
            }
            let value = |(row, cut): (usize, &Option<f64>)| match cut {
                Some(cut) if self.mark => Value::Text(format!("000{}", crate::value::format_number(*cut))),
                Some(cut) => Value::Float(*cut),
                None => rows.cell(&name, row).into(),
            };
            let values: Vec<Value> = outside.iter().enumerate().map(value).collect();
            rows.set(name, columns::column(&values));
        }
        Ok(if self.remove { rows.filter(&normal.into()) } else { rows })
    }
}
