//! The event of a rule's own data that its page shows.

use crate::model::{SampleEvent, SampleField, Stretch};
use crate::report::marked;
use crate::report::text;
use grotto_detect::explain::{Mark, Sample};
use grotto_detect::row;
use grotto_detect::testing::{Outcome, Tested};

/// Fields without a mark that are shown.
const OTHERS: usize = 30;
/// Fields with a mark, and predicates of one field, that are shown.
const MARKED: usize = 20;
/// Characters of a value without a mark.
const SHORT: usize = 160;

/// The event of the first test that passed and has one.
pub(super) fn first(tested: &[&Tested]) -> Option<SampleEvent> {
    let mut passed = tested.iter().filter(|tested| tested.outcome == Outcome::Passed);
    let (test, sample) = passed.find_map(|tested| Some((&tested.name, tested.sample.as_ref()?)))?;
    Some(event(test, sample))
}

fn event(test: &str, sample: &Sample) -> SampleEvent {
    let matched = &sample.matched;
    let looked = looked_at(&matched.marks);
    let marked: Vec<SampleField> = looked.iter().take(MARKED).map(|marks| field(marks)).collect();
    // Of the text of the event only what matched is shown; its fields say the rest.
    let rest = sample.fields.iter().filter(|(name, value)| {
        !looked.iter().any(|marks| marks[0].field == **name && marks[0].value == row::text(value, "\n"))
    });
    let other = |(name, value): (&String, &serde_json::Value)| SampleField {
        name: text::line(name, 80),
        predicates: Vec::new(),
        value: vec![Stretch { text: text::line(&row::text(value, " "), SHORT), marked: false }],
    };
    let count = rest.clone().count();
    // The file lies where this machine has it, which is nobody else's concern.
    let file = matched.file.rsplit(['/', '\\']).next().unwrap_or_default();
    let identity = matched.event.iter().map(|(name, value)| match value.as_f64() {
        Some(seconds) if name == "_time" => {
            (name.clone(), text::time(Some(&grotto_detect::finding::rfc3339(seconds))))
        }
        _ => (text::line(name, 80), text::line(&row::text(value, ","), 160)),
    });
    SampleEvent {
        test: test.to_owned(),
        file: text::line(file, 160),
        identity: identity.collect(),
        fields: marked.into_iter().chain(rest.take(OTHERS).map(other)).collect(),
        more: (count.saturating_sub(OTHERS) + looked.len().saturating_sub(MARKED)) as u32,
    }
}

/// Marks of the same value of the same field together, in the order of the condition.
fn looked_at(marks: &[Mark]) -> Vec<Vec<&Mark>> {
    let mut out: Vec<Vec<&Mark>> = Vec::new();
    for mark in marks {
        let same = |other: &&mut Vec<&Mark>| other[0].field == mark.field && other[0].value == mark.value;
        match out.iter_mut().find(same) {
            Some(together) => together.push(mark),
            None => out.push(vec![mark]),
        }
    }
    out
}

/// A field with all that matched in it marked.
fn field(marks: &[&Mark]) -> SampleField {
    let first = marks[0];
    let ranges = marked::merged(marks.iter().flat_map(|mark| marked::ranges(mark)).collect());
    let stretch = |piece: marked::Piece| Stretch { text: piece.text, marked: piece.marked };
    SampleField {
        name: text::line(&first.field, 80),
        predicates: marks.iter().take(MARKED).map(|mark| text::line(&mark.predicate, 200)).collect(),
        value: marked::pieces(&first.value, &ranges).into_iter().map(stretch).collect(),
    }
}
