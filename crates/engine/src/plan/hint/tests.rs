//! What is traced back to the head, and what is not.

use crate::pipeline::testing::{check, plan, result};
use crate::predicate::Formula;

fn hint(spl: &str) -> String {
    shown(plan(spl).unwrap_or_else(|e| panic!("{spl}: {e}")).hint())
}

fn shown(formula: &Formula) -> String {
    let all = |parts: &[Formula], word: &str| {
        format!("({})", parts.iter().map(shown).collect::<Vec<_>>().join(word))
    };
    match formula {
        Formula::Always => "always".to_owned(),
        Formula::Never => "never".to_owned(),
        Formula::Leaf(predicate) => predicate.to_string(),
        Formula::Not(inner) => format!("not {}", shown(inner)),
        Formula::And(parts) => all(parts, " and "),
        Formula::Or(parts) => all(parts, " or "),
    }
}

#[test]
fn what_later_commands_require() {
    const BEFORE: &str = "| tstats count values(P.parent) as parent min(_time) as firstTime from datamodel=E.P by P.process P.dest \
        | rename P.* as *";
    for (after, hint_of) in [
        ("| search process=*x*", "P.process = \"*x*\""),
        ("| search process=a OR dest=b", "(P.process = \"a\" or P.dest = \"b\")"),
        ("| search process=a count>2", "P.process = \"a\""),
        ("| search process=a OR count>2", "always"),
        ("| search parent=a", "always"),
        ("| search NOT process=a", "always"),
        ("| search other=a", "never"),
        ("| search word", "always"),
        ("| search *=a", "always"),
        ("| where like(process, \"%x\") AND count > 2", "P.process = \"*x\""),
        ("| where match(process, \"^ab+c\\.exe\")", "P.process = \"*c.exe*\""),
        ("| regex dest=\"xyz\"", "P.dest = \"*xyz*\""),
        ("| regex dest!=\"xyz\"", "always"),
        ("| convert ctime(firstTime) | eval n=count*2 | search process=a", "P.process = \"a\""),
        ("| eval process=lower(process) | search process=a", "always"),
        ("| eval p=process | search p=a", "always"),
        ("| rex field=process \"(?<dest>x)\" | search dest=a process=b", "P.process = \"b\""),
        ("| rename process as p | search p=a process=b", "never"),
        ("| table process | search process=a", "P.process = \"a\""),
        ("| table process | search dest=a", "never"),
        ("| fields - dest | search process=a dest=b", "never"),
        ("| fillnull value=x process | search process=x dest=b", "P.dest = \"b\""),
        ("| fillnull value=x process | search process=a", "P.process = \"a\""),
        ("| head 5 | search process=a", "always"),
        ("| search process=a | head 5", "P.process = \"a\""),
        ("| search process=a | stats count by dest | where count>1", "P.process = \"a\""),
        ("| stats count by dest | search dest=a", "P.dest = \"a\""),
        ("| stats count by dest | search process=a", "never"),
        ("| search process=a | stats count", "always"),
        ("| search process=a | append [| makeresults]", "always"),
        ("| eventstats sum(count) as all | search process=a", "always"),
        ("| lookup example_codes code AS process OUTPUT meaning | search meaning=alpha", "P.process = \"a\""),
        (
            "| lookup example_codes code AS process OUTPUT meaning | search meaning=*",
            "(P.process = \"a\" or P.process = \"b\")",
        ),
        (
            "| lookup example_tools tool AS process OUTPUT kind | search kind!=false",
            "(P.process = \"psexec*\" or P.process = \"nmap\")",
        ),
        ("| lookup example_tools tool AS process OUTPUT kind | search kind=*", "always"),
        (
            "| lookup example_codes code AS process OUTPUT meaning AS dest | search dest=alpha",
            "(P.process = \"a\" or P.dest = \"alpha\")",
        ),
        ("| lookup example_nets net AS dest OUTPUT zone | search zone=lab", "always"),
    ] {
        assert_eq!(hint(&format!("{BEFORE} {after}")), hint_of, "{after}");
    }
}

#[test]
fn groups_that_depend_on_others_and_values_that_are_made_are_left_alone() {
    for (spl, hint_of) in [
        ("| tstats fillnull_value=null count by a | search a=null", "always"),
        ("| tstats fillnull_value=null count by a | search a=x", "a = \"x\""),
        ("* | stats allnum=true sum(n) by a | search a=x", "always"),
        ("* | stats values(*) as * by a | search a=x", "always"),
        ("* | stats sparkline(count) as s by a | search a=x", "always"),
        ("| tstats count by _time span=1h a | search a=x", "a = \"x\""),
        ("| tstats count by _time span=1h | search _time>5", "always"),
        ("* | bin span=5m _time | stats count by a | search a=x", "always"),
        ("* | stats count by a b | join b [search x=1] | search a=x", "always"),
        ("* | stats count by a b | join b [search x=1] | search b=x", "b = \"x\""),
    ] {
        assert_eq!(hint(spl), hint_of, "{spl}");
    }
}

#[test]
fn a_field_that_all_groups_have_takes_the_place_of_another() {
    const BEFORE: &str = "| tstats values(P.process) as process min(_time) as firstTime from datamodel=E.P by P.process P.dest";
    for (after, hint_of) in [
        ("| rename P.* as * | search process=a", "P.process = \"a\""),
        (
            "| convert ctime(firstTime) | search P.dest=b | rename P.* as * | search process=a",
            "(P.process = \"a\" and P.dest = \"b\")",
        ),
        (
            "| rename P.* as * | lookup example_codes code AS process OUTPUT meaning | search meaning=alpha",
            "P.process = \"a\"",
        ),
        ("| eval P.process=null() | rename P.* as * | search process=a", "always"),
        ("| rename P.* as *, firstTime as t | search process=a", "always"),
        ("| eventstats count | rename P.* as * | search process=a", "always"),
    ] {
        assert_eq!(hint(&format!("{BEFORE} {after}")), hint_of, "{after}");
    }
    check(
        "* | stats values(p.x) as x count by p.x | rename p.* as * | search x=a",
        r#"[{"p.x": "a"}, {"p.x": ["a", "b"]}, {"p.x": "b"}, {"x": "a"}]"#,
        r#"[{"x": "a", "count": 2}]"#,
    );
}

#[test]
fn joins_wait_for_what_they_need() {
    for (spl, waits) in [
        ("* | stats count by id | join id [search x=1]", true),
        ("* | stats count by id | rename id as i | join i [search x=1 | rename id as i]", true),
        ("* | stats count by id | join type=left id [search x=1]", false),
        ("* | stats count by id | join [search x=1]", false),
        ("* | stats values(id) as id by a | join id [search x=1]", false),
        ("* | stats count by id | join id [search x=1] | append [| makeresults]", false),
        ("id=[search x=1 | return $id] | stats count by id | join id [search x=1]", false),
    ] {
        assert_eq!(plan(spl).unwrap().narrows(), waits, "{spl}");
    }
    let rows = r#"[{"id": "a", "x": "1", "n": 1}, {"id": "b", "n": 2}, {"id": "A", "n": 3}, {"id": "a", "n": 4}, {"n": 5}]"#;
    check(
        "* | stats count sum(n) as n by id | join id [search x=1 | table id x]",
        rows,
        r#"[{"id": "a", "count": 2, "n": 5, "x": "1"}]"#,
    );
    check("* | stats count by id | join id [search x=2 | table id x]", rows, "[]");
    // Fields that must match together, under other names, with several values and with what stands for none.
    let pairs = r#"[{"id": "a", "d": "x", "k": 1}, {"id": "b", "d": "y", "k": 1}, {"id": "a", "d": "y", "n": 1},
        {"id": "a", "d": "x", "n": 2}, {"id": 5, "d": "x", "n": 3}, {"id": ["a", "b"], "d": "y", "n": 4}, {"d": "x", "n": 5},
        {"id": "5", "d": "x", "k": 1}, {"id": "none", "d": "x", "k": 1}]"#;
    // A lookup gives a row a value that it did not have.
    let found = result(
        "n=* | stats count by id code | lookup example_codes code OUTPUT meaning AS id \
         | join id [search k=1 | fields id x]",
        r#"[{"id": "other", "code": "A", "n": 1}, {"id": "beta", "code": "none", "n": 2}, {"id": "alpha", "k": 1, "x": "found"},
            {"id": "beta", "k": 1, "x": "too"}]"#,
    );
    assert_eq!(found.len(), 2);
    for (before, keys) in [
        ("stats count values(n) as n by id d | rename id as i", "i d"),
        ("stats count values(n) as n by id d | rename id as i, d as e | where n>0", "i e"),
        ("fillnull value=none id | stats count values(n) as n by id d | rename id as i", "d i"),
        ("stats values(n) as n values(d) as d by id | rename id as i", "i d"),
        ("rename id as i | fields i d n", "i d"),
        ("eval i=lower(id) | stats count by i d", "i d"),
    ] {
        let inner = "[search k=1 | rename id as i | eval e=d, found=1 | fields i d e found]";
        let found = result(&format!("n=* | {before} | join {keys} {inner}"), pairs);
        assert!(!found.is_empty(), "{before}");
    }
    check(
        "* | stats count by id | join id [search * | stats count as c by id | join id [search x=1 | table id x]]",
        rows,
        r#"[{"id": "a", "count": 2, "c": 2, "x": "1"}]"#,
    );
}

#[test]
fn a_key_is_traced_through_what_leaves_its_value_alone() {
    const BEFORE: &str =
        "| tstats count min(_time) as t from datamodel=E.P by _time P.id P.code P.dest | rename P.* as *";
    for (between, origin) in [
        ("", Some("P.id")),
        ("| convert ctime(t) | eval n=count*2 | table id n | where n>1", Some("P.id")),
        ("| rename id as other | rename other as id | fields - n", Some("P.id")),
        ("| rename dest as id", Some("P.dest")),
        ("| stats values(code) as code by id dest", Some("P.id")),
        ("| lookup example_codes code OUTPUT meaning", Some("P.id")),
        // These may give it another value.
        ("| lookup example_codes code OUTPUT meaning AS id", None),
        ("| eval id=lower(id)", None),
        ("| rex field=code \"(?<id>x)\"", None),
        ("| fillnull value=x id", None),
        ("| stats count as id by code", None),
        ("| stats values(id) as id by code", None),
        ("| sort id", None),
    ] {
        let plan = plan(&format!("{BEFORE} {between} | where true()")).unwrap();
        let found = super::origin(plan.commands(), plan.commands().len(), "id");
        assert_eq!(found.as_deref(), origin, "{between}");
    }
}
