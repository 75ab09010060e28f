use super::data::Places;
use super::*;
use crate::RuleSet;
use grotto_content::Content;
use grotto_engine::Context;
use grotto_knowledge::Knowledge;
use std::path::{Path, PathBuf};

/// A folder with data and rules.
struct Folder(tempfile::TempDir);

fn event(image: &str) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
         <Provider Name='Microsoft-Windows-Sysmon'/><EventID>1</EventID><Version>5</Version><Level>4</Level>\
         <TimeCreated SystemTime='2024-01-01T00:00:00Z'/><EventRecordID>1</EventRecordID>\
         <Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws1</Computer></System>\
         <EventData><Data Name='Image'>{image}</Data></EventData></Event>\n"
    )
}

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.file("a.log", &(event("C:\\a.exe") + &event("C:\\b.exe")));
        folder.file("b.log", &event("C:\\c.exe"));
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    /// A rule with one test; `more` are further lines at the top, `test` lines of the test.
    fn rule(&self, name: &str, search: &str, more: &str, test: &str) -> &Self {
        let text = format!(
            "name: {name}\nid: id-{name}\nversion: 1\ntype: Hunting\ndata_source: []\nsearch: '{search}'\n{more}\
             tests:\n    - name: test of {name}\n{test}"
        );
        self.file(&format!("{name}.yml"), &text);
        self
    }

    fn run(&self) -> (Results, RuleSet) {
        let (content, said) = Content::load(&[self.path().to_owned()]);
        assert!(said.iter().all(|d| d.severity != grotto_diag::Severity::Error), "{said:?}");
        let context = Context::default();
        let (knowledge, _) = Knowledge::load(&[], &context);
        let macros = crate::macros::table(&content, &knowledge);
        let rules = RuleSet::compile(&content, &macros, &knowledge, &context);
        let plan = Plan::new(&rules, &Places::default(), &Selection::All);
        (run(plan, &rules, &knowledge, &Reading::default(), &|_| {}), rules)
    }

    /// `rule: outcome: reason` of each test.
    fn outcomes(&self) -> Vec<String> {
        let (results, rules) = self.run();
        let line = |test: &Tested| {
            let name = &rules.rules[test.rule].detection.name;
            format!("{name}: {}: {}", test.outcome.name(), test.reason())
        };
        results.tests.iter().map(line).collect()
    }
}

fn data(items: &[&str]) -> String {
    let lines = items.iter().map(|item| format!("        - {item}\n"));
    format!("      attack_data:\n{}", lines.collect::<String>())
}

const A: &str = "{data: a.log, source: s, sourcetype: XmlWinEventLog}";
const B: &str = "{data: b.log, source: s, sourcetype: XmlWinEventLog}";

#[test]
fn tests_come_to_what_their_data_gives() {
    let folder = Folder::new();
    let production = "status: production\n";
    folder
        .rule("a passes", "source=s Image=*a.exe", production, &data(&[A]))
        .rule("b fails", "source=s Image=*x.exe", production, &data(&[A]))
        .rule(
            "c needs three",
            "source=s | table Image",
            production,
            &format!("      expected_results: 3\n{}", data(&[A, B])),
        )
        .rule(
            "d has two of three",
            "source=s",
            production,
            &format!("      expected_results: 3\n{}", data(&[A])),
        )
        .rule(
            "e wants none",
            "source=s Image=*x.exe",
            production,
            &format!("      expected_results: 0\n{}", data(&[A])),
        )
        .rule("f has no data", "source=s", production, &data(&["{data: none.log}"]))
        .rule("g names none", "source=s", production, "      attack_data: []\n")
        .rule("h cannot run", "source=s | mstats avg(x)", production, &data(&[A]))
        .rule("i is experimental", "source=none", "status: experimental\n", &data(&[A]))
        .rule(
            "j is an experiment",
            "source=none",
            production,
            &format!("      test_type: experimental\n{}", data(&[A])),
        )
        .rule("k is by hand", "source=s", "tags:\n    manual_test: needs a mailbox\n", &data(&[A]))
        .rule("l counts nothing", "source=none | stats count", production, &data(&[A]))
        .rule("m is unknown", "source=s", production, &format!("      test_type: smoke\n{}", data(&[A])));
    folder.file("image.bin", "\u{1}\u{2}\u{3} no log");
    folder.rule("n has wrong data", "source=s", production, &data(&["{data: image.bin}"]));
    let outcomes = folder.outcomes();
    let none = folder.path().join("none.log").display().to_string();
    for (outcome, expected) in outcomes.iter().zip([
        "a passes: passed: ",
        "b fails: failed: no rows of 1 expected: the head of the search took 0 of 2 events",
        "c needs three: passed: ",
        "d has two of three: failed: 2 of 3 expected rows: the head of the search took 2 of 2 events",
        "e wants none: passed: ",
        &format!("f has no data: skipped: no data ({none} is not there)"),
        "g names none: skipped: no data (the test names none)",
        "h cannot run: error: ",
        "i is experimental: skipped: did not pass and does not count (the rule is experimental, not in production): no rows",
        "j is an experiment: skipped: did not pass and does not count (the test is experimental): no rows",
        "k is by hand: skipped: the rule is tested by hand: needs a mailbox",
        "l counts nothing: failed: no rows",
        "m is unknown: error: `smoke` is no type of test",
        "n has wrong data: error: the data can't be read: ",
    ]) {
        assert!(outcome.starts_with(expected), "{outcome}\n{expected}");
    }
    assert_eq!(outcomes.len(), 14);
}

#[test]
fn metadata_is_what_the_test_says() {
    let folder = Folder::new();
    let all = "{data: a.log, source: s1, sourcetype: st1, host: h1, index: i1}";
    folder
        .rule("all", "source=s1 sourcetype=st1 host=h1 index=i1", "", &data(&[all]))
        .rule("custom", "index=i2 host=ws1", "", &data(&["{data: a.log, custom_index: i2}"]))
        .rule("other", "source=s1", "", &data(&["{data: a.log, source: s2}"]));
    let outcomes = folder.outcomes();
    assert_eq!(outcomes[..2], ["all: passed: ", "custom: passed: "]);
    assert!(outcomes[2].starts_with("other: failed: "), "{}", outcomes[2]);
}

#[test]
fn the_spelling_of_published_tests_gives_the_fields_of_the_add_on() {
    let folder = Folder::new();
    let search = "source=XmlWinEventLog:* sourcetype=XmlWinEventLog | stats count by dest vendor_product";
    for (name, sourcetype) in [("lower", "xmlwineventlog"), ("mixed", "XmlWinEventLog")] {
        let item = format!("{{data: a.log, source: 'XmlWinEventLog:Other', sourcetype: {sourcetype}}}");
        folder.rule(name, search, "", &data(&[&item]));
    }
    assert_eq!(folder.outcomes(), ["lower: passed: ", "mixed: passed: "]);
}

#[test]
fn data_that_rules_share_is_read_once() {
    let folder = Folder::new();
    folder
        .rule("one", "source=s Image=*a.exe", "", &data(&[A]))
        .rule("two", "source=s Image=*b.exe", "", &data(&[A]))
        .rule("three", "source=s", "", &data(&[B]))
        .rule("other source", "source=s2", "", &data(&["{data: a.log, source: s2}"]));
    let (results, _) = folder.run();
    assert!(results.tests.iter().all(|test| test.outcome == Outcome::Passed));
    assert_eq!((results.datasets, results.events), (3, 5));
    assert_eq!((results.rules, results.without_tests), (4, 0));
}

#[test]
fn a_failure_stands_at_the_name_of_its_test() {
    let folder = Folder::new();
    folder.rule("one", "source=none", "", &data(&[A]));
    let (results, _) = folder.run();
    let reason = &results.tests[0].reasons[0];
    let file = folder.path().join("one.yml");
    let text = grotto_diag::input::text(&file, 1 << 20).unwrap();
    let line = text.lines().position(|line| line.contains("test of one")).unwrap() + 1;
    assert_eq!(reason.file(), Some(file.to_str().unwrap()));
    assert_eq!(reason.place().map(|place| place.line), Some(line));
    assert_eq!(reason.slug, "test/no-rows");
    let help = reason.help.as_deref().unwrap();
    assert!(
        help.contains("no event satisfies the head of the search; this shows why: grotto explain "),
        "{help}"
    );
    assert!(help.ends_with("a.log --source s --sourcetype XmlWinEventLog"), "{help}");
}

#[test]
fn a_selection_runs_what_it_names() {
    let folder = Folder::new();
    folder.rule("one", "source=s", "", &data(&[A])).rule("two", "source=s", "", &data(&[B]));
    let (_, rules) = folder.run();
    let names = |rule: &[&str], files: &[&str]| {
        let paths = |names: &[&str]| names.iter().map(|name| folder.path().join(name)).collect();
        let selection = Selection::Only { rules: paths(rule), data: paths(files) };
        let plan = Plan::new(&rules, &Places::default(), &selection);
        plan.results.iter().map(|test| test.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&["one.yml"], &[]), ["test of one"]);
    assert_eq!(names(&[], &["b.log"]), ["test of two"]);
    assert_eq!(names(&["one.yml"], &["b.log"]).len(), 2);
    assert!(names(&["none.yml"], &["none.log"]).is_empty());
}

#[test]
fn the_pack_passes_on_the_data_that_the_program_carries() {
    let (content, _) = crate::builtin::content();
    let mut context = Context::default();
    let (knowledge, _) = Knowledge::load(&[], &context);
    context.lookups = knowledge.lookups(&content);
    let macros = crate::macros::table(&content, &knowledge);
    let rules = RuleSet::compile(&content, &macros, &knowledge, &context);
    let places = Places { builtin: true, ..Places::default() };
    let plan = Plan::new(&rules, &places, &Selection::All);
    let tests = plan.len();
    let results = run(plan, &rules, &knowledge, &Reading::default(), &|_| {});
    for test in &results.tests {
        assert_eq!(test.outcome, Outcome::Passed, "{}: {}", test.name, test.reason());
    }
    assert!(tests >= 14 && results.without_tests == 0, "{tests}");
}

#[test]
fn benign_logs_with_hits_are_counted_by_event_and_host() {
    let folder = Folder::new();
    folder
        .rule("hits", "Image=*.exe | stats count by Image host", "", &data(&[A]))
        .rule("nothing", "Image=*.dll", "", &data(&[A]))
        .rule("counts", "Image=*.dll | stats count", "", &data(&[A]));
    let (_, rules) = folder.run();
    let (knowledge, _) = Knowledge::load(&[], &Context::default());
    let paths: Vec<PathBuf> = vec![folder.path().join("a.log"), folder.path().join("b.log")];
    let parts: Vec<_> = paths
        .iter()
        .flat_map(|path| grotto_events::plan(&grotto_events::Input::file(path)).unwrap())
        .collect();
    let baseline = baseline::run("benign", &parts, &rules, &knowledge, &|_| {});
    assert_eq!((baseline.report.events, baseline.hosts, baseline.rules), (3, 1, 3));
    assert_eq!(baseline.hits.len(), 1);
    let hits = baseline.hits[0];
    assert_eq!((rules.rules[hits.rule].detection.name.as_str(), hits.rows, hits.hosts), ("hits", 3, Some(1)));
    assert_eq!(baseline.per_million(&hits), 1e6);
    let said = baseline.diagnostics(&rules);
    assert_eq!(said[0].slug, "test/baseline-hits");
    assert!(said[0].message.contains("1 of 1 hosts"), "{}", said[0].message);
    let summary = record::Summary::new(&Results::default(), std::slice::from_ref(&baseline));
    let records = record::records(&Results::default(), &[baseline], &rules, summary);
    assert_eq!(records.len(), 3);
}
