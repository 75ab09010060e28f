//! Functions of eval expressions, one file each: what it computes, how it is written, and examples that run as tests.
//!
//! Facts: <https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/evaluation-functions>.

mod abs;
mod case;
mod ceiling;
mod cidrmatch;
mod coalesce;
mod exact;
mod exp;
mod false_;
mod floor;
mod if_;
mod in_;
mod isbool;
mod isint;
mod isnotnull;
mod isnull;
mod isnum;
mod isstr;
mod len;
mod like;
mod ln;
mod log;
mod lower;
mod ltrim;
mod match_;
mod max;
mod md5;
mod min;
mod mvappend;
mod mvcount;
mod mvdedup;
mod mvfilter;
mod mvfind;
mod mvindex;
mod mvjoin;
mod mvmap;
mod mvrange;
mod mvsort;
mod mvzip;
mod now;
mod null;
mod nullif;
mod pi;
mod pow;
mod random;
mod relative_time;
mod replace;
mod round;
mod rtrim;
mod sha1;
mod sha256;
mod sha512;
mod split;
mod sqrt;
mod strftime;
mod strptime;
mod substr;
mod time;
mod tonumber;
mod tostring;
mod trim;
mod true_;
mod typeof_;
mod upper;
mod urldecode;
mod validate;

use crate::eval::{Datum, Node, Row, operators};
use crate::pattern::{Cache, Pattern};
use crate::{Context, Value};
use grotto_diag::Diagnostic;
use grotto_spl::ast::Word;
use std::sync::Arc;

/// All functions by name.
pub static FUNCTIONS: &[&Function] = &[
    &abs::FUNCTION,
    &case::FUNCTION,
    &ceiling::FUNCTION,
    &cidrmatch::FUNCTION,
    &coalesce::FUNCTION,
    &exact::FUNCTION,
    &exp::FUNCTION,
    &false_::FUNCTION,
    &floor::FUNCTION,
    &if_::FUNCTION,
    &in_::FUNCTION,
    &isbool::FUNCTION,
    &isint::FUNCTION,
    &isnotnull::FUNCTION,
    &isnull::FUNCTION,
    &isnum::FUNCTION,
    &isstr::FUNCTION,
    &len::FUNCTION,
    &like::FUNCTION,
    &ln::FUNCTION,
    &log::FUNCTION,
    &lower::FUNCTION,
    &ltrim::FUNCTION,
    &match_::FUNCTION,
    &max::FUNCTION,
    &md5::FUNCTION,
    &min::FUNCTION,
    &mvappend::FUNCTION,
    &mvcount::FUNCTION,
    &mvdedup::FUNCTION,
    &mvfilter::FUNCTION,
    &mvfind::FUNCTION,
    &mvindex::FUNCTION,
    &mvjoin::FUNCTION,
    &mvmap::FUNCTION,
    &mvrange::FUNCTION,
    &mvsort::FUNCTION,
    &mvzip::FUNCTION,
    &now::FUNCTION,
    &null::FUNCTION,
    &nullif::FUNCTION,
    &pi::FUNCTION,
    &pow::FUNCTION,
    &random::FUNCTION,
    &relative_time::FUNCTION,
    &replace::FUNCTION,
    &round::FUNCTION,
    &rtrim::FUNCTION,
    &sha1::FUNCTION,
    &sha256::FUNCTION,
    &sha512::FUNCTION,
    &split::FUNCTION,
    &sqrt::FUNCTION,
    &strftime::FUNCTION,
    &strptime::FUNCTION,
    &substr::FUNCTION,
    &time::FUNCTION,
    &tonumber::FUNCTION,
    &tostring::FUNCTION,
    &trim::FUNCTION,
    &true_::FUNCTION,
    &typeof_::FUNCTION,
    &upper::FUNCTION,
    &urldecode::FUNCTION,
    &validate::FUNCTION,
];

/// Functions of Splunk that are known and not there yet.
const UNSUPPORTED: [&str; 43] = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bit_and",
    "bit_not",
    "bit_or",
    "bit_shift_left",
    "bit_shift_right",
    "bit_xor",
    "commands",
    "cos",
    "cosh",
    "hypot",
    "ipmask",
    "json",
    "json_append",
    "json_array",
    "json_array_to_mv",
    "json_delete",
    "json_entries",
    "json_extend",
    "json_extract",
    "json_extract_exact",
    "json_has_key_exact",
    "json_keys",
    "json_object",
    "json_set",
    "json_set_exact",
    "json_valid",
    "lookup",
    "mv_to_json_array",
    "printf",
    "searchmatch",
    "sigfig",
    "sin",
    "sinh",
    "spath",
    "tan",
    "tanh",
];

/// A function: documentation and implementation.
#[derive(Debug)]
pub struct Function {
    /// Its name, in lower case. Calls may be in any letter case.
    pub name: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// The chapter of Splunk's documentation.
    pub category: Category,
    /// How it is written, such as `substr(text, start, length)`.
    pub syntax: &'static str,
    /// What it computes, in one sentence or two.
    pub summary: &'static str,
    /// How many arguments it takes.
    pub arguments: Arguments,
    /// What it gives, null apart.
    pub returns: Returns,
    /// Whether it may give different values for the same arguments.
    pub volatile: bool,
    /// Where it is known to differ from Splunk.
    pub deviations: &'static [&'static str],
    /// Names of the [assumptions](crate::assumptions) that it makes.
    pub assumptions: &'static [&'static str],
    /// Examples; they run as tests.
    pub examples: &'static [Example],
    /// The implementation.
    pub(crate) body: Body,
}

impl Function {
    /// Its page in Splunk's documentation.
    pub fn url(&self) -> String {
        let page = self.category.page();
        format!(
            "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/{page}"
        )
    }

    /// Whether it can be called with so many arguments.
    pub fn takes(&self, count: usize) -> bool {
        let Arguments { least, most, multiple } = self.arguments;
        count >= least && most.is_none_or(|most| count <= most) && count.is_multiple_of(multiple)
    }

    /// How many arguments it takes, in words.
    pub fn counts(&self) -> String {
        let plural = |count: usize| if count == 1 { "argument" } else { "arguments" };
        match self.arguments {
            Arguments { least: 0, most: Some(0), .. } => "no arguments".to_owned(),
            Arguments { multiple: 2.., .. } => "pairs of a condition and a value".to_owned(),
            Arguments { least, most: Some(most), .. } if least == most => {
                format!("{least} {}", plural(least))
            }
            Arguments { least, most: Some(most), .. } => format!("{least} to {most} arguments"),
            Arguments { least, most: None, .. } => format!("at least {least} {}", plural(least)),
        }
    }
}

/// An example: an expression, the row that it sees, and what it gives. `now()` is 2023-11-14 22:13:20.25 UTC.
#[derive(Debug)]
pub struct Example {
    /// The expression.
    pub expression: &'static str,
    /// The row as a JSON object; an array is a multivalue field.
    pub row: &'static str,
    /// The value in JSON.
    pub expected: &'static str,
}

/// How many arguments a function takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arguments {
    /// At least.
    pub least: usize,
    /// At most; no limit if `None`.
    pub most: Option<usize>,
    /// Their number is a multiple of this.
    pub multiple: usize,
}

impl Arguments {
    const fn exactly(count: usize) -> Self {
        Self { least: count, most: Some(count), multiple: 1 }
    }

    const fn between(least: usize, most: usize) -> Self {
        Self { least, most: Some(most), multiple: 1 }
    }

    const fn at_least(least: usize) -> Self {
        Self { least, most: None, multiple: 1 }
    }
}

/// The kind of value that a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returns {
    /// True or false, which no field can hold.
    Bool,
    /// A number.
    Number,
    /// Text.
    Text,
    /// What its arguments say.
    Any,
}

/// Chapters of Splunk's documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// Comparison and conditional functions.
    Conditional,
    /// Conversion functions.
    Conversion,
    /// Cryptographic functions.
    Cryptographic,
    /// Date and time functions.
    DateAndTime,
    /// Informational functions.
    Informational,
    /// Mathematical functions.
    Mathematical,
    /// Multivalue eval functions.
    Multivalue,
    /// Statistical eval functions.
    Statistical,
    /// Text functions.
    Text,
}

impl Category {
    /// The last part of the chapter's address.
    fn page(self) -> &'static str {
        match self {
            Self::Conditional => "comparison-and-conditional-functions",
            Self::Conversion => "conversion-functions",
            Self::Cryptographic => "cryptographic-functions",
            Self::DateAndTime => "date-and-time-functions",
            Self::Informational => "informational-functions",
            Self::Mathematical => "mathematical-functions",
            Self::Multivalue => "multivalue-eval-functions",
            Self::Statistical => "statistical-eval-functions",
            Self::Text => "text-functions",
        }
    }
}

/// How a function is run.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Body {
    /// From the values of its arguments, null or not.
    Values(fn(&[Datum<'_>], &Context) -> Value),
    /// From the values of its arguments; null when one is.
    Strict(fn(&[Datum<'_>], &Context) -> Value),
    /// Like `Strict`, and for each value of a multivalue first argument.
    Each(fn(&[Datum<'_>], &Context) -> Value),
    /// It decides itself which arguments are evaluated.
    Lazy(for<'v> fn(&'v [Node], &Row<'v>) -> Datum<'v>),
    /// Something is made of the arguments that are constants first.
    Prepared(fn(&[Option<&Value>], &Context) -> Result<Prepared, Fault>),
}

type Run = dyn Fn(&[Datum<'_>], &Context) -> Value + Send + Sync;

/// A function that holds what was made of its constant arguments.
#[derive(Clone)]
pub(crate) struct Prepared(Arc<Run>);

impl Prepared {
    fn new(run: impl Fn(&[Datum<'_>], &Context) -> Value + Send + Sync + 'static) -> Self {
        Self(Arc::new(run))
    }

    /// The value for these arguments.
    pub(crate) fn run(&self, args: &[Datum<'_>], context: &Context) -> Value {
        (self.0)(args, context)
    }
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Prepared")
    }
}

/// Why a constant argument can't be used.
#[derive(Debug)]
pub(crate) struct Fault {
    /// Which argument, from 0.
    pub(crate) argument: usize,
    /// The diagnostic's slug.
    pub(crate) slug: &'static str,
    /// What is wrong.
    pub(crate) message: String,
    /// What to say at the argument.
    pub(crate) label: String,
}

/// The function of a name in any letter case.
///
/// # Errors
/// `eval/unsupported-function` for one that Splunk has, `eval/unknown-function` for any other.
pub(crate) fn find(name: &Word) -> Result<&'static Function, Box<Diagnostic>> {
    let wanted = name.raw.to_ascii_lowercase();
    let named = |function: &Function| function.name == wanted || function.aliases.contains(&wanted.as_str());
    if let Some(function) = FUNCTIONS.iter().find(|function| named(function)) {
        return Ok(function);
    }
    if UNSUPPORTED.contains(&wanted.as_str()) {
        let message = format!("the function `{wanted}` is not supported yet");
        return Err(Box::new(Diagnostic::error("eval/unsupported-function", message).at(name.at.0, "")));
    }
    let error = Diagnostic::error("eval/unknown-function", format!("there is no function `{}`", name.raw))
        .at(name.at.0, "unknown");
    Err(Box::new(match closest(&wanted) {
        Some(other) => {
            error.help(format!("did you mean `{other}`?")).fix(format!("call `{other}`"), name.at.0, other)
        }
        None => error,
    }))
}

/// The function whose name is closest, at most two edits and half of the name away.
fn closest(name: &str) -> Option<&'static str> {
    FUNCTIONS
        .iter()
        .map(|function| (distance(name, function.name), function.name))
        .filter(|(distance, other)| *distance <= 2 && distance * 2 <= other.len())
        .min()
        .map(|(_, other)| other)
}

/// How many letters must be put in, taken out or changed to get from one name to the other.
fn distance(from: &str, to: &str) -> usize {
    let mut costs: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut costs[0], i + 1);
        for (j, b) in to.bytes().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = costs[j + 1];
            costs[j + 1] = changed.min(diagonal + 1).min(costs[j] + 1);
        }
    }
    costs[to.len()]
}

/// The values of a field, each as it is.
fn singles<'d>(datum: &'d Datum<'_>) -> Vec<Datum<'d>> {
    match datum.list() {
        Some(values) => values.iter().map(|value| Datum::Text(value)).collect(),
        None if datum.is_null() => Vec::new(),
        None => vec![datum.clone()],
    }
}

/// The order of `min` and `max`: numbers by their size, before text by its characters.
fn order(left: &Datum<'_>, right: &Datum<'_>) -> std::cmp::Ordering {
    match (left.number(), right.number()) {
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (Some(_), None) => std::cmp::Ordering::Less,
        _ => operators::ordering(left, right),
    }
}

/// Bytes in lower-case hexadecimal.
fn hex(bytes: &[u8]) -> Value {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
    Value::Text(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect())
}

/// A regular expression as an argument: compiled once if it is constant.
enum Regex {
    Known(Pattern),
    Null,
    ByRow(Cache),
}

impl Regex {
    /// Compiles the argument of this number.
    fn prepare(args: &[Option<&Value>], argument: usize) -> Result<Self, Fault> {
        match args.get(argument).copied().flatten() {
            None => Ok(Self::ByRow(Cache::default())),
            Some(Value::Null) => Ok(Self::Null),
            Some(text) => Pattern::new(&text.text()).map(Self::Known).map_err(|reason| Fault {
                argument,
                slug: "engine/bad-regex",
                message: "this regular expression can't be used".to_owned(),
                label: reason,
            }),
        }
    }

    /// Runs something with the pattern; null when there is none or it can't be compiled.
    fn with(&self, argument: &Datum<'_>, run: impl Fn(&Pattern) -> Value) -> Value {
        match self {
            Self::Known(pattern) => run(pattern),
            Self::Null => Value::Null,
            Self::ByRow(_) if argument.is_null() => Value::Null,
            Self::ByRow(cache) => cache.get(&argument.text()).map_or(Value::Null, |pattern| run(&pattern)),
        }
    }
}

#[cfg(test)]
mod tests;
