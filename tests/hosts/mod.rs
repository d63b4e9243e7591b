//! Several machines at one video, played by processes of this one.

mod hostfile;
mod leaving;
mod loopback;
mod meeting;
mod sharing;
