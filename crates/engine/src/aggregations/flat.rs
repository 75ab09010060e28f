//! States that are a number, of many groups.

/// For each group a number; `NONE` stands for none.
pub(super) struct Flat<const NONE: i64>(Vec<i64>);

impl<const NONE: i64> Default for Flat<NONE> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<const NONE: i64> Flat<NONE> {
    /// The number of a group.
    pub(super) fn get(&self, group: usize) -> Option<i64> {
        self.0.get(group).copied().filter(|number| *number != NONE)
    }

    /// Makes the number of a group what `of` makes of it, `NONE` where there is none.
    pub(super) fn change(&mut self, group: usize, of: impl FnOnce(i64) -> i64) {
        if group >= self.0.len() {
            self.0.resize(group + 1, NONE);
        }
        if let Some(mine) = self.0.get_mut(group) {
            *mine = of(*mine);
        }
    }

    /// The number of a group, which is forgotten.
    pub(super) fn take(&mut self, group: usize) -> Option<i64> {
        let number = std::mem::replace(self.0.get_mut(group)?, NONE);
        (number != NONE).then_some(number)
    }

    /// All of them by group, which are forgotten.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = (usize, i64)> {
        std::mem::take(&mut self.0).into_iter().enumerate().filter(|(_, number)| *number != NONE)
    }

    /// Bytes that they take.
    pub(super) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<i64>()
    }

    /// Appends the numbers of groups.
    pub(super) fn save(&self, groups: &[u32], out: &mut Vec<u8>) {
        let number = |group: &u32| self.get(*group as usize).unwrap_or(NONE).to_le_bytes();
        out.extend(groups.iter().flat_map(number));
    }

    /// What [`save`](Self::save) gave, by group; `None` when these are no such bytes.
    pub(super) fn saved(groups: &[u32], saved: &[u8]) -> Option<impl Iterator<Item = (usize, i64)>> {
        let (numbers, rest) = saved.as_chunks::<8>();
        let fits = numbers.len() == groups.len() && rest.is_empty();
        let numbers = numbers.iter().map(|bytes| i64::from_le_bytes(*bytes));
        let all = groups.iter().map(|group| *group as usize).zip(numbers);
        fits.then(|| all.filter(|(_, number)| *number != NONE))
    }
}
