//! Advisory locks and `pg_notify` for tenants that share a database: each has its own space of numbers and names.
//!
//! `close` takes PostgreSQL's own functions away from everybody, since their space is the database's. Schema `pgtenant` has functions of the
//! same names and arguments in their place (the gate writes the schema where a tenant leaves it out) which derive a number or name from the
//! tenant's key: a hash that others can't compute, so that nobody can guess, hear or block what is another's. Who asks is the login's
//! role, which no statement changes; where tenants share a pool, it is whoever the transaction's context or role says.
//!
//! A lock's number is 64 bits of SHA-256 over the key and what the tenant says. Two tenants that hold a thousand locks each would meet
//! by chance once in 10^13 tries, and nobody can bring it about: without the other's key, numbers are as good as random.
//!
//! A tenant with a database of its own has PostgreSQL's functions: there is nobody to meet.

use aws_lc_rs::digest;

use super::{CreateError, OWNER_ROLE, TenantKind, TenantSpec, literal, steps::Steps};
use crate::{keys::ScopeKey, tenant::channels};

/// The keys: of each tenant of the database, by its role.
const KEYS: &[&str] = &[
    "CREATE TABLE pgtenant.scopes (role name PRIMARY KEY, tenant text NOT NULL UNIQUE, key bytea NOT NULL)",
    "REVOKE ALL ON pgtenant.scopes FROM PUBLIC",
    "GRANT USAGE ON SCHEMA pgtenant TO pgtenant_owner",
    "GRANT SELECT ON pgtenant.scopes TO pgtenant_owner",
];

/// Functions of advisory locks: name and what they return.
const LOCKS: &[(&str, &str)] = &[
    ("pg_advisory_lock", "void"),
    ("pg_advisory_lock_shared", "void"),
    ("pg_advisory_unlock", "boolean"),
    ("pg_advisory_unlock_shared", "boolean"),
    ("pg_advisory_xact_lock", "void"),
    ("pg_advisory_xact_lock_shared", "void"),
    ("pg_try_advisory_lock", "boolean"),
    ("pg_try_advisory_lock_shared", "boolean"),
    ("pg_try_advisory_xact_lock", "boolean"),
    ("pg_try_advisory_xact_lock_shared", "boolean"),
];

/// The tenant's key. Nobody but the functions beside it may ask.
const SCOPE_KEY: &str = "
DECLARE
  found bytea;
  shared record;
  acting text;
BEGIN
  SELECT s.key INTO found FROM pgtenant.scopes s WHERE s.role = session_user;
  IF found IS NULL AND to_regclass('pgtenant.contexts') IS NOT NULL THEN
    FOR shared IN SELECT c.setting, c.signed FROM pgtenant.contexts c WHERE c.role = session_user LOOP
      -- Where contexts aren't signed there is no function that checks them.
      IF shared.signed THEN
        acting := pgtenant.context(shared.setting);
      ELSE
        acting := current_setting(shared.setting, true);
      END IF;
      SELECT s.key INTO found FROM pgtenant.scopes s WHERE s.role = '=' || left(encode(sha256(convert_to(acting, 'UTF8')), 'hex'), 40);
    END LOOP;
  END IF;
  IF found IS NULL AND current_setting('role') <> 'none' THEN
    SELECT s.key INTO found FROM pgtenant.scopes s WHERE s.role = current_setting('role');
  END IF;
  IF found IS NULL THEN
    RAISE insufficient_privilege USING MESSAGE = format('role \"%s\" is no tenant''s', session_user),
      HINT = 'pgtenant create sets tenants up.';
  END IF;
  RETURN found;
END";

/// A lock's number in the tenant's scope.
const LOCK_KEY: &str = "
BEGIN
  RETURN ('x' || encode(substr(sha256(pgtenant.scope_key() || '\\x00'::bytea || convert_to($1, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint;
END";

/// As `Async_Notify` in `src/backend/commands/async.c` checks a channel's name.
const NOTIFY: &str = "
BEGIN
  IF coalesce($1, '') = '' THEN
    RAISE invalid_parameter_value USING MESSAGE = 'channel name cannot be empty';
  ELSIF octet_length($1) > 63 THEN
    RAISE invalid_parameter_value USING MESSAGE = 'channel name too long';
  END IF;
  PERFORM pg_notify(pgtenant.channel($1), $2);
END";

/// A function of schema `pgtenant`.
struct Function {
    name: &'static str,
    arguments: &'static str,
    /// What stands between the arguments and the body.
    returns: String,
    body: String,
    /// Whether tenants may call it.
    for_tenants: bool,
}

impl Function {
    fn signature(&self) -> String {
        format!("pgtenant.{}({})", self.name, self.arguments)
    }

    fn statements(&self) -> [String; 3] {
        let signature = self.signature();
        [
            format!(
                "CREATE OR REPLACE FUNCTION {signature} RETURNS {} LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS {}",
                self.returns,
                literal(&self.body)
            ),
            format!("ALTER FUNCTION {signature} OWNER TO {OWNER_ROLE}"),
            format!("REVOKE ALL ON FUNCTION {signature} FROM PUBLIC"),
        ]
    }
}

fn functions() -> Vec<Function> {
    let channel = format!(
        "BEGIN RETURN '{}' || left(encode(sha256(pgtenant.scope_key() || convert_to($1, 'UTF8')), 'hex'), {}); END",
        channels::PREFIX,
        channels::DIGITS
    );
    let helper = |name, arguments, returns: &str, body: &str| Function {
        name,
        arguments,
        returns: returns.to_owned(),
        body: body.to_owned(),
        for_tenants: false,
    };
    let mut functions = vec![
        helper("scope_key", "", "bytea STABLE", SCOPE_KEY),
        helper("lock_key", "text", "bigint STABLE STRICT", LOCK_KEY),
        helper("channel", "text", "text STABLE STRICT", &channel),
        Function {
            name: "pg_notify",
            arguments: "text, text",
            returns: "void PARALLEL RESTRICTED".to_owned(),
            body: NOTIFY.to_owned(),
            for_tenants: true,
        },
    ];
    for (name, returns) in LOCKS {
        for (arguments, spelled) in [("bigint", "$1::text"), ("integer, integer", "$1::text || ' ' || $2::text")] {
            let verb = if *returns == "void" { "PERFORM" } else { "RETURN" };
            functions.push(Function {
                name,
                arguments,
                returns: format!("{returns} STRICT PARALLEL RESTRICTED"),
                body: format!("BEGIN {verb} pg_catalog.{name}(pgtenant.lock_key({spelled})); END"),
                for_tenants: true,
            });
        }
    }
    functions
}

/// What the functions were made from: another version makes others.
fn mark(functions: &[Function]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    functions.iter().flat_map(Function::statements).for_each(|statement| context.update(statement.as_bytes()));
    let hash = context.finish();
    format!("pgtenant: {}", hex::encode(hash.as_ref().get(..8).unwrap_or_default()))
}

/// The functions, and the tenant's key, in a database that it shares; its group may call them.
pub(super) async fn shared(steps: &mut Steps, spec: &TenantSpec, group: &str) -> Result<(), CreateError> {
    if steps.text("SELECT to_regclass('pgtenant.scopes')::text", &[]).await?.is_none() {
        for statement in KEYS {
            steps.run(statement).await?;
        }
    }
    grant_servers_own(steps, OWNER_ROLE).await?;
    let functions = functions();
    let mark = mark(&functions);
    let query = "SELECT obj_description(to_regprocedure('pgtenant.scope_key()'), 'pg_proc')";
    if steps.text(query, &[]).await?.as_ref() != Some(&mark) {
        for statement in functions.iter().flat_map(Function::statements) {
            steps.run(&statement).await?;
        }
        steps.run_quietly(&format!("COMMENT ON FUNCTION pgtenant.scope_key() IS {}", literal(&mark))).await?;
    }
    enter(steps, spec).await?;
    let signatures: Vec<String> = functions.iter().filter(|function| function.for_tenants).map(Function::signature).collect();
    let query =
        "SELECT format('GRANT USAGE ON SCHEMA pgtenant TO %I', $1::text) WHERE NOT has_schema_privilege($1::text, 'pgtenant', 'USAGE')
                  UNION ALL
                 SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', f::regprocedure, $1::text) FROM unnest($2::text[]) f
                  WHERE NOT has_function_privilege($1::text, f, 'EXECUTE')";
    steps.run_each(query, &[&group, &signatures]).await
}

/// PostgreSQL's own functions, for the only tenant of a database.
pub(super) async fn own(steps: &mut Steps, role: &str) -> Result<(), CreateError> {
    grant_servers_own(steps, role).await
}

async fn grant_servers_own(steps: &mut Steps, role: &str) -> Result<(), CreateError> {
    let names: Vec<&str> = LOCKS.iter().map(|(name, _)| *name).chain(["pg_notify"]).collect();
    let query = "SELECT format('GRANT EXECUTE ON FUNCTION pg_catalog.%s TO %I', p.oid::regprocedure, r.rolname) FROM pg_proc p, pg_roles r
                  WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname = ANY ($1) AND r.rolname = $2
                    AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = r.oid AND a.privilege_type = 'EXECUTE')
                  ORDER BY p.oid";
    steps.run_each(query, &[&names, &role]).await
}

/// Whose a key is: a role's, or no role's where the tenant has none of its own. Then it is told by its value in the tenant column.
fn owner(spec: &TenantSpec) -> String {
    match (&spec.kind, &spec.pool) {
        (TenantKind::Row { key, .. }, Some(_)) => {
            let hash = hex::encode(digest::digest(&digest::SHA256, key.as_bytes()));
            format!("={}", hash.get(..40).unwrap_or_default())
        }
        _ => spec.role.clone(),
    }
}

/// Enters the tenant's key, which the proxy makes from the same role's password.
async fn enter(steps: &mut Steps, spec: &TenantSpec) -> Result<(), CreateError> {
    let key = ScopeKey::new(&spec.password, spec.tenant.as_str());
    // Parameters are logged with their statement: a hash tells nothing.
    let hash = digest::digest(&digest::SHA256, key.as_bytes());
    let role = owner(spec);
    let query = "SELECT tenant FROM pgtenant.scopes WHERE tenant = $1 AND role = $2::text::name AND sha256(key) = $3";
    if steps.text(query, &[&spec.tenant.as_str(), &role, &hash.as_ref()]).await?.is_some() {
        return Ok(());
    }
    let statement = |key: &str| {
        format!(
            "INSERT INTO pgtenant.scopes (role, tenant, key) VALUES ({}, {}, {key}) ON CONFLICT (tenant) DO UPDATE SET role = excluded.role, key = excluded.key",
            literal(&role),
            literal(spec.tenant.as_str())
        )
    };
    // The provisioner is a superuser: what it says now stays out of the server's log.
    steps.run_quietly("SET LOCAL log_statement = 'none'; SET LOCAL log_min_duration_statement = -1").await?;
    steps.run_secretly(&statement(&format!("'\\x{}'", hex::encode(key.as_bytes()))), statement("…")).await?;
    steps.run_quietly("SET LOCAL log_statement TO DEFAULT; SET LOCAL log_min_duration_statement TO DEFAULT").await
}
