//! The generator's own random numbers, so that a seed gives the same logs on every machine and with every release.
//!
//! xoshiro256++ seeded through SplitMix64, after David Blackman and Sebastiano Vigna,
//! <https://prng.di.unimi.it/>. Good enough to look like a computer at work, not good enough for secrets.

/// A stream of random numbers that depends on nothing but its seed.
#[derive(Debug, Clone)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Self {
        let mut mix = seed;
        Self { state: std::array::from_fn(|_| split_mix(&mut mix)) }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// A number below `bound`, 0 when `bound` is 0. The bias of the multiplication is below one in a billion for
    /// the small bounds in use here.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// True in `per_mille` of 1,000 cases.
    pub fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// One of `items`, or `None` when there are none.
    pub fn choose<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let index = self.below(items.len() as u64) as usize;
        items.get(index)
    }

    /// One of `items`, or the type's default when there are none.
    pub fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        self.choose(items).copied().unwrap_or_default()
    }

    /// `length` upper-case hexadecimal digits.
    pub fn hex(&mut self, length: usize) -> String {
        hex_digits(self, length)
    }
}

/// `length` upper-case hexadecimal digits from `random`.
fn hex_digits(random: &mut Random, length: usize) -> String {
    let mut digits = String::with_capacity(length + 16);
    while digits.len() < length {
        let block = random.bits();
        for shift in (0..64).step_by(4) {
            digits.push(char::from(b"0123456789ABCDEF"[(block >> shift) as usize & 15]));
        }
    }
    digits.truncate(length);
    digits
}

/// SplitMix64: spreads a seed over 64 bits, and hashes short texts for [`text_seed`].
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A seed that depends on a text only: the same program has the same hashes in every log.
pub(crate) fn text_seed(text: &str) -> u64 {
    text.bytes().fold(0x67_726F_7474_6F21, |state, byte| {
        let mut state = state ^ u64::from(byte);
        split_mix(&mut state)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_one() {
        // From the reference implementation of xoshiro256++ with state 1, 2, 3, 4.
        let mut random = Random { state: [1, 2, 3, 4] };
        let first: Vec<u64> = (0..3).map(|_| random.bits()).collect();
        assert_eq!(first, [41_943_041, 58_720_359, 3_588_806_011_781_223]);
    }

    #[test]
    fn seeds_decide_everything() {
        let draw = |seed| {
            let mut random = Random::new(seed);
            (random.bits(), random.hex(40), random.between(3, 9))
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert_ne!(text_seed("cmd.exe"), text_seed("cmd.exf"));
    }

    #[test]
    fn bounds_hold_and_are_reached() {
        let mut random = Random::new(1);
        let mut seen = [0_u32; 4];
        for _ in 0..4000 {
            seen[random.between(2, 5) as usize - 2] += 1;
        }
        assert!(seen.iter().all(|&count| (800..1200).contains(&count)), "{seen:?}");
        assert_eq!(random.below(0), 0);
        assert_eq!(random.choose::<u8>(&[]), None);
        assert_eq!(random.pick::<u8>(&[]), 0);
        assert!(!random.chance(0));
        assert!(random.chance(1000));
        assert_eq!(random.hex(5).len(), 5);
    }
}
