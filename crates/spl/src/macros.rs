//! Macros: finding calls in a text and replacing them by their definitions.
//!
//! Replacement is on text, before parsing, as Splunk does it
//! (<https://help.splunk.com/en/splunk-enterprise/manage-knowledge-objects/knowledge-management-manual/10.0/search-macros>).
//! The result remembers where every piece came from, so that a place in the expanded search can be shown in the
//! search that the author wrote.
//!
//! Splunk's documentation says that macros are not replaced inside double quotes. Real rules rely on it in the search
//! strings of `map` and in `relative_time(now(), "`window`")`, so a call inside quotes is replaced when a macro of that
//! name exists and stays as it is when not: the named assumption `macros-in-quotes`.

use crate::ast::{At, MacroCall};
use grotto_diag::{Diagnostic, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How deep macros may call macros.
const DEEPEST: usize = 40;
/// How long an expanded search may become, in bytes.
const LONGEST: usize = 4 << 20;

/// A macro as an author defines it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MacroDefinition {
    /// Name, without the number of arguments.
    pub name: String,
    /// Names of the arguments in order.
    pub arguments: Vec<String>,
    /// The text that replaces a call; `$argument$` stands for an argument.
    pub definition: String,
    /// Whether the definition, its arguments filled in, is an eval expression that makes the text.
    pub iseval: bool,
}

/// Evaluates the definitions that are eval expressions; the language itself knows no functions.
#[derive(Clone)]
struct Evaluator(Arc<Evaluate>);

type Evaluate = dyn Fn(&str) -> Result<String, Box<Diagnostic>> + Send + Sync;

impl std::fmt::Debug for Evaluator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Evaluator")
    }
}

/// All macros of a run, by name and number of arguments.
#[derive(Debug, Clone, Default)]
pub struct MacroTable {
    macros: BTreeMap<(String, usize), MacroDefinition>,
    evaluator: Option<Evaluator>,
}

impl MacroTable {
    /// Adds a macro; one of the same name and number of arguments is replaced.
    pub fn insert(&mut self, definition: MacroDefinition) {
        self.macros.insert((definition.name.clone(), definition.arguments.len()), definition);
    }

    /// The macro of this name that takes so many arguments.
    pub fn get(&self, name: &str, arguments: usize) -> Option<&MacroDefinition> {
        self.macros.get(&(name.to_owned(), arguments))
    }

    /// Says how definitions that are eval expressions become text. Without that, calls of such macros are refused.
    pub fn set_evaluator(
        &mut self,
        evaluate: impl Fn(&str) -> Result<String, Box<Diagnostic>> + Send + Sync + 'static,
    ) {
        self.evaluator = Some(Evaluator(Arc::new(evaluate)));
    }

    /// How many macros there are.
    pub fn len(&self) -> usize {
        self.macros.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.macros.is_empty()
    }

    /// Replaces every macro call in `search`.
    ///
    /// # Errors
    /// `spl/unknown-macro`, `spl/macro-arguments`, `spl/macro-cycle`, `spl/macro-iseval`, `spl/macro-too-large`, with
    /// the place of the call in `search`.
    pub fn expand(&self, search: &str) -> Result<Expanded, Box<Diagnostic>> {
        let mut out = Expanded { text: String::with_capacity(search.len() * 2), pieces: Vec::new() };
        let mut from = 0;
        for found in calls(search) {
            if found.quoted && self.get(&found.call.name, found.call.args.len()).is_none() {
                continue;
            }
            out.literal(search, from, found.span.start);
            let mut stack = Vec::new();
            let text = self.definition(&found.call, found.span, &mut stack)?;
            let text = if found.quoted { inside_quotes(&text) } else { text };
            out.replaced(&text, &found.call.name, found.span);
            from = found.span.end;
        }
        out.literal(search, from, search.len());
        Ok(out)
    }

    /// The text that replaces a call, with the calls in it replaced too. `site` is the place of the outermost call.
    fn definition(
        &self,
        call: &MacroCall,
        site: Span,
        stack: &mut Vec<String>,
    ) -> Result<String, Box<Diagnostic>> {
        let fail = |slug, message: String| Box::new(Diagnostic::error(slug, message).at(site, "called here"));
        let Some(definition) = self.get(&call.name, call.args.len()) else {
            return Err(Box::new(self.unknown(call, site)));
        };
        let key = format!("{}({})", call.name, call.args.len());
        if stack.contains(&key) || stack.len() >= DEEPEST {
            stack.push(key);
            return Err(fail(
                "spl/macro-cycle",
                format!("macros call one another in a circle: {}", stack.join(" → ")),
            ));
        }
        stack.push(key);
        let mut text = substitute(definition, &call.args);
        if definition.iseval {
            let evaluated = match &self.evaluator {
                Some(evaluator) => evaluator.0(&text).map_err(|error| error.message),
                None => Err("there is nothing to evaluate it with".to_owned()),
            };
            text = evaluated.map_err(|problem| {
                let message = format!(
                    "the eval expression that defines macro `{}` can't be used: {problem}",
                    call.name
                );
                fail("spl/macro-iseval", message)
            })?;
        }
        let mut out = String::new();
        let mut from = 0;
        for inner in calls(&text) {
            if inner.quoted && self.get(&inner.call.name, inner.call.args.len()).is_none() {
                continue;
            }
            out.push_str(&text[from..inner.span.start]);
            out.push_str(&self.definition(&inner.call, site, stack)?);
            from = inner.span.end;
            if out.len() > LONGEST {
                return Err(fail(
                    "spl/macro-too-large",
                    format!("macro `{}` becomes too long a text", call.name),
                ));
            }
        }
        out.push_str(&text[from..]);
        stack.pop();
        Ok(out)
    }

    /// The macros that a text calls, also through others: names and numbers of arguments. Those that nobody defines are
    /// among them.
    pub fn used(&self, text: &str) -> BTreeSet<(String, usize)> {
        let mut used = BTreeSet::new();
        let mut texts = vec![text];
        while let Some(text) = texts.pop() {
            for found in calls(text) {
                let definition = self.get(&found.call.name, found.call.args.len());
                if found.quoted && definition.is_none() {
                    continue;
                }
                if used.insert((found.call.name, found.call.args.len())) {
                    texts.extend(definition.map(|definition| definition.definition.as_str()));
                }
            }
        }
        used
    }

    fn unknown(&self, call: &MacroCall, site: Span) -> Diagnostic {
        let counts: Vec<String> =
            self.macros.keys().filter(|(name, _)| *name == call.name).map(|(_, n)| n.to_string()).collect();
        if counts.is_empty() {
            return Diagnostic::error("spl/unknown-macro", format!("no macro is called `{}`", call.name))
                .at(site, "called here")
                .help("define it in a macros folder beside the rules, or in an app's macros.conf");
        }
        let message =
            format!("macro `{}` takes {} arguments, not {}", call.name, counts.join(" or "), call.args.len());
        Diagnostic::error("spl/macro-arguments", message).at(site, "called here")
    }
}

/// A search after macros were replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expanded {
    /// The text to parse.
    pub text: String,
    pieces: Vec<Piece>,
}

/// A piece of the expanded text and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    /// In the expanded text.
    start: usize,
    /// In the written text: the piece itself, or the call that it replaces.
    written: Span,
    /// The macro that made it.
    call: Option<String>,
}

impl Expanded {
    fn literal(&mut self, text: &str, from: usize, to: usize) {
        if from < to {
            self.pieces.push(Piece { start: self.text.len(), written: Span::new(from, to), call: None });
            self.text.push_str(&text[from..to]);
        }
    }

    fn replaced(&mut self, text: &str, name: &str, site: Span) {
        self.pieces.push(Piece { start: self.text.len(), written: site, call: Some(name.to_owned()) });
        self.text.push_str(text);
    }

    fn piece(&self, offset: usize) -> Option<&Piece> {
        let after = self.pieces.partition_point(|p| p.start <= offset);
        self.pieces.get(after.checked_sub(1)?)
    }

    /// The pieces in order: where each stands in the written text, where in the expanded one, and the macro that made it.
    pub fn pieces(&self) -> impl Iterator<Item = (Span, Span, Option<&str>)> {
        let ends = self.pieces.iter().skip(1).map(|next| next.start).chain([self.text.len()]);
        let pieces = self.pieces.iter().zip(ends);
        pieces.map(|(piece, end)| (piece.written, Span::new(piece.start, end), piece.call.as_deref()))
    }

    /// Where a place of the expanded text stands in the written text; inside a macro that is the whole call.
    pub fn origin(&self, span: Span) -> Span {
        let map = |offset: usize, end: bool| match self.piece(if end {
            offset.saturating_sub(1)
        } else {
            offset
        }) {
            Some(Piece { start, written, call: None }) => {
                written.start + (offset - start).min(written.end - written.start)
            }
            Some(Piece { written, .. }) => {
                if end {
                    written.end
                } else {
                    written.start
                }
            }
            None => 0,
        };
        let start = map(span.start, false);
        Span::new(start, if span.end > span.start { map(span.end, true).max(start) } else { start })
    }

    /// The macro whose call made all of this place, if one did.
    pub fn macro_of(&self, span: Span) -> Option<&str> {
        let first = self.piece(span.start)?;
        let last = self.piece(span.end.saturating_sub(1).max(span.start))?;
        (first == last).then_some(first.call.as_deref()).flatten()
    }
}

/// A macro call in a text.
struct Found {
    call: MacroCall,
    span: Span,
    quoted: bool,
}

/// All macro calls in a text, outside comments.
fn calls(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let (mut i, mut quoted) = (0, false);
    while i < bytes.len() {
        match bytes[i] {
            b'\\' if quoted => i += 1,
            b'"' => quoted = !quoted,
            b'`' if !quoted && bytes[i..].starts_with(b"```") => {
                let end = text[i + 3..].find("```").map_or(bytes.len(), |n| i + 3 + n + 3);
                i = end;
                continue;
            }
            b'`' => {
                let escaped = if quoted { call_with(text, i, true) } else { None };
                if let Some((call, end)) = escaped.or_else(|| call(text, i)) {
                    found.push(Found { call, span: Span::new(i, end), quoted });
                    i = end;
                    continue;
                }
            }
            _ => {}
        }
        i += 1;
    }
    found
}

/// The call that begins with the backtick at `start`, and where it ends.
pub(crate) fn call(text: &str, start: usize) -> Option<(MacroCall, usize)> {
    call_with(text, start, false)
}

/// Likewise; `escaped` says that quotes around arguments are written `\"`, as those inside a quoted text are.
fn call_with(text: &str, start: usize, escaped: bool) -> Option<(MacroCall, usize)> {
    let inner = text.get(start + 1..)?;
    let name_end = inner
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')))
        .unwrap_or(inner.len());
    let name = inner[..name_end].trim();
    let after = &inner[name_end..];
    if name.is_empty() {
        return None;
    }
    let (args, used) = match after.chars().next()? {
        '`' => (Vec::new(), 0),
        '(' => arguments(after, escaped)?,
        _ => return None,
    };
    let end = start + 1 + name_end + used;
    if !text[end..].starts_with('`') {
        return None;
    }
    Some((MacroCall { name: name.to_owned(), args, at: At(Span::new(start, end + 1)) }, end + 1))
}

/// The arguments in the parentheses that `text` begins with, and the length up to behind the closing one.
fn arguments(text: &str, quotes_escaped: bool) -> Option<(Vec<String>, usize)> {
    let mut args = Vec::new();
    let argument = |text: &str| if quotes_escaped { text.replace("\\\"", "\"") } else { text.to_owned() };
    let (mut depth, mut quoted, mut escaped, mut from) = (0_usize, false, false, 1);
    for (i, c) in text.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match c {
            '\\' if quotes_escaped && text[i + 1..].starts_with('"') => {
                escaped = true;
                quoted = !quoted;
            }
            // The text around the call ends here.
            '"' if quotes_escaped => return None,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ',' if depth == 1 => {
                args.push(argument(text[from..i].trim()));
                from = i + 1;
            }
            ')' => {
                depth -= 1;
                if depth == 0 {
                    let last = text[from..i].trim();
                    if !args.is_empty() || !last.is_empty() {
                        args.push(argument(last));
                    }
                    return Some((args, i + 1));
                }
            }
            '`' => return None,
            _ => {}
        }
    }
    None
}

/// A definition with its arguments filled in. Quotes around an argument are taken off; `name=value` fills by name.
fn substitute(definition: &MacroDefinition, args: &[String]) -> String {
    let mut values: Vec<&str> = args.iter().map(|a| unquoted(a)).collect();
    let named: Vec<Option<(usize, &str)>> = args
        .iter()
        .map(|arg| {
            let (name, value) = arg.split_once('=')?;
            let at = definition.arguments.iter().position(|a| a == name.trim())?;
            Some((at, unquoted(value.trim())))
        })
        .collect();
    if named.iter().all(Option::is_some) {
        for (at, value) in named.into_iter().flatten() {
            values[at] = value;
        }
    }
    let mut out = String::with_capacity(definition.definition.len());
    let mut rest = definition.definition.as_str();
    while let Some(open) = rest.find('$') {
        out.push_str(&rest[..open]);
        let inner = &rest[open + 1..];
        let token = inner.find('$').map(|close| &inner[..close]);
        let argument = token.and_then(|t| definition.arguments.iter().position(|a| a == t).map(|i| (t, i)));
        if let Some((token, i)) = argument {
            out.push_str(values.get(i).copied().unwrap_or_default());
            rest = &inner[token.len() + 1..];
        } else {
            out.push('$');
            rest = inner;
        }
    }
    out.push_str(rest);
    out
}

/// A definition where its call stands inside quotes: the quotes of one that is a string are not doubled, and those
/// of another do not end the text around it.
fn inside_quotes(text: &str) -> String {
    let inner = unquoted(text.trim());
    if inner.len() == text.trim().len() && inner.contains('"') {
        return inner.replace('\\', "\\\\").replace('"', "\\\"");
    }
    inner.to_owned()
}

/// The text in quotes, if all of it is one quoted text.
fn unquoted(arg: &str) -> &str {
    let inner = arg.strip_prefix('"').and_then(|a| a.strip_suffix('"'));
    let mut escaped = false;
    let one = |inner: &&str| {
        inner.chars().all(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            !ends
        })
    };
    inner.filter(one).unwrap_or(arg)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(macros: &[(&str, &[&str], &str)]) -> MacroTable {
        let mut table = MacroTable::default();
        for (name, arguments, definition) in macros {
            table.insert(MacroDefinition {
                name: (*name).to_owned(),
                arguments: arguments.iter().map(|a| (*a).to_owned()).collect(),
                definition: (*definition).to_owned(),
                iseval: false,
            });
        }
        table
    }

    #[test]
    fn expands_with_arguments_nesting_and_overloads() {
        let table = table(&[
            ("a", &[], "x=1"),
            ("a", &["f"], "$f$=1 $g$"),
            ("outer", &["f"], "(`a` OR `a($f$)`)"),
            ("two", &["p", "q"], "$q$-$p$"),
            ("window", &[], "\"-90d@d\""),
            ("quoted", &[], r#"x="C:\\y""#),
        ]);
        for (search, expected) in [
            ("`a` y", "x=1 y"),
            (r#"`a("b c")`"#, "b c=1 $g$"),
            ("`outer(z)`", "(x=1 OR z=1 $g$)"),
            ("`two(1, (2,3))`", "(2,3)-1"),
            ("`two(q=1, p=2)`", "1-2"),
            (r#"`two("a" OR "b", "c")`"#, r#"c-"a" OR "b""#),
            (r#"map search="`a` z""#, r#"map search="x=1 z""#),
            (r#"map search="s=\"x\" `a(\"b c\")` z""#, r#"map search="s=\"x\" b c=1 $g$ z""#),
            (r#"map search="`two(\"p\", (q, r))`|x""#, r#"map search="(q, r)-p|x""#),
            (r#"map search="`quoted` z""#, r#"map search="x=\"C:\\\\y\" z""#),
            ("\"no `such thing` here `unknown`\"", "\"no `such thing` here `unknown`\""),
            (r#"f(now(), "`window`")"#, r#"f(now(), "-90d@d")"#),
            ("f(`window`)", "f(\"-90d@d\")"),
            ("x ```a `nothing` in a comment``` y", "x ```a `nothing` in a comment``` y"),
        ] {
            assert_eq!(table.expand(search).unwrap().text, expected, "{search}");
        }
    }

    #[test]
    fn refuses_what_it_cannot_expand() {
        let table = table(&[("a", &[], "`b`"), ("b", &[], "`a`"), ("c", &["x"], "$x$")]);
        for (search, slug) in
            [("`a`", "spl/macro-cycle"), ("x `nope`", "spl/unknown-macro"), ("`c`", "spl/macro-arguments")]
        {
            assert_eq!(table.expand(search).unwrap_err().slug, slug);
        }
        let error = table.expand("x `nope`").unwrap_err();
        assert_eq!(error.labels[0].span, Span::new(2, 8));
    }

    #[test]
    fn eval_definitions_are_evaluated_after_substitution() {
        let mut table = table(&[("m", &["x"], "f($x$)"), ("n", &["x"], "a `m($x$)` b"), ("bad", &[], "?")]);
        for definition in table.macros.values_mut() {
            definition.iseval = definition.name != "n";
        }
        assert_eq!(table.expand("`m(1)`").unwrap_err().slug, "spl/macro-iseval", "nothing evaluates");
        table.set_evaluator(|text| match text {
            "?" => Err(Box::new(Diagnostic::error("eval/x", "it is a question"))),
            text => Ok(text.to_uppercase()),
        });
        assert_eq!(table.expand("x `n(1)`").unwrap().text, "x a F(1) b");
        let error = table.expand("x `bad`").unwrap_err();
        assert_eq!((error.slug, error.labels[0].span), ("spl/macro-iseval", Span::new(2, 7)));
        assert!(error.message.ends_with("it is a question"), "{}", error.message);
    }

    #[test]
    fn a_bomb_is_refused() {
        let mut macros: Vec<(String, String)> = vec![("m0".into(), "x".repeat(100))];
        for i in 1..30 {
            macros.push((format!("m{i}"), format!("`m{}` `m{}` `m{}`", i - 1, i - 1, i - 1)));
        }
        let mut table = MacroTable::default();
        for (name, definition) in macros {
            table.insert(MacroDefinition { name, arguments: Vec::new(), definition, iseval: false });
        }
        assert_eq!(table.expand("`m29`").unwrap_err().slug, "spl/macro-too-large");
    }

    #[test]
    fn places_lead_back_to_what_was_written() {
        let table = table(&[("m", &[], "aaaa bbbb")]);
        let expanded = table.expand("x `m` yy").unwrap();
        assert_eq!(expanded.text, "x aaaa bbbb yy");
        assert_eq!(expanded.origin(Span::new(12, 14)), Span::new(6, 8));
        assert_eq!(expanded.origin(Span::new(7, 11)), Span::new(2, 5), "inside a macro it is the call");
        assert_eq!(expanded.origin(Span::new(0, 14)), Span::new(0, 8));
        assert_eq!(expanded.macro_of(Span::new(7, 11)), Some("m"));
        assert_eq!(expanded.macro_of(Span::new(0, 11)), None);
    }
}
