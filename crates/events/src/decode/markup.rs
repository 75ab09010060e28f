//! What stands between two tags: entities, CDATA sections, comments.

use memchr::{memchr2, memmem};
use std::borrow::Cow;

/// The text that a piece of XML content means: entities replaced, CDATA sections opened, comments and processing
/// instructions left out. What is not well-formed stays as it is, so that nothing is lost.
pub(crate) fn resolve(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let Some(first) = memchr2(b'&', b'<', bytes) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    let (mut copied, mut at) = (0, first);
    loop {
        if let Some((piece, end)) = construct(text, at) {
            out.push_str(&text[copied..at]);
            match piece {
                Piece::Char(c) => out.push(c),
                Piece::Text(inner) => out.push_str(inner),
            }
            (copied, at) = (end, end);
        } else {
            at += 1;
        }
        match memchr2(b'&', b'<', &bytes[at..]) {
            Some(next) => at += next,
            None => break,
        }
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

enum Piece<'a> {
    Char(char),
    Text(&'a str),
}

/// The entity, CDATA section, comment or processing instruction at `at`, and where it ends.
fn construct(text: &str, at: usize) -> Option<(Piece<'_>, usize)> {
    let rest = &text[at..];
    if rest.starts_with('&') {
        // No entity of XML is longer than `&#x10FFFF;`; a bare ampersand must not cost a search to the end.
        let end = rest.bytes().take(12).position(|b| b == b';')?;
        return Some((Piece::Char(entity(&rest[1..end])?), at + end + 1));
    }
    let (open, close, keep) = if rest.starts_with("<![CDATA[") {
        (9, "]]>", true)
    } else if rest.starts_with("<!--") {
        (4, "-->", false)
    } else if rest.starts_with("<?") {
        (2, "?>", false)
    } else {
        return None;
    };
    let inner = memmem::find(&rest.as_bytes()[open..], close.as_bytes())?;
    let piece = if keep { &rest[open..open + inner] } else { "" };
    Some((Piece::Text(piece), at + open + inner + close.len()))
}

/// The character that an entity names.
fn entity(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            // XML has no character zero, and no text should end up with one.
            char::from_u32(code.ok()?).filter(|c| *c != '\0')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_content_means() {
        for (xml, text) in [
            ("plain", "plain"),
            ("a &lt;b&gt; &amp;&quot;&apos;", "a <b> &\"'"),
            ("&#65;&#x42;&#X43;&#xe9;&#x1F600;", "ABCé😀"),
            ("line&#13;&#10;break", "line\r\nbreak"),
            ("<![CDATA[a <b> &amp; c]]> d", "a <b> &amp; c d"),
            ("a<!-- no -->b<?pi x?>c", "abc"),
            ("<![CDATA[]]>", ""),
            ("&amp;lt;", "&lt;"),
        ] {
            assert_eq!(resolve(xml), text, "{xml}");
        }
    }

    #[test]
    fn what_is_not_xml_stays() {
        for text in [
            "a & b",
            "&nbsp;",
            "&#xD800;",
            "&#0;",
            "&#x110000;",
            "&",
            "&;",
            "&#;",
            "a < b",
            "<![CDATA[x",
            "<!-- x",
            "&é;",
        ] {
            assert_eq!(resolve(text), text);
        }
    }

    #[test]
    fn nothing_is_copied_without_need() {
        assert!(matches!(resolve("nothing here"), Cow::Borrowed(_)));
    }
}
