//! The operators' console: `psql -d pgtenant`, and the control socket that speaks the same.
//!
//! Its sessions come through the same door as everybody's and are handed over here. They live on a thread of their own: what they look at
//! is copied under locks that are held for as long as it takes to copy it, and no tenant's statement ever waits for an operator's.
//!
//! `serve` is the loop that reads and writes, `exchange` what a client's messages mean, `parse` reads statements, `condition` is what stands
//! behind WHERE, `views` are the things to look at, `verbs` what changes something.

mod condition;
mod desk;
mod edits;
mod exchange;
mod parse;
mod serve;
mod statement;
mod table;
mod verbs;
mod views;

use std::{io, sync::Arc, thread::JoinHandle};

use tokio::sync::{mpsc, oneshot};

use crate::{
    config::Settings,
    lifecycle::maps::MapStore,
    net::{BindError, Listener},
    session::{
        handshake::Front,
        operator::{self, Operator},
    },
};
pub(crate) use desk::Desk;
pub use statement::Shutdown;

/// Expressions recurse, and so does letting go of them.
const STACK: usize = 64 << 20;

/// What an operator wants of the whole process.
#[derive(Debug)]
pub enum ServerOrder {
    /// Read the files again, and say what came of it.
    Reload(oneshot::Sender<Result<(), String>>),
    /// End.
    Shutdown(Shutdown),
}

/// Where sessions of the console are handed in.
#[derive(Clone)]
pub struct Console {
    operators: mpsc::UnboundedSender<Box<Operator>>,
}

/// The console's thread.
pub struct Running {
    console: Console,
    end: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

/// What the console is made of.
pub struct Parts {
    /// What sessions share.
    pub front: Arc<Front>,
    /// What `pgtenant.toml` says.
    pub settings: Settings,
    /// Where the shard map is.
    pub store: MapStore,
    /// The name of the control socket, as the kernel has it; none: there is none.
    pub control: Option<String>,
}

impl Console {
    /// Starts the thread. Beside it what comes of what operators want of the process.
    ///
    /// # Errors
    /// No thread, or no runtime.
    pub fn start(parts: Parts) -> io::Result<(Running, mpsc::UnboundedReceiver<ServerOrder>)> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().thread_stack_size(STACK).build()?;
        let (operators, mut arrivals) = mpsc::unbounded_channel::<Box<Operator>>();
        let (orders, ordered) = mpsc::unbounded_channel();
        let (end, ended) = oneshot::channel();
        let Parts { front, settings, store, control } = parts;
        let desk = Arc::new(Desk::new(Arc::clone(&front), settings, store, orders));
        let run = move || {
            runtime.spawn(Arc::clone(&desk).keep_averages());
            runtime.block_on(async move {
                if let Some(name) = control {
                    tokio::spawn(listen(name, front, Arc::clone(&desk)));
                }
                tokio::select! {
                    _ = ended => {}
                    () = async {
                        while let Some(operator) = arrivals.recv().await {
                            tokio::spawn(serve::serve(operator, Arc::clone(&desk)));
                        }
                    } => {}
                }
            });
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("console".to_owned()).stack_size(STACK).spawn(run)?;
        Ok((Running { console: Console { operators }, end, thread }, ordered))
    }

    /// Takes a session over from the runtime that calls.
    pub fn take(&self, mut operator: Box<Operator>) {
        // Where the console has ended already, dropping it ends the session.
        if operator.detach().is_ok() {
            let _ = self.operators.send(operator);
        }
    }
}

impl Running {
    /// Where sessions are handed in.
    pub fn console(&self) -> &Console {
        &self.console
    }

    /// Ends all sessions of the console.
    pub fn stop(self) {
        drop(self.end);
        let _ = self.thread.join();
    }
}

async fn listen(name: String, front: Arc<Front>, desk: Arc<Desk>) {
    let mut listener = match Listener::bind_abstract(&name) {
        Ok(listener) => listener,
        Err(error) => return log_unheard(&error),
    };
    tracing::debug!(name, "control socket");
    loop {
        match listener.accept().await {
            Ok(accepted) => {
                let (front, desk) = (Arc::clone(&front), Arc::clone(&desk));
                tokio::spawn(async move {
                    if let Some(operator) = operator::admit_local(accepted, &front).await {
                        serve::serve(Box::new(operator), desk).await;
                    }
                });
            }
            Err(error) => return tracing::error!(%error, "the control socket is closed"),
        }
    }
}

fn log_unheard(error: &BindError) {
    tracing::error!(%error, "no control socket: commands on this machine don't find this proxy");
}
