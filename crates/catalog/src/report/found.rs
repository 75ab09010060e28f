//! What was found, each thing once, in one shape.

use grotto_detect::record::{Drilldown, Entity, Finding, Record, RuleRef, said_once};
use grotto_detect::row::{Row, text};
use serde_json::Value;

/// Severities, worst first.
pub(crate) const SEVERITIES: [&str; 5] = ["critical", "high", "medium", "low", "info"];

/// The number of a severity in [`SEVERITIES`]; one that is not known counts as `info`.
pub(crate) fn severity(name: &str) -> usize {
    SEVERITIES.iter().position(|known| *known == name).unwrap_or(SEVERITIES.len() - 1)
}

/// A finding, an intermediate finding whose rule raises no other, or a hit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'a> {
    pub(crate) rule: &'a RuleRef,
    /// `None` for a hit.
    pub(crate) finding: Option<&'a Finding>,
    pub(crate) first: Option<&'a str>,
    pub(crate) last: Option<&'a str>,
    pub(crate) row: &'a Row,
    pub(crate) joined: bool,
    pub(crate) fired: Option<&'a str>,
}

impl<'a> Found<'a> {
    /// All that was found.
    pub(crate) fn all(records: &'a [Record]) -> Vec<Self> {
        said_once(records).filter_map(Self::of).collect()
    }

    fn of(record: &'a Record) -> Option<Self> {
        Some(match record {
            Record::Finding(f) | Record::IntermediateFinding(f) => Self {
                rule: &f.rule,
                finding: Some(f),
                first: f.first_time.as_deref(),
                last: f.last_time.as_deref(),
                row: &f.row,
                joined: f.joined_script_block,
                fired: f.fired.as_deref(),
            },
            Record::Hit(h) => Self {
                rule: &h.rule,
                finding: None,
                first: h.first_time.as_deref(),
                last: h.last_time.as_deref(),
                row: &h.row,
                joined: h.joined_script_block,
                fired: h.fired.as_deref(),
            },
            Record::Error(_) | Record::Rule(_) | Record::Summary(_) => return None,
        })
    }

    /// Its severity, as a number of [`SEVERITIES`].
    pub(crate) fn severity(&self) -> usize {
        severity(&self.rule.severity)
    }

    /// When it began, in seconds since 1970.
    pub(crate) fn at(&self) -> Option<i64> {
        let time = self.first.or(self.last)?;
        time.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
    }

    /// What it is about.
    pub(crate) fn entity(&self) -> Option<&'a Entity> {
        self.finding.map(|f| &f.entity)
    }

    /// The host that it is about; `Err` says why there is not one.
    pub(crate) fn host(&self) -> Result<&'a str, &'static str> {
        let system = self.entity().filter(|entity| entity.kind == "system").map(|entity| &entity.value);
        let fields = ["dest", "Computer", "host", "dvc", "ComputerName", "orig_host"];
        let of_row = fields.iter().filter_map(|field| self.row.get(*field));
        let mut several = false;
        for value in system.into_iter().chain(of_row) {
            match value {
                Value::String(one) if !one.trim().is_empty() => return Ok(one),
                Value::Array(values) => match values.as_slice() {
                    [Value::String(one)] if !one.trim().is_empty() => return Ok(one),
                    [] => {}
                    _ => several = true,
                },
                _ => {}
            }
        }
        Err(if several { "several hosts" } else { "no host" })
    }

    /// Its title; of a hit what its row says.
    pub(crate) fn title(&self) -> String {
        if let Some(f) = self.finding {
            f.title.clone()
        } else {
            let told = self.row.iter().filter(|(name, _)| !name.starts_with('_')).take(6);
            told.map(|(name, value)| format!("{name}={}", text(value, ", "))).collect::<Vec<_>>().join("  ")
        }
    }

    /// Searches to go on with.
    pub(crate) fn drilldowns(&self) -> &'a [Drilldown] {
        self.finding.map(|f| f.drilldowns.as_slice()).unwrap_or_default()
    }
}
