//! Whom the session acts for: checked out, looked at and replaced between two of its client's frames.

use std::task::{Context, Poll};

use super::{Found, Progress, Relay, Scratch, routing::Sought, stopping::Why};
use crate::{
    error::Report,
    pool::Checkout,
    session::{
        acting::Acting,
        conversation::{Attached, PoolMode, Tools, Want},
        switcher::Switcher,
        tenancy,
    },
    telemetry::audit::{Event, Kind},
    tenant::usage::Refusal,
};

/// Whom a session acts for, and how it goes from one to the next.
pub struct Part {
    /// Nobody, where its client hasn't said.
    pub acting: Option<Acting>,
    /// Where it may act for several.
    pub switcher: Option<Box<Switcher>>,
}

impl Part {
    /// What the client's texts are read with; none only where a session could act for nobody and never for anybody.
    pub(super) fn tools(&self) -> Option<&Tools> {
        self.acting.as_ref().map(|acting| &acting.tools).or_else(|| self.switcher.as_ref().map(|switcher| switcher.nobody()))
    }
}

impl Relay {
    /// Begins to act for the tenant that the client has said. Not while a server connection is another's.
    pub(super) fn switch(&mut self) -> Result<(), Report> {
        let tenant = self.conversation.tenant().cloned();
        let (Some(tenant), None) = (tenant, &self.server) else { return Err(tenancy::unsaid()) };
        // Whoever it acted for before is free of it first: the next may be the same one, with its last place for a client.
        self.forget_tenant();
        let Some(switcher) = &self.part.switcher else { return Err(tenancy::unsaid()) };
        let acting = switcher.act(&tenant, &self.session.handle);
        self.worker.audit.record(|| {
            let handle = &self.session.handle;
            let event = Event::new(Kind::Tenant).login(&handle.login).tenant(Some(&tenant)).peer(handle.peer).session(handle.id.0);
            match &acting {
                Ok(_) => event,
                Err(report) => event.state(report.state).reason(&report.message),
            }
        });
        let acting = acting?;
        self.conversation.given(Some(tenant), acting.tenant.plan.pool_mode);
        self.conversation.change_channels(acting.channel_names());
        self.part.acting = Some(acting);
        Ok(())
    }

    /// The tenant may do something else by now. Whether the session ends for it.
    pub(super) fn renew(&mut self, cx: &mut Context<'_>) -> bool {
        if self.leave_primary() || self.leave_if_forsaken() {
            return true;
        }

        let Some(acting) = &mut self.part.acting else { return false };
        let was_used_up = acting.tools.gate.is_without_storage();
        if let Err(report) = acting.renew() {
            self.conversation.tally.refuse(Refusal::Suspended);
            self.end(&report);
            return true;
        }
        let is_used_up = acting.tools.gate.is_without_storage() && !was_used_up;
        let rows = acting.tenant.limits.rows_per_result;
        if self.server.is_some() {
            self.conversation.limit_rows(rows);
            self.conversation.renew_context(acting.tools.context.clone());
            self.stop_programs(Why::ReadsOnly);
            if is_used_up {
                self.stop_programs(Why::UsedUp);
            }
            self.pass_renewal(cx);
        }
        false
    }

    /// Tells the server connection of it, as far as that can be done now.
    pub(super) fn pass_renewal(&mut self, cx: &mut Context<'_>) {
        let Some(connection) = self.server.as_mut().and_then(Checkout::connection) else { return };
        let mut to_server = Vec::new();
        self.conversation.hear_renewal(&mut Attached { carried: &mut connection.carried, out: &mut to_server });
        self.write_server(cx, &to_server);
    }

    pub(super) fn forget_tenant(&mut self) {
        self.settle_usage();
        self.part.acting = None;
        self.reads = None;
        // What it listened to was another's.
        self.ears = None;
        self.conversation.given(None, PoolMode::Transaction);
        self.session.handle.act_for(None);
    }

    pub(super) fn attach(&mut self, mut checkout: Checkout, to_server: &mut Vec<u8>, to_client: &mut Vec<u8>) {
        self.conversation.limit_rows(self.part.acting.as_ref().and_then(|acting| acting.tenant.limits.rows_per_result));
        self.end_wait_for_primary();
        self.take_lease(&checkout);
        self.conversation.tally.assignments += 1;
        if let Some(waited) = checkout.waited() {
            self.conversation.tally.waited(waited);
        }
        let since = checkout.since();
        if let Some(connection) = checkout.connection() {
            if let Some(switcher) = &mut self.part.switcher {
                switcher.tell(&connection.reported, &self.conversation, to_client);
            }
            let context = self.part.acting.as_ref().and_then(|acting| acting.tools.context.as_ref());
            self.conversation.attach(context, &mut Attached { carried: &mut connection.carried, out: to_server });
            self.preparing = self.conversation.is_preparing();
            self.session.handle.attach(&connection.cancel, since, self.preparing);
        }
        self.server = Some(checkout);
    }

    /// Bytes that were held while waiting are looked at again without a read: they may hold whole frames.
    pub(super) fn replay_inbound(&mut self) {
        let kept = std::mem::take(&mut self.inbound);
        let mut bytes = kept.as_slice();
        loop {
            let Some(tools) = self.part.tools() else { return };
            let step = match self.conversation.on_client(tools, bytes, None, &mut self.to_client) {
                Ok(step) => step,
                Err(fatal) => return self.broken(&fatal),
            };
            bytes = &bytes[step.consumed..];
            let refused = match step.want {
                Want::Tenant => match self.switch() {
                    Ok(()) => continue,
                    Err(report) => report,
                },
                Want::Channels => {
                    self.want_channels();
                    break;
                }
                Want::Catalog => {
                    self.want_catalog();
                    break;
                }
                Want::Server => match self.seek(bytes) {
                    Sought::Ready(checkout) => {
                        self.wait = Some(Box::pin(std::future::ready(Ok(Found::Checkout(checkout)))));
                        break;
                    }
                    Sought::Wait(wait) => {
                        self.begin_wait(wait);
                        break;
                    }
                    Sought::Refused(report) => report,
                },
                Want::Rest => {
                    self.held = true;
                    break;
                }
                Want::Room => {
                    self.full = true;
                    break;
                }
                Want::Bytes | Want::Close => break,
            };
            let done = self.conversation.fail_front(bytes, &refused, &mut self.to_client);
            bytes = &bytes[done..];
        }
        self.inbound = bytes.to_vec();
    }

    /// The client's next statement waits for the catalog, or is too long to be judged here.
    pub(super) fn want_catalog(&mut self) {
        let Some(tools) = self.part.tools() else { return };
        let gate = tools.gate.clone();
        self.catalog = Some(match self.conversation.take_long_text(tools) {
            Some(long) => Box::pin(async move { Some(gate.judge_aside(long.text, long.tenancy, long.has_read).await) }),
            None => Box::pin(async move {
                gate.read_catalog().await;
                None
            }),
        });
    }

    /// Looks whether the catalog has been read; then the client's statement goes on.
    pub(super) fn poll_catalog(&mut self, cx: &mut Context<'_>, scratch: &mut Scratch) -> Progress {
        let Some(wait) = &mut self.catalog else { return Ok(false) };
        let Poll::Ready(answer) = wait.as_mut().poll(cx) else { return Ok(false) };
        self.catalog = None;
        match answer {
            Some(answer) => self.conversation.long_text_is_judged(answer),
            None => self.conversation.catalog_is_read(),
        }
        let Scratch { to_client, to_server, .. } = scratch;
        self.on_inbound(cx, to_client, to_server)?;
        Ok(true)
    }
}
