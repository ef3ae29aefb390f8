//! A session of the console: reads what the client says, runs it, writes what comes of it.

use std::{ops::ControlFlow, pin::pin, sync::Arc};

use tokio::sync::mpsc;

use super::{
    Desk,
    condition::order,
    exchange::{Course, Exchange, Portal, utf8},
    parse,
    statement::{Prepared, Show, Statement, Transaction, operators_only},
    table::{Formats, Row, Value, write_description, write_row},
    verbs,
};
use crate::{
    error::{Report, Severity, SqlState},
    net::Stream,
    session::{
        operator::{Operator, Role, Told, told_to},
        registry::SessionHandle,
    },
    telemetry::audit::{Event, Kind},
    wire::{
        Header,
        frame::split_frame,
        messages::{TransactionStatus, query_text},
        synthetic,
        tag::{client, server},
    },
};

/// A longer message is refused, and the session with it.
const LONGEST_MESSAGE: u32 = 256 << 10;
/// Rows go out in pieces of about so many bytes.
const PIECE: usize = 64 << 10;
/// Rows that are held to be sorted.
const MOST_SORTED: usize = 200_000;

/// Why a session ends.
enum End {
    /// The client has left, with or without a goodbye.
    Left,
    /// It is told why.
    Told(Report),
}

/// Why a statement came to nothing.
enum Fault {
    Failed(Report),
    End(End),
}

impl From<Report> for Fault {
    fn from(report: Report) -> Self {
        Fault::Failed(report)
    }
}

impl From<End> for Fault {
    fn from(end: End) -> Self {
        Fault::End(end)
    }
}

struct Session {
    operator: Box<Operator>,
    handle: Arc<SessionHandle>,
    desk: Arc<Desk>,
    exchange: Exchange,
    inbound: Vec<u8>,
    out: Vec<u8>,
}

/// Serves a client until it leaves, or must.
pub(super) async fn serve(mut operator: Box<Operator>, desk: Arc<Desk>) {
    if operator.attach().is_err() {
        return;
    }
    tracing::info!(login = %operator.name, peer = %operator.stream.peer(), "console: session begins");
    let handle = Arc::clone(operator.handle());
    let mut session = Session { operator, handle, desk, exchange: Exchange::default(), inbound: Vec::new(), out: Vec::new() };
    if let End::Told(report) = session.run().await {
        synthetic::error(&mut session.out, Severity::Fatal, &report);
        let _ = session.operator.stream.write_all(&session.out).await;
        let _ = session.operator.stream.shutdown().await;
    }
    tracing::info!(login = %session.operator.name, "console: session ends");
}

impl Session {
    async fn run(&mut self) -> End {
        loop {
            if let Err(end) = self.messages().await {
                return end;
            }
            if !self.out.is_empty() {
                let out = std::mem::take(&mut self.out);
                if let Err(end) = self.write(&out).await {
                    return end;
                }
            }
            tokio::select! {
                read = read_more(&mut self.operator.stream, &mut self.inbound) => match read {
                    true => {}
                    false => return End::Left,
                },
                told = told_to(&self.handle) => match told {
                    // There is nothing to stop.
                    Told::Stop => {}
                    Told::End(report) => return End::Told(report),
                },
            }
        }
    }

    /// Works through the messages that are there.
    async fn messages(&mut self) -> Result<(), End> {
        loop {
            let split = split_frame(&self.inbound, LONGEST_MESSAGE);
            let (tag, body) = match split {
                Ok(Some((frame, _))) => (frame.tag, frame.body.to_vec()),
                Ok(None) => return Ok(()),
                Err(error) => return Err(End::Told(Report::new(SqlState::PROTOCOL_VIOLATION, error.to_string()))),
            };
            let taken = Header::read(&self.inbound).map_or(0, Header::frame_len);
            self.inbound.drain(..taken);
            match self.message(tag, &body).await {
                Ok(()) => {}
                Err(Fault::End(end)) => return Err(end),
                Err(Fault::Failed(report)) => {
                    synthetic::error(&mut self.out, Severity::Error, &report);
                    self.exchange.fail();
                    self.exchange.skips = true;
                }
            }
        }
    }

    async fn message(&mut self, tag: u8, body: &[u8]) -> Result<(), Fault> {
        match tag {
            client::TERMINATE => return Err(End::Left.into()),
            client::SYNC => self.exchange.sync(&mut self.out),
            _ if self.exchange.skips => {}
            client::QUERY => self.simple(body).await?,
            client::PARSE => self.exchange.parse(body, &mut self.out)?,
            client::BIND => self.exchange.bind(body, &mut self.out)?,
            client::DESCRIBE => self.exchange.describe(body, &mut self.out)?,
            client::CLOSE => self.exchange.close(body, &mut self.out)?,
            client::EXECUTE => self.execute(body).await?,
            // What is made goes out as soon as nothing more is there to work through.
            client::FLUSH | client::COPY_DATA | client::COPY_DONE | client::COPY_FAIL => {}
            client::FUNCTION_CALL => {
                return Err(Report::new(SqlState::FEATURE_NOT_SUPPORTED, "the console has no functions to call").into());
            }
            other => {
                let report = Report::new(SqlState::PROTOCOL_VIOLATION, format!("message type {:?} is not allowed here", char::from(other)));
                return Err(End::Told(report).into());
            }
        }
        Ok(())
    }

    /// Query (F): statements one after the other, until one fails.
    async fn simple(&mut self, body: &[u8]) -> Result<(), End> {
        self.exchange.forget_unnamed();
        match self.statements(body).await {
            Err(Fault::End(end)) => return Err(end),
            Err(Fault::Failed(report)) => {
                synthetic::error(&mut self.out, Severity::Error, &report);
                self.exchange.fail();
            }
            Ok(()) => {}
        }
        self.exchange.sync(&mut self.out);
        Ok(())
    }

    async fn statements(&mut self, body: &[u8]) -> Result<(), Fault> {
        let text = query_text(body).map_err(|error| End::Told(Report::new(SqlState::PROTOCOL_VIOLATION, error.to_string())))?;
        let statements = parse::split(utf8(text)?)?;
        if statements.is_empty() {
            synthetic::empty(&mut self.out, server::EMPTY_QUERY);
        }
        for tokens in statements {
            let prepared = parse::statement(tokens, Vec::new())?;
            if !prepared.parameters.is_empty() {
                return Err(Report::new(SqlState::UNDEFINED_PARAMETER, "there is no parameter $1").into());
            }
            if let Some(columns) = prepared.statement.columns() {
                write_description(&columns, &Formats::default(), &mut self.out);
            }
            let tag = self.tag(&prepared.statement);
            self.run_statement(&prepared, &Arc::default(), &Formats::default()).await?;
            synthetic::command_complete(&mut self.out, tag);
        }
        Ok(())
    }

    /// Execute (F).
    async fn execute(&mut self, body: &[u8]) -> Result<(), Fault> {
        let (name, mut portal, rows) = self.exchange.take_portal(body)?;
        let tag = self.tag(&portal.prepared.statement);
        let done = self.fetch(&mut portal, rows).await?;
        match (done, &portal.prepared.statement) {
            (false, _) => synthetic::empty(&mut self.out, server::PORTAL_SUSPENDED),
            (true, Statement::Empty) => synthetic::empty(&mut self.out, server::EMPTY_QUERY),
            (true, _) => synthetic::command_complete(&mut self.out, tag),
        }
        self.exchange.put_back(name, portal);
        Ok(())
    }

    /// Gives so many rows of a portal, 0 for all; whether these are the last ones.
    async fn fetch(&mut self, portal: &mut Portal, rows: u32) -> Result<bool, Fault> {
        let prepared = Arc::clone(&portal.prepared);
        if matches!(portal.course, Course::New) {
            self.exchange.admit(&prepared.statement)?;
            portal.course = Course::Done;
            match &prepared.statement {
                Statement::Show(show) if rows > 0 => {
                    self.may(&prepared.statement)?;
                    portal.course = Course::Rows(self.collect(show, portal).await?, 0);
                }
                _ => {
                    self.run_statement(&prepared, &portal.parameters, &portal.formats).await?;
                    return Ok(true);
                }
            }
        }
        let Course::Rows(messages, at) = &mut portal.course else { return Ok(true) };
        let mut given = 0;
        while let Some(header) = Header::read(messages.get(*at..).unwrap_or_default()) {
            if given == rows && rows > 0 {
                return Ok(false);
            }
            let end = *at + header.frame_len();
            self.out.extend_from_slice(messages.get(*at..end).unwrap_or_default());
            (*at, given) = (end, given + 1);
        }
        portal.course = Course::Done;
        Ok(true)
    }

    fn tag(&self, statement: &Statement) -> &'static str {
        match (statement, self.exchange.status) {
            // What has failed is rolled back, whatever its end is called. Blocks are only words here.
            (Statement::Transaction(Transaction::Commit), TransactionStatus::Failed) => "ROLLBACK",
            (statement, _) => statement.tag(),
        }
    }

    /// Whether the client may run a statement.
    fn may(&self, statement: &Statement) -> Result<(), Fault> {
        let Some(role) = self.operator.role() else {
            let report = Report::new(SqlState::ADMIN_SHUTDOWN, "terminating connection because its login is no operator's any more");
            return Err(End::Told(report).into());
        };
        match statement.needs() {
            Role::Operator if role != Role::Operator => Err(operators_only(statement.tag()).into()),
            _ => Ok(()),
        }
    }

    /// Runs a statement. Its rows are written, its end isn't told.
    async fn run_statement(&mut self, prepared: &Prepared, parameters: &Arc<[Value]>, formats: &Formats) -> Result<(), Fault> {
        let statement = &prepared.statement;
        self.exchange.admit(statement)?;
        self.may(statement)?;
        match statement {
            Statement::Empty | Statement::Ignored(_) => {}
            Statement::Values(values, _) => {
                let (columns, row): (Vec<_>, Vec<_>) = values.iter().cloned().unzip();
                write_row(&columns, &row, formats, &mut self.out);
            }
            Statement::Transaction(Transaction::Begin) => self.exchange.status = TransactionStatus::Open,
            Statement::Transaction(_) => self.exchange.status = TransactionStatus::Idle,
            Statement::Verb(verb) => {
                tracing::info!(login = %self.operator.name, peer = %self.operator.stream.peer(), statement = ?verb, "console: order");
                self.desk.front.audit.record(|| {
                    Event::new(Kind::Operator).login(&self.operator.name).peer(self.operator.stream.peer()).what(verb.in_words())
                });
                self.order(verb).await?;
            }
            Statement::Show(show) => self.stream(show, Arc::clone(parameters), formats.clone()).await?,
        }
        Ok(())
    }

    /// Does what an operator wants, until it is done, the client takes it back, or leaves.
    async fn order(&mut self, verb: &super::statement::Verb) -> Result<(), Fault> {
        if !self.out.is_empty() {
            let out = std::mem::take(&mut self.out);
            self.write(&out).await?;
        }
        let who = self.operator.name.to_string();
        let (stream, inbound) = (&mut self.operator.stream, &mut self.inbound);
        let left = async {
            // More than a little isn't read ahead: then nobody notices that the client leaves.
            while inbound.len() < PIECE && read_more(stream, inbound).await {}
            if inbound.len() >= PIECE {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            done = verbs::carry_out(&self.desk, verb, &who) => Ok(done?),
            told = told_to(&self.handle) => Err(match told {
                Told::Stop => Fault::Failed(canceled()),
                Told::End(report) => End::Told(report).into(),
            }),
            () = left => Err(End::Left.into()),
        }
    }

    /// Shows a view, row by row: however many they are, few of them are held at once.
    async fn stream(&mut self, show: &Arc<Show>, parameters: Arc<[Value]>, formats: Formats) -> Result<(), Fault> {
        let (pieces, mut made) = mpsc::channel::<Vec<u8>>(2);
        let (desk, show) = (Arc::clone(&self.desk), Arc::clone(show));
        let making = tokio::task::spawn_blocking(move || {
            let mut piece = Vec::new();
            produce(&desk, &show, &parameters, &mut |row| {
                write_row(&show.columns, row, &formats, &mut piece);
                if piece.len() < PIECE {
                    return ControlFlow::Continue(());
                }
                // The client has taken it back where nobody takes the piece.
                match pieces.blocking_send(std::mem::take(&mut piece)) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            })?;
            let _ = pieces.blocking_send(piece);
            Ok::<(), Report>(())
        });
        while let Some(piece) = made.recv().await {
            self.out.extend_from_slice(&piece);
            if self.out.len() >= PIECE {
                let out = std::mem::take(&mut self.out);
                if self.write(&out).await? {
                    return Err(canceled().into());
                }
            }
        }
        making.await.unwrap_or_else(|_| Err(Report::new(SqlState::INTERNAL_ERROR, "the view could not be made")))?;
        Ok(())
    }

    /// All rows of a view, as messages.
    async fn collect(&self, show: &Arc<Show>, portal: &Portal) -> Result<Vec<u8>, Report> {
        let (desk, show) = (Arc::clone(&self.desk), Arc::clone(show));
        let (parameters, formats) = (Arc::clone(&portal.parameters), portal.formats.clone());
        let making = tokio::task::spawn_blocking(move || {
            let mut messages = Vec::new();
            produce(&desk, &show, &parameters, &mut |row| {
                write_row(&show.columns, row, &formats, &mut messages);
                ControlFlow::Continue(())
            })?;
            Ok(messages)
        });
        making.await.unwrap_or_else(|_| Err(Report::new(SqlState::INTERNAL_ERROR, "the view could not be made")))
    }

    /// Writes all of it. Whether the client has cancelled meanwhile.
    async fn write(&mut self, bytes: &[u8]) -> Result<bool, End> {
        let mut writing = pin!(self.operator.stream.write_all(bytes));
        let mut cancelled = false;
        loop {
            tokio::select! {
                written = &mut writing => return if written.is_ok() { Ok(cancelled) } else { Err(End::Left) },
                told = told_to(&self.handle) => match told {
                    Told::Stop => cancelled = true,
                    // What it is told would come in the middle of a message.
                    Told::End(_) => return Err(End::Left),
                },
            }
        }
    }
}

fn canceled() -> Report {
    Report::new(SqlState::QUERY_CANCELED, "canceling statement due to user request")
}

/// Reads what there is; `false`: the client has left.
async fn read_more(stream: &mut Stream, inbound: &mut Vec<u8>) -> bool {
    let mut buffer = [0; 4096];
    match stream.read_some(&mut buffer).await {
        Ok(0) | Err(_) => false,
        Ok(read) => {
            inbound.extend_from_slice(buffer.get(..read).unwrap_or_default());
            true
        }
    }
}

/// Gives the rows that a statement asks for, in its order.
fn produce(desk: &Desk, show: &Show, parameters: &[Value], give: &mut dyn FnMut(&Row) -> ControlFlow<()>) -> Result<(), Report> {
    let offset = rows_wanted(show.offset.as_ref(), parameters, "OFFSET")?.unwrap_or(0);
    let limit = rows_wanted(show.limit.as_ref(), parameters, "LIMIT")?.unwrap_or(usize::MAX);
    let enough = offset.saturating_add(limit);
    let accepts = |row: &Row| show.filter.as_ref().is_none_or(|filter| filter.accepts(row, parameters));
    if show.order.is_empty() {
        let mut seen = 0;
        let _ = (show.view.produce)(desk, &mut |row| {
            if seen >= enough {
                return ControlFlow::Break(());
            }
            if !accepts(&row) {
                return ControlFlow::Continue(());
            }
            seen += 1;
            if seen > offset { give(&row) } else { ControlFlow::Continue(()) }
        });
        return Ok(());
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut too_many = false;
    let _ = (show.view.produce)(desk, &mut |row| {
        if accepts(&row) {
            rows.push(row);
        }
        // Of those that can't be among the first any more, none is kept.
        if enough < MOST_SORTED / 2 && rows.len() >= 2 * enough.max(1000) {
            rows.sort_by(|one, other| order(&show.order, one, other));
            rows.truncate(enough);
        }
        too_many = rows.len() > MOST_SORTED;
        if too_many { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    if too_many {
        return Err(Report::new(SqlState::CONFIGURATION_LIMIT_EXCEEDED, "there are too many rows to sort")
            .with_detail(format!("The console sorts up to {MOST_SORTED} rows."))
            .with_hint("Add WHERE or LIMIT, or leave ORDER BY out."));
    }
    rows.sort_by(|one, other| order(&show.order, one, other));
    for row in rows.iter().skip(offset).take(limit) {
        if give(row).is_break() {
            break;
        }
    }
    Ok(())
}

fn rows_wanted(term: Option<&super::condition::Term>, parameters: &[Value], what: &str) -> Result<Option<usize>, Report> {
    match term.map(|term| term.value(&[], parameters)) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Integer(number)) => usize::try_from(number)
            .map(Some)
            .map_err(|_| Report::new(SqlState::INVALID_PARAMETER_VALUE, format!("{what} must not be negative"))),
        Some(_) => Err(Report::new(SqlState::INVALID_PARAMETER_VALUE, format!("{what} must be a number"))),
    }
}
