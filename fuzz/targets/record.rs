#![no_main]

zoetrope::target!(RECORD);
