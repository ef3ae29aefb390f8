//! How the desk's answers look on the wire.

use super::super::tenancy::Answer;
use crate::{
    sql::{tenancy::Command, tracked},
    wire::synthetic,
};

/// `text` in `pg_type`.
pub(super) const TEXT: u32 = 25;

/// The name of a command's column, if it gives one.
pub(super) fn column(command: &Command) -> Option<&'static str> {
    match command {
        Command::Show => Some("pgtenant.tenant"),
        Command::ShowWish(which) => Some(which.name()),
        Command::Current => Some("current_setting"),
        Command::Set { by_call: true, .. } => Some("set_config"),
        _ => None,
    }
}

/// Writes an answer; `described`: with the description of its row.
pub(super) fn write(answer: &Answer, described: bool, out: &mut Vec<u8>) {
    if let Some(warning) = &answer.warning {
        synthetic::warning(out, warning);
    }
    if let Some((name, value)) =
        answer.setting.as_ref().filter(|(name, _)| tracked(name).is_some_and(|known| known.reported_since == Some(13)))
    {
        synthetic::parameter_status(out, name, value);
    }
    if let Some((name, value)) = &answer.row {
        if described {
            synthetic::text_description(out, name);
        }
        synthetic::text_row(out, value);
    }
    synthetic::command_complete(out, answer.tag);
}
