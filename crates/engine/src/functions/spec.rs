//! What a function is: its documentation, its arguments, and how it is run.

use crate::eval::{Datum, Node, Row};
use crate::{Context, Value};
use std::sync::Arc;

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
        let Arguments { least, most, pairs_from } = self.arguments;
        let paired = pairs_from.is_none_or(|from| count.saturating_sub(from).is_multiple_of(2));
        count >= least && most.is_none_or(|most| count <= most) && paired
    }

    /// How many arguments it takes, in words.
    pub fn counts(&self) -> String {
        let plural = |count: usize| if count == 1 { "argument" } else { "arguments" };
        match self.arguments {
            Arguments { least: 0, most: Some(0), .. } => "no arguments".to_owned(),
            Arguments { pairs_from: Some(0), .. } => "arguments in pairs".to_owned(),
            Arguments { pairs_from: Some(from), .. } => format!("{from} {} and then pairs", plural(from)),
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
    /// From which one on, counted from 0, they come in pairs.
    pub pairs_from: Option<usize>,
}

impl Arguments {
    pub(super) const fn exactly(count: usize) -> Self {
        Self { least: count, most: Some(count), pairs_from: None }
    }

    pub(super) const fn between(least: usize, most: usize) -> Self {
        Self { least, most: Some(most), pairs_from: None }
    }

    pub(super) const fn at_least(least: usize) -> Self {
        Self { least, most: None, pairs_from: None }
    }

    /// So many, and then pairs of which there are at least `pairs`.
    pub(super) const fn pairs(from: usize, pairs: usize) -> Self {
        Self { least: from + 2 * pairs, most: None, pairs_from: Some(from) }
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
    /// Bitwise functions.
    Bitwise,
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
    /// JSON functions.
    Json,
    /// Mathematical functions.
    Mathematical,
    /// Multivalue eval functions.
    Multivalue,
    /// Statistical eval functions.
    Statistical,
    /// Text functions.
    Text,
    /// Trig and hyperbolic functions.
    Trigonometric,
}

impl Category {
    /// What the chapter is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bitwise => "bitwise",
            Self::Conditional => "comparison and conditional",
            Self::Conversion => "conversion",
            Self::Cryptographic => "cryptographic",
            Self::DateAndTime => "date and time",
            Self::Informational => "informational",
            Self::Json => "JSON",
            Self::Mathematical => "mathematical",
            Self::Multivalue => "multivalue",
            Self::Statistical => "statistical",
            Self::Text => "text",
            Self::Trigonometric => "trigonometric and hyperbolic",
        }
    }

    /// The last part of the chapter's address.
    fn page(self) -> &'static str {
        match self {
            Self::Bitwise => "bitwise-functions",
            Self::Conditional => "comparison-and-conditional-functions",
            Self::Conversion => "conversion-functions",
            Self::Cryptographic => "cryptographic-functions",
            Self::DateAndTime => "date-and-time-functions",
            Self::Informational => "informational-functions",
            Self::Json => "json-functions",
            Self::Mathematical => "mathematical-functions",
            Self::Multivalue => "multivalue-eval-functions",
            Self::Statistical => "statistical-eval-functions",
            Self::Text => "text-functions",
            Self::Trigonometric => "trig-and-hyperbolic-functions",
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
    /// Its value is that of one of its arguments, which conditions among them decide.
    Choice(Choose),
    /// Something is made of the arguments that are constants first.
    Prepared(fn(&[Option<&Value>], &Context) -> Result<Prepared, Fault>),
}

/// Chooses among arguments, told whether a condition holds: `None` when that is not known but would have to be,
/// `Some(None)` for null.
pub(crate) type Choose =
    for<'v> fn(&'v [Node], &mut dyn FnMut(&'v Node) -> Option<bool>) -> Option<Option<&'v Node>>;

type Run = dyn Fn(&[Datum<'_>], &Context) -> Value + Send + Sync;

/// A function that holds what was made of its constant arguments.
#[derive(Clone)]
pub(crate) struct Prepared(Arc<Run>);

impl Prepared {
    pub(super) fn new(run: impl Fn(&[Datum<'_>], &Context) -> Value + Send + Sync + 'static) -> Self {
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
