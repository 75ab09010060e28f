//! The syntax tree. Every node knows its span in the text that was parsed.
//!
//! Equality of nodes ignores spans: two trees are equal when they mean the same, wherever they were written.

use grotto_diag::Span;

/// A span that takes no part in comparisons, so that trees from different texts can be compared.
#[derive(Debug, Clone, Copy, Default)]
pub struct At(pub Span);

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A search: stages joined by pipes.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// The stages in order; never empty.
    pub stages: Vec<Stage>,
    /// Where.
    pub at: At,
}

/// One stage of a search: a command with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// What the stage is.
    pub head: Head,
    /// The arguments in order.
    pub args: Vec<Arg>,
    /// Where, from the command's name to the last argument.
    pub at: At,
}

/// What a stage begins with.
#[derive(Debug, Clone, PartialEq)]
pub enum Head {
    /// The `search` that is implied when a search begins without a pipe and without a command.
    Implied,
    /// A command's name, as written.
    Command(String),
    /// A macro that stands for a whole command.
    Macro(MacroCall),
}

impl Stage {
    /// The command's name in lower case: `search` where it is implied, `None` for a macro that was not expanded.
    pub fn command(&self) -> Option<String> {
        match &self.head {
            Head::Implied => Some("search".to_owned()),
            Head::Command(name) => Some(name.to_ascii_lowercase()),
            Head::Macro(_) => None,
        }
    }
}

/// How a word was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quote {
    /// Without quotes.
    Bare,
    /// In double quotes.
    Double,
    /// In single quotes: a field name in eval expressions.
    Single,
}

/// A word or quoted string, as written; see [`crate::text`] for what it means in each kind of place.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// The characters between the quotes, escapes untouched.
    pub raw: String,
    /// The quotes.
    pub quote: Quote,
    /// Where, with the quotes.
    pub at: At,
}

/// A macro call that was not expanded: `` `name(a, "b")` ``.
#[derive(Debug, Clone, PartialEq)]
pub struct MacroCall {
    /// The macro's name.
    pub name: String,
    /// The arguments as written, trimmed, quotes kept.
    pub args: Vec<String>,
    /// Where, with the backticks.
    pub at: At,
}

/// An argument of a command.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    /// A boolean search expression (`search`, `tstats … where` in [`Arg::Where`]).
    Search(SearchExpr),
    /// `WHERE` and a search expression.
    Where(SearchExpr),
    /// An eval expression (`where`, `head (…)`).
    Expr(Expr),
    /// `target = expression` of `eval`.
    Assign {
        /// The field that is made.
        target: Word,
        /// Its value.
        value: Expr,
    },
    /// An aggregation of `stats` and its kin.
    Aggregate(Aggregate),
    /// `BY` and fields, with options such as `span=1h` among them.
    By(Vec<Arg>),
    /// `OVER` and a field, of `chart`.
    Over(Word),
    /// `FROM` and what follows it up to the next clause (`datamodel=Endpoint.Processes`).
    From(Vec<Arg>),
    /// `name=value` or `name!=value`.
    Option {
        /// The option's name as written.
        name: Word,
        /// Whether it was written with `!=` (of `regex field!="…"`).
        negated: bool,
        /// The value.
        value: Box<Arg>,
    },
    /// `something AS name`.
    As {
        /// What is named: a [`Arg::Word`] or [`Arg::Call`].
        what: Box<Arg>,
        /// The new name.
        name: Word,
    },
    /// `name(arguments)`, such as `ctime(firstTime)` of `convert`.
    Call {
        /// The function's name.
        name: Word,
        /// Its arguments.
        args: Vec<Arg>,
    },
    /// A word or string.
    Word(Word),
    /// Arguments in parentheses.
    List(Vec<Arg>),
    /// `[ … ]`.
    Subsearch(Search),
    /// A macro that was not expanded.
    Macro(MacroCall),
}

/// A comparison of a search expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compare {
    /// `=` (also written `==`).
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
}

impl Compare {
    /// The operator as SPL writes it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
        }
    }

    /// Whether an ordering satisfies the operator.
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterEqual => ordering.is_ge(),
        }
    }
}

/// A boolean search expression. Precedence: parentheses, NOT, **OR, then AND**
/// (<https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/search>).
#[derive(Debug, Clone, PartialEq)]
pub enum SearchExpr {
    /// All hold; `AND` or just one after the other. At least two.
    And(Vec<SearchExpr>, At),
    /// At least one holds. At least two.
    Or(Vec<SearchExpr>, At),
    /// The opposite.
    Not(Box<SearchExpr>, At),
    /// `field op value`.
    Compare {
        /// The field.
        field: Word,
        /// The operator.
        op: Compare,
        /// The value.
        value: SearchValue,
        /// Where.
        at: At,
    },
    /// `field IN (values)`.
    In {
        /// The field.
        field: Word,
        /// The values.
        values: Vec<SearchValue>,
        /// Where.
        at: At,
    },
    /// A term, phrase, macro or subsearch that stands alone.
    Term(SearchValue),
}

/// What a search expression compares with, or looks for in the raw text.
#[derive(Debug, Clone, PartialEq)]
pub enum SearchValue {
    /// A word or quoted string, with wildcards.
    Word(Word),
    /// `CASE(word)`: compared with its letter case.
    Case(Word, At),
    /// `TERM(word)`: one whole indexed term.
    Term(Word, At),
    /// A macro that was not expanded.
    Macro(MacroCall),
    /// `[ … ]`: replaced by the search expression that its result makes.
    Subsearch(Search),
}

/// An aggregation of `stats` and its kin: `values(eval(…)) AS name`.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// The function's name as written.
    pub function: Word,
    /// Its arguments; empty for a bare `count`.
    pub args: Vec<AggregateArg>,
    /// The name after `AS`.
    pub alias: Option<Word>,
    /// Where, with the alias.
    pub at: At,
}

/// An argument of an aggregation.
#[derive(Debug, Clone, PartialEq)]
pub enum AggregateArg {
    /// A field, maybe with wildcards.
    Field(Word),
    /// `eval(expression)`.
    Eval(Expr),
    /// Another aggregation, as in `sparkline(count, 1h)`.
    Aggregate(Aggregate),
    /// A macro that was not expanded.
    Macro(MacroCall),
}

/// An eval expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where.
    pub at: At,
}

/// The kinds of eval expressions. Precedence, tightest first: parentheses; unary `-`, `+`; `*`, `/`, `%`; `+`, `-`;
/// `.`; comparisons, `LIKE` and `IN`; `NOT`; `AND`; `OR`; `XOR`
/// (<https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/eval>).
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A number, as written.
    Number(String),
    /// A string in double quotes.
    Text(Word),
    /// A field, bare or in single quotes.
    Field(Word),
    /// `-x` or `+x`.
    Sign {
        /// Whether it is `-`.
        negative: bool,
        /// The operand.
        operand: Box<Expr>,
    },
    /// `NOT x`.
    Not(Box<Expr>),
    /// Two operands.
    Binary {
        /// The operator.
        op: Binary,
        /// Left.
        left: Box<Expr>,
        /// Right.
        right: Box<Expr>,
    },
    /// Terms joined by one logical operator; at least two.
    Logic {
        /// The operator.
        op: Logic,
        /// The terms.
        terms: Vec<Expr>,
    },
    /// `name(arguments)`.
    Call {
        /// The function's name as written.
        name: Word,
        /// Its arguments.
        args: Vec<Expr>,
    },
    /// `x IN (values)`.
    In {
        /// What is looked for.
        value: Box<Expr>,
        /// Where it is looked for.
        list: Vec<Expr>,
    },
    /// A macro that was not expanded.
    Macro(MacroCall),
    /// `[ … ]`.
    Subsearch(Search),
}

/// Operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Binary {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
    /// `.`
    Concat,
    /// A comparison.
    Compare(Compare),
    /// `LIKE`
    Like,
}

/// Operators that join conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Logic {
    /// `AND`
    And,
    /// `OR`
    Or,
    /// `XOR`
    Xor,
}

impl SearchExpr {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::And(_, at) | Self::Or(_, at) | Self::Not(_, at) => at.0,
            Self::Compare { at, .. } | Self::In { at, .. } => at.0,
            Self::Term(value) => value.span(),
        }
    }
}

impl SearchValue {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Word(word) => word.at.0,
            Self::Case(_, at) | Self::Term(_, at) => at.0,
            Self::Macro(call) => call.at.0,
            Self::Subsearch(search) => search.at.0,
        }
    }
}

impl Arg {
    /// The word, if it is one.
    pub fn word(&self) -> Option<&Word> {
        if let Self::Word(word) = self { Some(word) } else { None }
    }

    /// Where it stands; an empty span for an empty list.
    pub fn span(&self) -> Span {
        let join = |args: &[Self]| args.iter().map(Self::span).reduce(Span::to).unwrap_or_default();
        match self {
            Self::Search(e) | Self::Where(e) => e.span(),
            Self::Expr(e) => e.at.0,
            Self::Assign { target, value } => target.at.0.to(value.at.0),
            Self::Aggregate(a) => a.at.0,
            Self::By(args) | Self::From(args) | Self::List(args) => join(args),
            Self::Option { name, value, .. } => name.at.0.to(value.span()),
            Self::As { what, name } => what.span().to(name.at.0),
            Self::Call { name, args } => args.iter().fold(name.at.0, |s, a| s.to(a.span())),
            Self::Word(word) | Self::Over(word) => word.at.0,
            Self::Subsearch(search) => search.at.0,
            Self::Macro(call) => call.at.0,
        }
    }
}

impl Word {
    /// A bare word that stands nowhere.
    pub fn bare(raw: impl Into<String>) -> Self {
        Self { raw: raw.into(), quote: Quote::Bare, at: At::default() }
    }

    /// Whether it is this bare keyword, in any letter case.
    pub fn is_keyword(&self, keyword: &str) -> bool {
        self.quote == Quote::Bare && self.raw.eq_ignore_ascii_case(keyword)
    }
}
