//! Pages that say what they have in sections of tables, lists and code: all but rules, the index and the matrix.

use super::cx::{Cx, sign};
use super::{Frame, links};
use crate::model::{RuleId, RulePage};
use askama::Template;

/// A page of sections.
#[derive(Template)]
#[template(path = "article.html")]
pub(crate) struct Article {
    /// What stands around it.
    pub(crate) frame: Frame,
    /// The way to it: names and addresses below the site's top.
    pub(crate) crumbs: Vec<(String, String)>,
    /// Its title.
    pub(crate) title: String,
    /// Whether the title is code.
    pub(crate) code: bool,
    /// Badges: tone and words.
    pub(crate) badges: Vec<(&'static str, String)>,
    /// What stands under the title.
    pub(crate) lede: Vec<Block>,
    /// Name and values at the side.
    pub(crate) facts: Vec<(&'static str, Vec<Cell>)>,
    /// The sections; those without blocks are not shown.
    pub(crate) sections: Vec<Section>,
}

/// A section of a page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Section {
    /// Its anchor.
    pub(crate) id: &'static str,
    /// Its title.
    pub(crate) title: String,
    /// What is in it.
    pub(crate) blocks: Vec<Block>,
}

/// A part of a section.
#[derive(Debug, Clone)]
pub(crate) enum Block {
    /// HTML that was made of Markdown, sanitised.
    Prose(String),
    /// A sentence.
    Text(String),
    /// The title of what follows in a section.
    Title(String),
    /// A remark: tone, words.
    Note(&'static str, String),
    /// SPL.
    Code(String),
    /// A table.
    Table(Table),
    /// Rows of an example under a label, with a name that nothing else on the page has: names of the columns, then the rows.
    Grid(String, String, Vec<Vec<String>>),
    /// Lines of two searches: `-` before those of the older, `+` before those of the newer.
    Lines(Vec<(char, String)>),
    /// Links side by side in columns, each with the number behind it.
    Links(Vec<Cell>),
    /// Cells coloured by their number.
    Cells(Vec<Heat>),
}

/// A table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    /// What it shows.
    pub(crate) caption: String,
    /// Heads of the columns; numbers stand at the right.
    pub(crate) head: Vec<(&'static str, bool)>,
    /// Its rows; the first cell names the row.
    pub(crate) rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Its class: rows that are rules, or things with a sentence, stand on lines of text where a table has no room.
    pub(crate) fn class(&self) -> &'static str {
        match self.head.last() {
            Some(("Evidence", _)) => "results",
            Some((name, _)) if name.starts_with("What it does") => "results said",
            _ if matches!(self.head.first(), Some(("Rule" | "Provider", _))) => "stack named",
            _ => "",
        }
    }

    /// What a cell of a column is, where that is not told by a head: in rows that stand on lines of text.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand out references")]
    pub(crate) fn label(&self, column: &usize) -> Option<&'static str> {
        let (name, number) = self.head.get(*column)?;
        (self.class().starts_with("stack") && (*number || column + 1 < self.head.len())).then_some(name)
    }
}

/// A cell of a table, or an entry of a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    /// What it says.
    pub(crate) text: String,
    /// Where it leads, below the site's top, or a whole address of the web.
    pub(crate) href: Option<String>,
    /// Whether it is code.
    pub(crate) code: bool,
    /// Whether it is a sentence of grotto's, in which what stands between backticks is code.
    pub(crate) sentence: bool,
    /// Whether it is a number.
    pub(crate) number: bool,
    /// A lesser word behind it.
    pub(crate) more: String,
    /// Tone of a badge; empty when it is none.
    pub(crate) tone: &'static str,
    /// Cells inside it, instead of a text.
    pub(crate) heat: Vec<Heat>,
}

/// A cell that is coloured by a number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heat {
    /// What it says.
    pub(crate) text: String,
    /// The number.
    pub(crate) n: usize,
    /// How much that is, 0 to 4.
    pub(crate) level: u8,
    /// Where it leads, below the site's top.
    pub(crate) href: String,
    /// What it says when it is pointed at.
    pub(crate) title: String,
}

impl Cell {
    /// Words.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A sentence of grotto's.
    pub(crate) fn sentence(text: &str) -> Self {
        let mut letters = text.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        Self { text: first.chain(letters).collect(), sentence: true, ..Self::default() }
    }

    /// Code.
    pub(crate) fn code(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: true, ..Self::default() }
    }

    /// A number.
    pub(crate) fn number(n: usize) -> Self {
        Self { text: super::cx::thousands(n), number: true, ..Self::default() }
    }

    /// With a link.
    pub(crate) fn to(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// With a lesser word behind it.
    pub(crate) fn more(mut self, more: impl Into<String>) -> Self {
        self.more = more.into();
        self
    }

    /// Whether the link leads out of the site.
    pub(crate) fn leaves(&self) -> bool {
        self.href.as_deref().is_some_and(|href| href.starts_with("http:") || href.starts_with("https:"))
    }
}

impl Section {
    /// A section.
    pub(crate) fn new(id: &'static str, title: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self { id, title: title.into(), blocks }
    }
}

impl Article {
    /// A page with nothing on it yet.
    pub(crate) fn new(frame: Frame, title: impl Into<String>) -> Self {
        let (crumbs, badges, lede, facts, sections) = Default::default();
        Self { frame, crumbs, title: title.into(), code: false, badges, lede, facts, sections }
    }

    /// With the way to it.
    pub(crate) fn below(mut self, crumbs: &[(&str, &str)]) -> Self {
        self.crumbs = crumbs.iter().map(|(name, href)| ((*name).to_owned(), (*href).to_owned())).collect();
        self
    }

    /// Whether anything stands at the side.
    pub(crate) fn has_side(&self) -> bool {
        self.facts.iter().any(|(_, cells)| !cells.is_empty()) || self.shown().count() > 2
    }

    /// The sections that have something in them.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| !section.blocks.is_empty())
    }
}

/// The section that lists rules.
pub(crate) fn rules_section(cx: &Cx, ids: &[RuleId], caption: &str) -> Section {
    let title = super::cx::counted(ids.len(), "rule");
    Section::new("rules", title, rules_table(cx, ids, caption).into_iter().collect())
}

/// A table of rules; nothing when there are none.
pub(crate) fn rules_table(cx: &Cx, ids: &[RuleId], caption: &str) -> Option<Block> {
    let rows: Vec<_> = cx.rules(ids).map(rule_row).collect();
    let head = vec![
        ("Rule", false),
        ("Type", false),
        ("Severity", false),
        ("Techniques", false),
        ("Evidence", false),
    ];
    (!rows.is_empty()).then(|| Block::Table(Table { caption: caption.to_owned(), head, rows }))
}

/// A cell that names a rule.
pub(crate) fn rule_cell(rule: &RulePage) -> Cell {
    Cell::text(&rule.name).to(links::rule(rule))
}

fn rule_row(rule: &RulePage) -> Vec<Cell> {
    let techniques: Vec<_> = rule.techniques.iter().map(|t| t.id.as_str()).collect();
    let state = rule.evidence.state;
    vec![
        rule_cell(rule),
        Cell::text(&rule.kind),
        Cell::text(&rule.severity),
        Cell::text(techniques.join(" ")),
        Cell::text(format!("{} {}", sign(state), state.name())),
    ]
}

/// A sentence of grotto's as HTML: what stands between backticks is code.
pub(crate) fn inline(text: &str) -> String {
    let ticks = text.matches('`').count();
    let mut out = String::with_capacity(text.len() + 16);
    for (i, part) in text.split('`').enumerate() {
        let escaped = super::pages::escaped(part);
        match i % 2 {
            1 if i < ticks => out.extend(["<code>", &escaped, "</code>"]),
            // The last of an odd number of backticks is only a sign.
            1 => out.extend(["`", &escaped]),
            _ => out.push_str(&escaped),
        }
    }
    out
}

/// How much a number is beside the largest, 0 to 4: steps that rise with its logarithm.
pub(crate) fn level(n: usize, most: usize) -> u8 {
    if n == 0 {
        return 0;
    }
    let share = (n as f64).ln_1p() / (most.max(1) as f64).ln_1p();
    ((share * 4.0).ceil() as u8).clamp(1, 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_make_code() {
        for (text, expected) in [
            ("a `b` c", "a <code>b</code> c"),
            ("`<b>`", "<code>&lt;b&gt;</code>"),
            ("a ` b", "a ` b"),
            ("`a` `b", "<code>a</code> `b"),
        ] {
            assert_eq!(inline(text), expected);
        }
    }

    #[test]
    fn sentences_begin_with_a_capital() {
        assert_eq!(Cell::sentence("it needs `x`").text, "It needs `x`");
        assert_eq!(Cell::sentence("").text, "");
    }

    #[test]
    fn levels_rise_with_numbers() {
        assert_eq!(level(0, 100), 0);
        assert_eq!(level(100, 100), 4);
        assert_eq!(level(1, 1), 4);
        let levels: Vec<_> = (0..=100).map(|n| level(n, 100)).collect();
        assert!(levels.is_sorted() && levels.contains(&1) && levels.contains(&2) && levels.contains(&3));
    }
}
