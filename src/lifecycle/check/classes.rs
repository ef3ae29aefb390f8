//! What it means that one of `create`'s statements is missing.

/// Beginnings of statements, the longest of a kind first.
const CLASSES: &[(&str, &str)] = &[
    ("REVOKE EXECUTE ON FUNCTION pg_catalog.", "everybody may call a function that reaches other tenants"),
    ("REVOKE EXECUTE ON FUNCTION ", "everybody may call a function that reaches other tenants"),
    ("REVOKE EXECUTE ON ROUTINE ", "a function that runs with its owner's rights may be called"),
    ("REVOKE SELECT ON pg_catalog.", "a catalog of what others have or do is readable"),
    ("REVOKE UPDATE ON pg_catalog.", "settings can be changed out of the gate's sight"),
    ("REVOKE USAGE ON LANGUAGE ", "everybody may run code that no gate reads"),
    ("REVOKE ALL ON SCHEMA ", "everybody has rights on a schema"),
    ("REVOKE ALL ON DATABASE ", "everybody may connect to the database"),
    ("REVOKE ALL ON ", "everybody has rights"),
    ("REVOKE ", "tenants have more rights than they need"),
    ("ALTER DEFAULT PRIVILEGES ", "what is created later is open to everybody"),
    ("CREATE POLICY ", "a row policy is missing or was changed"),
    ("DROP POLICY ", "a row policy was changed"),
    ("CREATE ROLE ", "a role is missing"),
    ("CREATE SCHEMA ", "a schema is missing"),
    ("ALTER ROLE ", "a tenant's role isn't as it was made"),
    ("GRANT ", "tenants lack a right"),
];

/// The class of a statement that would be run.
pub(super) fn of(statement: &str) -> &'static str {
    if ["pgtenant_gauge", "pgtenant_meter_", "pgtenant.storage_"].iter().any(|name| statement.contains(name)) {
        return "storage can't be measured";
    }
    if statement.ends_with(" ROW LEVEL SECURITY") {
        return "row security is not enabled and forced";
    }
    if statement.contains(" OWNER TO ") {
        return "its owner passes policies, or isn't who it should be";
    }
    CLASSES.iter().find(|(begin, _)| statement.starts_with(begin)).map_or("not as `create` leaves it", |(_, class)| class)
}

/// What it is about: the words after ON, TABLE, ROLE or the like, as far as one can tell.
pub(super) fn object(statement: &str) -> String {
    let after = |word: &str| statement.split_once(word).map(|(_, rest)| rest);
    let rest = after(" ON ").or_else(|| after(" TABLE ")).or_else(|| after(" ROLE ")).or_else(|| after(" SCHEMA ")).unwrap_or(statement);
    let end = [" FROM ", " TO ", " AS ", " ENABLE ", " FORCE ", " OWNER "].iter().filter_map(|word| rest.find(word)).min();
    rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_apart() {
        for (statement, class, about) in [
            ("ALTER TABLE public.orders FORCE ROW LEVEL SECURITY", "row security is not enabled and forced", "public.orders"),
            ("REVOKE EXECUTE ON FUNCTION pg_notify(text,text) FROM PUBLIC", CLASSES[0].1, "FUNCTION pg_notify(text,text)"),
            ("CREATE POLICY \"x\" ON public.a AS PERMISSIVE FOR ALL TO PUBLIC", "a row policy is missing or was changed", "public.a"),
            ("ALTER TABLE public.a OWNER TO b", "its owner passes policies, or isn't who it should be", "public.a"),
            ("GRANT SELECT ON public.a TO pgtenant_gauge", "storage can't be measured", "public.a"),
            ("VACUUM", "not as `create` leaves it", "VACUUM"),
        ] {
            assert_eq!((of(statement), object(statement).as_str()), (class, about), "{statement}");
        }
    }
}
