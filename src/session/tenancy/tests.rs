//! The transaction-aware part, against what PostgreSQL does with a setting.

use super::*;
use crate::sql::tenancy::{Reading, read};

/// A session of a login that may act for acme and globex.
struct Session(Tenancy);

impl Session {
    fn new(start: Option<&str>) -> Session {
        let admits = |name: &str| match name {
            "acme" | "globex" => Ok(TenantId::from(name)),
            _ => Err(Report::new(SqlState::INSUFFICIENT_PRIVILEGE, "no")),
        };
        Session(Tenancy::switching(start.map(TenantId::from), Switching { admits: Arc::new(admits), sets: true, comments: true }))
    }

    fn try_act(&mut self, text: &str, standing: &Standing, in_batch: bool) -> Result<Answer, Report> {
        let Reading::Command(command) = read(text.as_bytes()) else { panic!("{text}") };
        assert!(self.0.owns(&command, standing), "{text}");
        self.0.act(&command, None, text.as_bytes(), standing, in_batch)
    }

    /// A lone command that is answered here: its tag.
    fn act(&mut self, text: &str) -> &'static str {
        self.try_act(text, &Standing::Free, false).unwrap().tag
    }

    fn refused(&mut self, text: &str, standing: &Standing) -> SqlState {
        self.try_act(text, standing, false).unwrap_err().state
    }

    fn tenant(&self) -> &str {
        self.0.tenant().map_or("-", TenantId::as_str)
    }

    /// A statement runs on a server.
    fn reach(&mut self, status: TransactionStatus) -> bool {
        let begun = self.0.deferred_begin().is_some();
        self.0.server_ready(status);
        begun
    }

    /// A server says that the transaction is over.
    fn over(&mut self, tag: &[u8]) {
        self.0.command_complete(tag);
        self.0.server_ready(TransactionStatus::Idle);
    }
}

use TransactionStatus::{Failed, Idle, Open};

#[test]
fn a_session_says_its_tenant_and_takes_it_back() {
    let mut session = Session::new(None);
    assert_eq!(session.tenant(), "-");
    assert_eq!((session.act("SET pgtenant.tenant = 'acme'"), session.tenant()), ("SET", "acme"));
    assert_eq!((session.act("SET pgtenant.tenant = globex"), session.tenant()), ("SET", "globex"));
    assert_eq!(session.refused("SET pgtenant.tenant = 'initech'", &Standing::Free), SqlState::INSUFFICIENT_PRIVILEGE);
    assert_eq!(session.tenant(), "globex");
    assert_eq!((session.act("RESET pgtenant.tenant"), session.tenant()), ("RESET", "-"));
    assert_eq!((session.act("SELECT set_config('pgtenant.tenant', 'acme', false)"), session.tenant()), ("SELECT 1", "acme"));
    assert_eq!(session.try_act("SHOW pgtenant.tenant", &Standing::Free, false).unwrap().row, Some(("pgtenant.tenant", "acme".to_owned())));
    session.0.discard_all();
    assert_eq!(session.tenant(), "-");

    let mut session = Session::new(Some("acme"));
    session.act("SET pgtenant.tenant = 'globex'");
    session.act("RESET pgtenant.tenant");
    assert_eq!(session.tenant(), "acme");
    assert!(session.0.is_settled());
}

#[test]
fn a_local_one_ends_with_its_transaction() {
    for (end, tag) in [("COMMIT", &b"COMMIT\0"[..]), ("ROLLBACK", b"ROLLBACK\0")] {
        let mut session = Session::new(None);
        assert_eq!(session.act("BEGIN READ ONLY"), "BEGIN");
        assert_eq!((session.act("SET LOCAL pgtenant.tenant = 'acme'"), session.tenant()), ("SET", "acme"));
        assert!(!session.0.is_settled());
        // Nothing has run: another is as good.
        session.act("SET LOCAL pgtenant.tenant = 'globex'");
        assert!(session.reach(Open), "the BEGIN goes to the server");
        assert!(!session.reach(Open), "once");
        assert_eq!(session.refused("SET LOCAL pgtenant.tenant = 'acme'", &Standing::Tied), SqlState::ACTIVE_TRANSACTION);
        assert!(session.try_act("SET LOCAL pgtenant.tenant = 'globex'", &Standing::Tied, false).is_ok());
        session.over(tag);
        assert_eq!(session.tenant(), "-", "{end}");
        assert!(session.0.is_settled());
        // The same without a server.
        session.act("BEGIN");
        session.act("SET LOCAL pgtenant.tenant = 'acme'");
        assert_eq!((session.act(end), session.tenant()), (end, "-"));
    }
}

#[test]
fn a_set_is_undone_by_a_rollback_only() {
    let mut session = Session::new(None);
    session.act("BEGIN");
    session.act("SET pgtenant.tenant = 'acme'");
    session.reach(Open);
    session.over(b"COMMIT\0");
    assert_eq!(session.tenant(), "acme");
    session.act("BEGIN");
    session.act("SET pgtenant.tenant = 'globex'");
    session.reach(Open);
    session.over(b"ROLLBACK\0");
    assert_eq!(session.tenant(), "acme");
    session.act("BEGIN");
    session.act("SET LOCAL pgtenant.tenant = 'globex'");
    session.act("SET pgtenant.tenant = 'globex'");
    session.act("ROLLBACK");
    assert_eq!(session.tenant(), "acme");
    // A failed block ends with ROLLBACK, whatever the client says.
    session.act("BEGIN");
    session.act("SET pgtenant.tenant = 'globex'");
    session.reach(Open);
    session.0.server_failed();
    session.0.server_ready(Failed);
    session.over(b"ROLLBACK\0");
    assert_eq!(session.tenant(), "acme");
    // A savepoint's rollback may have undone it.
    session.act("BEGIN");
    session.act("SET pgtenant.tenant = 'globex'");
    session.reach(Open);
    session.0.command_complete(b"ROLLBACK\0");
    session.0.server_ready(Open);
    session.over(b"COMMIT\0");
    assert_eq!(session.tenant(), "acme");
}

#[test]
fn blocks_that_no_server_knows() {
    let mut session = Session::new(None);
    let answer = session.try_act("COMMIT", &Standing::Free, false).unwrap();
    assert_eq!((answer.tag, answer.warning.unwrap().state), ("COMMIT", SqlState::NO_ACTIVE_TRANSACTION));
    assert_eq!(session.try_act("START TRANSACTION", &Standing::Free, false).unwrap().status, Some(Open));
    let again = session.try_act("BEGIN", &Standing::Free, false).unwrap();
    assert_eq!((again.tag, again.warning.unwrap().state, again.status), ("BEGIN", SqlState::ACTIVE_TRANSACTION, None));
    assert!(session.0.fail());
    assert_eq!(session.refused("SET pgtenant.tenant = 'acme'", &Standing::Free), SqlState::IN_FAILED_SQL_TRANSACTION);
    assert_eq!(session.refused("BEGIN", &Standing::Free), SqlState::IN_FAILED_SQL_TRANSACTION);
    let end = session.try_act("COMMIT", &Standing::Free, false).unwrap();
    assert_eq!((end.tag, end.status, end.warning), ("ROLLBACK", Some(Idle), None));
    assert!(!session.0.is_deferred());
    // AND CHAIN begins the next one here too.
    session.act("BEGIN");
    session.act("SET LOCAL pgtenant.tenant = 'acme'");
    assert_eq!(session.try_act("COMMIT AND CHAIN", &Standing::Free, false).unwrap().status, Some(Open));
    assert_eq!((session.tenant(), session.0.is_deferred()), ("-", true));
}

#[test]
fn set_local_outside_of_a_block_warns() {
    let mut session = Session::new(None);
    let answer = session.try_act("SET LOCAL pgtenant.tenant = 'acme'", &Standing::Free, false).unwrap();
    assert_eq!((answer.tag, answer.warning.unwrap().state), ("SET", SqlState::NO_ACTIVE_TRANSACTION));
    assert_eq!(session.tenant(), "-");
    // A batch is a transaction.
    session.try_act("SET LOCAL pgtenant.tenant = 'acme'", &Standing::Free, true).unwrap();
    assert_eq!(session.tenant(), "acme");
    session.0.batch_over();
    assert_eq!(session.tenant(), "-");
    session.try_act("SET pgtenant.tenant = 'acme'", &Standing::Free, true).unwrap();
    session.0.fail();
    session.0.batch_over();
    assert_eq!(session.tenant(), "-", "the batch failed");
}

#[test]
fn comments_count_for_their_transaction() {
    let mut session = Session::new(None);
    session.0.comment("acme", &Standing::Free).unwrap();
    assert_eq!(session.tenant(), "acme");
    session.reach(Idle);
    assert_eq!(session.tenant(), "-");
    session.act("SET pgtenant.tenant = 'acme'");
    session.0.comment("acme", &Standing::Tied).unwrap();
    assert!(session.0.is_settled());
    assert_eq!(session.0.comment("globex", &Standing::Tied).unwrap_err().state, SqlState::ACTIVE_TRANSACTION);
    assert_eq!(session.0.comment("initech", &Standing::Free).unwrap_err().state, SqlState::INSUFFICIENT_PRIVILEGE);
    let pinned = Standing::Pinned("temporary object".to_owned());
    assert_eq!(session.0.comment("globex", &pinned).unwrap_err().state, SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE);
}

#[test]
fn reset_all_goes_back_to_the_start() {
    let mut session = Session::new(None);
    session.act("SET pgtenant.tenant = 'acme'");
    session.0.reset_all();
    assert_eq!(session.tenant(), "acme", "it runs where it was sent");
    session.reach(Idle);
    assert_eq!(session.tenant(), "-");
    assert_eq!(session.act("RESET ALL"), "RESET");
    session.act("SET pgtenant.tenant = 'acme'");
    session.reach(Open);
    session.0.reset_all();
    session.over(b"ROLLBACK\0");
    assert_eq!(session.tenant(), "acme");
}

#[test]
fn a_session_of_one_tenant_stays() {
    let mut session = Session(Tenancy::fixed(Some("acme".into())));
    assert_eq!(session.act("SET pgtenant.tenant = 'acme'"), "SET");
    assert_eq!(session.refused("SET pgtenant.tenant = 'globex'", &Standing::Free), SqlState::INSUFFICIENT_PRIVILEGE);
    assert_eq!((session.act("RESET pgtenant.tenant"), session.tenant()), ("RESET", "acme"));
    assert!(!session.0.owns(&Command::Begin { tag: "BEGIN" }, &Standing::Free));
    session.0.reset_all();
    session.over(b"COMMIT\0");
    assert_eq!(session.tenant(), "acme");
}
