//! The indexed scan against every rule asked of every event: the same records, row for row.

use crate::support::{corpus, rules, shared};
use grotto_content::Content;
use grotto_detect::record::{Files, Record};
use grotto_detect::{Evaluation, RuleSet, scan};
use grotto_events::{Batch, Column, Part};
use grotto_knowledge::Knowledge;
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The records of a scan, one JSON text each.
fn records((rules, knowledge): &(RuleSet, Knowledge), parts: &[Part]) -> Vec<String> {
    let outcome = scan(rules, parts, knowledge, &|_| {});
    let records = outcome.records(rules, &[], Files::default(), Duration::ZERO);
    let found = records.iter().filter(|r| !matches!(r, Record::Rule(_) | Record::Summary(_)));
    found.map(|record| serde_json::to_string(record).unwrap()).collect()
}

/// Both ways give the same; the answer is how much that is.
fn compare(rules: &mut (RuleSet, Knowledge), parts: &[Part]) -> usize {
    rules.0.evaluation = Evaluation::Indexed;
    let fast = records(rules, parts);
    rules.0.evaluation = Evaluation::Full;
    let slow = records(rules, parts);
    for (fast, slow) in fast.iter().zip(&slow) {
        assert_eq!(fast, slow);
    }
    assert_eq!(fast.len(), slow.len());
    slow.len()
}

/// The parts of all logs in a folder; other files and broken ones are passed over.
fn logs(folder: &Path) -> Vec<Part> {
    let (inputs, _) = grotto_events::discover(&[folder.display().to_string()]);
    inputs.iter().filter_map(|input| grotto_events::plan(input).ok()).flatten().collect()
}

/// The folders in a folder, or itself if there are none.
fn folders(root: PathBuf) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    if folders.is_empty() { vec![root] } else { folders }
}

#[test]
fn the_pack_over_the_examples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let (content, _) = grotto_detect::builtin::content();
    assert!(compare(&mut rules(&content), &logs(&root)) > 10);
}

#[test]
fn the_corpus_over_real_logs() {
    let Some(content) = corpus("escu-2024") else { return };
    let mut rules = rules(&content);
    for root in ["data/evtx-attack-samples", "data/otrf"].into_iter().filter_map(shared) {
        // Folder by folder, so that a difference has a place.
        for folder in folders(root) {
            println!("{}: {} records", folder.display(), compare(&mut rules, &logs(&folder)));
        }
    }
}

#[test]
fn rules_with_the_same_search_find_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let one = "EventCode=1 | stats count by Image".to_owned();
    let other = "EventCode=1 | stats count by Computer".to_owned();
    let again = "EventCode=1  |  stats  count  by  Image".to_owned();
    let rules = rules(&content(&[one.clone(), other, one, again]));
    let records = records(&rules, &logs(&root));
    let of = |number: usize| -> Vec<String> {
        let own = format!("Rule {number}");
        let id = format!("{number:012}");
        let of_rule = records.iter().filter(|record| record.contains(&own));
        of_rule.map(|record| record.replace(&own, "").replace(&id, "")).collect()
    };
    assert!(of(0).len() > 1);
    assert_eq!(of(0), of(2));
    assert_eq!(of(0), of(3));
    assert_ne!(of(0), of(1));
}

/// A rule of a search, without anything else.
fn detection(number: usize, search: &str) -> String {
    let quoted = search.replace('\'', "''");
    format!(
        "name: Rule {number}\nid: 00000000-0000-0000-0000-{number:012}\nversion: 1\ndate: '2026-01-01'\n\
         author: A\nstatus: production\ntype: Hunting\ndescription: d\nsearch: '{quoted}'\n\
         how_to_implement: h\nknown_false_positives: k\nreferences: []\ntags:\n  asset_type: Endpoint\n"
    )
}

fn content(searches: &[String]) -> Content {
    let folder = tempfile::tempdir().unwrap();
    for (number, search) in searches.iter().enumerate() {
        std::fs::write(folder.path().join(format!("r{number}.yml")), detection(number, search)).unwrap();
    }
    let (content, _) = Content::load(&[folder.path().to_owned()]);
    assert_eq!(content.detections.len(), searches.len());
    content
}

fn terms() -> impl Strategy<Value = String> {
    let field = prop_oneof![
        Just("EventCode"),
        Just("Image"),
        Just("CommandLine"),
        Just("user"),
        Just("process_name"),
        Just("User"),
        Just("tag"),
        Just("signature"),
        Just("none"),
    ];
    let value = prop_oneof![
        Just("1".to_owned()),
        Just("3".to_owned()),
        Just("process".to_owned()),
        "[*]?(cmd|É|é|a|B)(\\.exe)?[*]?",
        "[*][abÉ]{1,2}[*][abé]{1,2}",
    ];
    let op = prop_oneof![4 => Just("="), 1 => Just("!="), 1 => Just(">")];
    let leaf = (field, op, value).prop_map(|(field, op, value)| format!("{field}{op}\"{value}\""));
    leaf.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| format!("NOT ({one})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} AND {b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a} OR {b})")),
        ]
    })
}

fn searches() -> impl Strategy<Value = String> {
    prop_oneof![
        terms().prop_map(|t| format!("{t} | table _time Image CommandLine user process_name tag")),
        terms().prop_map(|t| format!("{t} | stats count min(_time) by user process_name")),
        terms().prop_map(|t| format!("{t} | fillnull | stats count by user_id Image parent_user")),
        ("[*]?(cmd|É|a)[*]?", any::<bool>()).prop_map(|(name, not)| {
            let op = if not { "!=" } else { "=" };
            format!(
                "| tstats count from datamodel=Endpoint.Processes where Processes.process_name{op}\"{name}\" \
                 by Processes.user Processes.process_name Processes.parent_process"
            )
        }),
        (after(), any::<bool>()).prop_map(|(after, join)| {
            let join = if join {
                "| join user [| tstats count as c from datamodel=Endpoint.Processes \
                 where Processes.process_name=*a* by Processes.user | rename Processes.* as *]"
            } else {
                ""
            };
            format!(
                "| tstats count min(_time) as firstTime from datamodel=Endpoint.Processes \
                 by Processes.user Processes.process_name Processes.process | rename Processes.* as * {join} {after}"
            )
        }),
    ]
}

/// What chooses among groups.
fn after() -> impl Strategy<Value = String> {
    let field =
        || prop_oneof![Just("user"), Just("process_name"), Just("process"), Just("count"), Just("none")];
    let text = "(cmd|É|é|a|B|ab)(\\.exe)?";
    let one = prop_oneof![
        terms().prop_map(|t| format!("| search {t}")),
        (field(), text, any::<bool>())
            .prop_map(|(f, t, not)| format!("| regex {f}{}\"(?i){t}\"", if not { "!=" } else { "=" })),
        (field(), text).prop_map(|(f, t)| format!("| where like({f}, \"%{t}%\") OR {f}=\"{t}\"")),
        (field(), text).prop_map(|(f, t)| format!("| where NOT match({f}, \"{t}\") OR count>1")),
        (field(), field()).prop_map(|(a, b)| format!("| eval {a}=upper({b})")),
        (field(), field()).prop_map(|(a, b)| format!("| rename {a} as {b}")),
        field().prop_map(|f| format!("| fillnull value=a {f}")),
        Just("| stats sum(count) as count by user process".to_owned()),
        Just("| sort - count | head 2".to_owned()),
        Just("| eventstats max(count) as most | where count=most".to_owned()),
    ];
    proptest::collection::vec(one, 1..4).prop_map(|all| all.join(" "))
}

/// Events of process creation and of network connections.
fn events() -> impl Strategy<Value = Batch> {
    const ROWS: usize = 5;
    let texts = |pattern: &'static str| {
        proptest::collection::vec(proptest::option::of(pattern), ROWS).prop_map(Column::text)
    };
    let several = proptest::collection::vec(proptest::collection::vec("[abÉé]{1,3}", 0..3), ROWS);
    let command = prop_oneof![texts("[abÉé .]{0,6}"), several.prop_map(Column::list)];
    let code = prop_oneof![Just("1"), Just("3")];
    (code, texts(r"(C:\\)?[abÉé]{1,2}(\.exe)?|C:\\cmd\.exe"), command, texts(r"[AB]\\[abÉ]{1,2}")).prop_map(
        |(code, image, command, user)| {
            let mut batch = Batch::new(ROWS);
            batch.set(
                "_time",
                Column::Time((0..ROWS as i64).map(|i| i * 1_000_000_000).collect::<Vec<_>>().into()),
            );
            for (name, value) in [
                ("source", "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational"),
                ("sourcetype", "XmlWinEventLog"),
                ("EventCode", code),
                ("Computer", "host"),
            ] {
                batch.set(name, Column::constant(value, ROWS));
            }
            batch.set("Image", image);
            batch.set("CommandLine", command);
            batch.set("User", user);
            batch
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn generated_rules_over_generated_events(
        searches in proptest::collection::vec(searches(), 1..8),
        batches in proptest::collection::vec(events(), 1..4),
    ) {
        let content = content(&searches);
        let parts: Vec<Part> = batches.into_iter().map(|batch| Part::of_batches("<events>", vec![batch])).collect();
        let mut rules = rules(&content);
        prop_assert!(rules.0.rules.iter().all(|rule| rule.reason.is_none()));
        compare(&mut rules, &parts);
    }
}
