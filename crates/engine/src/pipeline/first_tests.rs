//! Groups that nobody looks at are not kept, and the results are the same.

use super::testing::{batch, plan_with_memory, result, rows};
use super::{Answers, Step};
use crate::memory::Memory;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_first_groups_are_the_same(
        times in prop::collection::vec((0..40_i64, 0..3, prop::bool::weighted(0.1)), 0..80),
        aggregate in prop::sample::select(vec![
            "stats count values(c) as v by _time c",
            "stats count dc(c) as v by _time",
            "bin _time span=5s | stats count list(c) as v by _time c",
            "stats count by c _time",
            "stats sparkline(count) as v by _time",
            "eval t=_time | stats count by t",
            "eval _time=if(c=1, c, _time) | stats count by _time",
        ]),
        between in prop::sample::select(vec![
            "", "| rename v as w", "| eval w=count*2 | fields - count | table _time w", "| where count > 1",
            "| fillnull value=0 v | convert ctime(_time)", "| sort - count",
        ]),
        first in 0..6,
    ) {
        let row = |(time, c, none): (i64, i32, bool)| {
            if none { json!({ "c": c }) } else { json!({ "_time": time, "c": c }) }
        };
        let json = Json::Array(times.into_iter().map(row).collect()).to_string();
        result(&format!("* | {aggregate} {between} | head {first}"), &json);
        result(&format!("n=1 | append maxout={first} [search * | {aggregate} {between}]"), &json);
    }
}

#[test]
fn few_groups_are_held_whatever_comes() {
    const SPL: &str = "* | stats count values(t) as t by _time k | rename t as text | head 100";
    // Later groups come, earlier ones, both; both with nothing in memory for long.
    for (step, limit) in [(1, 1 << 30), (-1, 1 << 30), (7919, 1 << 30), (7919, 0)] {
        let memories = [Memory::tiny(limit, 1 << 30, 300), Memory::tiny(1 << 30, 1 << 30, 300)];
        let [few, all] = memories.each_ref().map(|memory| plan_with_memory(SPL, memory).unwrap());
        let mut runs = [few.start_sieved(), all.start()];
        let mut most = [0, 0];
        for from in (0..20_000_i64).step_by(500) {
            let time = |n: i64| (n * step).rem_euclid(20_000);
            let row = |n: i64| json!({ "_time": time(n), "k": n % 3, "t": format!("text {n}") });
            let rows = batch(&Json::Array((from..from + 500).map(row).collect()).to_string());
            for run in &mut runs {
                run.push(&rows);
            }
            most = [most[0].max(memories[0].used()), most[1].max(memories[1].used())];
        }
        assert!(most[0] < 200 << 10 && most[1] > 1 << 20, "{step}: {most:?}");
        let [few, all] = runs.map(|run| match run.close().go_on(&Answers::default()) {
            Step::Done(answer) => rows(&answer.whole().unwrap()),
            Step::Waits(..) => panic!("it waits for nothing"),
        });
        assert_eq!((few.len(), few), (100, all), "{step}");
    }
}
