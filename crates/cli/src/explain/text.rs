//! An explanation for people.

use crate::output::table::printable;
use grotto_detect::explain::{Condition, Explanation, Failed, Head, Mark, Matched, Near, Seen, Stage, Tree};
use grotto_detect::row::{Row, text};
use std::io::{Result, Write};

/// Parts of an alternative that are shown before the rest is counted.
const ALTERNATIVES: usize = 12;
/// Characters of a value around a mark.
const AROUND: usize = 60;

/// Writes it.
pub(super) fn write(out: &mut dyn Write, title: &str, e: &Explanation, color: bool) -> Result<()> {
    let paint = Paint { color };
    writeln!(out, "{}", paint.bold(title))?;
    writeln!(out, "{} events read: {}\n", e.events, e.verdict)?;
    if let Some(head) = &e.head {
        self::head(out, head, paint)?;
    }
    writeln!(out, "{}", paint.bold("Stages"))?;
    for stage in &e.stages {
        self::stage(out, stage, e.failing_stage == Some(stage.number), paint)?;
    }
    if let Some(head) = &e.head {
        if head.selected == 0 && !head.nearest.is_empty() {
            writeln!(out, "\n{}", paint.bold("Nearest events"))?;
            head.nearest.iter().try_for_each(|near| self::near(out, near))?;
        }
        if !head.matched.is_empty() {
            writeln!(out, "\n{}", paint.bold("What matched"))?;
            head.matched.iter().try_for_each(|matched| self::matched(out, matched, paint))?;
        }
    }
    if !e.rows.is_empty() {
        writeln!(out, "\n{}", paint.bold("Rows"))?;
        for row in &e.rows {
            writeln!(out, "  {}", clean(&fields(row)))?;
        }
    }
    if e.joined_rows > 0 {
        writeln!(out, "\n{} more rows come from script blocks put together from their parts", e.joined_rows)?;
    }
    if !e.assumptions.is_empty() {
        writeln!(out, "\n{}", paint.bold("Assumptions"))?;
        for assumed in &e.assumptions {
            writeln!(out, "  {}: {}", assumed.name, assumed.choice)?;
        }
    }
    Ok(())
}

/// How emphasis is written.
#[derive(Clone, Copy)]
struct Paint {
    color: bool,
}

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    /// Text that matched: in colour, or between marks.
    fn mark(self, text: &str) -> String {
        if self.color { self.with("1;33", text) } else { format!("»{text}«") }
    }
}

fn head(out: &mut dyn Write, head: &Head, paint: Paint) -> Result<()> {
    writeln!(out, "{}", paint.bold("Head"))?;
    writeln!(out, "   alone together")?;
    if let (Some(model), Some(constraint)) = (&head.model, &head.constraint) {
        writeln!(out, "  events of the data model node {model}: {}", head.of_model)?;
        tree(out, constraint, 1)?;
        writeln!(out, "  of these, those that satisfy the condition: {}", head.selected)?;
    }
    match &head.condition {
        Some(condition) => tree(out, condition, 0)?,
        None => writeln!(out, "  all are taken")?,
    }
    writeln!(out)
}

fn tree(out: &mut dyn Write, node: &Tree, depth: usize) -> Result<()> {
    writeln!(out, "{:>8} {:>8} {}{}", node.alone, node.together, "  ".repeat(depth + 1), clean(&node.text))?;
    // Of many alternatives those that some event satisfies are worth seeing.
    let many = node.text == "or" && node.children.len() > ALTERNATIVES;
    let shown: Vec<&Tree> = node.children.iter().filter(|child| !many || child.alone > 0).collect();
    for child in &shown {
        tree(out, child, depth + 1)?;
    }
    if shown.len() < node.children.len() {
        let rest = node.children.len() - shown.len();
        writeln!(out, "{:>8} {:>8} {}… {rest} more that no event satisfies", 0, 0, "  ".repeat(depth + 2))?;
    }
    Ok(())
}

fn stage(out: &mut dyn Write, stage: &Stage, failing: bool, paint: Paint) -> Result<()> {
    let count = |rows: Option<u64>| rows.map_or_else(|| "?".to_owned(), |rows| rows.to_string());
    let rows = match stage.rows_in {
        Some(_) => format!("{} → {} rows", count(stage.rows_in), count(stage.rows_out)),
        None => format!("{} rows", count(stage.rows_out)),
    };
    let line = format!("{:>3}. {}", stage.number, cut(&stage.text, 100));
    let line = if failing { paint.with("1;31", &line) } else { line };
    writeln!(out, "{line}\n     {rows}{}", if failing { "   ← here the rows are lost" } else { "" })?;
    if let Some(inner) = stage.inner_rows {
        writeln!(out, "     the search inside it gives {inner} rows")?;
    }
    if !stage.made.is_empty() {
        writeln!(out, "     makes {}", cut(&stage.made.join(", "), 100))?;
    }
    if !stage.dropped.is_empty() {
        writeln!(out, "     drops {}", cut(&stage.dropped.join(", "), 100))?;
    }
    for missing in &stage.missing {
        let of = stage.rows_in.unwrap_or_default();
        writeln!(out, "     {} of {of} rows have no {}", missing.rows, clean(&missing.field))?;
    }
    match &stage.condition {
        Some(Condition::Search(node)) if node.text != "always" => tree(out, node, 1)?,
        Some(Condition::Terms(terms)) => {
            for (term, rows) in terms {
                writeln!(out, "{rows:>8} rows satisfy {}", cut(term, 100))?;
            }
        }
        Some(Condition::Search(_)) | None => {}
    }
    if let Some(problem) = &stage.problem {
        writeln!(out, "     failed: {}", clean(problem))?;
    }
    Ok(())
}

fn near(out: &mut dyn Write, near: &Near) -> Result<()> {
    let what = if near.distance == 1 { "predicate" } else { "predicates" };
    writeln!(
        out,
        "  {} {what} away: {} ({})",
        near.distance,
        clean(&fields(&near.event)),
        clean(&near.file)
    )?;
    near.failed.iter().try_for_each(|failed| {
        writeln!(out, "      {}\n          {}", cut(&failed.predicate, 160), clean(&saw(failed)))
    })
}

fn saw(failed: &Failed) -> String {
    match &failed.saw {
        Seen::Missing => "the event has no such field".to_owned(),
        Seen::OtherCase(name) => format!("the field is called {name} there; letter case of names counts"),
        Seen::Empty => "the field is empty".to_owned(),
        Seen::Values(values) => format!("saw {}", values.join(" | ")),
        Seen::Text => "of the event's text".to_owned(),
    }
}

fn matched(out: &mut dyn Write, matched: &Matched, paint: Paint) -> Result<()> {
    writeln!(out, "  {} ({})", clean(&fields(&matched.event)), clean(&matched.file))?;
    for mark in &matched.marks {
        writeln!(out, "      {}: {}", clean(&mark.field), marked(mark, paint))?;
    }
    Ok(())
}

/// A value with what matched marked, and not more around it than helps.
fn marked(mark: &Mark, paint: Paint) -> String {
    let Some(first) = mark.ranges.first() else { return cut(&mark.value, 2 * AROUND) };
    let mut shown = String::new();
    let mut from = before(&mark.value, first.start);
    if from > 0 {
        shown.push('…');
    }
    for range in &mark.ranges {
        let between = &mark.value[from..range.start];
        shown.push_str(&clean(&middle(between)));
        shown.push_str(&paint.mark(&clean(&mark.value[range.clone()])));
        from = range.end;
    }
    shown.push_str(&cut(&mark.value[from..], AROUND));
    shown
}

/// Some characters before a place.
fn before(value: &str, at: usize) -> usize {
    value[..at].char_indices().rev().nth(AROUND - 1).map_or(0, |(start, _)| start)
}

/// A stretch between two marks, its middle left out when it is long.
fn middle(text: &str) -> String {
    if text.chars().count() <= 2 * AROUND {
        return text.to_owned();
    }
    let end = text.char_indices().nth(AROUND).map_or(text.len(), |(at, _)| at);
    format!("{} … {}", &text[..end], &text[before(text, text.len())..])
}

fn fields(row: &Row) -> String {
    row.iter()
        .map(|(name, value)| match value.as_f64() {
            Some(seconds) if name == "_time" => grotto_detect::finding::rfc3339(seconds),
            _ => format!("{name}={}", cut(&text(value, ","), 80)),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// So many characters at most, on one line.
fn cut(text: &str, most: usize) -> String {
    let line = clean(text);
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// What events contain, whole and on one line; it must not steer the terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\t') { ' ' } else { printable(c) }).collect()
}
