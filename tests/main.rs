//! One program for all tests: it links once.

mod catalog;
mod cli;
mod engine;
mod floor_plan;
mod job;
