"""asyncpg: everything is a named prepared statement in binary, its pool resets connections on return."""
from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from decimal import Decimal

import asyncpg

from harness import CANCEL_SECONDS, LARGE, PLAN_CHANGED, POOL, QUERIES, Steps, expect, expect_sql_state

steps = Steps(f"asyncpg {asyncpg.__version__}")
TABLE = "drv_asyncpg_items"


async def connect(**options) -> asyncpg.Connection:
    return await asyncpg.connect(server_settings={"application_name": "drv_asyncpg"}, timeout=10, **options)


@steps
async def prepare() -> None:
    """connect and create a table"""
    db = await connect()
    await db.execute(f"DROP TABLE IF EXISTS {TABLE}")
    await db.execute(f"CREATE TABLE {TABLE} (id int PRIMARY KEY, name text NOT NULL)")
    expect(await db.fetchval("SHOW application_name"), "drv_asyncpg")
    await db.close()


@steps
async def transactions() -> None:
    """a transaction is committed, another rolled back, a savepoint too"""
    db = await connect()
    async with db.transaction():
        await db.execute(f"INSERT INTO {TABLE} VALUES ($1, $2)", 1, "kept")
        try:
            async with db.transaction():
                await db.execute(f"INSERT INTO {TABLE} VALUES ($1, $2)", 3, "gone")
                await db.execute("SELECT 1/0")
        except asyncpg.DivisionByZeroError:
            pass
    try:
        async with db.transaction():
            await db.execute(f"INSERT INTO {TABLE} VALUES ($1, $2)", 2, "gone")
            await db.execute("SELECT 1/0")
    except asyncpg.DivisionByZeroError:
        pass
    expect([tuple(row) for row in await db.fetch(f"SELECT id, name FROM {TABLE}")], [(1, "kept")])
    await db.close()


@steps
async def prepared() -> None:
    """prepared statements on connections that take turns"""
    one, two = await connect(), await connect()
    plus_one, plus_two = await one.prepare("SELECT $1::int + 1"), await two.prepare("SELECT $1::int + 2")
    for number in range(20):
        expect((await plus_one.fetchval(number), await plus_two.fetchval(number)), (number + 1, number + 2))
    async with one.transaction(), two.transaction():
        expect((await plus_one.fetchval(7), await plus_two.fetchval(7)), (8, 9))
        expect([row[0] async for row in one.cursor("SELECT generate_series(1, 100)", prefetch=30)], list(range(1, 101)))
    await one.close()
    await two.close()


@steps
async def types() -> None:
    """binary values of many types, with the driver's own look into the catalogs"""
    db = await connect()
    await db.execute("DROP TYPE IF EXISTS drv_asyncpg_mood")
    await db.execute("CREATE TYPE drv_asyncpg_mood AS ENUM ('glad', 'sad')")
    values = ([1, None, 3], '{"a": 1}', Decimal("5.25"), ["sad"], timedelta(days=1))
    expect(tuple(await db.fetchrow("SELECT $1::int[], $2::jsonb, $3::numeric, $4::drv_asyncpg_mood[], $5::interval", *values)), values)
    await db.execute("DROP TYPE drv_asyncpg_mood")
    await db.close()


@steps
async def bulk() -> None:
    """COPY in and out, executemany, and a COPY in that fails midway"""
    db = await connect()
    await db.execute(f"TRUNCATE {TABLE}")
    await db.copy_records_to_table(TABLE, records=[(number, f"name {number}") for number in range(10_000)])
    received = bytearray()

    async def take(data: bytes) -> None:
        received.extend(data)

    await db.copy_from_query(f"SELECT id FROM {TABLE} ORDER BY id", output=take)
    expect(sum(map(int, received.split())), 49_995_000)
    await db.executemany(f"INSERT INTO {TABLE} VALUES ($1, $2)", [(number, "v") for number in range(10_000, 12_000)])
    for fails in (
        db.copy_records_to_table(TABLE, records=[(number, "x") for number in range(11_990, 20_000)]),
        db.executemany(f"INSERT INTO {TABLE} VALUES ($1, $2)", [(number, "x") for number in range(19_000, 11_990, -1)]),
    ):
        try:
            await fails
            raise AssertionError("a duplicate key was taken")
        except asyncpg.UniqueViolationError:
            pass
    expect(await db.fetchval(f"SELECT count(*) FROM {TABLE}"), 12_000)
    await db.close()


@steps
async def cancel() -> None:
    """a cancelled task and a time-out end the statement on the server, the connection goes on"""
    db = await connect()
    task = asyncio.create_task(db.execute("SELECT pg_sleep(30)"))
    await asyncio.sleep(0.3)
    began = time.monotonic()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
    expect(await db.fetchval("SELECT 1"), 1)
    try:
        await db.execute("SELECT pg_sleep(30)", timeout=0.3)
    except asyncio.TimeoutError:
        pass
    expect(await db.fetchval("SELECT 2"), 2)
    took = time.monotonic() - began
    if took > CANCEL_SECONDS + 0.3:
        raise AssertionError(f"the two cancels took {took:.2f} s")
    # Neither hands on the server's word on it, a time limit does.
    try:
        await db.execute("SET statement_timeout = '200ms'")
        await db.execute("SELECT pg_sleep(30)")
        raise AssertionError("it wasn't cancelled")
    except asyncpg.QueryCanceledError as error:
        expect_sql_state(error, "57014")
    await db.execute("RESET statement_timeout")
    await db.close()


@steps
async def pool() -> None:
    """200 queries at once through its pool"""
    async with asyncpg.create_pool(min_size=1, max_size=POOL) as connections:
        rows = await asyncio.gather(*(connections.fetchval("SELECT $1::int FROM pg_sleep(0.01)", number) for number in range(QUERIES)))
        expect(rows, list(range(QUERIES)))


@steps
async def notify() -> None:
    """LISTEN hears NOTIFY"""
    listener, speaker = await connect(), await connect()
    heard: "asyncio.Queue[str]" = asyncio.Queue()

    def hear(_connection, _pid, _channel, payload) -> None:
        heard.put_nowait(payload)

    await listener.add_listener("drv_asyncpg", hear)
    expect(await listener.fetchval("SELECT 1"), 1)
    await speaker.execute("NOTIFY drv_asyncpg, 'hello'")
    expect(await asyncio.wait_for(heard.get(), 5), "hello")
    await listener.remove_listener("drv_asyncpg", hear)
    await listener.close()
    await speaker.close()


@steps
async def altered_table() -> None:
    """a prepared statement whose table is altered gets the new shape, or an error that says so"""
    db = await connect()
    await db.execute("DECLARE drv_same_server_connection CURSOR WITH HOLD FOR SELECT 1")
    await db.execute(f"TRUNCATE {TABLE}")
    await db.execute(f"INSERT INTO {TABLE} VALUES (1, 'a')")
    sql = f"SELECT * FROM {TABLE} WHERE id = $1"
    for _ in range(3):
        expect(dict(await db.fetchrow(sql, 1)), {"id": 1, "name": "a"})
    await db.execute(f"ALTER TABLE {TABLE} ADD COLUMN extra int DEFAULT 7")
    # Outside a transaction the driver prepares again by itself when it's told 0A000.
    expect(dict(await db.fetchrow(sql, 1)), {"id": 1, "name": "a", "extra": 7})
    kept = await db.prepare(sql)
    async with db.transaction():
        expect(dict(await kept.fetchrow(1)), {"id": 1, "name": "a", "extra": 7})
    await db.execute(f"ALTER TABLE {TABLE} DROP COLUMN extra")
    try:
        async with db.transaction():
            expect(dict(await kept.fetchrow(1)), {"id": 1, "name": "a"})
    except asyncpg.PostgresError as error:
        expect(error.sqlstate in PLAN_CHANGED, True)
    expect(dict(await db.fetchrow(sql, 1)), {"id": 1, "name": "a"})
    await db.close()


@steps
async def batch() -> None:
    """an error in a batch undoes the batch, what follows runs"""
    db = await connect()
    try:
        await db.executemany("SELECT 10 / $1::int", [(2,), (1,), (0,), (5,)])
        raise AssertionError("no error")
    except asyncpg.DivisionByZeroError:
        pass
    expect(await db.fetchval("SELECT 10 / $1::int", 2), 5)
    try:
        await db.execute("SELECT 1; SELECT 1/0; SELECT 2")
        raise AssertionError("no error")
    except asyncpg.DivisionByZeroError:
        pass
    expect(await db.execute("SELECT 1; SELECT 2"), "SELECT 1")
    await db.close()


@steps
async def large() -> None:
    """20 MB of text there and back"""
    db = await connect()
    expect(await db.fetchval("SELECT $1::text", LARGE) == LARGE, True)
    await db.close()


@steps
async def clean_up() -> None:
    """drop the table"""
    db = await connect()
    await db.execute(f"DROP TABLE {TABLE}")
    await db.close()


steps.run()
