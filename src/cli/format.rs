//! Numbers as people say them.

use std::time::Duration;

/// "8 s", "3 min 20 s", "2 h 5 min".
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64().round() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// "640 MB", "11.4 GB".
pub fn bytes(count: u64) -> String {
    let count = count as f64;
    if count < 1e9 {
        format!("{:.0} MB", count / 1e6)
    } else {
        format!("{:.1} GB", count / 1e9)
    }
}
