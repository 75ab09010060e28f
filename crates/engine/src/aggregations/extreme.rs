//! The smallest or the largest of some values: what `min` and `max` keep. Of times, which rules ask for most, the states of
//! many groups are nothing but the times.

use super::flat::Flat;
use super::many::Many;
use super::{Keeps, Merge, Moment, State, States};
use crate::Value;
use crate::pipeline::{columns, compare, compare_cell};
use grotto_events::{Cell, Column};
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::cmp::Ordering;

/// The smallest value, or the largest.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Extreme<const LARGEST: bool>(Option<Value>);

impl<const LARGEST: bool> Extreme<LARGEST> {
    /// Whether a value that compares so with the one that is kept takes its place.
    fn is_better(order: Ordering) -> bool {
        if LARGEST { order.is_gt() } else { order.is_lt() }
    }

    fn of(time: i64) -> Self {
        Self(Some(Value::Time(time)))
    }
}

impl<const LARGEST: bool> Merge for Extreme<LARGEST> {
    const KEEPS: Keeps = Keeps::Known;

    fn accumulate(&mut self, cell: Cell<'_>, _: Moment) {
        columns::each(cell, |cell| {
            if self.0.as_ref().is_none_or(|best| Self::is_better(compare_cell(cell, best))) {
                self.0 = Some(cell.into());
            }
        });
    }

    fn merge(&mut self, other: Self) {
        if let Some(theirs) = other.0
            && self.0.as_ref().is_none_or(|mine| Self::is_better(compare(&theirs, mine)))
        {
            self.0 = Some(theirs);
        }
    }

    fn value(&self) -> Value {
        self.0.clone().unwrap_or_default()
    }

    fn size(&self) -> usize {
        self.0.as_ref().map_or(0, Value::kept)
    }

    fn many(self) -> Box<dyn States> {
        Box::new(Extremes::<LARGEST> { times: Flat::default(), any: None })
    }
}

/// Stands for no time; a time that is this is kept as any other value is.
const NONE: i64 = i64::MIN;

/// The states of groups.
struct Extremes<const LARGEST: bool> {
    /// The time of each group in nanoseconds, while there are only times.
    times: Flat<NONE>,
    /// The states, once there was another value.
    any: Option<Many<Extreme<LARGEST>>>,
}

impl<const LARGEST: bool> Extremes<LARGEST> {
    /// The states for any values, which take in what there is of times.
    fn any(&mut self) -> &mut Many<Extreme<LARGEST>> {
        let many = self.any.get_or_insert_with(|| Many::new(Extreme::<LARGEST>::KEEPS, Extreme::default));
        for (group, time) in self.times.drain() {
            many.put(group, Extreme::of(time));
        }
        many
    }

    fn see(&mut self, group: usize, time: i64) {
        match &mut self.any {
            Some(many) => many.put(group, Extreme::of(time)),
            None => self.times.change(group, |mine| {
                let better = mine == NONE || Extreme::<LARGEST>::is_better(time.cmp(&mine));
                if better { time } else { mine }
            }),
        }
    }
}

impl<const LARGEST: bool> States for Extremes<LARGEST> {
    fn accumulate(&mut self, group: usize, cell: Cell<'_>, at: Moment) {
        match cell {
            Cell::Time(time) if time != NONE => self.see(group, time),
            cell => self.any().accumulate(group, cell, at),
        }
    }

    fn merge(&mut self, group: usize, others: &mut dyn States, theirs: usize) {
        let Some(others) = others.as_any().downcast_mut::<Self>() else { return };
        if let Some(many) = &mut others.any {
            self.any().merge(group, many, theirs);
        } else if let Some(time) = others.times.take(theirs) {
            self.see(group, time);
        }
    }

    fn value(&self, group: usize) -> Option<Value> {
        match &self.any {
            Some(many) => many.value(group),
            None => self.times.get(group).map(Value::Time),
        }
    }

    fn column(&self, groups: &[u32]) -> Option<Column> {
        if let Some(many) = &self.any {
            return many.column(groups);
        }
        let times: Vec<Option<i64>> = groups.iter().map(|group| self.times.get(*group as usize)).collect();
        // Without any value it is no column of times.
        times.iter().any(Option::is_some).then(|| Column::Time(times.into()))
    }

    fn settle(&mut self, times: Option<(i64, i64)>) {
        if let Some(many) = &mut self.any {
            many.settle(times);
        }
    }

    fn size(&self) -> usize {
        self.times.bytes() + self.any.as_ref().map_or(0, States::size)
    }

    fn known(&self) -> usize {
        self.times.bytes() + self.any.as_ref().map_or(0, States::known)
    }

    fn knows_all(&self) -> bool {
        self.any.as_ref().is_none_or(States::knows_all)
    }

    fn save(&self, groups: &[u32], out: &mut Vec<u8>) {
        out.push(u8::from(self.any.is_some()));
        match &self.any {
            Some(many) => many.save(groups, out),
            None => self.times.save(groups, out),
        }
    }

    fn load(&mut self, groups: &[u32], saved: &[u8]) -> bool {
        match saved.split_first() {
            Some((1, saved)) => self.any().load(groups, saved),
            Some((0, saved)) => {
                let Some(times) = Flat::<NONE>::saved(groups, saved) else { return false };
                times.for_each(|(group, time)| self.see(group, time));
                true
            }
            _ => false,
        }
    }

    fn take(&mut self, group: usize) -> Option<Box<dyn State>> {
        match &mut self.any {
            Some(many) => many.take(group),
            None => Some(Box::new(Extreme::<LARGEST>::of(self.times.take(group)?))),
        }
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}
