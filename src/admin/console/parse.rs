//! From an operator's text to statements. The words are sqlparser's tokens, and so are `WHERE`, `ORDER BY` and `LIMIT` its expressions.

use std::{sync::Arc, time::Duration};

use sqlparser::{
    ast::{Expr, GroupByExpr, LimitClause, OrderByKind, OrderBySort, Query, Select, SelectItem, SetExpr},
    dialect::PostgreSqlDialect,
    parser::{Parser, ParserError},
    tokenizer::{Token, Tokenizer},
};

use super::{
    condition::{Reader, SortKey},
    edits,
    statement::{Prepared, Show, Shutdown, Statement, Target, Terms, Transaction, Verb},
    table::{Column, Kind, Value},
    views::{self, View},
};
use crate::{
    config::Period,
    error::{Report, SqlState},
    ids::{SessionId, ShardId, TenantId},
};

/// A longer text is refused: nobody types that, and expressions are as deep as they are long.
pub(crate) const LONGEST: usize = 64 << 10;
/// The same in words.
const MOST_TOKENS: usize = 2000;

/// Settings that PostgreSQL's drivers look at or change when they begin, and what they are here.
const SESSION: [(&str, &str); 13] = [
    ("client_encoding", "UTF8"),
    ("server_encoding", "UTF8"),
    ("datestyle", "ISO, MDY"),
    ("intervalstyle", "postgres"),
    ("timezone", "UTC"),
    ("standard_conforming_strings", "on"),
    ("extra_float_digits", "1"),
    ("application_name", ""),
    ("transaction_isolation", "read committed"),
    ("default_transaction_isolation", "read committed"),
    ("transaction_read_only", "off"),
    ("default_transaction_read_only", "off"),
    ("client_min_messages", "notice"),
];

/// Splits a text into its statements.
pub(crate) fn split(text: &str) -> Result<Vec<Vec<Token>>, Report> {
    if text.len() > LONGEST {
        return Err(Report::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "the statement is too long")
            .with_detail(format!("{} bytes; the console takes {LONGEST}.", text.len())));
    }
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, text)
        .tokenize()
        .map_err(|error| Report::new(SqlState::SYNTAX_ERROR, error.message).with_hint(HELP))?;
    let words: Vec<Token> = tokens.into_iter().filter(|token| !matches!(token, Token::Whitespace(_) | Token::EOF)).collect();
    if words.len() > MOST_TOKENS {
        return Err(Report::new(SqlState::STATEMENT_TOO_COMPLEX, "the statement is too long")
            .with_detail(format!("The console takes {MOST_TOKENS} words.")));
    }
    Ok(words.split(|token| *token == Token::SemiColon).filter(|words| !words.is_empty()).map(<[Token]>::to_vec).collect())
}

const HELP: &str = "SHOW HELP tells what there is.";

/// Reads the only statement of a text; `declared` are the kinds that the client says its parameters have.
pub(crate) fn prepare(text: &str, declared: Vec<Option<Kind>>) -> Result<Prepared, Report> {
    let mut statements = split(text)?;
    if statements.len() > 1 {
        return Err(Report::new(SqlState::SYNTAX_ERROR, "cannot insert multiple commands into a prepared statement"));
    }
    match statements.pop() {
        Some(tokens) => statement(tokens, declared),
        None => {
            Ok(Prepared { statement: Statement::Empty, parameters: declared.into_iter().map(|kind| kind.unwrap_or(Kind::Text)).collect() })
        }
    }
}

/// Reads a statement.
pub(crate) fn statement(tokens: Vec<Token>, declared: Vec<Option<Kind>>) -> Result<Prepared, Report> {
    let mut words = Words { tokens: &tokens, at: 0 };
    if words.skip("SHOW") {
        return show(words, declared);
    }
    if words.is_word_at(0, "HELP") {
        return show(words, declared);
    }
    if words.skip("SELECT") {
        let is_view = words.peek() == Some(&Token::Mul) && words.is_word_at(1, "FROM");
        if is_view {
            words.at += 2;
            return show(words, declared);
        }
        return Ok(plain(select(&tokens)?, declared));
    }
    let read = other(&mut words)?;
    words.end()?;
    Ok(plain(read, declared))
}

fn plain(statement: Statement, declared: Vec<Option<Kind>>) -> Prepared {
    Prepared { statement, parameters: declared.into_iter().map(|kind| kind.unwrap_or(Kind::Text)).collect() }
}

/// A statement's words, read from the left.
pub(super) struct Words<'a> {
    tokens: &'a [Token],
    pub(super) at: usize,
}

impl<'a> Words<'a> {
    pub(super) fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    pub(super) fn is_word_at(&self, ahead: usize, word: &str) -> bool {
        matches!(self.tokens.get(self.at + ahead), Some(Token::Word(found)) if found.quote_style.is_none() && found.value.eq_ignore_ascii_case(word))
    }

    /// Takes a word if it comes next.
    pub(super) fn skip(&mut self, word: &str) -> bool {
        let is_next = self.is_word_at(0, word);
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes words if they all come next.
    fn skip_all(&mut self, all: &[&str]) -> bool {
        let are_next = all.iter().enumerate().all(|(ahead, word)| self.is_word_at(ahead, word));
        self.at += if are_next { all.len() } else { 0 };
        are_next
    }

    /// Takes a word that must come next.
    pub(super) fn expect(&mut self, word: &str) -> Result<(), Report> {
        if self.skip(word) { Ok(()) } else { Err(self.unexpected(&format!("{word} is expected"))) }
    }

    pub(super) fn skip_token(&mut self, token: &Token) -> bool {
        let is_next = self.peek() == Some(token);
        self.at += usize::from(is_next);
        is_next
    }

    fn is_over(&self) -> bool {
        self.at >= self.tokens.len()
    }

    fn end(&self) -> Result<(), Report> {
        if self.is_over() { Ok(()) } else { Err(self.unexpected("nothing more is expected")) }
    }

    /// A name: a word, with or without quotation marks, a text, or a number.
    pub(super) fn name(&mut self, what: &str) -> Result<String, Report> {
        let name = match self.peek() {
            Some(Token::Word(word)) => word.value.clone(),
            Some(Token::SingleQuotedString(text)) => text.clone(),
            Some(Token::Number(number, _)) => number.to_string(),
            _ => return Err(self.unexpected(&format!("{what} is expected"))),
        };
        self.at += 1;
        // A name with a hyphen is several words.
        if self.peek() == Some(&Token::Minus) {
            return Err(self.unexpected("a name with other signs than letters, digits and underscores stands in quotation marks"));
        }
        Ok(name)
    }

    /// A time: '5s'.
    fn time(&mut self) -> Result<Duration, Report> {
        let text = self.name("a time such as '5s'")?;
        text.parse()
            .map(|Period(time)| time)
            .map_err(|_| Report::new(SqlState::INVALID_PARAMETER_VALUE, format!("{text:?} is no time")).with_hint("'500ms', '5s', '2m'."))
    }

    pub(super) fn unexpected(&self, expected: &str) -> Report {
        let message = match self.peek() {
            Some(token) => format!("syntax error at or near \"{token}\""),
            None => "syntax error at end of input".to_owned(),
        };
        Report::new(SqlState::SYNTAX_ERROR, message).with_detail(format!("Here {expected}.")).with_hint(HELP)
    }
}

/// Everything that begins with neither SHOW nor SELECT.
fn other(words: &mut Words<'_>) -> Result<Statement, Report> {
    if words.is_over() {
        return Ok(Statement::Empty);
    }
    if let Some(transaction) = transaction(words) {
        return Ok(transaction);
    }
    if let Some(edit) = edits::read(words)? {
        return Ok(edit);
    }
    let verb = match () {
        () if words.skip_all(&["PAUSE", "WRITES", "ON", "SHARD"]) => {
            let shard = ShardId::from(words.name("a shard's name")?);
            Verb::PauseWrites(shard, terms(words)?)
        }
        () if words.skip_all(&["RESUME", "WRITES", "ON", "SHARD"]) => Verb::ResumeWrites(ShardId::from(words.name("a shard's name")?)),
        () if words.skip_all(&["DRAIN", "SERVER"]) => {
            let server = words.name("a server such as '10.0.0.2:5432'")?;
            Verb::Drain(server, terms(words)?)
        }
        () if words.skip_all(&["UNDRAIN", "SERVER"]) => Verb::Undrain(words.name("a server such as '10.0.0.2:5432'")?),
        () if words.skip("PAUSE") => {
            let target = target(words)?;
            Verb::Pause(target, terms(words)?)
        }
        () if words.skip("RESUME") => Verb::Resume(target(words)?),
        () if words.skip("SUSPEND") => Verb::Suspend,
        () if words.skip("DISABLE") => Verb::Disable(tenant(words)?),
        () if words.skip("ENABLE") => Verb::Enable(tenant(words)?),
        () if words.skip("KILL") => Verb::Kill(target(words)?),
        () if words.skip("KILL_CLIENT") => Verb::KillClient(session(words)?),
        () if words.skip("RECONNECT") => Verb::Reconnect(target(words)?),
        () if words.skip("WAIT_CLOSE") => Verb::WaitClose(target(words)?),
        () if words.skip("RELOAD") => Verb::Reload,
        () if words.skip("SHUTDOWN") => Verb::Shutdown(match () {
            () if words.skip("WAIT_FOR_SERVERS") => Shutdown::WaitForServers,
            () if words.skip("WAIT_FOR_CLIENTS") => Shutdown::WaitForClients,
            () => Shutdown::Immediate,
        }),
        () if words.skip("SET") => return set(words),
        () if words.skip("RESET") || words.skip("DISCARD") || words.skip("DEALLOCATE") || words.skip("UNLISTEN") => {
            let tag = match words.tokens.first() {
                Some(token) if token.to_string().eq_ignore_ascii_case("RESET") => "RESET",
                Some(token) if token.to_string().eq_ignore_ascii_case("DISCARD") => "DISCARD ALL",
                Some(token) if token.to_string().eq_ignore_ascii_case("DEALLOCATE") => "DEALLOCATE ALL",
                _ => "UNLISTEN",
            };
            words.at = words.tokens.len();
            return Ok(Statement::Ignored(tag));
        }
        () => return Err(unknown(words)),
    };
    Ok(Statement::Verb(Arc::new(verb)))
}

fn unknown(words: &Words<'_>) -> Report {
    let first = words.peek().map(ToString::to_string).unwrap_or_default();
    Report::new(SqlState::SYNTAX_ERROR, format!("unknown command \"{first}\""))
        .with_detail("This is the console of pgtenant, not a database.")
        .with_hint(HELP)
}

fn transaction(words: &mut Words<'_>) -> Option<Statement> {
    let transaction = match () {
        () if words.skip("BEGIN") => Transaction::Begin,
        () if words.is_word_at(0, "START") && words.is_word_at(1, "TRANSACTION") => Transaction::Begin,
        () if words.skip("COMMIT") || words.skip("END") => Transaction::Commit,
        () if words.skip("ROLLBACK") || words.skip("ABORT") => Transaction::Rollback,
        () => return None,
    };
    // What follows says how, which makes no difference.
    words.at = words.tokens.len();
    Some(Statement::Transaction(transaction))
}

/// `SET key = value`: a setting of PostgreSQL's means nothing here.
fn set(words: &mut Words<'_>) -> Result<Statement, Report> {
    let _ = words.skip("SESSION") || words.skip("LOCAL");
    if words.skip("TRANSACTION") || words.skip("CHARACTERISTICS") || words.skip("NAMES") || words.skip("TIME") {
        words.at = words.tokens.len();
        return Ok(Statement::Ignored("SET"));
    }
    let mut key = words.name("a setting")?;
    while words.skip_token(&Token::Period) {
        key = format!("{key}.{}", words.name("a setting")?);
    }
    if !words.skip_token(&Token::Eq) {
        words.expect("TO")?;
    }
    if SESSION.iter().any(|(name, _)| key.eq_ignore_ascii_case(name)) {
        words.at = words.tokens.len();
        return Ok(Statement::Ignored("SET"));
    }
    let value = words.name("a value")?;
    Ok(Statement::Verb(Arc::new(Verb::Set { key, value })))
}

/// All, `TENANT x`, `SHARD x`, or, as PgBouncer has it, the name of a database: a tenant's.
fn target(words: &mut Words<'_>) -> Result<Target, Report> {
    let is_last = words.tokens.len() == words.at + 1;
    if words.is_over() {
        return Ok(Target::All);
    }
    if is_last && words.skip("ALL") {
        return Ok(Target::Each);
    }
    if !is_last && words.skip("TENANT") {
        return Ok(Target::Tenant(tenant(words)?));
    }
    if !is_last && words.skip("SHARD") {
        return Ok(Target::Shard(ShardId::from(words.name("a shard's name")?)));
    }
    if !is_last && (words.is_word_at(0, "WITHIN") || words.is_word_at(0, "HOLD")) {
        return Ok(Target::All);
    }
    tenant(words).map(Target::Tenant)
}

fn tenant(words: &mut Words<'_>) -> Result<TenantId, Report> {
    let is_last = words.tokens.len() == words.at + 1;
    if !is_last {
        words.skip("TENANT");
    }
    Ok(TenantId::from(words.name("a tenant's id")?))
}

fn terms(words: &mut Words<'_>) -> Result<Terms, Report> {
    let mut terms = Terms::default();
    loop {
        if words.skip("WITHIN") {
            terms.within = Some(words.time()?);
        } else if words.skip("HOLD") {
            terms.hold = Some(words.time()?);
        } else {
            return Ok(terms);
        }
    }
}

fn session(words: &mut Words<'_>) -> Result<SessionId, Report> {
    let text = words.name("a client's id")?;
    text.parse().map(SessionId).map_err(|_| {
        Report::new(SqlState::INVALID_PARAMETER_VALUE, format!("{text:?} is no client's id")).with_hint("SHOW CLIENTS has it in column id.")
    })
}

/// `SHOW …`, behind its first word.
fn show(mut words: Words<'_>, declared: Vec<Option<Kind>>) -> Result<Prepared, Report> {
    let name = words.name("what to show")?;
    let Some(view) = views::find(&name) else {
        // `SHOW TRANSACTION ISOLATION LEVEL`, `SHOW TIME ZONE`.
        let setting = match () {
            () if name.eq_ignore_ascii_case("transaction") => "transaction_isolation",
            () if name.eq_ignore_ascii_case("time") => "timezone",
            () => &*name,
        };
        let Some((name, value)) = SESSION.iter().find(|(known, _)| known.eq_ignore_ascii_case(setting)) else {
            return Err(Report::new(SqlState::SYNTAX_ERROR, format!("there is nothing called \"{name}\" to show")).with_hint(HELP));
        };
        let column = Column { name: (*name).into(), kind: Kind::Text };
        return Ok(plain(Statement::Values(vec![(column, Value::Text((*value).into()))], "SHOW"), declared));
    };
    let rest = words.tokens.get(words.at..).unwrap_or_default();
    let columns = view.columns();
    let mut reader = Reader::new(&columns, declared);
    let (filter, order, limit, offset) =
        if rest.is_empty() { (None, Vec::new(), None, None) } else { clauses(&words, rest, view, &mut reader)? };
    let parameters = reader.parameters.into_iter().map(|kind| kind.unwrap_or(Kind::Text)).collect();
    let show = Show { view, columns, filter, order, limit, offset };
    Ok(Prepared { statement: Statement::Show(Arc::new(show)), parameters })
}

type Clauses = (Option<super::condition::Term>, Vec<SortKey>, Option<super::condition::Term>, Option<super::condition::Term>);

fn clauses(words: &Words<'_>, rest: &[Token], view: &View, reader: &mut Reader<'_>) -> Result<Clauses, Report> {
    if !["WHERE", "ORDER", "LIMIT", "OFFSET"].iter().any(|word| words.is_word_at(0, word)) {
        return Err(words.unexpected("WHERE, ORDER BY, LIMIT or OFFSET is expected"));
    }
    let mut tokens = vec![Token::make_keyword("SELECT"), Token::Mul, Token::make_keyword("FROM"), Token::make_word(view.name, Some('"'))];
    tokens.extend_from_slice(rest);
    let query = query(tokens)?;
    let select = plain_select(&query)?;
    let filter = select.selection.as_ref().map(|condition| reader.condition(condition)).transpose()?;
    let order = match query.order_by.as_ref().map(|order| &order.kind) {
        None => Vec::new(),
        Some(OrderByKind::Expressions(keys)) => keys
            .iter()
            .map(|key| {
                let descending = match &key.options.sort {
                    None | Some(OrderBySort::Asc) => false,
                    Some(OrderBySort::Desc) => true,
                    Some(OrderBySort::Using(_)) => return Err(words.unexpected("ASC or DESC is expected")),
                };
                Ok(SortKey { column: reader.sort_key(&key.expr)?, descending, nulls_first: key.options.nulls_first.unwrap_or(descending) })
            })
            .collect::<Result<_, Report>>()?,
        Some(OrderByKind::All(_)) => return Err(words.unexpected("columns to sort by are expected")),
    };
    let (limit, offset) = match &query.limit_clause {
        None => (None, None),
        Some(LimitClause::LimitOffset { limit, offset, limit_by }) if limit_by.is_empty() => {
            (limit.as_ref(), offset.as_ref().map(|offset| &offset.value))
        }
        Some(_) => return Err(words.unexpected("LIMIT and a number is expected")),
    };
    let limit = limit.map(|limit| reader.count(limit)).transpose()?;
    let offset = offset.map(|offset| reader.count(offset)).transpose()?;
    Ok((filter, order, limit, offset))
}

/// Has sqlparser read a query.
fn query(tokens: Vec<Token>) -> Result<Box<Query>, Report> {
    let dialect = PostgreSqlDialect {};
    let mut parser = Parser::new(&dialect).with_tokens(tokens);
    let query = parser.parse_query().map_err(|error| syntax(&error))?;
    match parser.peek_token().token {
        Token::EOF => Ok(query),
        other => Err(Report::new(SqlState::SYNTAX_ERROR, format!("syntax error at or near \"{other}\"")).with_hint(HELP)),
    }
}

fn syntax(error: &ParserError) -> Report {
    let (state, message) = match error {
        ParserError::RecursionLimitExceeded => (SqlState::STATEMENT_TOO_COMPLEX, "the statement is nested too deeply".to_owned()),
        ParserError::ParserError(message) | ParserError::TokenizerError(message) => (SqlState::SYNTAX_ERROR, message.clone()),
    };
    Report::new(state, message).with_hint(HELP)
}

/// The SELECT of a query that has nothing that the console doesn't know.
fn plain_select(query: &Query) -> Result<&Select, Report> {
    let SetExpr::Select(select) = &*query.body else { return Err(too_much()) };
    let groups = match &select.group_by {
        GroupByExpr::Expressions(keys, _) => !keys.is_empty(),
        GroupByExpr::All(_) => true,
    };
    let joins = select.from.len() > 1 || select.from.iter().any(|table| !table.joins.is_empty());
    let beside =
        query.with.is_some() || query.fetch.is_some() || !query.locks.is_empty() || select.having.is_some() || select.distinct.is_some();
    if groups || joins || beside { Err(too_much()) } else { Ok(select) }
}

fn too_much() -> Report {
    Report::new(SqlState::FEATURE_NOT_SUPPORTED, "the console isn't a database")
        .with_detail("It knows WHERE, ORDER BY, LIMIT and OFFSET.")
        .with_hint(HELP)
}

/// `SELECT` of values, and of what drivers and tools ask a server for at their beginning.
fn select(tokens: &[Token]) -> Result<Statement, Report> {
    let query = query(tokens.to_vec())?;
    let select = plain_select(&query)?;
    if !select.from.is_empty() || select.selection.is_some() || select.projection.is_empty() {
        return Err(too_much().with_hint("SHOW view [WHERE …], or SELECT * FROM view [WHERE …]. SHOW HELP tells what there is."));
    }
    let mut values = Vec::new();
    for item in &select.projection {
        let (expression, alias) = match item {
            SelectItem::UnnamedExpr(expression) => (expression, None),
            SelectItem::ExprWithAlias { expr, alias } => (expr, Some(alias.value.clone())),
            _ => return Err(too_much()),
        };
        let (name, value) = value_of(expression)?;
        let kind = match value {
            Value::Integer(number) if i32::try_from(number).is_ok() => Kind::Int4,
            Value::Integer(_) => Kind::Int8,
            Value::Float(_) => Kind::Float8,
            Value::Bool(_) => Kind::Bool,
            Value::Text(_) | Value::Null => Kind::Text,
        };
        values.push((Column { name: alias.unwrap_or(name).into(), kind }, value));
    }
    Ok(Statement::Values(values, "SELECT 1"))
}

fn value_of(expression: &Expr) -> Result<(String, Value), Report> {
    let name = match expression {
        Expr::Function(function) => function.name.to_string().to_ascii_lowercase(),
        Expr::Identifier(name) => name.value.to_ascii_lowercase(),
        other => {
            return match Reader::new(&[], Vec::new()).value(other)? {
                super::condition::Term::Constant(value) => Ok(("?column?".to_owned(), value)),
                _ => Err(too_much()),
            };
        }
    };
    let value = match name.as_str() {
        "version" | "pg_catalog.version" => Value::Text(views::VERSION.into()),
        "current_database" | "pg_catalog.current_database" | "current_catalog" => Value::Text("pgtenant".into()),
        "current_schema" | "pg_catalog.current_schema" => Value::Null,
        "pg_is_in_recovery" | "pg_catalog.pg_is_in_recovery" => Value::Bool(false),
        _ => return Err(too_much()),
    };
    Ok((name, value))
}
