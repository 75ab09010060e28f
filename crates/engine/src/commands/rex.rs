//! `rex`: extracts fields with a regular expression, or edits text like sed.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pattern::{Groups, Pattern};
use crate::pipeline::{Command, FieldSet, Kind, columns};
use crate::plan::unless;
use crate::predicate::{Formula, Predicate};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use grotto_spl::ast::Word;
use grotto_spl::text;
use std::sync::Arc;

pub(super) static REX: Spec = Spec {
    name: "rex",
    aliases: &[],
    summary: "Writes what the named groups of a regular expression match into fields of these names; with mode=sed \
              replaces (s/regex/text/flags) or swaps characters (y/abc/xyz/). Where nothing matches, fields stay.",
    syntax: "rex [field=<field>] [max_match=<count>] [offset_field=<field>] \"<regular expression>\" | rex [field=<field>] mode=sed \"<expression>\"",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/rex",
    deviations: &[],
    assumptions: &["rex-multivalue-values"],
    examples: &[
        Example {
            spl: "| rex field=path \"(?<dir>.*)\\\\\\\\(?<file>[^\\\\\\\\]+)$\"",
            input: r#"[{"path": "C:\\a\\b.exe"}, {"path": "none", "file": "kept"}]"#,
            expected: r#"[{"path": "C:\\a\\b.exe", "file": "b.exe", "dir": "C:\\a"}, {"path": "none", "file": "kept"}]"#,
        },
        Example {
            spl: "| rex field=text max_match=0 \"(?<number>\\d+)\"",
            input: r#"[{"text": "1 and 22 and 333"}]"#,
            expected: r#"[{"text": "1 and 22 and 333", "number": ["1", "22", "333"]}]"#,
        },
        Example {
            spl: "| rex field=ip mode=sed \"s/(\\d+)\\.\\d+$/\\1.x/\"",
            input: r#"[{"ip": "10.0.0.1"}, {"ip": ["1.2", "none"]}]"#,
            expected: r#"[{"ip": "10.0.0.x"}, {"ip": ["1.x", "none"]}]"#,
        },
        Example {
            spl: "| rex field=a mode=sed \"y/abc/xyz/\"",
            input: r#"[{"a": "cabbage"}]"#,
            expected: r#"[{"a": "zxyyxge"}]"#,
        },
        Example {
            spl: "| rex field=text offset_field=at \"(?<day>\\d+)\\. (?<month>\\w+)\"",
            input: r#"[{"text": "é 14. May"}, {"text": "none"}]"#,
            expected: r#"[{"text": "é 14. May", "day": "14", "month": "May", "at": "day=2-3&month=6-8"}, {"text": "none"}]"#,
        },
    ],
    build: Build::Command(build),
};

/// As many matches as a row gives at most, also when all are asked for.
const MOST_MATCHES: usize = 100_000;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["field", "max_match", "mode", "offset_field"])?;
    let field = split.options.word("field")?.map_or_else(|| "_raw".to_owned(), text::field);
    let words = call.words(&split.rest)?;
    let word = match words.as_slice() {
        [] => return Err(call.missing("a regular expression")),
        [word] => *word,
        [_, second, ..] => return Err(call.bad(second.at.0, "one expression is enough")),
    };
    if let Some(mode) = split.options.word("mode")? {
        if !text::argument(mode).eq_ignore_ascii_case("sed") {
            return Err(call.bad(mode.at.0, "the only mode is sed"));
        }
        return Ok(Box::new(Sed { field, edit: edit(call, word)? }));
    }
    let most = match split.options.count("max_match", 1)? {
        0 => MOST_MATCHES,
        count => count.min(MOST_MATCHES),
    };
    let pattern = Pattern::compile(&text::argument(word), word.at.0)?;
    let groups: Vec<(usize, String)> =
        pattern.names().into_iter().enumerate().filter_map(|(i, name)| Some((i, name?))).collect();
    if groups.is_empty() {
        return Err(call.bad(word.at.0, "the regular expression has no named group such as (?<name>…)"));
    }
    let offsets = split.options.word("offset_field")?.map(text::field);
    Ok(Box::new(Rex { field, pattern, groups, most, offsets }))
}

struct Rex {
    field: String,
    pattern: Pattern,
    groups: Vec<(usize, String)>,
    most: usize,
    /// The field that says where the groups of a match stand.
    offsets: Option<String>,
}

impl Command for Rex {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn keeps_rows(&self) -> bool {
        true
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.with(&self.field)
    }

    fn before(&self, after: &Arc<Predicate>) -> Formula {
        unless(!self.leaves(after.field()), after)
    }

    fn leaves(&self, field: &str) -> bool {
        let mut made = self.groups.iter().map(|(_, name)| name).chain(&self.offsets);
        !made.any(|name| name == field)
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let Some(source) = rows.column(&self.field) else { return Ok(rows) };
        let names: Vec<&String> = self.groups.iter().map(|(_, name)| name).chain(&self.offsets).collect();
        let mut found: Vec<Vec<Value>> = vec![Vec::with_capacity(rows.rows()); names.len()];
        let mut any = false;
        for row in 0..rows.rows() {
            let mut values: Vec<Vec<String>> = vec![Vec::new(); names.len()];
            columns::each(source.cell(row), |cell| {
                columns::with_text(cell, |text| self.extract(text, &mut values));
            });
            for (all, values) in found.iter_mut().zip(values) {
                any |= !values.is_empty();
                all.push(Value::list(values));
            }
        }
        if !any {
            return Ok(rows);
        }
        for (name, mut values) in names.into_iter().zip(found) {
            if let Some(old) = rows.column(name) {
                let missing = values.iter_mut().enumerate().filter(|(_, value)| value.is_null());
                missing.for_each(|(row, value)| *value = old.cell(row).into());
            }
            if values.iter().any(|value| !value.is_null()) {
                rows.set(name.as_str(), columns::column(&values));
            }
        }
        Ok(rows)
    }
}

impl Rex {
    fn extract(&self, text: &str, values: &mut [Vec<String>]) {
        let left = self.most.saturating_sub(values.iter().map(Vec::len).max().unwrap_or(0));
        for groups in self.pattern.find_all(text, left) {
            for ((group, _), values) in self.groups.iter().zip(values.iter_mut()) {
                values.extend(groups.text(*group, text).map(str::to_owned));
            }
            if let (Some(_), Some(offsets)) = (&self.offsets, values.last_mut()) {
                offsets.push(self.places(&groups, text));
            }
        }
    }

    /// Where the named groups of a match stand: `name=first-last` in characters from 0, joined by `&`.
    fn places(&self, groups: &Groups, text: &str) -> String {
        let place = |(group, name): &(usize, String)| {
            let range = groups.range(*group).filter(|range| !range.is_empty())?;
            let first = text[..range.start].chars().count();
            Some(format!("{name}={first}-{}", first + text[range].chars().count() - 1))
        };
        self.groups.iter().filter_map(place).collect::<Vec<_>>().join("&")
    }
}

struct Sed {
    field: String,
    edit: Edit,
}

enum Edit {
    Replace { pattern: Pattern, template: String, all: bool, nth: usize },
    Swap { from: Vec<char>, to: Vec<char> },
}

impl Command for Sed {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn keeps_rows(&self) -> bool {
        true
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.clone()
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let Some(source) = rows.column(&self.field) else { return Ok(rows) };
        let edited = |row| {
            let texts = columns::texts(source.cell(row)).into_iter();
            Value::list(texts.map(|text| self.edit.apply(&text)).collect())
        };
        let column: Column = columns::column(&(0..rows.rows()).map(edited).collect::<Vec<_>>());
        rows.set(self.field.as_str(), column);
        Ok(rows)
    }
}

impl Edit {
    fn apply(&self, text: &str) -> String {
        match self {
            Self::Swap { from, to } => {
                let swap =
                    |c| from.iter().position(|f| *f == c).and_then(|i| to.get(i)).copied().unwrap_or(c);
                text.chars().map(swap).collect()
            }
            Self::Replace { pattern, template, all: true, .. } => pattern.replace(text, template, usize::MAX),
            Self::Replace { pattern, template, nth, .. } => {
                let found = pattern.find_all(text, *nth);
                let Some(start) =
                    found.get(*nth - 1).and_then(|groups| groups.range(0)).map(|range| range.start)
                else {
                    return text.to_owned();
                };
                format!("{}{}", &text[..start], pattern.replace(&text[start..], template, 1))
            }
        }
    }
}

/// `s/regex/replacement/flags` or `y/abc/xyz/`; the character after the letter is the delimiter.
fn edit(call: &Call<'_>, word: &Word) -> Result<Edit, Box<Diagnostic>> {
    let written = text::argument(word);
    let mut chars = written.trim().chars();
    let (kind, delimiter) = (chars.next(), chars.next());
    let bad = || call.bad(word.at.0, "expected s/regex/replacement/flags or y/from/to/");
    let Some(delimiter) = delimiter.filter(|c| !c.is_alphanumeric() && *c != '\\') else { return Err(bad()) };
    let parts = split_at(chars.as_str(), delimiter);
    match (kind, parts.as_slice()) {
        (Some('s'), [regex, template, flags]) => {
            let (mut all, mut nth, mut prefix) = (false, 1, "");
            match flags.trim() {
                "" => {}
                "g" => all = true,
                "i" => prefix = "(?i)",
                "gi" | "ig" => (all, prefix) = (true, "(?i)"),
                number => {
                    nth = number.parse().ok().filter(|n| (1..=MOST_MATCHES).contains(n)).ok_or_else(bad)?;
                }
            }
            let pattern = Pattern::compile(&format!("{prefix}{regex}"), word.at.0)?;
            Ok(Edit::Replace { pattern, template: template.clone(), all, nth })
        }
        (Some('y'), [from, to, rest])
            if rest.trim().is_empty() && from.chars().count() == to.chars().count() =>
        {
            Ok(Edit::Swap { from: from.chars().collect(), to: to.chars().collect() })
        }
        _ => Err(bad()),
    }
}

/// Splits at a delimiter that has no backslash before it; the backslash before one is dropped.
fn split_at(text: &str, delimiter: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let part = parts.len() - 1;
        if c == delimiter {
            parts.push(String::new());
        } else if c == '\\' {
            match chars.next() {
                Some(next) if next == delimiter => parts[part].push(next),
                next => {
                    parts[part].push(c);
                    parts[part].extend(next);
                }
            }
        } else {
            parts[part].push(c);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sed_expressions_are_split() {
        assert_eq!(split_at(r"a\/b/c\d/g", '/'), ["a/b", r"c\d", "g"]);
        assert_eq!(split_at("a", '/'), ["a"]);
        let third =
            Edit::Replace { pattern: Pattern::new("a").unwrap(), template: "X".into(), all: false, nth: 3 };
        assert_eq!(third.apply("aaaa"), "aaXa");
        assert_eq!(third.apply("aa"), "aa");
    }
}
