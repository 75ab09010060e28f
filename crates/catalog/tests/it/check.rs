//! A site as a browser sees it: parsed, its links followed.

use grotto_catalog::site::Site;
use html5ever::tendril::TendrilSink;
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use std::collections::{BTreeMap, BTreeSet};

/// What is in a page.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Where links and assets lead.
    pub(crate) links: Vec<String>,
    /// Anchors.
    pub(crate) ids: Vec<String>,
    /// Names of elements, each as often as it is there.
    pub(crate) elements: Vec<String>,
    /// Names of attributes.
    pub(crate) attributes: BTreeSet<String>,
    /// What is wrong.
    pub(crate) errors: Vec<String>,
    /// All text.
    pub(crate) text: String,
}

/// Whether a file of the site is a page.
pub(crate) fn is_html(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|end| end == "html")
}

/// Parses a page.
pub(crate) fn parse(html: &[u8]) -> Seen {
    let dom =
        html5ever::parse_document(RcDom::default(), html5ever::ParseOpts::default()).from_utf8().one(html);
    let errors = dom.errors.borrow().iter().map(ToString::to_string).collect();
    let mut seen = Seen { errors, ..Seen::default() };
    walk(&dom.document, &mut seen);
    seen
}

fn walk(node: &Handle, seen: &mut Seen) {
    match &node.data {
        NodeData::Element { name, attrs, .. } => {
            seen.elements.push(name.local.to_string());
            for attribute in attrs.borrow().iter() {
                let value = attribute.value.to_string();
                let key = attribute.name.local.to_string();
                match key.as_str() {
                    "href" | "src" | "action" | "data-facets" | "data-text" => seen.links.push(value),
                    "id" => seen.ids.push(value),
                    _ => {}
                }
                seen.attributes.insert(key);
            }
        }
        NodeData::Text { contents } => seen.text.push_str(&contents.borrow()),
        _ => {}
    }
    for child in node.children.borrow().iter() {
        walk(child, seen);
    }
}

/// What became of following all links.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Pages that were read.
    pub(crate) pages: usize,
    /// Links inside the site that were followed.
    pub(crate) links: usize,
    /// What is wrong.
    pub(crate) faults: Vec<String>,
}

/// Parses all pages and follows all links inside the site, anchors too.
pub(crate) fn check(site: &Site) -> Report {
    let pages: BTreeMap<&str, Seen> = site
        .pages()
        .iter()
        .filter(|page| is_html(&page.path))
        .map(|page| (page.path.as_str(), parse(&site.make(page).unwrap())))
        .collect();
    let mut report = Report { pages: pages.len(), ..Report::default() };
    for (path, seen) in &pages {
        let mut fault = |text: String| report.faults.push(format!("{path}: {text}"));
        seen.errors.iter().for_each(|error| fault(error.clone()));
        let ids: BTreeSet<_> = seen.ids.iter().collect();
        if ids.len() != seen.ids.len() {
            fault("an id is there twice".to_owned());
        }
        for link in &seen.links {
            if link.starts_with("https://") || link.starts_with("http://") {
                continue;
            }
            report.links += 1;
            let (target, anchor) = link.split_once('#').map_or((link.as_str(), None), |(t, a)| (t, Some(a)));
            let target = target.split('?').next().unwrap_or_default();
            let Some(to) = resolve(path, target) else {
                fault(format!("{link} leads out of the site"));
                continue;
            };
            let Some(page) = site.find(&to) else {
                fault(format!("{link} leads nowhere ({to})"));
                continue;
            };
            let known = |anchor: &str| {
                pages.get(page.path.as_str()).is_some_and(|p| p.ids.iter().any(|id| id == anchor))
            };
            if anchor.is_some_and(|anchor| !known(anchor)) {
                fault(format!("{link} has no such anchor"));
            }
        }
    }
    report
}

/// The path that a relative link leads to; `None` when it leads out.
fn resolve(from: &str, link: &str) -> Option<String> {
    if link.is_empty() {
        return Some(from.to_owned());
    }
    if let Some(path) = link.strip_prefix('/') {
        // Only the page for what is missing starts at the top.
        return (from == "404.html").then(|| path.to_owned());
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            "" if link.ends_with('/') => {}
            other => parts.push(other),
        }
    }
    let path = parts.join("/");
    Some(if link.ends_with('/') && !path.is_empty() { format!("{path}/") } else { path })
}
