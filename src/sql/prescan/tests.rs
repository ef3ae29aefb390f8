use super::*;

#[test]
fn what_passes_and_what_does_not() {
    use Prescan::{BackTo, Begin, End, NeedsParse, Nothing, Plain};
    let table = [
        ("", Nothing),
        (" -- x", Nothing),
        ("/* a */", Nothing),
        (";", NeedsParse),
        ("SELECT abalance FROM pgbench_accounts WHERE aid = 12345;", Plain),
        ("\n select 1 ; \n;", Plain),
        ("/*tenant='acme'*/ SELECT 1", Plain),
        ("-- c\n(select 1)", Plain),
        ("with x as (select 1) table x", Plain),
        ("INSERT INTO t VALUES ('a;b', 'temp set_config(')", Plain),
        ("INSERT INTO t VALUES ('a') -- ;", Plain),
        ("select temperature, temp from template", Plain),
        ("select $$; pg_advisory_lock$$", Plain),
        ("select temp, max_config from t", Plain),
        ("commit", End),
        ("ROLLBACK;", End),
        ("end transaction", End),
        ("rollback to savepoint a", BackTo),
        ("ROLLBACK WORK TO a;", BackTo),
        ("savepoint a", Plain),
        ("begin", Begin),
        ("BEGIN READ ONLY;", Begin),
        ("/* x */ Start Transaction", Begin),
        ("commit and chain", NeedsParse),
        ("commit /* */ prepared 'x'", NeedsParse),
        ("begin; select 1", NeedsParse),
        ("select 1; select 2", NeedsParse),
        ("select 1; -- c\n set x = 1", NeedsParse),
        ("select 'a' ';' ; x", NeedsParse),
        ("select SET_Config('a', 'b', false)", NeedsParse),
        ("select 1 into temp t", NeedsParse),
        ("select 1 into pg_temp.t", NeedsParse),
        ("select U&\"set\\005fconfig\"('a', 'b', false)", NeedsParse),
        ("update pg_settings set setting = 1", NeedsParse),
        ("select 1 /* set_config", NeedsParse),
        ("set x = 1", NeedsParse),
        ("/**/set x = 1", NeedsParse),
        ("prepare x as select 1", NeedsParse),
        ("show all", NeedsParse),
        ("explain select 1", NeedsParse),
        ("create table t (x int)", NeedsParse),
        ("selectx", NeedsParse),
        ("select1", NeedsParse),
        ("do $$ $$", NeedsParse),
        ("'x'", NeedsParse),
        ("verylongword select", NeedsParse),
    ];
    for (text, expected) in table {
        assert_eq!(prescan(text.as_bytes()), expected, "{text}");
    }
}
