//! One line of the result: what was measured on both sides, and what was wanted.

use serde_json::json;

/// What a line measures, and the most that ours may be of the other.
#[derive(Clone, Copy)]
pub(crate) struct Measure {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) goal: f64,
}

/// A measure with what was seen, in order.
pub(crate) struct Line {
    pub(crate) measure: Measure,
    pub(crate) ours: Vec<f64>,
    pub(crate) other: Vec<f64>,
}

impl Line {
    /// No division: two zeros meet a goal of zero.
    pub(crate) fn ok(&self) -> bool {
        median(&self.ours) <= self.measure.goal * median(&self.other)
    }

    fn ratio(&self) -> Option<f64> {
        let (ours, other) = (median(&self.ours), median(&self.other));
        if ours == 0.0 { Some(0.0) } else { (other > 0.0).then(|| ours / other) }
    }

    /// The line for machines.
    pub(crate) fn json(&self) -> String {
        let Measure { name, unit, goal } = self.measure;
        json!({
            "name": name, "ours": round(median(&self.ours)), "other": round(median(&self.other)), "unit": unit,
            "ratio": self.ratio().map(round), "goal": goal, "ok": self.ok(),
        })
        .to_string()
    }

    fn row(&self) -> String {
        let Measure { name, unit, goal } = self.measure;
        let ratio = self.ratio().map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.3}"));
        let verdict = if self.ok() { "ok" } else { "MISSED" };
        let (ours, other) = (spread(&self.ours), spread(&self.other));
        format!("{name:<20} {ours:>28} {other:>28} {unit:<7} {ratio:>7} {goal:>6}  {verdict}")
    }
}

/// The table for people.
pub(crate) fn print(lines: &[Line]) {
    if lines.is_empty() {
        return;
    }
    println!("\nmedian (least to most)");
    println!("{:<20} {:>28} {:>28} {:<7} {:>7} {:>6}", "what", "ours", "other", "unit", "ratio", "goal");
    for line in lines {
        println!("{}", line.row());
    }
}

fn median(seen: &[f64]) -> f64 {
    let mut sorted = seen.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted.get(sorted.len().saturating_sub(1) / 2), sorted.get(sorted.len() / 2));
    low.zip(high).map_or(f64::NAN, |(low, high)| f64::midpoint(*low, *high))
}

fn spread(seen: &[f64]) -> String {
    let least = seen.iter().copied().fold(f64::INFINITY, f64::min);
    let most = seen.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    format!("{:.1} ({least:.1} to {most:.1})", median(seen))
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(goal: f64, ours: &[f64], other: &[f64]) -> Line {
        Line { measure: Measure { name: "n", unit: "u", goal }, ours: ours.to_vec(), other: other.to_vec() }
    }

    #[test]
    fn one_wild_round_does_not_decide() {
        let line = line(0.15, &[10.0, 500.0, 12.0], &[100.0, 90.0, 1.0]);
        let seen: serde_json::Value = serde_json::from_str(&line.json()).unwrap();
        let wanted = json!({"name": "n", "ours": 12.0, "other": 90.0, "unit": "u", "ratio": 0.133, "goal": 0.15, "ok": true});
        assert_eq!(seen, wanted);
    }

    #[test]
    fn a_goal_of_zero_is_met_by_zero_alone() {
        assert!(line(0.0, &[0.0], &[0.0]).ok());
        assert!(!line(0.0, &[1.0], &[9.0]).ok());
        assert_eq!(line(0.0, &[1.0], &[0.0]).ratio(), None);
    }

    #[test]
    fn nothing_measured_is_never_ok() {
        assert!(!line(0.5, &[], &[1.0]).ok());
        assert!(!line(0.5, &[1.0], &[]).ok());
    }

    #[test]
    fn an_even_number_has_a_median_in_between() {
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
    }
}
