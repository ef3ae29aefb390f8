//! The dashboard: its pages, who may do what, and that nobody else's page does it.

use crate::{
    client::{Answer, Http, OPERATOR, VIEWER, serve, serve_open},
    support::{bed::Bed, eventually, run},
};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// A browser that is signed in.
struct Browser {
    http: Http,
    cookie: String,
}

impl Browser {
    async fn sign_in(http: &Http, token: &str) -> Browser {
        let http = Http { port: http.port, token: None };
        let answer = http.send("POST", "/login", &[FORM], &format!("token={token}")).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/"), "{answer:?}");
        let cookie = answer.header("set-cookie");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        Browser { cookie: cookie.split(';').next().unwrap().to_owned(), http }
    }

    async fn get(&self, path: &str) -> Answer {
        self.http.send("GET", path, &[("Cookie", &self.cookie)], "").await
    }

    async fn post(&self, path: &str, more: &[(&str, &str)], body: &str) -> Answer {
        let headers: Vec<(&str, &str)> = [FORM, ("Cookie", self.cookie.as_str())].into_iter().chain(more.iter().copied()).collect();
        self.http.send("POST", path, &headers, body).await
    }
}

/// A hidden field's value.
fn hidden<'a>(page: &'a Answer, name: &str) -> &'a str {
    let field = format!("name=\"{name}\" value=\"");
    page.body.split(&field).nth(1).unwrap_or_else(|| panic!("no {name} in {page:?}")).split('"').next().unwrap()
}

#[tokio::test]
async fn pages_answer_and_load_nothing_of_others() {
    let (proxy, http) = serve_open(Bed::new().await).await;
    let client = proxy.client().await;
    run(&client, "SELECT 1").await;
    eventually("acme is ranked", || async { http.get("/tenants").await.body.contains("/tenants/acme") }).await;
    for (path, text) in [
        ("/", "Is all well?"),
        ("/tenants?by=statements", "Tenants that have come of late: 1;"),
        ("/tenants?q=ac", "/tenants/acme"),
        ("/tenants?by=nothing&from=99999", "Who uses what?"),
        ("/tenants/acme", "acme_app"),
        ("/map", "Which tenant is where?"),
        ("/map?shard=east&q=acme", "Tenants: 1."),
        ("/map?from=x", "Which tenant is where?"),
    ] {
        let page = http.get(path).await;
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"), "{path}: {page:?}");
        assert!(page.body.contains(text), "{path}: {}", page.body);
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert!(!page.body.contains("http://") && !page.body.contains("https://") && !page.body.contains("style="), "{path}");
        assert!(!page.body.contains("<form method=\"post\" action=\"/map"), "who may only look gets no form");
    }
    assert_eq!(http.get("/tenants/nobody").await.status, 404);
    assert_eq!(
        (http.get("/static/style.css").await.status, http.get("/static/live.js").await.header("x-content-type-options")),
        (200, "nosniff")
    );
}

#[tokio::test]
async fn a_change_is_previewed_and_applied() {
    let (proxy, http) = serve(Bed::new().await).await;
    assert_eq!((http.get("/").await.status, http.get("/").await.header("location")), (303, "/login"));
    assert_eq!(http.send("POST", "/login", &[FORM], "token=wrong-wrong-wrong-wrong").await.status, 401);
    let browser = Browser::sign_in(&http, OPERATOR).await;
    let page = browser.get("/tenants/acme").await;
    let csrf = hidden(&page, "csrf");
    let asked = format!("csrf={csrf}&tenant=acme&what=suspend&reason=%3Cscript%3Ealert(1)%3C/script%3E");
    let preview = browser.post("/map/preview", &[], &asked).await;
    assert_eq!(preview.status, 200, "{preview:?}");
    assert!(preview.body.contains("What would change") && preview.body.contains("acme"), "{}", preview.body);
    let expected = hidden(&preview, "expected");
    let applied = browser.post("/map/apply", &[], &format!("{asked}&expected={expected}")).await;
    assert!(applied.status == 200 && applied.body.contains("The shard map is at version"), "{applied:?}");
    eventually("it is suspended", || async { browser.get("/tenants/acme").await.body.contains("the tenant is suspended") }).await;
    let page = browser.get("/tenants/acme").await;
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
    assert!(proxy.try_client("acme_app").await.is_err());
    let map = browser.get("/map").await;
    assert!(map.body.contains("bob") && !map.body.contains("<script>alert"), "{}", map.body);
    for (what, status) in
        [("dance", 400), ("set", 400), ("set&key=plan&value=none", 422), ("set&key=colour&value=1", 422), ("rollback&value=x", 400)]
    {
        let wrong = browser.post("/map/preview", &[], &format!("csrf={csrf}&tenant=acme&what={what}")).await;
        assert_eq!(wrong.status, status, "{what}: {wrong:?}");
    }
}

#[tokio::test]
async fn pages_of_others_and_viewers_change_nothing() {
    let (proxy, http) = serve(Bed::new().await).await;
    let client = proxy.client().await;
    let browser = Browser::sign_in(&http, OPERATOR).await;
    let csrf = hidden(&browser.get("/tenants/acme").await, "csrf").to_owned();
    let asked = |csrf: &str| format!("csrf={csrf}&tenant=acme&what=suspend");
    for (csrf, headers) in [
        ("", &[][..]),
        ("0123", &[]),
        (csrf.as_str(), &[("Sec-Fetch-Site", "cross-site")]),
        (csrf.as_str(), &[("Sec-Fetch-Site", "same-site")]),
    ] {
        for path in ["/map/apply", "/map/preview", "/sessions/1/kill", "/logout"] {
            assert_eq!(browser.post(path, headers, &asked(csrf)).await.status, 403, "{path} {csrf} {headers:?}");
        }
    }
    let viewer = Browser::sign_in(&http, VIEWER).await;
    let own = hidden(&viewer.get("/").await, "csrf").to_owned();
    for path in ["/map/apply", "/map/preview", "/sessions/1/kill"] {
        assert_eq!(viewer.post(path, &[], &asked(&own)).await.status, 403, "{path}");
        assert_eq!(http.send("POST", path, &[FORM], &asked(&own)).await.status, 401, "{path}");
    }
    run(&client, "SELECT 1").await;
    // The cookie says nothing to REST, which has no forms.
    assert_eq!(browser.get("/api/v1/tenants").await.status, 401);
    assert_eq!(browser.post("/logout", &[], &format!("csrf={csrf}")).await.status, 303);
    assert_eq!(browser.get("/").await.status, 303, "it is over");
}
