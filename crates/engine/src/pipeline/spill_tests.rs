//! Searches give the same with too little memory.

use super::testing::{batch, plan_with, rows, run_split, run_split_in};
use super::tests::{STAGES, row};
use super::{Answers, Limits, Run, Step};
use crate::memory::Memory;
use crate::plan::Plan;
use grotto_events::{Batch, Cell, Column};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::mem::{Discriminant, discriminant};
use std::sync::Arc;

/// More stages, which work on disk in their own way.
const MORE: [&str; 42] = [
    "sort 0 a -c",
    "sort 0 -num(b) str(c)",
    "dedup c sortby -b",
    "dedup a consecutive=t",
    "dedup b keepevents=t",
    "fillnull value=7 *",
    "stats count sum(a) as a avg(b) as b by c m",
    "stats values(*) as * by a",
    "stats mode(a) as a median(b) as b perc90(a) as p range(b) as r stdev(a) as s by c",
    "stats latest(c) as c earliest(a) as a list(m) as m rate(a) as b sumsq(b) as d",
    "stats sparkline(count) as c estdc(a) as a var(b) as b by m",
    "stats allnum=t sum(c) as c min(m) as m by b",
    "stats count earliest_time(a) as a latest_time(b) as b by _time",
    "eventstats values(c) as d by a b",
    "streamstats first(a) as d last(c) as m",
    "streamstats window=2 sum(a) as d by c",
    "chart count sum(a) as a by c m",
    "timechart span=1s count by c",
    "rare c by b",
    "transaction c maxspan=2s",
    "accum a as d",
    "autoregress a as d",
    "reverse",
    "join [search * | stats max(b) as b by a]",
    "join type=left max=0 [search * | fields a c]",
    "join type=outer max=2 usetime=t [search * | table _time c d]",
    "appendpipe [stats count by c]",
    "appendpipe [where a>1 | eval d=a]",
    "appendpipe [sort 0 b | streamstats count as d | reverse]",
    "foreach a b [eval <<FIELD>>='<<FIELD>>'+1]",
    "foreach * [eval d=coalesce(d, '<<FIELD>>')]",
    "foreach mode=multivalue m [eval d=coalesce(d, \"\").<<ITEM>>]",
    "fieldsummary",
    "fieldsummary maxvals=2 a c",
    "streamstats window=2 global=f current=f avg(b) as d by c",
    "streamstats time_window=2s count as d by c",
    "streamstats time_window=3s current=f sum(a) as d values(c) as m",
    "streamstats window=3 reset_on_change=t reset_after=(d>3) sum(a) as d by c",
    "transaction a c keepevicted=t keeporphans=t",
    "transaction c startswith=(a=1) endswith=(a=2) keeporphans=t",
    "transaction maxpause=1s mvlist=t maxevents=3",
    "transaction a c unifyends=t maxopentxn=2 mvlist=b keepevicted=t keeporphans=t",
];

/// Memory of which searches get none, so that every batch goes to disk.
fn none() -> Memory {
    Memory::tiny(0, 1 << 30, 300)
}

/// Columns with their types, unless they are empty, and rows.
type Shape = (Vec<(String, Option<Discriminant<Column>>)>, Vec<super::testing::Row>);

fn shape(batch: &Batch) -> Shape {
    // A column of lists that have one value each is read as text is.
    let text = discriminant(&Column::null(0));
    let single = |column: &Column| {
        matches!(column, Column::List(_))
            && (0..column.len())
                .all(|row| !matches!(column.cell(row), Cell::List(_, from, to) if to - from > 1))
    };
    let kind = |column: &Column| {
        (!column.all_null()).then(|| if single(column) { text } else { discriminant(column) })
    };
    (batch.columns().map(|(name, column)| (name.to_string(), kind(column))).collect(), rows(batch))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_search_depends_on_what_is_on_disk(
        rows in prop::collection::vec(row(), 0..40),
        stages in prop::collection::vec(prop::sample::select([&STAGES[..], &MORE[..]].concat()), 1..5),
    ) {
        let spl = format!("* | {}", stages.join(" | "));
        let json = Json::Array(rows).to_string();
        match (run_split(&spl, &json), run_split_in(&spl, &json, &none())) {
            (Ok(expected), Ok((spilled, _))) => {
                prop_assert_eq!(shape(&spilled), shape(&expected), "{}", &spl);
            }
            (Err(expected), Err(spilled)) => prop_assert_eq!(spilled.slug, expected.slug),
            (expected, spilled) => prop_assert!(false, "{spl}: {expected:?} became {spilled:?}"),
        }
    }
}

#[test]
fn without_memory_every_row_goes_through_the_disk() {
    let (found, written) =
        run_split_in("* | sort 0 n", r#"[{"n": 2}, {"n": 1}, {"n": 3}]"#, &none()).unwrap();
    assert_eq!(rows(&found).len(), 3);
    assert!(written > 0);
}

/// Gives a search many events in several runs.
fn many(plan: &Plan, events: usize) -> Run {
    let mut runs: Vec<Run> = (0..3).map(|_| plan.start()).collect();
    for from in (0..events).step_by(500) {
        let row = |n: usize| {
            let text = format!("{:>10} a command line of some length, as events have it", n * 7919 % 100_003);
            json!({ "_time": n / 3, "n": n, "k": n % 50, "t": text })
        };
        let json = Json::Array((from..from + 500).map(row).collect());
        runs[from / 500 % 3].push(&batch(&json.to_string()));
    }
    let mut whole = runs.remove(0);
    for run in runs {
        whole.merge(run);
    }
    whole
}

/// A plan with this memory.
fn plan_in(spl: &str, memory: &Memory) -> Plan {
    let context = crate::Context { memory: memory.clone(), ..super::testing::context() };
    Plan::compile(&grotto_spl::parse(spl).unwrap(), &context).unwrap()
}

#[test]
fn a_search_that_keeps_everything_takes_no_more_than_the_budget_and_no_others_rows() {
    let memory = Memory::new(2 << 20);
    let greedy = [
        plan_in("* | table *", &memory),
        plan_in("* | sort 0 t", &memory),
        plan_in("* | stats count by t", &memory),
    ];
    let modest = "* | stats count dc(t) as texts max(n) as last by k | sort 0 k | where k<3";
    let modest_plan = plan_in(modest, &memory);
    let runs: Vec<Run> = greedy.iter().map(|plan| many(plan, 30_000)).collect();
    let run = many(&modest_plan, 3000);
    assert!(memory.used() <= memory.limit() * 5 / 4, "{} of {}", memory.used(), memory.limit());
    assert!(greedy.iter().all(|plan| plan.spilled() > 1 << 20), "each has written");
    assert_eq!(
        rows(&run.finish().unwrap()),
        rows(&many(&plan_with(modest, Limits::default()).unwrap(), 3000).finish().unwrap())
    );
    for run in runs {
        assert_eq!(run.finish().unwrap_err().slug, "engine/memory", "a result of that size is refused");
    }
    assert_eq!(memory.used(), 0, "all is given back");
}

#[test]
fn what_holders_write_early_may_be_in_memory_in_the_end() {
    let memory = Memory::roomy(64 << 20, 256 << 10);
    for spl in [
        "* | table n t",
        "* | sort 0 t",
        "* | stats count values(n) as n by t",
        "* | stats count by t n | rename t as x | eval y=len(x) | where count=1 | reverse",
        "* | stats count by t | where count>100 | eval y=count+1",
        "* | eval c=t | stats count by c t | append [search * | stats count by k t]",
    ] {
        let plan = plan_in(spl, &memory);
        let all = plan_with(spl, Limits::default()).unwrap();
        let answers = |plan: &Plan| -> Answers {
            let mut answers = Answers::default();
            for inner in plan.subsearches() {
                match many(&inner, 20_000).close().go_on(&Answers::default()) {
                    Step::Done(answer) => answers.insert(Arc::clone(inner.key()), answer),
                    Step::Waits(..) => panic!("{spl}"),
                }
            }
            answers
        };
        let result = |plan: &Plan| match many(plan, 20_000).close().go_on(&answers(plan)) {
            Step::Done(answer) => answer.whole().unwrap_or_else(|e| panic!("{spl}: {e}")),
            Step::Waits(..) => panic!("{spl}"),
        };
        let found = result(&plan);
        assert!(plan.spilled() > 512 << 10, "{spl}");
        assert_eq!(shape(&found), shape(&result(&all)), "{spl}");
        assert_eq!(memory.used(), 0, "{spl}");
    }
}

#[test]
fn what_is_small_in_the_end_comes_out_of_much_that_was_on_disk() {
    let memory = Memory::new(1 << 20);
    for spl in [
        "* | sort 0 t | streamstats count as at | where at%5000=0 | table at t",
        "* | stats count by t | where count>1 | stats count",
        "* | stats count by n t | sort 0 -t | dedup n | head 3",
        "* | eventstats count by k | dedup k | table k count t",
        "* | dedup t | tail 2 | table t",
        "* | sort 20 -n | table n",
    ] {
        let plan = plan_in(spl, &memory);
        let found = many(&plan, 20_000).finish().unwrap_or_else(|e| panic!("{spl}: {e}"));
        assert!(plan.spilled() > 0 || spl.contains("sort 20"), "{spl}");
        let all = plan_with(spl, Limits::default()).unwrap();
        assert_eq!(shape(&found), shape(&many(&all, 20_000).finish().unwrap()), "{spl}");
        assert_eq!(all.spilled(), 0);
    }
}

#[test]
fn commands_that_look_at_all_rows_do_so_chunk_by_chunk() {
    let memory = Memory::tiny(256 << 10, 128 << 10, 8 << 10);
    for spl in [
        "* | reverse | head 3 | table n t",
        "* | appendpipe [stats count by k] | stats count sum(count) as c max(t) as d",
        "* | appendpipe [eval t=\"x\".t | sort 0 t] | stats count max(t) as d",
        "* | foreach n k [eval <<FIELD>>='<<FIELD>>'*2] | stats sum(n) as n max(k) as k",
        "* | fieldsummary t n | table field count distinct_count mean stdev min max",
        "* | streamstats window=100 avg(n) as a by k | stats sum(a) as a max(t) as d",
        "* | streamstats time_window=20s dc(t) as c by k | stats max(c) as c min(c) as d max(t) as t",
        "* | eval k=n | streamstats time_window=20s count as c by k | stats sum(c) as c max(t) as t",
        "* | transaction k maxevents=5 mvlist=t | stats count sum(duration) as d max(eventcount) as m max(t) as t",
        "* | transaction n maxspan=10s | stats count sum(eventcount) as m max(t) as t",
        "* | sort 0 t | transaction k maxspan=1h | stats count sum(eventcount) as m max(t) as t",
    ] {
        let plan = plan_in(spl, &memory);
        let found = many(&plan, 5000).finish().unwrap_or_else(|e| panic!("{spl}: {e}"));
        assert!(plan.spilled() > 128 << 10, "{spl}");
        let all = plan_with(spl, Limits::default()).unwrap();
        assert_eq!(shape(&found), shape(&many(&all, 5000).finish().unwrap()), "{spl}");
    }
}

#[test]
fn windows_and_open_transactions_that_do_not_fit_are_an_error_of_their_search() {
    let memory = Memory::tiny(64 << 10, 32 << 10, 4 << 10);
    for (spl, what) in [
        ("* | streamstats window=10000 last(t) as l | stats count", "what the windows of streamstats hold"),
        (
            "* | streamstats time_window=1d last(t) as l by k | stats count",
            "what the windows of streamstats hold",
        ),
        ("* | transaction t n | stats count", "what open transactions have to remember"),
        ("* | transaction maxevents=10000 mvlist=t | stats count by t", "a single transaction"),
    ] {
        let problem = many(&plan_in(spl, &memory), 2000).finish().unwrap_err();
        assert_eq!(problem.slug, "engine/memory");
        assert!(problem.message.starts_with(what), "{spl}: {problem}");
    }
    assert_eq!(memory.used(), 0);
}

#[test]
fn a_single_group_that_does_not_fit_is_an_error_of_its_search() {
    let memory = Memory::new(1 << 20);
    let plan = plan_in("* | stats values(t) as t", &memory);
    let other = plan_in("* | stats count", &memory);
    let (run, counted) = (many(&plan, 30_000), many(&other, 3000));
    assert_eq!(run.finish().unwrap_err().slug, "engine/memory");
    assert_eq!(rows(&counted.finish().unwrap())[0][0].1, ["3000"]);
}
