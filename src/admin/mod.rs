//! What an operator sees and turns.

pub mod console;
pub mod control;
pub mod http;
pub mod view;
