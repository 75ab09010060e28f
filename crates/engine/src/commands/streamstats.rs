//! `streamstats`: aggregates the rows up to each row and writes the results into it.

use super::grouping::{Grouping, Groups, calls};
use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::sync::Arc;

pub(super) static STREAMSTATS: Spec = Spec {
    name: "streamstats",
    aliases: &[],
    summary: "Aggregates the rows up to each row, or the last rows before it, and writes the results into it.",
    syntax: "streamstats [current=<bool>] [window=<count>] [global=<bool>] <aggregation>[(<field>)] [AS <name>]... \
             [BY <fields>]",
    kind: Kind::CentralisedStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/streamstats",
    deviations: &[
        "`time_window`, `reset_before`, `reset_after`, `reset_on_change` and `allnum` are not supported",
    ],
    assumptions: &["eventstats-keeps-null-by"],
    examples: &[
        Example {
            spl: "| streamstats sum(n) as total count by host",
            input: r#"[{"host": "a", "n": 1}, {"host": "b", "n": 5}, {"host": "a", "n": 2}]"#,
            expected: r#"[{"host": "a", "n": 1, "total": 1, "count": 1}, {"host": "b", "n": 5, "total": 5, "count": 1},
                {"host": "a", "n": 2, "total": 3, "count": 2}]"#,
        },
        Example {
            spl: "| streamstats window=1 current=f last(n) as before",
            input: r#"[{"n": 1}, {"n": 2}, {"n": 3}]"#,
            expected: r#"[{"n": 1}, {"n": 2, "before": 1}, {"n": 3, "before": 2}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Splunk's limit of a window (`max_stream_window` of limits.conf).
const LARGEST_WINDOW: usize = 10_000;
/// Rows that all windows together may be aggregated over, so that a search ends.
const MOST_WORK: usize = 200_000_000;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["current", "window", "global"])?;
    let window = split.options.count("window", 0)?;
    if window > LARGEST_WINDOW {
        let at = split.options.get("window").map(grotto_spl::ast::Arg::span).unwrap_or_default();
        return Err(call.bad(at, &format!("a window has at most {LARGEST_WINDOW} rows")));
    }
    let (current, global) = (split.options.flag("current", true)?, split.options.flag("global", true)?);
    let (calls, by) = calls(call, &split.rest)?;
    let grouping = Arc::new(Grouping { calls, by, fill: None, timezone: call.context.timezone.clone() });
    Ok(Box::new(Streamstats { grouping, current, window, global }))
}

struct Streamstats {
    grouping: Arc<Grouping>,
    /// Whether the row itself counts.
    current: bool,
    /// Rows that count at most; 0 for all.
    window: usize,
    /// Whether the window is over all rows, not over those of the group.
    global: bool,
}

impl Command for Streamstats {
    fn kind(&self) -> Kind {
        Kind::CentralisedStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        needs.union(&self.grouping.needs());
        needs
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        if rows.rows().saturating_mul(self.window.max(1)) > MOST_WORK {
            let message = format!("the windows of streamstats hold more than {MOST_WORK} rows");
            return Err(Box::new(Diagnostic::error("engine/limit", message).help("make the window smaller")));
        }
        let mut groups = Groups::new(Arc::clone(&self.grouping));
        let mut group_of: Vec<Option<u32>> = vec![None; rows.rows()];
        for (row, group) in groups.members(&rows)?.into_iter().rev() {
            group_of[row as usize] = Some(group);
        }
        let mut windows: FxHashMap<Option<u32>, VecDeque<u32>> = FxHashMap::default();
        let mut results: Vec<Option<Vec<Value>>> = Vec::with_capacity(rows.rows());
        for (row, group) in group_of.iter().enumerate() {
            let row = row as u32;
            let Some(group) = *group else {
                results.push(None);
                continue;
            };
            let before =
                (!self.current).then(|| self.current_values(&mut groups, &rows, group, &windows, &group_of));
            if self.window == 0 {
                groups.aggregate(&rows, &[(row, group)]);
            } else {
                let window = windows.entry((!self.global).then_some(group)).or_default();
                window.push_back(row);
                if window.len() > self.window {
                    window.pop_front();
                }
            }
            let values = match before {
                Some(before) => before,
                None => self.current_values(&mut groups, &rows, group, &windows, &group_of),
            };
            results.push(Some(values));
        }
        for (i, name) in groups.names().into_iter().enumerate() {
            let value = |(row, values): (usize, &Option<Vec<Value>>)| match values {
                Some(values) => values.get(i).cloned().unwrap_or_default(),
                None => rows.cell(&name, row).into(),
            };
            let column = columns::column(&results.iter().enumerate().map(value).collect::<Vec<_>>());
            rows.set(name.as_str(), column);
        }
        Ok(rows)
    }
}

impl Streamstats {
    /// The results of a group over its window.
    fn current_values(
        &self,
        groups: &mut Groups,
        rows: &Batch,
        group: u32,
        windows: &FxHashMap<Option<u32>, VecDeque<u32>>,
        group_of: &[Option<u32>],
    ) -> Vec<Value> {
        if self.window > 0 {
            groups.reset(group);
            let window = windows.get(&(!self.global).then_some(group));
            let in_group = |row: &&u32| group_of[**row as usize] == Some(group);
            let members: Vec<(u32, u32)> =
                window.into_iter().flatten().filter(in_group).map(|row| (*row, group)).collect();
            groups.aggregate(rows, &members);
        }
        groups.values(group)
    }
}
