//! Commands over rows: from the batches of a day to a table.

use crate::logs;
use divan::Bencher;
use divan::counter::ItemsCount;
use grotto_engine::Context;
use grotto_engine::plan::Plan;

/// Searches that take every event.
const SEARCHES: [&str; 14] = [
    "* | stats count",
    "* | stats count by EventCode",
    "* | stats count by host, EventCode, user",
    "* | stats dc(Image) values(Image) by host",
    "* | stats avg(ProcessId) stdev(ProcessId) p95(ProcessId) by EventCode",
    "* | stats earliest(_time) latest(_time) first(Image) by host",
    "* | eventstats count by host | where count > 10",
    "* | streamstats count by host",
    "* | timechart span=1m count by EventCode",
    "* | dedup host, EventCode",
    "* | sort 100 - ProcessId",
    "* | top 10 Image",
    "* | eval n=len(CommandLine) | where n > 100 | table _time host n",
    "* | rex field=Image \"(?<name>[^\\\\\\\\]+)$\" | stats count by name",
];

#[divan::bench(args = SEARCHES)]
fn search(bencher: Bencher<'_, '_>, search: &str) {
    let plan = Plan::compile(&grotto_spl::parse(search).unwrap(), &Context::default()).unwrap();
    let batches = logs::batches();
    bencher.counter(ItemsCount::new(logs::EVENTS)).bench_local(|| {
        let mut run = plan.start();
        for batch in &batches {
            run.push(batch);
        }
        run.finish().unwrap().rows()
    });
}
