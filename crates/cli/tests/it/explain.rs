//! `grotto explain`.

use crate::{examples, grotto, text, two_processes};

/// A rule of the pack that fires on the examples.
const RULE: &str = "Remote Process Instantiation via WinRM and PowerShell Script Block";

#[test]
fn a_rule_that_fires_shows_what_matched() {
    let examples = examples();
    let output = grotto(&["explain", RULE, examples.to_str().unwrap(), "--format", "table"], b"");
    let out = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for part in ["the search gives ", "Stages", "»Invoke-Command«", "fillnull-declared-fields", "Rows"] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(!out.contains("Nearest events"), "{out}");
}

#[test]
fn a_rule_that_does_not_fire_shows_the_nearest_events() {
    let search = "source=*Sysmon* EventCode=1 Image=\"*\\\\nothing.exe\" | stats count by Image";
    let output =
        grotto(&["explain", "--search", search, "-", "--format", "table"], two_processes().as_bytes());
    let out = text(&output.stdout);
    for part in
        ["none of 2 events satisfies", "Nearest events", "1 predicate away", "saw C:\\Temp\\a.exe", "← here"]
    {
        assert!(out.contains(part), "{part}: {out}");
    }
}

#[test]
fn the_same_in_json() {
    let search = "EventCode=1 | stats count by Image | where count > 5";
    let output =
        grotto(&["explain", "--search", search, "-", "--format", "json"], two_processes().as_bytes());
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let explanation = &json["explanation"];
    assert_eq!(explanation["failing_stage"], 3);
    assert_eq!(explanation["head"]["selected"], 2);
    assert_eq!(explanation["stages"][2]["condition"][0][1], 0);
}

#[test]
fn wrong_names_and_searches_are_errors() {
    for (args, said) in [
        (vec!["explain", "no such rule", "-"], "no rule is called no such rule"),
        (vec!["explain", "a", "-"], "rules are called like a"),
        (vec!["explain", "--search", "a=1 | stats cuont", "-"], "<search>:1:13"),
    ] {
        let output = grotto(&args, b"");
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(said), "{said}: {error}");
    }
}
