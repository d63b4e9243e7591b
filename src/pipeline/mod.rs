//! The recipe: from a plan to a video.
