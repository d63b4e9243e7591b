//! What slows a Mac down, and what its user wants less of.

use std::ffi::c_void;
use std::process::Command;
use std::time::Duration;

use objc2_app_kit::NSWorkspace;
use objc2_foundation::{NSProcessInfo, NSProcessInfoThermalState};

use super::super::power::Slowed;

/// What slows it down now.
pub fn slowed() -> Option<Slowed> {
    let process = NSProcessInfo::processInfo();
    let state = process.thermalState();
    if state == NSProcessInfoThermalState::Serious || state == NSProcessInfoThermalState::Critical {
        return Some(Slowed::Hot);
    }
    process.isLowPowerModeEnabled().then_some(Slowed::LowPower)
}

/// What a tool of the system writes; nothing where it cannot be asked.
fn told(tool: &str, arguments: &[&str]) -> String {
    let output = Command::new(tool).args(arguments).output();
    let output = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).into_owned()
}

/// What Apple calls the chip.
pub fn chip() -> Option<String> {
    let name = told("/usr/sbin/sysctl", &["-n", "machdep.cpu.brand_string"]);
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// Whether it runs on its battery.
pub fn on_battery() -> bool {
    told("/usr/bin/pmset", &["-g", "batt"]).contains("'Battery Power'")
}

/// For how long nobody has touched anything: the system counts it in nanoseconds.
pub fn idle() -> Option<Duration> {
    let told = told("/usr/sbin/ioreg", &["-c", "IOHIDSystem", "-d", "4"]);
    let line = told.lines().find(|line| line.contains("HIDIdleTime"))?;
    let nanoseconds = line.rsplit(' ').next()?.trim().parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// Whether nothing should move that need not, and whether lines should be stronger.
pub fn tastes() -> (bool, bool) {
    let workspace = NSWorkspace::sharedWorkspace();
    (
        workspace.accessibilityDisplayShouldReduceMotion(),
        workspace.accessibilityDisplayShouldIncreaseContrast(),
    )
}

/// `dispatch/source.h`: the last steps before the system ends programs.
const CRITICAL: usize = 4;

#[repr(C)]
struct Kind {
    _private: [u8; 0],
}

#[expect(unsafe_code, reason = "libdispatch is C")]
unsafe extern "C" {
    static _dispatch_source_type_memorypressure: Kind;
    fn dispatch_source_create(
        kind: *const Kind,
        handle: usize,
        mask: usize,
        queue: *mut c_void,
    ) -> *mut c_void;
    fn dispatch_get_global_queue(identifier: isize, flags: usize) -> *mut c_void;
    fn dispatch_source_set_event_handler_f(
        source: *mut c_void,
        handler: extern "C" fn(*mut c_void),
    );
    fn dispatch_resume(object: *mut c_void);
}

/// From now on `hear` is called, on a thread of the system's, when the system is about to end programs for want of memory.
#[expect(unsafe_code, reason = "libdispatch is C")]
pub fn on_memory_pressure(hear: extern "C" fn(*mut c_void)) {
    // SAFETY: the kind is one that the system has, the queue lives as long as the program, the handler takes the context
    // that a source has, which is none here, and the source is never let go of.
    unsafe {
        let queue = dispatch_get_global_queue(0, 0);
        let kind = &raw const _dispatch_source_type_memorypressure;
        let source = dispatch_source_create(kind, 0, CRITICAL, queue);
        if !source.is_null() {
            dispatch_source_set_event_handler_f(source, hear);
            dispatch_resume(source);
        }
    }
}
