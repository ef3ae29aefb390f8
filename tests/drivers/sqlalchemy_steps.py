"""SQLAlchemy over psycopg 3 and over asyncpg: its ORM, its pool, reflection, bulk inserts."""
from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.ext.asyncio import create_async_engine

from harness import LARGE, PLAN_CHANGED, POOL, QUERIES, CancelWatch, Steps, expect

steps = Steps(f"SQLAlchemy {sa.__version__}")
engine = sa.create_engine("postgresql+psycopg://", pool_size=POOL, max_overflow=0, pool_pre_ping=True)


class Base(orm.DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "drv_sqlalchemy_customers"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str]
    orders: orm.Mapped[list["Order"]] = orm.relationship(back_populates="customer", cascade="all, delete-orphan")


class Order(Base):
    __tablename__ = "drv_sqlalchemy_orders"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    customer_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("drv_sqlalchemy_customers.id"))
    total: orm.Mapped[int]
    customer: orm.Mapped[Customer] = orm.relationship(back_populates="orders")


@steps
def prepare() -> None:
    """connect, create the mapped tables, reflect them"""
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    columns = {column["name"] for column in sa.inspect(engine).get_columns("drv_sqlalchemy_orders")}
    expect(columns, {"id", "customer_id", "total"})


@steps
def transactions() -> None:
    """a session is committed, another rolled back, a savepoint too"""
    with orm.Session(engine) as session, session.begin():
        session.add(Customer(name="kept", orders=[Order(total=3), Order(total=4)]))
        try:
            with session.begin_nested():
                session.execute(sa.text("SELECT 1/0"))
        except sa.exc.DataError:
            pass
    with orm.Session(engine) as session:
        session.add(Customer(name="gone"))
        session.flush()
        session.rollback()
    with orm.Session(engine) as session:
        customer = session.scalars(sa.select(Customer).options(orm.selectinload(Customer.orders))).one()
        expect((customer.name, sorted(order.total for order in customer.orders)), ("kept", [3, 4]))


@steps
def prepared() -> None:
    """one statement many times, over transactions and connections"""
    statement = sa.select(sa.literal(1) + sa.bindparam("number", type_=sa.Integer))
    with engine.connect() as one, engine.connect() as two:
        for number in range(20):
            for db in (one, two):
                expect(db.scalar(statement, {"number": number}), number + 1)
                db.commit()


@steps
def bulk() -> None:
    """a bulk insert with RETURNING, in pages"""
    with orm.Session(engine) as session, session.begin():
        ids = session.scalars(sa.insert(Customer).returning(Customer.id), [{"name": f"c{number}"} for number in range(3_000)]).all()
        expect(len(set(ids)), 3_000)
        session.execute(sa.insert(Order), [{"customer_id": each, "total": 1} for each in ids])
    with orm.Session(engine) as session:
        expect(session.scalar(sa.select(sa.func.count()).select_from(Order)), 3_002)
        rows = session.execute(sa.select(Order.id).execution_options(yield_per=500))
        expect(len(list(rows)), 3_002)


@steps
def cancel() -> None:
    """a cancel ends a running statement, the pooled connection goes on"""
    watch = CancelWatch()
    with engine.connect() as db:
        raw = db.connection.driver_connection

        def ask() -> None:
            time.sleep(0.3)
            watch.ask()
            raw.cancel()

        thread = threading.Thread(target=ask)
        thread.start()
        try:
            db.execute(sa.text("SELECT pg_sleep(30)"))
            raise AssertionError("it wasn't cancelled")
        except sa.exc.OperationalError as error:
            watch.check(error.orig)
        thread.join()
        db.rollback()
        expect(db.scalar(sa.text("SELECT 1")), 1)


@steps
def pool() -> None:
    """200 queries at once through its pool"""

    def query(number: int) -> int:
        with engine.connect() as db:
            return db.scalar(sa.text("SELECT CAST(:number AS int) FROM pg_sleep(0.01)"), {"number": number})

    with ThreadPoolExecutor(QUERIES) as threads:
        expect(list(threads.map(query, range(QUERIES))), list(range(QUERIES)))


@steps
async def async_engine() -> None:
    """200 queries at once over asyncpg"""
    asynchronous = create_async_engine("postgresql+asyncpg://", pool_size=POOL, max_overflow=0)

    async def query(number: int) -> int:
        async with asynchronous.connect() as db:
            return await db.scalar(sa.text("SELECT CAST(:number AS int) FROM pg_sleep(0.01)"), {"number": number})

    expect(list(await asyncio.gather(*(query(number) for number in range(QUERIES)))), list(range(QUERIES)))
    await asynchronous.dispose()


@steps
def isolation_levels() -> None:
    """an isolation level per connection, given back clean to the pool"""
    single = sa.create_engine("postgresql+psycopg://", pool_size=1, max_overflow=0)
    show = sa.text("SHOW transaction_isolation")
    with single.connect().execution_options(isolation_level="SERIALIZABLE") as db:
        expect(db.scalar(show), "serializable")
    with single.connect() as db:
        expect(db.scalar(show), "read committed")
    with single.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(sa.text("SELECT 1"))
    with single.connect().execution_options(postgresql_readonly=True) as db:
        expect(db.scalar(sa.text("SHOW transaction_read_only")), "on")
    with single.connect() as db:
        expect(db.scalar(sa.text("SHOW transaction_read_only")), "off")
    single.dispose()


@steps
def altered_table() -> None:
    """a prepared statement whose table is altered gets the new shape, or an error that says so"""
    statement = sa.text("SELECT * FROM drv_sqlalchemy_orders WHERE id = :id")
    with engine.connect() as db:
        first = db.scalar(sa.text("SELECT min(id) FROM drv_sqlalchemy_orders"))
        for _ in range(8):
            expect(list(db.execute(statement, {"id": first}).keys()), ["id", "customer_id", "total"])
            db.commit()
        db.execute(sa.text("ALTER TABLE drv_sqlalchemy_orders ADD COLUMN extra int DEFAULT 7"))
        db.commit()
        try:
            expect(db.execute(statement, {"id": first}).mappings().one()["extra"], 7)
        except sa.exc.DBAPIError as error:
            expect(error.orig.sqlstate in PLAN_CHANGED, True)
        db.rollback()
        expect(db.execute(sa.text("SELECT extra FROM drv_sqlalchemy_orders WHERE id = :id"), {"id": first}).scalar(), 7)
    engine.dispose()


@steps
def batch() -> None:
    """an error in a bulk insert undoes it, what follows runs"""
    with orm.Session(engine) as session:
        try:
            session.execute(sa.insert(Order), [{"id": 100_000 + number % 900, "customer_id": 1, "total": 1} for number in range(1_000)])
            raise AssertionError("a duplicate key was taken")
        except sa.exc.IntegrityError:
            session.rollback()
        expect(session.scalar(sa.select(sa.func.count()).select_from(Order).where(Order.id >= 100_000)), 0)


@steps
def large() -> None:
    """20 MB of text there and back"""
    with engine.connect() as db:
        expect(db.scalar(sa.text("SELECT CAST(:value AS text)"), {"value": LARGE}) == LARGE, True)


@steps
def clean_up() -> None:
    """drop the tables"""
    Base.metadata.drop_all(engine)


steps.run()
