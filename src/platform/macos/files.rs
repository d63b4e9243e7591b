//! Files, by the system's own hands: without Finder's help, which would have to be allowed, and without another program to
//! wait for.

use std::path::{Path, PathBuf};

use objc2::runtime::AnyObject;
use objc2_app_kit::NSWorkspace;
use objc2_foundation::{
    NSArray, NSError, NSFileManager, NSNumber, NSString, NSURL, NSURLIsExcludedFromBackupKey,
    NSURLVolumeAvailableCapacityForImportantUsageKey,
};

/// Moves it to the Trash, and returns where it is there.
pub fn trash(path: &Path) -> Result<Option<PathBuf>, String> {
    let url = url(path)?;
    let mut place = None;
    NSFileManager::defaultManager()
        .trashItemAtURL_resultingItemURL_error(&url, Some(&mut place))
        .map_err(|error| sentence(&error))?;
    Ok(place.and_then(|url| url.to_file_path()))
}

/// Shows it in Finder.
pub fn reveal(path: &Path) -> Result<(), String> {
    if !path.exists() {
        return Err("it is not there any more".into());
    }
    let url = url(path)?;
    NSWorkspace::sharedWorkspace().activateFileViewerSelectingURLs(&NSArray::from_slice(&[&*url]));
    Ok(())
}

/// Opens a file or the address of a page.
pub fn open(what: &str) -> Result<(), String> {
    let is_address = what.contains("://");
    let url = if is_address {
        NSURL::URLWithString(&NSString::from_str(what)).ok_or("it is no address")?
    } else {
        url(Path::new(what))?
    };
    let is_open = NSWorkspace::sharedWorkspace().openURL(&url);
    is_open
        .then_some(())
        .ok_or_else(|| "no program takes it".into())
}

/// The room on the disk of this folder, with what the system would give up for something important.
#[expect(unsafe_code, reason = "Foundation is Objective-C")]
pub fn room(folder: &Path) -> Option<u64> {
    let url = url(folder).ok()?;
    let mut room: Option<objc2::rc::Retained<AnyObject>> = None;
    // SAFETY: the key is a constant of Foundation's, and its value an object.
    unsafe {
        let key = NSURLVolumeAvailableCapacityForImportantUsageKey;
        url.getResourceValue_forKey_error(&mut room, key).ok()?;
    }
    let room = room?.downcast_ref::<NSNumber>()?.as_i64();
    // Disks of other systems have none to give up, and say zero.
    u64::try_from(room).ok().filter(|room| *room > 0)
}

/// Keeps a folder, with what is in it, out of the backups.
#[expect(unsafe_code, reason = "Foundation is Objective-C")]
pub fn keep_out_of_backups(folder: &Path) -> Result<(), String> {
    let yes = NSNumber::new_bool(true);
    // SAFETY: the key is a constant of Foundation's, and its value a number.
    unsafe {
        url(folder)?
            .setResourceValue_forKey_error(Some(&yes), NSURLIsExcludedFromBackupKey)
            .map_err(|error| sentence(&error))
    }
}

fn url(path: &Path) -> Result<objc2::rc::Retained<NSURL>, String> {
    NSURL::from_file_path(path).ok_or_else(|| "its name is none that the system takes".into())
}

fn sentence(error: &NSError) -> String {
    error.localizedDescription().to_string()
}
