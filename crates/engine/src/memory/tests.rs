use super::*;
use crate::pipeline::concat;
use proptest::prelude::*;

fn numbers(batch: &Batch) -> Vec<i64> {
    (0..batch.rows())
        .map(
            |row| if let grotto_events::Cell::Int(n) = batch.cell("n", row) { n } else { panic!("a number") },
        )
        .collect()
}

fn batch(numbers: &[i64], extra: &str) -> Batch {
    let mut batch = Batch::new(numbers.len());
    batch.set("n", Column::Int(numbers.to_vec().into()));
    batch.set(extra, Column::text(numbers.iter().map(|n| Some(format!("the number {n} in many letters")))));
    batch
}

#[test]
fn chunks_are_one_batch_in_parts() {
    let memory = Memory::tiny(64 << 10, 64 << 9, 4 << 10);
    let mut typed = Batch::new(2);
    typed.set("x", Column::Int(vec![1, 2].into()));
    typed.set("f", Column::Int(vec![1, 2].into()));
    let mut text = Batch::new(1);
    text.set("x", Column::text([Some("one")]));
    text.set("f", Column::Float(vec![0.5].into()));
    text.set("declared", Column::null(1));
    let batches = [batch(&(0..3000).collect::<Vec<_>>(), "a"), typed, text, batch(&[7], "b")];
    let mut writer = Writer::new(&memory);
    for batch in &batches {
        writer.push(batch).unwrap();
    }
    let chunks = writer.finish().unwrap();
    assert!(chunks.pieces.len() > 10, "{} chunks", chunks.pieces.len());
    let whole = concat(&batches);
    assert_eq!(chunks.rows(), whole.rows());
    let read: Vec<Batch> = chunks.iter().collect::<Result<_, _>>().unwrap();
    assert_eq!(concat(&read), whole);
    let mut row = 0;
    for chunk in &read {
        assert_eq!(*chunk, whole.slice(row, chunk.rows()), "at row {row}");
        row += chunk.rows();
    }
    assert_eq!(Rows::Disk(chunks).whole("it").unwrap_err().slug, "engine/memory");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn merged_runs_are_sorted(runs in prop::collection::vec(prop::collection::vec(0..500_i64, 0..200), 0..40)) {
        let memory = Memory::tiny(256 << 10, 256 << 9, 4 << 10);
        let mut expected = Vec::new();
        let mut written = Vec::new();
        for (number, mut run) in runs.into_iter().enumerate() {
            run.sort_unstable();
            let mut writer = Writer::new(&memory);
            writer.push(&batch(&run, if number % 3 == 0 { "a" } else { "b" })).unwrap();
            written.push(writer.finish().unwrap());
            expected.extend(run);
        }
        expected.sort_unstable();
        let merged = merge(written, &memory, &numbers).unwrap();
        let read: Vec<i64> = merged.iter().flat_map(|chunk| numbers(&chunk.unwrap())).collect();
        prop_assert_eq!(read, expected);
    }
}

#[derive(Debug)]
struct Fake {
    memory: Memory,
    bytes: AtomicUsize,
    lets_go: bool,
    given_up: AtomicUsize,
}

impl Holder for Fake {
    fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }

    fn weigh(&self) {}

    fn let_go(&self, last_resort: bool) {
        if self.lets_go || last_resort {
            self.memory.account(self.bytes.swap(0, Relaxed), 0);
            self.given_up.fetch_add(usize::from(last_resort), Relaxed);
        }
    }
}

fn fake(memory: &Memory, bytes: usize, lets_go: bool) -> Arc<Fake> {
    let fake = Arc::new(Fake {
        memory: memory.clone(),
        bytes: AtomicUsize::new(bytes),
        lets_go,
        given_up: AtomicUsize::new(0),
    });
    let holder: Arc<dyn Holder> = Arc::<Fake>::clone(&fake);
    memory.know(Arc::downgrade(&holder));
    memory.account(0, bytes);
    fake
}

#[test]
fn the_largest_let_go_first() {
    let memory = Memory::tiny(100 << 10, 100 << 9, 4 << 10);
    let small = fake(&memory, 10 << 10, true);
    let large = fake(&memory, 80 << 10, true);
    memory.relieve();
    assert_eq!(large.bytes() + small.bytes(), 90 << 10, "there is room");
    memory.account(0, 20 << 10);
    memory.relieve();
    assert_eq!((large.bytes(), small.bytes()), (0, 10 << 10));
}

#[test]
fn who_can_not_let_go_gives_up_only_when_nothing_else_helps() {
    let memory = Memory::tiny(100 << 10, 100 << 9, 4 << 10);
    let stubborn = fake(&memory, 90 << 10, false);
    let other = fake(&memory, 50 << 10, true);
    memory.relieve();
    assert_eq!((stubborn.bytes(), other.bytes()), (90 << 10, 0));
    let more = fake(&memory, 30 << 10, false);
    memory.relieve();
    assert_eq!((stubborn.bytes(), more.bytes(), stubborn.given_up.load(Relaxed)), (0, 30 << 10, 1));
}

#[test]
fn nobody_gives_up_while_the_budget_has_room() {
    let memory = Memory::roomy(1 << 20, 100 << 10);
    let stubborn = fake(&memory, 500 << 10, false);
    let other = fake(&memory, 50 << 10, true);
    memory.relieve();
    assert_eq!((stubborn.bytes(), other.bytes()), (500 << 10, 0), "who can lets go");
    let more = fake(&memory, 20 << 10, true);
    memory.relieve();
    assert_eq!(more.bytes(), 20 << 10, "it is not asked again for so little");
    let most = fake(&memory, 600 << 10, false);
    memory.relieve();
    assert_eq!((stubborn.bytes(), most.bytes(), most.given_up.load(Relaxed)), (500 << 10, 0, 1));
}
