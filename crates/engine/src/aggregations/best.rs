//! States of aggregations that keep one of the values, of many groups: of times, which rules ask for most, nothing but the
//! times.

use super::many::Many;
use super::{Merge, Moment, State, States};
use crate::Value;
use grotto_events::{Cell, Column};
use std::any::Any;

/// Stands for no time; a time that is this is kept as any other value is.
const NONE: i64 = i64::MIN;

/// A state that keeps one of the values.
pub(super) trait OfTimes: Merge {
    /// One that has seen nothing.
    fn nothing() -> Self;
    /// One that has seen this time, in nanoseconds.
    fn of(time: i64) -> Self;
    /// Which of two times it keeps.
    fn better(a: i64, b: i64) -> i64;
}

/// The states of groups.
pub(super) struct Best<T> {
    /// The time of each group, while there are only times.
    times: Vec<i64>,
    /// The states, once there was another value.
    any: Option<Many<T>>,
}

impl<T: OfTimes> Best<T> {
    /// Of no groups.
    pub(super) fn start() -> Box<dyn States> {
        Box::new(Self { times: Vec::new(), any: None })
    }

    /// The states for any values, which take in what there is of times.
    fn any(&mut self) -> &mut Many<T> {
        let many = self.any.get_or_insert_with(|| Many::new(T::KEEPS, T::nothing));
        for (group, time) in std::mem::take(&mut self.times).into_iter().enumerate() {
            if time != NONE {
                many.put(group, T::of(time));
            }
        }
        many
    }

    fn see(&mut self, group: usize, time: i64) {
        if let Some(many) = &mut self.any {
            return many.put(group, T::of(time));
        }
        if group >= self.times.len() {
            self.times.resize(group + 1, NONE);
        }
        if let Some(mine) = self.times.get_mut(group) {
            *mine = if *mine == NONE { time } else { T::better(*mine, time) };
        }
    }

    /// The time of a group, if it has one and there are only times.
    fn time(&self, group: usize) -> Option<i64> {
        self.times.get(group).copied().filter(|time| *time != NONE)
    }

    /// That, which is forgotten.
    fn take_time(&mut self, group: usize) -> Option<i64> {
        let time = std::mem::replace(self.times.get_mut(group)?, NONE);
        (time != NONE).then_some(time)
    }
}

impl<T: OfTimes> States for Best<T> {
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
        } else if let Some(time) = others.take_time(theirs) {
            self.see(group, time);
        }
    }

    fn value(&self, group: usize) -> Option<Value> {
        match &self.any {
            Some(many) => many.value(group),
            None => self.time(group).map(Value::Time),
        }
    }

    fn column(&self, groups: &[u32]) -> Option<Column> {
        if let Some(many) = &self.any {
            return many.column(groups);
        }
        let times: Vec<Option<i64>> = groups.iter().map(|group| self.time(*group as usize)).collect();
        // Without any value it is no column of times.
        times.iter().any(Option::is_some).then(|| Column::Time(times.into()))
    }

    fn settle(&mut self, times: Option<(i64, i64)>) {
        if let Some(many) = &mut self.any {
            many.settle(times);
        }
    }

    fn size(&self) -> usize {
        self.times.capacity() * size_of::<i64>() + self.any.as_ref().map_or(0, States::size)
    }

    fn known(&self) -> usize {
        self.times.capacity() * size_of::<i64>() + self.any.as_ref().map_or(0, States::known)
    }

    fn knows_all(&self) -> bool {
        self.any.as_ref().is_none_or(States::knows_all)
    }

    fn save(&self, groups: &[u32], out: &mut Vec<u8>) {
        out.push(u8::from(self.any.is_some()));
        if let Some(many) = &self.any {
            return many.save(groups, out);
        }
        let time = |group: &u32| self.time(*group as usize).unwrap_or(NONE).to_le_bytes();
        out.extend(groups.iter().flat_map(time));
    }

    fn load(&mut self, groups: &[u32], saved: &[u8]) -> bool {
        match saved.split_first() {
            Some((1, saved)) => self.any().load(groups, saved),
            Some((0, saved)) => {
                let (times, rest) = saved.as_chunks::<8>();
                if times.len() != groups.len() || !rest.is_empty() {
                    return false;
                }
                for (group, time) in groups.iter().zip(times) {
                    let time = i64::from_le_bytes(*time);
                    if time != NONE {
                        self.see(*group as usize, time);
                    }
                }
                true
            }
            _ => false,
        }
    }

    fn take(&mut self, group: usize) -> Option<Box<dyn State>> {
        match &mut self.any {
            Some(many) => many.take(group),
            None => Some(Box::new(T::of(self.take_time(group)?))),
        }
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}
