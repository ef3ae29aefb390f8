//! COPY into a table with row security.
//!
//! PostgreSQL refuses COPY FROM where row policies count, so the proxy speaks COPY with the client and INSERT with the server: [`decode`]
//! makes rows of the client's bytes.

pub mod decode;
