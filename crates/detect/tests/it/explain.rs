//! Explanations: counts, nearest events, marks, stages.

use crate::support;
use grotto_detect::RuleSet;
use grotto_detect::explain::{
    Condition, Explanation, Look, Missing, SampleLimits, Seen, Tree, explain, samples,
};
use grotto_engine::Context;
use grotto_events::{Batch, Column, Part};
use grotto_knowledge::Knowledge;

/// Events of one type, oldest first: for each row its fields.
fn events(rows: &[&[(&str, &str)]]) -> Vec<Part> {
    let mut batch = Batch::new(rows.len());
    let count = i64::try_from(rows.len()).unwrap();
    let times: Vec<i64> = (0..count).map(|n| (1_700_000_000 + n) * 1_000_000_000).collect();
    batch.set("_time", Column::Time(times.into()));
    batch.set("source", Column::constant("test", rows.len()));
    batch.set("_raw", Column::text(rows.iter().map(|row| Some(format!("{row:?}")))));
    let mut names: Vec<&str> = rows.iter().flat_map(|row| row.iter().map(|(name, _)| *name)).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let value =
            |row: &&[(&str, &str)]| row.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        batch.set(name, Column::text(rows.iter().map(value)));
    }
    vec![Part::of_batches("test", vec![batch])]
}

fn run(search: &str, parts: &[Part]) -> Explanation {
    let context = Context::default();
    let (knowledge, _) = Knowledge::load(&[], &context);
    let macros = grotto_detect::macros::table(&grotto_content::Content::default(), &knowledge);
    explain(search, &macros, &knowledge, &context, parts, &|_| {}).unwrap()
}

/// Every node of a tree: text, alone, together.
fn flat(tree: &Tree) -> Vec<(String, u64, u64)> {
    let mut all = vec![(tree.text.clone(), tree.alone, tree.together)];
    all.extend(tree.children.iter().flat_map(flat));
    all
}

fn counts(tree: &Tree) -> Vec<(u64, u64)> {
    flat(tree).into_iter().map(|(_, alone, together)| (alone, together)).collect()
}

#[test]
fn predicates_are_counted_alone_and_together() {
    let parts = events(&[
        &[("a", "1"), ("b", "x")],
        &[("a", "1"), ("b", "y")],
        &[("a", "2"), ("b", "x")],
        &[("a", "3"), ("c", "z")],
    ]);
    let e = run("a=1 (b=x OR c=z) NOT d=1 | stats count by b", &parts);
    let head = e.head.unwrap();
    // and, a=1, or, b=x, c=z, not, d=1
    let expected = [(1, 1), (2, 2), (3, 1), (2, 1), (1, 0), (4, 1), (0, 0)];
    assert_eq!(counts(&head.condition.unwrap()), expected);
    assert_eq!((e.events, head.selected, e.failing_stage), (4, 1, None));
    assert_eq!(e.verdict, "the search gives 1 row");
}

#[test]
fn the_nearest_events_say_what_they_lack() {
    let parts = events(&[
        &[("a", "1"), ("B", "x")],
        &[("a", "9"), ("b", "")],
        &[("a", "1"), ("b", "other"), ("c", "bad")],
    ]);
    let e = run("a=1 b=x* NOT c=bad (d=1 OR d=2)", &parts);
    let head = e.head.unwrap();
    assert_eq!((head.selected, e.failing_stage), (0, Some(1)));
    assert_eq!(e.verdict, "none of 3 events satisfies the head of the search");
    let nearest = &head.nearest;
    assert_eq!(nearest.iter().map(|near| near.distance).collect::<Vec<_>>(), [2, 3, 3]);
    let said = |near: usize| {
        nearest[near].failed.iter().map(|f| (f.predicate.as_str(), f.saw.clone())).collect::<Vec<_>>()
    };
    // The columns of the batch are there for all of its events: this one's b is empty.
    assert_eq!(
        said(0),
        [("b = \"x*\"", Seen::Empty), ("d is one of \"1\", \"2\"", Seen::Missing)],
        "the event with a=1 lacks b and d"
    );
    assert_eq!(said(1)[0], ("a = \"1\"", Seen::Values(vec!["9".to_owned()])));
    assert!(said(2).contains(&("not c = \"bad\"", Seen::Values(vec!["bad".to_owned()]))), "{:?}", said(2));
    assert!(nearest[0].event.contains_key("_time") && nearest[0].event.contains_key("source"));
}

#[test]
fn the_case_of_a_name_is_noticed() {
    let parts = events(&[&[("Name", "x")]]);
    let head = run("name=x", &parts).head.unwrap();
    assert_eq!(head.nearest[0].failed[0].saw, Seen::OtherCase("Name".to_owned()));
}

#[test]
fn matched_text_is_marked() {
    let parts = events(&[&[("p", "C:\\Temp\\PowerShell.exe -Enc AAA -enc"), ("q", "straße")]]);
    let head = run("p=\"*powershell*-enc\" q=\"*SS*\" OR q=\"stra*e\" p=*", &parts).head.unwrap();
    let marks: Vec<(&str, Vec<&str>)> = head.matched[0]
        .marks
        .iter()
        .map(|m| (m.field.as_str(), m.ranges.iter().map(|r| &m.value[r.clone()]).collect()))
        .collect();
    assert_eq!(
        marks,
        [("p", vec!["PowerShell", "-enc"]), ("q", vec!["stra", "e"]), ("p", vec![])],
        "the last piece ends the value, the first begins it"
    );
}

#[test]
fn raw_words_are_marked_in_the_text() {
    let parts = events(&[&[("a", "One two")]]);
    let head = run("two", &parts).head.unwrap();
    let mark = &head.matched[0].marks[0];
    assert_eq!((mark.field.as_str(), &mark.value[mark.ranges[0].clone()]), ("_raw", "two"));
}

#[test]
fn stages_tell_where_rows_and_fields_go() {
    let parts = events(&[&[("a", "1"), ("u", "x")], &[("a", "1")], &[("a", "2"), ("u", "y")]]);
    let e =
        run("a=* | eval n=a*10 | stats count max(n) as m by u | where m>10 AND count>1 | table u", &parts);
    let rows: Vec<_> = e.stages.iter().map(|s| (s.command.as_str(), s.rows_in, s.rows_out)).collect();
    assert_eq!(
        rows,
        [
            ("search", None, Some(3)),
            ("eval", Some(3), Some(3)),
            ("stats", Some(3), Some(2)),
            ("where", Some(2), Some(0)),
            ("table", Some(0), Some(0)),
        ]
    );
    assert_eq!(e.failing_stage, Some(4));
    assert_eq!(e.verdict, "stage 4, `where`, keeps none of its 2 rows");
    assert_eq!(e.stages[1].made, ["n"]);
    assert_eq!(e.stages[2].missing, [Missing { field: "u".to_owned(), rows: 1 }]);
    assert!(e.stages[2].dropped.contains(&"n".to_owned()), "{:?}", e.stages[2].dropped);
    let Some(Condition::Terms(terms)) = &e.stages[3].condition else { panic!("{:?}", e.stages[3]) };
    assert_eq!(terms.iter().map(|(_, rows)| *rows).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn later_searches_have_trees_of_their_own() {
    let parts = events(&[&[("a", "1")], &[("a", "2")]]);
    let e = run("a=* | search a=2 OR b=1", &parts);
    let Some(Condition::Search(tree)) = &e.stages[1].condition else { panic!("{:?}", e.stages[1]) };
    assert_eq!(counts(tree), [(1, 1), (1, 1), (0, 0)]);
}

#[test]
fn searches_inside_are_counted() {
    let parts = events(&[&[("a", "1"), ("k", "x")], &[("a", "2"), ("k", "y")], &[("a", "2"), ("k", "z")]]);
    let e = run("a=1 | join k [search a=2 | fields k]", &parts);
    assert_eq!(e.stages[1].inner_rows, Some(2));
    assert_eq!((e.stages[1].rows_out, e.failing_stage), (Some(0), Some(2)));
}

#[test]
fn assumptions_are_those_of_what_is_used() {
    let names = |search: &str| {
        run(search, &events(&[&[("a", "1")]])).assumptions.iter().map(|a| a.name).collect::<Vec<_>>()
    };
    assert!(names("a=1 | stats count by a").contains(&"stats-drops-null-by"));
    assert!(!names("a=1 | head 1").contains(&"stats-drops-null-by"));
}

#[test]
fn nothing_read_is_said() {
    assert_eq!(run("a=1", &[]).verdict, "no event was read");
}

#[test]
fn the_counts_are_those_of_the_scan_on_real_logs() {
    let Some(folder) = support::shared("data/evtx-attack-samples") else { return };
    let Some(content) = support::corpus("escu-2024") else { return };
    let parts = support::parts(&[folder.join("Lateral Movement"), folder.join("Execution")]);
    let mut context = Context::default();
    let (knowledge, _) = Knowledge::load(&[], &context);
    context.lookups = knowledge.lookups(&content);
    let macros = grotto_detect::macros::table(&content, &knowledge);
    let mut seen = 0;
    for rule in content.detections.iter().step_by(150) {
        let explained = explain(&rule.search, &macros, &knowledge, &context, &parts, &|_| {});
        // Rules that can't run are not to be explained.
        let Ok(explained) = explained else { continue };
        let search = grotto_detect::search::compile(&rule.search, &macros, &knowledge, &context).unwrap();
        let found = grotto_detect::search::run(&search, &parts, &knowledge, &|_| {});
        let rows = found.result.unwrap().rows() as u64;
        assert_eq!(explained.stages.last().unwrap().rows_out, Some(rows), "{}", rule.name);
        // What the tree selects is what the first stage gives, where that is plain events.
        let first = &explained.stages[0];
        if let Some(head) = &explained.head
            && first.command == "search"
        {
            assert_eq!(first.rows_out, Some(head.selected), "{}", rule.name);
            seen += 1;
        }
    }
    assert!(seen > 1, "{seen}");
}

/// A set of one rule with this search.
fn set_of(search: &str) -> (RuleSet, Knowledge) {
    let rule = format!(
        "name: r\nid: 00000000-0000-4000-8000-000000000001\nversion: 1\nstatus: production\ntype: Hunting\n\
         description: d\nsearch: '{search}'\ntests: []\n"
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("r.yml"), rule).unwrap();
    support::rules(&grotto_content::Content::load(&[folder.path().to_owned()]).0)
}

#[test]
fn samples_are_the_first_events_that_explain_would_mark() {
    let rows: Vec<Vec<(&str, &str)>> =
        (0..40).map(|n| vec![("a", if n % 4 == 1 { "whoami /all" } else { "ls" }), ("b", "x")]).collect();
    let rows: Vec<&[(&str, &str)]> = rows.iter().map(Vec::as_slice).collect();
    let parts: Vec<Part> = rows.chunks(3).flat_map(events).collect();
    let search = "a=*whoami* b=x | stats count";
    let (set, knowledge) = set_of(search);
    let limits = SampleLimits::default();
    let found = samples(&set, &[Look::anywhere(0)], &knowledge, &parts, limits);
    assert_eq!(found.of_rules.len(), 1);
    let of_rule = &found.of_rules[0].1;
    let marked = run(search, &parts).head.unwrap().matched;
    assert_eq!(of_rule.iter().map(|sample| sample.matched.clone()).collect::<Vec<_>>(), marked);
    assert_eq!(of_rule[0].fields["a"], "whoami /all");
    assert!(of_rule.iter().all(|sample| !sample.fields.contains_key("_raw")));
    // One event of each rule, and one rule in all.
    let few = SampleLimits { per_rule: 1, all: 1, ..limits };
    let one = samples(&set, &[Look::anywhere(0), Look::anywhere(0)], &knowledge, &parts, few);
    assert_eq!((one.of_rules.len(), one.of_rules[0].1.len()), (1, 1));
    // What the rule looked at when it fired counts: every fourth second has an event, and this window the second.
    let at = |n: i64| (1_700_000_000 + n) * 1_000_000_000;
    let window = Look { rule: 0, within: vec![(at(2), at(3)), (at(0), at(1))] };
    let inside = samples(&set, &[window], &knowledge, &parts, limits);
    let times: Vec<_> = inside.of_rules[0].1.iter().map(|sample| sample.fields["_time"].clone()).collect();
    let expected: Vec<_> = rows
        .chunks(3)
        .flat_map(|rows| rows.iter().enumerate())
        .filter(|(n, row)| *n != 1 && row[0].1 != "ls")
        .map(|(n, _)| 1_700_000_000 + n)
        .take(limits.per_rule)
        .collect();
    assert!(
        !times.is_empty() && times.iter().map(|time| time.as_f64().unwrap() as usize).eq(expected),
        "{times:?}"
    );
    let none = samples(&set, &[Look::anywhere(0)], &knowledge, &parts, SampleLimits { bytes: 0, ..limits });
    assert!(none.of_rules.is_empty() && none.cut);
}

#[test]
fn a_stream_has_no_samples() {
    let text = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>1</EventID></System></Event>\n";
    let input = grotto_events::Input::stream("<test>", std::io::Cursor::new(text));
    let parts = grotto_events::plan(&input).unwrap();
    let (set, knowledge) = set_of("EventCode=1 | stats count");
    let found = samples(&set, &[Look::anywhere(0)], &knowledge, &parts, SampleLimits::default());
    assert_eq!((found.of_rules.len(), found.unread), (0, 1));
    parts[0].keep().unwrap();
    assert_eq!(
        samples(&set, &[Look::anywhere(0)], &knowledge, &parts, SampleLimits::default()).of_rules.len(),
        1
    );
}
