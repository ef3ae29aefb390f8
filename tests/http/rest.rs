//! REST: what its document says is what it does, and who may only look changes nothing.

use std::fs;

use serde_json::{Value, json};

use crate::{
    client::{Http, serve},
    support::{bed::Bed, eventually, run, text},
};

/// Every operation of the document, with a tenant, a session and so on in the path.
async fn operations(http: &Http, session: &str) -> Vec<(String, String)> {
    let document = http.as_viewer().get("/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let id = if path.contains("/sessions/") {
            session
        } else if path.contains("/tenants/") {
            "acme"
        } else {
            "east"
        };
        let path = path.replace("{id}", id).replace("{version}", "1");
        found.extend(item.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())));
    }
    assert!(found.len() >= 24, "{found:?}");
    found
}

/// A body that would do something, for an operator.
fn body(method: &str, path: &str, map: &str) -> String {
    match (method, path) {
        ("POST", "/api/v1/tenants") => json!({ "id": "newcomer", "shard": "east", "model": "own", "plan": "basic" }).to_string(),
        ("PATCH", _) => json!({ "settings": { "limits.max_connections": 3 } }).to_string(),
        ("PUT", _) => json!({ "text": map.replace("max_connections = 8", "max_connections = 2") }).to_string(),
        ("POST", "/api/v1/map/rollback") => json!({ "version": 1 }).to_string(),
        ("POST", _) => json!({ "reason": "unpaid" }).to_string(),
        _ => String::new(),
    }
}

#[tokio::test]
async fn a_viewer_changes_nothing_on_any_route_and_nobody_gets_in_without_a_token() {
    let (proxy, http) = serve(Bed::new().await).await;
    let client = proxy.client().await;
    let session = text(&client, "SELECT 1").await;
    assert_eq!(session, "1");
    let number = http.as_viewer().get("/api/v1/sessions").await.json()["items"][0]["id"].to_string();
    let file = proxy.bed.folder().join("map.toml");
    let before = fs::read_to_string(&file).unwrap();
    for (method, path) in operations(&http, &number).await {
        let body = body(&method, &path, &before);
        let answer = http.as_viewer().send(&method, &path, &[], &body).await;
        if method == "GET" {
            assert!(matches!(answer.status, 200 | 403 | 404), "{method} {path}: {answer:?}");
        } else {
            assert_eq!((answer.status, answer.header("content-type")), (403, "application/problem+json"), "{method} {path}: {answer:?}");
        }
        assert_eq!(http.send(&method, &path, &[], &body).await.status, 401, "{method} {path}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    assert_eq!(http.as_viewer().get("/api/v1/map").await.json()["version"], 0);
    run(&client, "SELECT 1").await;
}

#[tokio::test]
async fn tenants_are_looked_at() {
    let mut bed = Bed::new().await;
    for id in ["globex", "hooli", "initech"] {
        bed.another(id).await;
    }
    bed.plan.push_str("max_clients = 9\nstorage = \"1GB\"\n");
    let (proxy, http) = serve(bed).await;
    let http = http.as_viewer();
    let client = proxy.client().await;
    run(&client, "SELECT 1").await;
    let page = http.get("/api/v1/tenants?limit=3").await.json();
    let ids =
        |page: &Value| page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(
        (ids(&page), &page["total"], &page["next"]),
        (vec!["acme".to_owned(), "globex".into(), "hooli".into()], &json!(4), &json!(3))
    );
    let page = http.get("/api/v1/tenants?limit=3&offset=3").await.json();
    assert_eq!((ids(&page), &page["next"]), (vec!["initech".to_owned()], &Value::Null));
    assert_eq!(ids(&http.get("/api/v1/tenants?prefix=h&shard=east&status=active").await.json()), ["hooli"]);
    assert_eq!(ids(&http.get("/api/v1/tenants?status=suspended").await.json()), [""; 0]);
    assert_eq!(page["items"][0]["sessions"], 0);
    assert_eq!(http.get("/api/v1/tenants/acme").await.json()["status"], "active");
    assert_eq!(http.get("/api/v1/tenants/acme/config").await.json()["limits"]["max_clients"], 9);
    eventually("its statement is told", || async { http.get("/api/v1/tenants/acme/usage").await.json()["counts"]["statements"] == 1 })
        .await;
    let usage = http.get("/api/v1/tenants/acme/usage").await.json();
    assert_eq!((&usage["sessions"], &usage["storage_limit_bytes"]), (&json!(1), &json!(1 << 30)));
    assert_eq!(http.get("/api/v1/tenants/acme/health").await.json(), json!({ "id": "acme", "status": "good", "reasons": [] }));
    for wrong in ["?limit=0", "?limit=1001", "?limit=x", "?offset=-1", "?status=asleep"] {
        assert_eq!(http.get(&format!("/api/v1/tenants{wrong}")).await.status, 400, "{wrong}");
    }
    for missing in ["/tenants/nobody", "/tenants/nobody/usage", "/shards/nowhere", "/plans/none", "/logins/nobody", "/sessions/4000000000"]
    {
        assert_eq!(http.get(&format!("/api/v1{missing}")).await.status, 404, "{missing}");
    }
    let logins = http.get("/api/v1/logins").await;
    assert_eq!(logins.json()["items"][0]["proof"], "password");
    assert!(!logins.body.contains("sesame"), "{logins:?}");
    assert_eq!(http.get("/api/v1/shards/east").await.json()["servers"][0]["connections"]["limit"], 60);
}

#[tokio::test]
async fn an_operator_changes_the_map_and_the_proxy_serves_it() {
    let (proxy, http) = serve(Bed::new().await).await;
    let http = http.as_operator();
    let client = proxy.client().await;
    run(&client, "SELECT 1").await;
    let preview = http.send("POST", "/api/v1/tenants/acme/suspend?dry_run=true", &[], r#"{"reason":"unpaid"}"#).await;
    assert_eq!((preview.status, &preview.json()["dry_run"]), (200, &json!(true)), "{preview:?}");
    assert_eq!(http.get("/api/v1/tenants/acme").await.json()["status"], "active");
    let done = http.send("POST", "/api/v1/tenants/acme/suspend", &[], r#"{"reason":"unpaid"}"#).await;
    assert_eq!((done.status, &done.json()["changed"]), (200, &json!(true)), "{done:?}");
    eventually("it is suspended", || async { http.get("/api/v1/tenants/acme").await.json()["status"] == "suspended" }).await;
    assert_eq!(http.get("/api/v1/tenants/acme/health").await.json()["reasons"][0], "the tenant is suspended: unpaid");
    assert!(proxy.try_client("acme_app").await.is_err());
    let stale = http.send("POST", "/api/v1/tenants/acme/resume?expected_version=999", &[], "{}").await;
    assert_eq!(stale.status, 409, "{stale:?}");
    assert_eq!(http.send("POST", "/api/v1/tenants/acme/resume", &[], "{}").await.status, 200);
    eventually("it is active", || async { http.get("/api/v1/tenants/acme").await.json()["status"] == "active" }).await;
    let history = http.get("/api/v1/map/versions").await.json();
    assert_eq!((&history["items"][0]["author"], &history["items"][0]["current"]), (&json!("bob"), &json!(true)), "{history}");
    let changed = http.send("PATCH", "/api/v1/tenants/acme", &[], r#"{"settings":{"limits.max_connections":3}}"#).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    eventually("its limit", || async { http.get("/api/v1/tenants/acme/config").await.json()["limits"]["max_connections"] == 3 }).await;
    for (body, status) in [
        (r#"{"settings":{"plan":"none"}}"#, 422),
        (r#"{"settings":{"colour":"blue"}}"#, 422),
        (r#"{"settings":{"limits.max_connections":"many"}}"#, 422),
        (r#"{"settings":{}, "colour":1}"#, 400),
        ("[]", 400),
        ("{", 400),
    ] {
        let answer = http.send("PATCH", "/api/v1/tenants/acme", &[], body).await;
        assert_eq!(answer.status, status, "{body}: {answer:?}");
    }
    assert_eq!(http.send("PATCH", "/api/v1/tenants/acme", &[("Content-Type", "text/plain")], "{}").await.status, 415);
    assert_eq!(http.send("PATCH", "/api/v1/tenants/nobody", &[], r#"{"settings":{}}"#).await.status, 404);
    assert_eq!(http.send("DELETE", "/api/v1/tenants/acme", &[], "").await.status, 409, "it has a login");
}

#[tokio::test]
async fn the_same_change_is_made_once() {
    let (_proxy, http) = serve(Bed::new().await).await;
    let http = http.as_operator();
    let new = r#"{"id":"newcomer","shard":"east","model":"own","plan":"basic","settings":{"role_password":"file:role_secret"}}"#;
    let key = [("Idempotency-Key", "one")];
    let first = http.send("POST", "/api/v1/tenants", &key, new).await;
    assert_eq!(first.status, 201, "{first:?}");
    let again = http.send("POST", "/api/v1/tenants", &key, new).await;
    assert_eq!((again.status, again.body.as_str(), again.header("idempotency-replayed")), (201, first.body.as_str(), "true"));
    assert_eq!(http.send("POST", "/api/v1/tenants", &[], new).await.status, 409, "without a key it is another one");
    let other = new.replace("newcomer", "another");
    assert_eq!(http.send("POST", "/api/v1/tenants", &key, &other).await.status, 422);
    assert_eq!(http.send("POST", "/api/v1/tenants", &[("Idempotency-Key", "")], &other).await.status, 400);
    assert_eq!(http.get("/api/v1/map/versions").await.json()["items"][0]["version"], first.json()["version"]);
}

#[tokio::test]
async fn sessions_end_when_an_operator_says_so() {
    let mut bed = Bed::new().await;
    bed.sections.push_str("[audit]\nfile = \"audit.jsonl\"\n");
    let (proxy, http) = serve(bed).await;
    let http = http.as_operator();
    let client = proxy.client().await;
    let sessions = http.get("/api/v1/sessions?tenant=acme&login=acme_app").await.json();
    assert_eq!((&sessions["total"], &sessions["items"][0]["tenant"]), (&json!(1), &json!("acme")));
    let path = format!("/api/v1/sessions/{}", sessions["items"][0]["id"]);
    assert_eq!(http.send("DELETE", &path, &[], "").await.status, 204);
    eventually("it has ended", || async { http.get(&path).await.status == 404 }).await;
    assert!(client.batch_execute("SELECT 1").await.is_err());
    eventually("the audit trail has it", || async {
        let events = http.get("/api/v1/audit").await.json();
        events["items"].as_array().unwrap().iter().any(|event| event["what"] == format!("DELETE {path}") && event["login"] == "bob")
    })
    .await;
}
