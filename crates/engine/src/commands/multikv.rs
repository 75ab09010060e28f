//! `multikv`: makes a row of each line of a table that stands in the text of an event.

use super::extract::cleaned;
use super::extraction::Found;
use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use grotto_spl::text;
use std::ops::Range;

pub(super) static MULTIKV: Spec = Spec {
    name: "multikv",
    aliases: &[],
    summary: "Makes an event of each line of a table in the text of an event. Fields are named by the title line; \
              columns are told by commas or tabs, else by where they stand.",
    syntax: "multikv [forceheader=<line> | noheader=<bool>] [copyattrs=<bool>] [rmorig=<bool>] [multitable=<bool>] \
             [fields <field>...] [filter <text>...]",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/multikv",
    deviations: &["`conf`, a stanza of multikv.conf, is not supported"],
    assumptions: &["multikv-tables"],
    examples: &[
        Example {
            spl: "| multikv",
            input: r#"[{"host": "a", "_raw": "Name     Age   Occupation\nJosh     42    Engineer\nFrancine  5    Head of IT"}]"#,
            expected: r#"[{"host": "a", "_raw": "Josh     42    Engineer", "Name": "Josh", "Age": "42", "Occupation": "Engineer"},
                {"host": "a", "_raw": "Francine  5    Head of IT", "Name": "Francine", "Age": "5", "Occupation": "Head of IT"}]"#,
        },
        Example {
            spl: "| multikv forceheader=2 fields pid filter sh init | table pid state",
            input: r#"[{"_raw": "2 tasks\npid,state,name\n1,S,init\n22,R,sh\n3,R,ps"}]"#,
            expected: r#"[{"pid": "1"}, {"pid": "22"}]"#,
        },
        Example {
            spl: "| multikv noheader=true copyattrs=false",
            input: r#"[{"host": "a", "_raw": "x 1\ny 2"}]"#,
            expected: r#"[{"_raw": "x 1", "Column_1": "x", "Column_2": "1"}, {"_raw": "y 2", "Column_1": "y", "Column_2": "2"}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Rows that one batch may become.
const MOST_ROWS: usize = 1_000_000;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["forceheader", "noheader", "copyattrs", "rmorig", "multitable"])?;
    let options = &split.options;
    let (mut fields, mut filter) = (None::<Vec<String>>, Vec::new());
    let mut in_filter = None;
    for word in call.words(&split.rest)? {
        match (word.is_keyword("fields"), word.is_keyword("filter"), in_filter) {
            (true, ..) if fields.is_none() => (fields, in_filter) = (Some(Vec::new()), Some(false)),
            (_, true, None | Some(false)) => in_filter = Some(true),
            (.., Some(true)) => filter.push(text::argument(word)),
            (.., Some(false)) => fields.get_or_insert_default().push(text::field(word)),
            (.., None) => return Err(call.bad(word.at.0, "expected fields or filter")),
        }
    }
    let header = match options.count("forceheader", 0)? {
        _ if options.flag("noheader", false)? => Header::None,
        0 => Header::Looked,
        line => Header::Line(line - 1),
    };
    Ok(Box::new(Multikv {
        header,
        fields,
        filter,
        copy: options.flag("copyattrs", true)?,
        remove: options.flag("rmorig", true)?,
        several: options.flag("multitable", true)?,
    }))
}

/// Where the title line is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Header {
    /// The first that looks like one.
    Looked,
    /// The line of this number from 0.
    Line(usize),
    /// Nowhere.
    None,
}

struct Multikv {
    header: Header,
    fields: Option<Vec<String>>,
    filter: Vec<String>,
    copy: bool,
    remove: bool,
    several: bool,
}

impl Command for Multikv {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.with("_raw")
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let Some(source) = rows.column("_raw") else { return Ok(rows) };
        let (mut order, mut raws, mut lines): (Vec<u32>, Vec<Option<String>>, Vec<Option<Line>>) =
            Default::default();
        for row in 0..rows.rows() {
            let text = columns::texts(source.cell(row)).join("\n");
            let table: Vec<Line> =
                self.table(&text).into_iter().filter(|line| self.passes(&line.raw)).collect();
            if table.is_empty() || !self.remove {
                order.push(row as u32);
                raws.push(Some(text));
                lines.push(None);
            }
            for line in table {
                order.push(row as u32);
                raws.push(Some(line.raw.clone()));
                lines.push(Some(line));
            }
            if order.len() > MOST_ROWS {
                let message = format!("multikv makes more than {MOST_ROWS} rows");
                return Err(Box::new(
                    Diagnostic::error("engine/limit", message).help("filter the events before"),
                ));
            }
        }
        let mut out = rows.take(&order);
        if !self.copy {
            out.retain(|name| name == "_raw" || crate::pipeline::is_hidden(name));
        }
        out.set("_raw", Column::text(raws));
        let mut found = Found::new(out.rows());
        for (row, line) in lines.into_iter().enumerate() {
            found.at(row);
            for (name, value) in line.into_iter().flat_map(|line| line.values) {
                if self.fields.as_ref().is_none_or(|fields| fields.contains(&name)) {
                    found.add(&name, value);
                }
            }
        }
        found.write("multikv", &mut out)?;
        Ok(out)
    }
}

/// A line of a table.
#[derive(Debug, PartialEq)]
struct Line {
    raw: String,
    values: Vec<(String, String)>,
}

impl Multikv {
    /// Whether a line holds one of the terms, in any letter case.
    fn passes(&self, line: &str) -> bool {
        let line = line.to_lowercase();
        self.filter.is_empty() || self.filter.iter().any(|term| line.contains(&term.to_lowercase()))
    }

    /// The lines of the tables in a text. A blank line ends a table; a title line behind it begins another one.
    fn table(&self, text: &str) -> Vec<Line> {
        let lines: Vec<&str> = text.lines().collect();
        let mut at = match self.header {
            Header::None => 0,
            Header::Line(line) => line,
            Header::Looked => {
                let titles = lines.iter().position(|line| is_title(line));
                titles
                    .or_else(|| {
                        lines.iter().position(|line| delimiter(line).is_some() || words(line).len() > 1)
                    })
                    .unwrap_or(lines.len())
            }
        };
        let mut out = Vec::new();
        while at < lines.len() {
            let layout = Layout::of(lines[at], self.header == Header::None);
            at += usize::from(self.header != Header::None);
            while at < lines.len() && !lines[at].trim().is_empty() {
                out.push(Line { raw: lines[at].to_owned(), values: layout.values(lines[at]) });
                at += 1;
            }
            let next = lines.iter().skip(at).position(|line| is_title(line));
            at = match next {
                Some(ahead) if self.several && self.header == Header::Looked => at + ahead,
                _ => lines.len(),
            };
        }
        out
    }
}

/// Whether a line looks like titles: several words that begin with a capital letter each.
fn is_title(line: &str) -> bool {
    let words = words(line);
    words.len() > 1 && words.iter().all(|word| line[word.clone()].starts_with(char::is_uppercase))
}

/// The character between the values of a line, if there is one.
fn delimiter(line: &str) -> Option<char> {
    [',', '\t'].into_iter().find(|c| line.contains(*c))
}

/// Where the words of a line stand, in bytes.
fn words(line: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut rest = 0;
    while let Some(start) = line[rest..].find(|c: char| !c.is_whitespace()).map(|at| rest + at) {
        let end = line[start..].find(char::is_whitespace).map_or(line.len(), |at| start + at);
        out.push(start..end);
        rest = end;
    }
    out
}

/// How the columns of a table are told apart.
struct Layout {
    names: Vec<String>,
    /// The character between values, if there is one.
    delimiter: Option<char>,
    /// Where titles stand, in bytes.
    places: Vec<Range<usize>>,
}

impl Layout {
    /// The layout of a table whose title line, or first line when it has none, this is.
    fn of(line: &str, nameless: bool) -> Self {
        let delimiter = delimiter(line);
        let places = words(line);
        let titles: Vec<&str> = match delimiter {
            Some(delimiter) => line.split(delimiter).collect(),
            None => places.iter().map(|place| &line[place.clone()]).collect(),
        };
        let name = |(i, title): (usize, &&str)| {
            let name = if nameless { String::new() } else { cleaned(title.trim()) };
            if name.is_empty() { format!("Column_{}", i + 1) } else { name }
        };
        Self { names: titles.iter().enumerate().map(name).collect(), delimiter, places }
    }

    fn values(&self, line: &str) -> Vec<(String, String)> {
        let mut values = vec![String::new(); self.names.len()];
        let words = words(line);
        if let Some(delimiter) = self.delimiter {
            for (value, part) in values.iter_mut().zip(line.split(delimiter)) {
                part.trim().clone_into(value);
            }
        } else if words.len() == self.names.len() {
            for (value, word) in values.iter_mut().zip(words) {
                line[word].clone_into(value);
            }
        } else {
            for word in words {
                let column = self.column(&word);
                let Some(value) = values.get_mut(column) else { continue };
                if !value.is_empty() {
                    value.push(' ');
                }
                value.push_str(&line[word]);
            }
        }
        self.names.iter().cloned().zip(values).filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The column that a word lies under: one whose title it overlaps, else the last one that begins before it.
    fn column(&self, word: &Range<usize>) -> usize {
        let overlaps = |place: &Range<usize>| place.start < word.end && word.start < place.end;
        let before = self.places.iter().take_while(|place| place.start <= word.start).count();
        self.places.iter().position(overlaps).unwrap_or(before.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use crate::pipeline::testing::{check, plan};

    #[test]
    fn quotes_stay_and_keys_are_cleaned() {
        check(
            "| multikv | fields - _raw",
            r#"[{"_raw": "\"c_ip\",\"sc_status\"\n\"1.2.3.4\",\"200\""}]"#,
            r#"[{"c_ip_": "\"1.2.3.4\"", "sc_status_": "\"200\""}]"#,
        );
    }

    #[test]
    fn right_aligned_columns_and_several_tables() {
        check(
            "| multikv | fields - _raw",
            r#"[{"_raw": "Report of today\n\n  PID CMD\n    1 init\n12345 sh -c x\n\nUser Home\nann  /a b"}, {"_raw": ""}]"#,
            r#"[{"PID": "1", "CMD": "init"}, {"PID": "12345", "CMD": "sh -c x"}, {"User": "ann", "Home": "/a b"}, {}]"#,
        );
    }

    #[test]
    fn the_original_can_stay() {
        check(
            "| multikv rmorig=f filter q | table _raw A",
            r#"[{"_raw": "A B\nx y\nQ 1"}]"#,
            r#"[{"_raw": "A B\nx y\nQ 1"}, {"_raw": "Q 1", "A": "Q"}]"#,
        );
        assert_eq!(plan("| multikv x").expect_err("a word").slug, "spl/bad-argument");
        assert_eq!(plan("| multikv conf=x").expect_err("a stanza").slug, "engine/unsupported-option");
    }
}
