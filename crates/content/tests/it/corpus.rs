//! The public corpora, whole.

use crate::places::check;
use crate::{lines, shared};
use grotto_content::{Content, Detection, Generation, LookupKind, RuleType, Severity, attack};
use std::collections::BTreeMap;
use std::time::Instant;

fn count<K: Ord>(items: impl IntoIterator<Item = K>) -> BTreeMap<K, usize> {
    items.into_iter().fold(BTreeMap::new(), |mut counts, item| {
        *counts.entry(item).or_default() += 1;
        counts
    })
}

/// Every word of every search and drilldown search stands where its map says.
fn check_places(detections: &[Detection]) {
    let (mut searches, mut found) = (0, 0);
    for rule in detections {
        let drilldowns = rule.drilldown_searches.iter().map(|d| &d.search);
        for text in std::iter::once(&rule.search).chain(drilldowns) {
            searches += 1;
            found +=
                check(&rule.source.text, text).unwrap_or_else(|e| panic!("{}: {e}", rule.path.display()));
        }
    }
    println!("{searches} searches with {found} words are where their maps say");
}

#[test]
fn all_of_the_2024_content_is_read() {
    let Some(shared) = shared() else { return };
    let start = Instant::now();
    let (content, said) = Content::load(&[shared.join("corpus/escu-2024")]);
    println!("read in {:?}: {:?}", start.elapsed(), content.counts);
    println!("{} said:\n{}", said.len(), lines(&said).join("\n"));

    assert_eq!(content.counts.failed, 0);
    assert_eq!((content.counts.files, content.counts.ignored, content.counts.duplicates), (2445, 0, 0));
    assert_eq!(content.detections.len(), 1711);
    assert_eq!(content.macros.len(), 189);
    assert_eq!((content.lookups.len(), content.counts.ml_models), (79, 5));
    assert_eq!((content.data_sources.len(), content.stories.len()), (205, 261));
    assert_eq!(said, [], "nothing in it is odd enough for a warning");

    let types = count(content.detections.iter().map(|d| d.rule_type.name().to_owned()));
    let expected = [("Anomaly", 481), ("Correlation", 15), ("Hunting", 228), ("TTP", 987)];
    assert_eq!(types, expected.map(|(k, n)| (k.to_owned(), n)).into());
    assert!(content.detections.iter().all(|d| d.generation == Generation::One));
    let unknown =
        count(content.detections.iter().flat_map(|d| d.unknown_keys.iter().map(|k| k.path.clone())));
    assert!(unknown.is_empty(), "{unknown:?}");
    check_places(&content.detections);
}

#[test]
fn what_the_2024_content_raises() {
    let Some(shared) = shared() else { return };
    let (content, _) = Content::load(&[shared.join("corpus/escu-2024")]);
    for rule in &content.detections {
        let raises = (rule.finding.is_some(), !rule.intermediate_findings.is_empty());
        match rule.rule_type {
            // Three deprecated or experimental rules have no victim: nothing to be at risk.
            RuleType::Ttp => {
                assert!(raises.0 || rule.category.as_deref() == Some("deprecated"), "{}", rule.name);
            }
            RuleType::Anomaly => assert!(!raises.0, "{}", rule.name),
            RuleType::Correlation => assert_eq!(raises, (true, false), "{}", rule.name),
            _ => assert_eq!(raises, (false, false), "{}", rule.name),
        }
        assert!(rule.finding.iter().all(|f| (1..=100).contains(&f.entity.score)), "{}", rule.name);
    }
    let with = |f: fn(&Detection) -> bool| content.detections.iter().filter(|d| f(d)).count();
    let findings = with(|d| d.finding.is_some());
    let intermediate: usize = content.detections.iter().map(|d| d.intermediate_findings.len()).sum();
    let severities = count(content.detections.iter().map(|d| d.severity));
    println!("{findings} findings, {intermediate} intermediate findings, severities {severities:?}");
    // 987 TTP but one without a victim, and 15 correlations.
    assert_eq!(findings, 987 - 1 + 15);
    assert_eq!(severities.values().sum::<usize>(), 1711);
    assert!(severities[&Severity::Critical] > 0 && severities[&Severity::Info] > 0);
    assert_eq!(with(|d| d.data_source.iter().any(|s| s.contains(" AND "))), 0);
    assert_eq!(with(|d| d.category.is_none()), 0);
    assert_eq!(with(|d| !d.tests.is_empty()), 1509);
    assert_eq!(content.detections.iter().map(|d| d.drilldown_searches.len()).sum::<usize>(), 2618);
}

#[test]
fn the_names_in_the_2024_content_lead_somewhere() {
    let Some(shared) = shared() else { return };
    let (content, _) = Content::load(&[shared.join("corpus/escu-2024")]);
    let ids: Vec<&str> =
        content.detections.iter().flat_map(|d| d.mitre_attack_id.iter().map(String::as_str)).collect();
    let unknown = count(ids.iter().filter(|id| attack::technique(id).is_none()));
    println!("{} technique ids, unknown: {unknown:?}", ids.len());
    assert_eq!(ids.len(), 2873);
    assert!(unknown.is_empty(), "{unknown:?}");

    let table = content.macro_table();
    for rule in &content.detections {
        let filter = format!("{}_filter", rule.file_stem());
        assert_eq!(table.get(&filter, 0).map(|m| m.definition.as_str()), Some("search *"), "{filter}");
        assert!(rule.search.contains(&format!("`{filter}`")), "{filter}");
    }
    let mut tables = 0;
    for lookup in &content.lookups {
        match &lookup.kind {
            LookupKind::Csv(_) => tables += 1,
            LookupKind::CsvMissing(_) | LookupKind::CsvText(_) => panic!("{:?}", lookup.kind),
            LookupKind::KvStore(_) => assert!(!lookup.fields.is_empty(), "{}", lookup.name),
            LookupKind::MlModel(_) => {}
        }
    }
    assert_eq!(tables, 50);
}

#[test]
fn all_of_the_2026_content_is_read() {
    let Some(shared) = shared() else { return };
    let (content, said) = Content::load(&[shared.join("corpus/escu-2026"), shared.join("seed-rule.yml")]);
    println!("{:?}\n{}", content.counts, lines(&said).join("\n"));
    // The corpus holds the seed rule too.
    assert_eq!(said.iter().map(|d| d.slug).collect::<Vec<_>>(), ["content/duplicate"]);
    assert_eq!((content.counts.failed, content.counts.ignored), (0, 0));
    assert_eq!((content.macros.len(), content.data_sources.len(), content.stories.len()), (6, 6, 1));
    assert_eq!(content.detections.len(), 73);
    for rule in &content.detections {
        assert_eq!(rule.generation, Generation::Three, "{}", rule.name);
        assert!(rule.unknown_keys.is_empty(), "{}: {:?}", rule.name, rule.unknown_keys);
        let raises = (rule.finding.is_some(), !rule.intermediate_findings.is_empty());
        match rule.rule_type {
            RuleType::Ttp => assert!(raises.0, "{}", rule.name),
            RuleType::Anomaly => assert_eq!(raises, (false, true), "{}", rule.name),
            RuleType::Correlation => assert_eq!(raises, (true, false), "{}", rule.name),
            _ => assert_eq!(raises, (false, false), "{}", rule.name),
        }
    }
    check_places(&content.detections);
}

#[test]
fn the_seed_rule_is_read_as_it_is() {
    let Some(shared) = shared() else { return };
    let (content, said) = Content::load(&[shared.join("seed-rule.yml")]);
    assert_eq!(said, []);
    check_places(&content.detections);
    let seed = content.detection("7d4c618e-4716-11ec-951c-3e22fbd008af").unwrap();
    let entity = &seed.finding.as_ref().unwrap().entity;
    assert_eq!((entity.field.as_str(), entity.kind.name(), entity.score), ("dest", "system", 50));
    assert_eq!(
        (seed.severity, seed.drilldown_searches.len(), seed.tests[0].expected_results),
        (Severity::Medium, 2, 1)
    );
    let at = seed.search.find("fillnull").unwrap();
    let place = seed.source.place(seed.search.map(grotto_diag::Span::new(at, at + 8)).start);
    assert_eq!(
        seed.source.text.lines().nth(place.line - 1).map(|l| &l[place.column - 1..]),
        Some("fillnull")
    );
}

#[test]
fn both_corpora_together_keep_the_first_of_the_same_rules() {
    let Some(shared) = shared() else { return };
    let (content, said) = Content::load(&[shared.join("corpus/escu-2024"), shared.join("corpus/escu-2026")]);
    assert_eq!(content.detections.len(), 1711 + 73 - 71);
    assert_eq!(said.len(), 71, "one warning for each rule that both have");
    assert!(said.iter().all(|d| d.slug == "content/duplicate" && d.place().is_some_and(|p| p.line == 2)));
}
