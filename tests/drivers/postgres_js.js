// postgres.js (postgres): every tagged statement is prepared and pipelined, COPY as streams, its own pool, LISTEN and cancel.
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import postgres from 'postgres'
import { LARGE, POOL, QUERIES, cancelled, fails, range, run, step, versionOf } from './harness.js'

const options = { connection: { application_name: 'drv_postgres_js' }, onnotice: () => {} }

async function connected(body, more = {}) {
  const sql = postgres({ ...options, max: 1, ...more })
  try {
    return await body(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

const plain = (rows) => rows.map((row) => ({ ...row }))

step('connect and create a table', () => connected(async (sql) => {
  await sql`DROP TABLE IF EXISTS drv_postgres_js_items`
  await sql`CREATE TABLE drv_postgres_js_items (id int PRIMARY KEY, name text NOT NULL)`
  assert.equal((await sql`SHOW application_name`)[0].application_name, 'drv_postgres_js')
}))

step('a transaction is committed, another rolled back, a savepoint too', () => connected(async (sql) => {
  await sql.begin(async (inside) => {
    await inside`INSERT INTO drv_postgres_js_items VALUES (1, 'kept')`
    await fails(inside.savepoint(async (deeper) => {
      await deeper`INSERT INTO drv_postgres_js_items VALUES (3, 'gone')`
      await deeper`SELECT 1/0`
    }), '22012')
  })
  await fails(sql.begin(async (inside) => {
    await inside`INSERT INTO drv_postgres_js_items VALUES (2, 'gone')`
    await inside`SELECT 1/0`
  }), '22012')
  assert.deepEqual(plain(await sql`SELECT id, name FROM drv_postgres_js_items`), [{ id: 1, name: 'kept' }])
}))

step('prepared statements on connections that take turns', () => connected((one) => connected(async (two) => {
  for (const number of range(20)) {
    const found = [await one`SELECT ${number}::int + 1 AS n`, await two`SELECT ${number}::int + 1 AS n`]
    assert.deepEqual(found.map((rows) => rows[0].n), [number + 1, number + 1])
  }
  await one.begin((inside) => Promise.all(range(20).map((number) => inside`SELECT ${number}::int + 1 AS n`)))
})))

step('COPY in and out', () => connected(async (sql) => {
  // No COPY that fails midway, and less than 16 kB out: this driver waits for ever after either, also without a proxy
  // (it leaves its socket paused where the stream's buffer was full when the last of it came).
  const lines = Readable.from(range(10_000).map((number) => `${number}\tname ${number}\n`))
  await sql`TRUNCATE drv_postgres_js_items`
  await pipeline(lines, await sql`COPY drv_postgres_js_items FROM STDIN`.writable())
  let sum = 0
  let rest = ''
  for await (const chunk of await sql`COPY (SELECT id FROM drv_postgres_js_items WHERE id < 1000) TO STDOUT`.readable()) {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop()
    sum += parts.reduce((total, part) => total + Number(part), 0)
  }
  assert.equal(sum, 499_500)
  assert.equal((await sql`SELECT count(*)::int AS n FROM drv_postgres_js_items`)[0].n, 10_000)
}))

step('a bulk insert', () => connected(async (sql) => {
  const rows = range(3_000).map((number) => ({ id: 20_000 + number, name: `b${number}` }))
  await sql`INSERT INTO drv_postgres_js_items ${sql(rows)}`
  await fails(sql`INSERT INTO drv_postgres_js_items ${sql(rows)}`, '23505')
  assert.equal((await sql`SELECT count(*)::int AS n FROM drv_postgres_js_items WHERE id >= 20000`)[0].n, 3_000)
}))

step('a cursor fetches in parts', () => connected(async (sql) => {
  let sum = 0
  await sql`SELECT n FROM generate_series(1, 100) n`.cursor(30, (rows) => { for (const { n } of rows) sum += n })
  assert.equal(sum, 5050)
}))

step('a cancel ends a running statement, the connection goes on', () => connected(async (sql) => {
  const statement = sql`SELECT pg_sleep(30)`
  await cancelled(statement.execute(), () => statement.cancel())
  assert.equal((await sql`SELECT 1 AS n`)[0].n, 1)
}))

step('200 queries at once through its pool', () => connected(async (sql) => {
  const found = await Promise.all(range(QUERIES).map((number) => sql`SELECT ${number}::int AS n FROM pg_sleep(0.01)`))
  assert.deepEqual(found.map((rows) => rows[0].n), range(QUERIES))
}, { max: POOL }))

step('LISTEN hears NOTIFY', () => connected(async (sql) => {
  // Its own sql.notify calls pg_notify.
  const heard = new Promise((done, failed) => { sql.listen('drv_postgres_js', done, () => sql.notify('drv_postgres_js', 'hello').then(() => {}, failed)) })
  assert.equal(await heard, 'hello')
}))

step('a prepared statement whose table is altered gets the new shape', () => connected(async (sql) => {
  await sql`DECLARE drv_same_server_connection CURSOR WITH HOLD FOR SELECT 1`
  const query = () => sql`SELECT * FROM drv_postgres_js_items WHERE id = ${1}`
  for (const _ of range(3)) assert.deepEqual(plain(await query()), [{ id: 1, name: 'name 1' }])
  await sql`ALTER TABLE drv_postgres_js_items ADD COLUMN extra int DEFAULT 7`
  // The driver prepares again by itself when it's told 0A000 by the routine RevalidateCachedQuery.
  assert.deepEqual(plain(await query()), [{ id: 1, name: 'name 1', extra: 7 }])
  await sql`ALTER TABLE drv_postgres_js_items DROP COLUMN extra`
  assert.deepEqual(plain(await query()), [{ id: 1, name: 'name 1' }])
}))

step('errors between pipelined statements hit only their own', () => connected(async (sql) => {
  const found = range(60).map((number) => sql`SELECT 10 / ${number % 5}::int AS n`.then((rows) => rows[0].n, (error) => error.code))
  assert.deepEqual(await Promise.all(found), range(60).map((number) => (number % 5 ? Math.floor(10 / (number % 5)) : '22012')))
  await fails(sql`SELECT 1; SELECT 1/0; SELECT 2`.simple(), '22012')
  assert.equal((await sql`SELECT 3 AS n`)[0].n, 3)
}))

step('20 MB of text there and back', () => connected(async (sql) => {
  assert.ok((await sql`SELECT ${LARGE}::text AS value`)[0].value === LARGE)
}))

step('drop the table', () => connected((sql) => sql`DROP TABLE drv_postgres_js_items`))

await run(`postgres.js ${versionOf('postgres')}`)
