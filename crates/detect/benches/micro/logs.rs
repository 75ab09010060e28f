//! What the benchmarks read: an ordinary day, always the same.

use grotto_events::{Batch, Input, Part, ReadOptions, plan};
use grotto_samples::Event;
use grotto_samples::stream::Stream;
use std::sync::LazyLock;

/// How many events.
pub(crate) const EVENTS: usize = 5_000;

static DAY: LazyLock<Vec<Event>> = LazyLock::new(|| Stream::new(1, 10).take(EVENTS).collect());

/// The day as an EVTX file.
pub(crate) fn evtx() -> Vec<u8> {
    grotto_samples::evtx::to_bytes(DAY.iter()).unwrap()
}

/// The day as text, an event a line.
pub(crate) fn xml() -> Vec<u8> {
    DAY.iter().map(|event| grotto_samples::xml::to_string(event) + "\n").collect::<String>().into_bytes()
}

pub(crate) fn parts(name: &str, bytes: &[u8]) -> Vec<Part> {
    plan(&Input::memory(name, bytes)).unwrap()
}

/// Reads parts and drops the batches; gives the number of events.
pub(crate) fn read(parts: &[Part], raw: bool) -> u64 {
    let options = ReadOptions { raw, ..ReadOptions::default() };
    parts.iter().map(|part| part.read(&options, &mut |batch| drop(divan::black_box(batch))).events).sum()
}

/// The batches of the day, with `_raw`.
pub(crate) fn batches() -> Vec<Batch> {
    let mut batches = Vec::new();
    let options = ReadOptions { raw: true, ..ReadOptions::default() };
    for part in parts("day.evtx", &evtx()) {
        part.read(&options, &mut |batch| batches.push(batch));
    }
    batches
}

/// The largest batch of an event code.
pub(crate) fn batch_of(code: &str) -> Batch {
    let is_code = |batch: &Batch| batch.column("EventCode").and_then(|c| c.as_constant()) == Some(code);
    batches().into_iter().filter(is_code).max_by_key(Batch::rows).unwrap()
}
