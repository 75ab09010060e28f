//! Each kind of thing that a head looks for, over the batch of one event type.

use crate::logs;
use divan::Bencher;
use divan::counter::ItemsCount;
use grotto_engine::Context;
use grotto_engine::plan::Plan;

/// Heads over process creations of Sysmon, by kind.
const HEADS: [(&str, &str); 14] = [
    ("equal", "IntegrityLevel=System"),
    ("equal-list", "Image IN (\"C:\\\\a.exe\", \"C:\\\\b.exe\", \"C:\\\\c.exe\", \"C:\\\\d.exe\")"),
    ("not-equal", "User!=root"),
    ("prefix", "CommandLine=\"C:\\\\Windows\\\\*\""),
    ("suffix", "Image=\"*\\\\rundll32.exe\""),
    ("substring", "CommandLine=\"*-encodedcommand*\""),
    ("pieces", "CommandLine=\"*http*download*.exe*\""),
    ("number", "ProcessId>4000"),
    ("exists", "ParentImage=*"),
    ("cidr", "ProcessId=10.0.0.0/8"),
    ("words", "\"invoke-mimikatz\""),
    ("term", "TERM(mimikatz)"),
    ("and", "Image=\"*\\\\cmd.exe\" CommandLine=\"*whoami*\""),
    ("or-not", "(Image=\"*\\\\cmd.exe\" OR Image=\"*\\\\powershell.exe\") NOT User=\"*SYSTEM\""),
];

#[divan::bench(args = HEADS.map(|(name, _)| name))]
fn head(bencher: Bencher<'_, '_>, name: &str) {
    let (_, search) = HEADS.into_iter().find(|(other, _)| *other == name).unwrap();
    let plan = Plan::compile(&grotto_spl::parse(search).unwrap(), &Context::default()).unwrap();
    let batch = logs::batch_of("1");
    let formula = plan.head().formula().unwrap();
    bencher.counter(ItemsCount::new(batch.rows())).bench_local(|| formula.mask(divan::black_box(&batch)));
}
