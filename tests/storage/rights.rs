//! Who may measure: the proxy's own login, and nobody else. `check --live` says where it can't.

use crate::{
    support::{cluster, cluster::ROLE_PASSWORD, refusal, run, text, wire::states},
    world::{Model, World},
};

const CALLS: [&str; 4] = [
    "SELECT * FROM pgtenant.storage_of_rows('tenant_id', 10)",
    "SELECT * FROM pgtenant.storage_of_key('tenant_id', 'globex', true)",
    "SELECT * FROM pgtenant.storage_of_schemas('{public}')",
    "SELECT * FROM pgtenant.storage_tables('tenant_id')",
];

#[tokio::test]
async fn nobody_else_measures() {
    let world = World::new(Model::RowSigned, "storage = \"1GB\"\n").await;
    let owner = cluster::superuser(&world.cluster, "app").await;
    run(&owner, "INSERT INTO items VALUES ('acme', 1, 'a'), ('globex', 1, 'b'), ('globex', 2, 'c')").await;
    let pool = world.pool().await;
    let (role, password) = world.tenant("acme").shard.meter().unwrap();
    let meter = world.session(&role, password.reveal(), "app").await;
    for call in CALLS {
        assert_eq!(refusal(&pool, call).await, "42501", "{call}");
    }
    for call in &CALLS[..3] {
        assert_eq!(refusal(&meter, call).await, "", "{call}");
    }
    for beyond in [
        "SELECT * FROM public.items",
        "SELECT * FROM pgtenant.storage_tables('tenant_id')",
        "SET ROLE pgtenant_gauge",
        "SELECT * FROM pg_stats",
        "SELECT pg_database_size('app')",
    ] {
        assert_eq!(refusal(&meter, beyond).await, "42501", "{beyond}");
    }
    assert_eq!(
        text(&meter, "SELECT string_agg(key || rows, ' ' ORDER BY key) FROM pgtenant.storage_of_rows('tenant_id', 10)").await,
        "acme1 globex2"
    );
    assert_eq!(text(&meter, "SELECT rows FROM pgtenant.storage_of_key('tenant_id', 'globex', true)").await, "2");
    assert_eq!(text(&meter, "SELECT rows FROM pgtenant.storage_of_key('tenant_id', 'nobody', false)").await, "0");
    assert_ne!(ROLE_PASSWORD, password.reveal());
    assert!(world.pgtenant(&["create", "acme"]).contains("nothing changed"));

    let proxy = world.bed.serve().await;
    let mut wire = proxy.wire().await;
    for call in CALLS {
        assert!(matches!(states(&wire.query(call).await)[..], ["42501" | "42P01" | "42883"]), "{call}");
    }
}

#[tokio::test]
async fn check_says_what_is_missing() {
    for model in [Model::RowLogin, Model::SchemaLogin, Model::Database] {
        let world = World::new(model, "storage = \"1GB\"\n").await;
        let looked = world.pgtenant(&["check", "--live"]);
        assert!(!looked.contains("not enforced") && !looked.contains("measured"), "{looked}");
        let database = world.tenant("acme").database.to_string();
        let owner = cluster::superuser(&world.cluster, &database).await;
        run(&owner, "DROP FUNCTION pgtenant.storage_of_schemas(text[]); REVOKE EXECUTE ON FUNCTION pg_total_relation_size(regclass) FROM pgtenant_gauge").await;
        if model.is_row() {
            run(&owner, "REVOKE SELECT ON items FROM pgtenant_gauge").await;
        }
        run(&owner, "GRANT EXECUTE ON FUNCTION pgtenant.storage_of_database() TO PUBLIC").await;
        run(&owner, "COMMENT ON FUNCTION pgtenant.storage_of_database() IS 'of before'").await;
        let (good, looked) = world.try_pgtenant(&["check", "--live"]);
        assert!(!good && looked.contains("storage can't be measured"), "{looked}");
        assert_eq!(looked.contains("public.items"), model.is_row(), "{looked}");
        world.pgtenant(&["check", "--live", "--fix"]);
        assert!(!text(&owner, "SELECT proacl FROM pg_proc WHERE proname = 'storage_of_database'").await.contains("{=X"));
        world.pgtenant(&["check", "--live"]);
        assert!(world.pgtenant(&["show", "acme"]).contains("of 1GB"));
    }
}
