//! `pgtenant explain-rewrite --tenant acme 'SQL'`: what the gate makes of a text, without running it.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use crate::{
    catalog::{load::LoadError, store::Catalogs},
    config::{ConfigErrors, GateMode, Settings},
    lifecycle::maps::{MapError, MapStore},
    session::{
        acting::{ground_rules, whom},
        catalogs::catalog_of,
        conversation::explain::in_words,
        gate::{Asked, Gatekeeper, Grounds},
        placement::{PlacementError, ServerTlsCache},
    },
    shard_map::Tenant,
    sql::gate::{Judged, Tenancy},
};

/// What the command line says.
#[derive(Clone, Debug, clap::Args)]
pub struct ExplainRewriteArgs {
    /// The statement, or several
    pub sql: String,
    /// The tenant that runs it, as the shard map calls it
    #[arg(long)]
    pub tenant: String,
    /// The file pgtenant.toml
    #[arg(long)]
    pub config: PathBuf,
}

/// Why nothing can be told.
#[derive(Debug, thiserror::Error)]
pub enum ExplainRewriteError {
    /// The files have mistakes.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// The map can't be read.
    #[error(transparent)]
    Map(#[from] MapError),
    /// Neither an entry nor a placement rule.
    #[error("tenant {0:?} is not in the shard map")]
    UnknownTenant(String),
    /// The shard's TLS files.
    #[error(transparent)]
    Placement(#[from] PlacementError),
    /// The tenant's database can't be read.
    #[error("{0}")]
    Catalog(#[from] Arc<LoadError>),
}

/// Runs the command. It fails where the statement is refused.
///
/// # Errors
/// See [`ExplainRewriteError`].
pub async fn run(args: &ExplainRewriteArgs) -> Result<ExitCode, ExplainRewriteError> {
    let tenant = tenant(&args.config, &args.tenant).await?;
    let catalog = catalog_of(&Catalogs::default(), &tenant, &ServerTlsCache::default(), None)?;
    catalog.get().await?;
    let ground = Grounds::default().enter(ground_rules(&tenant), catalog);
    let gate = Gatekeeper::new(ground, whom(&tenant), GateMode::Enforce, Arc::default());
    let judge = |tenancy| match gate.judge(args.sql.as_bytes(), tenancy, true) {
        Asked::Judged(judged) => Some(judged),
        Asked::Catalog => None,
    };
    let simple = judge(Tenancy::Literal);
    let prepared = Some(gate.tenancy(b"\0\0")).filter(|tenancy| *tenancy != Tenancy::Literal).and_then(judge);
    let shown = [("", simple), ("prepared ", prepared)];
    let mut code = ExitCode::SUCCESS;
    for (how, judged) in shown.iter().filter_map(|(how, judged)| judged.as_ref().map(|judged| (how, judged))) {
        print!("{}", told(how, &args.sql, judged));
        if matches!(judged.verdict, crate::sql::gate::Verdict::Refused(_)) {
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

fn told(how: &str, sql: &str, judged: &Judged) -> String {
    let [verdict, reason, text] = in_words(sql, judged);
    let line = |name: &str, value: Option<String>| value.map(|value| format!("{how}{name}: {value}\n")).unwrap_or_default();
    [line("verdict", verdict), line("reason", reason), line("text", text)].concat()
}

async fn tenant(config: &Path, id: &str) -> Result<Arc<Tenant>, ExplainRewriteError> {
    let map = MapStore::open(&Settings::load(config)?)?.load().await?;
    map.tenant(id).ok_or_else(|| ExplainRewriteError::UnknownTenant(id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::gate::Access;
    use crate::{
        error::{Report, SqlState},
        sql::gate::Verdict,
    };

    #[test]
    fn a_verdict_is_told_in_lines() {
        let judged = |verdict| Judged { verdict, effects: None, bound: false, access: Access::Anything };
        assert_eq!(told("", "SELECT 1", &judged(Verdict::AsIs)), "verdict: as is\ntext: SELECT 1\n");
        let report = Report::new(SqlState::INSUFFICIENT_PRIVILEGE, "no").with_hint("Ask.");
        assert_eq!(
            told("prepared ", "x", &judged(Verdict::Refused(Arc::new(report)))),
            "prepared verdict: refused\nprepared reason: 42501: no; Ask.\n"
        );
    }
}
