//! `grotto spl`.

use crate::{grotto, text};

fn spl(args: &[&str]) -> (Option<i32>, String, String) {
    let mut all = vec!["spl"];
    all.extend(args);
    let output = grotto(&all, b"");
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn help_shows_everything_of_a_name() {
    let (code, out, _) = spl(&["help", "replace"]);
    assert_eq!(code, Some(0));
    for part in ["replace: command", "replace: eval function, text", "Example", "gives:", "https://"] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(out.lines().all(|line| line.chars().count() <= 160 || line.contains('{')), "{out}");
}

#[test]
fn help_of_something_that_cannot_run_says_why() {
    let (code, out, _) = spl(&["help", "mstats"]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with("mstats: command, not supported: "), "{out}");
}

#[test]
fn help_of_a_misspelled_name_is_an_error_with_a_guess() {
    let (code, out, error) = spl(&["help", "evenstats"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(error.contains("did you mean eventstats?"), "{error}");
}

#[test]
fn help_without_a_name_lists_all() {
    let (_, out, _) = spl(&["help"]);
    for name in ["tstats", "mvindex", "values"] {
        assert!(out.split_whitespace().any(|word| word == name), "{name}: {out}");
    }
}

#[test]
fn the_support_matrix_is_markdown_when_asked() {
    let (code, out, _) = spl(&["support", "--markdown"]);
    assert_eq!(code, Some(0));
    let headings: Vec<&str> = out.lines().filter(|line| line.starts_with("## ")).collect();
    assert!(
        headings.iter().any(|h| h.starts_with("## Commands: ") && h.ends_with(" supported")),
        "{headings:?}"
    );
    assert!(headings.iter().any(|h| h.starts_with("## Eval functions: ")), "{headings:?}");
    assert!(headings.iter().any(|h| h.starts_with("## Aggregations: ")), "{headings:?}");
    let stats = out.lines().find(|line| line.starts_with("| stats |")).unwrap();
    assert!(stats.contains("transforming"), "{stats}");
    let mstats = out.lines().find(|line| line.starts_with("| mstats |")).unwrap();
    assert!(mstats.contains("Splunk server"), "{mstats}");
    // Every row has the columns of its header.
    let columns = |line: &str| line.replace("\\|", "").matches('|').count();
    let mut header = None;
    for line in out.lines() {
        if line.starts_with('|') {
            assert_eq!(*header.get_or_insert_with(|| columns(line)), columns(line), "{line}");
        } else {
            header = None;
        }
    }
}

#[test]
fn the_support_matrix_counts_the_rules_that_need_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    for (number, search) in ["a=1 | stats count", "a=1 | stats count | mstats avg(x)"].iter().enumerate() {
        let rule = format!(
            "name: rule {number}\nid: 00000000-0000-4000-8000-{number:012}\nversion: 1\nstatus: production\n\
             type: Hunting\ndescription: d\nsearch: |-\n    {search}\ntests: []\n"
        );
        std::fs::write(folder.path().join(format!("{number}.yml")), rule).unwrap();
    }
    let (code, out, _) = spl(&["support", "--markdown", "--rules", folder.path().to_str().unwrap()]);
    assert_eq!(code, Some(0), "{out}");
    let row = |name: &str| out.lines().find(|l| l.starts_with(&format!("| {name} |"))).unwrap().to_owned();
    assert!(row("stats").ends_with("| 2 |"), "{}", row("stats"));
    assert!(row("mstats").ends_with("| 1 |"), "{}", row("mstats"));
    assert!(out.contains("## Rules: 1 of 2 can run"), "{out}");
    let (code, _, error) = spl(&["support", "--rules", "/no/such/folder"]);
    assert_eq!(code, Some(2), "{error}");
}

#[test]
fn assumptions_are_listed_with_their_reasons() {
    let (code, out, _) = spl(&["assumptions"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("fillnull-declared-fields\n    `fillnull`"), "{out}");
    assert!(out.contains("    Why: ") && out.contains("    Made by: "), "{out}");
    let (_, table, _) = spl(&["assumptions", "--markdown"]);
    let listed = out.lines().last().unwrap().split(' ').next().unwrap().parse::<usize>().unwrap();
    assert_eq!(table.lines().filter(|line| line.starts_with("| ")).count(), listed + 1);
}
