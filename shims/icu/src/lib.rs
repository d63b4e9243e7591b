//! Stands in for the umbrella crate of ICU4X 1.5, of which `plsfix` uses nothing but Unicode's four forms of
//! normalization (<https://github.com/unicode-org/icu4x/blob/icu@1.5.0/components/normalizer/src/lib.rs>).

/// The module `icu::normalizer`, as far as it is used.
pub mod normalizer {
    use unicode_normalization::UnicodeNormalization as _;

    /// Normalizes to the composed forms C and KC.
    pub struct ComposingNormalizer {
        compatible: bool,
    }

    impl ComposingNormalizer {
        /// Form C.
        #[must_use]
        pub const fn new_nfc() -> Self {
            Self { compatible: false }
        }

        /// Form KC.
        #[must_use]
        pub const fn new_nfkc() -> Self {
            Self { compatible: true }
        }

        /// The text in this form.
        #[must_use]
        pub fn normalize(&self, text: &str) -> String {
            if self.compatible {
                text.nfkc().collect()
            } else {
                text.nfc().collect()
            }
        }
    }

    /// Normalizes to the decomposed forms D and KD.
    pub struct DecomposingNormalizer {
        compatible: bool,
    }

    impl DecomposingNormalizer {
        /// Form D.
        #[must_use]
        pub const fn new_nfd() -> Self {
            Self { compatible: false }
        }

        /// Form KD.
        #[must_use]
        pub const fn new_nfkd() -> Self {
            Self { compatible: true }
        }

        /// The text in this form.
        #[must_use]
        pub fn normalize(&self, text: &str) -> String {
            if self.compatible {
                text.nfkd().collect()
            } else {
                text.nfd().collect()
            }
        }
    }
}
