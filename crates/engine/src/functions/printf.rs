//! `printf`: a text with values written into it as C's `sprintf` does.

mod number;

use super::{Arguments, Body, Category, Example, Fault, Function, Returns};
use crate::Value;
use crate::eval::Datum;
use crate::eval::operators::{LONGEST, Number};

pub(super) static FUNCTION: Function = Function {
    name: "printf",
    aliases: &[],
    category: Category::Conversion,
    syntax: "printf(format, value, ...)",
    summary: "A text with values written into it as C's sprintf does: %d %i %u %o %x %X %p %c %s %z %e %f %g %a %%, \
              with the flags ' - 0 + blank #, a width and a precision, each of which can be *.",
    arguments: Arguments::at_least(1),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &["printf-unfit-values"],
    examples: &[
        Example { expression: r#"printf("%d,%i,%d", -2, +4, 30)"#, row: "{}", expected: r#""-2,4,30""# },
        Example {
            expression: r#"printf("%.2e|%.2f|%g", 5139, pi(), 123)"#,
            row: "{}",
            expected: r#""5.14e+03|3.14|123""#,
        },
        Example { expression: r#"printf("%.2g,%.2g", pi(), 123)"#, row: "{}", expected: r#""3.1,1.2e+02""# },
        Example { expression: r#"printf("%.3A", pi())"#, row: "{}", expected: r#""0X1.922P+1""# },
        Example { expression: r#"printf("%c,%c", 65, "Foo")"#, row: "{}", expected: r#""A,F""# },
        Example {
            expression: r#"printf("%x,%X,%p,%#x,%o", 10, 10, 10, 1, 255)"#,
            row: "{}",
            expected: r#""a,A,A,0x1,377""#,
        },
        Example {
            expression: r#"printf("%s%z %u 100%%", "foo", x, 99)"#,
            row: r#"{"x":"bar"}"#,
            expected: r#""foobar 99 100%""#,
        },
        Example {
            expression: r#"printf("%'d|%-4d|%04d|%+4d|% d|%.3s", 12345, 1, 1, 1, 7, "abcdef")"#,
            row: "{}",
            expected: r#""12,345|1   |0001|  +1| 7|abc""#,
        },
        Example {
            expression: r#"printf("%*d|%.*f|%*.*e", 5, 123, 1, 1.23, 9, 2, pi())"#,
            row: "{}",
            expected: r#""  123|1.2| 3.14e+00""#,
        },
        Example { expression: r#"printf("%d", x)"#, row: r#"{"x":"a"}"#, expected: "null" },
    ],
    body: Body::Prepared(|args, _| {
        let known = match args.first().copied().flatten() {
            None => None,
            Some(format) => Some(parse(&format.text()).map_err(|label| Fault {
                argument: 0,
                slug: "eval/bad-format",
                message: "this is no format".to_owned(),
                label,
            })?),
        };
        Ok(super::Prepared::new(move |args, _| {
            let Some((format, values)) = args.split_first().filter(|(format, _)| !format.is_null()) else {
                return Value::Null;
            };
            let written = match &known {
                Some(pieces) => write(pieces, values),
                None => parse(&format.text()).ok().and_then(|pieces| write(&pieces, values)),
            };
            written.map_or(Value::Null, Value::Text)
        }))
    }),
};

/// Widths and precisions that are asked for at most.
const WIDEST: usize = 4096;

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Text(String),
    Place(Place),
}

/// What stands between `%` and the letter.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Flags {
    commas: bool,
    left: bool,
    zeros: bool,
    plus: bool,
    blank: bool,
    alternate: bool,
}

/// Where a value is written.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    flags: Flags,
    width: Option<Count>,
    precision: Option<Count>,
    conversion: char,
}

/// A number of the format, or the next argument.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Count {
    Given(usize),
    Argument,
}

/// Reads a format.
fn parse(format: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        if at > 0 {
            pieces.push(Piece::Text(rest[..at].to_owned()));
        }
        let mut spec = &rest[at + 1..];
        let mut flags = Flags::default();
        while let Some(flag) = spec.chars().next().and_then(|c| flags.flag(c)) {
            *flag = true;
            spec = &spec[1..];
        }
        let width = count(&mut spec);
        let precision = match spec.strip_prefix('.') {
            Some(after) => {
                spec = after;
                Some(count(&mut spec).unwrap_or(Count::Given(0)))
            }
            None => None,
        };
        let conversion = spec.chars().next().ok_or("`%` needs a letter")?;
        rest = &spec[conversion.len_utf8()..];
        match conversion {
            '%' => pieces.push(Piece::Text("%".to_owned())),
            'a' | 'A' | 'c' | 'd' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'i' | 'o' | 'p' | 's' | 'u' | 'x'
            | 'X' | 'z' => {
                pieces.push(Piece::Place(Place { flags, width, precision, conversion }));
            }
            other => return Err(format!("`%{other}` is not supported")),
        }
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

impl Flags {
    fn flag(&mut self, c: char) -> Option<&mut bool> {
        Some(match c {
            '\'' => &mut self.commas,
            '-' => &mut self.left,
            '0' => &mut self.zeros,
            '+' => &mut self.plus,
            ' ' => &mut self.blank,
            '#' => &mut self.alternate,
            _ => return None,
        })
    }
}

fn count(spec: &mut &str) -> Option<Count> {
    if let Some(rest) = spec.strip_prefix('*') {
        *spec = rest;
        return Some(Count::Argument);
    }
    let end = spec.find(|c: char| !c.is_ascii_digit()).unwrap_or(spec.len());
    let digits = &spec[..end];
    *spec = &spec[end..];
    (end > 0).then(|| Count::Given(digits.parse().unwrap_or(WIDEST).min(WIDEST)))
}

/// Writes values; `None` when one is missing or is not what its letter wants.
fn write(pieces: &[Piece], values: &[Datum<'_>]) -> Option<String> {
    let mut values = values.iter();
    let mut out = String::new();
    for piece in pieces {
        let place = match piece {
            Piece::Text(text) => {
                out.push_str(text);
                continue;
            }
            Piece::Place(place) => place,
        };
        let mut flags = place.flags;
        let mut ask = |count: Option<Count>| match count {
            None => Some(None),
            Some(Count::Given(count)) => Some(Some(count as i64)),
            Some(Count::Argument) => values.next()?.number().map(|number| Some(number as i64)),
        };
        let width = ask(place.width)?.unwrap_or(0);
        flags.left |= width < 0;
        // A precision below zero is none.
        let precision =
            ask(place.precision)?.and_then(|count| usize::try_from(count).ok()).map(|p| p.min(WIDEST));
        let value = values.next()?;
        let width = (width.unsigned_abs() as usize).min(WIDEST);
        out.push_str(&padded(place.written(flags, precision, value)?, flags, width));
        if out.len() > LONGEST {
            return None;
        }
    }
    Some(out)
}

/// A written value: a sign or another prefix, the rest, and whether zeros may stand between them.
struct Written {
    prefix: String,
    body: String,
    numeric: bool,
}

fn padded(written: Written, flags: Flags, width: usize) -> String {
    let Written { prefix, body, numeric } = written;
    let missing = width.saturating_sub(prefix.chars().count() + body.chars().count());
    if flags.left {
        format!("{prefix}{body}{}", " ".repeat(missing))
    } else if flags.zeros && numeric {
        format!("{prefix}{}{body}", "0".repeat(missing))
    } else {
        format!("{}{prefix}{body}", " ".repeat(missing))
    }
}

impl Place {
    fn written(self, flags: Flags, precision: Option<usize>, value: &Datum<'_>) -> Option<Written> {
        if value.is_null() {
            return None;
        }
        let text = |body: String| Some(Written { prefix: String::new(), body, numeric: false });
        match self.conversion {
            's' | 'z' => text(value.text().chars().take(precision.unwrap_or(usize::MAX)).collect()),
            'c' => text(match value.number() {
                Some(number) => char::from_u32(number as u32)?.to_string(),
                None => value.text().chars().next()?.to_string(),
            }),
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' | 'p' => {
                let number = whole(value)?;
                number::whole(number, self.conversion, flags, precision)
            }
            letter => number::float(value.number()?, letter, flags, precision),
        }
    }
}

/// The whole number that a value is, without its fraction.
fn whole(value: &Datum<'_>) -> Option<i128> {
    match Number::of_datum(value)? {
        Number::Int(whole) => Some(i128::from(whole)),
        other => Some(other.float().trunc() as i128),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(format: &str, values: &[Value]) -> Option<String> {
        write(&parse(format).expect(format), &values.iter().map(Datum::from).collect::<Vec<_>>())
    }

    #[test]
    fn numbers_are_written_as_c_does() {
        let number = |n: f64| if n.fract() == 0.0 { Value::Int(n as i64) } else { Value::Float(n) };
        for (format, value, written) in [
            ("%5d|", 42.0, "   42|"),
            ("%-5d|", 42.0, "42   |"),
            ("%05d", -42.0, "-0042"),
            ("%.4d", -42.0, "-0042"),
            ("%06.3d", 7.0, "   007"),
            ("%.0d|", 0.0, "|"),
            ("%d", 2.9, "2"),
            ("%'d", -1_234_567.0, "-1,234,567"),
            ("%'.2f", 1234.5, "1,234.50"),
            ("%+d %%", 3.0, "+3 %"),
            ("% d", 3.0, " 3"),
            ("%#o", 8.0, "010"),
            ("%#X", 255.0, "0XFF"),
            ("%#x", 0.0, "0"),
            ("%08x", 255.0, "000000ff"),
            ("%f", 1.5, "1.500000"),
            ("%.0f", 2.5, "2"),
            ("%#.0f", 2.0, "2."),
            ("%08.2f", -1.5, "-0001.50"),
            ("%e", 0.0, "0.000000e+00"),
            ("%E", 123_456.0, "1.234560E+05"),
            ("%.1e", 0.000_096, "9.6e-05"),
            ("%g", 100_000.0, "100000"),
            ("%g", 1_000_000.0, "1e+06"),
            ("%g", 0.0001, "0.0001"),
            ("%g", 0.000_01, "1e-05"),
            ("%#g", 1.5, "1.50000"),
            ("%G", 1e-10, "1E-10"),
            ("%.3g", 1234.5, "1.23e+03"),
            ("%g", 0.0, "0"),
            ("%a", 1.0, "0x1p+0"),
            ("%a", -0.5, "-0x1p-1"),
            ("%a", 0.0, "0x0p+0"),
            ("%.1a", 1.9, "0x1.ep+0"),
            ("%.0a", 1.97, "0x2p+0"),
            ("%u", 7.0, "7"),
        ] {
            assert_eq!(print(format, &[number(value)]).as_deref(), Some(written), "{format} {value}");
        }
    }

    #[test]
    fn what_does_not_fit_is_null() {
        for (format, values) in [
            ("%d", vec![]),
            ("%d", vec![Value::Text("x".into())]),
            ("%u", vec![Value::Int(-1)]),
            ("%x", vec![Value::Int(-1)]),
            ("%s", vec![Value::Null]),
            ("%*d", vec![Value::Text("x".into()), Value::Int(1)]),
            ("%c", vec![Value::Int(0xD800)]),
        ] {
            assert_eq!(print(format, &values), None, "{format} {values:?}");
        }
        for format in ["%", "%5", "%n", "%1$d", "%S"] {
            assert!(parse(format).is_err(), "{format}");
        }
        let wide = print("%99999999999d", &[Value::Int(1)]).expect("a text");
        assert_eq!(wide.len(), WIDEST);
        assert_eq!(print("%*d|", &[Value::Int(-3), Value::Int(1)]).as_deref(), Some("1  |"));
    }
}
