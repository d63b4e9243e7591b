//! The way to the network that the system's settings name.

use std::ffi::c_void;
use std::ptr::NonNull;

use objc2::rc::Retained;
use objc2::runtime::AnyObject;
use objc2_foundation::{NSArray, NSDictionary, NSNumber, NSString};

use super::super::proxy::Settings;

#[link(name = "CFNetwork", kind = "framework")]
#[expect(unsafe_code, reason = "CFNetwork is C")]
unsafe extern "C" {
    /// `CFProxySupport.h`: a dictionary that the caller owns.
    fn CFNetworkCopySystemProxySettings() -> *mut c_void;
}

/// What the settings say.
#[expect(unsafe_code, reason = "CFNetwork is C")]
pub fn proxy() -> Settings {
    // SAFETY: it returns a dictionary with texts for keys, which is ours, or nothing; such a dictionary is one of
    // Foundation's, too.
    let told = unsafe {
        NonNull::new(CFNetworkCopySystemProxySettings()).and_then(|told| {
            Retained::from_raw(told.as_ptr().cast::<NSDictionary<NSString, AnyObject>>())
        })
    };
    let Some(told) = told else {
        return Settings::default();
    };
    let entry = |key: &str| told.objectForKey(&NSString::from_str(key));
    let text = |key: &str| {
        let text = entry(key)?.downcast_ref::<NSString>()?.to_string();
        (!text.is_empty()).then_some(text)
    };
    let number = |key: &str| Some(entry(key)?.downcast_ref::<NSNumber>()?.as_i64());
    let is_on = |key: &str| number(key) == Some(1);
    let place = |protocol: &str| {
        is_on(&format!("{protocol}Enable")).then_some(())?;
        let port = number(&format!("{protocol}Port"))?;
        Some((
            text(&format!("{protocol}Proxy"))?,
            u16::try_from(port).ok()?,
        ))
    };
    let exceptions = entry("ExceptionsList").and_then(|list| {
        let list = list.downcast_ref::<NSArray>()?;
        let names = list.iter();
        Some(
            names
                .filter_map(|name| Some(name.downcast_ref::<NSString>()?.to_string()))
                .collect(),
        )
    });
    Settings {
        https: place("HTTPS"),
        socks: place("SOCKS"),
        script: is_on("ProxyAutoConfigEnable") || is_on("ProxyAutoDiscoveryEnable"),
        exceptions: exceptions.unwrap_or_default(),
        no_simple_names: is_on("ExcludeSimpleHostnames"),
    }
}
