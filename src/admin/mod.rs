//! What an operator sees and turns.

pub mod http;
pub mod view;
