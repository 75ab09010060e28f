//! `anomalydetection`: finds rows whose values are rarely seen together.

use super::outlier::Outlier;
use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, Pattern, columns, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use grotto_spl::ast::Arg;
use rustc_hash::FxHashMap;

pub(super) static ANOMALYDETECTION: Spec = Spec {
    name: "anomalydetection",
    aliases: &[],
    summary: "Gives every row a probability, the product of how frequent each of its values is, and keeps or marks the rows whose probability is unusually small.",
    syntax: "anomalydetection [method=histogram|iqr] [action=filter|annotate|summary|remove|transform] [pthresh=<number>] [cutoff=<bool>] [<fields>]",
    kind: Kind::Transforming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/anomalydetection",
    deviations: &["`method=zscore` is not supported: its formula is not documented"],
    assumptions: &["anomaly-cutoff", "anomaly-histogram", "outlier-quartiles", "wildcard-skips-internal"],
    examples: &[
        Example {
            spl: "| anomalydetection pthresh=0.2 u",
            input: r#"[{"u": "a"}, {"u": "a"}, {"u": "a"}, {"u": "a"}, {"u": "b"}]"#,
            expected: r#"[{"u": "b", "log_event_prob": -1.6094379124341003, "max_freq": 0.2, "probable_cause": "u", "probable_cause_freq": 0.2}]"#,
        },
        Example {
            spl: "| anomalydetection pthresh=0.1 action=annotate | table u probable_cause",
            input: r#"[{"u": "a", "k": "x"}, {"u": "a", "k": "x"}, {"u": "a", "k": "x"}, {"u": "b", "k": "y"}]"#,
            expected: r#"[{"u": "a"}, {"u": "a"}, {"u": "a"}, {"u": "b", "probable_cause": "k"}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["method", "action", "pthresh", "cutoff", "mark", "param", "uselower"])?;
    let options = &split.options;
    let at = |name| options.get(name).map(Arg::span).unwrap_or_default();
    let fields = if split.rest.is_empty() { vec![Pattern::new("*")] } else { call.patterns(&split.rest)? };
    let threshold = options.number("pthresh")?;
    match options.choice("method", &["histogram", "iqr", "zscore"])? {
        Some("zscore") => {
            return Err(call
                .unsupported(at("method"), "method=zscore is not supported: its formula is not documented"));
        }
        Some("iqr") => {
            if threshold.is_some() {
                return Err(call.bad(at("pthresh"), "method=iqr takes no `pthresh`"));
            }
            let action = options.choice("action", &["remove", "rm", "transform", "tf"])?;
            return Ok(Box::new(Outlier {
                fields,
                remove: matches!(action, Some("remove" | "rm")),
                mark: options.flag("mark", false)?,
                factor: options.number("param")?.unwrap_or(2.5),
                lower: options.flag("uselower", false)?,
            }));
        }
        _ => {}
    }
    for name in ["mark", "param", "uselower"] {
        if options.get(name).is_some() {
            return Err(call.bad(at(name), "only method=iqr takes this"));
        }
    }
    if threshold.is_some_and(|p| !(0.0..=1.0).contains(&p)) {
        return Err(call.bad(at("pthresh"), "a probability is from 0 to 1"));
    }
    Ok(Box::new(Anomalydetection {
        fields,
        action: match options.choice("action", &["filter", "annotate", "summary"])? {
            Some("annotate") => Action::Annotate,
            Some("summary") => Action::Summary,
            _ => Action::Filter,
        },
        threshold,
        cutoff: options.flag("cutoff", true)?,
    }))
}

enum Action {
    /// Keep only what is unusual.
    Filter,
    /// Keep all, and say what is unusual.
    Annotate,
    /// One row about all.
    Summary,
}

struct Anomalydetection {
    fields: Vec<Pattern>,
    action: Action,
    /// The largest probability that is unusual; without it, it follows from all probabilities.
    threshold: Option<f64>,
    /// Find fewer.
    cutoff: bool,
}

impl Command for Anomalydetection {
    fn kind(&self) -> Kind {
        Kind::Transforming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        self.fields.iter().for_each(|pattern| needs.insert_pattern(pattern));
        needs
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let mut events = vec![Event::default(); rows.rows()];
        for (name, column) in rows.columns() {
            if is_hidden(name) || !self.fields.iter().any(|pattern| pattern.matches(name)) {
                continue;
            }
            for (event, frequency) in events.iter_mut().zip(frequencies(column)) {
                event.add(name, frequency);
            }
        }
        let quartiles = Quartiles::of(events.iter().map(|event| event.log).collect());
        let limit = match self.threshold {
            Some(probability) => probability.ln(),
            None => quartiles.limit(if self.cutoff { 3.0 } else { 1.5 }),
        };
        // A probability at `pthresh` is unusual, one at a limit that follows from the rows is not: where all are
        // alike nothing is unusual. Sums of logarithms are not exact.
        let slack = if self.threshold.is_some() { 1e-9 } else { -1e-9 };
        let unusual: Vec<bool> = events.iter().map(|event| event.log <= limit + slack).collect();
        if let Action::Summary = self.action {
            return Ok(quartiles.summary(unusual.iter().filter(|u| **u).count(), limit));
        }
        let number = |x: f64| Value::Float(x);
        let mut set = |name: &str, value: &dyn Fn(&Event) -> Value| {
            let values =
                events.iter().zip(&unusual).map(|(event, u)| if *u { value(event) } else { Value::Null });
            rows.set(name, columns::column(&values.collect::<Vec<_>>()));
        };
        set("log_event_prob", &|event| number(event.log));
        set("max_freq", &|event| event.highest.map_or(Value::Null, number));
        set("probable_cause", &|event| event.cause.clone().map_or(Value::Null, Value::Text));
        set("probable_cause_freq", &|event| event.lowest.map_or(Value::Null, number));
        Ok(if let Action::Filter = self.action { rows.filter(&unusual.into()) } else { rows })
    }
}

/// A row's probability.
#[derive(Clone, Default)]
struct Event {
    /// Natural logarithm of the probability.
    log: f64,
    highest: Option<f64>,
    lowest: Option<f64>,
    /// The field whose value is least frequent.
    cause: Option<String>,
}

impl Event {
    fn add(&mut self, field: &str, frequency: Option<f64>) {
        let Some(frequency) = frequency else { return };
        self.log += frequency.ln();
        self.highest = Some(self.highest.map_or(frequency, |h| h.max(frequency)));
        let lower = self.lowest.is_none_or(|lowest| frequency < lowest);
        // Of fields as rare the first by name, whatever the order of columns.
        let same = self.lowest == Some(frequency) && self.cause.as_deref().is_some_and(|cause| field < cause);
        if lower || same {
            self.lowest = Some(frequency);
            self.cause = Some(field.to_owned());
        }
    }
}

/// How frequent the value of each row is: of text the value itself, of numbers the bin that it is in.
fn frequencies(column: &Column) -> Vec<Option<f64>> {
    let rows = column.len();
    let texts: Vec<Option<String>> = (0..rows)
        .map(|row| {
            let texts = columns::texts(column.cell(row));
            (!texts.is_empty()).then(|| texts.join("\n"))
        })
        .collect();
    let numbers: Vec<f64> = (0..rows).filter_map(|row| columns::number(column.cell(row))).collect();
    let some = texts.iter().flatten().count();
    let keys: Vec<Option<String>> = if some > 0 && numbers.len() == some {
        let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
        let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let bins = (some as f64).sqrt().ceil().min(100.0);
        let bin =
            |x: f64| if high > low { ((x - low) / (high - low) * bins).floor().min(bins - 1.0) } else { 0.0 };
        (0..rows).map(|row| columns::number(column.cell(row)).map(|x| bin(x).to_string())).collect()
    } else {
        texts
    };
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    for key in keys.iter().flatten() {
        *counts.entry(key).or_default() += 1;
    }
    keys.iter().map(|key| key.as_ref().map(|key| counts[key.as_str()] as f64 / rows as f64)).collect()
}

/// Probabilities in order.
struct Quartiles {
    sorted: Vec<f64>,
}

impl Quartiles {
    fn of(mut logs: Vec<f64>) -> Self {
        logs.sort_unstable_by(f64::total_cmp);
        Self { sorted: logs }
    }

    fn at(&self, percent: usize) -> f64 {
        let last = self.sorted.len().saturating_sub(1);
        self.sorted.get((percent * self.sorted.len() / 100).min(last)).copied().unwrap_or(0.0)
    }

    /// Below it, a probability is unusual.
    fn limit(&self, factor: f64) -> f64 {
        self.at(25) - factor * (self.at(75) - self.at(25))
    }

    fn summary(&self, anomalies: usize, limit: f64) -> Batch {
        let mut out = Batch::new(1);
        let number = |x: f64| if x.is_finite() { Value::Float(x) } else { Value::Null };
        for (name, value) in [
            ("num_anomalies", Value::Int(anomalies as i64)),
            ("thresh", number(limit)),
            ("max_logprob", number(self.at(100))),
            ("min_logprob", number(self.at(0))),
            ("1st_quartile", number(self.at(25))),
            ("3rd_quartile", number(self.at(75))),
        ] {
            out.set(name, columns::column(&[value]));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use crate::pipeline::testing::{result, run};
    use serde_json::json;

    fn rows() -> String {
        let mut rows: Vec<_> =
            (0..40).map(|n| json!({ "n": 10 + n % 4, "u": format!("u{}", n % 4) })).collect();
        rows.push(json!({ "n": 900, "u": "stranger" }));
        json!(rows).to_string()
    }

    #[test]
    fn the_threshold_follows_from_the_rows() {
        for arguments in ["", "cutoff=f", "n u", "action=filter u"] {
            let found = result(&format!("| anomalydetection {arguments} | table u"), &rows());
            assert_eq!(found, [[("u".to_owned(), vec!["stranger".to_owned()])]], "{arguments}");
        }
        let same = r#"[{"u": "a"}, {"u": "b"}, {"u": "c"}]"#;
        assert_eq!(result("| anomalydetection", same).len(), 0);
        assert_eq!(result("| anomalydetection", "[]").len(), 0);
    }

    #[test]
    fn all_rows_in_one() {
        let found = result("| anomalydetection action=summary | table num_anomalies", &rows());
        assert_eq!(found, [[("num_anomalies".to_owned(), vec!["1".to_owned()])]]);
    }

    #[test]
    fn outliers_of_one_field() {
        assert_eq!(result("| anomalydetection method=iqr action=remove n", &rows()).len(), 40);
    }

    #[test]
    fn wrong_arguments_are_said() {
        for (arguments, slug) in [
            ("method=zscore", "engine/unsupported-argument"),
            ("method=guess", "spl/bad-argument"),
            ("method=iqr pthresh=0.1", "spl/bad-argument"),
            ("action=remove", "spl/bad-argument"),
            ("pthresh=2", "spl/bad-argument"),
            ("mark=t", "spl/bad-argument"),
        ] {
            assert_eq!(
                run(&format!("| anomalydetection {arguments}"), "[]").unwrap_err().slug,
                slug,
                "{arguments}"
            );
        }
    }
}
