#![no_main]

zoetrope::target!(TORCH);
