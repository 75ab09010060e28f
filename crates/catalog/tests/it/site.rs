//! What holds for all pages.

use crate::check::{check, parse};
use crate::fixture::{HOSTILE, catalog};
use flate2::{Compression, write::GzEncoder};
use grotto_catalog::site::{Options, Query, Site};
use std::io::Write;
use std::sync::Arc;

fn site(n: usize, text: &str) -> Site {
    let (site, diagnostics) = Site::new(Arc::new(catalog(n, text)), Options::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    site
}

fn page(site: &Site, path: &str) -> Vec<u8> {
    site.make(site.find(path).unwrap_or_else(|| panic!("no {path}"))).unwrap()
}

/// How many bytes content has when it is compressed.
pub(crate) fn gzipped(content: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap().len()
}

#[test]
fn pages_are_valid_and_all_links_and_anchors_lead_somewhere() {
    let report = check(&site(7, ""));
    assert!(report.faults.is_empty(), "{:#?}", report.faults);
    assert!(report.pages > 200 && report.links > 5_000, "{report:?}");
}

#[test]
fn what_authors_write_stays_text() {
    let tame = site(4, "");
    let hostile = site(4, HOSTILE);
    let report = check(&hostile);
    assert!(report.faults.is_empty(), "{:#?}", report.faults);
    for one in hostile.pages().iter().filter(|page| crate::check::is_html(&page.path)) {
        let seen = parse(&hostile.make(one).unwrap());
        // The frame's two scripts and no other; nothing that runs, nothing of another name.
        let scripts = seen.elements.iter().filter(|name| *name == "script").count();
        let expected =
            parse(&page(&tame, &one.path)).elements.iter().filter(|name| *name == "script").count();
        assert_eq!(scripts, expected, "{}", one.path);
        for element in ["img", "iframe", "object", "embed", "style", "base"] {
            assert!(!seen.elements.iter().any(|name| name == element), "{}: {element}", one.path);
        }
        let handler = seen.attributes.iter().find(|name| name.starts_with("on") || *name == "style");
        assert_eq!(handler, None, "{}", one.path);
        let scheme = seen.links.iter().find(|link| link.trim().to_lowercase().starts_with("javascript:"));
        assert_eq!(scheme, None, "{}", one.path);
    }
}

#[test]
fn files_for_programs_stay_what_they_are_whatever_authors_write() {
    let site = site(4, HOSTILE);
    for path in ["catalog.json", "attack/layer.json", "rules/00000000-0000-4000-8000-000000000001/rule.json"]
    {
        let _: serde_json::Value = serde_json::from_slice(&page(&site, path)).unwrap();
    }
    for path in ["feed.xml", "attack/coverage.svg"] {
        let text = String::from_utf8(page(&site, path)).unwrap();
        assert!(!text.contains("<script") && !text.contains("<img"), "{path}");
    }
    let data = site.pages().iter().filter(|page| page.path.starts_with("data/"));
    for one in data {
        let text = String::from_utf8(site.make(one).unwrap()).unwrap();
        let json = text.strip_prefix("grotto(\"").and_then(|rest| rest.split_once(',')).unwrap().1;
        let _: serde_json::Value = serde_json::from_str(json.trim_end().strip_suffix(')').unwrap()).unwrap();
    }
}

#[test]
fn prose_of_a_megabyte_is_cut_on_the_page_and_whole_on_another() {
    let mut model = catalog(2, "");
    let long = "long *words* of no use ".repeat(50_000);
    assert!(long.len() > 1 << 20);
    model.rules[0].description.clone_from(&long);
    model.rules[0].implementation = long[..100_000].to_owned();
    model.rules[0].false_positives = long[..100_000].to_owned();
    let (site, _) = Site::new(Arc::new(model), Options::default());
    let report = check(&site);
    assert!(report.faults.is_empty(), "{:#?}", report.faults);
    let text = site.pages().iter().find(|page| page.path.starts_with("data/text")).unwrap();
    assert!(site.make(text).unwrap().len() < 10_000);
    let own = "rules/00000000-0000-4000-8000-000000000000/";
    let (short, whole) = (page(&site, own), page(&site, &format!("{own}full/")));
    assert!(short.len() <= MOST && whole.len() > long.len(), "{} {}", short.len(), whole.len());
    let short = String::from_utf8(short).unwrap();
    for id in ["description", "implementation", "false-positives"] {
        assert!(short.contains(&format!("href=\"full/#{id}\"")), "{id}");
    }
    assert!(!String::from_utf8(whole).unwrap().contains("href=\"full/"));
    // What is not long is there as it is: of the prose that there is room for, not a little.
    assert!(short.matches("long <em>words</em>").count() > 300);
    assert!(short.contains("id=\"sample\"") && short.contains("Stage 1"));
}

/// The longest page of a rule, in bytes.
const MOST: usize = 40_000;

/// A list of many times what it holds.
fn many<T: Clone>(list: &mut Vec<T>) {
    let one = list.clone();
    list.extend(one.iter().cycle().take(one.len() * 8).cloned());
}

#[test]
fn the_page_of_a_rule_keeps_to_its_bound_whatever_authors_write() {
    for sign in ["&", "\"", "> ", "- a\n", "|", "a\n\n", "`m` ", "\u{1f980}", "*a* ", "<b>", "x", "=1 OR a"] {
        let mut model = catalog(2, &sign.repeat(200));
        // Names of corpora are the site's own.
        "made".clone_into(&mut model.corpora[0].name);
        let one = &mut model.rules[0];
        for list in [
            &mut one.facts.stories,
            &mut one.facts.data_sources,
            &mut one.facts.entities,
            &mut one.facts.products,
            &mut one.facts.cve,
            &mut one.facts.threat_groups,
            &mut one.facts.data_models,
            &mut one.events.remarks,
            &mut one.references,
        ] {
            many(list);
        }
        many(&mut one.techniques);
        many(&mut one.events.events[0].fields);
        many(&mut one.events.events);
        many(&mut one.drilldowns);
        many(&mut one.macros);
        many(&mut one.lookups);
        many(&mut one.similar);
        many(&mut one.finding.threat_objects);
        many(&mut one.finding.intermediate);
        many(&mut one.evidence.tests);
        many(&mut one.indicators);
        many(&mut one.stages);
        one.id = Arc::from(sign.repeat(400));
        let (site, _) = Site::new(Arc::new(model), Options::default());
        let own = "rules/00000000-0000-4000-8000-000000000000/";
        let short = page(&site, own);
        assert!(short.len() <= MOST, "{sign:?}: {}", short.len());
        let text = String::from_utf8(short).unwrap();
        assert!(
            text.contains("<a href=\"full/\">") && site.find(&format!("{own}full/")).is_some(),
            "{sign:?}"
        );
    }
}

#[test]
fn the_same_rules_give_the_same_bytes() {
    let (one, two) = (site(5, "x"), site(5, "x"));
    let all = |site: &Site| {
        site.pages().iter().map(|page| (page.path.clone(), site.make(page).unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(all(&one), all(&two));
}

#[test]
fn names_that_lead_out_have_no_page() {
    let mut model = catalog(3, "");
    model.fields[0].key = "../../etc/passwd".to_owned();
    model.stories[0].key = "a/b/../../../x".to_owned();
    model.rules[1].slug = model.rules[0].folder.clone();
    let (site, diagnostics) = Site::new(Arc::new(model), Options::default());
    assert_eq!(diagnostics.len(), 2, "{diagnostics:?}");
    assert!(site.pages().iter().all(|page| grotto_catalog::site::links::is_safe_path(&page.path)));
    // An address that only leads on gives way to a rule's own page.
    let own = String::from_utf8(page(&site, "rules/00000000-0000-4000-8000-000000000000/")).unwrap();
    assert!(own.contains("Rule 0 of the fixture") && !own.contains("http-equiv=\"refresh\""));
}

#[test]
fn the_name_of_a_rule_leads_to_its_page() {
    let (site, _) =
        Site::new(Arc::new(catalog(2, "")), Options { base_url: Some("https://a.example".to_owned()) });
    let text = String::from_utf8(page(&site, "rules/rule-1/")).unwrap();
    assert!(text.contains("content=\"0; url=../../rules/00000000-0000-4000-8000-000000000001/\""), "{text}");
    assert!(text.contains(
        "rel=\"canonical\" href=\"https://a.example/rules/00000000-0000-4000-8000-000000000001/\""
    ));
    let sitemap = String::from_utf8(page(&site, "sitemap.xml")).unwrap();
    assert!(sitemap.contains("<loc>https://a.example/rules/00000000-0000-4000-8000-000000000001/</loc>"));
}

#[test]
fn scripts_and_styles_are_small() {
    let site = site(2, "");
    for (name, most) in [("assets/catalog-", 15 * 1024), ("assets/theme-", 1024)] {
        for asset in site.pages().iter().filter(|page| page.path.starts_with(name)) {
            assert!(gzipped(&site.make(asset).unwrap()) <= most, "{}", asset.path);
        }
    }
}

#[test]
fn a_server_gives_what_a_query_leaves_and_facets_as_links() {
    let site = site(9, "");
    let shown = |query: &str| {
        let html = site.index(&Query::parse(query)).unwrap();
        let text = String::from_utf8(html.clone()).unwrap();
        assert_eq!(parse(&html).errors, [""; 0], "{query}");
        (text.matches("<tr><th scope=row>").count(), text)
    };
    assert_eq!(shown("").0, 9);
    assert_eq!(shown("type=TTP").0, 3);
    assert_eq!(shown("type=ttp&type=Hunting").0, 6);
    assert_eq!(shown("type=TTP&severity=high").0, 0);
    assert_eq!(shown("q=computername+rule").0, 9);
    assert_eq!(shown("q=nothing+at+all").0, 0);
    let (_, text) = shown("type=TTP");
    assert!(
        text.contains("href=\"./?type=TTP&#38;severity=low\"")
            || text.contains("href=\"./?type=TTP&amp;severity=low\""),
        "{text}"
    );
    assert!(text.contains("aria-current=\"true\""));
}

#[test]
fn sections_and_corpora_have_pages() {
    // One that is called as its section is that section.
    let mut model = catalog(3, "");
    model.corpora[0].name = "Splunk".to_owned();
    model.rules.iter_mut().for_each(|rule| rule.corpus = "Splunk".to_owned());
    let (alone, _) = Site::new(Arc::new(model.clone()), Options::default());
    assert!(alone.find("corpora/made/").is_none());
    let html = String::from_utf8(page(&alone, "sections/splunk/")).unwrap();
    assert!(html.contains("3 rules, of which 3 run and 1 fires on its own data."), "{html}");
    assert_eq!(html.matches("<th scope=\"row\">").count(), 3);
    let rule = |site: &Site, n: usize| {
        let html = String::from_utf8(page(site, &format!("rules/00000000-0000-4000-8000-{n:012}/"))).unwrap();
        let crumbs = html.split("<ol>").nth(1).unwrap().split("</ol>").next().unwrap().to_owned();
        crumbs.replace("<li>", "").replace("</li>", "|").replace("../../", "")
    };
    assert_eq!(rule(&alone, 1), "<a href=\"\">Detection rules</a>|<a href=\"sections/splunk/\">Splunk</a>|");
    // Of two each has its own page below the section, and counts run over both.
    let mut other = model.corpora[0].clone();
    (other.key, other.name, other.rules) = ("mine".to_owned(), "Mine".to_owned(), 1);
    model.corpora.push(other);
    model.rules[2].corpus = "Mine".to_owned();
    let (both, diagnostics) = Site::new(Arc::new(model), Options::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert!(check(&both).faults.is_empty());
    assert!(rule(&both, 2).ends_with("<a href=\"corpora/mine/\">Mine</a>|"), "{}", rule(&both, 2));
    let html = String::from_utf8(page(&both, "corpora/mine/")).unwrap();
    assert!(html.contains("Rule 2 of the fixture") && !html.contains("Rule 1 of the fixture"));
    let html = String::from_utf8(page(&both, "sections/splunk/")).unwrap();
    assert!(html.contains("corpora/mine/") && html.contains("Rule 1 of the fixture"));
}

#[test]
fn a_rule_that_is_too_long_for_a_page_is_cut_with_links() {
    let mut model = catalog(2, "");
    let one = model.rules[0].indicators[0].values[0].clone();
    let many = (0..900).map(|n| {
        let mut value = one.clone();
        (value.value, value.written, value.key) = (format!("value{n}"), format!("*value{n}*"), None);
        value
    });
    model.rules[0].indicators[0].values = many.collect();
    let (site, _) = Site::new(Arc::new(model), Options::default());
    let folder = "rules/00000000-0000-4000-8000-000000000000/";
    let short = String::from_utf8(page(&site, folder)).unwrap();
    assert!(short.len() <= 40_000, "{}", short.len());
    assert!(short.contains("All indicators: ") && !short.contains("*value899*"), "{short}");
    let long = String::from_utf8(page(&site, &format!("{folder}full/"))).unwrap();
    assert!(long.contains("*value899*") && long.contains("href=\"../rule.yml\""));
    assert!(check(&site).faults.is_empty());
    // Rules that fit have no such page.
    assert!(site.find("rules/00000000-0000-4000-8000-000000000001/full/").is_none());
}
