//! A thing that was found, in full and on a line.

use super::found::Found;
use super::text;
use askama::Template;
use grotto_detect::row;

/// Fields of a row, searches and threat objects of a finding that are shown.
const FIELDS: usize = 40;
/// Characters of a value that are shown.
const VALUE: usize = 400;
/// Characters of a search that are shown.
const SEARCH: usize = 2_000;
/// Characters of an entity that are shown on a line, and how many a column of text is wide.
const ENTITY: (usize, usize) = (80, 24);

/// A thing in full.
#[derive(Template)]
#[template(path = "report_finding.html")]
struct Full {
    time: String,
    entity: String,
    title: String,
    score: Option<u32>,
    joined: bool,
    facts: Vec<(&'static str, String)>,
    fields: Vec<(String, String)>,
    more_fields: usize,
    threats: Vec<(String, String)>,
    drilldowns: Vec<Search>,
}

struct Search {
    name: String,
    spl: String,
    range: String,
}

/// A thing in a row of a table.
#[derive(Template)]
#[template(
    source = "<tr><td>{{ time }}</td><td>{{ entity }}</td><td class=\"num\">{{ score }}</td><td>{{ title }}</td></tr>\n",
    ext = "html"
)]
struct Cells {
    time: String,
    entity: String,
    score: String,
    title: String,
}

/// A line of text.
#[derive(Template)]
#[template(
    source = "{{ cells.time }}  {% if plain %}{{ cells.entity }}{% else %}<bdi>{{ cells.entity }}</bdi>{% endif %}{{ gap }}  {% if !cells.score.is_empty() %}{{ cells.score }}  {% endif %}{% if plain %}{{ cells.title }}{% else %}<bdi>{{ cells.title }}</bdi>{% endif %}\n",
    ext = "html"
)]
struct Line {
    cells: Cells,
    plain: bool,
    gap: String,
}

/// What a thing is about, short enough for a line.
pub(crate) fn entity(found: &Found<'_>) -> String {
    let most = ENTITY.0;
    match found.entity() {
        Some(entity) => text::line(&row::text(&entity.value, ", "), most),
        None => text::line(found.host().unwrap_or_default(), most),
    }
}

/// A thing as a row of a table.
pub(crate) fn row(found: &Found<'_>) -> Result<String, askama::Error> {
    cells(found).render()
}

/// A thing as a line of text. What may run from right to left is kept from what stands around it.
pub(crate) fn line(found: &Found<'_>) -> Result<String, askama::Error> {
    let cells = cells(found);
    let wide = ENTITY.1.saturating_sub(cells.entity.chars().count());
    Line { plain: runs_right(&cells.entity) && runs_right(&cells.title), gap: " ".repeat(wide), cells }
        .render()
}

/// Whether nothing in a text runs from right to left: all before Hebrew, and general punctuation.
fn runs_right(text: &str) -> bool {
    text.chars().all(|c| c < '\u{590}' || ('\u{2010}'..='\u{2027}').contains(&c))
}

fn cells(found: &Found<'_>) -> Cells {
    Cells {
        time: text::time(found.first.or(found.last)),
        entity: entity(found),
        score: found.finding.map(|f| f.score.to_string()).unwrap_or_default(),
        title: text::line(&found.title(), 200),
    }
}

/// A thing in full.
pub(crate) fn full(found: &Found<'_>) -> Result<String, askama::Error> {
    shown(found).render()
}

fn shown(found: &Found<'_>) -> Full {
    let mut facts = vec![("Time", span(found.first, found.last))];
    if let Some(f) = found.finding {
        let value = text::line(&row::text(&f.entity.value, ", "), VALUE);
        let entity =
            format!("{value} ({}, {})", text::line(&f.entity.field, 80), text::line(&f.entity.kind, 40));
        facts.push(("Entity", entity));
        facts.push(("Looked at", span(f.info_min_time.as_deref(), f.info_max_time.as_deref())));
        facts.push(("Finding id", text::line(&f.id, 64)));
        facts.push(("Seen", f.seen.map(|n| format!("{n} times")).unwrap_or_default()));
    }
    facts.push(("Fired", text::time(found.fired)));
    facts.retain(|(_, text)| !text.is_empty());
    let fields: Vec<(String, String)> = found
        .row
        .iter()
        .take(FIELDS)
        .map(|(name, value)| (text::line(name, 80), text::cut(&row::text(value, "\n"), VALUE)))
        .collect();
    let threats = found.finding.map(|f| f.threat_objects.as_slice()).unwrap_or_default();
    Full {
        time: text::time(found.first.or(found.last)),
        entity: entity(found),
        title: text::line(&found.title(), VALUE),
        score: found.finding.map(|f| f.score),
        joined: found.joined,
        facts,
        more_fields: found.row.len().saturating_sub(FIELDS),
        fields,
        threats: threats
            .iter()
            .take(FIELDS)
            .map(|t| (text::line(&t.kind, 40), text::cut(&row::text(&t.value, "\n"), VALUE)))
            .collect(),
        drilldowns: found
            .drilldowns()
            .iter()
            .take(5)
            .map(|d| Search {
                name: text::line(&d.name, 200),
                spl: text::cut(d.search.trim(), SEARCH),
                range: range(d.earliest.as_deref(), d.latest.as_deref()),
            })
            .collect(),
    }
}

/// From when to when; one time when both are the same.
pub(crate) fn span(first: Option<&str>, last: Option<&str>) -> String {
    let (a, b) = (text::time(first), text::time(last));
    if a == b || b.is_empty() { a } else { format!("{a} to {b}") }
}

fn range(from: Option<&str>, to: Option<&str>) -> String {
    match (from, to) {
        (None, None) => "all time".to_owned(),
        (None, to) => format!("until {}", text::time(to)),
        (from, None) => format!("from {}", text::time(from)),
        (from, to) => format!("{} to {}", text::time(from), text::time(to)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_say_where_they_end() {
        let day = Some("2024-01-01T00:00:00Z");
        assert_eq!(range(None, None), "all time");
        assert_eq!(range(None, day), "until 2024-01-01 00:00:00Z");
        assert_eq!(span(day, day), "2024-01-01 00:00:00Z");
        assert_eq!(span(day, Some("2024-01-02T00:00:00Z")), "2024-01-01 00:00:00Z to 2024-01-02 00:00:00Z");
    }

    #[test]
    fn lines_keep_to_themselves() {
        let of = |host: &str, title: &str| {
            let mut finding = super::super::tests::finding("r", "high", host, "2024-01-01T00:00:00Z");
            finding.title = title.to_owned();
            let records = [grotto_detect::record::Record::Finding(finding)];
            line(&Found::all(&records)[0]).unwrap()
        };
        assert_eq!(
            of("ws-1", "a <b>"),
            "2024-01-01 00:00:00Z  ws-1                      50  a &#60;b&#62;\n"
        );
        assert!(!of("ws-1", "über…").contains("bdi"));
        assert!(of("ws-1", "\u{5d0}").ends_with("<bdi>\u{5d0}</bdi>\n"));
    }
}
