#![no_main]

zoetrope::target!(PICKLE);
