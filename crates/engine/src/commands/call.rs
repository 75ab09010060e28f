//! A command's arguments as its file sees them, and what is said about wrong ones.

use crate::Context;
use crate::pipeline::Pattern;
use crate::plan::Plan;
use grotto_diag::{Diagnostic, Span};
use grotto_spl::ast::{Arg, Head, MacroCall, Search, Stage, Word};
use grotto_spl::text;
use std::sync::Arc;

/// A call of a command.
#[derive(Debug)]
pub struct Call<'a> {
    /// The command's name in lower case.
    pub name: &'a str,
    /// Its arguments.
    pub args: &'a [Arg],
    /// What the search is compiled for.
    pub context: &'a Context,
    stage: &'a Stage,
}

/// Options by name, and the other arguments.
pub(super) struct Split<'a> {
    pub(super) options: Options<'a>,
    pub(super) rest: Vec<&'a Arg>,
}

/// The options of a call, known to be ones that the command has.
pub(super) struct Options<'a> {
    command: &'a str,
    found: Vec<(&'a Word, &'a Arg)>,
}

impl<'a> Call<'a> {
    /// The call that a stage is.
    pub fn new(name: &'a str, stage: &'a Stage, context: &'a Context) -> Self {
        Self { name, args: &stage.args, context, stage }
    }

    /// Where the command's name stands.
    pub fn name_span(&self) -> Span {
        let start = self.stage.at.0.start;
        match &self.stage.head {
            Head::Implied => self.stage.at.0,
            Head::Command(name) => Span::new(start, start + name.len()),
            Head::Macro(call) => call.at.0,
        }
    }

    /// Tells options from other arguments. Options must be among `known`.
    pub(super) fn split(&self, known: &[&str]) -> Result<Split<'a>, Box<Diagnostic>> {
        self.split_of(self.args, known)
    }

    /// As [`split`](Self::split), for some arguments of the command.
    pub(super) fn split_of<'s>(&self, args: &'s [Arg], known: &[&str]) -> Result<Split<'s>, Box<Diagnostic>>
    where
        'a: 's,
    {
        let mut options = Options { command: self.name, found: Vec::new() };
        let mut rest = Vec::new();
        for arg in args {
            match arg {
                Arg::Option { name, value, negated: false } => {
                    if !known.iter().any(|k| name.raw.eq_ignore_ascii_case(k)) {
                        return Err(self.unsupported_option(name));
                    }
                    options.found.push((name, value));
                }
                Arg::Macro(call) => return Err(unexpanded(call)),
                other => rest.push(other),
            }
        }
        Ok(Split { options, rest })
    }

    /// The arguments with options that stand among the BY fields taken out and put at the end.
    pub(super) fn lifted(&self) -> Vec<Arg> {
        let (mut args, mut options) = (Vec::new(), Vec::new());
        for arg in self.args {
            let Arg::By(items) = arg else {
                args.push(arg.clone());
                continue;
            };
            let (found, fields): (Vec<Arg>, Vec<Arg>) =
                items.iter().cloned().partition(|item| matches!(item, Arg::Option { .. }));
            options.extend(found);
            args.push(Arg::By(fields));
        }
        args.extend(options);
        args
    }

    /// `engine/unsupported-option`.
    pub(super) fn unsupported_option(&self, name: &Word) -> Box<Diagnostic> {
        let message = format!("the option `{}` of `{}` is not supported", name.raw, self.name);
        Box::new(Diagnostic::error("engine/unsupported-option", message).at(name.at.0, "not supported"))
    }

    /// `spl/unexpected-argument`; of a macro that was not expanded, that.
    pub(super) fn unexpected(&self, arg: &Arg) -> Box<Diagnostic> {
        if let Arg::Macro(call) = arg {
            return unexpanded(call);
        }
        if let Arg::Option { name, .. } = arg {
            return self.unsupported_option(name);
        }
        let message = format!("`{}` does not take this argument", self.name);
        Box::new(Diagnostic::error("spl/unexpected-argument", message).at(arg.span(), "not expected here"))
    }

    /// `spl/missing-argument`.
    pub(super) fn missing(&self, what: &str) -> Box<Diagnostic> {
        let message = format!("`{}` needs {what}", self.name);
        Box::new(
            Diagnostic::error("spl/missing-argument", message)
                .at(self.name_span(), format!("{what} expected")),
        )
    }

    /// `spl/bad-argument` at a place.
    pub(super) fn bad(&self, at: Span, problem: &str) -> Box<Diagnostic> {
        Box::new(Diagnostic::error("spl/bad-argument", format!("`{}`: {problem}", self.name)).at(at, "here"))
    }

    /// `engine/unsupported-argument` at a place.
    pub(super) fn unsupported(&self, at: Span, what: &str) -> Box<Diagnostic> {
        let message = format!("`{}`: {what}", self.name);
        Box::new(Diagnostic::error("engine/unsupported-argument", message).at(at, "not supported"))
    }

    /// A search inside this one, of whose rows the first `most` count.
    pub(super) fn subsearch(&self, search: &Search, most: usize) -> Result<Arc<Plan>, Box<Diagnostic>> {
        Plan::nested(search, self.context, most, search.at.0)
    }

    /// The only search among these arguments, which must come last, and the arguments before it.
    pub(super) fn one_search<'s>(
        &self,
        args: &[&'s Arg],
    ) -> Result<(&'s Search, Vec<&'s Arg>), Box<Diagnostic>> {
        match args {
            [before @ .., Arg::Subsearch(search)] => Ok((search, before.to_vec())),
            [.., other] => Err(self.unexpected(other)),
            [] => Err(self.missing("a search in brackets")),
        }
    }

    /// The words of these arguments.
    pub(super) fn words(&self, args: &[&'a Arg]) -> Result<Vec<&'a Word>, Box<Diagnostic>> {
        args.iter().map(|arg| arg.word().ok_or_else(|| self.unexpected(arg))).collect()
    }

    /// Fields with or without wildcards; at least one.
    pub(super) fn patterns(&self, args: &[&'a Arg]) -> Result<Vec<Pattern>, Box<Diagnostic>> {
        if args.is_empty() {
            return Err(self.missing("a field"));
        }
        Ok(self.words(args)?.into_iter().map(|word| Pattern::new(&text::field(word))).collect())
    }

    /// A field and the name after AS.
    pub(super) fn field_as(&self, args: &[&'a Arg]) -> Result<(String, Option<String>), Box<Diagnostic>> {
        match args {
            [arg @ Arg::As { what, name }] => {
                let field = what.word().ok_or_else(|| self.unexpected(arg))?;
                Ok((text::field(field), Some(text::field(name))))
            }
            other => self.one_field(other).map(|field| (field, None)),
        }
    }

    /// The only argument, a field.
    pub(super) fn one_field(&self, args: &[&'a Arg]) -> Result<String, Box<Diagnostic>> {
        match args {
            [] => Err(self.missing("a field")),
            [arg] => Ok(text::field(arg.word().ok_or_else(|| self.unexpected(arg))?)),
            [_, second, ..] => Err(self.unexpected(second)),
        }
    }
}

impl<'a> Options<'a> {
    /// The last option of this name.
    pub(super) fn get(&self, name: &str) -> Option<&'a Arg> {
        self.found.iter().rev().find(|(word, _)| word.raw.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// Its value as text.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Box<Diagnostic>> {
        self.word(name).map(|word| word.map(text::argument))
    }

    /// Its value as written.
    pub(super) fn word(&self, name: &str) -> Result<Option<&'a Word>, Box<Diagnostic>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.word().map(Some).ok_or_else(|| match value {
            Arg::Macro(call) => unexpanded(call),
            _ => self.bad_value(name, value, "a word"),
        })
    }

    /// Its value as a truth value.
    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, Box<Diagnostic>> {
        let Some(word) = self.word(name)? else { return Ok(default) };
        match text::argument(word).to_ascii_lowercase().as_str() {
            "t" | "true" | "1" | "yes" => Ok(true),
            "f" | "false" | "0" | "no" => Ok(false),
            _ => Err(self.bad_value(name, &Arg::Word(word.clone()), "true or false")),
        }
    }

    /// Its value as a whole number, not negative.
    pub(super) fn count(&self, name: &str, default: usize) -> Result<usize, Box<Diagnostic>> {
        let Some(word) = self.word(name)? else { return Ok(default) };
        text::argument(word)
            .trim()
            .parse()
            .map_err(|_| self.bad_value(name, &Arg::Word(word.clone()), "a whole number"))
    }

    /// Its value as a number.
    pub(super) fn number(&self, name: &str) -> Result<Option<f64>, Box<Diagnostic>> {
        let Some(word) = self.word(name)? else { return Ok(None) };
        let number = crate::value::parse_number(&text::argument(word));
        number.map(Some).ok_or_else(|| self.bad_value(name, &Arg::Word(word.clone()), "a number"))
    }

    /// Which of some words its value is, in any letter case.
    pub(super) fn choice(
        &self,
        name: &str,
        words: &[&'static str],
    ) -> Result<Option<&'static str>, Box<Diagnostic>> {
        let Some(word) = self.word(name)? else { return Ok(None) };
        let text = text::argument(word);
        let found = words.iter().find(|known| known.eq_ignore_ascii_case(&text));
        let wanted =
            || self.bad_value(name, &Arg::Word(word.clone()), &format!("one of {}", words.join(", ")));
        found.copied().map(Some).ok_or_else(wanted)
    }

    fn bad_value(&self, name: &str, value: &Arg, wanted: &str) -> Box<Diagnostic> {
        let message = format!("`{name}` of `{}` must be {wanted}", self.command);
        Box::new(
            Diagnostic::error("spl/bad-argument", message).at(value.span(), format!("expected {wanted}")),
        )
    }
}

/// `spl/unexpanded-macro`.
pub(crate) fn unexpanded(call: &MacroCall) -> Box<Diagnostic> {
    let message = format!("the macro `{}` has no definition", call.name);
    Box::new(
        Diagnostic::error("spl/unexpanded-macro", message)
            .at(call.at.0, "not expanded")
            .help("define it, or load the content that does"),
    )
}

/// The name that differs least from a wrong one, if any is near.
pub fn nearest<'n>(wrong: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let most = ((wrong.chars().count() + 1) / 3).clamp(1, 3);
    names.map(|name| (distance(wrong, name), name)).filter(|(d, _)| *d <= most).min().map(|(_, name)| name)
}

/// Number of characters to insert, remove or change.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    // A name of this length is no misspelled command.
    for (i, x) in a.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelled_names_are_recognised() {
        let names = ["stats", "eventstats", "sort", "where"];
        for (wrong, meant) in [
            ("stat", Some("stats")),
            ("wehre", Some("where")),
            ("evenstats", Some("eventstats")),
            ("xyzzy", None),
        ] {
            assert_eq!(nearest(wrong, names.into_iter()), meant, "{wrong}");
        }
    }
}
