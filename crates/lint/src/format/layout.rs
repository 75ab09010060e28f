//! One stage a line.

/// Lines become no longer than this where words allow it.
const WIDTH: usize = 110;
/// How far the lines of a stage after the first are indented.
const STEP: usize = 4;
/// Words that begin a clause, and a line of their own in a stage that is too long for one.
const CLAUSES: [&str; 6] = ["by", "from", "where", "output", "outputnew", "over"];
/// Words that stay with what is before and behind them.
const LINKS: [&str; 8] = ["as", "=", "!=", "<", ">", "<=", ">=", "in"];
/// Words that stay with what is behind them.
const LEADS: [&str; 4] = ["and", "or", "not", "xor"];

/// A run of a search without blanks outside of strings, comments and macro calls, or a pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece<'a> {
    text: &'a str,
    /// How many brackets are open before it.
    depth: usize,
}

impl Piece<'_> {
    fn is(self, words: &[&str]) -> bool {
        words.iter().any(|word| self.text.eq_ignore_ascii_case(word))
    }

    fn is_pipe(self) -> bool {
        self.text == "|"
    }
}

/// The search with one stage a line: a stage that is too long goes on in indented lines, the clauses of it and the stages of
/// searches in brackets each in a line of their own. Only blanks and line ends change.
pub fn search(text: &str) -> String {
    let pieces = pieces(text);
    let mut lines: Vec<String> = Vec::new();
    for stage in stages(&pieces) {
        lines.extend(stage_lines(stage));
    }
    lines.join("\n")
}

/// The pieces of each stage, its pipe with it.
fn stages<'p, 'a>(pieces: &'p [Piece<'a>]) -> Vec<&'p [Piece<'a>]> {
    let mut starts: Vec<usize> =
        pieces.iter().enumerate().filter(|(_, p)| p.is_pipe() && p.depth == 0).map(|(at, _)| at).collect();
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    starts.push(pieces.len());
    starts.windows(2).map(|pair| &pieces[pair[0]..pair[1]]).filter(|stage| !stage.is_empty()).collect()
}

fn stage_lines(stage: &[Piece<'_>]) -> Vec<String> {
    let whole = stage.iter().map(|p| p.text).collect::<Vec<_>>().join(" ");
    if whole.chars().count() <= WIDTH && !whole.contains('\n') {
        return vec![whole];
    }
    let (mut lines, mut line) = (Vec::new(), String::new());
    for (i, unit) in units(stage).into_iter().enumerate() {
        let first = unit[0];
        let text = unit.iter().map(|p| p.text).collect::<Vec<_>>().join(" ");
        let indent = STEP * (first.depth + 1);
        let used = line.rsplit('\n').next().unwrap_or_default().chars().count();
        let needs = text.split('\n').next().unwrap_or_default().chars().count();
        let own_line = (first.is_pipe() && i > 0) || (first.depth == 0 && i > 1 && first.is(&CLAUSES));
        if line.is_empty() {
            line = text;
        } else if own_line || (used + 1 + needs > WIDTH && used > indent) {
            lines.push(std::mem::replace(&mut line, format!("{}{text}", " ".repeat(indent))));
        } else {
            line = format!("{line} {text}");
        }
    }
    lines.push(line);
    lines
}

/// Pieces that stay in one line.
fn units<'p, 'a>(stage: &'p [Piece<'a>]) -> Vec<&'p [Piece<'a>]> {
    let (mut out, mut from) = (Vec::new(), 0);
    for at in 1..stage.len() {
        let (before, here) = (stage[at - 1], stage[at]);
        let linked = here.is(&LINKS)
            || before.is(&LINKS)
            || before.is(&LEADS)
            || before.is(&CLAUSES)
            || before.is_pipe();
        // A list of links is a list of fields that are called so.
        if !linked || at - from > 6 {
            out.push(&stage[from..at]);
            from = at;
        }
    }
    if from < stage.len() {
        out.push(&stage[from..]);
    }
    out
}

/// The pieces of a search.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut out, mut depth, mut i) = (Vec::new(), 0_usize, 0);
    let bytes = text.as_bytes();
    let mut start = None;
    let mut at_depth = 0;
    while i < bytes.len() {
        let c = text[i..].chars().next().unwrap_or(' ');
        if c.is_whitespace() || c == '|' {
            if let Some(from) = start.take() {
                out.push(Piece { text: &text[from..i], depth: at_depth });
            }
            if c == '|' {
                out.push(Piece { text: "|", depth });
            }
            i += c.len_utf8();
            continue;
        }
        if start.is_none() {
            (start, at_depth) = (Some(i), depth);
        }
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        i = after(text, i, start == Some(i));
    }
    if let Some(from) = start {
        out.push(Piece { text: &text[from..], depth: at_depth });
    }
    out
}

/// Where the string, comment, macro call or character that begins at `i` ends.
fn after(text: &str, i: usize, at_start: bool) -> usize {
    let rest = &text[i..];
    let length = match rest.chars().next() {
        Some('"') => quoted(rest, '"'),
        Some('`') if rest.starts_with("```") => rest[3..].find("```").map(|at| at + 6).or(Some(rest.len())),
        Some('`') => rest[1..].find('`').map(|at| at + 2),
        // An apostrophe inside a word is no quote.
        Some('\'')
            if at_start || text[..i].ends_with(['(', ',', '=', '!', '<', '>', '.', '+', '-', '*', '/']) =>
        {
            quoted(rest, '\'').filter(|end| !rest[..*end].contains(['|', '\n']))
        }
        Some('\\') => {
            rest.chars().nth(1).filter(|c| !c.is_whitespace() && *c != '|').map(|c| 1 + c.len_utf8())
        }
        _ => None,
    };
    i + length.or_else(|| rest.chars().next().map(char::len_utf8)).unwrap_or(1)
}

/// The length of the string in quotes that a text begins with.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_stand_in_lines() {
        for (written, expected) in [
            ("a=1   b=2|stats count by c", "a=1 b=2\n| stats count by c"),
            ("| tstats count\n where x  | `m(a, b)`|`f`", "| tstats count where x\n| `m(a, b)`\n| `f`"),
            ("a=\"x  | y\" | eval b='c  d'", "a=\"x  | y\"\n| eval b='c  d'"),
            ("a ```b  |  c``` | d", "a ```b  |  c```\n| d"),
            ("a [search b | fields c] | d", "a [search b | fields c]\n| d"),
            ("name=O'Brien | d | e='f' ", "name=O'Brien\n| d\n| e='f'"),
            ("  a ", "a"),
        ] {
            assert_eq!(search(written), expected, "{written}");
            assert_eq!(search(expected), expected, "{written}");
        }
    }

    #[test]
    fn long_stages_are_wrapped() {
        let field = "a_rather_long_name_of_a_field";
        let written = format!("a=1 | stats count min(_time) as first_time by {}", [field; 9].join(" "));
        let expected = format!(
            "a=1\n| stats count min(_time) as first_time\n    by {}\n    {}\n    {}",
            [field; 3].join(" "),
            [field; 3].join(" "),
            [field; 3].join(" ")
        );
        assert_eq!(search(&written), expected);
        let inner = format!(
            "a=1 | join {field} [search {} | fields b | {}]",
            [field; 3].join(" "),
            [field; 2].join(" ")
        );
        let laid_out = search(&inner);
        assert!(laid_out.contains("\n        | fields b\n"), "{laid_out}");
        assert_eq!(search(&laid_out), laid_out);
        let ors = format!("({})", vec![format!("{field}=x"); 7].join(" OR "));
        for line in search(&ors).lines() {
            assert!(!line.ends_with("OR"), "{line}");
        }
    }
}
