"""psycopg 3: named server-side statements after 5 executions, pipeline mode, COPY, its pool."""
from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
from psycopg_pool import ConnectionPool

from harness import LARGE, PLAN_CHANGED, POOL, QUERIES, CancelWatch, Steps, expect, expect_sql_state

steps = Steps(f"psycopg {psycopg.__version__}")
TABLE = "drv_psycopg3_items"


def connect(**options) -> psycopg.Connection:
    return psycopg.connect(application_name="drv_psycopg3", **options)


@steps
def prepare() -> None:
    """connect and create a table"""
    with connect() as db:
        db.execute(f"DROP TABLE IF EXISTS {TABLE}")
        db.execute(f"CREATE TABLE {TABLE} (id int PRIMARY KEY, name text NOT NULL)")
        expect(db.execute("SHOW application_name").fetchone(), ("drv_psycopg3",))


@steps
def transactions() -> None:
    """a transaction is committed, another rolled back"""
    with connect() as db:
        with db.transaction():
            db.execute(f"INSERT INTO {TABLE} VALUES (1, 'kept')")
        try:
            with db.transaction():
                db.execute(f"INSERT INTO {TABLE} VALUES (2, 'gone')")
                with db.transaction():
                    db.execute("SELECT 1/0")
        except psycopg.errors.DivisionByZero:
            pass
        expect(db.execute(f"SELECT id, name FROM {TABLE}").fetchall(), [(1, "kept")])


@steps
def prepared() -> None:
    """a statement becomes a named one, on connections that take turns"""
    with connect(autocommit=True) as one, connect(autocommit=True) as two:
        for number in range(20):
            for db in (one, two):
                expect(db.execute("SELECT %s::int + 1, %s::text", (number, f"n{number}")).fetchone(), (number + 1, f"n{number}"))
        with one.transaction(), two.transaction():
            for db in (two, one):
                expect(db.execute("SELECT %s::int + 1, %s::text", (7, "x")).fetchone(), (8, "x"))
        one.execute("DEALLOCATE ALL")
        one.prepare_threshold = 0
        expect(one.execute("SELECT %s::int + 2", (1,)).fetchone(), (3,))


@steps
def binary_cursor() -> None:
    """binary results, and a named cursor that fetches in parts"""
    with connect() as db:
        rows = db.cursor(binary=True).execute("SELECT n, n::text, n * 1.5 FROM generate_series(1, 100) n").fetchall()
        expect((len(rows), rows[9][:2]), (100, (10, "10")))
        with db.cursor("drv_cursor") as cursor:
            cursor.itersize = 30
            cursor.execute("SELECT n FROM generate_series(1, 100) n")
            expect(sum(row[0] for row in cursor), 5050)


@steps
def copy() -> None:
    """COPY in and out, and a COPY in that fails midway"""
    with connect() as db:
        db.execute(f"TRUNCATE {TABLE}")
        with db.cursor().copy(f"COPY {TABLE} FROM STDIN") as stream:
            for number in range(10_000):
                stream.write_row((number, f"name {number}"))
        db.commit()
        with db.cursor().copy(f"COPY (SELECT id FROM {TABLE} ORDER BY id) TO STDOUT") as stream:
            expect(sum(int(row[0]) for row in stream.rows()), 49_995_000)
        try:
            with db.cursor().copy(f"COPY {TABLE} FROM STDIN") as stream:
                for number in range(10_000):
                    stream.write_row((number + 9_999, "twice"))
            raise AssertionError("a duplicate key was taken")
        except psycopg.errors.UniqueViolation:
            db.rollback()
        expect(db.execute(f"SELECT count(*) FROM {TABLE}").fetchone(), (10_000,))


@steps
def cancel() -> None:
    """a cancel ends a running statement, the connection goes on"""
    watch = CancelWatch()
    with connect(autocommit=True) as db:

        def ask() -> None:
            time.sleep(0.3)
            watch.ask()
            db.cancel()

        thread = threading.Thread(target=ask)
        thread.start()
        try:
            db.execute("SELECT pg_sleep(30)")
            raise AssertionError("it wasn't cancelled")
        except psycopg.Error as error:
            watch.check(error)
        thread.join()
        expect(db.execute("SELECT 1").fetchone(), (1,))
        db.cancel()  # nothing runs: nothing may happen, now or to whoever comes next
        for number in range(50):
            expect(db.execute("SELECT %s::int", (number,)).fetchone(), (number,))


@steps
def pool() -> None:
    """200 queries at once through its pool"""
    with ConnectionPool(kwargs={"application_name": "drv_psycopg3"}, min_size=1, max_size=POOL, timeout=30) as connections:

        def query(number: int) -> int:
            with connections.connection() as db:
                return db.execute("SELECT %s::int FROM pg_sleep(0.01)", (number,)).fetchone()[0]

        with ThreadPoolExecutor(QUERIES) as threads:
            expect(list(threads.map(query, range(QUERIES))), list(range(QUERIES)))


@steps
def notify() -> None:
    """LISTEN hears NOTIFY"""
    with connect(autocommit=True) as listener, connect(autocommit=True) as speaker:
        listener.execute("LISTEN drv_psycopg3")
        listener.execute("SELECT 1")
        speaker.execute("NOTIFY drv_psycopg3, 'hello'")
        expect([note.payload for note in listener.notifies(timeout=5, stop_after=1)], ["hello"])
        listener.execute("UNLISTEN *")


@steps
def altered_table() -> None:
    """a prepared statement whose table is altered gets the new shape, or an error that says so"""
    with connect(autocommit=True) as db:
        db.prepare_threshold = 0
        db.execute(f"TRUNCATE {TABLE}")
        db.execute(f"INSERT INTO {TABLE} VALUES (1, 'a')")
        for _ in range(3):
            expect(db.execute(f"SELECT * FROM {TABLE} WHERE id = %s", (1,)).fetchall(), [(1, "a")])
        db.execute(f"ALTER TABLE {TABLE} ADD COLUMN extra int DEFAULT 7")
        try:
            cursor = db.execute(f"SELECT * FROM {TABLE} WHERE id = %s", (1,))
            expect([column.name for column in cursor.description], ["id", "name", "extra"])
            expect(cursor.fetchall(), [(1, "a", 7)])
        except psycopg.Error as error:
            expect(error.sqlstate in PLAN_CHANGED, True)
        db.execute("DEALLOCATE ALL")
        expect(db.execute(f"SELECT * FROM {TABLE} WHERE id = %s", (1,)).fetchall(), [(1, "a", 7)])
        db.execute(f"ALTER TABLE {TABLE} DROP COLUMN extra")


@steps
def pipeline() -> None:
    """an error in a pipeline skips to its Sync, what follows runs"""
    with connect(autocommit=True) as db:
        with db.pipeline() as line:
            before = db.execute("SELECT %s::int", (1,))
            line.sync()
            expect(before.fetchone(), (1,))
        try:
            with db.pipeline():
                db.execute("SELECT 1/%s::int", (0,))
                db.execute(f"INSERT INTO {TABLE} VALUES (%s, 'skipped')", (77_777,))
            raise AssertionError("no error")
        except psycopg.errors.DivisionByZero:
            pass
        expect(db.execute(f"SELECT count(*) FROM {TABLE} WHERE id = 77777").fetchone(), (0,))
        with db.pipeline():
            cursors = [db.execute("SELECT %s::int", (number,)) for number in range(500)]
            expect([cursor.fetchone()[0] for cursor in cursors], list(range(500)))


@steps
def large() -> None:
    """20 MB of text there and back"""
    with connect() as db:
        expect(db.execute("SELECT %s::text", (LARGE,)).fetchone()[0] == LARGE, True)
        expect(db.execute("SELECT length(%b)", (LARGE.encode(),)).fetchone(), (len(LARGE.encode()),))


@steps
def error_details() -> None:
    """errors carry their fields, a failed transaction says so"""
    with connect() as db:
        try:
            db.execute(f"INSERT INTO {TABLE} VALUES (1, 'again')")
            raise AssertionError("a duplicate key was taken")
        except psycopg.errors.UniqueViolation as error:
            expect((error.diag.table_name, error.diag.constraint_name), (TABLE, f"{TABLE}_pkey"))
        try:
            db.execute("SELECT 1")
            raise AssertionError("a failed transaction went on")
        except psycopg.Error as error:
            expect_sql_state(error, "25P02")


@steps
def clean_up() -> None:
    """drop the table"""
    with connect() as db:
        db.execute(f"DROP TABLE {TABLE}")


steps.run()
