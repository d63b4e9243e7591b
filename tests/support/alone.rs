//! Tests that measure the whole process, such as MLX's memory counter, must not have it shared with others.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "what a test meets, it may show"
)]

use std::env;
use std::process::Command;

/// Set in the process that runs one test alone.
const ALONE: &str = "ZOETROPE_TEST_ALONE";

/// Runs the body of the test of this full name (`weights::memory::…`) in a process of its own, which remembers nothing of
/// others.
#[track_caller]
pub fn alone(test: &str, body: impl FnOnce()) {
    if env::var_os(ALONE).is_some() {
        return body();
    }
    let cache = tempfile::tempdir().unwrap();
    let output = Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(ALONE, "1")
        .env("ZOETROPE_CACHE_DIR", cache.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    assert!(output.status.success(), "{failed}");
    assert!(said.contains("1 passed"), "there is no test {test}");
}
