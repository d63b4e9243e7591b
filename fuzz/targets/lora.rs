#![no_main]

zoetrope::target!(LORA);
