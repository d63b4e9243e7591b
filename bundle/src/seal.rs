//! The signature: ad hoc, or with the Developer ID that the environment names.

use std::path::Path;
use std::{env, fs};

use anyhow::{Context as _, Result};
use apple_codesign::cryptography::parse_pfx_data;
use apple_codesign::{CodeSignatureFlags, SettingsScope, SigningSettings, UnifiedSigner};

/// A file with certificate and key (.p12), and its password.
const IDENTITY: &str = "ZOETROPE_SIGN_P12";
const PASSWORD: &str = "ZOETROPE_SIGN_PASSWORD";

/// What the hardened runtime is asked to let the program do.
const AD_HOC: &str = include_str!("../entitlements/ad-hoc.plist");
const DEVELOPER_ID: &str = include_str!("../entitlements/developer-id.plist");
const TIME_STAMPS: &str = "http://timestamp.apple.com/ts01";

/// Seals everything in the app, where it lies.
pub fn seal(app: &Path) -> Result<()> {
    let mut settings = SigningSettings::default();
    settings.set_code_signature_flags(SettingsScope::Main, CodeSignatureFlags::RUNTIME);
    let Some(identity) = env::var_os(IDENTITY) else {
        settings.set_entitlements_xml(SettingsScope::Main, AD_HOC)?;
        return sign(app, settings);
    };
    let file = fs::read(&identity)
        .with_context(|| format!("{} cannot be read", Path::new(&identity).display()))?;
    let password = env::var(PASSWORD).with_context(|| format!("{PASSWORD} is not set"))?;
    let (certificate, key) = parse_pfx_data(&file, &password)
        .with_context(|| format!("what {IDENTITY} names is no certificate of this password"))?;
    settings.set_entitlements_xml(SettingsScope::Main, DEVELOPER_ID)?;
    settings.set_signing_key(&key, certificate);
    settings.chain_apple_certificates();
    settings.set_team_id_from_signing_certificate();
    settings.set_time_stamp_url(TIME_STAMPS)?;
    sign(app, settings)
}

fn sign(app: &Path, settings: SigningSettings) -> Result<()> {
    UnifiedSigner::new(settings)
        .sign_path_in_place(app)
        .context("the app could not be sealed")
}
