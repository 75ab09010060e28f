//! `join`: adds to each row the fields of the rows of another search that have the same values of some fields.

use super::appendcols::beside;
use super::{Build, Call, Example, Spec};
use crate::memory::{Chunks, Rows};
use crate::pipeline::{
    Command, Env, FieldSet, Kind, Matching, Stop, columns, concat, each_chunk, nanoseconds,
};
use crate::plan::unless;
use crate::plan::{Plan, alone};
use crate::predicate::{Formula, Predicate};
use crate::time::SECOND;
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, FieldName};
use grotto_spl::ast::{Arg, Compare, Search, SearchExpr, SearchValue};
use grotto_spl::text;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::Arc;

pub(super) static JOIN: Spec = Spec {
    name: "join",
    aliases: &[],
    summary: "Adds to each row the fields of the rows of another search that have the same values of some fields, or of \
              all fields that both have. Rows without match are dropped unless the type is left.",
    syntax: "join [type=inner|left|outer] [max=<count>] [overwrite=<bool>] [usetime=<bool>] [earlier=<bool>] \
             [<fields> | left=<alias> right=<alias> where <left>.<field>=<right>.<field>...] [<search>]",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/join",
    deviations: &["the other side must be a search in brackets, not a data set"],
    assumptions: &["join-common-fields", "join-keeps-values", "join-aliases"],
    examples: &[
        Example {
            spl: "event=start | join pid [search event=connect | fields pid dest] | table pid name dest",
            input: r#"[{"event": "connect", "pid": 7, "dest": "b"}, {"event": "connect", "pid": 7, "dest": "a"},
                {"event": "start", "pid": 7, "name": "x.exe"}, {"event": "start", "pid": 8, "name": "y.exe"}]"#,
            expected: r#"[{"pid": 7, "name": "x.exe", "dest": "b"}]"#,
        },
        Example {
            spl: "event=start | join type=left max=0 pid [search event=connect | fields pid dest] | table name dest",
            input: r#"[{"event": "connect", "pid": 7, "dest": "b"}, {"event": "connect", "pid": 7, "dest": "a"},
                {"event": "start", "pid": 7, "name": "x.exe"}, {"event": "start", "pid": 8, "name": "y.exe"}]"#,
            expected: r#"[{"name": "x.exe", "dest": "b"}, {"name": "x.exe", "dest": "a"}, {"name": "y.exe"}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Rows of the other search that count.
const MOST_ROWS: usize = 50_000;
/// Rows that may come out.
const MOST_JOINED: usize = 5_000_000;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["type", "max", "overwrite", "usetime", "earlier", "left", "right"])?;
    let options = &split.options;
    let kind = options.text("type")?.unwrap_or_else(|| "inner".to_owned());
    let outer = match kind.to_ascii_lowercase().as_str() {
        "inner" => false,
        "left" | "outer" => true,
        _ => {
            let at = options.get("type").map(Arg::span).unwrap_or_default();
            return Err(call.bad(at, "the type of a join is inner, left or outer"));
        }
    };
    let earlier = options.flag("earlier", true)?;
    let aliases = match (options.text("left")?, options.text("right")?) {
        (Some(left), Some(right)) => Some(Aliases { left: format!("{left}."), right: format!("{right}.") }),
        (None, None) => None,
        _ => return Err(call.missing("both left=… and right=…")),
    };
    let (search, keys) = if let Some(aliases) = &aliases {
        aliased(call, &split.rest, aliases)?
    } else {
        let (search, before) = call.one_search(&split.rest)?;
        let fields = call.words(&before)?.into_iter().map(text::field);
        (search, fields.map(|field| (field.clone(), field)).collect())
    };
    Ok(Box::new(Join {
        search: call.subsearch(search, MOST_ROWS)?,
        keys,
        aliases,
        outer,
        max: match options.count("max", 1)? {
            0 => usize::MAX,
            max => max,
        },
        overwrite: options.flag("overwrite", true)?,
        time: options.flag("usetime", false)?.then_some(if earlier { Side::Earlier } else { Side::Later }),
    }))
}

/// `where L.a=R.b … [search]`.
fn aliased<'a>(
    call: &Call<'_>,
    rest: &[&'a Arg],
    aliases: &Aliases,
) -> Result<(&'a Search, Keys), Box<Diagnostic>> {
    let [Arg::Where(SearchExpr::And(parts, _))] = rest else {
        return Err(call.missing("where <left>.<field>=<right>.<field> and a search in brackets"));
    };
    let (mut search, mut keys) = (None, Vec::new());
    for part in parts {
        match part {
            SearchExpr::Term(SearchValue::Subsearch(found)) if search.is_none() => search = Some(found),
            SearchExpr::Compare { field, op: Compare::Equal, value: SearchValue::Word(word), .. } => {
                let (one, other) = (text::field(field), text::field(word));
                let pair = |left: &str, right: &str| {
                    Some((
                        left.strip_prefix(&aliases.left)?.to_owned(),
                        right.strip_prefix(&aliases.right)?.to_owned(),
                    ))
                };
                let pair = pair(&one, &other).or_else(|| pair(&other, &one));
                keys.push(
                    pair.ok_or_else(|| call.bad(part.span(), "a field of each side is compared here"))?,
                );
            }
            other => {
                return Err(
                    call.unsupported(other.span(), "only `=` between fields of the two sides is supported")
                );
            }
        }
    }
    match search {
        Some(search) if !keys.is_empty() => Ok((search, keys)),
        _ => Err(call.missing("a comparison and a search in brackets")),
    }
}

/// Fields of the left side, each with the one of the right side that must be equal.
type Keys = Vec<(String, String)>;

struct Join {
    search: Arc<Plan>,
    /// None for all fields that both have.
    keys: Keys,
    aliases: Option<Aliases>,
    outer: bool,
    max: usize,
    overwrite: bool,
    time: Option<Side>,
}

/// What stands before the names of each side's fields, with the dot.
struct Aliases {
    left: String,
    right: String,
}

/// Which rows of the other search fit by time; those of the same second always do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Earlier,
    Later,
}

impl Command for Join {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        if self.keys.is_empty() || self.aliases.is_some() {
            return FieldSet::all();
        }
        let mut needs = after.clone();
        needs.extend(self.keys.iter().map(|(left, _)| left));
        if self.time.is_some() {
            needs.insert("_time");
        }
        needs
    }

    fn before(&self, after: &Arc<Predicate>) -> Formula {
        let is_key = self.keys.iter().any(|(left, _)| left == after.field());
        unless(!is_key || self.aliases.is_some(), after)
    }

    fn stays_empty(&self) -> bool {
        true
    }

    fn asks_with_rows(&self) -> Option<&Arc<Plan>> {
        Some(&self.search)
    }

    fn matches(&self) -> Option<Matching<'_>> {
        (!self.outer && !self.keys.is_empty()).then_some(Matching { search: &self.search, keys: &self.keys })
    }

    fn run(&self, _: Batch) -> Result<Batch, Box<Diagnostic>> {
        Err(Box::new(alone()))
    }

    fn run_in(&self, rows: Batch, env: &mut Env<'_>) -> Result<Batch, Stop> {
        if rows.rows() == 0 {
            return Ok(rows);
        }
        let other = env.result(&self.search)?;
        let keys = self.keys(rows.names().filter(|name| has_values(&rows, name)), &other);
        Ok(self.joined(&rows, &Right::of(&other, &keys))?)
    }

    fn run_chunks(&self, rows: &Chunks, env: &mut Env<'_>) -> Result<Option<Rows>, Stop> {
        if rows.rows() == 0 {
            return Ok(None);
        }
        let other = env.result(&self.search)?;
        let keys = self.keys(rows.filled(), &other);
        let right = Right::of(&other, &keys);
        let mut made = 0;
        each_chunk(rows, &mut |chunk| {
            let joined = self.joined(&chunk, &right)?;
            made += joined.rows();
            if made > MOST_JOINED { Err(too_many().into()) } else { Ok(joined) }
        })
        .map(Some)
    }

    fn searches(&self) -> Vec<Arc<Plan>> {
        vec![Arc::clone(&self.search)]
    }
}

impl Join {
    /// The fields that must be equal: those that are named, or those that both sides have, but for internal ones. `filled`
    /// are the fields of the left side that any row has.
    fn keys<'f>(
        &self,
        filled: impl Iterator<Item = &'f FieldName>,
        other: &Batch,
    ) -> Cow<'_, [(String, String)]> {
        if !self.keys.is_empty() {
            return Cow::Borrowed(&self.keys);
        }
        let common = filled.filter(|name| !name.starts_with('_') && has_values(other, name));
        Cow::Owned(common.map(|name| (name.to_string(), name.to_string())).collect())
    }

    fn joined(&self, rows: &Batch, other: &Right<'_>) -> Result<Batch, Box<Diagnostic>> {
        let (left, right) = self.pairs(rows, other)?;
        let (mut left, mut right) = (rows.take(&left), other.padded.take(&right));
        match &self.aliases {
            Some(aliases) => {
                left = renamed(left, &aliases.left);
                right = renamed(right, &aliases.right);
            }
            None => right.retain(|name| other.keys.iter().all(|(_, key)| key != name)),
        }
        Ok(beside(left, &right, self.overwrite))
    }

    /// Which rows are put together: numbers of the left and of the right side.
    fn pairs(&self, rows: &Batch, other: &Right<'_>) -> Result<(Vec<u32>, Vec<u32>), Box<Diagnostic>> {
        let ours: Vec<&str> = other.keys.iter().map(|(left, _)| left.as_str()).collect();
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for row in 0..rows.rows() {
            let found = columns::key(rows, &ours, row).and_then(|key| other.by_key.get(&key));
            let fits = |theirs: &&u32| self.fits(rows, row, other.rows, **theirs as usize);
            let before = left.len();
            for theirs in found.into_iter().flatten().filter(fits).take(self.max) {
                left.push(row as u32);
                right.push(*theirs);
            }
            if left.len() == before && self.outer {
                left.push(row as u32);
                right.push(other.rows.rows() as u32);
            }
            if left.len() > MOST_JOINED {
                return Err(too_many());
            }
        }
        Ok((left, right))
    }

    /// Whether a row of the other search is on the right side of a row's time.
    fn fits(&self, rows: &Batch, row: usize, other: &Batch, theirs: usize) -> bool {
        let Some(side) = self.time else { return true };
        let second = |cell: Cell<'_>| nanoseconds(cell).map(|ns| ns.div_euclid(SECOND));
        match (second(rows.cell("_time", row)), second(other.cell("_time", theirs))) {
            (Some(ours), Some(theirs)) if side == Side::Earlier => theirs <= ours,
            (Some(ours), Some(theirs)) => theirs >= ours,
            _ => false,
        }
    }
}

/// The rows of the other search, by their keys.
struct Right<'o> {
    rows: &'o Batch,
    /// They, and a row without values that stands for no match.
    padded: Batch,
    keys: &'o [(String, String)],
    by_key: FxHashMap<String, Vec<u32>>,
}

impl<'o> Right<'o> {
    fn of(rows: &'o Batch, keys: &'o [(String, String)]) -> Self {
        let fields: Vec<&str> = keys.iter().map(|(_, right)| right.as_str()).collect();
        let mut by_key: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        for row in 0..rows.rows() {
            if let Some(key) = columns::key(rows, &fields, row) {
                by_key.entry(key).or_default().push(row as u32);
            }
        }
        Self { rows, padded: concat(&[rows.clone(), Batch::new(1)]), keys, by_key }
    }
}

fn has_values(batch: &Batch, name: &str) -> bool {
    batch.column(name).is_some_and(|column| !column.all_null())
}

/// `engine/limit`.
fn too_many() -> Box<Diagnostic> {
    let message = format!("join makes more than {MOST_JOINED} rows");
    Box::new(Diagnostic::error("engine/limit", message).help("give a smaller max, or more fields"))
}

/// The batch with the alias before its names, but for internal ones.
fn renamed(batch: Batch, alias: &str) -> Batch {
    batch.renamed(|name| {
        if name.starts_with('_') { Arc::clone(name) } else { FieldName::from(format!("{alias}{name}")) }
    })
}

#[cfg(test)]
mod tests;
