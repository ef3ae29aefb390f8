//! What statements do to a session: the specification.

use super::*;

/// The effects of a text in short: `set:name=values`, `pin:reason`, ….
fn effects(text: &str) -> Vec<String> {
    match parse(text) {
        Ok(script) => script.effects().map(|effect| short(text, effect)).collect(),
        Err(failure) => vec![format!("failure:{failure}")],
    }
}

fn short(text: &str, effect: &Effect) -> String {
    let at = |name: &NameUse| format!("{}@{}", name.name, &text[name.span.clone()]);
    match effect {
        Effect::Transaction(control) => format!("{control:?}"),
        Effect::Set(set) => {
            let scope = if set.scope == SetScope::Local { "local" } else { "set" };
            match &set.to {
                SetTo::Values(values) => format!("{scope}:{}={}", set.name, values.join("|")),
                SetTo::Default => format!("{scope}:{}:default", set.name),
                SetTo::Computed => format!("{scope}:{}:computed", set.name),
            }
        }
        Effect::ResetAll => "reset all".into(),
        Effect::Show(name) => format!("show:{name}"),
        Effect::Discard(target) => format!("discard:{target:?}"),
        Effect::Prepare(prepare) => {
            let types = prepare.types.clone().map(|span| format!("({})", &text[span])).unwrap_or_default();
            let inside: Vec<String> = prepare.effects.iter().map(|effect| short(text, effect)).collect();
            format!("prepare:{}{types} as <{}> {}", at(&prepare.statement), &text[prepare.body.clone()], inside.join(",")).trim_end().into()
        }
        Effect::Execute(name) => format!("execute:{}", at(name)),
        Effect::Deallocate(Some(name)) => format!("deallocate:{}", at(name)),
        Effect::Deallocate(None) => "deallocate all".into(),
        Effect::Listen(name) => format!("listen:{}", at(name)),
        Effect::Notify(name) => format!("notify:{}", at(name)),
        Effect::Unlisten(channel) => format!("unlisten:{}", channel.as_deref().unwrap_or("*")),
        Effect::Pin(reason) => format!("pin:{reason}"),
    }
}

/// Holds each text against its effects, and the prescan against both.
fn check(table: &[(&str, &[&str])]) {
    for (text, expected) in table {
        assert_eq!(effects(text), *expected, "{text}");
        let control = |effect: &Effect| matches!(effect, Effect::Transaction(control) if !matches!(control, TransactionControl::Begin));
        let needs_parse = parse(text).is_ok_and(|script| !script.effects().all(control)) && !matches!(expected, ["Begin"]);
        if needs_parse {
            assert_eq!(prescan(text.as_bytes()), Prescan::NeedsParse, "{text}");
        }
    }
}

#[test]
fn queries_and_data() {
    check(&[
        ("", &[]),
        (" ; ;; -- nothing\n", &[]),
        ("SELECT abalance FROM pgbench_accounts WHERE aid = 1;", &[]),
        ("select 'set_config(', \"lock\" from t -- pg_advisory_lock(1)", &[]),
        ("select set_config from t", &[]),
        ("select * from pg_settings", &[]),
        ("insert into temp values (1)", &[]),
        ("select temp, temporary from readings", &[]),
        ("select pg_advisory_xact_lock(1), pg_advisory_unlock(2), pg_advisory_unlock_all()", &[]),
        ("select * from pg_temp.t", &[]),
        ("update t set x = 1", &[]),
        ("merge into t using s on t.id = s.id when matched then delete", &[]),
        ("copy t from stdin", &[]),
        ("lock table t", &[]),
        ("select nextval('s'), currval('s'), lastval()", &[]),
        ("fetch 10 from c", &[]),
        ("close all", &[]),
        ("call p(1)", &[]),
        ("select lo_open(1, 2)", &[]),
    ]);
}

#[test]
fn transactions() {
    check(&[
        ("BEGIN", &["Begin"]),
        ("/* x */ begin isolation level serializable, read only", &["Begin"]),
        ("start transaction", &["Begin"]),
        ("commit", &["Commit { chain: false }"]),
        ("end work", &["Commit { chain: false }"]),
        ("commit and chain", &["Commit { chain: true }"]),
        ("abort", &["Rollback { chain: false }"]),
        ("rollback and chain", &["Rollback { chain: true }"]),
        ("savepoint a", &["Savepoint"]),
        ("release a", &["Release"]),
        ("rollback to a", &["RollbackTo"]),
        ("prepare transaction 'x'", &["Prepare"]),
        ("commit prepared 'x'", &["CommitPrepared"]),
        ("rollback prepared 'x'", &["RollbackPrepared"]),
        ("begin; select 1; commit", &["Begin", "Commit { chain: false }"]),
        ("set transaction isolation level serializable", &[]),
        ("set constraints all deferred", &[]),
        ("set transaction_isolation = 'serializable'", &["local:transaction_isolation=serializable"]),
    ]);
}

#[test]
fn settings() {
    check(&[
        ("SET work_mem = '64MB'", &["set:work_mem=64MB"]),
        ("set session WORK_MEM to 65536", &["set:work_mem=65536"]),
        ("set sort_mem = 5", &["set:work_mem=5"]),
        ("set geqo = off", &["set:geqo=off"]),
        ("set geqo = true", &["set:geqo=true"]),
        ("set extra_float_digits = -5", &["set:extra_float_digits=-5"]),
        ("set random_page_cost = 1.1", &["set:random_page_cost=1.1"]),
        ("set datestyle to iso, mdy", &["set:DateStyle=iso|mdy"]),
        ("set search_path = a, \"B\", 'c d'", &["set:search_path=a|B|c d"]),
        ("set schema 'x'", &["set:search_path=x"]),
        ("set names 'UTF8'", &["set:client_encoding=UTF8"]),
        ("set names 'latin1'", &["set:client_encoding=latin1", "pin:setting client_encoding"]),
        ("set time zone 'UTC'", &["set:TimeZone=UTC"]),
        ("set time zone -7", &["set:TimeZone=-7"]),
        ("set time zone local", &["set:TimeZone:default"]),
        ("set time zone interval '-08:00' hour to minute", &["set:TimeZone:computed", "pin:setting TimeZone"]),
        ("set xml option document", &["set:xmloption=DOCUMENT"]),
        (
            "set session characteristics as transaction isolation level repeatable read, read only, deferrable",
            &[
                "set:default_transaction_isolation=repeatable read",
                "set:default_transaction_read_only=on",
                "set:default_transaction_deferrable=on",
            ],
        ),
        ("set work_mem to default", &["set:work_mem:default"]),
        ("set work_mem from current", &["set:work_mem:computed", "pin:setting work_mem"]),
        ("reset work_mem", &["set:work_mem:default"]),
        ("reset all", &["reset all"]),
        ("set local work_mem = '1GB'", &["local:work_mem=1GB"]),
        ("set local app.tenant = 'x'", &["local:app.tenant=x"]),
        ("set app.Tenant = 'x'", &["set:app.tenant=x", "pin:setting app.tenant"]),
        ("set row_security = off", &["set:row_security=off", "pin:setting row_security"]),
        ("set standard_conforming_strings = off", &["set:standard_conforming_strings=off", "pin:setting standard_conforming_strings"]),
        ("set role x", &["set:role=x", "pin:setting role"]),
        ("set local role x", &["local:role=x"]),
        ("reset role", &["set:role:default"]),
        ("set session authorization x", &["set:session_authorization=x", "pin:setting session_authorization"]),
        ("set seed = 0.5", &["set:seed=0.5", "pin:random seed"]),
        ("set search_path = pg_temp, public", &["set:search_path=pg_temp|public", "pin:temporary object"]),
        ("set local search_path = pg_temp", &["local:search_path=pg_temp", "pin:temporary object"]),
        ("set search_path = public, pg_temp", &["set:search_path=public|pg_temp"]),
        ("show work_mem", &["show:work_mem"]),
        ("show all", &["show:all"]),
        ("show timezone", &["show:TimeZone"]),
        ("alter role r set work_mem = '1GB'", &[]),
        ("alter database d set search_path = pg_temp", &[]),
        ("alter system set work_mem = '1GB'", &[]),
    ]);
}

#[test]
fn set_config_calls() {
    check(&[
        ("select set_config('work_mem', '1GB', false)", &["set:work_mem=1GB"]),
        ("SELECT pg_catalog.set_config('search_path', '', false);", &["set:search_path="]),
        ("select set_config('search_path', 'a, \"B\" ', 'f')", &["set:search_path=a|B"]),
        ("select set_config('search_path', 'a,,b', false)", &["pin:setting search_path"]),
        ("select set_config('datestyle', 'iso, mdy', false)", &["set:DateStyle=iso, mdy"]),
        ("select set_config('work_mem', null, false)", &["set:work_mem:default"]),
        ("select set_config('a.b', 'x', true)", &["local:a.b=x"]),
        ("select set_config('a.b', 'x', 'on'), set_config('geqo', 'off', false)", &["local:a.b=x", "set:geqo=off"]),
        ("select set_config('a.b', 'x', false)", &["set:a.b=x", "pin:setting a.b"]),
        ("select set_config(new_value => 'x', setting_name => 'a.b', is_local => true)", &["local:a.b=x"]),
        ("select set_config('work_mem'::text, 'x'::text, false::bool)", &["set:work_mem=x"]),
        ("select set_config('work_mem', $1, false)", &["pin:setting work_mem"]),
        ("select set_config($1, $2, true)", &[]),
        ("select set_config($1, $2, $3)", &["pin:setting that can't be told"]),
        ("select set_config('work_mem', 'x', $1)", &["pin:setting work_mem"]),
        ("select set_config('work_mem', 'x', null)", &["set:work_mem=x"]),
        ("select set_config('wo' || 'rk_mem', '1', false)", &["pin:setting that can't be told"]),
        ("select set_config('work_mem', '1', false) from t", &["pin:setting work_mem"]),
        ("select 1 where set_config('work_mem', '1', false) is not null", &["pin:setting work_mem"]),
        ("select 1 from (select set_config('a.b', '1', false)) x", &["pin:setting a.b"]),
        ("with x as (select set_config('a.b', '1', false)) select * from x", &["pin:setting a.b"]),
        ("select * from set_config('a.b', '1', false)", &["pin:setting a.b"]),
        ("insert into t values (set_config('a.b', '1', false))", &["pin:setting a.b"]),
        ("values (set_config('a.b', '1', false))", &["pin:setting a.b"]),
        ("select U&\"set\\005fconfig\"('a.b', '1', false)", &["set:a.b=1", "pin:setting a.b"]),
        ("select U&\"set!005fconfig\" uescape '!'('a.b', '1', false)", &["set:a.b=1", "pin:setting a.b"]),
        ("select \"set_config\" /* x */ (E'a\\x2eb', U&'\\0031', false)", &["set:a.b=1", "pin:setting a.b"]),
        ("select \"SET_CONFIG\"('a.b', '1', false)", &[]),
        ("update pg_settings set setting = '1' where name = 'a.b'", &["pin:setting that can't be told"]),
        ("update pg_catalog.pg_settings s set setting = '1'", &["pin:setting that can't be told"]),
        ("copy (select set_config('a.b', '1', false)) to stdout", &["set:a.b=1", "pin:setting a.b"]),
        ("explain select set_config('a.b', '1', false)", &[]),
        ("explain (analyze, costs off) select set_config('a.b', '1', false)", &["set:a.b=1", "pin:setting a.b"]),
        ("create table t as select set_config('a.b', '1', false) as x", &["pin:setting a.b"]),
        ("call p(set_config('a.b', '1', false))", &["pin:setting a.b"]),
        ("alter table t add c text default set_config('a.b', '1', false)", &["pin:setting that can't be told"]),
        ("declare c cursor for select set_config('work_mem', '1', false)", &["pin:setting work_mem"]),
        ("select set_limit(0.5)", &["pin:setting pg_trgm.similarity_threshold"]),
    ]);
}

#[test]
fn prepared_statements() {
    check(&[
        ("PREPARE p AS SELECT 1", &["prepare:p@p as <SELECT 1>"]),
        (
            "prepare \"My \"\"P\" (int, numeric(3,1)) as select $1 + $2; ",
            &["prepare:My \"P@\"My \"\"P\"(int, numeric(3,1)) as <select $1 + $2>"],
        ),
        ("prepare FOO as select 1 -- end", &["prepare:foo@FOO as <select 1>"]),
        ("prepare U&\"d!0061t\" uescape '!' as select 1", &["prepare:dat@U&\"d!0061t\" uescape '!' as <select 1>"]),
        ("/*x*/prepare/*y*/as_ as(select 1)", &["prepare:as_@as_ as <(select 1)>"]),
        (
            "prepare p as select set_config('work_mem', '1', false)",
            &["prepare:p@p as <select set_config('work_mem', '1', false)> set:work_mem=1"],
        ),
        ("prepare p as select pg_advisory_lock(1)", &["prepare:p@p as <select pg_advisory_lock(1)> pin:session advisory lock"]),
        ("execute p", &["execute:p@p"]),
        ("EXECUTE \"P\" (1, 'execute p')", &["execute:P@\"P\""]),
        ("execute execute(1)", &["execute:execute@execute"]),
        ("execute p(set_config('a.b', '1', false))", &["pin:setting a.b", "execute:p@p"]),
        ("explain execute p", &["execute:p@p"]),
        ("explain analyze verbose execute p(1)", &["execute:p@p"]),
        ("explain (analyze, format json) execute p", &["execute:p@p"]),
        ("create table execute as execute p(1)", &["execute:p@p"]),
        ("create temp table t (execute, p) on commit drop as execute p with no data", &["execute:p@p"]),
        ("create temp table t as execute p", &["execute:p@p", "pin:temporary object"]),
        ("explain create table t as execute p", &["execute:p@p"]),
        ("deallocate p", &["deallocate:p@p"]),
        ("deallocate prepare p", &["deallocate:p@p"]),
        ("deallocate prepare", &["deallocate:prepare@prepare"]),
        ("deallocate prepare prepare", &["deallocate:prepare@prepare"]),
        ("deallocate all", &["deallocate all"]),
        ("deallocate prepare all", &["deallocate all"]),
        ("deallocate \"all\"", &["deallocate:all@\"all\""]),
        ("prepare a as select 1; execute a; deallocate a", &["prepare:a@a as <select 1>", "execute:a@a", "deallocate:a@a"]),
    ]);
    let long = "x".repeat(70);
    assert_eq!(effects(&format!("execute {long}")), [format!("execute:{}@{long}", "x".repeat(63))]);
    let wide = "é".repeat(40);
    assert_eq!(effects(&format!("execute {wide}")), [format!("execute:{}@{wide}", "é".repeat(31))]);
}

#[test]
fn what_pins() {
    check(&[
        ("discard all", &["discard:All"]),
        ("discard temp", &["discard:Temporary"]),
        ("discard temporary", &["discard:Temporary"]),
        ("discard plans", &["discard:Plans"]),
        ("discard sequences", &["discard:Sequences"]),
        ("listen C", &["listen:c@listen C"]),
        ("notify c, 'x'", &["notify:c@c"]),
        ("notify /*c*/ \"C\";", &["notify:C@\"C\""]),
        ("unlisten c", &["unlisten:c"]),
        ("unlisten *", &["unlisten:*"]),
        ("create temp table t (x int)", &["pin:temporary object"]),
        ("create local temporary table t (x int) on commit delete rows", &["pin:temporary object"]),
        ("create temp table t (x int) on commit drop", &[]),
        ("create temp table t on commit drop as select 1", &[]),
        ("create temporary table t as select 1", &["pin:temporary object"]),
        ("create table pg_temp.t (x int)", &["pin:temporary object"]),
        ("create table t (x int)", &[]),
        ("create temp sequence s", &["pin:temporary object"]),
        ("create or replace temp view v as select 1", &["pin:temporary object"]),
        ("create view pg_temp.v as select 1", &["pin:temporary object"]),
        ("create view v as select set_config('a.b', '1', false)", &[]),
        ("create function pg_temp.f() returns int language sql as 'select 1'", &["pin:temporary object"]),
        ("create type pg_temp.t as (x int)", &["pin:temporary object"]),
        ("create function f() returns int language sql set search_path = pg_temp as 'select 1'", &[]),
        ("alter function f() set search_path = pg_temp", &[]),
        ("select 1 into temp t", &["pin:temporary object"]),
        ("select 1 into temp", &[]),
        ("select 1 into local temporary table t", &["pin:temporary object"]),
        ("select 1 into pg_temp.t", &["pin:temporary object"]),
        ("select 1 into temp t union select 2", &["pin:temporary object"]),
        ("declare c cursor with hold for select 1", &["pin:cursor with hold"]),
        ("declare c cursor without hold for select 1", &[]),
        ("select pg_advisory_lock(1)", &["pin:session advisory lock"]),
        ("select pg_catalog.PG_TRY_ADVISORY_LOCK_SHARED(1, 2)", &["pin:session advisory lock"]),
        ("select set_config('geqo', 'off', false), pg_advisory_lock(1)", &["set:geqo=off", "pin:session advisory lock"]),
        ("select setseed(0.1)", &["pin:random seed"]),
        ("load 'auto_explain'", &["pin:loaded library"]),
        ("select * from dblink('x', 'y') as t(a int)", &["pin:dblink"]),
        ("select dblink_connect('x')", &["pin:dblink"]),
        ("select query_to_xml('select 1', true, false, '')", &[]),
        ("select query_to_xml('select set_config(''a.b'', ''1'', false)', true, false, '')", &["pin:function that runs SQL text"]),
        ("select query_to_xml($1, true, false, '')", &["pin:function that runs SQL text"]),
        ("select * from crosstab('select a, b, c from t order by 1') as ct(a int)", &[]),
        ("select ts_rewrite(a, b, c) from t", &[]),
        ("select ts_rewrite(a, 'select set_config($$a.b$$, $$1$$, false)') from t", &["pin:function that runs SQL text"]),
        ("select pg_create_logical_replication_slot('s', 'p', true)", &["pin:function pg_create_logical_replication_slot"]),
    ]);
}

#[test]
fn do_blocks() {
    check(&[
        ("do $$ begin update t set x = 1; end $$", &[]),
        ("do $$ begin set local work_mem = '1GB'; set constraints all deferred; end $$", &[]),
        ("do language plpgsql $$ begin perform 1; end $$", &[]),
        ("do $$ begin set work_mem = '1GB'; end $$", &["pin:do block"]),
        ("do $$ begin if true then set work_mem = '1GB'; end if; end $$", &["pin:do block"]),
        ("do $$ begin perform set_config('a.b', '1', false); end $$", &["pin:do block"]),
        ("do $$ begin perform pg_advisory_lock(1); end $$", &["pin:do block"]),
        ("do $$ begin execute 'x'; end $$", &["pin:do block"]),
        ("do $$ begin create temp table x (y int); end $$", &["pin:do block"]),
        ("do $$ begin listen x; end $$", &["pin:do block"]),
        ("do 'begin perform set_config(''a.b'', ''1'', false); end'", &["pin:do block"]),
        ("do E'begin perform set\\x5fconfig($x$a$x$, $x$1$x$, false); end'", &["pin:do block"]),
        ("do language plpython3u 'x = 1'", &["pin:do block"]),
    ]);
}

#[test]
fn scripts_are_told_apart() {
    let text = " SELECT 1 ;\n-- second\nSET work_mem = '1MB' /* x */; ; select ';', $a$;$a$ ;";
    let script = parse(text).unwrap();
    let spans: Vec<&str> = script.statements.iter().map(|statement| &text[statement.span.clone()]).collect();
    assert_eq!(spans, ["SELECT 1", "SET work_mem = '1MB'", "select ';', $a$;$a$"]);
    assert!(!script.is_plain());
    assert_eq!(script.statements.iter().filter(|statement| statement.effects.is_empty()).count(), 2);
}

#[test]
fn reasons_know_what_discard_all_mends() {
    assert!(PinReason::AdvisoryLock.ends_with_discard_all());
    assert!(PinReason::Setting(SettingName::new("app.x")).ends_with_discard_all());
    for reason in [PinReason::Seed, PinReason::Load, PinReason::Dblink, PinReason::DoBlock, PinReason::NotUnderstood] {
        assert!(!reason.ends_with_discard_all(), "{reason}");
    }
}
