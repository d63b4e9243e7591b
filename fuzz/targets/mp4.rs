#![no_main]

zoetrope::target!(MP4);
