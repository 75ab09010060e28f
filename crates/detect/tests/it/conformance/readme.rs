//! The tables of `conformance/README.md`: pages with the number of their cases, and points with the cases that cover
//! them. Points and their words are written by hand, the last column is made.

use super::page::Page;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The text with its tables made anew.
///
/// # Errors
/// What is wrong: a case covers a point that the table lacks, or no case covers a point and the table does not say why.
pub(crate) fn updated(text: &str, pages: &[Page]) -> Result<String, String> {
    let mut cover: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for page in pages {
        for point in page.cases.iter().flat_map(|case| &case.points) {
            *cover.entry(point).or_default().entry(&page.file).or_default() += 1;
        }
    }
    let mut out = String::new();
    let mut skipped = false;
    for line in text.lines() {
        match line {
            "<!-- pages -->" => {
                out.push_str(line);
                out.push('\n');
                out.push_str(&table_of_pages(pages));
                skipped = true;
                continue;
            }
            "<!-- end -->" => skipped = false,
            _ => {}
        }
        if skipped {
            continue;
        }
        out.push_str(&point(line, &mut cover)?.unwrap_or_else(|| line.to_owned()));
        out.push('\n');
    }
    match cover.keys().next() {
        Some(point) => Err(format!("conformance/README.md has no point {point}, which a case names")),
        None => Ok(out),
    }
}

fn table_of_pages(pages: &[Page]) -> String {
    let mut out = String::from("| page | cases |\n|---|---:|\n");
    for page in pages {
        let _ = writeln!(out, "| [{0}]({0}) | {1} |", page.file, page.cases.len());
    }
    let all: usize = pages.iter().map(|page| page.cases.len()).sum();
    let _ = writeln!(out, "| all | {all} |");
    out
}

/// The line of a point, `| 1.2 | words | cases |`, with its cases; `None` for other lines.
fn point(line: &str, cover: &mut BTreeMap<&str, BTreeMap<&str, usize>>) -> Result<Option<String>, String> {
    let Some((number, words, cases)) = cells(line) else { return Ok(None) };
    let Some(found) = cover.remove(number) else {
        if cases.starts_with("none: ") {
            return Ok(None);
        }
        return Err(format!(
            "no conformance case covers point {number} ({words}): add one, or say `none: why`"
        ));
    };
    let cases: Vec<String> = found.iter().map(|(file, count)| format!("[{file}]({file}) {count}")).collect();
    Ok(Some(format!("| {number} | {words} | {} |", cases.join(", "))))
}

/// Number, words and cases of a point's line.
fn cells(line: &str) -> Option<(&str, &str, &str)> {
    let (number, rest) = line.strip_prefix("| ")?.split_once(" | ")?;
    let (section, point) = number.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (words, cases) = rest.strip_suffix('|')?.rsplit_once(" |")?;
    (digits(section) && digits(point)).then(|| (number, words.trim(), cases.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::page::parse;

    #[test]
    fn tables_are_filled_and_gaps_are_said() {
        let case = "## C\n- source: <https://x>\n- points: 1.1\n```spl\nsearch a\n```\n```json output\n```\n";
        let pages = [parse("a.md", &format!("# A\n{case}")).unwrap()];
        let text = "<!-- pages -->\nold\n<!-- end -->\n| point | fact | cases |\n| 1.1 | one \\| two | |\n";
        let table = "| page | cases |\n|---|---:|\n| [a.md](a.md) | 1 |\n| all | 1 |\n";
        let made = format!(
            "<!-- pages -->\n{table}<!-- end -->\n| point | fact | cases |\n| 1.1 | one \\| two | [a.md](a.md) 1 |\n"
        );
        assert_eq!(updated(text, &pages).unwrap(), made);
        assert_eq!(updated(&made, &pages).unwrap(), made);
        let more = format!("{made}| 1.2 | three | |\n");
        let error = updated(&more, &pages).unwrap_err();
        assert_eq!(error, "no conformance case covers point 1.2 (three): add one, or say `none: why`");
        let reason = format!("{made}| 1.2 | three | none: needs a network |\n");
        assert_eq!(updated(&reason, &pages).unwrap(), reason);
        assert_eq!(
            updated("", &pages).unwrap_err(),
            "conformance/README.md has no point 1.1, which a case names"
        );
    }
}
