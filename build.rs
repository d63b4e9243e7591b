//! Tells the linker where the programs will find MLX.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // `cargo xtask setup` leaves the folders of the MLX libraries in cargo's configuration, as metadata of
    // `mlx-sys`. There are none where that crate has built MLX itself, into the program.
    let folders = env::var("DEP_MLX_RPATH").unwrap_or_default();
    for folder in folders.split(':').filter(|folder| !folder.is_empty()) {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{folder}");
    }
    // A RUNPATH, unlike an RPATH, can be overruled by LD_LIBRARY_PATH, to run with another libmlx.
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-link-arg=-Wl,--enable-new-dtags");
    }
}
