//! Catalogues that are made up.

use grotto_catalog::model::*;
use std::sync::Arc;

/// What is put into every text of a hostile catalogue.
pub(crate) const HOSTILE: &str = "</script></title></textarea><script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>{{7*7}}\u{2028}\u{202e}javascript:alert(4) `</code>` [x](javascript:alert(5)) <!--";

/// A catalogue of `n` rules, with `text` at the end of whatever an author writes.
pub(crate) fn catalog(n: usize, text: &str) -> Catalog {
    let ids: Vec<RuleId> = (0..n).map(|i| Arc::from(format!("00000000-0000-4000-8000-{i:012}"))).collect();
    let rules: Vec<_> = ids.iter().enumerate().map(|(i, id)| rule(i, id, text)).collect();
    let every = |k: usize| ids.iter().step_by(k).cloned().collect::<Vec<_>>();
    let named = |name: &str| format!("{name}{text}");
    Catalog {
        versions: Versions { grotto: "0.0.0".to_owned(), attack: "18.1".to_owned() },
        corpora: vec![Corpus {
            key: "made".to_owned(),
            name: named("made"),
            section: "Splunk".to_owned(),
            language: Language::Spl,
            rules: n as u32,
            running: n as u32,
            proven: 1,
            licence: Some(named("licence")),
        }],
        events: vec![EventEntry {
            key: "microsoft-windows-powershell-4104".to_owned(),
            provider: named("Microsoft-Windows-PowerShell"),
            id: 4104,
            channel: named("Microsoft-Windows-PowerShell/Operational"),
            title: named("Creating Scriptblock text"),
            fields: vec![(named("ScriptBlockText"), 3), ("Path".to_owned(), 0)],
            rules: every(2),
        }],
        tactics: vec![TacticEntry {
            id: "TA0008".to_owned(),
            key: "lateral-movement".to_owned(),
            name: "Lateral Movement".to_owned(),
            techniques: vec!["T1021".to_owned(), "T1021.006".to_owned()],
            rules: every(1),
        }],
        techniques: vec![
            technique("T1021", "Remote Services", &[]),
            technique("T1021.006", "Windows Remote Management", &every(1)),
        ],
        fields: vec![FieldEntry {
            key: "scriptblocktext".to_owned(),
            name: named("ScriptBlockText"),
            events: vec!["microsoft-windows-powershell-4104".to_owned()],
            rules: every(1),
        }],
        indicators: vec![IndicatorEntry {
            key: "scriptblocktext-contains-x".to_owned(),
            field: named("ScriptBlockText"),
            kind: IndicatorKind::Contains,
            negated: true,
            value: named("-computername"),
            case: false,
            rules: every(1),
        }],
        stories: vec![StoryEntry {
            key: "story".to_owned(),
            name: named("Story"),
            description: named("What **it** is about"),
            narrative: named("Long"),
            references: vec![format!("https://example.org/?a=\"><script>{}", text.len())],
            rules: every(1),
        }],
        macros: vec![MacroEntry {
            key: "powershell".to_owned(),
            name: named("powershell"),
            arguments: vec![named("field")],
            definition: named("source=x"),
            description: named("What it is for"),
            rules: every(1),
        }],
        lookups: vec![LookupEntry {
            key: "lookup".to_owned(),
            name: named("lookup"),
            description: named("rows"),
            kind: "CSV file".to_owned(),
            rules: every(1),
        }],
        data_sources: vec![DataSourceEntry {
            key: "source".to_owned(),
            name: named("Powershell Script Block Logging 4104"),
            description: named("events"),
            source: Some(named("XmlWinEventLog")),
            sourcetype: Some(named("XmlWinEventLog")),
            events: vec!["microsoft-windows-powershell-4104".to_owned()],
            rules: every(1),
        }],
        commands: ["stats", "search", "nosuchcommand"]
            .map(|name| CommandEntry {
                name: name.to_owned(),
                kind: String::new(),
                unsupported: None,
                rules: every(1),
            })
            .into(),
        report: report(&ids, text),
        rules,
    }
}

fn report(ids: &[RuleId], text: &str) -> Report {
    let pair = || Pair { first: ids[0].clone(), second: ids[1].clone(), score: 950 };
    let note = || RuleNote { rule: ids[0].clone(), note: format!("why {text}") };
    Report {
        duplicates: vec![pair()],
        near_duplicates: vec![pair()],
        never: vec![note()],
        cannot_run: vec![note()],
        most_shared: vec!["scriptblocktext-contains-x".to_owned()],
        uncovered: vec!["T1021".to_owned()],
        fields_without_event: vec![(format!("nosuch{text}"), ids.to_vec())],
        disagreements: vec![note()],
    }
}

fn technique(id: &str, name: &str, rules: &[RuleId]) -> TechniqueEntry {
    TechniqueEntry {
        id: id.to_owned(),
        name: name.to_owned(),
        full_name: format!("Remote Services: {name}"),
        tactics: vec!["TA0008".to_owned()],
        state: "current".to_owned(),
        rules: rules.to_vec(),
        running: rules.len() as u32,
        proven: 1.min(rules.len() as u32),
    }
}

fn rule(i: usize, id: &RuleId, text: &str) -> RulePage {
    let named = |name: &str| format!("{name}{text}");
    let value = IndicatorValue {
        kind: IndicatorKind::Contains,
        value: named("-computername"),
        written: named("*-ComputerName*"),
        case: false,
        others: 2,
        rules: vec![id.clone()],
        key: Some("scriptblocktext-contains-x".to_owned()),
    };
    let search =
        named("`powershell` EventCode=4104 ScriptBlockText=\"*-ComputerName*\" | stats count by dest");
    RulePage {
        id: id.clone(),
        slug: format!("rule-{i}"),
        folder: id.to_string(),
        name: named(&format!("Rule {i} of the fixture")),
        corpus: named("made"),
        section: "Splunk".to_owned(),
        language: Language::Spl,
        status: "production".to_owned(),
        kind: ["TTP", "Anomaly", "Hunting"][i % 3].to_owned(),
        severity: ["low", "medium", "high"][i % 3].to_owned(),
        evidence: Evidence {
            state: EvidenceState::ALL[i % 4],
            reason: Some(named("reason")),
            date: Some("2026-05-13".to_owned()),
            sample: Some(sample(text)),
            tests: tests(text),
            ..Evidence::default()
        },
        description: named("Looks for *remote* commands in `ScriptBlockText`. "),
        facts: facts(text),
        tactics: vec![TacticTag { id: "TA0008".to_owned(), name: "Lateral Movement".to_owned() }],
        techniques: vec![TechniqueTag {
            id: "T1021.006".to_owned(),
            name: "Remote Services: Windows Remote Management".to_owned(),
            tactics: vec!["TA0008".to_owned()],
            others: 1,
            remark: Some(named("remark")),
        }],
        events: EventCoverage {
            events: vec![EventUse {
                key: "microsoft-windows-powershell-4104".to_owned(),
                provider: named("Microsoft-Windows-PowerShell"),
                id: 4104,
                title: named("Creating Scriptblock text"),
                channel: named("Microsoft-Windows-PowerShell/Operational"),
                fields: vec![named("ScriptBlockText")],
                rules: 2,
                by_search: true,
                by_model: None,
                by_data_source: true,
            }],
            remarks: vec![named("remark")],
        },
        body: Body {
            file: Arc::from(named("name: x\nsearch: y\n")),
            search: search.clone(),
            expanded: Some(search.clone()),
            pieces: vec![
                Piece::Text(search),
                Piece::Macro { call: named("`m`"), expansion: named("a=b"), name: named("m") },
            ],
            problem: Some(named("problem")),
        },
        stages: vec![stage(text, vec![vec![stage(text, Vec::new())]])],
        indicators: vec![Indicator {
            field: named("ScriptBlockText"),
            kind: IndicatorKind::Contains,
            negated: true,
            values: vec![value],
            computed: false,
            stage: 1,
        }],
        finding: finding(text),
        drilldowns: vec![Drilldown {
            name: named("View"),
            search: named("search"),
            earliest: Some(named("-1h")),
            latest: Some(named("now")),
        }],
        false_positives: named("Administrators"),
        implementation: named("Logging"),
        references: vec!["https://example.org/".to_owned()],
        similar: similar(id, text),
        macros: vec![MacroUse {
            name: named("powershell"),
            definition: named("source=x"),
            key: Some("powershell".to_owned()),
        }],
        lookups: vec![LookupUse {
            name: named("lookup"),
            description: named("rows"),
            key: Some("lookup".to_owned()),
        }],
    }
}

fn sample(text: &str) -> SampleEvent {
    let named = |name: &str| format!("{name}{text}");
    let stretch = |text: &str, marked| Stretch { text: named(text), marked };
    SampleEvent {
        test: named("True Positive Test"),
        file: named("a.log"),
        identity: vec![("host".to_owned(), named("ws1"))],
        fields: vec![
            SampleField {
                name: named("ScriptBlockText"),
                predicates: vec![named("ScriptBlockText=*-ComputerName*")],
                value: vec![stretch("Invoke-Command ", false), stretch("-ComputerName", true)],
            },
            SampleField {
                name: named("Path"),
                predicates: Vec::new(),
                value: vec![stretch("C:\\a.ps1", false)],
            },
        ],
        more: 2,
    }
}

fn stage(text: &str, inside: Vec<Vec<Stage>>) -> Stage {
    let named = |name: &str| format!("{name}{text}");
    let is = |op| Condition { op, text: named("a=b"), kind: None, selector: false, parts: Vec::new() };
    Stage {
        number: 1,
        command: "search".to_owned(),
        kind: named("generating"),
        summary: named("summary"),
        unsupported: Some(named("why")),
        written: Some(named("`m` a=b")),
        text: named("a=b"),
        macros: vec![named("`m`")],
        reads: vec![named("a")],
        gives: FieldsOut { all: true, names: vec![named("a")] },
        condition: Some(Condition {
            op: ConditionKind::And,
            text: String::new(),
            kind: None,
            selector: false,
            parts: vec![is(ConditionKind::Is), is(ConditionKind::Not)],
        }),
        inside,
    }
}

fn facts(text: &str) -> Facts {
    let named = |name: &str| format!("{name}{text}");
    Facts {
        version: Some(3),
        modified: Some("2026-05-13".to_owned()),
        author: Some(named("An Author")),
        stories: vec![named("Story")],
        data_sources: vec![named("Powershell Script Block Logging 4104")],
        file: named("detections/endpoint/rule.yml"),
        created: Some(named("2026-05-01")),
        entities: vec![named("dest (system)")],
        security_domain: Some(named("endpoint")),
        category: Some(named("endpoint")),
        asset_type: Some(named("Endpoint")),
        products: vec![named("Splunk Enterprise")],
        cve: vec![named("CVE-2024-1")],
        threat_groups: vec![named("A Group")],
        data_models: vec![named("Endpoint.Processes")],
        licence: Some(named("licence")),
        ..Facts::default()
    }
}

fn finding(text: &str) -> FindingPage {
    let named = |name: &str| format!("{name}{text}");
    FindingPage {
        title: Some(named("It happened on $dest$")),
        message: Some(named("It did")),
        threat_objects: vec![(named("process"), named("process"))],
        throttling: Some(named("24h by dest")),
        intermediate: vec![EntityScore { field: named("user"), kind: named("user"), score: 10 }],
        ..FindingPage::default()
    }
}

fn tests(text: &str) -> Vec<TestCase> {
    let named = |name: &str| format!("{name}{text}");
    vec![TestCase {
        name: named("True Positive Test"),
        kind: "unit".to_owned(),
        outcome: "pass".to_owned(),
        reason: None,
        data: vec![named("https://example.org/datasets/a.log")],
        source: Some(named("XmlWinEventLog")),
        sourcetype: None,
        events: Some(12),
        rows: Some(3),
        expected: 1,
        command: named("grotto test detections/endpoint/rule.yml"),
    }]
}

fn similar(id: &RuleId, text: &str) -> Vec<Similar> {
    let named = |name: &str| format!("{name}{text}");
    vec![Similar {
        id: id.clone(),
        name: named("Another"),
        score: 500,
        reasons: vec![named("both look for x")],
    }]
}
