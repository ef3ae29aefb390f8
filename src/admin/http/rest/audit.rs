//! The audit trail's last events.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    super::{Shared, problem::Problem},
    extract::InQuery,
    paging::{Page, Paging},
};

/// What is looked at of the file, from its end.
const LOOKED_AT: u64 = 4 << 20;

/// An event as it is in the trail: `event`, `at` and what belongs to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(value_type = Object)]
pub(super) struct AuditEvent(Value);

/// The last events of the audit trail, the newest first. The whole trail, which is verified, is in its files.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(Paging),
    responses((status = 200, body = Page<AuditEvent>), (status = 404, description = "There is no [audit] in pgtenant.toml", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(State(desk): State<Shared>, InQuery(paging): InQuery<Paging>) -> Result<Json<Page<AuditEvent>>, Problem> {
    let Some(file) = desk.audit_file.clone() else {
        return Err(Problem::not_found("there is no audit trail").with_hint("[audit] of pgtenant.toml says where it goes."));
    };
    let read = tokio::task::spawn_blocking(move || last(&file)).await.unwrap_or_else(|error| Err(io::Error::other(error)));
    let events = read.map_err(|error| Problem::new(StatusCode::SERVICE_UNAVAILABLE, format!("the audit trail can't be read: {error}")))?;
    Ok(Json(paging.cut(events.into_iter().rev(), AuditEvent)))
}

/// The events at a file's end.
fn last(file: &Path) -> io::Result<Vec<Value>> {
    let mut file = File::open(file)?;
    let length = file.metadata()?.len();
    let begin = length.saturating_sub(LOOKED_AT);
    file.seek(SeekFrom::Start(begin))?;
    let mut bytes = Vec::new();
    file.take(LOOKED_AT).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    // The first may be cut, the last may be under way.
    Ok(text.lines().skip(usize::from(begin > 0)).filter_map(|line| serde_json::from_str(line).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_from_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("audit.jsonl");
        std::fs::write(&file, "{\"event\":\"one\"}\n{\"event\":\"two\"}\n{\"event\":\"thr").unwrap();
        let events: Vec<String> = last(&file).unwrap().iter().map(|event| event["event"].to_string()).collect();
        assert_eq!(events, ["\"one\"", "\"two\""]);
        let line = format!("{{\"event\":\"{}\"}}\n", "x".repeat(1000));
        std::fs::write(&file, line.repeat(5000)).unwrap();
        let events = last(&file).unwrap().len();
        assert!((4100..4200).contains(&events), "{events}");
    }
}
