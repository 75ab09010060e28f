//! Markdown of authors as HTML: no HTML of theirs, no pictures, and links only to the web.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// Markdown as HTML that can't do anything.
pub(crate) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    // For each link that is open whether it is left.
    let mut links = Vec::new();
    html::push_html(
        &mut out,
        Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(|event| tame(event, &mut links)),
    );
    out
}

/// What is left of a part of a text.
fn tame<'a>(event: Event<'a>, links: &mut Vec<bool>) -> Option<Event<'a>> {
    Some(match event {
        // What looks like HTML was meant as text, such as `<user>`.
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
        Event::Start(Tag::Link { ref dest_url, .. }) => {
            links.push(is_web(dest_url));
            return links.last().is_some_and(|left| *left).then_some(event);
        }
        Event::End(TagEnd::Link) => return links.pop().is_some_and(|left| left).then_some(event),
        // A page has one title and its own sections.
        Event::Start(Tag::Heading { .. }) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Paragraph),
        other => other,
    })
}

fn is_web(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    address.starts_with("https://") || address.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn what_authors_write_can_not_do_anything() {
        for (text, expected) in [
            ("*a* `b` & <c>", "<p><em>a</em> <code>b</code> &amp; &lt;c&gt;</p>\n"),
            ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
            ("[a](javascript:alert(1))", "<p>a</p>\n"),
            ("[a](HTTPS://x.example \"t\")", "<p><a href=\"HTTPS://x.example\" title=\"t\">a</a></p>\n"),
            ("![a](https://x.example/p.png)", "<p>a</p>\n"),
            ("# a", "<p>a</p>\n"),
            ("<https://x.example>", "<p><a href=\"https://x.example\">https://x.example</a></p>\n"),
        ] {
            assert_eq!(markdown(text), expected);
        }
    }
}
