//! A *clock* on the wall: what day it is here, and what time it was.

/// This machine's time of day.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Milliseconds since 1970.
    pub now: u64,
    /// How many seconds the clocks here were ahead of Greenwich at a time, given in seconds since 1970.
    pub ahead: fn(i64) -> i64,
}

/// A moment as a calendar and a clock here show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The year.
    pub year: i64,
    /// The month, from 1.
    pub month: u32,
    /// The day of the month, from 1.
    pub day: u32,
    /// The hour, from 0 to 23.
    pub hour: u32,
    /// The minute.
    pub minute: u32,
    /// How many days ago that was: 0 for today.
    pub days_ago: i64,
    /// Whether it was in this year.
    pub this_year: bool,
}

const DAY: i64 = 86_400;

impl Clock {
    /// A time, in milliseconds since 1970, as it is shown here.
    pub fn moment(&self, millis: u64) -> Moment {
        let local = |millis: u64| {
            let seconds = i64::try_from(millis / 1000).unwrap_or(i64::MAX / 2);
            seconds + (self.ahead)(seconds)
        };
        let (then, now) = (local(millis), local(self.now));
        let (days, of_day) = (then.div_euclid(DAY), then.rem_euclid(DAY));
        let (year, month, day) = date(days);
        Moment {
            year,
            month,
            day,
            hour: (of_day / 3600) as u32,
            minute: (of_day / 60 % 60) as u32,
            days_ago: now.div_euclid(DAY) - days,
            this_year: date(now.div_euclid(DAY)).0 == year,
        }
    }
}

/// Year, month and day of the day with this number, counted from 1 January 1970.
///
/// The calendar repeats every 400 years, which are 146,097 days. Counted from a first of March, the odd day of a leap year is
/// the last of its year, and the lengths of the months are those of (153 m + 2) / 5.
fn date(days: i64) -> (i64, u32, u32) {
    const ERA: i64 = 146_097;
    // From 1 March of the year 0.
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (400 * era + year + next, month as u32, day as u32)
}
