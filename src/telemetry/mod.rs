//! What is told about the process's work: how long things took, and records in files that other programs read.
//!
//! What is counted, and when, is said by those who count: `tenant::usage`.

pub mod audit;
pub mod calendar;
pub mod day_files;
pub mod latencies;
pub mod spread;
