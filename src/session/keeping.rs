//! What has to be looked at now and then: bans that are over, and memory that is used up.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::handshake::Front;

/// How often.
const EVERY: Duration = Duration::from_secs(3);

/// Looks at it until dropped.
pub async fn keep(front: Arc<Front>) {
    loop {
        tokio::time::sleep(EVERY).await;
        front.door.guard.sweep(Instant::now());
        mind_memory(&front);
    }
}

/// What is remembered of texts counts as held. Where nothing more may be held it is forgotten first: it costs time only.
fn mind_memory(front: &Front) {
    let memory = &front.pools.rules().memory;
    memory.note_memories(front.grounds.bytes());
    if !memory.is_used_up() {
        return;
    }
    let before = memory.held();
    front.grounds.forget_texts();
    front.pools.pools().iter().for_each(|pool| pool.statements.forget());
    memory.note_memories(front.grounds.bytes());
    tracing::warn!(
        before,
        now = memory.held(),
        total = memory.total(),
        "memory is used up: what was remembered of statements is forgotten"
    );
}
