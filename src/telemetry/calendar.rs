//! Moments in UTC as records write them: RFC 3339, the proleptic Gregorian calendar, no leap seconds.

use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const DAY: u64 = 86_400_000;
/// The last millisecond of the year 9999: four digits hold no later one.
const LATEST: u64 = 253_402_300_799_999;

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Moment(u64);

/// A day in UTC. Its text is `2026-11-21`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(u64);

/// A text that is no moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a time such as 2026-11-21 or 2026-11-21T20:00:00Z")]
pub struct NoMoment;

impl Moment {
    /// By the system's clock.
    pub fn now() -> Self {
        Moment::from(SystemTime::now())
    }

    /// Milliseconds since 1970.
    pub fn from_millis(millis: u64) -> Self {
        Moment(millis.min(LATEST))
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> u64 {
        self.0
    }

    /// The day that it is part of.
    pub fn day(self) -> Day {
        Day(self.0 / DAY)
    }

    /// That much earlier.
    #[must_use]
    pub fn before(self, time: Duration) -> Self {
        Moment(self.0.saturating_sub(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)))
    }

    /// The first moment behind it that is a multiple of `interval`, counted from midnight of 1970-01-01.
    #[must_use]
    pub fn next(self, interval: Duration) -> Self {
        let interval = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX).max(1);
        Moment::from_millis((self.0 / interval).saturating_add(1).saturating_mul(interval))
    }

    /// How long after an earlier one; nothing where that is later.
    pub fn since(self, earlier: Moment) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl From<SystemTime> for Moment {
    fn from(time: SystemTime) -> Self {
        Moment::from_millis(time.duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX)))
    }
}

impl Day {
    /// Its first moment.
    pub fn begin(self) -> Moment {
        Moment(self.0 * DAY)
    }

    fn of(year: u64, month: u64, day: u64) -> Option<Self> {
        let valid = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        // Years from March on, so that the leap day is the last: 400 of them have 146,097 days, 719,468 of which lie before 1970.
        let (months, years) = ((month + 9) % 12, year - u64::from(valid && month <= 2));
        let (era, of_era) = (years / 400, years % 400);
        let of_year = (153 * months + 2) / 5 + day.max(1) - 1;
        let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
        let found = Day(days.checked_sub(719_468).filter(|_| valid)?);
        // The 31st of a shorter month is a day of the next.
        (found.parts() == (year, month, day)).then_some(found)
    }

    fn parts(self) -> (u64, u64, u64) {
        let days = self.0 + 719_468;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let months = (5 * of_year + 2) / 153;
        let day = of_year - (153 * months + 2) / 5 + 1;
        let month = if months < 10 { months + 3 } else { months - 9 };
        (era * 400 + year_of_era + u64::from(month <= 2), month, day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_day = self.0 % DAY;
        let (seconds, millis) = (of_day / 1000, of_day % 1000);
        write!(f, "{}T{:02}:{:02}:{:02}", self.day(), seconds / 3600, seconds / 60 % 60, seconds % 60)?;
        if millis > 0 {
            write!(f, ".{millis:03}")?;
        }
        f.write_str("Z")
    }
}

impl FromStr for Day {
    type Err = NoMoment;

    fn from_str(text: &str) -> Result<Self, NoMoment> {
        let mut parts = text.splitn(3, '-');
        let mut part = |digits| number(parts.next().unwrap_or_default(), digits);
        let (year, month, day) = (part(4)?, part(2)?, part(2)?);
        Day::of(year, month, day).ok_or(NoMoment)
    }
}

impl FromStr for Moment {
    type Err = NoMoment;

    /// A day, which begins at midnight, or a time in UTC with `Z`, perhaps with milliseconds.
    fn from_str(text: &str) -> Result<Self, NoMoment> {
        let Some((day, time)) = text.split_once('T') else { return text.parse().map(Day::begin) };
        let time = time.strip_suffix('Z').ok_or(NoMoment)?;
        let (time, millis) = match time.split_once('.') {
            Some((time, millis)) => (time, number(millis, 3)?),
            None => (time, 0),
        };
        let mut parts = time.splitn(3, ':');
        let mut part =
            |below| number(parts.next().unwrap_or_default(), 2).and_then(|part| if part < below { Ok(part) } else { Err(NoMoment) });
        let (hours, minutes, seconds) = (part(24)?, part(60)?, part(60)?);
        Ok(Moment(day.parse::<Day>()?.begin().0 + ((hours * 60 + minutes) * 60 + seconds) * 1000 + millis))
    }
}

fn number(text: &str, digits: usize) -> Result<u64, NoMoment> {
    let whole = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole { text.parse().map_err(|_| NoMoment) } else { Err(NoMoment) }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn moments_as_others_write_them() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (1_795_291_507_000, "2026-11-21T20:05:07Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
            (LATEST, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Moment(millis).to_string(), text);
            assert_eq!(text.parse(), Ok(Moment(millis)));
        }
        assert_eq!("2026-11-21".parse::<Moment>(), "2026-11-21T00:00:00Z".parse());
        assert_eq!(Moment::from_millis(u64::MAX).to_string(), "9999-12-31T23:59:59.999Z");
        for text in [
            "",
            "2026",
            "2026-02-29",
            "2100-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-32",
            "1969-12-31",
            "2026-1-01",
            "2026-11-21T",
            "2026-11-21T24:00:00Z",
            "2026-11-21T20:00:00",
            "2026-11-21T20:00Z",
            "2026-11-21T20:00:00.1Z",
            "+026-11-21",
        ] {
            assert_eq!(text.parse::<Moment>(), Err(NoMoment), "{text}");
        }
    }

    #[test]
    fn intervals_begin_where_the_clock_says() {
        let at: Moment = "2026-11-21T20:05:07Z".parse().unwrap();
        let next = |seconds| at.next(Duration::from_secs(seconds)).to_string();
        assert_eq!(
            [next(1), next(60), next(3600), next(86_400)],
            ["2026-11-21T20:05:08Z", "2026-11-21T20:06:00Z", "2026-11-21T21:00:00Z", "2026-11-22T00:00:00Z"]
        );
        assert_eq!(at.next(Duration::ZERO).since(at), Duration::from_millis(1));
        assert_eq!(at.before(Duration::MAX), Moment(0));
    }

    proptest! {
        #[test]
        fn moments_come_back(millis in 0..=LATEST) {
            prop_assert_eq!(Moment(millis).to_string().parse(), Ok(Moment(millis)));
        }
    }
}
