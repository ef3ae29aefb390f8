//! Who is the tenant?

use crate::support::{bed::Bed, proxy::Proxy, wire::*};

async fn proxy() -> Proxy {
    let mut bed = Bed::new().await;
    bed.another("globex").await;
    bed.login("backoffice", "tenants = [\"*\"]\nsecret = \"file:secret\"");
    bed.login("pair", "tenants = [\"acme\", \"globex\"]\nsecret = \"file:secret\"");
    bed.login("ops", "role = \"operator\"\nsecret = \"file:secret\"");
    bed.serve().await
}

#[tokio::test]
async fn told_in_several_ways() {
    let proxy = proxy().await;
    for tenant in ["acme", "globex"] {
        let database = proxy.bed.database(tenant);
        let option = format!("-c pgtenant.tenant={tenant}");
        let at = |login: &str| format!("{login}@{tenant}");
        for (login, parameters) in [
            (format!("{tenant}_app"), vec![]),
            (format!("{tenant}_app"), vec![("database", tenant)]),
            (format!("{tenant}_app"), vec![("database", "postgres")]),
            (format!("{tenant}_app"), vec![("database", &*database)]),
            ("backoffice".to_owned(), vec![("options", &*option)]),
            ("backoffice".to_owned(), vec![("database", tenant)]),
            (at("backoffice"), vec![]),
            (at("pair"), vec![("database", tenant), ("options", &*option)]),
        ] {
            let mut wire = proxy.wire_of(&login, &parameters).await;
            assert_eq!(
                wire.value("SELECT current_user || '/' || current_database()").await,
                format!("{database}/{database}"),
                "{login} {parameters:?}"
            );
        }
    }
}

#[tokio::test]
async fn refused() {
    let proxy = proxy().await;
    for (login, parameters, state) in [
        // Not this login's, or nobody's: the two look the same.
        ("acme_app@globex", vec![], "28000"),
        ("acme_app@nobody", vec![], "28000"),
        ("acme_app", vec![("options", "-c pgtenant.tenant=globex")], "28000"),
        ("acme_app", vec![("database", "globex")], "28000"),
        ("backoffice@nobody", vec![], "28000"),
        ("acme_app", vec![("database", "elsewhere")], "3D000"),
        ("ops", vec![], "28000"),
        // Contradictions.
        ("backoffice@acme", vec![("database", "globex")], "28000"),
        ("backoffice@acme", vec![("options", "-c pgtenant.tenant=globex")], "28000"),
        ("backoffice", vec![("database", "acme"), ("options", "-c pgtenant.tenant=globex")], "28000"),
    ] {
        let refused = proxy.try_wire(login, &parameters).await.err().unwrap_or_else(|| panic!("{login} {parameters:?}"));
        assert_eq!(refused.state(), state, "{login} {parameters:?}: {refused:?}");
    }
    let of = async |login: &str| proxy.try_wire(login, &[]).await.err().unwrap().text().replace("globex", "X").replace("nobody", "X");
    assert_eq!(of("acme_app@globex").await, of("acme_app@nobody").await);
}

#[tokio::test]
async fn suspended_and_read_only() {
    let mut bed = Bed::new().await;
    bed.another("globex").await;
    let (acme, globex) = bed.tenants.split_once("[tenants.globex]\n").unwrap();
    bed.tenants = format!("{acme}status = \"read_only\"\n[tenants.globex]\nstatus = \"suspended\"\n{globex}");
    let proxy = bed.serve().await;
    assert_eq!(proxy.try_wire("globex_app", &[]).await.err().unwrap().state(), "57P03");
    assert_eq!(states(&proxy.wire().await.query("CREATE TABLE t (a int)").await), ["25006"]);
}
