//! Evals for each value of a field.

use crate::Value;
use crate::memory::{Chunks, Rows};
use crate::pipeline::{Command, Env, FieldSet, Kind, Stop, columns, concat, each_chunk};
use arrow_array::BooleanArray;
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, Column};

/// The column that holds the value of this turn.
pub(super) const ITEM: &str = "\0item";
/// The column that holds the number of this turn.
pub(super) const ITER: &str = "\0iter";

/// Where values come from.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// The values of a multivalue field.
    Values,
    /// The elements of a JSON array.
    Json,
    /// The elements where the value is an array, else the values.
    Either,
}

/// For each value of a field.
pub(super) struct Items {
    pub(super) field: String,
    pub(super) source: Source,
    pub(super) evals: Vec<Box<dyn Command>>,
}

impl Command for Items {
    fn kind(&self) -> Kind {
        Kind::CentralisedStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        // What one turn makes the next one reads.
        for eval in &self.evals {
            needs.union(&eval.needs(&FieldSet::none()));
        }
        needs.remove(ITEM);
        needs.remove(ITER);
        needs.insert(&self.field);
        needs
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let items: Vec<Vec<String>> =
            (0..rows.rows()).map(|row| self.items(rows.cell(&self.field, row))).collect();
        let turns = items.iter().map(Vec::len).max().unwrap_or_default();
        for turn in 0..turns {
            let has: Vec<bool> = items.iter().map(|items| items.len() > turn).collect();
            rows = self.turn(&rows, &items, turn, &has)?;
        }
        Ok(rows)
    }

    fn run_chunks(&self, rows: &Chunks, _: &mut Env<'_>) -> Result<Option<Rows>, Stop> {
        // A row's values are those of that row.
        each_chunk(rows, &mut |chunk| Ok(self.run(chunk)?)).map(Some)
    }
}

impl Items {
    /// The values of a row.
    fn items(&self, cell: Cell<'_>) -> Vec<String> {
        // A column of lists holds single values too.
        let json = match (self.source, Value::from(cell)) {
            (Source::Values, _) | (_, Value::Null | Value::List(_)) => None,
            (Source::Json | Source::Either, one) => elements(&one.text()),
        };
        match (self.source, json) {
            (_, Some(elements)) => elements,
            (Source::Json, None) => Vec::new(),
            (Source::Values | Source::Either, None) => columns::texts(cell),
        }
    }

    /// Runs the evals for one value of the rows that have it.
    fn turn(
        &self,
        rows: &Batch,
        items: &[Vec<String>],
        turn: usize,
        has: &[bool],
    ) -> Result<Batch, Box<Diagnostic>> {
        let with = BooleanArray::from(has.to_vec());
        let mut chosen = rows.filter(&with);
        let values = items.iter().filter_map(|items| items.get(turn));
        chosen.set(ITEM, Column::text(values.map(Some)));
        chosen.set(ITER, Column::Int(vec![turn as i64; chosen.rows()].into()));
        for eval in &self.evals {
            chosen = eval.run(chosen)?;
        }
        chosen.remove(ITEM);
        chosen.remove(ITER);
        if chosen.rows() == rows.rows() {
            return Ok(chosen);
        }
        let without = BooleanArray::from(has.iter().map(|has| !has).collect::<Vec<_>>());
        let (mut next_with, mut next_without) = (0, chosen.rows() as u32);
        let order: Vec<u32> = has
            .iter()
            .map(|has| {
                let next = if *has { &mut next_with } else { &mut next_without };
                *next += 1;
                *next - 1
            })
            .collect();
        Ok(concat(&[chosen, rows.filter(&without)]).take(&order))
    }
}

/// The elements of a JSON array as text: strings as they are, others as JSON; `None` of other text.
fn elements(text: &str) -> Option<Vec<String>> {
    if !text.trim_start().starts_with('[') {
        return None;
    }
    let array: Vec<serde_json::Value> = serde_json::from_str(text).ok()?;
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    Some(array.into_iter().map(text).collect())
}

#[cfg(test)]
mod tests {
    use crate::pipeline::testing::check;

    #[test]
    fn json_and_strings() {
        check(
            "| foreach mode=json_array a [eval n=mvappend(n, \"<<ITER>>:<<ITEM>>!\"), last=<<ITEM>>] | fields n last",
            r#"[{"a": "[1, \"x y\", {\"k\": [2]}]"}, {"a": "no array"}, {"b": 1}]"#,
            r#"[{"n": ["0:1!", "1:x y!", "2:{\"k\":[2]}!"], "last": "{\"k\":[2]}"}, {}, {}]"#,
        );
        check(
            "| eval n=0 | foreach mode=auto_collections a itemstr=X [eval n=n+X] | table n",
            r#"[{"a": "[1,2]"}, {"a": ["3", "4"]}, {"a": 5}]"#,
            r#"[{"n": 3}, {"n": 7}, {"n": 5}]"#,
        );
    }
}
