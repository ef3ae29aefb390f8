//! The rate of a tenant's statements: asked for once per statement, before anything of it goes to a server.
//!
//! In batches a Bind counts, which comes before its Execute and needs a server connection only then. The end of an open transaction counts and is
//! never refused: what it holds it would hold on.

use super::{Conversation, Tools};
use crate::{
    error::Report,
    sql::{Prescan, count_statements, outcome::TextEffects, prescan},
    wire::messages::TransactionStatus,
};

impl Conversation {
    /// Lets a simple query's statements through.
    ///
    /// # Errors
    /// What the client is told.
    #[inline]
    pub(super) fn admit_query(&mut self, tools: &Tools, text: &[u8]) -> Result<(), Report> {
        if std::mem::replace(&mut self.front.admitted, true) {
            return Ok(());
        }
        let statements = count_statements(text);
        if let Some(admission) = &tools.admission {
            if self.status != TransactionStatus::Idle && prescan(text) == Prescan::End {
                admission.charge();
            } else {
                admission.admit(statements)?;
            }
        }
        self.tally.statements += statements;
        Ok(())
    }

    /// Lets a statement through that is bound.
    ///
    /// # Errors
    /// What the client is told.
    #[inline]
    pub(super) fn admit_bind(&mut self, tools: &Tools, effects: &TextEffects) -> Result<(), Report> {
        if std::mem::replace(&mut self.front.admitted, true) {
            return Ok(());
        }
        if let Some(admission) = &tools.admission {
            let ends = effects.as_ref().is_some_and(|effects| effects.ends && !effects.begins);
            if ends && self.status != TransactionStatus::Idle {
                admission.charge();
            } else {
                admission.admit(1)?;
            }
        }
        self.tally.statements += 1;
        self.tally.binds += 1;
        Ok(())
    }

    /// Whether a statement that is parsed would be let through, so that it needn't ask for a server connection in vain.
    ///
    /// # Errors
    /// What the client is told.
    #[inline]
    pub(super) fn look_at_rate(&self, tools: &Tools, has_server: bool) -> Result<(), Report> {
        match &tools.admission {
            Some(admission) if !has_server => admission.look(),
            _ => Ok(()),
        }
    }
}
