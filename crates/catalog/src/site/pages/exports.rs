//! The ATT&CK matrix for other programs: a layer of the Navigator, CSV, SVG.

use super::Page;
use super::attack::{Column, Coverage, columns};
use crate::site::cx::Cx;
use grotto_content::navigator::{Layer, Mark};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How many rules the layer names for each technique.
const NAMED: usize = 20;

/// The files.
pub(super) fn pages(_: &Cx) -> Vec<Page> {
    let files = |coverage: Coverage| {
        let path = |name| format!("{}{name}", coverage.folder());
        [
            Page::new(path("layer.json"), move |cx| Ok(layer(cx, coverage))),
            Page::new(path("coverage.csv"), move |cx| Ok(csv(cx, coverage).into_bytes())),
            Page::new(path("coverage.svg"), move |cx| Ok(svg(&columns(cx, coverage), coverage).into_bytes())),
        ]
    };
    Coverage::ALL.into_iter().flat_map(files).collect()
}

fn layer(cx: &Cx, coverage: Coverage) -> Vec<u8> {
    let mark = |t: &crate::model::TechniqueEntry| {
        let mut names: Vec<_> =
            cx.rules(&t.rules).filter(|rule| coverage.has(rule)).map(|rule| rule.name.clone()).collect();
        if names.len() > NAMED {
            let more = names.len() - NAMED;
            names.truncate(NAMED);
            names.push(format!("{more} more"));
        }
        let comment = names.join("; ");
        (t.id.clone(), Mark { score: coverage.count(t) as u64, comment })
    };
    let marks: BTreeMap<_, _> =
        cx.catalog.techniques.iter().filter(|t| coverage.count(t) > 0).map(mark).collect();
    let layer = Layer::new(&format!("grotto: {} rules", coverage.name()), coverage.says(), &marks);
    serde_json::to_vec_pretty(&layer).unwrap_or_default()
}

fn csv(cx: &Cx, coverage: Coverage) -> String {
    let mut out = String::from("tactic,technique,name,rules\n");
    for column in columns(cx, coverage) {
        for cell in &column.cells {
            let _ = writeln!(
                out,
                "{},{},{},{}",
                quoted(&column.name),
                quoted(&cell.id),
                quoted(&cell.name),
                cell.n
            );
        }
    }
    out
}

/// A field of CSV. What a spreadsheet would take for a formula gets a quote before it.
fn quoted(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if guard.is_empty() && !text.contains(['"', ',', '\n', '\r']) {
        return text.to_owned();
    }
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// Colours of the five levels, and of the words on them.
const COLOURS: [(&str, &str); 5] = [
    ("#f3f1ea", "#474c50"),
    ("#d9ebe7", "#1d2125"),
    ("#aed6d0", "#1d2125"),
    ("#6fb4ae", "#08191a"),
    ("#237a7e", "#ffffff"),
];

/// Width of a column and height of a row, in pixels.
const COLUMN: usize = 150;
const ROW: usize = 16;

fn svg(columns: &[Column], coverage: Coverage) -> String {
    let rows = columns.iter().map(|c| c.cells.len()).max().unwrap_or(0);
    let (width, height) = (columns.len() * COLUMN + 10, (rows + 4) * ROW);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"9\">\n<title>ATT&amp;CK coverage: {} rules</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        coverage.name()
    );
    for (i, column) in columns.iter().enumerate() {
        let x = i * COLUMN + 10;
        let _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"18\" font-size=\"11\" font-weight=\"600\" fill=\"#1d2125\">{}</text>\n<text x=\"{x}\" y=\"31\" fill=\"#646964\">{} of {}</text>",
            escaped(&column.name),
            column.covered,
            column.all
        );
        for (row, cell) in column.cells.iter().enumerate() {
            let (fill, ink) = COLOURS[usize::from(cell.level).min(4)];
            let indent = if cell.sub { 8 } else { 0 };
            let (left, top, wide) = (x + indent, 40 + row * ROW, COLUMN - 8 - indent);
            let most = (wide - 26) / 5;
            let name: String = if cell.name.chars().count() > most {
                cell.name.chars().take(most.saturating_sub(1)).chain(['…']).collect()
            } else {
                cell.name.clone()
            };
            let _ = writeln!(
                out,
                "<g><title>{} {}: {}</title><rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{}\" fill=\"{fill}\"/><text x=\"{}\" y=\"{}\" fill=\"{ink}\">{}</text><text x=\"{}\" y=\"{}\" fill=\"{ink}\" text-anchor=\"end\">{}</text></g>",
                escaped(&cell.id),
                escaped(&cell.name),
                cell.n,
                ROW - 2,
                left + 4,
                top + 10,
                escaped(&name),
                left + wide - 4,
                top + 10,
                cell.n
            );
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Text for XML; signs that XML can't hold are left out.
pub(in crate::site) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c < ' ' || ('\u{fffe}'..='\u{ffff}').contains(&c) => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_csv_and_xml() {
        for (text, expected) in
            [("a", "a"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("=1+1", "\"'=1+1\"")]
        {
            assert_eq!(quoted(text), expected);
        }
        assert_eq!(escaped("<a b=\"c\">\0&\u{ffff}"), "&lt;a b=&quot;c&quot;&gt;&amp;");
    }
}
