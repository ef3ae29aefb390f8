//! Whole sessions without sockets: [`pgtenant::session::conversation::Conversation`] against a model of a PostgreSQL server.
//!
//! `model` speaks the server's side of the protocol, `world` moves bytes between sessions and pooled model servers as the relay does, in any
//! pieces and in any order. What a client receives through it must be what the same model says to it directly.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod batches;
mod copy;
mod frames;
mod gate;
mod generated;
mod listening;
mod loss;
mod malformed;
mod model;
mod settings;
mod statements;
mod streaming;
mod world;
