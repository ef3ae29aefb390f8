//! From a text to the effects of its statements.

use std::{ops::Range, panic::catch_unwind};

use pg_raw_parse::{Node, nodes, raw};

use super::{
    calls::{Runs, effects_of_query, effects_of_tokens, is_temporary, push_pin, push_set, tokens_make_temporary},
    effect::{DiscardTarget, Effect, Effects, NameUse, PinReason, Prepare, Script, SetScope, SetTo, Statement, TransactionControl},
    lexer::{Lexer, Token, TokenKind, without_comments},
    literal::Literal,
    names::{find_deallocate, find_execute, find_notify, find_prepare},
    prescan::is_suspicious,
    settings::SettingName,
    words::BODY_WORDS,
};

/// Longer texts aren't parsed: the parser takes 10 to 150 ns a byte, and it runs where the IO does.
pub const MAX_BYTES: usize = 1 << 20;

/// Deeper parentheses aren't parsed. Servers stop at a few thousand.
pub const MAX_NESTING: usize = 1_000;

/// PostgreSQL's scanner reads a run of operator characters again for each comment or sign in it, so that 40 kB of `/*` take a second: the sum of
/// the runs' squared lengths stays below this.
const MAX_RUN_COST: usize = 16_000_000;

/// A text that can't be judged. The caller forwards it as it is; should the server take it, the session has to be pinned
/// ([`PinReason::NotUnderstood`]): an older server's grammar knows things that the newest has dropped.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ParseFailure {
    /// Not PostgreSQL's syntax; the server says it better.
    #[error("syntax: {0}")]
    Syntax(String),
    /// A NUL byte.
    #[error("a NUL byte in the text")]
    Nul,
    /// Too long, too deep, or made to be slow.
    #[error("too complex: {0}")]
    TooComplex(&'static str),
    /// Parser and lexer disagree. A defect of ours.
    #[error("not understood: {0}")]
    NotUnderstood(&'static str),
}

/// Lists what each statement of a text does to its session.
///
/// # Errors
/// [`ParseFailure`] where that can't be told.
pub fn parse(text: &str) -> Result<Script, ParseFailure> {
    let parsed = catch_unwind(|| script_of(&tree_of(text)?, text));
    parsed.unwrap_or(Err(ParseFailure::NotUnderstood("the parser panicked")))
}

/// The tree of a text that is neither too long nor too deep. It may panic where the grammar's crate does.
pub(super) fn tree_of(text: &str) -> Result<pg_raw_parse::ParseResult, ParseFailure> {
    check_bytes(text.as_bytes())?;
    check_nesting(text.as_bytes())?;
    parse_tree(text)
}

/// As [`parse`], for a text whose tree is there already. It may panic where the grammar's crate does.
pub(super) fn script_of(tree: &pg_raw_parse::ParseResult, text: &str) -> Result<Script, ParseFailure> {
    let tokens: Vec<Token> = Lexer::new(text.as_bytes()).collect();
    let statements = tree.iter().map(|raw| statement(raw, text, &tokens)).collect::<Result<Vec<_>, _>>()?;
    Ok(Script { statements })
}

/// Asks the grammar. Its scanner hands comments to the parser, which trips over those that stand where it looks ahead
/// (`NOT /* */ BETWEEN`, `NULLS /* */ FIRST`): such a text gets a second try with spaces in their place.
fn parse_tree(text: &str) -> Result<pg_raw_parse::ParseResult, ParseFailure> {
    pg_raw_parse::parse(text).or_else(|error| {
        let failure = ParseFailure::Syntax(error.to_string());
        let cleaned = without_comments(text).filter(|cleaned| cleaned != text).ok_or_else(|| failure.clone())?;
        pg_raw_parse::parse(&cleaned).map_err(|_| failure)
    })
}

/// Refuses what would keep the parser busy for long.
fn check_bytes(text: &[u8]) -> Result<(), ParseFailure> {
    if text.len() > MAX_BYTES {
        return Err(ParseFailure::TooComplex("the text is too long"));
    }
    if memchr::memchr(0, text).is_some() {
        return Err(ParseFailure::Nul);
    }
    let is_operator = |byte: &u8| memchr::memchr(*byte, b"~!@#^&|`?+-*/%<>=").is_some();
    let cost = |run: &[u8]| run.len().saturating_mul(run.len());
    let total =
        text.chunk_by(|a, b| is_operator(a) == is_operator(b)).filter(|run| run.first().is_some_and(is_operator)).map(cost).sum::<usize>();
    if total > MAX_RUN_COST { Err(ParseFailure::TooComplex("too many operator characters in a row")) } else { Ok(()) }
}

fn check_nesting(text: &[u8]) -> Result<(), ParseFailure> {
    let mut depth = 0usize;
    if memchr::memchr2_iter(b'(', b'[', text).count() <= MAX_NESTING {
        return Ok(());
    }
    for token in Lexer::new(text) {
        match token.kind {
            TokenKind::Symbol(b'(' | b'[') => depth += 1,
            TokenKind::Symbol(b')' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            return Err(ParseFailure::TooComplex("the text is nested too deeply"));
        }
    }
    Ok(())
}

/// A statement's text and those of the text's tokens that belong to it.
#[derive(Clone, Copy)]
struct Source<'a> {
    text: &'a [u8],
    tokens: &'a [Token],
}

impl Source<'_> {
    fn is_first(&self, word: &str) -> bool {
        self.tokens.first().is_some_and(|token| token.is_word(self.text, word))
    }

    fn span(&self) -> Range<usize> {
        match (self.tokens.first(), self.tokens.last()) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => 0..0,
        }
    }

    fn calls(&self, query: Node<'_>, runs: Runs) -> Effects {
        effects_of_query(query, runs, self.text, self.tokens)
    }
}

fn statement(raw: &nodes::RawStmt, text: &str, tokens: &[Token]) -> Result<Statement, ParseFailure> {
    let start = usize::try_from(raw.stmt_location).unwrap_or(0);
    let end = match usize::try_from(raw.stmt_len) {
        Ok(0) | Err(_) => text.len(),
        Ok(length) => start.saturating_add(length),
    };
    let from = tokens.partition_point(|token| token.start < start);
    let to = tokens.partition_point(|token| token.start < end);
    let mut own = tokens.get(from..to).unwrap_or_default();
    while let [rest @ .., last] = own
        && last.is_symbol(b';')
    {
        own = rest;
    }
    let source = Source { text: text.as_bytes(), tokens: own };
    let effects = effects(raw.stmt(), source)?;
    Ok(Statement { span: source.span(), effects, defines: defines(raw.stmt()), needs_block: needs_block(raw.stmt()) })
}

/// `RequireTransactionBlock` in `src/backend/access/transam/xact.c`, for what a transaction that isn't a block would let pass.
fn needs_block(node: Node<'_>) -> Option<&'static str> {
    match node {
        Node::DeclareCursorStmt(cursor) if cursor.options & hold_option() == 0 => Some("DECLARE CURSOR"),
        Node::LockStmt(_) => Some("LOCK TABLE"),
        _ => None,
    }
}

/// Whether a statement may change what others find in the catalogs, as far as names, columns and functions go.
fn defines(node: Node<'_>) -> bool {
    use raw::ObjectType as Object;
    match node {
        Node::CreateStmt(table) => !table.relation().is_some_and(is_temporary),
        Node::ViewStmt(view) => !view.view().is_some_and(is_temporary),
        Node::CreateTableAsStmt(table) => !table.into().and_then(nodes::IntoClause::rel).is_some_and(is_temporary),
        Node::CreateSeqStmt(sequence) => !sequence.sequence().is_some_and(is_temporary),
        Node::DropStmt(drop) => !matches!(drop.remove_type, Object::OBJECT_INDEX | Object::OBJECT_TRIGGER | Object::OBJECT_POLICY),
        Node::ExplainStmt(explain) => defines(explain.query()),
        Node::AlterTableStmt(_)
        | Node::RenameStmt(_)
        | Node::AlterObjectSchemaStmt(_)
        | Node::AlterOwnerStmt(_)
        | Node::CreateFunctionStmt(_)
        | Node::AlterFunctionStmt(_)
        | Node::DefineStmt(_)
        | Node::CreateSchemaStmt(_)
        | Node::CompositeTypeStmt(_)
        | Node::CreateDomainStmt(_)
        | Node::AlterDomainStmt(_)
        | Node::RuleStmt(_)
        | Node::CreateExtensionStmt(_)
        | Node::AlterExtensionStmt(_)
        // These run what they like.
        | Node::DoStmt(_)
        | Node::CallStmt(_) => true,
        _ => false,
    }
}

/// The effects of one statement, or of one inside an `EXPLAIN`.
fn effects(node: Node<'_>, source: Source<'_>) -> Result<Effects, ParseFailure> {
    let mut effects = Effects::new();
    match node {
        Node::SelectStmt(_) | Node::InsertStmt(_) | Node::UpdateStmt(_) | Node::DeleteStmt(_) | Node::MergeStmt(_) => {
            effects = source.calls(node, Runs::Surely)
        }
        Node::TransactionStmt(statement) => effects.push(Effect::Transaction(transaction(statement))),
        Node::VariableSetStmt(set) => setting(set, &mut effects),
        Node::VariableShowStmt(show) => effects.push(Effect::Show(SettingName::new(show.name().unwrap_or_default()))),
        Node::DiscardStmt(discard) => effects.push(Effect::Discard(discarded(discard))),
        Node::PrepareStmt(prepare) => effects.push(Effect::Prepare(Box::new(prepared(prepare, source)?))),
        Node::ExecuteStmt(execute) => execution(execute, source, &mut effects)?,
        Node::DeallocateStmt(deallocate) => effects.push(Effect::Deallocate(deallocated(deallocate, source)?)),
        Node::ListenStmt(listen) => {
            effects.push(Effect::Listen(NameUse { name: listen.conditionname().unwrap_or_default().to_owned(), span: source.span() }));
        }
        Node::NotifyStmt(notify) => {
            let name = notify.conditionname().unwrap_or_default();
            let span = find_notify(source.text, source.tokens, name).ok_or(ParseFailure::NotUnderstood("the channel of a NOTIFY"))?;
            effects.push(Effect::Notify(NameUse { name: name.to_owned(), span }));
        }
        Node::UnlistenStmt(unlisten) => effects.push(Effect::Unlisten(unlisten.conditionname().map(str::to_owned))),
        Node::LoadStmt(_) => push_pin(&mut effects, PinReason::Load),
        Node::DoStmt(block) => {
            if may_change_session(block) {
                push_pin(&mut effects, PinReason::DoBlock);
            }
        }
        Node::ExplainStmt(explain) => return explained(explain, source),
        Node::DeclareCursorStmt(cursor) => {
            effects = source.calls(cursor.query(), Runs::Perhaps);
            if cursor.options & hold_option() != 0 {
                push_pin(&mut effects, PinReason::HoldCursor);
            }
        }
        Node::CopyStmt(copy) => {
            effects = source.calls(copy.query(), Runs::Surely);
            effects.extend(source.calls(copy.where_clause(), Runs::Perhaps));
        }
        Node::CallStmt(call) => {
            if let Some(call) = call.funccall() {
                effects = source.calls(Node::FuncCall(call), Runs::Perhaps);
            }
        }
        other => return created(other, source),
    }
    Ok(effects)
}

fn hold_option() -> i32 {
    i32::try_from(raw::CURSOR_OPT_HOLD).unwrap_or(0)
}

/// Commands that make things, and all others that have no effect but through an expression in them.
fn created(node: Node<'_>, source: Source<'_>) -> Result<Effects, ParseFailure> {
    let mut effects = Effects::new();
    let temporary = match node {
        // These store expressions and bodies, they don't run them.
        Node::RuleStmt(_) | Node::CreateTrigStmt(_) | Node::CreatePolicyStmt(_) | Node::AlterPolicyStmt(_) => false,
        Node::AlterFunctionStmt(_) | Node::AlterRoleSetStmt(_) | Node::AlterDatabaseSetStmt(_) | Node::AlterSystemStmt(_) => false,
        Node::CreateFunctionStmt(function) => {
            let first = function.funcname().iter().next().and_then(Node::as_str);
            function.funcname().len() > 1 && first.is_some_and(super::words::is_temporary_schema)
        }
        Node::ViewStmt(view) => view.view().is_some_and(is_temporary),
        Node::CreateStmt(table) => {
            effects = effects_of_tokens(source.text, source.tokens);
            table.oncommit != raw::OnCommitAction::ONCOMMIT_DROP && table.relation().is_some_and(is_temporary)
        }
        Node::CreateTableAsStmt(table) => {
            match table.query() {
                Node::ExecuteStmt(execute) => execution(execute, source, &mut effects)?,
                query => effects = source.calls(query, Runs::Perhaps),
            }
            table.into().is_some_and(|into| into.on_commit != raw::OnCommitAction::ONCOMMIT_DROP && into.rel().is_some_and(is_temporary))
        }
        _ => {
            effects = effects_of_tokens(source.text, source.tokens);
            source.is_first("create") && tokens_make_temporary(source.text, source.tokens)
        }
    };
    if temporary {
        push_pin(&mut effects, PinReason::TemporaryObject);
    }
    Ok(effects)
}

fn transaction(statement: &nodes::TransactionStmt) -> TransactionControl {
    use raw::TransactionStmtKind as Kind;
    match statement.kind {
        Kind::TRANS_STMT_BEGIN | Kind::TRANS_STMT_START => TransactionControl::Begin,
        Kind::TRANS_STMT_COMMIT => TransactionControl::Commit { chain: statement.chain },
        Kind::TRANS_STMT_ROLLBACK => TransactionControl::Rollback { chain: statement.chain },
        Kind::TRANS_STMT_SAVEPOINT => TransactionControl::Savepoint,
        Kind::TRANS_STMT_RELEASE => TransactionControl::Release,
        Kind::TRANS_STMT_ROLLBACK_TO => TransactionControl::RollbackTo,
        Kind::TRANS_STMT_PREPARE => TransactionControl::Prepare,
        Kind::TRANS_STMT_COMMIT_PREPARED => TransactionControl::CommitPrepared,
        _ => TransactionControl::RollbackPrepared,
    }
}

fn discarded(discard: &nodes::DiscardStmt) -> DiscardTarget {
    match discard.target {
        raw::DiscardMode::DISCARD_PLANS => DiscardTarget::Plans,
        raw::DiscardMode::DISCARD_SEQUENCES => DiscardTarget::Sequences,
        raw::DiscardMode::DISCARD_TEMP => DiscardTarget::Temporary,
        _ => DiscardTarget::All,
    }
}

/// `SET`, `RESET` and their other spellings.
fn setting(set: &nodes::VariableSetStmt, effects: &mut Effects) {
    use raw::VariableSetKind as Kind;
    let name = set.name().unwrap_or_default();
    let scope = if set.is_local { SetScope::Local } else { SetScope::Session };
    match set.kind {
        Kind::VAR_RESET_ALL => effects.push(Effect::ResetAll),
        Kind::VAR_SET_MULTI => characteristics(set, name, scope, effects),
        Kind::VAR_SET_VALUE => {
            let values: Option<Vec<String>> = set.args().iter().map(value).collect();
            push_set(effects, SettingName::new(name), scope, values.map_or(SetTo::Computed, SetTo::Values));
        }
        Kind::VAR_SET_CURRENT => push_set(effects, SettingName::new(name), scope, SetTo::Computed),
        _ => push_set(effects, SettingName::new(name), scope, SetTo::Default),
    }
}

/// One value of a `SET`: a name, a string, a number; not an interval.
fn value(node: Node<'_>) -> Option<String> {
    match node {
        Node::A_Const(_) => match Literal::read(node)? {
            Literal::Text(text) => Some(text),
            Literal::Bool(value) => Some(on_or_off(value)),
            Literal::Null => None,
        },
        _ => None,
    }
}

fn on_or_off(value: bool) -> String {
    if value { "on" } else { "off" }.to_owned()
}

/// `SET SESSION CHARACTERISTICS AS TRANSACTION …` sets defaults; `SET TRANSACTION …` lasts as long as the transaction.
fn characteristics(set: &nodes::VariableSetStmt, name: &str, scope: SetScope, effects: &mut Effects) {
    if name != "SESSION CHARACTERISTICS" {
        return;
    }
    for option in set.args() {
        let Node::DefElem(option) = option else { continue };
        let Some(mode) = option.defname() else { continue };
        let to = match Literal::read(option.arg()) {
            Some(Literal::Text(text)) if mode == "transaction_isolation" => SetTo::Values(vec![text]),
            Some(literal) => literal.as_bool().map_or(SetTo::Computed, |on| SetTo::Values(vec![on_or_off(on)])),
            None => SetTo::Computed,
        };
        push_set(effects, SettingName::new(&format!("default_{mode}")), scope, to);
    }
}

fn prepared(prepare: &nodes::PrepareStmt, source: Source<'_>) -> Result<Prepare, ParseFailure> {
    let name = prepare.name().unwrap_or_default();
    let places = find_prepare(source.text, source.tokens, name).ok_or(ParseFailure::NotUnderstood("the parts of a PREPARE"))?;
    let body = Source { text: source.text, tokens: source.tokens.get(places.body..).unwrap_or_default() };
    Ok(Prepare {
        statement: NameUse { name: name.to_owned(), span: places.name },
        types: places.types,
        body: body.span(),
        effects: body.calls(prepare.query(), Runs::Surely),
    })
}

/// `EXECUTE`, and what the expressions in its arguments do.
fn execution(execute: &nodes::ExecuteStmt, source: Source<'_>, effects: &mut Effects) -> Result<(), ParseFailure> {
    let name = execute.name().unwrap_or_default();
    let span = find_execute(source.text, source.tokens, name).ok_or(ParseFailure::NotUnderstood("the name in an EXECUTE"))?;
    effects.extend(execute.params().iter().flat_map(|argument| source.calls(argument, Runs::Perhaps)));
    effects.push(Effect::Execute(NameUse { name: name.to_owned(), span }));
    Ok(())
}

fn deallocated(deallocate: &nodes::DeallocateStmt, source: Source<'_>) -> Result<Option<NameUse>, ParseFailure> {
    match deallocate.name() {
        Some(name) if !deallocate.isall => {
            let span = find_deallocate(source.text, source.tokens, name).ok_or(ParseFailure::NotUnderstood("the name in a DEALLOCATE"))?;
            Ok(Some(NameUse { name: name.to_owned(), span }))
        }
        _ => Ok(None),
    }
}

/// `EXPLAIN` runs its statement only if told to, but looks a prepared one up (and computes its arguments) always.
fn explained(explain: &nodes::ExplainStmt, source: Source<'_>) -> Result<Effects, ParseFailure> {
    let runs = explain.options().iter().any(|option| option.defname() == Some("analyze"));
    let mut effects = effects(explain.query(), source)?;
    let executes = effects.iter().any(|effect| matches!(effect, Effect::Execute(_)));
    if !runs && !executes {
        effects.clear();
    }
    Ok(effects)
}

/// Whether a `DO` block's body holds a command or call that reaches the session. In doubt it does.
fn may_change_session(block: &nodes::DoStmt) -> bool {
    let mut body = None;
    for option in block.args() {
        match (option.defname(), option.arg()) {
            (Some("as"), Node::String(text)) if body.is_none() => body = text.sval(),
            (Some("language"), Node::String(language)) if language.sval() == Some("plpgsql") => {}
            _ => return true,
        }
    }
    let Some(body) = body.map(str::as_bytes) else { return true };
    let mut before: Option<Token> = None;
    Lexer::new(body).any(|token| {
        let starts = before.is_none_or(|before| starts_statement(body, before));
        let suspicious = is_suspicious(body, before, token)
            || token.is_word(body, "execute")
            || (starts && BODY_WORDS.iter().any(|word| token.is_word(body, word)) && !sets_local(body, token));
        before = Some(token);
        suspicious
    })
}

/// Whether a statement of PL/pgSQL may begin after this token.
fn starts_statement(body: &[u8], before: Token) -> bool {
    before.is_symbol(b';') || before.is_symbol(b'>') || ["begin", "then", "else", "loop"].iter().any(|word| before.is_word(body, word))
}

/// Whether the `SET` at a token is a `SET LOCAL`, `SET TRANSACTION` or `SET CONSTRAINTS`.
fn sets_local(body: &[u8], token: Token) -> bool {
    let after = Lexer::new(body.get(token.end..).unwrap_or_default()).next();
    let rest = body.get(token.end..).unwrap_or_default();
    token.is_word(body, "set")
        && after.is_some_and(|after| ["local", "transaction", "constraints"].iter().any(|word| after.is_word(rest, word)))
}

#[cfg(test)]
#[path = "parse/tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
