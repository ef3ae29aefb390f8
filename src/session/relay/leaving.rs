//! How it ends: the server connection is lost, the protocol broken, or the session over.

use super::{
    super::{
        conversation::{Conversation, Fatal, Loss, PoolMode},
        reading::SessionReads,
        reset,
    },
    End, Progress, Relay,
};
use crate::{
    backend::settings::Settings,
    error::{Report, SqlState},
};

impl Relay {
    pub(super) fn server_lost(&mut self) -> Progress {
        self.session.handle.detach();
        // Others may be about to lose theirs.
        if let (Some(checkout), Some(acting)) = (&self.server, &self.part.acting)
            && let Some(number) = acting.topology.servers.iter().position(|server| server.target == *checkout.target())
        {
            acting.topology.suspect(number);
        }
        self.server = None;
        self.to_server = Vec::new();
        self.from_server = Vec::new();
        if self.reads.is_some() && self.repeat_on_primary() {
            return Ok(true);
        }
        let report = Report::new(SqlState::CONNECTION_FAILURE, "the connection to the tenant's database server was lost")
            .with_detail("Whether what was running took effect is unknown.")
            .with_hint("Check, then retry.");
        match self.conversation.server_lost(&report, &mut self.to_client) {
            Loss::GoOn => self.replay_inbound(),
            Loss::Told => self.ending = true,
            Loss::End => self.end(&report),
        }
        Ok(true)
    }

    /// The protocol is broken, on either side: the server connection is in doubt.
    pub(super) fn broken(&mut self, fatal: &Fatal) {
        if matches!(fatal, Fatal::Server(_)) {
            tracing::error!(session = %self.session.handle.id, tenant = ?self.session.handle.tenant(), error = %fatal, "server connection closed");
        }
        self.session.handle.detach();
        self.server = None;
        self.end(&fatal.report());
    }

    /// The session is over: its server connection is cleaned for others, or closed.
    pub(super) async fn leave(&mut self, end: &End) {
        let running = self.session.handle.cancel();
        self.session.handle.detach();
        let aftermath = self.reads.as_deref_mut().and_then(SessionReads::aftermath);
        if let Some(checkout) = self.server.take() {
            if self.conversation.is_at_rest() && self.to_server.is_empty() && self.from_server.is_empty() {
                if self.conversation.leaves_clean() {
                    reset::spawn(checkout);
                }
            } else if self.conversation.runs_for_us_only() || matches!(end, End::Goodbye) && self.conversation.runs_on() {
                let conversation = std::mem::replace(&mut self.conversation, Conversation::new(Settings::default(), PoolMode::Transaction));
                let unwritten = std::mem::take(&mut self.to_server);
                reset::finish(checkout, conversation, (unwritten, std::mem::take(&mut self.from_server)), aftermath);
            } else if let Some(cancel) = running {
                // Closing the socket doesn't stop what the server runs; a cancel request does.
                tokio::spawn(async move {
                    cancel.send().await;
                    drop((checkout, aftermath));
                });
            }
        }
        // To a client that has left without TLS, closing the socket says it all.
        if matches!(end, End::Told) || self.client.is_tls() {
            let _ = tokio::time::timeout(std::time::Duration::from_secs(1), self.client.shutdown()).await;
        }
    }
}
