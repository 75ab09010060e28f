//! Pages for programs: the feed, the sitemap, robots.txt, the catalogue as JSON and its schema.

use super::Page;
use super::exports::escaped;
use crate::model::{Catalog, RulePage};
use crate::site::cx::Cx;
use crate::site::links;
use std::fmt::Write as _;

/// How many rules the feed has.
const FEED: usize = 50;

/// The files. A sitemap holds whole addresses, so that there is none without that of the site.
pub(super) fn pages(cx: &Cx) -> Vec<Page> {
    let mut pages = vec![
        Page::new("catalog.json", |cx| Ok(json(&*cx.catalog))),
        Page::new("catalog.schema.json", |_| Ok(json(&schema::<Catalog>()))),
        Page::new("feed.xml", |cx| Ok(feed(cx).into_bytes())),
        Page::new("rule.schema.json", |_| Ok(json(&schema::<RulePage>()))),
        Page::new("robots.txt", |cx| Ok(robots(cx).into_bytes())),
    ];
    if cx.options.base_url.is_some() {
        pages.push(Page::new("sitemap.xml", |cx| Ok(sitemap(cx).into_bytes())));
    }
    pages
}

/// The JSON Schema (draft 2020-12) of what is written: parts that are always there are required.
fn schema<T: schemars::JsonSchema>() -> schemars::Schema {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<T>()
}

/// JSON, ending with a line break. The model has nothing that JSON can't hold.
pub(super) fn json(value: &impl serde::Serialize) -> Vec<u8> {
    let mut out = serde_json::to_vec(value).unwrap_or_default();
    out.push(b'\n');
    out
}

/// A day as feeds write it; days that are none become the first.
fn day(text: Option<&str>) -> String {
    let good = |day: &&str| {
        day.len() == 10
            && day
                .bytes()
                .enumerate()
                .all(|(i, b)| if matches!(i, 4 | 7) { b == b'-' } else { b.is_ascii_digit() })
    };
    format!("{}T00:00:00Z", text.filter(good).unwrap_or("1970-01-01"))
}

/// The day of a rule's last change.
fn changed(rule: &RulePage) -> Option<&str> {
    rule.facts.modified.as_deref().or(rule.facts.created.as_deref())
}

fn feed(cx: &Cx) -> String {
    let mut rules: Vec<_> = cx.catalog.rules.iter().collect();
    rules.sort_by(|a, b| changed(b).cmp(&changed(a)).then_with(|| a.id.cmp(&b.id)));
    rules.truncate(FEED);
    let updated = day(rules.first().and_then(|rule| changed(rule)));
    let top = cx.absolute("").unwrap_or_else(|| "./".to_owned());
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>Detection rules</title>\n\
         <id>{}</id>\n<updated>{updated}</updated>\n<link href=\"{}\"/>\n<author><name>grotto</name></author>\n",
        if cx.options.base_url.is_some() { escaped(&top) } else { "urn:grotto:catalog".to_owned() },
        escaped(&top)
    );
    for rule in rules {
        let href = cx.absolute(&links::rule(rule)).unwrap_or_else(|| links::rule(rule));
        let mut summary: String = rule.description.chars().take(600).collect();
        if summary.len() < rule.description.len() {
            summary.push('…');
        }
        let version = rule.facts.version.map_or(String::new(), |v| format!(", version {v}"));
        let _ = writeln!(
            out,
            "<entry><title>{}</title><id>urn:grotto:rule:{}</id><updated>{}</updated><link href=\"{}\"/><author><name>{}</name></author><summary>{}{version}. {}</summary></entry>",
            escaped(&rule.name),
            escaped(&rule.folder),
            day(changed(rule)),
            escaped(&href),
            escaped(rule.facts.author.as_deref().unwrap_or("unknown")),
            escaped(if rule.kind.is_empty() { "Rule" } else { &rule.kind }),
            escaped(summary.trim())
        );
    }
    out.push_str("</feed>\n");
    out
}

fn robots(cx: &Cx) -> String {
    let sitemap = cx.absolute("sitemap.xml").map_or(String::new(), |url| format!("Sitemap: {url}\n"));
    format!("User-agent: *\nAllow: /\n{sitemap}")
}

fn sitemap(cx: &Cx) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let c = &cx.catalog;
    let fixed = ["", "attack/", "events/", "indicators/", "browse/", "language/", "report/"];
    let rest = c
        .techniques
        .iter()
        .filter(|t| !t.rules.is_empty())
        .map(|t| links::technique(&t.id))
        .chain(c.events.iter().map(|e| links::event(&e.key)));
    let mut add = |path: &str, date: Option<&str>| {
        let Some(url) = cx.absolute(path) else { return };
        let date = date.map_or(String::new(), |d| format!("<lastmod>{}</lastmod>", &day(Some(d))[..10]));
        let _ = writeln!(out, "<url><loc>{}</loc>{date}</url>", escaped(&url));
    };
    for path in fixed {
        add(path, None);
    }
    for path in super::sections::addresses(cx) {
        add(&path, None);
    }
    for rule in &c.rules {
        add(&links::rule(rule), changed(rule));
    }
    for path in rest {
        add(&path, None);
    }
    out.push_str("</urlset>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn days_of_feeds() {
        assert_eq!(day(Some("2026-05-13")), "2026-05-13T00:00:00Z");
        for wrong in [None, Some(""), Some("13.5.2026"), Some("2026-05-13<"), Some("<script>xx")] {
            assert_eq!(day(wrong), "1970-01-01T00:00:00Z");
        }
    }
}
