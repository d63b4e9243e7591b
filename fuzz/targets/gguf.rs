#![no_main]

zoetrope::target!(GGUF);
