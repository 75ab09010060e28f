//! What compiles, what does not, and why.

use super::*;
use crate::pipeline::testing::plan;

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (spl, slug, place) in [
        ("* | statz count", "spl/unknown-command", "statz"),
        ("* | lookup x y", "engine/lookup-unknown", "x"),
        ("* | loadjob x", "engine/unsupported-command", "loadjob"),
        ("| stats count", "", ""),
        ("* | tstats count", "engine/not-first", "tstats"),
        ("* | `m(x)`", "spl/unexpanded-macro", "`m(x)`"),
        ("* | table `m`", "spl/unexpanded-macro", "`m`"),
        ("* | stats `m` count", "spl/unexpanded-macro", "`m`"),
        ("* | stats cuont", "spl/unknown-aggregation", "cuont"),
        ("* | stats rate_avg(x)", "engine/unsupported-aggregation", "rate_avg"),
        ("* | stats sum", "spl/bad-argument", "sum"),
        ("* | stats count(eval(a=1))", "spl/bad-argument", "count(eval(a=1))"),
        ("* | stats values(a*) as b", "spl/bad-argument", "b"),
        ("* | stats count by a*", "spl/bad-argument", "a*"),
        ("* | stats max(a) as x min(b) as x", "spl/bad-argument", "min(b) as x"),
        ("* | stats colour=red count", "engine/unsupported-option", "colour"),
        ("* | rename a", "spl/unexpected-argument", "a"),
        ("* | rename a* as b", "spl/bad-argument", "b"),
        ("* | convert foo(a)", "engine/unsupported-argument", "foo"),
        ("* | convert", "spl/missing-argument", "convert"),
        ("* | fillnull valeu=0", "engine/unsupported-option", "valeu"),
        ("* | dedup a sortby", "spl/missing-argument", "dedup"),
        ("* | head x", "spl/bad-argument", "x"),
        ("* | head limit=x", "spl/bad-argument", "x"),
        ("* | regex x=\"(\"", "engine/bad-regex", "\"(\""),
        ("* | rex \"a\"", "spl/bad-argument", "\"a\""),
        ("* | rex mode=sed \"x\"", "spl/bad-argument", "\"x\""),
        ("* | bin span=5m", "spl/missing-argument", "bin"),
        ("* | bin _time span=2log10", "engine/unsupported-argument", "bin"),
        ("* | bin n bins=1", "spl/bad-argument", "1"),
        ("| tstats count from datamodel=A.B by _time span=x", "spl/bad-argument", "x"),
        ("| tstats count(eval(a=1)) as x from datamodel=A", "spl/bad-argument", "a=1"),
        ("| tstats prestats=t count from datamodel=A", "engine/unsupported-argument", "t"),
        ("| tstats count from sid=1", "engine/unsupported-argument", "sid=1"),
        ("| from inputlookup:x", "engine/unsupported-argument", "inputlookup:x"),
        ("| makeresults count=99999999", "spl/bad-argument", "99999999"),
        ("* | replace a IN b", "spl/missing-argument", "replace"),
        ("* | streamstats time_window=soon count", "spl/bad-argument", "soon"),
        ("* | reverse x", "spl/unexpected-argument", "x"),
        ("* | table", "spl/missing-argument", "table"),
        ("* | mvexpand a b", "spl/unexpected-argument", "b"),
    ] {
        match plan(spl) {
            Ok(_) => assert_eq!(slug, "", "{spl} compiles"),
            Err(error) => {
                let span = error.labels.first().map(|label| label.span).unwrap_or_default();
                assert_eq!((error.slug, span.of(spl)), (slug, place), "{spl}: {error}");
            }
        }
    }
}

#[test]
fn a_misspelled_command_can_be_mended() {
    let error = plan("* | evl a=1").unwrap_err();
    assert_eq!(error.fix.map(|fix| fix.replacement), Some("eval".to_owned()));
}

#[test]
fn heads_say_what_is_read() {
    let tstats = plan(
        "| tstats summariesonly=t allow_old_summaries=true fillnull_value=\"null\" count \
         from datamodel=Endpoint.Processes where Processes.a=1 Processes.b=2 by Processes.c",
    )
    .unwrap();
    let Head::Tstats(head) = tstats.head() else { panic!("tstats") };
    assert_eq!(head.model, Some(Model { name: "Endpoint".into(), node: Some("Processes".into()) }));
    assert_eq!(head.fillnull_value.as_deref(), Some("null"));
    assert!(head.summariesonly && head.allow_old_summaries && head.filter.is_some());
    let mut fields = FieldSet::none();
    fields.extend(tstats.head().formula().unwrap().fields());
    assert_eq!(fields, FieldSet::of(["Processes.a", "Processes.b"]));
    assert!(plan("| tstats count where index=x by host").unwrap().head().model().is_none());
    let model = plan("| from datamodel Risk.All_Risk | search a=1").unwrap();
    assert_eq!(model.head().model(), Some(&Model::named("Risk.All_Risk")));
    assert_eq!(Model::named("Web"), Model { name: "Web".into(), node: None });
    assert_eq!(Model::named("A.B.C").node.as_deref(), Some("C"));
    assert!(matches!(plan("| makeresults").unwrap().head(), Head::Rows(rows) if rows.rows() == 1));
    assert!(plan("a=1").unwrap().generate().is_none());
}

#[test]
fn a_plan_is_shared_by_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    fn sent<T: Send>(_: &T) {}
    let plan = plan("* | stats count").unwrap();
    shared(&plan);
    sent(&plan.start());
}

#[test]
fn all_stages_say_what_is_wrong_with_them() {
    let problems = |spl: &str| {
        let found = Plan::problems(&grotto_spl::parse(spl).unwrap(), &Context::default());
        found.into_iter().map(|problem| problem.slug).collect::<Vec<_>>()
    };
    assert_eq!(problems("a=1 | rex mode=sed \"s/a/b/\" | stats count"), Vec::<&str>::new());
    assert_eq!(
        problems("| table a | statz x | rex mode=sed \"x\" | head 1 | rex mode=sed \"s/(/b/\" | loadjob y"),
        [
            "engine/not-generating",
            "spl/unknown-command",
            "spl/bad-argument",
            "engine/bad-regex",
            "engine/unsupported-command"
        ]
    );
}
