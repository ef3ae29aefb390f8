"""One pool for the demo's seven tenants, of three models on two shards: each transaction says whose it is.

Only through the proxy: `pgtenant demo --exec 'tests/drivers/run.sh switching'`.
"""
from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import psycopg
import sqlalchemy
from psycopg_pool import ConnectionPool

from harness import Steps, expect, expect_sql_state

steps = Steps("switching")
TENANTS = [tenant for tenant in os.environ["PGTENANT_DEMO_TENANTS"].split() if tenant not in os.environ.get("SKIP", "").split()]
ORDERS = {tenant: int(os.environ[f"PGTENANT_DEMO_{tenant.upper()}_ORDERS"]) for tenant in TENANTS}
HOST, PORT = os.environ["PGTENANT_DEMO_HOST"], int(os.environ["PGTENANT_DEMO_PORT"])
USER, PASSWORD = "backoffice", os.environ["PGTENANT_DEMO_BACKOFFICE_PASSWORD"]
DSN = f"host={HOST} port={PORT} user={USER} password={PASSWORD} dbname=app"
ROUNDS = 60


def tenant_of(number: int) -> str:
    return TENANTS[(number * 5 + number // 7) % len(TENANTS)]


@steps
def psycopg_pool() -> None:
    """psycopg 3: a pool of 4 for 7 tenants, SET LOCAL behind BEGIN, statements that become named ones"""

    def work(number: int) -> None:
        tenant = tenant_of(number)
        with pool.connection() as db, db.transaction():
            db.execute(f"SET LOCAL pgtenant.tenant = '{tenant}'")
            for _ in range(3):
                expect(db.execute("SELECT count(*) FROM orders WHERE id > %s", (0,)).fetchone(), (ORDERS[tenant],))
            changed = db.execute("UPDATE orders SET note = %s WHERE note IS DISTINCT FROM %s", (tenant, tenant)).rowcount
            expect(changed in (0, ORDERS[tenant]), True)
            expect(db.execute("SELECT DISTINCT note FROM orders").fetchall(), [(tenant,)])

    with ConnectionPool(DSN, min_size=4, max_size=4, open=True) as pool, ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(ROUNDS)))


@steps
def psycopg_parameters() -> None:
    """psycopg 3: set_config with a parameter, and nothing before it"""
    with psycopg.connect(DSN) as db:
        for tenant in TENANTS * 2:
            with db.transaction():
                expect(db.execute("SELECT set_config('pgtenant.tenant', %s, true)", (tenant,)).fetchone(), (tenant,))
                expect(db.execute("SELECT count(*) FROM orders").fetchone(), (ORDERS[tenant],))
        try:
            db.execute("SELECT count(*) FROM orders")
        except psycopg.Error as error:
            expect_sql_state(error, "42501")
        else:
            raise AssertionError("it ran")


@steps
def psycopg_pipeline() -> None:
    """psycopg 3: pipeline mode"""
    with psycopg.connect(DSN, autocommit=True) as db:
        for tenant in TENANTS:
            with db.pipeline(), db.transaction():
                db.execute(f"SET LOCAL pgtenant.tenant = '{tenant}'")
                counts = [db.execute("SELECT count(*) FROM orders") for _ in range(3)]
            expect([count.fetchone() for count in counts], [(ORDERS[tenant],)] * 3)


@steps
async def asyncpg_pool() -> None:
    """asyncpg: its pool resets connections with four statements at once"""
    pool = await asyncpg.create_pool(host=HOST, port=PORT, user=USER, password=PASSWORD, database="app", min_size=3, max_size=3)

    async def work(number: int) -> None:
        tenant = tenant_of(number)
        async with pool.acquire() as db, db.transaction():
            await db.execute(f"SET LOCAL pgtenant.tenant = '{tenant}'")
            expect(await db.fetchval("SELECT count(*) FROM orders WHERE id > $1", 0), ORDERS[tenant])
            expect(await db.fetchval("SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer_id"), ORDERS[tenant])

    await asyncio.gather(*(work(number) for number in range(ROUNDS)))
    await pool.close()


@steps
def sqlalchemy_engine() -> None:
    """SQLAlchemy: the tenant is said as each transaction begins"""
    url = sqlalchemy.URL.create(
        "postgresql+psycopg", USER, PASSWORD, HOST, PORT, "app", query={"options": f"-c pgtenant.tenant={TENANTS[0]}"}
    )
    engine = sqlalchemy.create_engine(url, pool_size=2, max_overflow=0, pool_pre_ping=True)
    for number in range(ROUNDS):
        tenant = tenant_of(number)
        with engine.begin() as db:
            db.execute(sqlalchemy.text("SELECT set_config('pgtenant.tenant', :tenant, true)"), {"tenant": tenant})
            expect(db.execute(sqlalchemy.text("SELECT count(*) FROM orders")).scalar(), ORDERS[tenant])


@steps
def comments() -> None:
    """sqlcommenter's comment in each statement"""
    with psycopg.connect(DSN, autocommit=True) as db:
        for tenant in TENANTS * 3:
            expect(db.execute(f"SELECT count(*) FROM orders WHERE id > %s /*route='x',tenant='{tenant}'*/", (0,)).fetchone(), (ORDERS[tenant],))


if __name__ == "__main__":
    steps.run()
