//! The page of the seed rule, in full, over the corpus that an older version of it is part of.

use crate::corpus::{catalog, shared};
use grotto_catalog::model::{Catalog, IndicatorKind, RulePage};
use std::path::Path;
use std::sync::LazyLock;

const ID: &str = "7d4c618e-4716-11ec-951c-3e22fbd008af";

static CATALOG: LazyLock<Option<Catalog>> = LazyLock::new(|| {
    let seed = shared("seed-rule.yml")?;
    let corpus = shared("corpus/escu-2024")?;
    // Of rules with the same id the first counts.
    Some(catalog(&[seed, corpus]))
});

fn page() -> Option<&'static RulePage> {
    CATALOG.as_ref().map(|catalog| catalog.rule(ID).unwrap())
}

#[test]
fn one_technique_with_its_tactic() {
    let Some(page) = page() else { return };
    assert_eq!(page.name, "Remote Process Instantiation via WinRM and PowerShell Script Block");
    assert_eq!(
        (page.status.as_str(), page.kind.as_str(), page.facts.version),
        ("production", "TTP", Some(13))
    );
    let [technique] = page.techniques.as_slice() else { panic!("{:?}", page.techniques) };
    assert_eq!(technique.id, "T1021.006");
    assert_eq!(technique.name, "Remote Services: Windows Remote Management");
    assert_eq!(technique.remark, None);
    let [tactic] = page.tactics.as_slice() else { panic!("{:?}", page.tactics) };
    assert_eq!((tactic.id.as_str(), tactic.name.as_str()), ("TA0008", "Lateral Movement"));
}

#[test]
fn one_event_with_its_title() {
    let Some(page) = page() else { return };
    let [event] = page.events.events.as_slice() else { panic!("{:#?}", page.events) };
    assert_eq!((event.provider.as_str(), event.id), ("Microsoft-Windows-PowerShell", 4104));
    assert_eq!(event.title, "Creating Scriptblock text (MessageNumber of MessageTotal).");
    assert_eq!(event.channel, "Microsoft-Windows-PowerShell/Operational");
    assert!(event.by_search && event.by_data_source && event.by_model.is_none());
    assert!(page.events.remarks.is_empty(), "{:?}", page.events.remarks);
    for field in ["EventCode", "ScriptBlockText", "ScriptBlockId", "Path", "dest", "Opcode"] {
        assert!(event.fields.iter().any(|f| f == field), "{field}: {:?}", event.fields);
    }
    assert!(!event.fields.iter().any(|f| f == "firstTime" || f == "count"), "{:?}", event.fields);
}

#[test]
fn six_stages_with_their_texts() {
    let Some(page) = page() else { return };
    let shown: Vec<_> = page
        .stages
        .iter()
        .map(|s| (s.command.as_str(), s.kind.as_str(), s.macros.join(" "), s.text.as_str()))
        .collect();
    let by = "dest signature signature_id user_id vendor_product EventID Guid Opcode Name Path ProcessID \
              ScriptBlockId ScriptBlockText";
    let stats = format!("stats count min(_time) as firstTime max(_time) as lastTime by {by}");
    assert_eq!(
        shown,
        [
            (
                "search",
                "generating",
                "`powershell`".to_owned(),
                "(source=WinEventLog:Microsoft-Windows-PowerShell/Operational OR \
                 source=\"XmlWinEventLog:Microsoft-Windows-PowerShell/Operational\") EventCode=4104 \
                 (ScriptBlockText=\"*Invoke-Command*\" ScriptBlockText=\"*-ComputerName*\")"
            ),
            // Without names of fields it has to see all rows first.
            ("fillnull", "dataset processing", String::new(), "fillnull"),
            ("stats", "transforming", String::new(), stats.as_str()),
            (
                "convert",
                "distributable streaming",
                "`security_content_ctime(firstTime)`".to_owned(),
                "convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime(firstTime)"
            ),
            (
                "convert",
                "distributable streaming",
                "`security_content_ctime(lastTime)`".to_owned(),
                "convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime(lastTime)"
            ),
            (
                "search",
                "distributable streaming",
                "`remote_process_instantiation_via_winrm_and_powershell_script_block_filter`".to_owned(),
                "search *"
            ),
        ]
    );
    assert!(page.stages[2].gives.all);
    assert!(page.stages[2].gives.names.iter().any(|name| name == "firstTime"));
    assert_eq!(page.stages[3].reads, ["firstTime"]);
    let condition = page.stages[0].condition.as_ref().unwrap();
    let selectors: Vec<bool> = condition.parts.iter().map(|part| part.selector).collect();
    assert_eq!(selectors, [true, false, false, false]);
}

#[expect(clippy::disallowed_methods, reason = "the recount has nothing in common with what it checks")]
/// The searches of all rules of the corpus, read without the code under test.
fn searches(folder: &Path, out: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            searches(&path, out);
        } else if path.extension().is_some_and(|e| e == "yml") {
            let text = std::fs::read_to_string(&path).unwrap();
            let line =
                |key: &str| text.lines().find_map(|l| l.strip_prefix(key)).unwrap_or("").trim().to_owned();
            let start = text.find("\nsearch:").unwrap();
            let rest = &text[start + 1..];
            // The search ends where the next key begins.
            let end = rest[1..]
                .match_indices('\n')
                .find(|(at, _)| rest[at + 2..].starts_with(|c: char| c.is_ascii_lowercase()));
            out.push((line("id:"), rest[..end.map_or(rest.len(), |(at, _)| at)].to_lowercase()));
        }
    }
}

#[test]
fn three_indicators_whose_counts_an_independent_recount_settles() {
    let (Some(page), Some(catalog)) = (page(), CATALOG.as_ref()) else { return };
    let shown: Vec<_> = page
        .indicators
        .iter()
        .map(|i| {
            (i.field.as_str(), i.kind, i.negated, i.values[0].value.as_str(), i.values[0].written.as_str())
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("EventCode", IndicatorKind::Equal, false, "4104", "4104"),
            ("ScriptBlockText", IndicatorKind::Contains, false, "Invoke-Command", "*Invoke-Command*"),
            ("ScriptBlockText", IndicatorKind::Contains, false, "-ComputerName", "*-ComputerName*"),
        ]
    );
    let mut all = Vec::new();
    searches(&shared("corpus/escu-2024").unwrap().join("detections"), &mut all);
    assert_eq!(all.len(), catalog.rules.len());
    let recount = |patterns: &[&str]| {
        let patterns: Vec<_> = patterns.iter().map(|p| regex::Regex::new(p).unwrap()).collect();
        all.iter().filter(|(id, text)| id != ID && patterns.iter().any(|p| p.is_match(text))).count() as u32
    };
    let code = r#"\beventcode\s*=\s*"?4104\b|\beventcode\s+in\s*\([^)]*\b4104\b"#;
    let text = |value: &str| {
        format!(r#"scriptblocktext\s*=\s*"?\*{value}\*|scriptblocktext\s+in\s*\([^)]*"\*{value}\*""#)
    };
    let expected =
        [recount(&[code]), recount(&[&text("invoke-command")]), recount(&[&text("-computername")])];
    let counts: Vec<u32> = page.indicators.iter().map(|i| i.values[0].others).collect();
    assert_eq!(counts, expected);
    assert!((80..140).contains(&counts[0]), "{counts:?}");
    assert_eq!(counts[1..], [0, 2]);
    let key = page.indicators[2].values[0].key.as_deref().unwrap();
    let entry = catalog.indicators.iter().find(|entry| entry.key == key).unwrap();
    assert_eq!(entry.rules.len(), 3);
}

#[test]
fn rules_like_it_are_named_with_reasons() {
    let (Some(page), Some(catalog)) = (page(), CATALOG.as_ref()) else { return };
    assert_eq!(page.similar.len(), 10);
    assert!(page.similar.is_sorted_by_key(|similar| std::cmp::Reverse(similar.score)));
    for similar in &page.similar {
        assert!(similar.id != page.id && !similar.reasons.is_empty() && similar.score <= 1000, "{similar:?}");
        assert_eq!(catalog.rule(&similar.id).unwrap().name, similar.name);
    }
    let by_words = |similar: &&grotto_catalog::model::Similar| {
        similar.reasons.iter().any(|reason| reason == "ScriptBlockText contains -computername (3 rules)")
    };
    assert_eq!(page.similar.iter().filter(by_words).count(), 2, "{:#?}", page.similar);
}

#[test]
fn what_the_report_says_holds() {
    let Some(catalog) = CATALOG.as_ref() else { return };
    let report = &catalog.report;
    assert!(!report.uncovered.is_empty() && !report.most_shared.is_empty());
    for pair in report.duplicates.iter().chain(&report.near_duplicates) {
        assert!(catalog.rule(&pair.first).is_some() && catalog.rule(&pair.second).is_some());
        assert_ne!(pair.first, pair.second);
    }
    for note in &report.never {
        assert!(catalog.rule(&note.rule).is_some() && note.note.contains("can't be"), "{note:?}");
    }
    let cannot = catalog.rules.iter().filter(|r| r.evidence.state.name() == "cannot").count();
    assert_eq!(report.cannot_run.len(), cannot);
}
