"""psycopg2: simple protocol, SQL-level PREPARE, COPY, execute_values, its threaded pool."""
from __future__ import annotations

import io
import select
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import psycopg2.extras
import psycopg2.pool

from harness import LARGE, PLAN_CHANGED, POOL, QUERIES, CancelWatch, Steps, expect, expect_sql_state

steps = Steps(f"psycopg2 {psycopg2.__version__.split()[0]}")
TABLE = "drv_psycopg2_items"


def connect(autocommit: bool = False):
    db = psycopg2.connect(application_name="drv_psycopg2", dbname=None)
    db.autocommit = autocommit
    return db


def run(db, sql: str, values=None):
    """The rows of a statement, or none."""
    with db.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else None


@steps
def prepare() -> None:
    """connect and create a table"""
    db = connect(autocommit=True)
    run(db, f"DROP TABLE IF EXISTS {TABLE}")
    run(db, f"CREATE TABLE {TABLE} (id int PRIMARY KEY, name text NOT NULL)")
    db.close()


@steps
def transactions() -> None:
    """a transaction is committed, another rolled back"""
    db = connect()
    with db:
        run(db, f"INSERT INTO {TABLE} VALUES (1, 'kept')")
    try:
        with db:
            run(db, f"INSERT INTO {TABLE} VALUES (2, 'gone')")
            run(db, "SELECT 1/0")
    except psycopg2.errors.DivisionByZero:
        pass
    expect(run(db, f"SELECT id, name FROM {TABLE}"), [(1, "kept")])
    db.rollback()
    # The driver reads these from what the server reports, not from a query.
    expect((db.encoding, db.get_parameter_status("standard_conforming_strings")), ("UTF8", "on"))
    db.close()


@steps
def prepared() -> None:
    """SQL PREPARE and EXECUTE, over transactions, on connections that take turns"""
    one, two = connect(autocommit=True), connect(autocommit=True)
    run(one, "PREPARE drv_plus(int) AS SELECT $1 + 1")
    run(two, "PREPARE drv_plus(int) AS SELECT $1 + 2")  # the same name with another meaning
    for number in range(12):
        expect(run(one, "EXECUTE drv_plus(%s)", (number,)), [(number + 1,)])
        expect(run(two, "EXECUTE drv_plus(%s)", (number,)), [(number + 2,)])
    run(one, "DEALLOCATE drv_plus")
    try:
        run(one, "EXECUTE drv_plus(1)")
        raise AssertionError("a deallocated statement ran")
    except psycopg2.Error as error:
        expect_sql_state(error, "26000")
    expect(run(two, "EXECUTE drv_plus(1)"), [(3,)])
    one.close()
    two.close()


@steps
def bulk() -> None:
    """COPY in and out, execute_values, and a COPY in that fails midway"""
    db = connect()
    run(db, f"TRUNCATE {TABLE}")
    with db.cursor() as cursor:
        cursor.copy_expert(f"COPY {TABLE} FROM STDIN", io.StringIO("".join(f"{number}\tname {number}\n" for number in range(10_000))))
        out = io.StringIO()
        cursor.copy_expert(f"COPY (SELECT id FROM {TABLE} ORDER BY id) TO STDOUT", out)
        expect(sum(map(int, out.getvalue().split())), 49_995_000)
        psycopg2.extras.execute_values(cursor, f"INSERT INTO {TABLE} VALUES %s", [(number, "v") for number in range(10_000, 12_000)])
    db.commit()
    try:
        with db.cursor() as cursor:
            cursor.copy_expert(f"COPY {TABLE} FROM STDIN", io.StringIO("".join(f"{number}\tx\n" for number in range(11_990, 20_000))))
        raise AssertionError("a duplicate key was taken")
    except psycopg2.errors.UniqueViolation:
        db.rollback()
    expect(run(db, f"SELECT count(*) FROM {TABLE}"), [(12_000,)])
    db.close()


@steps
def server_cursor() -> None:
    """a named cursor fetches in parts"""
    db = connect()
    with db.cursor("drv_cursor") as cursor:
        cursor.itersize = 30
        cursor.execute("SELECT n FROM generate_series(1, 100) n")
        expect(sum(row[0] for row in cursor), 5050)
    db.close()


@steps
def cancel() -> None:
    """a cancel ends a running statement, the connection goes on"""
    watch, db = CancelWatch(), connect(autocommit=True)

    def ask() -> None:
        time.sleep(0.3)
        watch.ask()
        db.cancel()

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        run(db, "SELECT pg_sleep(30)")
        raise AssertionError("it wasn't cancelled")
    except psycopg2.Error as error:
        watch.check(error)
    thread.join()
    expect(run(db, "SELECT 1"), [(1,)])
    db.close()


@steps
def pool() -> None:
    """200 queries at once through its pool"""
    connections = psycopg2.pool.ThreadedConnectionPool(1, POOL, application_name="drv_psycopg2")
    # Its pool refuses where others wait, so its users wait before it.
    turns = threading.Semaphore(POOL)

    def query(number: int) -> int:
        with turns:
            db = connections.getconn()
            try:
                with db:
                    return run(db, "SELECT %s FROM pg_sleep(0.01)", (number,))[0][0]
            finally:
                connections.putconn(db)

    with ThreadPoolExecutor(QUERIES) as threads:
        expect(list(threads.map(query, range(QUERIES))), list(range(QUERIES)))
    connections.closeall()


@steps
def notify() -> None:
    """LISTEN hears NOTIFY"""
    listener, speaker = connect(autocommit=True), connect(autocommit=True)
    run(listener, "LISTEN drv_psycopg2")
    run(listener, "SELECT 1")
    run(speaker, "NOTIFY drv_psycopg2, 'hello'")
    expect(select.select([listener], [], [], 5)[0], [listener])
    listener.poll()
    expect([note.payload for note in listener.notifies], ["hello"])
    listener.close()
    speaker.close()


@steps
def altered_table() -> None:
    """a prepared statement whose table is altered gets the new shape, or an error that says so"""
    db = connect(autocommit=True)
    run(db, f"TRUNCATE {TABLE}")
    run(db, f"INSERT INTO {TABLE} VALUES (1, 'a')")
    run(db, f"PREPARE drv_shape(int) AS SELECT * FROM {TABLE} WHERE id = $1")
    expect(run(db, "EXECUTE drv_shape(1)"), [(1, "a")])
    run(db, f"ALTER TABLE {TABLE} ADD COLUMN extra int DEFAULT 7")
    try:
        expect(run(db, "EXECUTE drv_shape(1)"), [(1, "a", 7)])
    except psycopg2.Error as error:
        expect(error.pgcode in PLAN_CHANGED, True)
    expect(run(db, f"SELECT * FROM {TABLE} WHERE id = 1"), [(1, "a", 7)])
    run(db, f"ALTER TABLE {TABLE} DROP COLUMN extra")
    db.close()


@steps
def batch() -> None:
    """an error in a message of many statements undoes that message, what follows runs"""
    db = connect(autocommit=True)
    try:
        run(db, f"INSERT INTO {TABLE} VALUES (50, 'x'); SELECT 1/0; INSERT INTO {TABLE} VALUES (51, 'x')")
        raise AssertionError("no error")
    except psycopg2.errors.DivisionByZero:
        pass
    expect(run(db, f"SELECT count(*) FROM {TABLE} WHERE id >= 50"), [(0,)])
    expect(run(db, "SELECT 1; SELECT 2"), [(2,)])
    db.close()


@steps
def session_settings() -> None:
    """SET lasts for the session, SET LOCAL for the transaction, ROLLBACK undoes"""
    one, two = connect(), connect()
    show = "SHOW extra_float_digits"
    for db, digits in ((one, 2), (two, 3)):
        run(db, f"SET extra_float_digits = {digits}")
        db.commit()
    for _ in range(5):
        expect((run(one, show), run(two, show)), ([("2",)], [("3",)]))
        one.commit()
        two.commit()
    run(one, "SET LOCAL extra_float_digits = -1")
    expect(run(one, show), [("-1",)])
    one.commit()
    run(one, "SET extra_float_digits = -2")
    one.rollback()
    expect(run(one, show), [("2",)])
    one.rollback()
    run(one, "RESET extra_float_digits")
    one.commit()
    three = connect()
    expect(run(one, show), run(three, show))
    for db in (one, two, three):
        db.close()


@steps
def large() -> None:
    """20 MB of text there and back"""
    db = connect()
    expect(run(db, "SELECT %s", (LARGE,))[0][0] == LARGE, True)
    db.close()


@steps
def clean_up() -> None:
    """drop the table"""
    db = connect(autocommit=True)
    run(db, f"DROP TABLE {TABLE}")
    db.close()


steps.run()
