//! Linting and laying out whole folders: the pack, and the public corpora where they are at hand.
#![allow(clippy::print_stderr, clippy::panic, clippy::unwrap_used, clippy::disallowed_methods, missing_docs)]

use grotto_content::{Content, Detection};
use grotto_diag::Severity;
use grotto_engine::Context;
use grotto_knowledge::Knowledge;
use grotto_lint::format::{self, Outcome};
use grotto_lint::{Input, Level, Report, Severities, fix, run};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

fn lint(folder: &Path, severities: &Severities) -> Report {
    let (content, loaded) = Content::load(&[folder.to_owned()]);
    let (knowledge, _) = Knowledge::load(&[], &Context::default());
    let context = Context { lookups: knowledge.lookups(&content), ..Context::default() };
    let macros = grotto_detect::macros::table(&content, &knowledge);
    let input = Input {
        content: &content,
        loaded: &loaded,
        macros: &macros,
        knowledge: &knowledge,
        context: &context,
        scope: &[],
    };
    run(&input, severities)
}

fn corpus(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus")).join(name);
    if !path.is_dir() {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

fn pack() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules"))
}

#[test]
fn the_pack_is_clean_and_laid_out() {
    let report = lint(&pack(), &Severities::default());
    let said: Vec<String> =
        report.diagnostics.iter().filter(|d| d.severity > Severity::Info).map(ToString::to_string).collect();
    assert!(said.is_empty(), "{said:#?}");
    assert!(report.files > 30);
    let (content, _) = Content::load(&[pack()]);
    for detection in &content.detections {
        assert_eq!(format::detection(detection), Outcome::Same, "{}", detection.path.display());
    }
}

#[test]
fn the_corpus_is_not_cried_wolf_at() {
    let Some(folder) = corpus("escu-2024") else { return };
    let report = lint(&folder, &Severities::default());
    let loud = report.diagnostics.iter().filter(|d| d.severity > Severity::Info).count();
    // One report for every twelve rules that were reviewed, tested and shipped.
    assert!((50..150).contains(&loud), "{:#?}", report.counts());
    for slug in ["search/mixed-and-or", "finding/dropped-field", "attack/retired", "search/unknown-lookup"] {
        assert!(report.diagnostics.iter().any(|d| d.slug == slug), "{slug}");
    }
}

#[test]
fn the_corpus_is_laid_out_and_means_the_same() {
    for name in ["escu-2024", "escu-2026"] {
        let Some(folder) = corpus(name) else { return };
        let (content, _) = Content::load(&[folder]);
        let left: usize = content.detections.par_iter().map(laid_out).sum();
        assert_eq!(left, 0, "{name}");
    }
}

/// Checks what became of a file; 1 when it was left alone.
fn laid_out(detection: &Detection) -> usize {
    let text = match format::detection(detection) {
        Outcome::Changed(text) => text,
        Outcome::Same => return 0,
        Outcome::Left(_) => return 1,
    };
    let path = detection.path.display().to_string();
    let (again, _) = Content::embedded(&[(path.as_str(), text.as_str())]);
    let [new] = again.detections.as_slice() else { panic!("{path} was lost") };
    assert_eq!(format::detection(new), Outcome::Same, "{path}");
    let tree = |search: &str| grotto_spl::parse(search).unwrap();
    assert_eq!(tree(&new.search), tree(&detection.search), "{path}");
    // Nothing but the search differs.
    let around = |detection: &Detection| {
        let text = &detection.source.text;
        let (before, _) = text.split_once("\nsearch:").unwrap();
        (before.to_owned(), text[detection.search.span().end..].to_owned())
    };
    assert_eq!(around(new), around(detection), "{path}");
    0
}

#[test]
fn fixes_change_their_places_only_and_come_to_an_end() {
    let Some(folder) = corpus("escu-2024") else { return };
    let report = lint(&folder, &Severities::default());
    let fixed = fix::apply(&report.diagnostics);
    assert!(fixed.len() > 10, "{}", fixed.len());
    let copy = tempfile::tempdir().unwrap();
    let detections = copy.path().join("detections");
    std::fs::create_dir_all(&detections).unwrap();
    for (i, file) in fixed.iter().enumerate() {
        let name = Path::new(&file.source.name).file_name().unwrap();
        std::fs::create_dir_all(detections.join(i.to_string())).unwrap();
        std::fs::write(detections.join(i.to_string()).join(name), &file.text).unwrap();
        let (old, new) = (file.source.text.lines().count(), file.text.lines().count());
        assert!(old.abs_diff(new) <= 1, "{}", file.source.name);
    }
    let mut rounds = 0;
    loop {
        let again = fix::apply(&lint(copy.path(), &Severities::default()).diagnostics);
        if again.is_empty() {
            break;
        }
        rounds += 1;
        assert!(rounds < 5, "fixes go on for ever");
        for file in again {
            std::fs::write(&file.source.name, &file.text).unwrap();
        }
    }
}

fn rule(search: &str, more: &str) -> String {
    format!(
        "name: A\nid: 2276d50e-96d8-4d53-819e-a79a0928a914\nversion: 1\nstatus: experimental\ntype: Hunting\n{more}\
         search: |-\n    {search}\n    | `a_filter`\n"
    )
}

fn slugs(files: &[(&str, &str)], severities: &Severities) -> (Vec<String>, usize) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let report = lint(folder.path(), severities);
    let about =
        report.diagnostics.iter().filter(|d| d.slug.starts_with("search/") || d.slug.starts_with("allow/"));
    (about.map(|d| format!("{}:{}", d.severity.name(), d.slug)).collect(), report.allowed)
}

#[test]
fn comments_allow_with_a_reason() {
    let none = Severities::default();
    let search = "EventCode=1 EventCode=2";
    for (search, more, expected, allowed) in [
        (search.to_owned(), "", vec!["warning:search/contradiction"], 0),
        (format!("{search} ```grotto: allow(search/contradiction) of two events```"), "", vec![], 1),
        (format!("{search} ```grotto: allow(search/contradiction)```"), "", vec!["warning:allow/reason"], 1),
        (search.to_owned(), "# grotto: allow(search/contradiction) of two events\n", vec![], 1),
        (
            search.to_owned(),
            "# grotto: allow(search/tautology) no\n",
            vec!["info:allow/unused", "warning:search/contradiction"],
            0,
        ),
        (
            format!("{search} x=\"# grotto: allow(search/contradiction) no comment\""),
            "",
            vec!["warning:search/contradiction"],
            0,
        ),
    ] {
        let (found, by_comment) = slugs(&[("detections/a.yml", &rule(&search, more))], &none);
        assert_eq!(
            (found, by_comment),
            (expected.iter().map(|s| (*s).to_owned()).collect(), allowed),
            "{search} {more}"
        );
    }
}

#[test]
fn severities_are_set_by_slug_and_by_area() {
    let text = rule("EventCode=1 EventCode=2", "");
    let files = [("detections/a.yml", text.as_str())];
    for (slug, level, expected) in [
        ("search/contradiction", Level::On(Severity::Error), vec!["error:search/contradiction"]),
        ("search/contradiction", Level::Off, vec![]),
        ("search/*", Level::On(Severity::Info), vec!["info:search/contradiction"]),
    ] {
        let mut severities = Severities::default();
        severities.set(slug, level);
        assert_eq!(slugs(&files, &severities).0, expected, "{slug}");
    }
}

#[test]
fn every_unknown_name_of_a_search_is_reported_not_only_the_first() {
    let text =
        rule("`one` `two(a)` | evall x=1 | eval y=lenn(x) | lookup nowhere x | stats cuont(x) by y", "");
    let (found, _) = slugs(&[("detections/a.yml", &text)], &Severities::default());
    assert_eq!(
        found,
        ["error:search/unknown-macro", "error:search/unknown-macro"],
        "the macros hide the rest"
    );
    let text = rule("a=1 | evall x=1 | eval y=lenn(x) | lookup nowhere x | stats cuont(x) by y", "");
    let (found, _) = slugs(&[("detections/a.yml", &text)], &Severities::default());
    let expected = [
        "search/unknown-command",
        "search/unknown-function",
        "search/unknown-lookup",
        "search/unknown-function",
    ];
    assert_eq!(found, expected.map(|slug| format!("error:{slug}")));
}

#[test]
fn every_regular_expression_of_a_search_is_looked_at() {
    for search in [
        r#"a=1 | rex field=b "(?<x>y" | regex c="(" | eval d=replace(d, "[", "") | where match(e, "(ok)")"#,
        r#"a=1 | rex field=b mode=sed "s/(/x/" | rex mode=sed "s/ok/x/" | rex mode=sed "s/[/x/g" | regex c="(""#,
    ] {
        let text = rule(search, "");
        let (found, _) = slugs(&[("detections/a.yml", &text)], &Severities::default());
        assert_eq!(found, ["error:search/bad-regex"; 3], "{search}");
    }
}

#[test]
fn every_stage_says_what_grotto_cannot_run() {
    let text = rule("a=1 | loadjob x | head 1 | sendemail to=a | dedup b sortby", "");
    let (found, _) = slugs(&[("detections/a.yml", &text)], &Severities::default());
    assert_eq!(found.iter().filter(|slug| *slug == "info:search/unsupported").count(), 2, "{found:?}");
}

#[test]
fn files_that_are_no_rules_are_checked_too() {
    let good = rule("a=1", "");
    for (path, text, expected) in [
        ("macros/m.yml", "name: m\ndefinition: a=1\ndescription: A.\n", None),
        ("macros/m(1).yml", "name: m\narguments: [x]\ndefinition: a=$x$\ndescription: A.\n", None),
        ("macros/n.yml", "name: m\ndefinition: a=1\ndescription: A.\n", Some("meta/file-name")),
        (
            "macros/m.yml",
            "name: m\ndefinition: a=1\ndescription: A.\ndefintion: b\n",
            Some("meta/unknown-key"),
        ),
        ("lookups/a_b.yml", "name: a-b\ncollection: c\ndescription: A.\n", None),
        ("lookups/a.yml", "name: b\ncollection: c\ndescription: A.\n", Some("meta/file-name")),
        (
            "lookups/a.yml",
            "name: a\ncollection: c\nmax_match: 1\ndescription: A.\n",
            Some("meta/unknown-key"),
        ),
        (
            "lookups/a.yml",
            "name: a\nlookup_type: table\ncollection: c\ndescription: A.\n",
            Some("lookup/form"),
        ),
        ("lookups/a.yml", "name: a\nlookup_type: csv\ncollection: c\ndescription: A.\n", Some("lookup/form")),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [("detections/a.yml", good.as_str()), (path, text)] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let report = lint(folder.path(), &Severities::default());
        let about = report.diagnostics.iter().filter(|d| d.file().is_some_and(|file| file.ends_with(path)));
        let slugs: Vec<_> = about.map(|d| d.slug).collect();
        assert_eq!(slugs, expected.into_iter().collect::<Vec<_>>(), "{path} {text}");
    }
}

#[test]
fn fields_that_no_event_has_are_told_from_those_that_some_event_has() {
    let source = "name: Windows Event Log System 7045\nsource: XmlWinEventLog:System\nsourcetype: XmlWinEventLog\n\
                  fields: [ServiceName, ImagePath, Extra]\n";
    let more = "data_source: [Windows Event Log System 7045]\n";
    for (search, expected) in [
        ("EventCode=7045 ServiceName=a Extra=1 dest=* | stats count by ImagePath", vec![]),
        ("EventCode=7045 ServiceNam=a", vec!["warning:search/unknown-field"]),
        ("EventCode=7045 servicename=a", vec!["warning:search/unknown-field"]),
        ("EventCode=7045 whatever=a", vec!["info:search/unknown-field"]),
        ("EventCode=7045 | stats count by LogonType", vec!["warning:search/by-null-field"]),
        ("EventCode=7045 | eval LogonType=1 | stats count by LogonType", vec![]),
        ("EventCode=7045 | rex \"(?<LogonType>.)\" | stats count by LogonType", vec![]),
        // An event of another channel: nobody knows what is meant.
        ("EventCode IN (7045, 4624) LogonType=3", vec![]),
        ("EventCode=70* LogonType=3", vec![]),
    ] {
        let text = rule(search, more);
        let files =
            [("detections/a.yml", text.as_str()), ("data_sources/windows_event_log_system_7045.yml", source)];
        let (found, _) = slugs(&files, &Severities::default());
        assert_eq!(found, expected, "{search}");
    }
}
