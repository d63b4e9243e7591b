#![no_main]

zoetrope::target!(SENTENCEPIECE);
