//! Rising numbers as short text: lists of rules for the search in the browser. `unpack` in `assets/catalog.js` reads it.

/// Digits are below this; what is not below it, less it, is a higher digit with more to come.
const BASE: u32 = 45;

/// Writes rising numbers: each as its difference to the one before, less one, in digits of base 45, the last digit of
/// a number marked by being small. Signs are printable ASCII without `"` and `\`.
pub(super) fn pack(numbers: impl IntoIterator<Item = u32>) -> String {
    let mut out = String::new();
    let mut next = 0;
    for number in numbers {
        let mut rest = number.saturating_sub(next);
        next = number.saturating_add(1);
        let mut digits = vec![rest % BASE];
        rest /= BASE;
        while rest > 0 {
            digits.push(rest % BASE + BASE);
            rest /= BASE;
        }
        out.extend(digits.iter().rev().filter_map(|digit| sign(*digit)));
    }
    out
}

/// The sign of a digit below 90: from `#` on, without `\`.
fn sign(digit: u32) -> Option<char> {
    let code = digit + 35;
    char::from_u32(if code >= 92 { code + 1 } else { code })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The reading side, as the script does it.
    fn unpack(text: &str) -> Vec<u32> {
        let (mut numbers, mut next, mut high) = (Vec::new(), 0, 0);
        for code in text.bytes().map(u32::from) {
            let digit = code - 35 - u32::from(code > 92);
            if digit >= BASE {
                high = high * BASE + digit - BASE;
                continue;
            }
            numbers.push(next + high * BASE + digit);
            next += high * BASE + digit + 1;
            high = 0;
        }
        numbers
    }

    proptest! {
        #[test]
        fn what_was_packed_is_unpacked(set in proptest::collection::btree_set(0_u32..1_000_000, 0..200)) {
            let text = pack(set.iter().copied());
            prop_assert!(text.bytes().all(|b| (35..=125).contains(&b) && b != b'\\'));
            prop_assert_eq!(unpack(&text), set.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn near_numbers_take_one_sign() {
        assert_eq!(pack([0, 1, 2, 46]), "###N");
        assert_eq!(pack([100]), "R-");
    }
}
