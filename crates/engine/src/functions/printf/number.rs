//! Numbers as C writes them.

use super::{Flags, Written};
use crate::functions::tostring::commas;

/// `%d %u %o %x`; `None` for a negative number where the letter has no sign.
pub(super) fn whole(number: i128, letter: char, flags: Flags, precision: Option<usize>) -> Option<Written> {
    let signed = matches!(letter, 'd' | 'i');
    if number < 0 && !signed {
        return None;
    }
    let magnitude = number.unsigned_abs();
    let mut body = match letter {
        'o' => format!("{magnitude:o}"),
        'x' => format!("{magnitude:x}"),
        'X' | 'p' => format!("{magnitude:X}"),
        _ => magnitude.to_string(),
    };
    if flags.commas && matches!(letter, 'd' | 'i' | 'u') {
        body = commas(&body);
    }
    match precision {
        Some(0) if number == 0 => body.clear(),
        Some(digits) => body = format!("{}{body}", "0".repeat(digits.saturating_sub(body.len()))),
        None => {}
    }
    let mut prefix = if signed { sign(number < 0, flags) } else { String::new() };
    if flags.alternate {
        match letter {
            'o' if !body.starts_with('0') => body.insert(0, '0'),
            'x' if number != 0 => prefix.push_str("0x"),
            'X' if number != 0 => prefix.push_str("0X"),
            _ => {}
        }
    }
    // With a precision, zeros are counted in digits and not in the width.
    Some(Written { prefix, body, numeric: precision.is_none() })
}

/// `%e %f %g %a`; `None` for what is not finite.
pub(super) fn float(number: f64, letter: char, flags: Flags, precision: Option<usize>) -> Option<Written> {
    if !number.is_finite() {
        return None;
    }
    let mut prefix = sign(number < 0.0, flags);
    let magnitude = number.abs();
    let mut body = match letter.to_ascii_lowercase() {
        'e' => exponential(magnitude, precision.unwrap_or(6), flags.alternate),
        'g' => general(magnitude, precision.unwrap_or(6).max(1), flags.alternate),
        'a' => {
            prefix.push_str("0x");
            hexadecimal(magnitude, precision, flags.alternate)
        }
        _ => pointed(format!("{magnitude:.*}", precision.unwrap_or(6)), flags.alternate),
    };
    if flags.commas && matches!(letter, 'f' | 'F') {
        body = commas(&body);
    }
    if letter.is_ascii_uppercase() {
        prefix.make_ascii_uppercase();
        body.make_ascii_uppercase();
    }
    Some(Written { prefix, body, numeric: true })
}

fn sign(negative: bool, flags: Flags) -> String {
    match (negative, flags.plus, flags.blank) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (.., true) => " ",
        _ => "",
    }
    .to_owned()
}

/// With a point at the end if there is none and one is wanted.
fn pointed(mut digits: String, always: bool) -> String {
    if always && !digits.contains('.') {
        digits.push('.');
    }
    digits
}

/// `5.14e+03`.
fn exponential(number: f64, digits: usize, point: bool) -> String {
    let written = format!("{number:.digits$e}");
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{}e{sign}{exponent:0>2}", pointed(mantissa.to_owned(), point))
}

/// The shorter of both forms, with so many digits that count.
fn general(number: f64, digits: usize, all: bool) -> String {
    let rounded = format!("{number:.*e}", digits - 1);
    let exponent: i64 = rounded.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let trimmed = |digits: &str| {
        let kept = if all || !digits.contains('.') {
            digits
        } else {
            digits.trim_end_matches('0').trim_end_matches('.')
        };
        pointed(kept.to_owned(), all)
    };
    if exponent < -4 || exponent >= digits as i64 {
        let written = exponential(number, digits - 1, all);
        let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "+00"));
        return format!("{}e{exponent}", trimmed(mantissa));
    }
    let decimals = (digits as i64 - 1 - exponent).max(0) as usize;
    trimmed(&format!("{number:.decimals$}"))
}

/// `1.922p+1`: the binary fraction in hexadecimal digits, its exponent of two in decimal ones.
fn hexadecimal(number: f64, precision: Option<usize>, point: bool) -> String {
    const FRACTION: u32 = 52;
    let bits = number.to_bits();
    let (mut exponent, mut mantissa) =
        (((bits >> FRACTION) & 0x7ff) as i64 - 1023, bits & ((1 << FRACTION) - 1));
    if number == 0.0 {
        exponent = 0;
    } else if exponent == -1023 {
        exponent = -1022;
    } else {
        mantissa |= 1 << FRACTION;
    }
    let digits = precision.unwrap_or(13).min(13);
    let dropped = FRACTION - 4 * digits as u32;
    if dropped > 0 {
        let (half, rest) = (1_u64 << (dropped - 1), mantissa & ((1 << dropped) - 1));
        mantissa >>= dropped;
        // Halves go to the even digit.
        if rest > half || (rest == half && mantissa & 1 == 1) {
            mantissa += 1;
        }
        mantissa <<= dropped;
    }
    let (whole, fraction) = (mantissa >> FRACTION, mantissa & ((1 << FRACTION) - 1));
    let mut fraction = format!("{fraction:013x}");
    fraction.truncate(digits);
    match precision {
        None => fraction.truncate(fraction.trim_end_matches('0').len()),
        Some(wanted) => fraction.push_str(&"0".repeat(wanted.saturating_sub(digits))),
    }
    let separator = if fraction.is_empty() && !point { "" } else { "." };
    format!("{whole}{separator}{fraction}p{exponent:+}")
}
