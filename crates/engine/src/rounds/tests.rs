//! Searches in searches: what goes where, what is run how often, what is said.

use super::{Events, run};
use crate::pipeline::testing::{batch, check, plan, rows, run as run_rows, warnings};
use crate::pipeline::{Limits, Run};
use crate::plan::Plan;
use grotto_diag::Diagnostic;
use std::sync::Arc;

const PEOPLE: &str = r#"[{"user": "ann", "ip": "10.0.0.1", "n": 1, "admin": "yes"}, {"user": "bob", "ip": "10.0.0.2", "n": 2},
    {"user": "eve", "ip": "10.0.0.1", "n": 3}, {"user": "C:\\x \"q\"", "ip": "10.0.0.3", "n": 4, "admin": "yes"}]"#;

/// Checks the numbers of the rows of [`PEOPLE`] that a search keeps.
fn keeps(spl: &str, numbers: &[i64]) {
    let rows: Vec<_> = numbers.iter().map(|n| serde_json::json!({ "n": n })).collect();
    check(&format!("{spl} | table n"), PEOPLE, &serde_json::Value::Array(rows).to_string());
}

#[test]
fn a_subsearch_becomes_part_of_a_search() {
    for (spl, numbers) in [
        ("[search admin=yes | fields user]", &[1, 4][..]),
        ("search n<4 [search admin=yes | fields user]", &[1]),
        ("NOT [search admin=yes | fields user]", &[2, 3]),
        ("n=4 OR [search admin=yes n=1 | table ip]", &[1, 3, 4]),
        ("[search admin=yes | table user ip]", &[1, 4]),
        ("[search admin=no]", &[]),
        ("NOT [search admin=no]", &[1, 2, 3, 4]),
        ("[search n>1 | stats max(n) as search]", &[]),
        ("[| makeresults | eval search=\"n=2 OR user=e*\" | fields search]", &[2, 3]),
        ("[| makeresults | eval query=\"ip=10.0.0.1\" | table query]", &[1, 3]),
        ("user=[search n=2 | return $user]", &[2]),
        ("user=[search n=4 | return $user]", &[4]),
        ("user=[search n=7 | return $user]", &[]),
        ("NOT user=[search n=7 | return $user]", &[1, 2, 3, 4]),
        ("n>[search user=bob | return $n]", &[3, 4]),
        ("[search user=bob OR user=eve | return 2 n]", &[2, 3]),
        ("user=[| makeresults | eval search=\"ann ip=10.0.0.1\"]", &[1]),
        ("NOT user=[| makeresults | eval search=\"ann OR n=3\"]", &[2, 4]),
        ("user IN (ann, [search n=3 | return $user])", &[1, 3]),
        ("user IN ([| makeresults | eval search=\"ann, bob\"])", &[1, 2]),
        ("user IN ([search n=9 | return $user])", &[]),
        ("[search [search n=1 | fields ip] | fields user]", &[1, 3]),
        ("| tstats count where [search admin=yes | fields user] by n", &[1, 4]),
        ("* | search [search admin=yes | fields user]", &[1, 4]),
        ("* | search NOT [search admin=no | fields user]", &[1, 2, 3, 4]),
        ("* | where [search admin=yes | fields user]", &[1, 4]),
        ("* | where NOT [search admin=no | fields user]", &[1, 2, 3, 4]),
        ("* | where n > [search user=bob | return $n]", &[3, 4]),
        ("* | where n > [search user=nobody | return $n]", &[]),
        ("* | where in(n, [search user=bob | return $n], 4)", &[2, 4]),
        ("* | where n IN (1, [search user=bob | return $n])", &[1, 2]),
        ("* | eval m=[search user=bob | return $n]+1 | where n=m", &[3]),
        ("* | eval m=[search user=bob | return $n] | where n=m", &[2]),
    ] {
        keeps(spl, numbers);
    }
}

#[test]
fn what_is_no_value_is_said() {
    for (spl, slug, place) in [
        ("user=[search n=2 | table user]", "engine/subsearch-value", "[search n=2 | table user]"),
        (
            "user IN ([| makeresults | eval search=\"a) OR (b\"])",
            "engine/subsearch-value",
            "[| makeresults | eval search=\"a) OR (b\"]",
        ),
        (
            "* | search [| makeresults | eval search=\"(a\"]",
            "spl/unclosed",
            "[| makeresults | eval search=\"(a\"]",
        ),
        (
            "* | where [| makeresults | eval search=\"nofunction(1)\"]",
            "eval/unknown-function",
            "where [| makeresults | eval search=\"nofunction(1)\"]",
        ),
        (
            "* | append [search x=1 | eval f_{n}=1 | stats count by n | eval y=[search n=1 | table n]]",
            "engine/subsearch-value",
            "[search x=1 | eval f_{n}=1 | stats count by n | eval y=[search n=1 | table n]]",
        ),
    ] {
        let error = run_rows(spl, PEOPLE).unwrap_err();
        let span = error.labels.first().map(|label| label.span).unwrap_or_default();
        assert_eq!((error.slug, span.of(spl)), (slug, place), "{error}");
    }
}

#[test]
fn what_can_be_seen_before_is_said_before() {
    let deep = format!("{}search a{}", "search a [".repeat(17), "]".repeat(17));
    let deep_map = format!("* | {}search a{}", "map [ * | ".repeat(17), "]".repeat(17));
    for (spl, slug) in [
        ("* | join a", "spl/unexpected-argument"),
        ("* | join", "spl/missing-argument"),
        ("* | join type=full a [search b]", "spl/bad-argument"),
        ("* | join left=L a [search b]", "spl/missing-argument"),
        ("* | join left=L right=R where L.a=b [search b]", "spl/bad-argument"),
        ("* | join left=L right=R where L.a>R.b [search b]", "engine/unsupported-argument"),
        ("* | join left=L right=R where L.a=R.b", "spl/missing-argument"),
        ("* | append [| nosuch]", "spl/unknown-command"),
        ("* | append [| stats count]", "engine/not-generating"),
        ("* | append x [search a]", "spl/unexpected-argument"),
        ("* | appendpipe [| tstats count]", "engine/not-first"),
        ("[search a | loadjob x]", "engine/unsupported-command"),
        ("* | where x=[search a | nosuch]", "spl/unknown-command"),
        ("* | map search=\"search a=$a$ | nosuch\"", "spl/unknown-command"),
        ("* | map search=\"search (a=$a$\"", "spl/unclosed"),
        ("* | map saved", "engine/unsupported-argument"),
        ("* | map", "spl/missing-argument"),
        ("* | foreach a* [nosuch]", "spl/unknown-command"),
        ("* | foreach mode=multivalue a* [eval b=1]", "spl/bad-argument"),
        ("* | foreach mode=multivalue a [where b=1]", "engine/unsupported-argument"),
        ("* | foreach mode=x a [eval b=1]", "spl/bad-argument"),
        ("| multisearch [search a]", "spl/missing-argument"),
        ("| multisearch [search a] [search b | stats count]", "spl/bad-argument"),
        ("| union [search a]", "spl/missing-argument"),
        ("* | union datamodel:x", "engine/unsupported-argument"),
        ("| set minus [search a] [search b]", "spl/bad-argument"),
        ("* | format \"(\" \")\"", "spl/bad-argument"),
        ("* | return", "spl/missing-argument"),
        ("* | selfjoin", "spl/missing-argument"),
        (&deep, "engine/limit"),
        (&deep_map, "engine/limit"),
    ] {
        assert_eq!(plan(spl).map(|_| ()).map_err(|error| error.slug), Err(slug), "{spl}");
    }
}

#[test]
fn limits_are_said() {
    for (spl, slug, message) in [
        (
            "* | append maxout=2 [search *]",
            "engine/subsearch-cut",
            "the subsearch gives more than 2 rows; only the first 2 are used",
        ),
        (
            "* | table n | map search=\"search n=$n$\" maxsearches=3",
            "engine/map-cut",
            "map ran 3 searches for 4 rows",
        ),
        (
            "* | map search=\"search n=$n$ admin=$admin$\"",
            "engine/map-missing-field",
            "map left out 2 of 4 rows, which lack a field of its search",
        ),
        (
            "* | appendpipe [map search=\"search n=$n$\" maxsearches=1]",
            "engine/map-cut",
            "map ran 1 searches for 4 rows",
        ),
        (
            "[search n=1 | append maxout=1 [search *] | table n]",
            "engine/subsearch-cut",
            "the subsearch gives more than 1 rows; only the first 1 are used",
        ),
    ] {
        assert_eq!(warnings(spl, PEOPLE), [(slug, message.to_owned())], "{spl}");
    }
    for spl in ["* | append maxout=4 [search *]", "* | map search=\"search n=$n$\"", "* | join n [search *]"]
    {
        assert!(warnings(spl, PEOPLE).is_empty(), "{spl}");
    }
    let many: Vec<_> = (0..10_001).map(|n| serde_json::json!({ "n": n })).collect();
    let many = serde_json::Value::Array(many).to_string();
    let cut = warnings("[search * | fields n] | stats count", &many);
    assert_eq!(cut.iter().map(|(slug, _)| *slug).collect::<Vec<_>>(), ["engine/subsearch-cut"]);
    assert!(warnings("n=1 | append [search * | fields n] | stats count", &many).is_empty());
}

#[test]
fn maps_in_maps_and_joins_in_appends() {
    check(
        "n=1 | table n | map [search n=$n$ | table ip | map [search ip=$$ip$$ | table user]]",
        PEOPLE,
        r#"[{"user": "ann"}, {"user": "eve"}]"#,
    );
    check(
        "n=2 | table n | append [search admin=yes | fields n ip | join max=0 ip [search ip=* | table user ip]] | table n user",
        PEOPLE,
        r#"[{"n": 2}, {"n": 1, "user": "ann"}, {"n": 1, "user": "eve"}, {"n": 4, "user": "C:\\x \"q\""}]"#,
    );
    check(
        "admin=yes | table n | appendpipe [map search=\"search n=$n$ | table user\"] | stats count values(user) as user",
        PEOPLE,
        r#"[{"count": 4, "user": ["C:\\x \"q\"", "ann"]}]"#,
    );
}

/// The rows of [`PEOPLE`], and how often they were read for which searches.
#[derive(Default)]
struct Counted {
    reads: Vec<Vec<String>>,
    narrows: bool,
}

impl Events for Counted {
    fn narrows(&self) -> bool {
        self.narrows
    }

    fn read(&mut self, searches: &[Arc<Plan>]) -> Vec<Result<Vec<Run>, Box<Diagnostic>>> {
        self.reads.push(searches.iter().map(|search| search.key().to_string()).collect());
        searches
            .iter()
            .map(|search| {
                if search.key().contains("fails") && !search.key().contains('[') {
                    return Err(Box::new(Diagnostic::error("test/failed", "it failed")));
                }
                let rows = batch(PEOPLE);
                let mut run = search.start();
                let mask = search.head().formula().map(|formula| formula.mask(&rows));
                match mask {
                    None | Some(crate::predicate::Mask::All) => run.push(&rows),
                    Some(crate::predicate::Mask::Bits(mask)) => run.push(&rows.filter(&mask)),
                    Some(crate::predicate::Mask::None) => {}
                }
                Ok(vec![run])
            })
            .collect()
    }
}

fn counted(searches: &[&str]) -> (Vec<usize>, Vec<Vec<crate::pipeline::Answer>>) {
    counted_in(&mut Counted::default(), searches)
}

fn counted_in(events: &mut Counted, searches: &[&str]) -> (Vec<usize>, Vec<Vec<crate::pipeline::Answer>>) {
    let plans: Vec<Arc<Plan>> = searches.iter().map(|spl| Arc::new(plan(spl).unwrap())).collect();
    let answers = run(plans, events);
    (events.reads.iter().map(Vec::len).collect(), answers)
}

#[test]
fn a_search_over_everything_waits_for_rows_that_need_it() {
    for (search, reads, rows) in [
        ("user=nobody | join n [search * | table n ip]", vec![1], 0),
        ("user=ann | join n [search * | table n ip]", vec![1, 1], 1),
        ("user=nobody | join type=left n [search * | table n ip]", vec![1], 0),
        ("user=ann | join n [search *] | join ip [search admin=* | table ip n]", vec![1, 2], 1),
        // The other search is selective, too.
        ("user=ann | join type=left n [search ip=10.0.0.1]", vec![2], 1),
        // It is needed in any case.
        ("user=nobody | append [search n=*]", vec![2], 4),
        // This one looks for nothing in particular.
        ("n=* | join type=left n [search * | table n ip]", vec![2], 4),
        ("host=h | join type=left n [search *]", vec![2], 0),
    ] {
        let mut events = Counted { narrows: true, ..Counted::default() };
        let (read, answers) = counted_in(&mut events, &[search]);
        assert_eq!(read, reads, "{search}");
        assert_eq!(answers[0][0].rows.as_ref().unwrap().rows(), rows, "{search}");
        check(search, PEOPLE, &json(&run_rows(search, PEOPLE).unwrap()));
    }
}

/// Rows as JSON.
fn json(batch: &grotto_events::Batch) -> String {
    let object = |row: Vec<(String, Vec<String>)>| {
        serde_json::Value::Object(row.into_iter().map(|(name, texts)| (name, texts.into())).collect())
    };
    serde_json::Value::Array(rows(batch).into_iter().map(object).collect()).to_string()
}

#[test]
fn events_are_read_as_seldom_as_can_be() {
    for (searches, reads) in [
        (&["n=1"][..], vec![1]),
        (&["n=1", "n=2"], vec![2]),
        (&["| makeresults"], vec![0]),
        (&["n=1 | join n [search n=2] | append [search n=3]"], vec![3]),
        // Those with the same text are run once.
        (&["n=1 | join n [search n=2]", "n=5 | append maxout=50000 [search n=2]"], vec![3]),
        (&["[search n=1 | fields ip]", "n=2"], vec![2, 1]),
        (&["[| makeresults | eval search=\"n=1\"]"], vec![1]),
        (&["[search [search n=1 | fields ip] | fields user]"], vec![1, 1, 1]),
        (&["* | table ip | map search=\"search ip=$ip$\""], vec![1, 3]),
        (&["* | map search=\"search n=$n$ | append [search n=1]\"", "[search n=2 | fields n]"], vec![2, 6]),
        (&["n=1 | search [search n=2 | fields n]"], vec![2]),
        (&["| multisearch [search n=1] [search n=2]"], vec![2]),
    ] {
        assert_eq!(counted(searches).0, reads, "{searches:?}");
    }
}

#[test]
fn it_is_known_whether_events_are_read_again() {
    for (spl, again) in [
        ("a | join b [search c]", false),
        ("a | appendpipe [stats count]", false),
        ("a | foreach x* [eval <<FIELD>>=1]", false),
        ("a | where x=[search b | return $x]", false),
        ("a [search b]", true),
        ("a | append [search [search b]]", true),
        ("a | map search=\"search b\"", true),
        ("a | appendpipe [map search=\"search b\"]", true),
        ("a | join b [search c | map [search d]]", true),
        ("a | foreach x* [where <<FIELD>>=[search b | return $x]]", true),
    ] {
        assert_eq!(plan(spl).unwrap().reads_again(), again, "{spl}");
    }
    keeps(
        "* | table n user | foreach us* [where <<FIELD>>=[search n=2 | eval search=\"\\\"\".<<FIELD>>.\"\\\"\"]]",
        &[2],
    );
}

#[test]
fn a_search_fails_with_the_one_inside_it() {
    let spl = "n=1 | append [search fails | table n]";
    let (_, answers) = counted(&[spl, "n=2", "[search fails | fields n]"]);
    let slugs: Vec<_> =
        answers.iter().map(|answer| answer[0].rows.as_ref().err().map(|error| error.slug)).collect();
    assert_eq!(slugs, [Some("test/failed"), None, Some("test/failed")]);
    let error = answers[0][0].rows.as_ref().unwrap_err();
    assert_eq!(error.labels[0].span.of(spl), "[search fails | table n]");
}

#[test]
fn too_many_passes_are_refused() {
    // Fifteen searches around one another need sixteen passes.
    let nested = |levels: usize| format!("{}n=1{}", "[search ".repeat(levels), " | fields n]".repeat(levels));
    let (reads, answers) = counted(&[&nested(15)]);
    assert_eq!((reads.len(), rows(&answers[0][0].whole().unwrap()).len()), (16, 1));
    let (reads, answers) = counted(&[&nested(16), "n=2"]);
    assert_eq!(reads.len(), 16);
    assert_eq!(answers[0][0].rows.as_ref().unwrap_err().slug, "engine/limit");
    assert!(answers[1][0].rows.is_ok());
}

#[test]
fn times_are_those_of_the_events_that_were_taken() {
    let input = r#"[{"_time": 9, "a": 1}, {"_time": 5, "b": 1}, {"_time": 3, "a": 1}]"#;
    let span = |spl: &str| {
        struct Timed<'a>(&'a str);
        impl Events for Timed<'_> {
            fn read(&mut self, searches: &[Arc<Plan>]) -> Vec<Result<Vec<Run>, Box<Diagnostic>>> {
                let rows = batch(self.0);
                let fed = |search: &Arc<Plan>| {
                    let mut run = search.start();
                    let key = search.key().rsplit(':').next().unwrap();
                    let field =
                        if key.starts_with("a=1") || key.starts_with("search a=1") { "a" } else { "b" };
                    for row in 0..rows.rows() {
                        if rows.cell(field, row) != grotto_events::Cell::Null {
                            run.push(&rows.slice(row, 1));
                        }
                    }
                    Ok(vec![run])
                };
                searches.iter().map(fed).collect()
            }
        }
        let answers = run([Arc::new(plan(spl).unwrap())], &mut Timed(input));
        answers[0][0].span.flatten().map(|(from, to)| (from / 1_000_000_000, to / 1_000_000_000))
    };
    assert_eq!(span("a=1 | stats count"), Some((3, 9)));
    assert_eq!(span("b=1 | append [search a=1]"), Some((5, 5)));
    assert_eq!(span("| multisearch [search a=1] [search b=1]"), Some((3, 9)));
    assert_eq!(span("| union [search b=1] [search b=1 | head 1]"), Some((5, 5)));
}

#[test]
fn a_run_by_itself_says_that_others_are_missing() {
    let plan = crate::pipeline::testing::plan_with("* | append [search a]", Limits::default()).unwrap();
    assert_eq!(plan.start().finish().unwrap_err().slug, "engine/subsearch-left");
}
