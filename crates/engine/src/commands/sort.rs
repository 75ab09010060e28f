//! `sort`: orders rows by fields.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::memory::{self, Chunks, Rows};
use crate::pipeline::{Command, Env, FieldSet, Kind, Stop, compare};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::{Arg, Quote, Word};
use grotto_spl::text;
use std::cmp::Ordering;
use std::net::IpAddr;

pub(super) static SORT: Spec = Spec {
    name: "sort",
    aliases: &[],
    summary: "Orders rows by fields, ascending unless a minus is before the field. Rows without the field come last.               Keeps 10,000 rows unless a count is given; 0 keeps all.",
    syntax: "sort [<count>] [+|-]<field> | [+|-]auto|str|num|ip(<field>) ... [desc]",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/sort",
    deviations: &[],
    assumptions: &["sort-leading-numbers", "sort-stable"],
    examples: &[
        Example {
            spl: "| sort - count, user",
            input: r#"[{"count": 9, "user": "b"}, {"count": 10, "user": "c"}, {"user": "x"}, {"count": 9, "user": "a"}]"#,
            expected: r#"[{"count": 10, "user": "c"}, {"count": 9, "user": "a"}, {"count": 9, "user": "b"}, {"user": "x"}]"#,
        },
        Example {
            spl: "| sort 2 str(n)",
            input: r#"[{"n": "9"}, {"n": "10"}, {"n": "100"}]"#,
            expected: r#"[{"n": "10"}, {"n": "100"}]"#,
        },
        Example {
            spl: "| sort 0 -ip(src)",
            input: r#"[{"src": "10.0.0.2"}, {"src": "10.0.0.10"}, {"src": "9.1.1.1"}]"#,
            expected: r#"[{"src": "10.0.0.10"}, {"src": "10.0.0.2"}, {"src": "9.1.1.1"}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Splunk's limit when no count is given.
const DEFAULT_COUNT: usize = 10_000;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["limit"])?;
    let mut count = split.options.count("limit", DEFAULT_COUNT)?;
    let mut rest = split.rest.as_slice();
    if let Some(Arg::Word(word)) = rest.first()
        && word.quote == Quote::Bare
        && let Ok(number) = word.raw.parse()
    {
        count = number;
        rest = &rest[1..];
    }
    let mut keys = keys(call, &mut rest)?;
    if keys.is_empty() {
        return Err(call.missing("a field"));
    }
    // A last word of d or desc turns everything round.
    if let [Arg::Word(word)] = rest
        && is_desc(word)
    {
        for key in &mut keys {
            key.descending = !key.descending;
        }
    }
    Ok(Box::new(Sort { count: if count == 0 { usize::MAX } else { count }, keys }))
}

fn is_desc(word: &Word) -> bool {
    word.is_keyword("d") || word.is_keyword("desc")
}

/// The fields to sort by; leaves a last `desc`.
pub(super) fn keys(call: &Call<'_>, rest: &mut &[&Arg]) -> Result<Vec<Key>, Box<Diagnostic>> {
    let mut keys: Vec<Key> = Vec::new();
    let mut sign: Option<bool> = None;
    while let [arg, after @ ..] = *rest {
        match arg {
            Arg::Word(word) if word.is_keyword("-") || word.is_keyword("+") => sign = Some(word.raw == "-"),
            Arg::Word(word) if after.is_empty() && !keys.is_empty() && is_desc(word) => break,
            Arg::Word(word) => {
                let name = text::field(word);
                let (own, name) = signed(&name, word.quote);
                let descending = own.or(sign.take()).unwrap_or(false);
                keys.push(Key { field: name.to_owned(), descending, order: Order::Auto });
            }
            Arg::Call { name, args } => {
                let (own, function) = signed(&name.raw, name.quote);
                let order = match function.to_ascii_lowercase().as_str() {
                    "auto" => Order::Auto,
                    "str" => Order::Text,
                    "num" => Order::Number,
                    "ip" => Order::Address,
                    _ => return Err(call.unsupported(name.at.0, &format!("there is no order `{function}`"))),
                };
                let field = call.one_field(&args.iter().collect::<Vec<_>>())?;
                keys.push(Key { field, descending: own.or(sign.take()).unwrap_or(false), order });
            }
            other => return Err(call.unexpected(other)),
        }
        *rest = after;
    }
    Ok(keys)
}

/// The sign before a name, and the name.
fn signed(name: &str, quote: Quote) -> (Option<bool>, &str) {
    match name.strip_prefix(['-', '+']) {
        Some(bare) if quote == Quote::Bare && !bare.is_empty() => (Some(name.starts_with('-')), bare),
        _ => (None, name),
    }
}

struct Sort {
    count: usize,
    keys: Vec<Key>,
}

/// A field to sort by.
pub(super) struct Key {
    pub(super) field: String,
    descending: bool,
    order: Order,
}

#[derive(Clone, Copy)]
enum Order {
    Auto,
    Text,
    Number,
    Address,
}

impl Command for Sort {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        needs.extend(self.keys.iter().map(|key| &key.field));
        needs
    }

    fn stays_empty(&self) -> bool {
        true
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let mut order = order(&rows, &self.keys);
        order.truncate(self.count);
        Ok(rows.take(&order))
    }

    fn prunes(&self) -> bool {
        self.count < usize::MAX
    }

    fn prune(&self, rows: &Batch) -> Batch {
        let mut kept = order(rows, &self.keys);
        kept.truncate(self.count);
        kept.sort_unstable();
        rows.take(&kept)
    }

    fn run_chunks(&self, rows: &Chunks, _: &mut Env<'_>) -> Result<Option<Rows>, Stop> {
        if self.prunes() {
            return Ok(None);
        }
        Ok(Some(Rows::Disk(sorted_chunks(rows, &self.keys)?)))
    }
}

/// Rows on disk in the order of the keys.
pub(super) fn sorted_chunks(rows: &Chunks, keys: &[Key]) -> Result<Chunks, Box<Diagnostic>> {
    memory::sort(rows, &|rows: &Batch| parts(rows, keys))
}

/// What the rows are sorted by.
fn parts<'k>(rows: &Batch, keys: &'k [Key]) -> Vec<Vec<Directed<'k>>> {
    let part = |row: usize| {
        let of_key = |key: &'k Key| Directed(key, Part::of(rows.cell(&key.field, row).into(), key.order));
        keys.iter().map(of_key).collect()
    };
    (0..rows.rows()).map(part).collect()
}

/// A value of a key; missing ones come last either way.
struct Directed<'k>(&'k Key, Part);

impl Ord for Directed<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.1, &other.1) {
            (Part::Missing, Part::Missing) => Ordering::Equal,
            (Part::Missing, _) => Ordering::Greater,
            (_, Part::Missing) => Ordering::Less,
            (a, b) if self.0.descending => b.compare(a),
            (a, b) => a.compare(b),
        }
    }
}

impl PartialOrd for Directed<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Directed<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Directed<'_> {}

/// The numbers of the rows in the order of the keys.
pub(super) fn order(rows: &Batch, keys: &[Key]) -> Vec<u32> {
    let values = parts(rows, keys);
    let mut order: Vec<u32> = (0..rows.rows() as u32).collect();
    order.sort_by(|a, b| values[*a as usize].cmp(&values[*b as usize]));
    order
}

/// A value made ready to be compared; of different kinds the earlier comes first.
enum Part {
    Number(Value),
    /// Text that begins with a number.
    Leading(f64, String),
    Address(IpAddr),
    Text(String),
    Missing,
}

impl Part {
    fn of(value: Value, order: Order) -> Self {
        if value.is_null() {
            return Self::Missing;
        }
        let text = value.text();
        match order {
            Order::Text => Self::Text(text),
            Order::Number => value.number().map_or(Self::Missing, |_| Self::Number(value)),
            Order::Address => text.parse().map_or(Self::Text(text), Self::Address),
            Order::Auto if value.number().is_some() => Self::Number(value),
            Order::Auto => match (text.parse(), leading(&text)) {
                (Ok(address), _) => Self::Address(address),
                (_, Some(number)) => Self::Leading(number, text),
                _ => Self::Text(text),
            },
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Number(_) | Self::Leading(..) => 0,
            Self::Address(_) => 1,
            Self::Text(_) => 2,
            Self::Missing => 3,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            // Numbers of the same size are equal here, so that the next field decides.
            (Self::Number(Value::Time(a)), Self::Number(Value::Time(b))) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) if a.number() != b.number() => compare(a, b),
            (Self::Leading(a, x), Self::Leading(b, y)) => a.total_cmp(b).then_with(|| x.cmp(y)),
            (Self::Number(a), Self::Leading(b, _)) => {
                a.number().unwrap_or_default().total_cmp(b).then(Ordering::Less)
            }
            (Self::Leading(..), Self::Number(_)) => other.compare(self).reverse(),
            (Self::Address(a), Self::Address(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

/// The number that text begins with.
fn leading(text: &str) -> Option<f64> {
    let whole = text.find(|c: char| !c.is_ascii_digit())?;
    let rest = &text[whole..];
    let fraction = match rest.strip_prefix('.') {
        Some(digits) => digits.bytes().take_while(u8::is_ascii_digit).count(),
        None => 0,
    };
    let end = if fraction > 0 { whole + 1 + fraction } else { whole };
    text[..end].parse().ok()
}
