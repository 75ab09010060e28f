//! Macros, lookups, stories and data sources.

use crate::lines;
use grotto_content::{Content, LookupKind, MatchType};
use std::fs;

fn read(path: &str, yaml: &str) -> (Content, Vec<String>) {
    let (content, said) = Content::embedded(&[(path, yaml)]);
    (content, lines(&said))
}

#[test]
fn a_macro_keeps_its_place() {
    let yaml = "name: ctime\narguments:\n- field\n- 'a, b'\ndefinition: 'convert\n  ctime($field$)'\ndescription: d\nid: x\n";
    let (content, said) = read("macros/a.yml", yaml);
    assert!(said.is_empty(), "{said:?}");
    let found = &content.macros[0];
    assert_eq!((found.name.as_str(), found.arguments.join("|")), ("ctime", "field|a|b".to_owned()));
    assert_eq!(found.definition.as_str(), "convert ctime($field$)");
    let at = found.definition.find("ctime").unwrap();
    let span = found.definition.map(grotto_diag::Span::new(at, at + 5));
    assert_eq!(found.source.place(span.start), grotto_diag::Place { line: 6, column: 3 });
}

#[test]
fn lookups_say_where_their_rows_are_in_three_ways() {
    let table = ("lookups/t.csv", "a,b\n1,2\n");
    let cases: &[(&str, &str, &str)] = &[
        ("lookups/x.yml", "name: l\nfilename: t.csv\n", "CsvText(8 bytes)"),
        ("lookups/t.yml", "name: l\nlookup_type: csv\n", "CsvText(8 bytes)"),
        ("lookups/x.yml", "name: l\ncollection: c\nfields_list: _key, a\n", "KvStore(c)"),
        ("lookups/x.yml", "name: l\nlookup_type: kvstore\nfields: [_key, a]\n", "KvStore(l)"),
        ("lookups/x.yml", "name: l\nfilename: m.mlmodel\n", "MlModel(m.mlmodel)"),
        ("lookups/m.yml", "name: l\nlookup_type: mlmodel\n", "MlModel(m.mlmodel)"),
    ];
    for (path, yaml, kind) in cases {
        let (content, said) = Content::embedded(&[(path, yaml), table]);
        assert!(said.is_empty(), "{yaml:?}: {:?}", lines(&said));
        assert_eq!(format!("{:?}", content.lookups[0].kind), *kind, "{yaml:?}");
        assert_eq!(content.counts.ml_models, usize::from(kind.starts_with("MlModel")));
    }
}

#[test]
fn how_a_lookup_matches() {
    let (content, said) = read(
        "lookups/x.yml",
        "name: l\ncollection: c\nmatch_type: WILDCARD(a),CIDR(b, c) exact(d)\nmin_matches: 1\nmax_matches: '5'\n\
         default_match: 'false'\ncase_sensitive_match: 'false'\nfields: one\n",
    );
    assert!(said.is_empty(), "{said:?}");
    let lookup = &content.lookups[0];
    let kinds: Vec<_> = lookup.match_type.iter().map(|(kind, field)| (*kind, field.as_str())).collect();
    assert_eq!(
        kinds,
        [(MatchType::Wildcard, "a"), (MatchType::Cidr, "b"), (MatchType::Cidr, "c"), (MatchType::Exact, "d")]
    );
    assert_eq!(
        (lookup.min_matches, lookup.max_matches, lookup.case_sensitive_match),
        (Some(1), Some(5), false)
    );
    assert_eq!(
        (lookup.default_match.as_deref(), lookup.fields.as_slice()),
        (Some("false"), &["one".to_owned()][..])
    );

    let (content, said) =
        read("lookups/x.yml", "name: l\ncollection: c\nmatch_type: [WILDCARD(a), FUZZY(b)]\n");
    let lookup = &content.lookups[0];
    assert_eq!((lookup.match_type.len(), lookup.case_sensitive_match, lookup.max_matches), (1, true, None));
    assert!(said.len() == 1 && said[0].contains("[content/match-type]: `FUZZY(b)`"), "{said:?}");
}

#[test]
fn a_table_that_is_not_there_is_said() {
    let (content, said) = read("lookups/x.yml", "name: l\nfilename: gone.csv\n");
    assert!(said.len() == 1 && said[0].contains("x.yml:2:11: warning[content/lookup-missing]"), "{said:?}");
    assert_eq!(content.lookups[0].kind, LookupKind::CsvMissing("gone.csv".into()));
    assert!(content.lookup("gone.csv").is_some());
}

#[cfg(unix)]
#[test]
fn tables_outside_of_the_folder_are_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let rules = dir.path().join("rules/lookups");
    fs::create_dir_all(rules.join("sub")).unwrap();
    for file in ["secret.csv", "rules/lookups/sub/in.csv"] {
        fs::write(dir.path().join(file), "a\n1\n").unwrap();
    }
    std::os::unix::fs::symlink(dir.path().join("secret.csv"), rules.join("link.csv")).unwrap();
    let absolute = dir.path().join("secret.csv");
    for (name, file) in
        [("a", "../../secret.csv"), ("b", absolute.to_str().unwrap()), ("c", "link.csv"), ("d", "sub/in.csv")]
    {
        fs::write(rules.join(format!("{name}.yml")), format!("name: {name}\nfilename: {file}\n")).unwrap();
    }
    let (content, said) = Content::load(&[dir.path().join("rules")]);
    assert_eq!(said.len(), 3, "{:?}", lines(&said));
    let inside: Vec<_> = content
        .lookups
        .iter()
        .filter(|l| matches!(l.kind, LookupKind::Csv(_)))
        .map(|l| l.name.as_str())
        .collect();
    assert_eq!(inside, ["d"]);
    assert_eq!(content.lookup("in.csv").unwrap().name, "d");
}

#[test]
fn stories_of_both_forms_are_the_same() {
    let old = "name: s\nid: i\nversion: 1\ndate: '2024-01-01'\nauthor: a\ndescription: d\nnarrative: n\nreferences: [r]\n\
               tags:\n  category: [c]\n  product: [p]\n  usecase: u\n  cve: [CVE-1]\n  group: [g]\n";
    let new = "name: s\nid: i\nversion: 1\ncreation_date: '2020-01-01'\nmodification_date: '2024-01-01'\nauthor: a\ndescription: d\n\
               narrative: n\nreferences: [r]\ncategory: [c]\nproduct: [p]\nusecase: u\ncve: [CVE-1]\nthreat_group: [g]\n";
    let [old, mut new] = [old, new].map(|yaml| {
        let (mut content, said) = read("stories/s.yml", yaml);
        assert!(said.is_empty(), "{said:?}");
        content.stories.remove(0)
    });
    // All but the texts that they were read from.
    new.source.clone_from(&old.source);
    assert_eq!(old, new);
    assert_eq!((old.category, old.usecase.as_deref()), (vec!["c".to_owned()], Some("u")));
}

#[test]
fn data_sources_are_read_whole() {
    let (content, said) = read(
        "data_sources/s.yml",
        "name: Sysmon EventID 1\nid: i\nversion: 4\nmodification_date: '2026-05-13'\nauthor: a\ndescription: d\n\
         mitre_components: [Process Creation]\nsource: XmlWinEventLog:S\nsourcetype: XmlWinEventLog\n\
         logsource: {category: process_creation, product: windows}\nseparator: EventID\nseparator_value: 1\nconfiguration: u\n\
         supported_TA:\n- {name: T, url: u, version: 5.0}\nfields: [_time, Image]\noutput_fields: [dest]\nfield_mappings:\n\
         - data_model: cim\n  data_set: Endpoint.Processes\n  mapping:\n    Computer: Processes.dest\n    Image: Processes.process_path\n\
         example_log: <Event/>\n",
    );
    assert!(said.is_empty(), "{said:?}");
    let found = content.data_source("Sysmon EventID 1").unwrap();
    assert_eq!((found.separator.as_deref(), found.separator_value.as_deref()), (Some("EventID"), Some("1")));
    assert_eq!(found.supported_ta[0].version.as_deref(), Some("5.0"));
    assert_eq!(found.logsource.as_ref().and_then(|l| l.category.as_deref()), Some("process_creation"));
    let mapping = &found.field_mappings[0];
    assert_eq!(mapping.data_set.as_deref(), Some("Endpoint.Processes"));
    assert_eq!(mapping.mapping[1], ("Image".to_owned(), "Processes.process_path".to_owned()));
    assert_eq!((found.fields.len(), found.output_fields.len()), (2, 1));
}
