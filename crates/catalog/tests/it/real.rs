//! The sites of real rules: grotto's own, and the corpus of the shared test data.

use crate::check::{Report, check_at};
use crate::corpus::{catalog, pack, shared};
use grotto_catalog::model::Catalog;
use grotto_catalog::site::{Options, Site};
use quick_xml::events::Event;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Where the sites are said to be.
const BASE: &str = "https://rules.example.org/all/";

fn site(catalog: Catalog) -> Site {
    let (site, diagnostics) = Site::new(Arc::new(catalog), Options { base_url: Some(BASE.to_owned()) });
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    site
}

/// How many bytes a file has when it is sent compressed.
fn sent(site: &Site, path: &str) -> usize {
    crate::site::gzipped(page(site, path).as_bytes())
}

fn page(site: &Site, path: &str) -> String {
    String::from_utf8(site.make(site.find(path).unwrap_or_else(|| panic!("no {path}"))).unwrap()).unwrap()
}

/// Names and texts of the elements of XML, which has to be well formed.
fn xml(text: &str) -> Vec<(String, String)> {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let (mut open, mut out) = (Vec::new(), Vec::new());
    let known = ["amp", "lt", "gt", "quot", "apos"];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                assert!(start.attributes().all(|a| a.is_ok()));
                open.push((start.name().as_ref().to_owned(), String::new()));
            }
            Event::Empty(empty) => {
                let values = empty.attributes().map(|a| a.unwrap().value.to_string());
                out.push((empty.name().as_ref().to_owned(), values.collect()));
            }
            Event::Text(more) => {
                if let Some((_, text)) = open.last_mut() {
                    text.push_str(&more);
                }
            }
            Event::GeneralRef(more) => {
                assert!(known.contains(&&*more) || more.resolve_char_ref().unwrap().is_some());
            }
            Event::End(_) => out.push(open.pop().unwrap()),
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty());
    out
}

/// Files for programs: each address of the sitemap and the feed leads to a file, and the feed is what Atom asks for
/// (RFC 4287, sections 4.1.1 and 4.1.2).
fn machines(site: &Site) {
    let map = xml(&page(site, "sitemap.xml"));
    let addresses: Vec<_> = map.iter().filter(|(name, _)| name == "loc").map(|(_, text)| text).collect();
    assert!(addresses.len() > 20, "{addresses:?}");
    assert_eq!(addresses.iter().collect::<BTreeSet<_>>().len(), addresses.len(), "an address is there twice");
    for address in &addresses {
        let path = address.strip_prefix(BASE).unwrap_or_else(|| panic!("{address} is elsewhere"));
        assert!(site.find(path).is_some(), "{address} is in the sitemap and nowhere else");
    }
    let listed = |page: &str| addresses.iter().any(|address| address.strip_prefix(BASE) == Some(page));
    let feed = xml(&page(site, "feed.xml"));
    let all = |name: &str| feed.iter().filter(|(n, _)| n == name).map(|(_, text)| text).collect::<Vec<_>>();
    let entries = all("entry").len();
    assert!(entries > 10);
    for name in ["id", "title", "updated", "link"] {
        assert_eq!(all(name).len(), entries + 1, "{name}");
    }
    assert_eq!(all("id").into_iter().collect::<BTreeSet<_>>().len(), entries + 1);
    for link in all("link") {
        assert!(link.starts_with(BASE) && listed(&link[BASE.len()..]), "{link}");
    }
    assert!(page(site, "robots.txt").contains(&format!("Sitemap: {BASE}sitemap.xml")));
    assert!(xml(&page(site, "attack/coverage.svg")).iter().any(|(name, _)| name == "svg"));
}

/// Checks a site and says how much was looked at.
fn good(name: &str, catalog: Catalog) -> Report {
    let site = site(catalog);
    let report = check_at(&site, Some(BASE));
    let (bytes, path) = &report.largest_rule;
    println!(
        "{name}: {} pages, {} links, {} of them to anchors, {} ids; the longest page of a rule has {bytes} bytes ({path})",
        report.pages, report.links, report.anchors, report.ids
    );
    let few = &report.faults[..report.faults.len().min(40)];
    assert!(few.is_empty(), "{} faults: {few:#?}", report.faults.len());
    // The index with the data that it is shown with; that of the search comes when somebody searches.
    let data = site.pages().iter().filter(|page| page.path.starts_with("data/facets"));
    let index = sent(&site, "index.html") + data.map(|page| sent(&site, &page.path)).sum::<usize>();
    let rule = sent(&site, path);
    println!("{name}: {index} bytes of the index are sent, {rule} of the longest page of a rule");
    assert!(index <= 150 * 1024 && rule <= 40 * 1024);
    machines(&site);
    println!("{name}: {} files of JSON keep to their schemas", crate::schema::all(&site));
    report
}

#[test]
fn every_page_and_link_of_the_packs_site_is_good() {
    let report = good("grotto", pack());
    assert!(report.pages > 300 && report.anchors > 300 && report.ids > 2_000, "{report:?}");
}

#[test]
fn every_page_and_link_of_a_large_corpus_is_good() {
    let Some(corpus) = shared("corpus/escu-2024") else { return };
    let report = good("escu-2024", catalog(&[corpus]));
    assert!(report.pages > 4_000 && report.anchors > 10_000 && report.ids > 50_000, "{report:?}");
}
