//! The program `pgtenant`: see `pgtenant --help`.

use std::process::ExitCode;

/// Small, quick, and gives memory back that idle sessions don't need.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    pgtenant::cli::run()
}
