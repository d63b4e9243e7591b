#![no_main]

zoetrope::target!(TOKENIZER);
