//! What a database needs where tenants share server connections: the pool's role, and how policies know whose a transaction is.
//!
//! `lock = "signed"`: the context is `key:hex(HMAC-SHA256(signing key, key|process))`. CPU of the server per statement in microseconds
//! (primary-key look-up, PostgreSQL 15, permissive and restrictive policy, best of three runs; a table without policies: simple 14.0,
//! prepared 6.0):
//!
//! | policy on | simple | prepared |
//! |---|---|---|
//! | the plain setting, inline | +4.0 | +0.5 |
//! | the plain setting in a sub-select | +9.0 | +1.5 |
//! | the signed setting: the function below, in a sub-select | +16.0 | +8.5 |
//!
//! The context itself costs less than 1 before a simple statement (`SET LOCAL`), and 3 before a prepared one (`set_config`).
//! The function that checks it is nobody's but a role's that may read the keys and nothing else. It isn't PARALLEL SAFE: a parallel worker
//! is another process, for which no context is signed. The planner computes it once per statement, and workers take the result.
//!
//! The pool's role inherits nothing: what a row model needs it is granted itself, and a schema model's tenants it becomes, one at a time.

use super::{
    CreateError, PoolSpec, TenantSpec, identifier, literal,
    role::{new_verifier, powers, verifies},
    row,
    steps::{Mode, Steps},
};
use crate::shard_map::SigningKey;

/// Owns the keys and the function that checks with them.
const SIGNER_ROLE: &str = "pgtenant_signer";

/// Begins the comment of every pool's role.
const MARK: &str = "pgtenant: role of a pool, ";

/// Which settings policies read, and as whom their tenants are served: tables that are shared like that aren't shared otherwise.
const CONTEXTS: &[&str] = &[
    "CREATE TABLE pgtenant.contexts (setting text PRIMARY KEY, signed bool NOT NULL, role name NOT NULL)",
    "REVOKE ALL ON pgtenant.contexts FROM PUBLIC",
    "GRANT SELECT ON pgtenant.contexts TO pgtenant_owner",
];

const KEYS: &[&str] = &[
    "CREATE TABLE pgtenant.signing_keys (inner_half bytea NOT NULL, outer_half bytea NOT NULL, since timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (inner_half))",
    "ALTER TABLE pgtenant.signing_keys OWNER TO pgtenant_signer",
    "REVOKE ALL ON pgtenant.signing_keys FROM PUBLIC",
    "GRANT USAGE ON SCHEMA pgtenant TO pgtenant_signer",
    "CREATE FUNCTION pgtenant.context(setting text) RETURNS text LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  context text := current_setting(setting, true);
  tenant text := left(context, -65);
BEGIN
  IF length(context) > 65 THEN
    PERFORM FROM pgtenant.signing_keys k
      WHERE encode(sha256(k.outer_half || sha256(k.inner_half || convert_to(tenant || '|' || pg_backend_pid(), 'UTF8'))), 'hex') = right(context, 64);
    IF FOUND THEN
      RETURN tenant;
    END IF;
  END IF;
  RETURN NULL;
END $function$",
    "ALTER FUNCTION pgtenant.context(text) OWNER TO pgtenant_signer",
    "REVOKE ALL ON FUNCTION pgtenant.context(text) FROM PUBLIC",
];

/// Nothing of this may stand in the server's log.
const UNLOGGED: &str = "SET LOCAL log_statement = 'none'; SET LOCAL log_min_duration_statement = -1; \
                        SET LOCAL log_min_duration_sample = -1; SET LOCAL log_min_error_statement = 'panic'";

/// The role that the pool logs in as.
pub(super) async fn role(steps: &mut Steps, pool: &PoolSpec) -> Result<(), CreateError> {
    let (name, mark) = (identifier(&pool.role), mark(pool));
    let unfit = |why: String| CreateError::RoleUnfit { role: pool.role.clone(), why };
    let query = "SELECT rolcanlogin AND NOT rolinherit, rolpassword, shobj_description(oid, 'pg_authid'),
                        rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_authid WHERE rolname = $1";
    let found = steps.rows(query, &[&pool.role]).await?;
    let Some(found) = found.first() else {
        let rights = "LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS";
        let (password, told) = password_clause(pool)?;
        steps.run_secretly(&format!("CREATE ROLE {name} {rights}{password}"), format!("CREATE ROLE {name} {rights}{told}")).await?;
        return steps.run_quietly(&format!("COMMENT ON ROLE {name} IS {}", literal(&mark))).await;
    };
    if let Some(power) = powers(found, 3) {
        return Err(unfit(power.to_owned()));
    }
    match found.get::<_, Option<String>>(2) {
        Some(comment) if comment == mark => {}
        Some(comment) if comment.starts_with(MARK) => {
            return Err(unfit("serves another kind of lock: who may become tenants could leave a signed context by it".to_owned()));
        }
        _ => steps.run(&format!("COMMENT ON ROLE {name} IS {}", literal(&mark))).await?,
    }
    if pool.is_signed() || pool.setting.is_some() {
        let query = "SELECT string_agg(m.roleid::regrole::text, ', ') FROM pg_auth_members m WHERE m.member = (SELECT oid FROM pg_roles WHERE rolname = $1)";
        if let Some(roles) = steps.text(query, &[&pool.role]).await? {
            return Err(unfit(format!("is a member of {roles}")));
        }
    }
    if !found.get::<_, bool>(0) {
        steps.run(&format!("ALTER ROLE {name} LOGIN NOINHERIT")).await?;
    }
    let verifier: Option<String> = found.get(1);
    if let Some(password) = &pool.password
        && !verifier.is_some_and(|verifier| verifies(&verifier, password.reveal()))
    {
        let (password, told) = password_clause(pool)?;
        steps.run_secretly(&format!("ALTER ROLE {name}{password}"), format!("ALTER ROLE {name}{told}")).await?;
    }
    Ok(())
}

fn mark(pool: &PoolSpec) -> String {
    let kind = match (pool.setting.is_some(), pool.is_signed()) {
        (true, true) => "signed contexts",
        (true, false) => "plain contexts",
        (false, _) => "roles of tenants",
    };
    format!("{MARK}{kind}")
}

/// What gives the role its password, and what is told of it.
fn password_clause(pool: &PoolSpec) -> Result<(String, &'static str), CreateError> {
    match &pool.password {
        Some(password) => Ok((format!(" PASSWORD {}", literal(&new_verifier(password.reveal())?.to_string())), " PASSWORD …")),
        None => Ok((String::new(), "")),
    }
}

/// `set_config` for nobody but the pool's role: one call of it inside an expression is a change of context that looks like a query.
/// And for nobody the texts of statements that other tenants have prepared on the same connection.
pub(super) async fn settings(steps: &mut Steps, pool: &PoolSpec) -> Result<(), CreateError> {
    let query = "SELECT 'REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC' FROM pg_proc p
                  WHERE p.oid = 'pg_catalog.set_config(text, text, boolean)'::regprocedure
                    AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0)";
    steps.run_each(query, &[]).await?;
    let query = "SELECT 'REVOKE EXECUTE ON FUNCTION pg_catalog.pg_prepared_statement() FROM PUBLIC' FROM pg_proc p
                  WHERE p.oid = 'pg_catalog.pg_prepared_statement()'::regprocedure
                    AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0)
                  UNION ALL
                 SELECT 'REVOKE SELECT ON pg_catalog.pg_prepared_statements FROM PUBLIC' FROM pg_class c
                  WHERE c.oid = 'pg_catalog.pg_prepared_statements'::regclass AND EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = 0)";
    steps.run_each(query, &[]).await?;
    let query =
        "SELECT format('GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO %I', $1::text) FROM pg_proc p, pg_roles r
                  WHERE p.oid = 'pg_catalog.set_config(text, text, boolean)'::regprocedure AND r.rolname = $1
                    AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = r.oid AND a.privilege_type = 'EXECUTE')";
    steps.run_each(query, &[&pool.role]).await
}

/// A schema model's tenant: the pool's role may become it.
pub(super) async fn may_become(steps: &mut Steps, pool: &PoolSpec, role: &str) -> Result<(), CreateError> {
    let query = "SELECT format('GRANT %I TO %I', $1::text, $2::text)
                  WHERE NOT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles t ON t.oid = m.roleid JOIN pg_roles p ON p.oid = m.member
                                     WHERE t.rolname = $1 AND p.rolname = $2)";
    steps.run_each(query, &[&role, &pool.role]).await
}

/// The tenant's key as an expression of the context, of type text; none where the pool has no setting.
pub(super) async fn key_expression(steps: &mut Steps, spec: &TenantSpec, pool: &PoolSpec, setting: &str) -> Result<String, CreateError> {
    let others = "SELECT string_agg(DISTINCT model, ', ') FROM pgtenant.tenants WHERE key IS NOT NULL";
    if let Some(models) = steps.text(others, &[]).await? {
        return Err(CreateError::OtherLock { model: spec.model.to_string(), database: spec.database.clone(), others: models });
    }
    if steps.text("SELECT to_regclass('pgtenant.contexts')::text", &[]).await?.is_none() {
        for statement in CONTEXTS {
            steps.run(statement).await?;
        }
    }
    let signed = pool.is_signed();
    let query = "SELECT setting, signed, role::text FROM pgtenant.contexts";
    match steps.rows(query, &[]).await?.first() {
        None => {
            let (setting, role) = (literal(setting), literal(&pool.role));
            steps.run(&format!("INSERT INTO pgtenant.contexts (setting, signed, role) VALUES ({setting}, {signed}, {role})")).await?;
        }
        Some(row) if (row.get::<_, &str>(0), row.get::<_, bool>(1)) != (setting, signed) || row.get::<_, &str>(2) != pool.role => {
            let others = format!("setting {:?} of role {:?}", row.get::<_, String>(0), row.get::<_, String>(2));
            return Err(CreateError::OtherLock { model: spec.model.to_string(), database: spec.database.clone(), others });
        }
        Some(_) => {}
    }
    if !signed {
        // Empty is what a setting is once a transaction is over that has set it.
        return Ok(format!("nullif(current_setting({}, true), '')", literal(setting)));
    }
    signatures(steps, pool).await?;
    Ok(format!("(SELECT pgtenant.context({}))", literal(setting)))
}

/// The keys, and the function that checks with them.
async fn signatures(steps: &mut Steps, pool: &PoolSpec) -> Result<(), CreateError> {
    if steps.text("SELECT rolname::text FROM pg_roles WHERE rolname = $1", &[&SIGNER_ROLE]).await?.is_none() {
        steps.run(&format!("CREATE ROLE {SIGNER_ROLE} NOLOGIN NOINHERIT")).await?;
    }
    if steps.text("SELECT to_regclass('pgtenant.signing_keys')::text", &[]).await?.is_none() {
        for statement in KEYS {
            steps.run(statement).await?;
        }
    }
    install(steps, &pool.keys).await?;
    let query = "SELECT format('GRANT USAGE ON SCHEMA pgtenant TO %I', r.rolname) FROM pg_roles r
                  WHERE r.rolname = ANY ($1) AND NOT has_schema_privilege(r.oid, 'pgtenant', 'USAGE')
                  UNION ALL
                 SELECT format('GRANT EXECUTE ON FUNCTION pgtenant.context(text) TO %I', r.rolname) FROM pg_roles r
                  WHERE r.rolname = ANY ($1) AND NOT has_function_privilege(r.oid, 'pgtenant.context(text)', 'EXECUTE')";
    steps.run_each(query, &[&[pool.role.as_str(), super::OWNER_ROLE].as_slice()]).await
}

/// Installs keys beside those that are there.
async fn install(steps: &mut Steps, keys: &[SigningKey]) -> Result<(), CreateError> {
    steps.run_quietly(UNLOGGED).await?;
    for key in keys {
        let [inner, outer] = key.halves().map(hex::encode);
        let query = "SELECT true FROM pgtenant.signing_keys WHERE inner_half = decode($1, 'hex') AND outer_half = decode($2, 'hex')";
        if steps.rows(query, &[&inner, &outer]).await?.is_empty() {
            let statement = |inner: &str, outer: &str| {
                format!("INSERT INTO pgtenant.signing_keys (inner_half, outer_half) VALUES ('\\x{inner}', '\\x{outer}')")
            };
            steps.run_secretly(&statement(&inner, &outer), statement("…", "…")).await?;
        }
    }
    Ok(())
}

/// Whether the row model of this database is shared by a pool: then its tenants have no roles to be known by.
pub(super) async fn refuse_shared(steps: &Steps, spec: &TenantSpec) -> Result<(), CreateError> {
    if steps.text("SELECT to_regclass('pgtenant.contexts')::text", &[]).await?.is_none() {
        return Ok(());
    }
    match steps.text("SELECT setting FROM pgtenant.contexts", &[]).await? {
        Some(setting) => {
            let others = format!("setting {setting:?}");
            Err(CreateError::OtherLock { model: spec.model.to_string(), database: spec.database.clone(), others })
        }
        None => Ok(()),
    }
}

/// Brings the keys of a database to those of the shard map: new ones are installed, those that the map doesn't name any more go.
///
/// # Errors
/// See [`CreateError`]; nothing has changed then.
pub async fn sync_keys(provisioner: &str, database: &str, keys: &[SigningKey]) -> Result<super::Created, CreateError> {
    let mut steps = Steps::connect(provisioner, Some(database)).await?;
    steps.begin(Mode::Do).await?;
    steps.lock(super::ADVISORY_LOCK).await?;
    if steps.text("SELECT to_regclass('pgtenant.signing_keys')::text", &[]).await?.is_none() {
        return Err(CreateError::Missing { what: "table", name: "pgtenant.signing_keys".to_owned(), database: database.to_owned() });
    }
    install(&mut steps, keys).await?;
    let kept: Vec<String> = keys.iter().map(|key| hex::encode(key.halves()[0])).collect();
    let query = "SELECT encode(inner_half, 'hex') FROM pgtenant.signing_keys WHERE encode(inner_half, 'hex') <> ALL ($1)";
    for row in steps.rows(query, &[&kept]).await? {
        let statement = |half: &str| format!("DELETE FROM pgtenant.signing_keys WHERE inner_half = '\\x{half}'");
        steps.run_secretly(&statement(row.get(0)), statement("…")).await?;
    }
    steps.end(Mode::Do).await?;
    Ok(steps.finish())
}

/// A row model whose tenants share a pool.
pub(super) async fn row_model(steps: &mut Steps, spec: &TenantSpec, pool: &PoolSpec, model: &row::RowModel<'_>) -> Result<(), CreateError> {
    let setting = pool.setting.as_deref().unwrap_or_default();
    let key = key_expression(steps, spec, pool, setting).await?;
    settings(steps, pool).await?;
    row::create(steps, spec, model, Some(key)).await
}
