//! From the text of `grotto.toml` to a [`Config`]. Everything that is wrong is said at its place.

use super::keys::{self, Key, Kind, LEVELS, OPEN, Open};
use super::{Config, Settings, Tuned, Value};
use crate::args::{size, web_address};
use grotto_diag::{Diagnostic, Severity, Source, Span};
use grotto_engine::commands::nearest;
use grotto_spl::MacroDefinition;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// Reads the file. Relative paths in it lead from `folder`.
///
/// # Errors
/// All that is wrong with it: `config/toml`, `config/unknown-key`, `config/type`, `config/value`.
pub(super) fn read(source: Arc<Source>, folder: &Path) -> Result<Config, Vec<Diagnostic>> {
    let text = source.text.clone();
    let table = DeTable::parse(&text).map_err(|error| vec![refused(&source, &error)])?;
    let mut reader = Reader {
        source: &source,
        folder,
        values: Vec::new(),
        settings: Settings::default(),
        wrong: Vec::new(),
    };
    reader.top(table.get_ref());
    let Reader { values, settings, wrong, .. } = reader;
    if wrong.is_empty() { Ok(Config { source, values, settings: Arc::new(settings) }) } else { Err(wrong) }
}

fn refused(source: &Arc<Source>, error: &toml::de::Error) -> Diagnostic {
    let at = error.span().map_or_else(Span::default, |at| Span::new(at.start, at.end));
    Diagnostic::error("config/toml", format!("not readable as TOML: {}", error.message().replace('\n', ", ")))
        .at(at, "here")
        .help("texts stand in quotes, lists in brackets; see https://toml.io")
        .in_source(source)
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    folder: &'a Path,
    values: Vec<Value>,
    settings: Settings,
    wrong: Vec<Diagnostic>,
}

fn span<T>(of: &Spanned<T>) -> Span {
    Span::new(of.span().start, of.span().end)
}

/// `a text`, `a list` …
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a truth value",
        DeValue::Datetime(_) => "a time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

impl Reader<'_> {
    fn say(&mut self, slug: &'static str, message: String, at: Span, label: &str, help: impl Into<String>) {
        let said = Diagnostic::error(slug, message).at(at, label).help(help).in_source(self.source);
        self.wrong.push(said);
    }

    fn mistyped(&mut self, path: &str, value: &Spanned<DeValue<'_>>, wanted: &str, example: &str) {
        let found = kind(value.get_ref());
        let message = format!("`{path}` should be {wanted}, not {found}");
        self.say(
            "config/type",
            message,
            span(value),
            &format!("this is {found}"),
            format!("for example: {example}"),
        );
    }

    fn top(&mut self, table: &DeTable<'_>) {
        for (name, value) in table {
            let text = name.get_ref().as_ref();
            if let Some(open) = OPEN.iter().find(|open| open.name == text) {
                self.open(open, value);
            } else if keys::sections().contains(&text) {
                self.section(name, value);
            } else {
                self.entry("", name, value);
            }
        }
    }

    fn section(&mut self, name: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        let section = name.get_ref().as_ref();
        match value.get_ref().as_table() {
            Some(table) => table.iter().for_each(|(name, value)| self.entry(section, name, value)),
            None => self.mistyped(section, value, "a table", &format!("[{section}]")),
        }
    }

    fn entry(&mut self, section: &str, name: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        match keys::key(section, name.get_ref()) {
            Some(key) => {
                if let Some(values) = self.values(key, value) {
                    self.values.push(Value { key, values, span: span(value) });
                }
            }
            None => self.unknown(section, name),
        }
    }

    fn unknown(&mut self, section: &str, name: &Spanned<DeString<'_>>) {
        let (text, at) = (name.get_ref().as_ref(), span(name));
        let known = keys::names(section);
        let message = match section {
            "" => format!("there is no key `{text}`"),
            section => format!("there is no key `{text}` in [{section}]"),
        };
        // A key at the top that belongs into a table is not misspelled, but misplaced.
        let elsewhere = keys::KEYS.iter().find(|key| key.section != section && key.name == text);
        let said = Diagnostic::error("config/unknown-key", message).at(at, "unknown").in_source(self.source);
        self.wrong.push(match (nearest(text, known.iter().copied()), elsewhere) {
            (_, Some(key)) => said.help(match key.section {
                "" => format!("`{text}` stands at the top of the file, before all tables"),
                section => format!("`{text}` stands in [{section}]"),
            }),
            (Some(meant), None) => {
                said.help(format!("did you mean `{meant}`?")).fix(format!("write {meant}"), at, meant)
            }
            (None, None) => said.help(format!("known are {}", known.join(", "))),
        });
    }

    /// The values of a key as arguments want them; `None` when they are wrong, which was then said.
    fn values(&mut self, key: &'static Key, value: &Spanned<DeValue<'_>>) -> Option<Vec<OsString>> {
        match (key.kind, value.get_ref()) {
            (Kind::Paths, DeValue::Array(items)) => {
                let all: Vec<_> = items.iter().map(|item| self.file(key, item)).collect();
                all.into_iter().collect()
            }
            (Kind::Path | Kind::Paths, DeValue::String(_)) => Some(vec![self.file(key, value)?]),
            (Kind::Zone, DeValue::String(zone)) => match grotto_engine::context::timezone(zone) {
                Ok(_) => Some(vec![zone.as_ref().into()]),
                Err(error) => self.refuse(value, error.message, error.help.unwrap_or_default()),
            },
            (Kind::OneOf(words), DeValue::String(word)) => {
                let words = words();
                if words.iter().any(|known| known == word) {
                    return Some(vec![word.as_ref().into()]);
                }
                let help = match nearest(word, words.iter().map(String::as_str)) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("it may be {}", words.join(", ")),
                };
                self.refuse(value, format!("`{}` can't be `{word}`", key.path()), help)
            }
            (Kind::Url, DeValue::String(text)) => match web_address(text) {
                Ok(address) => Some(vec![address.into()]),
                Err(reason) => self.refuse(value, format!("`{text}` is no web address"), reason),
            },
            (Kind::Size, DeValue::String(text)) => match size(text) {
                Ok(_) => Some(vec![text.as_ref().into()]),
                Err(reason) => self.refuse(value, format!("`{text}` is no size"), reason),
            },
            (Kind::Size, DeValue::Integer(_)) => self.whole(key, value, 0, i64::MAX),
            (Kind::Count, DeValue::Integer(_)) => self.whole(key, value, 1, i64::from(u16::MAX)),
            _ => {
                self.mistyped(
                    &key.path(),
                    value,
                    key.kind.name(),
                    &format!("{} = {}", key.name, key.example),
                );
                None
            }
        }
    }

    fn refuse<T>(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        message: String,
        help: impl Into<String>,
    ) -> Option<T> {
        self.say("config/value", message, span(value), "", help);
        None
    }

    /// A path, made to lead from the working directory.
    fn file(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) -> Option<OsString> {
        match value.get_ref() {
            DeValue::String(path) if path.is_empty() => self.refuse(
                value,
                format!("`{}` holds an empty path", key.path()),
                "write `.` for the folder of the file",
            ),
            DeValue::String(path) => Some(self.folder.join(path.as_ref()).into_os_string()),
            _ => {
                self.mistyped(
                    &key.path(),
                    value,
                    key.kind.name(),
                    &format!("{} = {}", key.name, key.example),
                );
                None
            }
        }
    }

    fn whole(
        &mut self,
        key: &Key,
        value: &Spanned<DeValue<'_>>,
        least: i64,
        most: i64,
    ) -> Option<Vec<OsString>> {
        let number = value.get_ref().as_integer()?;
        match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) if (least..=most).contains(&number) => Some(vec![number.to_string().into()]),
            _ => {
                let message = format!("`{}` should be a whole number from {least} to {most}", key.path());
                self.refuse(value, message, format!("for example: {} = {}", key.name, key.example))
            }
        }
    }

    /// A table whose keys are the user's own.
    fn open(&mut self, open: &'static Open, value: &Spanned<DeValue<'_>>) {
        let Some(table) = value.get_ref().as_table() else {
            return self.mistyped(open.name, value, "a table", &format!("[{}]", open.name));
        };
        for (name, value) in table {
            let path = format!("{}.{}", open.name, name.get_ref());
            match value.get_ref().as_str() {
                None => self.mistyped(&path, value, "a text", open.example),
                Some(text) if open.name == "filters" => self.filter(name, text),
                Some(text) => self.level(name, text, value),
            }
        }
    }

    fn filter(&mut self, name: &Spanned<DeString<'_>>, text: &str) {
        let (macro_name, at) = (name.get_ref().as_ref(), span(name));
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
        if macro_name.is_empty() || !macro_name.chars().all(fits) {
            let help = "write the name without backquotes; a macro that takes arguments has its place in a macros.conf \
                        beside this file";
            return self.say("config/value", format!("`{macro_name}` is no name of a macro"), at, "", help);
        }
        let line = self.source.place(at.start).line;
        let definition = MacroDefinition {
            name: macro_name.to_owned(),
            arguments: Vec::new(),
            definition: text.to_owned(),
            iseval: false,
        };
        self.settings.macros.push(Tuned { definition, origin: format!("{}:{line}", self.source.name) });
    }

    fn level(&mut self, name: &Spanned<DeString<'_>>, text: &str, value: &Spanned<DeValue<'_>>) {
        let slug = name.get_ref().as_ref().to_owned();
        let level = match text {
            "off" => None,
            "info" => Some(Severity::Info),
            "warning" => Some(Severity::Warning),
            "error" => Some(Severity::Error),
            _ => {
                let message = format!("`lint.{slug}` can't be `{text}`");
                let help = match nearest(text, LEVELS.into_iter()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("it may be {}", LEVELS.join(", ")),
                };
                return self.say("config/value", message, span(value), "", help);
            }
        };
        self.settings.lints.push((slug, level));
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
