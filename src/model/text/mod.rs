//! From a sentence to the features that the DiT reads: cleaning, tokens, UMT5 encoder.
