use super::*;
use grotto_detect::explain::{Mark, Matched};
use grotto_detect::record::{Drilldown, Entity, ErrorRecord, Finding, Hit, RuleRecord, RuleRef, RuleState};
use grotto_detect::row::Row;
use serde_json::json;

/// A finding of a rule with this name and severity, on a host.
pub(super) fn finding(rule: &str, severity: &str, host: &str, time: &str) -> Finding {
    Finding {
        id: format!("{rule}{severity}{host}{time}"),
        rule: RuleRef {
            id: format!("id of {rule}"),
            name: rule.to_owned(),
            kind: "TTP".to_owned(),
            severity: severity.to_owned(),
            mitre_attack_id: vec!["T1059.001".to_owned()],
        },
        title: format!("title on {host}"),
        entity: Entity { field: "dest".to_owned(), kind: "system".to_owned(), value: json!(host) },
        score: 50,
        first_time: Some(time.to_owned()),
        last_time: Some(time.to_owned()),
        info_min_time: None,
        info_max_time: None,
        fired: None,
        joined_script_block: false,
        seen: None,
        threat_objects: Vec::new(),
        row: Row::from_iter([("dest".to_owned(), json!(host)), ("count".to_owned(), json!(3))]),
        drilldowns: Vec::new(),
    }
}

fn hit(rule: &str, host: &str) -> Hit {
    let f = finding(rule, "low", host, "2024-01-01T00:00:00Z");
    Hit {
        rule: f.rule,
        first_time: f.first_time,
        last_time: f.last_time,
        fired: None,
        joined_script_block: false,
        row: f.row,
    }
}

fn made(records: &[Record]) -> String {
    render(records, &Manifest::default(), &[], Room::default()).unwrap()
}

/// The report after its style.
fn body(html: &str) -> &str {
    html.split_once("</style>").unwrap().1
}

/// How often a tag is opened and closed; elements with no end are left out.
fn check_nesting(html: &str) {
    let tags = regex::Regex::new(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^<>\x22]|\x22[^\x22]*\x22)*)>").unwrap();
    let mut open: Vec<&str> = Vec::new();
    for tag in tags.captures_iter(html) {
        let (name, attributes) = (tag.get(2).unwrap().as_str(), tag.get(3).unwrap().as_str());
        if &tag[1] == "/" {
            assert_eq!(open.pop(), Some(name), "at byte {}", tag.get(0).unwrap().start());
        } else if !["meta", "link", "br", "col"].contains(&name) && !attributes.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    // Outside of tags nothing is left that could be one.
    let text = tags.replace_all(body(html), "");
    assert!(!text.contains('<'), "{:?}", text.split('<').nth(1).map(|t| &t[..t.len().min(80)]));
    let ids = regex::Regex::new(r#" id="([^"]*)""#).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for id in ids.captures_iter(html) {
        assert!(seen.insert(id[1].to_owned()), "{} twice", &id[1]);
    }
    let links = regex::Regex::new(r##" href="#([^"]*)""##).unwrap();
    for link in links.captures_iter(html) {
        assert!(seen.contains(&link[1]), "{} leads nowhere", &link[1]);
    }
}

#[test]
fn counts_are_those_of_the_records() {
    let mut records: Vec<Record> = (0..50)
        .map(|n| finding("many", "high", &format!("ws-{}", n % 7), &format!("2024-01-01T00:00:{n:02}Z")))
        .map(Record::Finding)
        .collect();
    // Says the same once more, but for risk.
    let mut same = finding("many", "high", "ws-1", "2024-01-01T00:00:00Z");
    same.id = "other".to_owned();
    records.push(Record::IntermediateFinding(same));
    records.push(Record::IntermediateFinding(finding("alone", "low", "ws-1", "2024-01-01T00:00:00Z")));
    records.push(Record::Hit(hit("hunt", "ws-9")));
    let html = made(&records);
    check_nesting(&html);
    assert_eq!(html.matches("<details class=\"finding\">").count(), 20 + 1 + 1);
    assert!(html.contains("30 more, one a line"));
    // What most are about: of 50 things on seven hosts, eight on the first and seven on the last.
    assert!(html.contains("<th scope=\"row\" class=\"mono\">ws-0</th><td class=\"num\">8</td><td>2024-01-01 00:00:00Z</td><td>2024-01-01 00:00:49Z</td>"));
    assert!(html.contains("<th scope=\"row\" class=\"mono\">ws-6</th><td class=\"num\">7</td>"));
    assert!(html.contains("<b>50</b> high") && html.contains("<b>2</b> low"), "{}", body(&html));
    assert!(html.contains("52 things"), "{}", &body(&html)[..2000]);
    let (on_host, score) = (7 + 1 + 1, (7 + 1 + 1) * 50);
    assert!(html.contains(&format!("<bdi>ws-1</bdi></th><td class=\"num\" data-is=\"Score\">{score}</td>")));
    assert!(
        html.contains(&format!(
            "data-is=\"Findings\">{on_host}</td><td class=\"num\" data-is=\"Rules\">2</td>"
        ))
    );
}

#[test]
fn an_empty_scan_has_a_report() {
    let html = made(&[]);
    check_nesting(&html);
    assert!(html.contains("Nothing was found") && html.contains("every rule ran"));
    assert!(!html.contains("id=\"timeline\""));
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    let html = made(&[Record::Finding(finding("r", "high", "ws", "2024-01-01T00:00:00Z"))]);
    for banned in
        ["<script", "<link", "<img", "<iframe", "<object", "@import", "url(", " style=", " onclick", "src="]
    {
        assert!(!html.contains(banned), "{banned}");
    }
    assert!(!html.contains("http://") && !html.contains("https://"));
    let style = html.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    let hash = base64(&Sha256::digest(style));
    assert!(
        html.contains(&format!("style-src &#39;sha256-{hash}&#39;"))
            || html.contains(&format!("'sha256-{hash}'")),
        "{}",
        &html[..600]
    );
    assert_eq!(base64(b"ab"), "YWI=");
    assert_eq!(base64(b"abcd"), "YWJjZA==");
}

#[test]
fn hostile_content_stays_text() {
    let bad = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>\u{202e}\0]]>--><!-- {{ x }}";
    let mut f = finding(bad, bad, bad, bad);
    f.title = bad.to_owned();
    f.rule.kind = bad.to_owned();
    f.rule.mitre_attack_id = vec![bad.to_owned(), "T1059".to_owned()];
    f.entity = Entity { field: bad.to_owned(), kind: bad.to_owned(), value: json!([bad, bad]) };
    f.threat_objects = vec![f.entity.clone()];
    f.row = Row::from_iter([(bad.to_owned(), json!(bad)), ("list".to_owned(), json!([bad, 1, null]))]);
    f.fired = Some(bad.to_owned());
    f.info_max_time = Some(bad.to_owned());
    f.drilldowns = vec![Drilldown {
        name: bad.to_owned(),
        search: bad.to_owned(),
        earliest_offset: bad.to_owned(),
        latest_offset: bad.to_owned(),
        earliest: Some(bad.to_owned()),
        latest: None,
    }];
    let error = ErrorRecord {
        file: Some(bad.to_owned()),
        place: None,
        line: Some(1),
        column: Some(1),
        slug: bad.to_owned(),
        severity: bad.to_owned(),
        message: bad.to_owned(),
        help: None,
    };
    let rule = RuleRecord {
        id: bad.to_owned(),
        name: bad.to_owned(),
        state: RuleState::Invalid,
        slug: Some(bad.to_owned()),
        reason: Some(bad.to_owned()),
        file: Some(bad.to_owned()),
        line: None,
        column: None,
        notes: vec![error.clone()],
        throttled: 2,
    };
    let sample = Sample {
        matched: Matched {
            file: bad.to_owned(),
            event: Row::from_iter([(bad.to_owned(), json!(bad))]),
            marks: vec![Mark {
                predicate: bad.to_owned(),
                field: bad.to_owned(),
                value: bad.to_owned(),
                ranges: std::iter::once(1..9).collect(),
            }],
        },
        fields: Row::from_iter([(bad.to_owned(), json!(bad))]),
    };
    let sampled = [(f.rule.id.clone(), vec![sample])];
    let mut h = hit(bad, bad);
    h.row.clone_from(&f.row);
    let records = [Record::Finding(f), Record::Hit(h), Record::Error(error), Record::Rule(rule)];
    let manifest = Manifest {
        command: vec![bad.to_owned()],
        version: bad.to_owned(),
        started: bad.to_owned(),
        rules: vec![bad.to_owned()],
        rules_hash: bad.to_owned(),
        settings: vec![(bad.to_owned(), bad.to_owned())],
        inputs: vec![LogFile {
            name: bad.to_owned(),
            bytes: Some(1),
            sha256: Err(bad.to_owned()),
            members: vec![LogFile {
                name: bad.to_owned(),
                bytes: None,
                sha256: Err(bad.to_owned()),
                members: Vec::new(),
            }],
        }],
        samples: bad.to_owned(),
        records: Some(bad.to_owned()),
        catalog: Some("javascript:alert(1)//https://".to_owned()),
        ..Manifest::default()
    };
    let html = render(&records, &manifest, &sampled, Room::default()).unwrap();
    check_nesting(&html);
    assert!(!body(&html).contains("<script") && !body(&html).contains("<img"));
    assert!(!html.contains('\u{202e}') && !html.contains('\0'));
    assert!(!html.contains("javascript:"), "only web addresses are links");
    assert!(html.contains("\\u{202e}"), "what can't be seen is written");
    assert!(html.contains("<mark>"), "the sample is shown");
}

#[test]
fn rules_link_to_the_catalogue() {
    let mut f = finding("r", "high", "ws", "2024-01-01T00:00:00Z");
    f.rule.id = "0123abcd-0000-4000-8000-000000000001".to_owned();
    let manifest =
        Manifest { catalog: Some("https://rules.example/site/".to_owned()), ..Manifest::default() };
    let html = render(&[Record::Finding(f)], &manifest, &[], Room::default()).unwrap();
    check_nesting(&html);
    assert!(html.contains("href=\"https://rules.example/site/rules/0123abcd-0000-4000-8000-000000000001/\""));
    assert!(html.contains("href=\"https://rules.example/site/techniques/T1059.001/\""));
}

#[test]
fn room_bounds_the_file_and_what_is_left_out_is_counted() {
    let find = |n: usize| {
        let rule = format!("rule {}", n % 5);
        Record::Finding(finding(&rule, "high", &format!("ws-{n}"), "2024-01-01T00:00:00Z"))
    };
    let records: Vec<Record> = (0..2000).map(find).collect();
    let room = Room { full: 20_000, lines: 30_000, samples: 0 };
    let html = render(&records, &Manifest::default(), &[], room).unwrap();
    check_nesting(&html);
    let full = html.matches("<details class=\"finding\">").count();
    let lines =
        html.matches("<td class=\"num\">50</td><td>title").count() + html.matches("  50  title on").count();
    let left_out = regex::Regex::new("([0-9,]+) more of this rule are left out").unwrap();
    let left: usize =
        left_out.captures_iter(&html).map(|c| c[1].replace(',', "").parse::<usize>().unwrap()).sum();
    assert!(full > 0 && lines > 0 && left > 0);
    assert_eq!(full + lines + left, 2000);
    let empty = made(&[]).len();
    // What each rule has beside its things is not much.
    assert!(html.len() < empty + 50_000 + 60_000 + 5 * 4_000, "{} {empty}", html.len());
}

#[test]
fn fifty_thousand_things_are_all_there() {
    let find = |n: usize| {
        let rule = format!("rule {}", n % 40);
        let time = format!("2024-01-01T{:02}:{:02}:{:02}Z", n / 3600 % 24, n / 60 % 60, n % 60);
        Record::Finding(finding(&rule, "high", &format!("ws-{}", n % 300), &time))
    };
    let records: Vec<Record> = (0..50_000).map(find).collect();
    let html = made(&records);
    check_nesting(&html);
    assert_eq!(html.matches("<details class=\"finding\">").count(), 40 * 20);
    assert_eq!(html.matches("<td class=\"num\">50</td><td>title").count(), 40 * 100);
    assert_eq!(html.matches("  50  title on").count(), 40 * (1250 - 120));
    assert!(!html.contains("of this rule are left out"));
    assert!(html.contains("Of 50,000 things 800 are shown in full"));
    assert!(html.matches('<').count() < 2 * 200_000, "elements that a browser can bear");
    // One rule alone leaves nothing out either.
    let alone: Vec<Record> = (0..50_000).map(|n| find(n * 40)).collect();
    assert!(!made(&alone).contains("of this rule are left out"));
}

#[test]
fn only_times_of_the_run_differ() {
    let records = [Record::Finding(finding("r", "high", "ws", "2024-01-01T00:00:00Z"))];
    let at = |started: &str, elapsed| {
        let manifest =
            Manifest { started: started.to_owned(), elapsed, extra: elapsed, ..Manifest::default() };
        render(&records, &manifest, &[], Room::default()).unwrap()
    };
    let (a, b) = (at("2024-01-01T00:00:00Z", 1.0), at("2025-01-01T00:00:00Z", 2.0));
    assert_ne!(a, b);
    let times = regex::Regex::new(r#"<dd class="run-time">[^<]*</dd>"#).unwrap();
    assert_eq!(times.replace_all(&a, ""), times.replace_all(&b, ""));
}
