#![no_main]

zoetrope::target!(PLAN);
