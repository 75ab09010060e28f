//! Three generations of the schema, one model.

use crate::detection;
use grotto_content::{Detection, EntityType, Generation, RuleType, Severity, Status};

/// A rule of generation 1 of this type, with these observables (lines under `observable:`).
fn first(rule_type: &str, observables: &str) -> (Detection, Vec<String>) {
    detection(&format!(
        "name: A Rule\nid: 11111111-0000-4000-8000-000000000001\nversion: 2\ndate: '2024-01-02'\nauthor: Someone\n\
         status: production\ntype: {rule_type}\ndescription: d\ndata_source:\n- Sysmon EventID 1 AND Sysmon EventID 3\n\
         - Windows Event Log Security 4688\nsearch: '`sysmon` EventCode=1 | `a_filter`'\nhow_to_implement: h\n\
         known_false_positives: k\nreferences: []\ntags:\n  analytic_story: [A Story]\n  asset_type: Endpoint\n  confidence: 50\n  \
         impact: 70\n  message: $user$ did it on $dest$\n  observable:\n{observables}  mitre_attack_id: [T1059]\n  product: [P]\n  \
         risk_score: 35\n  required_fields: [_time]\n  security_domain: endpoint\n"
    ))
}

const OBSERVABLES: &str = "  - {name: dest, type: Hostname, role: [Victim]}\n  - {name: user, type: User, role: [Victim]}\n  \
                           - {name: thing, type: Process, role: [Victim]}\n  - {name: process_name, type: Process Name, role: [Attacker]}\n";

/// What a rule raises, in one line.
fn raised(detection: &Detection) -> String {
    let entity = |e: &grotto_content::Entity| format!("{}/{}/{}", e.field, e.kind.name(), e.score);
    let finding = detection.finding.as_ref().map_or("-".to_owned(), |f| entity(&f.entity));
    let others: Vec<_> = detection.intermediate_findings.iter().map(|i| entity(&i.entity)).collect();
    let threats: Vec<_> =
        detection.threat_objects.iter().map(|t| format!("{}/{}", t.field, t.kind)).collect();
    format!("{finding} | {} | {}", others.join(" "), threats.join(" "))
}

#[test]
fn generation_1_is_ported_by_its_type() {
    let cases = [
        ("TTP", "user/user/35 | dest/system/35 thing/other/35 | process_name/process_name"),
        ("Anomaly", "- | dest/system/35 user/user/35 thing/other/35 | process_name/process_name"),
        ("Correlation", "user/user/35 |  | process_name/process_name"),
        ("Hunting", "- |  | "),
        ("Baseline", "- |  | "),
    ];
    for (rule_type, expected) in cases {
        let (rule, said) = first(rule_type, OBSERVABLES);
        assert_eq!(raised(&rule), expected, "{rule_type}");
        assert_eq!(rule.generation, Generation::One);
        assert_eq!(rule.severity, Severity::Low, "{rule_type}");
        assert!(said.is_empty() && rule.unknown_keys.is_empty(), "{said:?} {:?}", rule.unknown_keys);
    }
}

#[test]
fn generation_1_without_a_user_takes_the_first() {
    let observables = "  - {name: dest, type: Endpoint, role: [Victim]}\n  - {name: src, type: IP Address, role: [Victim]}\n";
    let (rule, _) = first("TTP", observables);
    assert_eq!(raised(&rule), "dest/system/35 | src/system/35 | ");
    let finding = rule.finding.unwrap();
    assert_eq!(finding.title, "$user$ did it on $dest$");
    assert_eq!(rule.intermediate_findings[0].message, finding.title);
    let (rule, _) = first("TTP", "  - {name: p, type: Process, role: [Attacker]}\n");
    assert_eq!(raised(&rule), "- |  | p/process");
}

#[test]
fn generation_1_reads_all_else() {
    let (rule, _) = first("TTP", OBSERVABLES);
    assert_eq!(rule.name, "A Rule");
    assert_eq!(rule.id, "11111111-0000-4000-8000-000000000001");
    assert_eq!(
        (rule.version, rule.modification_date.as_deref(), rule.creation_date),
        (Some(2), Some("2024-01-02"), None)
    );
    assert_eq!((rule.status, rule.rule_type), (Status::Production, RuleType::Ttp));
    assert_eq!(rule.data_source, ["Sysmon EventID 1", "Sysmon EventID 3", "Windows Event Log Security 4688"]);
    assert_eq!(rule.search.as_str(), "`sysmon` EventCode=1 | `a_filter`");
    assert_eq!(
        (rule.category.as_deref(), rule.security_domain.as_deref()),
        (Some("endpoint"), Some("endpoint"))
    );
    assert_eq!(
        (rule.mitre_attack_id, rule.analytic_story),
        (vec!["T1059".to_owned()], vec!["A Story".to_owned()])
    );
    assert!(rule.tests.is_empty() && rule.cve.is_empty());
}

#[test]
fn odd_files_of_generation_1_are_read_with_a_word() {
    let (rule, said) = detection(
        "name: 42\nid: x\nversion: '3'\ndate: 2024-01-02\nstatus: production\ntype: TTP\nsearch: 7\ndata_sources:\n- S\nreferences: https://e.org\n\
         tags:\n  cve: []\n  CVE: [CVE-2024-0001]\n  confidence: 81\n  impact: 50\n  mitre_attack_id: T1003\n  observable:\n  \
         - {name: dest, type: Hostname}\n  - {name: user, type: User, role: Victim}\n  message: m\n  surprise: 1\n",
    );
    assert_eq!((rule.name.as_str(), rule.version, rule.search.as_str()), ("42", Some(3), "7"));
    assert_eq!(rule.modification_date.as_deref(), Some("2024-01-02"));
    assert_eq!((rule.data_source, rule.references), (vec!["S".to_owned()], vec!["https://e.org".to_owned()]));
    assert_eq!(
        (rule.mitre_attack_id, rule.cve),
        (vec!["T1003".to_owned()], vec!["CVE-2024-0001".to_owned()])
    );
    let finding = rule.finding.unwrap();
    assert_eq!((finding.entity.field.as_str(), finding.entity.score), ("user", 41), "81 × 50 / 100, rounded");
    assert_eq!(rule.unknown_keys.iter().map(|k| k.path.as_str()).collect::<Vec<_>>(), ["tags.surprise"]);
    assert_eq!(
        said,
        [
            "detections/endpoint/a.yml:10:13: warning[content/type]: `references` should be a list, not a single value",
            "detections/endpoint/a.yml:16:20: warning[content/type]: `tags.mitre_attack_id` should be a list, not a single value",
            "detections/endpoint/a.yml:18:12: warning[content/observable-role]: observable `dest` is neither `Victim` nor `Attacker`, so it counts for nothing",
            "detections/endpoint/a.yml:19:36: warning[content/type]: `tags.observable.role` should be a list, not a single value",
        ]
    );
}

/// A rule of generation 2 of this type; `rba` is its lines.
fn second(rule_type: &str, rba: &str) -> (Detection, Vec<String>) {
    detection(&format!(
        "name: A Rule\nid: i\nversion: 1\ndate: '2025-01-02'\nauthor: a\nstatus: experimental\ntype: {rule_type}\ndescription: d\n\
         data_source: [S]\nsearch: index=x\nhow_to_implement: hhhh\nknown_false_positives: kkkk\nreferences: []\n{rba}tags:\n  \
         analytic_story: [A]\n  asset_type: Endpoint\n  mitre_attack_id: [T1]\n  product: [P]\n  security_domain: threat\n  \
         group: [G]\n  manual_test: by hand\n  throttling: {{fields: [dest], period: 1h}}\ntests:\n- name: T\n  attack_data:\n  \
         - {{data: d.log, source: s, sourcetype: t, custom_index: x, host: h}}\n"
    ))
}

const RBA: &str = "rba:\n  message: $dest$ is odd\n  risk_objects:\n  - {field: dest, type: system, score: 30}\n  - {field: user, type: user, score: 20}\n  \
                   - {field: x, type: other, score: 64}\n  threat_objects:\n  - {field: p, type: process_name}\n";

#[test]
fn generation_2_is_ported_by_its_type() {
    let cases = [
        ("TTP", RBA, "user/user/20 | dest/system/30 x/other/64 | p/process_name", Severity::High),
        ("Anomaly", RBA, "- | dest/system/30 user/user/20 x/other/64 | p/process_name", Severity::High),
        ("Correlation", RBA, "user/user/20 |  | p/process_name", Severity::Info),
        ("Hunting", "", "- |  | ", Severity::Info),
        ("Correlation", "", "- |  | ", Severity::Info),
    ];
    for (rule_type, rba, expected, severity) in cases {
        let (rule, said) = second(rule_type, rba);
        assert_eq!(raised(&rule), expected, "{rule_type}");
        assert_eq!((rule.generation, rule.severity), (Generation::Two, severity), "{rule_type}");
        assert!(said.is_empty() && rule.unknown_keys.is_empty(), "{said:?} {:?}", rule.unknown_keys);
    }
}

#[test]
fn generation_2_reads_tests_and_throttling() {
    let (rule, _) = second("TTP", RBA);
    assert_eq!(
        (rule.threat_group.as_slice(), rule.manual_test.as_deref()),
        (&["G".to_owned()][..], Some("by hand"))
    );
    let throttling = rule.throttling.unwrap();
    assert_eq!((throttling.fields, throttling.period.as_deref()), (vec!["dest".to_owned()], Some("1h")));
    let [test] = rule.tests.try_into().unwrap();
    assert_eq!((test.test_type.as_str(), test.expected_results), ("unit", 1));
    assert_eq!(test.attack_data[0].index.as_deref(), Some("x"));
    assert_eq!(test.attack_data[0].host.as_deref(), Some("h"));
}

#[test]
fn the_first_files_of_generation_2_carry_old_keys() {
    let (rule, said) = detection(
        "name: n\nid: i\ntype: Hunting\nsearch: x\ntags:\n  confidence: 50\n  impact: 50\n  risk_score: 45\n  required_fields: [_time]\n",
    );
    assert_eq!((rule.generation, rule.severity), (Generation::Two, Severity::Medium));
    assert!(said.is_empty() && rule.unknown_keys.is_empty());
}

const THIRD: &str = "name: A Rule\nid: i\nversion: 3\ncreation_date: '2025-01-02'\nmodification_date: '2026-05-13'\nauthor: a\n\
                     status: production\ntype: TTP\ndescription: d\ndata_source: [S]\nsearch: |-\n  index=x\n  | head 1\n\
                     how_to_implement: h\nknown_false_positives: k\nreferences: []\ndrilldown_searches:\n- name: View $dest$\n  search: '%original_detection_search% | search dest=\"$dest$\"'\n  \
                     earliest_offset: 7d\n  latest_offset: '0'\nfinding:\n  title: On $dest$\n  entity: {field: dest, type: system, score: 50}\nintermediate_findings:\n  \
                     entities:\n  - {field: user, type: user, score: 90, message: By $user$}\nthreat_objects:\n- {field: p, type: process}\nanalytic_story: [A]\n\
                     threat_group: [G]\nasset_type: Endpoint\ncve: [CVE-2024-1234]\natomic_guid: [g]\nmitre_attack_id: [T1021.006]\nproduct: [P]\ncategory: cloud\nsecurity_domain: access\n\
                     tests:\n- name: T\n  attack_data:\n  - {data: u, source: s, sourcetype: t}\n  test_type: experimental\n  description: why\n  expected_results: 0\n";

#[test]
fn generation_3_is_the_model() {
    let (rule, said) = detection(THIRD);
    assert!(said.is_empty() && rule.unknown_keys.is_empty(), "{said:?} {:?}", rule.unknown_keys);
    assert_eq!(rule.generation.number(), 3);
    assert_eq!(raised(&rule), "dest/system/50 | user/user/90 | p/process");
    assert_eq!(rule.severity, Severity::Medium, "the finding's score counts");
    assert_eq!(rule.intermediate_findings[0].message, "By $user$");
    assert_eq!(
        (rule.creation_date.as_deref(), rule.category.as_deref()),
        (Some("2025-01-02"), Some("cloud"))
    );
    assert_eq!((rule.threat_group, rule.cve), (vec!["G".to_owned()], vec!["CVE-2024-1234".to_owned()]));
    let test = &rule.tests[0];
    assert_eq!(
        (test.test_type.as_str(), test.expected_results, test.description.as_deref()),
        ("experimental", 0, Some("why"))
    );
    let drilldown = &rule.drilldown_searches[0];
    assert_eq!(
        (drilldown.name.as_str(), drilldown.earliest_offset.as_deref(), drilldown.latest_offset.as_deref()),
        ("View $dest$", Some("7d"), Some("0"))
    );
    let dollar = drilldown.search.find("$dest$").unwrap();
    let there = drilldown.search.map(grotto_diag::Span::new(dollar, dollar + 6)).of(THIRD);
    assert_eq!(there, "$dest$");
}

#[test]
fn keys_unknown_to_generation_3_are_kept_with_their_places() {
    let file =
        THIRD.replace("  entity: {field: dest,", "  entity: {colour: red, field: dest,") + "tags_: 1\n";
    let (rule, _) = detection(&file);
    let unknown: Vec<_> = rule.unknown_keys.iter().map(|k| (k.path.as_str(), k.span.of(&file))).collect();
    assert_eq!(unknown, [("finding.entity.colour", "colour"), ("tags_", "tags_")]);
}

#[test]
fn schedules_are_read_in_all_their_forms() {
    for (lines, name, cron) in [
        ("schedule: hourly\n", Some("hourly"), None),
        (
            "custom_schedule:\n  cron_schedule: 0 * * * *\n  earliest_time: -70m@m\n  latest_time: -10m@m\n",
            None,
            Some("0 * * * *"),
        ),
    ] {
        let (rule, said) = detection(&(THIRD.to_owned() + lines));
        let schedule = rule.schedule.unwrap();
        assert_eq!((schedule.name.as_deref(), schedule.cron.as_deref()), (name, cron));
        assert!(said.is_empty() && rule.unknown_keys.is_empty(), "{:?}", rule.unknown_keys);
    }
}

#[test]
fn of_two_schedules_the_custom_one_counts_and_that_is_said() {
    let (rule, said) =
        detection(&(THIRD.to_owned() + "schedule: hourly\ncustom_schedule:\n  cron_schedule: 5 * * * *\n"));
    assert_eq!(rule.schedule.unwrap().cron.as_deref(), Some("5 * * * *"));
    assert!(said.len() == 1 && said[0].contains("[content/two-schedules]"), "{said:?}");
    assert!(rule.unknown_keys.is_empty(), "{:?}", rule.unknown_keys);
}

#[test]
fn a_finding_without_an_entity_is_not_raised_and_that_is_said() {
    let (rule, said) = detection("name: n\nid: i\ntype: TTP\nsearch: x\nfinding:\n  title: t\n");
    assert_eq!(rule.finding, None);
    assert_eq!(
        said,
        [
            "detections/endpoint/a.yml:6:10: warning[content/finding-without-entity]: the finding has no entity with a field, so it is not raised"
        ]
    );
}

#[test]
fn types_that_nobody_knows_are_said() {
    for (line, name, word) in [("type: Magic\n", "Magic", "`Magic` is no type"), ("", "", "has no `type`")] {
        let (rule, said) = detection(&format!("name: n\nid: i\nsearch: x\n{line}"));
        assert_eq!(rule.rule_type, RuleType::Other(name.to_owned()));
        assert!(said.len() == 1 && said[0].contains(word), "{said:?}");
    }
}

#[test]
fn places_of_single_values_can_be_asked_for() {
    let (rule, _) = detection(THIRD);
    for (path, text) in [
        ("finding.entity.score", "50"),
        ("tests[0].attack_data[0].sourcetype", "t"),
        ("drilldown_searches[0].name", "View $dest$"),
    ] {
        assert_eq!(rule.place_of(path).map(|span| span.of(THIRD)), Some(text), "{path}");
    }
    for path in ["finding.nothing", "tests[9].name", "tests.name", "name.x", "tests[x]"] {
        assert_eq!(rule.place_of(path), None, "{path}");
    }
    let title = rule.text_at("finding.title").unwrap();
    assert_eq!(title.map(grotto_diag::Span::new(3, 9)).of(THIRD), "$dest$");
    assert!(rule.text_at("finding").is_none());
    assert_eq!(EntityType::Other.name(), "other");
}

#[test]
fn scores_have_severities() {
    for (score, severity) in
        [(0, 0), (20, 0), (21, 1), (40, 1), (41, 2), (60, 2), (61, 3), (80, 3), (81, 4), (1000, 4)]
    {
        assert_eq!(Severity::of_score(score), Severity::ALL[severity], "{score}");
    }
    assert_eq!(Severity::ALL.map(Severity::name), ["info", "low", "medium", "high", "critical"]);
}
