//! The printer: a tree as SPL that parses to the same tree.

mod expr;
mod search;

use crate::ast::{Aggregate, AggregateArg, Arg, Head, MacroCall, Quote, Search, Stage, Word};
pub use expr::expression;
pub use search::search_expression;

/// The search on one line, stages joined by ` | `.
pub fn search(search: &Search) -> String {
    let stages: Vec<String> = search.stages.iter().map(stage).collect();
    let leading = match search.stages.first() {
        Some(Stage { head: Head::Implied, .. }) => "",
        Some(first) if first.command().as_deref() == Some("search") => "",
        _ => "| ",
    };
    format!("{leading}{}", stages.join(" | "))
}

/// One stage, without pipes.
pub fn stage(stage: &Stage) -> String {
    let mut out = match &stage.head {
        Head::Implied => String::new(),
        Head::Command(name) => name.clone(),
        Head::Macro(call) => macro_call(call),
    };
    let mut before: Option<&Arg> = None;
    for arg in &stage.args {
        match (before, arg) {
            (Some(Arg::Assign { .. }), _) | (Some(Arg::As { .. }), Arg::As { .. }) => out.push_str(", "),
            // A field that is called like the keyword would rename the one before it.
            (Some(_), Arg::Word(word) | Arg::Aggregate(Aggregate { function: word, .. }))
                if word.is_keyword("as") =>
            {
                out.push_str(", ");
            }
            _ if out.is_empty() => {}
            _ => out.push(' '),
        }
        // In `head` a condition stands beside options.
        let parens = matches!(arg, Arg::Expr(_)) && stage.command().as_deref() == Some("head");
        out.push_str(if parens { "(" } else { "" });
        out.push_str(&argument(arg));
        out.push_str(if parens { ")" } else { "" });
        before = Some(arg);
    }
    out
}

/// One argument.
pub fn argument(arg: &Arg) -> String {
    match arg {
        Arg::Search(e) => search_expression(e),
        Arg::Where(e) => format!("where {}", search_expression(e)),
        Arg::Expr(e) => expression(e),
        Arg::Assign { target, value } => format!("{}={}", word(target), expression(value)),
        Arg::Aggregate(a) => aggregate(a),
        Arg::By(args) => format!("by {}", joined(args)),
        Arg::Over(field) => format!("over {}", word(field)),
        Arg::From(args) => format!("from {}", joined(args)),
        Arg::Option { name, negated, value } => {
            let value = match &**value {
                Arg::Search(e) => format!("({})", search_expression(e)),
                Arg::Expr(e) => format!("({})", expression(e)),
                other => argument(other),
            };
            format!("{}{}={value}", word(name), if *negated { "!" } else { "" })
        }
        Arg::As { what, name } => format!("{} as {}", argument(what), word(name)),
        Arg::Call { name, args } => format!("{}({})", word(name), joined(args)),
        Arg::Word(w) => word(w),
        Arg::List(args) => format!("({})", joined(args)),
        Arg::Subsearch(inner) => subsearch(inner),
        Arg::Macro(call) => macro_call(call),
    }
}

fn joined(args: &[Arg]) -> String {
    args.iter().map(argument).collect::<Vec<_>>().join(" ")
}

/// A word with its quotes.
pub fn word(word: &Word) -> String {
    match word.quote {
        Quote::Bare => word.raw.clone(),
        Quote::Double => format!("\"{}\"", word.raw),
        Quote::Single => format!("'{}'", word.raw),
    }
}

/// A macro call with its backticks.
pub fn macro_call(call: &MacroCall) -> String {
    if call.args.is_empty() {
        return format!("`{}`", call.name);
    }
    format!("`{}({})`", call.name, call.args.join(", "))
}

/// A subsearch with its brackets. Where `search` is implied the terms stand in parentheses, since a word at the start
/// would be read as a command.
fn subsearch(inner: &Search) -> String {
    if let Some((Stage { head: Head::Implied, args, .. }, rest)) = inner.stages.split_first() {
        let rest: Vec<String> = rest.iter().map(|s| format!(" | {}", stage(s))).collect();
        return format!("[({}){}]", joined(args), rest.concat());
    }
    format!("[{}]", search(inner))
}

/// An aggregation with its alias.
pub fn aggregate(aggregate: &Aggregate) -> String {
    let mut out = word(&aggregate.function);
    if let ("eval", [AggregateArg::Eval(inner)]) =
        (out.to_ascii_lowercase().as_str(), aggregate.args.as_slice())
    {
        out = format!("{out}({})", expression(inner));
    } else if !aggregate.args.is_empty() {
        let args: Vec<String> = aggregate
            .args
            .iter()
            .map(|arg| match arg {
                AggregateArg::Field(field) => word(field),
                AggregateArg::Eval(e) => format!("eval({})", expression(e)),
                AggregateArg::Aggregate(inner) => self::aggregate(inner),
                AggregateArg::Macro(call) => macro_call(call),
            })
            .collect();
        out = format!("{out}({})", args.join(", "));
    }
    if let Some(alias) = &aggregate.alias {
        out = format!("{out} as {}", word(alias));
    }
    out
}
