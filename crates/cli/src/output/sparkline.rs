//! Sparklines drawn with block characters.

use grotto_engine::aggregations::SPARKLINE_MARK;
use serde_json::Value;

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The sparkline that a multivalue field is: a block for each number, the lowest for the smallest. `None` for any
/// other value.
pub(super) fn drawn(value: &Value) -> Option<String> {
    let Value::Array(values) = value else { return None };
    let [first, numbers @ ..] = values.as_slice() else { return None };
    if first.as_str() != Some(SPARKLINE_MARK) {
        return None;
    }
    let number = |value: &Value| value.as_str().and_then(|text| text.parse::<f64>().ok());
    let numbers: Vec<f64> = numbers.iter().map(|value| number(value).unwrap_or(0.0)).collect();
    let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let block = |x: &f64| {
        let share = if high > low { (x - low) / (high - low) } else { 0.0 };
        BLOCKS[((share * 7.0).round() as usize).min(7)]
    };
    Some(numbers.iter().map(block).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_become_blocks() {
        for (value, line) in [
            (json!(["##__SPARKLINE__##", "0", "7", "3"]), Some("▁█▄")),
            (json!(["##__SPARKLINE__##", "5", "5"]), Some("▁▁")),
            (json!(["##__SPARKLINE__##", "-1", "1", "x"]), Some("▁█▅")),
            (json!(["##__SPARKLINE__##"]), Some("")),
            (json!(["a", "b"]), None),
            (json!([]), None),
            (json!("##__SPARKLINE__##"), None),
        ] {
            assert_eq!(drawn(&value).as_deref(), line, "{value}");
        }
    }
}
