//! What grotto knows of SPL, for people: one entry for each command, eval function and aggregation, with its
//! documentation and examples, and one for each that Splunk has and grotto can't run, with the reason.
//!
//! All of it comes from the files in which commands, functions and aggregations are written.

use crate::aggregations::{AGGREGATIONS, Aggregation};
use crate::commands::{COMMANDS, Spec, unsupported};
use crate::functions::{self, FUNCTIONS, Function};

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A command, which stands after a pipe.
    Command,
    /// A function of eval expressions.
    Function,
    /// An aggregation of `stats` and its kin.
    Aggregation,
}

impl Kind {
    /// In one or two words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Function => "eval function",
            Self::Aggregation => "aggregation",
        }
    }
}

/// An entry of the reference.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it is about.
    pub kind: Kind,
    /// Its name, in lower case.
    pub name: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// Its documentation, or why it can't be run.
    pub support: Support,
}

/// Whether something can be run.
#[derive(Debug, Clone)]
pub enum Support {
    /// It can.
    Yes(Box<Page>),
    /// It can't, for this reason: a clause without full stop.
    No(&'static str),
}

/// The documentation of something that can be run.
#[derive(Debug, Clone)]
pub struct Page {
    /// The kind of a command, the chapter of a function; empty for an aggregation.
    pub group: &'static str,
    /// How it is written.
    pub syntax: &'static str,
    /// What it does, in a sentence or two.
    pub summary: &'static str,
    /// The names of its options, as the syntax names them.
    pub options: Vec<&'static str>,
    /// Its page in Splunk's documentation.
    pub url: String,
    /// Where it is known to differ from Splunk.
    pub deviations: &'static [&'static str],
    /// Names of the [assumptions](crate::assumptions) that it makes.
    pub assumptions: &'static [&'static str],
    /// Examples; all of them run as tests.
    pub examples: Vec<Shown>,
}

/// An example as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// A search, an expression or a call.
    pub spl: &'static str,
    /// What it sees, in JSON: rows, a row, or the values of the field `x`.
    pub input: &'static str,
    /// What it gives, in JSON.
    pub output: &'static str,
}

/// All entries: commands, functions, aggregations; each by name.
pub fn entries() -> Vec<Entry> {
    let no = |kind| {
        move |(name, reason): (&'static str, &'static str)| Entry {
            kind,
            name,
            aliases: &[],
            support: Support::No(reason),
        }
    };
    let mut all: Vec<Entry> = COMMANDS.iter().map(|spec| command(spec)).collect();
    all.extend(unsupported::all().map(no(Kind::Command)));
    all.extend(FUNCTIONS.iter().map(|function| self::function(function)));
    all.extend(functions::UNSUPPORTED.into_iter().map(no(Kind::Function)));
    all.extend(AGGREGATIONS.iter().map(|a| aggregation(a)));
    all.sort_by_key(|entry| (entry.kind, entry.name));
    all
}

/// The entries of a name, in any letter case: a command, a function and an aggregation may share one. `perc95` is
/// `perc<N>`.
pub fn find(name: &str) -> Vec<Entry> {
    let name = name.trim().trim_end_matches("()").to_ascii_lowercase();
    let numbered = crate::aggregations::find(&name).map(|(found, _)| found.name);
    let named = |entry: &Entry| {
        entry.name == name
            || entry.aliases.contains(&name.as_str())
            || (entry.kind == Kind::Aggregation && Some(entry.name) == numbered)
    };
    entries().into_iter().filter(named).collect()
}

/// The name that a wrong one may have meant.
pub fn nearest(wrong: &str) -> Option<&'static str> {
    let all = entries();
    let names = all.iter().flat_map(|entry| std::iter::once(entry.name).chain(entry.aliases.iter().copied()));
    crate::commands::nearest(&wrong.to_ascii_lowercase(), names)
}

fn command(spec: &'static Spec) -> Entry {
    let shown =
        |e: &'static crate::commands::Example| Shown { spl: e.spl, input: e.input, output: e.expected };
    Entry {
        kind: Kind::Command,
        name: spec.name,
        aliases: spec.aliases,
        support: Support::Yes(Box::new(Page {
            group: spec.kind.name(),
            syntax: spec.syntax,
            summary: spec.summary,
            options: options(spec.syntax),
            url: spec.url.to_owned(),
            deviations: spec.deviations,
            assumptions: spec.assumptions,
            examples: spec.examples.iter().map(shown).collect(),
        })),
    }
}

fn function(function: &'static Function) -> Entry {
    let shown =
        |e: &'static functions::Example| Shown { spl: e.expression, input: e.row, output: e.expected };
    Entry {
        kind: Kind::Function,
        name: function.name,
        aliases: function.aliases,
        support: Support::Yes(Box::new(Page {
            group: function.category.name(),
            syntax: function.syntax,
            summary: function.summary,
            options: Vec::new(),
            url: function.url(),
            deviations: function.deviations,
            assumptions: function.assumptions,
            examples: function.examples.iter().map(shown).collect(),
        })),
    }
}

fn aggregation(aggregation: &'static Aggregation) -> Entry {
    let shown =
        |e: &'static crate::aggregations::Example| Shown { spl: e.call, input: e.input, output: e.expected };
    Entry {
        kind: Kind::Aggregation,
        name: aggregation.name,
        aliases: aggregation.aliases,
        support: Support::Yes(Box::new(Page {
            group: "",
            syntax: aggregation.syntax,
            summary: aggregation.summary,
            options: Vec::new(),
            url: aggregation.url.to_owned(),
            deviations: aggregation.deviations,
            assumptions: aggregation.assumptions,
            examples: aggregation.examples.iter().map(shown).collect(),
        })),
    }
}

/// The words of a syntax that an equals sign follows: `count` in `head [<count>] [limit=<n>]` is none, `limit` is.
fn options(syntax: &'static str) -> Vec<&'static str> {
    let mut found: Vec<&str> = Vec::new();
    for (at, _) in syntax.match_indices('=') {
        let before = &syntax[..at];
        let start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map_or(0, |i| i + 1);
        let name = &before[start..];
        // `<field>=<value>` names no option, nor does `!=` or `<=`.
        if name.starts_with(|c: char| c.is_ascii_alphabetic()) && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::testing;

    #[test]
    fn names_find_their_entries() {
        let kinds = |name: &str| find(name).iter().map(|e| (e.kind, e.name)).collect::<Vec<_>>();
        assert_eq!(kinds("replace"), [(Kind::Command, "replace"), (Kind::Function, "replace")]);
        assert_eq!(kinds("MAX()"), [(Kind::Function, "max"), (Kind::Aggregation, "max")]);
        assert_eq!(kinds("p95"), [(Kind::Aggregation, "perc")]);
        assert_eq!(kinds("bucket"), [(Kind::Command, "bin")]);
        assert!(kinds("zzz").is_empty());
        assert_eq!(nearest("evenstats"), Some("eventstats"));
    }

    #[test]
    fn nothing_is_both_there_and_not() {
        let all = entries();
        assert!(all.windows(2).all(|two| (two[0].kind, two[0].name) < (two[1].kind, two[1].name)));
        for entry in &all {
            match &entry.support {
                Support::Yes(page) => assert!(page.examples.len() >= 2, "{}", entry.name),
                Support::No(reason) => assert!(!reason.ends_with('.') && reason.len() > 10, "{}", entry.name),
            }
        }
    }

    #[test]
    fn options_are_read_from_the_syntax() {
        assert_eq!(options("head [<count>] [limit=<n>] [null=<bool>] [limit=x]"), ["limit", "null"]);
        assert_eq!(options("regex <field>=<regex> | <field>!=<regex>"), [""; 0]);
    }

    #[test]
    fn commands_know_the_options_that_their_syntax_names() {
        for entry in entries() {
            let (Kind::Command, Support::Yes(page)) = (entry.kind, entry.support) else { continue };
            for option in page.options {
                // These stand in the clauses of a command and not behind its name.
                if ["datamodel", "span"].contains(&option) {
                    continue;
                }
                let spl = format!("| {} {option}=1", entry.name);
                let slug = testing::plan(&spl).err().map(|error| error.slug);
                assert_ne!(slug, Some("engine/unsupported-option"), "{spl}");
            }
        }
    }
}
