//! From bytes to batches.

use crate::logs;
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

fn read(bencher: Bencher<'_, '_>, name: &str, bytes: &[u8], raw: bool) {
    let parts = logs::parts(name, bytes);
    bencher
        .counter(ItemsCount::new(logs::EVENTS))
        .counter(BytesCount::new(bytes.len()))
        .bench_local(|| logs::read(&parts, raw));
}

#[divan::bench(args = [false, true])]
fn evtx_with_raw(bencher: Bencher<'_, '_>, raw: bool) {
    read(bencher, "day.evtx", &logs::evtx(), raw);
}

#[divan::bench]
fn xml_text(bencher: Bencher<'_, '_>) {
    read(bencher, "day.xml", &logs::xml(), false);
}
