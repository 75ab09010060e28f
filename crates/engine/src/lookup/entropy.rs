//! The Shannon entropy of a text, as the lookup `ut_shannon_lookup` of the URL Toolbox gives it.

use rustc_hash::FxHashMap;

/// The column that is compared.
pub(super) const WORD: &str = "word";
/// The column with the entropy.
pub(super) const RESULT: &str = "ut_shannon";

/// Bits of information in a character of the text, from how often its characters occur in it.
/// <https://en.wikipedia.org/wiki/Entropy_(information_theory)>
pub(super) fn shannon(text: &str) -> f64 {
    let mut counts: FxHashMap<char, u32> = FxHashMap::default();
    let mut all = 0.0;
    for c in text.chars() {
        *counts.entry(c).or_default() += 1;
        all += 1.0;
    }
    // Summed in one order whatever the order of the map, so that the last digit is always the same.
    let mut counts: Vec<u32> = counts.into_values().collect();
    counts.sort_unstable();
    let bits = |count: u32| {
        let share = f64::from(count) / all;
        -share * share.log2()
    };
    counts.into_iter().map(bits).fold(0.0, |sum, bits| sum + bits)
}

#[cfg(test)]
mod tests {
    use super::shannon;

    #[test]
    fn bits_of_a_character() {
        for (text, bits) in [
            ("", 0.0),
            ("aaaa", 0.0),
            ("ab", 1.0),
            ("aabb", 1.0),
            ("abcd", 2.0),
            ("äöüß", 2.0),
            ("aab", 0.918_295_834),
        ] {
            assert!((shannon(text) - bits).abs() < 1e-9, "{text}: {}", shannon(text));
        }
    }
}
