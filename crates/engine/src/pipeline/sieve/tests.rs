//! What is asked before rows are aggregated, what is not, and that the results are the same.

use super::super::testing::{plan, result};
use super::Sieve;
use proptest::prelude::*;

/// The fields that the filters after the first command read before it, filter by filter.
fn asked(spl: &str) -> Vec<Vec<String>> {
    let plan = plan(spl).unwrap_or_else(|e| panic!("{spl}: {e}"));
    let chains = Sieve::before(plan.commands(), 0).map(|sieve| sieve.chains).unwrap_or_default();
    chains.iter().map(|chain| chain.fields.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn filters_of_what_groups_have_in_common_are_asked_before() {
    const BEFORE: &str = "| tstats count values(P.user) as user min(_time) as firstTime from datamodel=E.P \
        by P.process P.dest _time span=1h | rename P.* as *";
    for (after, fields) in [
        ("| where len(process) > 9", vec![vec!["P.process"]]),
        ("| eval n=len(process) | where n > 9", vec![vec!["P.process"]]),
        (
            "| eval n=mvcount(split(process, \"..\")) | where n > 1 OR dest=\"a\"",
            vec![vec!["P.process", "P.dest"]],
        ),
        ("| convert ctime(firstTime) | where len(dest) > 1", vec![vec!["P.dest"]]),
        ("| eval firstTime=strftime(firstTime, \"%F\") | where len(dest) > 1", vec![vec!["P.dest"]]),
        ("| rex field=process \"(?<word>x+)\" | search word=*", vec![vec!["P.process"]]),
        ("| lookup example_tools tool AS process OUTPUT kind | search kind=remote", vec![vec!["P.process"]]),
        ("| where len(process) > 9 | search dest=a*", vec![vec!["P.process"], vec!["P.dest"]]),
        (
            "| regex process=\"x\" | table process | search process=y",
            vec![vec!["P.process"], vec!["P.process"]],
        ),
        ("| eval p=process, n=count*2 | where len(dest) > 1", vec![vec!["P.dest"]]),
        ("| where missing=\"a\" OR len(dest) > 1", vec![vec!["P.dest"]]),
        // These hang on more than the BY fields.
        ("| where count > 9", vec![]),
        ("| where count > 9 OR len(process) > 9", vec![]),
        ("| search user=a", vec![]),
        ("| search *", vec![]),
        ("| search *=a", vec![]),
        ("| where _time > 5", vec![]),
        ("| where missing=\"a\"", vec![]),
        ("| eval process=process.count | where len(process) > 9", vec![]),
        ("| eval n=random() | where n > 9 OR len(process) > 9", vec![]),
        ("| where random() > 9 OR len(process) > 9", vec![]),
        ("| eventstats avg(count) as a by dest | where len(process) > 9", vec![]),
        ("| head 5 | where len(process) > 9", vec![]),
        ("| dedup dest | where len(process) > 9", vec![]),
        ("| streamstats count as n | where len(process) > 9", vec![]),
        ("| where len(process) > [| makeresults | eval n=9 | return $n]", vec![]),
    ] {
        assert_eq!(asked(&format!("{BEFORE} {after}")), fields, "{after}");
    }
    for (spl, fields) in [
        ("* | stats count by a b | where len(a) > 1", vec![vec!["a"]]),
        ("* | stats count as b by a b | where len(b) > 1", vec![]),
        ("* | stats count", vec![]),
        ("* | stats sparkline(count) as s by a | where len(a) > 1", vec![]),
        ("* | stats values(*) as * by a | where len(a) > 1", vec![]),
        ("* | stats allnum=true sum(n) by a | where len(a) > 1", vec![]),
        ("* | eventstats count by a | where len(a) > 1", vec![]),
    ] {
        assert_eq!(asked(spl), fields, "{spl}");
    }
}

fn values() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::json;
    prop::sample::select(vec![
        json!("a"),
        json!("x.y.z"),
        json!("A"),
        json!("psexec64"),
        json!("5"),
        json!(5),
        json!("5.0"),
        json!(""),
        json!(null),
        json!(["a", "x.y"]),
        json!(["psexec", "a", "5"]),
    ])
}

const FOLDS: [&str; 5] = [
    "| stats count as c values(b) as v by a",
    "| stats count as c by a b",
    "| stats count as c by b",
    "| tstats fillnull_value=x.y count as c values(b) as v by a",
    "| tstats count as c by a b",
];

const STEPS: [&str; 13] = [
    "| eval n=len(a)",
    "| eval n=mvcount(split(a, \".\"))",
    "| eval a=lower(a).\".\"",
    "| eval b=coalesce(b, a), n=if(isnum(b), b, 1)",
    "| rename a as n",
    "| rename b as a",
    "| rename * as p_*",
    "| rex field=a \"(?<n>[xy]+)\"",
    "| lookup example_tools tool AS a OUTPUT kind AS n",
    "| fillnull value=7 n",
    "| makemv delim=\".\" a",
    "| mvexpand v",
    "| fields a b c n v",
];

const FILTERS: [&str; 9] = [
    "| where n > 1",
    "| where len(a) > 1",
    "| where a=5 OR b=5",
    "| where isnull(n) OR isnotnull(b)",
    "| search n=* a!=a",
    "| search NOT a=x*",
    "| search p_a=* OR n=1",
    "| regex a=\"^[ax]\"",
    "| regex b!=\"5\"",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn results_are_the_same_as_of_all_rows(
        fold in prop::sample::select(&FOLDS[..]),
        first in prop::collection::vec(prop::sample::select(&STEPS[..]), 0..3),
        filter in prop::sample::select(&FILTERS[..]),
        second in prop::collection::vec(prop::sample::select(&STEPS[..]), 0..2),
        other in prop::option::of(prop::sample::select(&FILTERS[..])),
        rows in prop::collection::vec((values(), values()), 0..8),
    ) {
        let after = [first, vec![filter], second, other.into_iter().collect()].concat().join(" ");
        let rows: Vec<_> = rows
            .into_iter()
            .enumerate()
            .map(|(at, (a, b))| serde_json::json!({"_time": 100 - at, "a": a, "b": b}))
            .collect();
        // Compares the search over all rows with the one that leaves some out.
        result(&format!("{fold} {after}"), &serde_json::Value::Array(rows).to_string());
    }
}
