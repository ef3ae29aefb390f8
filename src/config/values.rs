//! Durations and sizes as people write them.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, de};

/// The longest duration that a file may ask for: sums of clock and duration stay in range.
const LONGEST: Duration = Duration::from_secs(3650 * 24 * 60 * 60);

/// Units of durations, largest first, in milliseconds.
const DURATION_UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// Units of sizes, largest first: PostgreSQL's own names and factors (manual 20.1.1).
const SIZE_UNITS: [(&str, u64); 5] = [("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10), ("B", 1)];

/// Why a duration or a size can't be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ValueError {
    /// Not of the form at all.
    #[error("malformed")]
    Malformed,
    /// More than is accepted.
    #[error("too large")]
    TooLarge,
}

/// A duration: `"30s"`, `"1h30m"`, `"500ms"`; units d, h, m, s, ms, the larger first, each once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Period(pub Duration);

/// A number of bytes: `"10GB"`; units B, kB, MB, GB, TB, each 1024 of the one before, as in PostgreSQL's settings.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ByteSize(pub u64);

impl FromStr for Period {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let mut units = DURATION_UNITS.iter();
        let mut rest = text;
        let mut total: u64 = 0;
        while !rest.is_empty() || total == 0 && rest.len() == text.len() {
            let (number, after) = number(rest)?;
            let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
            let (unit, after) = after.split_at(letters);
            let (_, factor) = units.find(|(name, _)| *name == unit).ok_or(ValueError::Malformed)?;
            total = number.checked_mul(*factor).and_then(|part| total.checked_add(part)).ok_or(ValueError::TooLarge)?;
            rest = after;
        }
        match Duration::from_millis(total) {
            period if period > LONGEST => Err(ValueError::TooLarge),
            period => Ok(Period(period)),
        }
    }
}

impl FromStr for ByteSize {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let (number, unit) = number(text)?;
        let (_, factor) = SIZE_UNITS.iter().find(|(name, _)| *name == unit).ok_or(ValueError::Malformed)?;
        let bytes = number.checked_mul(*factor).ok_or(ValueError::TooLarge)?;
        if i64::try_from(bytes).is_err() {
            return Err(ValueError::TooLarge);
        }
        Ok(ByteSize(bytes))
    }
}

/// The digits that a text begins with, and the rest.
fn number(text: &str) -> Result<(u64, &str), ValueError> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(digits);
    if number.is_empty() {
        return Err(ValueError::Malformed);
    }
    Ok((number.parse().map_err(|_| ValueError::TooLarge)?, rest))
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        if rest == 0 {
            return f.write_str("0s");
        }
        for (name, factor) in DURATION_UNITS {
            if rest >= factor {
                write!(f, "{}{name}", rest / factor)?;
                rest %= factor;
            }
        }
        Ok(())
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = SIZE_UNITS.iter().find(|(_, factor)| self.0 >= *factor && self.0.is_multiple_of(*factor));
        let (name, factor) = unit.unwrap_or(&("B", 1));
        write!(f, "{}{name}", self.0 / factor)
    }
}

/// Reads a value from its text, with words for the error.
struct TextVisitor<T> {
    expected: &'static str,
    most: &'static str,
    value: std::marker::PhantomData<T>,
}

impl<T: FromStr<Err = ValueError>> de::Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(|error| match error {
            ValueError::Malformed => E::invalid_value(de::Unexpected::Str(text), &self),
            ValueError::TooLarge => E::invalid_value(de::Unexpected::Str(text), &self.most),
        })
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor {
            expected: "a duration such as \"30s\", \"1h30m\" or \"500ms\"",
            most: "a duration of at most \"3650d\"",
            value: std::marker::PhantomData,
        })
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor {
            expected: "a size such as \"10GB\" (units B, kB, MB, GB, TB)",
            most: "a size below \"8388608TB\"",
            value: std::marker::PhantomData,
        })
    }
}
