//! The sites of real rules: grotto's own, and the corpus of the shared test data.

use crate::check::{Report, check_at};
use crate::corpus::{catalog, pack, shared};
use grotto_catalog::model::Catalog;
use grotto_catalog::site::{Options, Site};
use quick_xml::events::Event;
use serde_json::Value;
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
    for folder in ["attack/", "attack/runnable/", "attack/proven/"] {
        let layer: Value = serde_json::from_str(&page(site, &format!("{folder}layer.json"))).unwrap();
        for technique in layer["techniques"].as_array().unwrap() {
            // As many rules are named as count; there are more of those that aren't.
            let named = technique["comment"].as_str().map_or(0, |text| text.split("; ").count() as u64);
            let score = technique["score"].as_u64().unwrap_or(0);
            assert!(named == score.min(21), "{folder}: {technique}");
        }
    }
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
    assert!(index <= 150 * 1024);
    // Pages of rules are held to their size as they lie on the disk, the longest of them too.
    assert!(*bytes <= 40_000 && rule <= 15_000);
    machines(&site);
    println!("{name}: {} files of JSON keep to their schemas", crate::schema::all(&site));
    report
}

#[test]
fn rules_that_are_too_long_for_their_page_have_one_with_everything() {
    let Some(corpus) = shared("corpus/escu-2024") else { return };
    let site = site(catalog(&[corpus]));
    let end = "/full/index.html";
    let full: Vec<_> = site.pages().iter().filter(|page| page.path.ends_with(end)).collect();
    println!("{} rules have a page with everything", full.len());
    assert!(!full.is_empty() && full.len() < 400);
    for whole in full {
        let folder = whole.path.strip_suffix("full/index.html").unwrap();
        let (short, long) = (page(&site, folder), page(&site, &whole.path));
        let rule: serde_json::Value =
            serde_json::from_str(&page(&site, &format!("{folder}rule.json"))).unwrap();
        assert!(short.contains("href=\"full/#body\"") && !long.contains("href=\"full/"), "{folder}");
        assert!(long.len() > short.len() && long.contains("id=\"file\""), "{folder}");
        let text = crate::check::parse(long.as_bytes()).text;
        for stage in rule["stages"].as_array().unwrap() {
            assert!(text.contains(stage["text"].as_str().unwrap()), "{folder}: {stage}");
        }
        for value in
            rule["indicators"].as_array().unwrap().iter().flat_map(|i| i["values"].as_array().unwrap())
        {
            assert!(text.contains(value["written"].as_str().unwrap()), "{folder}: {value}");
        }
        let canonical = format!("<link rel=\"canonical\" href=\"{BASE}{folder}\">");
        assert!(short.contains(&canonical) && long.contains(&canonical), "{folder}");
    }
}

#[test]
fn a_rule_that_fires_shows_an_event_of_its_data() {
    let catalog = pack();
    let fires = catalog.rules.iter().filter(|rule| rule.evidence.state.name() == "fires").count();
    assert_eq!(fires, catalog.rules.len());
    let with_sample: Vec<_> =
        catalog.rules.iter().filter(|rule| rule.evidence.sample.is_some()).cloned().collect();
    println!("{} of {fires} rules show an event", with_sample.len());
    assert!(with_sample.len() * 10 >= fires * 9, "{}", with_sample.len());
    let site = site(catalog);
    for rule in &with_sample {
        let sample = rule.evidence.sample.as_ref().unwrap();
        assert!(!sample.file.contains(['/', '\\']) && !sample.identity.is_empty(), "{sample:?}");
        let html = page(&site, &format!("rules/{}/", rule.folder));
        assert!(html.contains(", 2026-05-13, grotto"), "{}", rule.name);
        let section = &html[html.find("id=\"test\"").unwrap()..];
        let section = &section[..section.find("</section>").unwrap()];
        for part in [" read</span>", " row", "grotto test ", "id=\"sample\""] {
            assert!(section.contains(part), "{}: {part}", rule.name);
        }
        let marked = sample.fields.iter().flat_map(|field| &field.value).filter(|part| part.marked).count();
        assert_eq!(section.matches("<mark>").count(), marked, "{}", rule.name);
    }
    let name = "Remote Process Instantiation via WinRM and PowerShell Script Block";
    let seed = with_sample.iter().find(|rule| rule.name == name).unwrap();
    let marks: Vec<_> = seed
        .evidence
        .sample
        .iter()
        .flat_map(|sample| &sample.fields)
        .flat_map(|field| &field.value)
        .collect();
    let marked = |text: &str| marks.iter().any(|part| part.marked && part.text.eq_ignore_ascii_case(text));
    assert!(marked("4104") && marked("Invoke-Command") && marked("-ComputerName"), "{marks:?}");
}

/// The titles of the seed rule's page, as issue and page say them, in their order.
const TITLES: [&str; 13] = [
    "MITRE ATT&CK coverage",
    "Event coverage",
    "Rule body",
    "Stages and predicates",
    "Indicators",
    "Test",
    "Finding",
    "Drilldowns",
    "Known false positives",
    "How to implement",
    "Similar rules",
    "Macros and lookups",
    "References",
];

#[test]
fn the_seeds_page_has_every_section() {
    let (Some(seed), Some(corpus)) = (shared("seed-rule.yml"), shared("corpus/escu-2024")) else { return };
    let catalog = catalog(&[seed, corpus]);
    let rule = catalog.rule("7d4c618e-4716-11ec-951c-3e22fbd008af").unwrap().clone();
    let site = site(catalog);
    let html = page(&site, &format!("rules/{}/", rule.folder));
    let titles: Vec<_> =
        html.split("<h2>").skip(1).filter_map(|rest| rest.split("<a class=\"anchor\"").next()).collect();
    let titles: Vec<_> = titles
        .into_iter()
        .filter(|title| !title.contains('<'))
        .map(|t| t.replace("&#38;", "&").replace("&amp;", "&"))
        .collect();
    assert_eq!(titles, TITLES);
    // As it reads, whatever elements the words are in.
    let text = regex::Regex::new("<[^>]*>").unwrap().replace_all(&html, " ").into_owned();
    let text =
        text.replace("&#34;", "\"").replace("&quot;", "\"").split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Detection rules Splunk seed-rule",
        "runs, no data here TTP production medium severity",
        "T1021.006 Remote Services: Windows Remote Management 6",
        "Event ID 4104 Microsoft-Windows-PowerShell Creating Scriptblock text (MessageNumber of MessageTotal).",
        "Stage 6: search",
        "EventCode eq 4104 101 others",
        "ScriptBlockText contains *Invoke-Command* only here",
        "ScriptBlockText contains *-ComputerName* 2 others",
        "A process was started on a remote endpoint from $dest$ by abusing WinRM using PowerShell.exe",
        "View the detection results for - \"$dest$\"",
        "grotto test",
        "https://pentestlab.blog/2018/05/15/lateral-movement-winrm/",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn every_page_and_link_of_the_packs_site_is_good() {
    let report = good("grotto", pack());
    assert!(report.pages > 300 && report.anchors > 300 && report.ids > 2_000, "{report:?}");
}

#[test]
fn every_page_and_link_of_a_large_corpus_is_good() {
    let Some(corpus) = shared("corpus/escu-2024") else { return };
    let Some(seed) = shared("seed-rule.yml") else { return };
    let report = good("escu-2024", catalog(&[seed, corpus]));
    assert!(report.pages > 4_000 && report.anchors > 10_000 && report.ids > 50_000, "{report:?}");
}
