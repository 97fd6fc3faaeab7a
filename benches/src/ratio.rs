use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How many pairs of measurements a ratio is the median of.
const PAIRS: usize = 7;
/// How long one side of a pair runs at least.
const WINDOW: Duration = Duration::from_millis(30);

/// What a ratio should be.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    /// Ours may cost this many times the other side.
    AtMost(f64),
    /// Ours must be this many times as fast as the other side.
    AtLeast(f64),
}

/// A measured ratio and its target.
#[derive(Debug, Clone)]
pub struct Ratio {
    name: String,
    value: f64,
    target: Target,
}

impl Ratio {
    /// Measures two sides alternately. The ratio is what `ours` costs over what `other` costs, or the inverse when
    /// the target is a speed.
    ///
    /// # Errors
    ///
    /// Those of the two sides.
    pub fn measure(
        name: impl Into<String>,
        target: Target,
        mut ours: impl FnMut() -> Result<()>,
        mut other: impl FnMut() -> Result<()>,
    ) -> Result<Self> {
        let (ours_batch, other_batch) = (batch(&mut ours)?, batch(&mut other)?);
        let mut ratios = Vec::with_capacity(PAIRS);
        for _ in 0..PAIRS {
            let cost = seconds_each(&mut ours, ours_batch)? / seconds_each(&mut other, other_batch)?;
            ratios.push(match target {
                Target::AtMost(_) => cost,
                Target::AtLeast(_) => cost.recip(),
            });
        }
        ratios.sort_by(f64::total_cmp);
        let value = *ratios.get(PAIRS / 2).context("no pair was measured")?;
        Ok(Self { name: name.into(), value, target })
    }
}

impl fmt::Display for Ratio {
    /// One line: `ratio NAME VALUE <= TARGET ok`, or `short`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value, target } = self;
        let (sign, bound, met) = match target {
            Target::AtMost(bound) => ("<=", bound, value <= bound),
            Target::AtLeast(bound) => (">=", bound, value >= bound),
        };
        write!(f, "ratio {name} {value:.2} {sign} {bound:.2} {}", if met { "ok" } else { "short" })
    }
}

/// Finds how often to run something so that it fills the window.
fn batch(work: &mut impl FnMut() -> Result<()>) -> Result<u32> {
    let mut times = 1;
    while seconds(work, times)? < WINDOW.as_secs_f64() && times < 1 << 30 {
        times *= 2;
    }
    Ok(times)
}

fn seconds_each(work: &mut impl FnMut() -> Result<()>, times: u32) -> Result<f64> {
    Ok(seconds(work, times)? / f64::from(times))
}

fn seconds(work: &mut impl FnMut() -> Result<()>, times: u32) -> Result<f64> {
    let start = Instant::now();
    for _ in 0..times {
        work()?;
    }
    Ok(start.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_whether_the_target_is_met() {
        let line = |value, target| Ratio { name: "a.b".into(), value, target }.to_string();
        assert_eq!(line(1.1, Target::AtMost(1.15)), "ratio a.b 1.10 <= 1.15 ok");
        assert_eq!(line(1.2, Target::AtMost(1.15)), "ratio a.b 1.20 <= 1.15 short");
        assert_eq!(line(1.42, Target::AtLeast(1.3)), "ratio a.b 1.42 >= 1.30 ok");
        assert_eq!(line(1.0, Target::AtLeast(1.3)), "ratio a.b 1.00 >= 1.30 short");
    }
}
