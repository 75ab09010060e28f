//! Broken and hostile files, and the same rule said in different ways.

use crate::{lines, shared};
use grotto_content::{Content, Detection};
use grotto_diag::{Diagnostic, Severity, Span};
use std::fs;

fn read(text: &str) -> (Content, Vec<Diagnostic>) {
    Content::embedded(&[("detections/endpoint/a.yml", text)])
}

/// Either there is a rule, or an error says why not; every place lies in the file.
fn check_outcome(text: &str) -> bool {
    let (content, said) = read(text);
    let errors = said.iter().filter(|d| d.severity == Severity::Error).count();
    assert_eq!(content.detections.is_empty(), errors > 0, "{:?}", lines(&said));
    assert_eq!(content.counts.failed, usize::from(content.detections.is_empty()));
    for diagnostic in &said {
        assert!(diagnostic.place().is_some(), "{diagnostic} has no place");
        for label in &diagnostic.labels {
            assert!(text.get(label.span.start..label.span.end).is_some(), "{diagnostic} points outside");
        }
    }
    !content.detections.is_empty()
}

#[test]
fn a_file_cut_anywhere_is_a_rule_or_an_error() {
    let Some(shared) = shared() else { return };
    let mut files: Vec<_> = fs::read_dir(shared.join("corpus/escu-2026/detections/endpoint"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    let (mut cut, mut read) = (0, 0);
    for path in files.iter().step_by(6) {
        let text = fs::read_to_string(path).unwrap();
        for at in (0..text.len()).step_by(97).filter(|at| text.is_char_boundary(*at)) {
            cut += 1;
            read += usize::from(check_outcome(&text[..at]));
        }
    }
    println!("{cut} cut files, of which {read} still hold a rule");
    assert!(read > 0 && read < cut);
}

#[test]
fn a_line_left_out_is_a_rule_or_an_error() {
    let Some(shared) = shared() else { return };
    let text = fs::read_to_string(shared.join("seed-rule.yml")).unwrap();
    let all: Vec<&str> = text.lines().collect();
    let readable = (0..all.len()).filter(|out| {
        let rest: Vec<&str> = all.iter().enumerate().filter(|(i, _)| i != out).map(|(_, l)| *l).collect();
        check_outcome(&rest.join("\n"))
    });
    // Name, id and the head of the search can't be missed, nor some lines that others hang on.
    let readable = readable.count();
    assert!((all.len() / 2..all.len() - 2).contains(&readable), "{readable} of {}", all.len());
}

#[test]
fn what_is_needed_is_said_all_at_once() {
    let (content, said) = read("type: TTP\n");
    assert_eq!(content.counts.failed, 1);
    assert_eq!(
        lines(&said),
        ["name", "id", "search"].map(|key| format!(
            "detections/endpoint/a.yml:1:1: error[content/missing-key]: the detection has no `{key}`"
        ))
    );
    assert!(said.iter().all(|d| d.help.as_deref().is_some_and(|h| h.starts_with("add `"))));
}

/// The parts of a detection that three generations should agree on.
fn meaning(rule: &Detection) -> String {
    format!(
        "{:?}",
        (
            (&rule.finding, &rule.intermediate_findings, &rule.threat_objects, rule.severity),
            (&rule.mitre_attack_id, &rule.cve, &rule.product, &rule.asset_type, &rule.security_domain),
            (&rule.analytic_story, &rule.atomic_guid, &rule.threat_group, &rule.modification_date),
            (&rule.throttling, &rule.tests, &rule.data_source, rule.search.as_str()),
        )
    )
}

#[test]
fn one_rule_written_in_three_generations_is_one_rule() {
    let top = "name: n\nid: i\nversion: 1\ntype: TTP\ndata_source: [A, B]\nsearch: index=x\n";
    let tags = "analytic_story: [S]\nasset_type: Endpoint\natomic_guid: [g]\ncve: [CVE-2024-1]\nmitre_attack_id: [T1]\nproduct: [P]\n\
                security_domain: endpoint\n";
    let indented = |text: &str| text.lines().flat_map(|l| ["  ", l, "\n"]).collect::<String>();
    let tests = |index: &str| {
        format!("tests:\n- name: T\n  attack_data:\n  - {{data: d, source: s, sourcetype: t, {index}: x}}\n")
    };
    let first = format!(
        "{top}date: '2024-01-02'\ntags:\n{}  group: [G]\n  message: m $dest$\n  risk_score: 64\n  observable:\n  \
         - {{name: dest, type: Hostname, role: [Victim]}}\n  - {{name: user, type: User, role: [Victim]}}\n  \
         - {{name: p, type: Process Name, role: [Attacker]}}\n{}",
        indented(tags),
        tests("custom_index")
    );
    let second = format!(
        "{top}date: '2024-01-02'\nrba:\n  message: m $dest$\n  risk_objects:\n  - {{field: dest, type: system, score: 64}}\n  \
         - {{field: user, type: user, score: 64}}\n  threat_objects: [{{field: p, type: process_name}}]\ntags:\n{}  group: [G]\n{}",
        indented(tags),
        tests("custom_index")
    );
    let third = format!(
        "{top}creation_date: '2023-01-01'\nmodification_date: '2024-01-02'\nfinding:\n  title: m $dest$\n  \
         entity: {{field: user, type: user, score: 64}}\nintermediate_findings:\n  entities:\n  \
         - {{field: dest, type: system, score: 64, message: m $dest$}}\nthreat_objects: [{{field: p, type: process_name}}]\n\
         threat_group: [G]\n{tags}{}",
        tests("index")
    );
    let rules = [first, second, third].map(|text| {
        let (mut content, said) = read(&text);
        assert!(said.is_empty(), "{:?}", lines(&said));
        content.detections.remove(0)
    });
    assert_eq!(rules.each_ref().map(|r| r.generation.number()), [1, 2, 3]);
    assert_eq!(meaning(&rules[0]), meaning(&rules[1]));
    assert_eq!(meaning(&rules[1]), meaning(&rules[2]));
}

#[test]
fn every_character_has_its_own_place() {
    // One text, written in five ways; its characters are all different, so that each can only be at one place.
    let files = [
        "search: ab'c|\"d\\e é\n",
        "search: 'ab''c|\"d\\e é'\n",
        "search: \"ab'c|\\\"d\\\\e \\xe9\"\n",
        "search: |-\n    ab'c|\"d\\e é\n",
        "search: >-\n  ab'c|\"d\\e\n  é\n",
    ];
    for file in files {
        let text = format!("name: n\nid: i\ntype: TTP\n{file}");
        let (content, _) = read(&text);
        let search = &content.detections[0].search;
        assert_eq!(search.as_str(), "ab'c|\"d\\e é", "{file:?}");
        let mut last = 0;
        for (at, c) in search.char_indices() {
            let span = search.map(Span::new(at, at + c.len_utf8()));
            assert!(span.start >= last && span.end > span.start, "{c:?} of {file:?}");
            last = span.end;
            let raw = span.of(&text);
            let written = match c {
                '\'' => raw == "'" || raw == "''",
                '"' => raw == "\"" || raw == "\\\"",
                '\\' => raw == "\\" || raw == "\\\\",
                'é' => raw == "é" || raw == "\\xe9",
                ' ' => raw.trim().is_empty(),
                _ => raw == c.to_string(),
            };
            assert!(written, "{c:?} of {file:?} was found at {raw:?}");
        }
        let whole = search.map(Span::new(0, search.len()));
        assert!(search.span().start <= whole.start && whole.end <= search.span().end, "{file:?}");
    }
}

#[test]
fn a_macro_that_cannot_be_used_is_said_at_its_file() {
    for (text, key) in [("name: m\n", "definition"), ("definition: x\n", "name")] {
        let (content, said) = Content::embedded(&[("macros/m.yml", text)]);
        assert!(content.macros.is_empty());
        assert_eq!(
            lines(&said),
            [format!("macros/m.yml:1:1: error[content/missing-key]: the macro has no `{key}`")]
        );
    }
}

#[test]
fn expansion_uses_what_was_read() {
    let (content, said) = Content::embedded(&[
        (
            "detections/x/my_rule.yml",
            "name: My Rule\nid: i\ntype: TTP\nsearch: '`logs` | `when(t)` | `my_rule_filter`'\n",
        ),
        ("macros/logs.yml", "name: logs\ndefinition: (source=a OR source=b)\n"),
        ("macros/when.yml", "name: when\narguments: [f]\ndefinition: convert ctime($f$)\n"),
    ]);
    assert!(said.is_empty(), "{:?}", lines(&said));
    let expanded = content.macro_table().expand(&content.detections[0].search).unwrap();
    assert_eq!(expanded.text, "(source=a OR source=b) | convert ctime(t) | search *");
}
