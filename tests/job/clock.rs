//! Days and hours as a calendar on the wall shows them.

use zoetrope::job::{Clock, Moment};

const HOUR: u64 = 3_600_000;

fn at(now: u64) -> Clock {
    Clock {
        now,
        ahead: |_| 2 * 3600,
    }
}

/// Breaks when a video of this morning is one of yesterday, or a leap day is lost. The times are those that `date -u` tells.
#[test]
fn a_time_is_a_day_of_the_calendar() {
    // 29 February 2024, 22:30 in Greenwich is the next day two hours east.
    let leap = 1_709_245_800_000;
    let moment = at(leap + 25 * HOUR).moment(leap);
    let expected = Moment {
        year: 2024,
        month: 3,
        day: 1,
        hour: 0,
        minute: 30,
        days_ago: 1,
        this_year: true,
    };
    assert_eq!(moment, expected);
    let before = at(leap).moment(leap - HOUR);
    assert_eq!((before.month, before.day, before.hour), (2, 29, 23));
    // 31 December 1999, 12:00.
    let old = at(leap).moment(946_641_600_000);
    assert_eq!((old.year, old.month, old.day), (1999, 12, 31));
    assert!(!old.this_year);
}
