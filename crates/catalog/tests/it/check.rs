//! A site as a browser sees it: parsed, its links followed.

use crate::structure;
use grotto_catalog::site::Site;
use html5ever::tendril::TendrilSink;
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What is in a page.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Where links, assets and the addresses that a page leads on to lead.
    pub(crate) links: Vec<String>,
    /// Anchors.
    pub(crate) ids: Vec<String>,
    /// Ids that attributes for assistive technology and of labels name.
    pub(crate) named: Vec<String>,
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
    structure::check(&dom.document, &mut seen.errors);
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
                    "content" => seen.links.extend(value.strip_prefix("0; url=").map(str::to_owned)),
                    "id" => seen.ids.push(value),
                    "for" | "aria-labelledby" | "aria-describedby" | "aria-controls" | "headers" => {
                        seen.named.extend(value.split_whitespace().map(str::to_owned));
                    }
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
    /// Of these, those that lead to an anchor.
    pub(crate) anchors: usize,
    /// Ids that are there.
    pub(crate) ids: usize,
    /// Bytes of the longest page of a rule, and its path.
    pub(crate) largest_rule: (usize, String),
    /// What is wrong.
    pub(crate) faults: Vec<String>,
}

/// Parses all pages and follows all links inside the site, anchors too.
pub(crate) fn check(site: &Site) -> Report {
    check_at(site, None)
}

/// The same for a site whose address is known, so that whole addresses below it are links too.
pub(crate) fn check_at(site: &Site, base: Option<&str>) -> Report {
    let html: Vec<_> = site.pages().iter().filter(|page| is_html(&page.path)).collect();
    let read = html.par_iter().map(|page| {
        let bytes = site.make(page).unwrap();
        (page.path.as_str(), (bytes.len(), parse(&bytes)))
    });
    let pages: BTreeMap<&str, (usize, Seen)> = read.collect::<Vec<_>>().into_iter().collect();
    let ids: BTreeMap<&str, BTreeSet<&str>> = pages
        .iter()
        .map(|(path, (_, seen))| (*path, seen.ids.iter().map(String::as_str).collect()))
        .collect();
    let mut report = Report { pages: pages.len(), ..Report::default() };
    for (path, (bytes, seen)) in &pages {
        if path.starts_with("rules/") && !path.ends_with("/full/index.html") && *bytes > report.largest_rule.0
        {
            report.largest_rule = (*bytes, (*path).to_owned());
        }
        let known = &ids[path];
        report.ids += known.len();
        let mut fault = |text: String| report.faults.push(format!("{path}: {text}"));
        seen.errors.iter().for_each(|error| fault(error.clone()));
        if known.len() != seen.ids.len() {
            fault("an id is there twice".to_owned());
        }
        for id in seen.ids.iter().filter(|id| id.is_empty() || id.contains(char::is_whitespace)) {
            fault(format!("{id:?} is no id"));
        }
        for name in seen.named.iter().filter(|name| !known.contains(name.as_str())) {
            fault(format!("the id {name} is named and not there"));
        }
        for link in &seen.links {
            let inside = base.and_then(|base| link.strip_prefix(base)).map(|rest| format!("/{rest}"));
            if inside.is_none() && (link.starts_with("https://") || link.starts_with("http://")) {
                continue;
            }
            report.links += 1;
            match follow(site, path, link, inside.as_deref()) {
                Err(why) => fault(why),
                Ok((to, Some(anchor))) => {
                    report.anchors += 1;
                    if !ids.get(to.as_str()).is_some_and(|ids| ids.contains(anchor)) {
                        fault(format!("{link} has no such anchor"));
                    }
                }
                Ok(_) => {}
            }
        }
    }
    report
}

/// The path of the file that a link of a page leads to, and the anchor in it. `whole` is the address from the site's
/// top, where the link is a whole address.
fn follow<'l>(
    site: &Site,
    from: &str,
    link: &'l str,
    whole: Option<&str>,
) -> Result<(String, Option<&'l str>), String> {
    let anchor = link.split_once('#').map(|(_, anchor)| anchor);
    let target = whole.unwrap_or(link).split(['#', '?']).next().unwrap_or_default();
    let to = match whole {
        Some(_) => Some(target.trim_start_matches('/').to_owned()),
        None => resolve(from, target),
    };
    let to = to.ok_or_else(|| format!("{link} leads out of the site"))?;
    let page = site.find(&to).ok_or_else(|| format!("{link} leads nowhere ({to})"))?;
    Ok((page.path.clone(), anchor))
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

#[test]
fn links_lead_where_browsers_go() {
    for (from, link, to) in [
        ("index.html", "", Some("index.html")),
        ("index.html", "events/", Some("events/")),
        ("rules/a/index.html", "", Some("rules/a/index.html")),
        ("rules/a/index.html", "rule.yml", Some("rules/a/rule.yml")),
        ("rules/a/index.html", "../../", Some("")),
        ("rules/a/index.html", "../../attack/", Some("attack/")),
        ("rules/a/index.html", "../../../", None),
        ("rules/a/index.html", "/attack/", None),
        ("404.html", "/attack/", Some("attack/")),
    ] {
        assert_eq!(resolve(from, link).as_deref(), to, "{link} of {from}");
    }
}
