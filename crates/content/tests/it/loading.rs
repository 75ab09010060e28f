//! Folders, files, embedded content: what is found, what is left out, what counts.

use crate::lines;
use grotto_content::{Content, Counts, Loader, LookupKind};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A rule of this id.
fn rule(id: &str) -> String {
    format!("name: Rule {id}\nid: {id}\ntype: Hunting\nsearch: index=x | `rule_{id}_filter`\n")
}

/// A folder of these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn load(dirs: &[&Path]) -> (Content, Vec<String>) {
    let dirs: Vec<PathBuf> = dirs.iter().map(|d| d.to_path_buf()).collect();
    let (content, said) = Content::load(&dirs);
    (content, lines(&said))
}

fn ids(content: &Content) -> Vec<&str> {
    content.detections.iter().map(|d| d.id.as_str()).collect()
}

#[test]
fn kinds_are_told_by_folder_and_failing_that_by_keys() {
    let dir = folder(&[
        ("detections/endpoint/a.yml", &rule("a")),
        ("b.yml", &rule("b")),
        ("deep/er/c.yaml", &rule("c")),
        ("m.yml", "name: m\ndefinition: x\n"),
        ("l.yml", "name: l\ncollection: c\n"),
        ("s.yml", "name: s\nnarrative: n\n"),
        ("d.yml", "name: d\nsourcetype: t\n"),
        ("contentctl.yml", "path: .\napp: {}\n"),
        ("baselines/x.yml", &rule("x")),
        (".github/workflows/y.yml", &rule("y")),
        (".hidden.yml", &rule("h")),
        ("README.md", "name: [broken"),
        ("list.yml", "- 1\n"),
    ]);
    let (content, said) = load(&[dir.path()]);
    assert!(said.is_empty(), "{said:?}");
    assert_eq!(ids(&content), ["b", "c", "a"], "in the order of paths");
    assert_eq!(content.detection("A").map(|d| d.category.as_deref()), Some(Some("endpoint")));
    assert_eq!((content.macros.len(), content.lookups.len()), (1, 1));
    assert!(
        content.story("s").is_some() && content.data_source("d").is_some() && content.lookup("l").is_some()
    );
    assert_eq!(content.counts, Counts { files: 10, ignored: 3, failed: 0, duplicates: 0, ml_models: 0 });
}

#[test]
fn the_folder_that_was_named_counts_and_those_above_do_not() {
    let dir = folder(&[("lookups/rules/a.yml", &rule("a")), ("lookups/detections/b.yml", &rule("b"))]);
    let (content, said) = load(&[&dir.path().join("lookups/rules"), &dir.path().join("lookups/detections")]);
    assert!(said.is_empty(), "{said:?}");
    assert_eq!(ids(&content), ["a", "b"]);
}

#[test]
fn a_single_file_is_a_folder_of_one() {
    let dir = folder(&[("a.yml", &rule("a")), ("b.yml", &rule("b")), ("c.rule", &rule("c"))]);
    let (content, said) =
        load(&[&dir.path().join("b.yml"), &dir.path().join("c.rule"), &dir.path().join("b.yml")]);
    assert!(said.is_empty(), "{said:?}");
    assert_eq!(ids(&content), ["b", "c"]);
    assert_eq!(content.counts.files, 2, "the same file twice is one");
}

#[test]
fn broken_files_are_named_and_the_rest_goes_on() {
    let dir = folder(&[
        ("detections/a.yml", "name: a\nsearch: `x` y\n"),
        ("detections/b.yml", "- just a list\n"),
        ("detections/c.yml", "name: c\ntype: TTP\nsearch: ''\n"),
        ("detections/d.yml", ""),
        ("detections/e.yml", &rule("e")),
        ("macros/m.yml", "name: m\n"),
        ("lookups/l.yml", "name: l\n"),
        ("stories/s.yml", "narrative: n\n"),
        ("data_sources/d.yml", "source: n\n"),
    ]);
    fs::write(dir.path().join("detections/f.yml"), b"name: \xff\n").unwrap();
    let (content, said) = load(&[dir.path()]);
    assert_eq!(ids(&content), ["e"]);
    assert_eq!(content.counts, Counts { files: 10, failed: 9, ..Counts::default() });
    let slugs: Vec<&str> = said.iter().map(|l| l.split(['[', ']']).nth(1).unwrap()).collect();
    assert_eq!(
        slugs,
        [
            "content/missing-key",
            "content/yaml",
            "content/not-a-mapping",
            "content/missing-key",
            "content/missing-key",
            "content/not-a-mapping",
            "input/not-utf8",
            "content/missing-key",
            "content/missing-key",
            "content/missing-key",
        ],
        "{said:#?}"
    );
    assert!(said[1].contains("a.yml:2:9: error[content/yaml]"), "{}", said[1]);
}

#[test]
fn folders_that_hold_nothing_or_are_not_there_are_errors() {
    let dir = folder(&[("a.txt", "x")]);
    let (content, said) = load(&[dir.path(), &dir.path().join("nowhere")]);
    assert_eq!(content.counts, Counts::default());
    assert!(
        said[0].contains("error[content/empty]") && said[1].contains("error[input/unreadable]"),
        "{said:?}"
    );
    assert_eq!(said.len(), 2);
}

#[test]
fn of_rules_with_one_id_the_first_counts() {
    let one = folder(&[("detections/a.yml", &rule("a")), ("detections/b.yml", &rule("A"))]);
    let two = folder(&[("detections/a.yml", &rule("a").replace("Rule a", "Later"))]);
    let (content, said) = load(&[one.path(), two.path()]);
    assert_eq!(content.detections.len(), 1);
    assert_eq!(content.detections[0].name, "Rule a");
    assert_eq!(content.counts.duplicates, 2);
    assert_eq!(said.len(), 2);
    assert!(
        said[0]
            .contains("b.yml:2:5: warning[content/duplicate]: detection `Rule A` is the same as `Rule a` in"),
        "{}",
        said[0]
    );
}

#[test]
fn later_folders_tune_macros_and_lookups() {
    let one = folder(&[
        ("detections/my_rule.yml", "name: My Rule\nid: a\ntype: TTP\nsearch: x | `my_rule_filter`\n"),
        ("detections/other.yml", "name: Other-Name\nid: b\ntype: TTP\nsearch: x\n"),
        ("macros/m.yml", "name: m\ndefinition: one\n"),
        ("macros/m1.yml", "name: m(1)\narguments: [x]\ndefinition: $x$\n"),
        ("macros/m2.yml", "name: m\ndefinition: within one folder\n"),
        ("lookups/l.yml", "name: l\ncollection: one\n"),
        ("stories/s.yml", "name: s\ndescription: one\n"),
    ]);
    let two = folder(&[
        ("macros/m.yml", "name: m\ndefinition: two\niseval: true\n"),
        ("macros/f.yml", "name: my_rule_filter\ndefinition: search NOT user=admin\n"),
        ("lookups/l.yml", "name: l\ncollection: two\n"),
        ("stories/s.yml", "name: s\ndescription: two\n"),
    ]);
    let (content, said) = load(&[one.path(), two.path()]);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("macro `m` is the same as `m`"), "{}", said[0]);
    let mut macros: Vec<_> = content
        .macro_definitions()
        .into_iter()
        .map(|m| (format!("{}/{}", m.name, m.arguments.join(",")), m.definition, m.iseval))
        .collect();
    macros.sort();
    let expect = |name: &str, definition: &str, iseval| (name.to_owned(), definition.to_owned(), iseval);
    assert_eq!(
        macros,
        [
            expect("m/", "two", true),
            expect("m/x", "$x$", false),
            expect("my_rule_filter/", "search NOT user=admin", false),
            expect("other_filter/", "search *", false),
            expect("other_name_filter/", "search *", false),
        ]
    );
    assert_eq!(content.macro_table().get("m", 0).map(|m| m.definition.as_str()), Some("two"));
    assert_eq!(content.story("s").map(|s| s.description.as_str()), Some("one"));
    assert_eq!(format!("{:?}", content.lookup("l").unwrap().kind), "KvStore(two)");
}

#[test]
fn embedded_content_is_read_as_a_folder_is() {
    let a = rule("a");
    let files = [
        ("detections/web/a.yml", a.as_str()),
        ("lookups/l.yml", "name: l\nfilename: t.csv\n"),
        ("lookups/t.csv", "k,v\n1,2\n"),
        ("README.md", "nothing"),
    ];
    let (content, said) = Content::embedded(&files);
    assert!(said.is_empty(), "{said:?}");
    assert_eq!(content.counts.files, 2);
    assert_eq!(content.detections[0].category.as_deref(), Some("web"));
    assert_eq!(content.detections[0].source.name, "detections/web/a.yml");
    assert_eq!(content.lookup("l").unwrap().kind, LookupKind::CsvText("k,v\n1,2\n".into()));
}

#[test]
fn what_comes_with_the_program_can_be_tuned_by_a_folder() {
    let dir = folder(&[("m.yml", "name: sysmon\ndefinition: index=mine\n")]);
    let files = [("macros/sysmon.yml", "name: sysmon\ndefinition: source=x\n")];
    let (content, said) = Loader::new().embedded(&files).folder(dir.path()).load();
    assert!(said.is_empty(), "{said:?}");
    assert_eq!(content.macros.len(), 1);
    assert_eq!(content.macros[0].definition.as_str(), "index=mine");
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_end() {
    let dir = folder(&[("a/b.yml", &rule("b"))]);
    std::os::unix::fs::symlink(dir.path(), dir.path().join("a/loop")).unwrap();
    let (content, said) = load(&[dir.path()]);
    assert_eq!(ids(&content), ["b"]);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("error[input/unreadable]") && said[0].contains("loop"), "{said:?}");
}

#[test]
fn huge_files_are_refused() {
    let dir = folder(&[
        ("detections/a.yml", &format!("name: {}\n", "x".repeat(5 << 20))),
        ("detections/b.yml", &rule("b")),
    ]);
    let (content, said) = load(&[dir.path()]);
    assert_eq!(ids(&content), ["b"]);
    assert!(said.len() == 1 && said[0].contains("error[input/too-large]"), "{said:?}");
}
