#![no_main]

zoetrope::target!(SAFETENSORS);
