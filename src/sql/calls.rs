//! Functions that change the session, wherever a query calls them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pg_raw_parse::{
    Node, nodes,
    walk::{Recurse, walk_manual},
};

use super::{
    effect::{Effect, Effects, PinReason, Set, SetScope, SetTo},
    lexer::{Token, TokenKind},
    literal::Literal,
    prescan::{Prescan, is_suspicious, makes_temporary, prescan},
    settings::{SettingName, split_names},
    words::{FunctionKind, SETTINGS_VIEW, function_kind, is_temporary_schema},
};

/// `RELPERSISTENCE_TEMP` in `pg_class.h`.
const TEMPORARY: u8 = b't';

/// Whether a command runs its query once and whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Runs {
    /// If the command succeeds, so did the query.
    Surely,
    /// Later, in parts, or not at all (`DECLARE`, `WITH NO DATA`).
    Perhaps,
}

/// The effects of the calls in a query (or an argument list) whose tokens are these.
pub(super) fn effects_of_query(query: Node<'_>, runs: Runs, text: &[u8], tokens: &[Token]) -> Effects {
    let mut effects = Effects::new();
    let mut before = None;
    let suspicious = tokens.iter().any(|&token| is_suspicious(text, before.replace(token), token));
    if !suspicious || matches!(query, Node::None) {
        return effects;
    }
    // The walker knows what a query may hold. Should it meet anything else, the tokens tell enough.
    let walked = catch_unwind(AssertUnwindSafe(|| walk_effects(query, runs)));
    match walked {
        Ok(walked) => effects.extend(walked),
        Err(_) => effects.extend(effects_of_tokens(text, tokens)),
    }
    effects
}

/// As [`effects_of_query`], with nothing but tokens: for commands whose expressions no walker visits.
pub(super) fn effects_of_tokens(text: &[u8], tokens: &[Token]) -> Effects {
    let mut effects = Effects::new();
    for token in tokens {
        match (token.kind, token.name(text)) {
            (TokenKind::UnicodeQuoted, _) => push_pin(&mut effects, PinReason::NotUnderstood),
            (_, Some(name)) if name == SETTINGS_VIEW => push_pin(&mut effects, PinReason::AnySetting),
            (_, Some(name)) => {
                if let Some(kind) = function_kind(&name) {
                    push_pin(&mut effects, reason_of(kind, &name));
                }
            }
            _ => {}
        }
    }
    effects
}

/// Whether the tokens of a `CREATE` name the temporary schema or ask for something temporary.
pub(super) fn tokens_make_temporary(text: &[u8], tokens: &[Token]) -> bool {
    let mut before: Option<Token> = None;
    tokens.iter().any(|token| {
        let asked =
            (token.is_word(text, "temp") || token.is_word(text, "temporary")) && before.is_some_and(|before| makes_temporary(text, before));
        before = Some(*token);
        asked || token.name(text).is_some_and(|name| is_temporary_schema(&name))
    })
}

/// Whether a relation lives in the session's temporary schema.
pub(super) fn is_temporary(relation: &nodes::RangeVar) -> bool {
    u8::try_from(relation.relpersistence).is_ok_and(|persistence| persistence == TEMPORARY)
        || relation.schemaname().is_some_and(is_temporary_schema)
}

/// Adds a pin, unless it is there already.
pub(super) fn push_pin(effects: &mut Effects, reason: PinReason) {
    let effect = Effect::Pin(reason);
    if !effects.contains(&effect) {
        effects.push(effect);
    }
}

/// Adds a change of a setting, and what it pins.
pub(super) fn push_set(effects: &mut Effects, name: SettingName, scope: SetScope, to: SetTo) {
    let scope = if name.is_per_transaction() { SetScope::Local } else { scope };
    let pin = match (&to, name.as_str()) {
        (SetTo::Values(values), "search_path") if values.first().is_some_and(|first| is_temporary_schema(first)) => {
            Some(PinReason::TemporaryObject)
        }
        _ if scope == SetScope::Local => None,
        (SetTo::Default, _) => None,
        (_, "seed") => Some(PinReason::Seed),
        (SetTo::Computed, _) => Some(PinReason::Setting(name.clone())),
        (SetTo::Values(values), "client_encoding") if !values.iter().all(|value| super::settings::is_utf8_encoding(value)) => {
            Some(PinReason::Setting(name.clone()))
        }
        _ if name.tracked().is_none() => Some(PinReason::Setting(name.clone())),
        _ => None,
    };
    effects.push(Effect::Set(Set { name, scope, to }));
    if let Some(reason) = pin {
        push_pin(effects, reason);
    }
}

/// Visits a query's nodes with a stack of our own: chains of 100,000 operators make trees as deep.
fn walk_effects(query: Node<'_>, runs: Runs) -> Effects {
    let mut effects = Effects::new();
    let sure = if runs == Runs::Surely { sure_calls(query) } else { None };
    let mut pending = vec![query];
    while let Some(node) = pending.pop() {
        match node {
            // All columns of `(a, b) = (…)` share one source.
            Node::MultiAssignRef(part) if part.colno != 1 => continue,
            Node::FuncCall(call) => effects_of_call(call, sure, &mut effects),
            Node::UpdateStmt(update) if update.relation().and_then(|relation| relation.relname()) == Some(SETTINGS_VIEW) => {
                push_pin(&mut effects, PinReason::AnySetting);
            }
            Node::IntoClause(into) if into.rel().is_some_and(is_temporary) => push_pin(&mut effects, PinReason::TemporaryObject),
            _ => {}
        }
        let children = pending.len();
        walk_manual::<()>(node, |child| {
            pending.push(child);
            Recurse::no()
        });
        if let Some(children) = pending.get_mut(children..) {
            children.reverse();
        }
    }
    effects
}

/// The query itself, if it is of the kind `SELECT f(…), g(…)`, whose calls run exactly once and in this order.
fn sure_calls(query: Node<'_>) -> Option<&nodes::SelectStmt> {
    let Node::SelectStmt(select) = query else { return None };
    let bare = select.from_clause().is_empty()
        && select.distinct_clause().is_empty()
        && select.group_clause().is_empty()
        && select.sort_clause().is_empty()
        && select.values_lists().is_empty()
        && select.with_clause().is_none()
        && select.larg().is_none()
        && select.into_clause().is_none()
        && matches!(select.where_clause(), Node::None)
        && matches!(select.having_clause(), Node::None)
        && matches!(select.limit_count(), Node::None)
        && matches!(select.limit_offset(), Node::None);
    bare.then_some(select)
}

/// Whether a call is one of the query's own columns.
fn is_sure(call: &nodes::FuncCall, sure: Option<&nodes::SelectStmt>) -> bool {
    let same = |node: Node<'_>| matches!(node, Node::FuncCall(column) if std::ptr::eq(column, call));
    matches!(call.agg_filter(), Node::None) && sure.is_some_and(|select| select.target_list().iter().any(|column| same(column.val())))
}

fn effects_of_call(call: &nodes::FuncCall, sure: Option<&nodes::SelectStmt>, effects: &mut Effects) {
    let Some(name) = call.funcname().iter().next_back().and_then(Node::as_str) else { return };
    match function_kind(name) {
        None => {}
        Some(FunctionKind::SetConfig) => effects_of_set_config(call, is_sure(call, sure), effects),
        Some(FunctionKind::RunsText) if runs_harmless_text(call, name) => {}
        Some(kind) => push_pin(effects, reason_of(kind, name)),
    }
}

/// Why a call pins, as far as its name tells.
fn reason_of(kind: FunctionKind, name: &str) -> PinReason {
    match kind {
        FunctionKind::SetConfig => PinReason::AnySetting,
        FunctionKind::AdvisoryLock => PinReason::AdvisoryLock,
        FunctionKind::Seed => PinReason::Seed,
        FunctionKind::Dblink => PinReason::Dblink,
        FunctionKind::RunsText => PinReason::SqlText,
        FunctionKind::SetsLimit => PinReason::Setting(SettingName::new("pg_trgm.similarity_threshold")),
        FunctionKind::Session => PinReason::Function(name.to_owned()),
    }
}

/// Whether the SQL that a function is given can be read here and does nothing to the session.
fn runs_harmless_text(call: &nodes::FuncCall, name: &str) -> bool {
    let arguments: Vec<Node<'_>> = call.args().iter().collect();
    // `ts_rewrite(query, target, substitute)` runs nothing, `ts_rewrite(query, text)` does.
    let texts = match (name, arguments.as_slice()) {
        ("ts_rewrite", [_, text]) => std::slice::from_ref(text),
        ("ts_rewrite", _) => &[],
        (_, all) => all,
    };
    texts.iter().all(|&argument| match Literal::read(argument) {
        Some(Literal::Text(text)) => is_bare_name(&text) || !matches!(prescan(text.as_bytes()), Prescan::Begin | Prescan::NeedsParse),
        Some(Literal::Bool(_) | Literal::Null) => true,
        None => false,
    })
}

/// Whether an argument is a column's or table's name, a number or a separator: nothing that could call a function.
fn is_bare_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'~'))
}

/// The arguments of a `set_config`, by position or by name.
fn set_config_arguments(call: &nodes::FuncCall) -> [Option<Literal>; 3] {
    let mut found = [None, None, None];
    for (index, argument) in call.args().iter().enumerate() {
        let index = match argument {
            Node::NamedArgExpr(named) => match named.name() {
                Some("setting_name") => 0,
                Some("new_value") => 1,
                Some("is_local") => 2,
                _ => continue,
            },
            _ => index,
        };
        if let Some(place) = found.get_mut(index) {
            *place = Literal::read(argument);
        }
    }
    found
}

fn effects_of_set_config(call: &nodes::FuncCall, sure: bool, effects: &mut Effects) {
    let [name, value, local] = set_config_arguments(call);
    // `None` where it can't be told.
    let local = match local {
        Some(Literal::Null) => Some(false),
        literal => literal.and_then(|literal| literal.as_bool()),
    };
    let name = match name {
        Some(Literal::Text(name)) => SettingName::new(&name),
        _ if local == Some(true) => return,
        _ => return push_pin(effects, PinReason::AnySetting),
    };
    let to = match value {
        Some(Literal::Null) => Some(SetTo::Default),
        Some(Literal::Text(value)) if name.is_list_of_names() => split_names(&value).map(SetTo::Values),
        Some(Literal::Text(value)) => Some(SetTo::Values(vec![value])),
        _ => None,
    };
    match (to, local) {
        (Some(to), Some(true)) if sure => push_set(effects, name, SetScope::Local, to),
        (Some(to), Some(false)) if sure => push_set(effects, name, SetScope::Session, to),
        _ if name.as_str() == "seed" => push_pin(effects, PinReason::Seed),
        (_, Some(true)) => {}
        _ if name.is_per_transaction() => {}
        // It may run or not, or with a value that we don't know.
        _ => push_pin(effects, PinReason::Setting(name)),
    }
}
