// node-postgres (pg): named statements by the caller's choice, its pool, cancel by a second connection.
import assert from 'node:assert/strict'
import net from 'node:net'
import pg from 'pg'
import { LARGE, PLAN_CHANGED, POOL, QUERIES, cancelled, fails, range, run, step, versionOf } from './harness.js'

const TABLE = 'drv_node_postgres_items'
const version = versionOf('pg')

async function connected(body, more = {}) {
  const client = new pg.Client({ application_name: 'drv_node_postgres', ...more })
  await client.connect()
  try {
    return await body(client)
  } finally {
    await client.end()
  }
}

/** The driver has no call for it: a cancel request with the key that the server sent it. */
function cancel(client) {
  return new Promise((done, failed) => {
    // The secret is 4 bytes in protocol 3.0, longer in 3.2; the driver keeps what it understood.
    const request = Buffer.alloc(16)
    request.writeInt32BE(16, 0)
    request.writeInt32BE(80877102, 4)
    request.writeInt32BE(client.processID, 8)
    request.writeInt32BE(client.secretKey, 12)
    const socket = net.connect({ host: client.host, port: client.port }, () => socket.end(request))
    socket.on('close', done).on('error', failed).resume()
  })
}

step('connect and create a table', () => connected(async (client) => {
  await client.query(`DROP TABLE IF EXISTS ${TABLE}`)
  await client.query(`CREATE TABLE ${TABLE} (id int PRIMARY KEY, name text NOT NULL)`)
  assert.deepEqual((await client.query('SHOW application_name')).rows, [{ application_name: 'drv_node_postgres' }])
}))

step('a transaction is committed, another rolled back', () => connected(async (client) => {
  await client.query('BEGIN')
  await client.query(`INSERT INTO ${TABLE} VALUES ($1, $2)`, [1, 'kept'])
  await client.query('COMMIT')
  await client.query('BEGIN')
  await client.query(`INSERT INTO ${TABLE} VALUES ($1, $2)`, [2, 'gone'])
  await fails(client.query('SELECT 1/0'), '22012')
  await fails(client.query('SELECT 1'), '25P02')
  await client.query('ROLLBACK')
  assert.deepEqual((await client.query(`SELECT id, name FROM ${TABLE}`)).rows, [{ id: 1, name: 'kept' }])
}))

step('named statements on connections that take turns', () => connected((one) => connected(async (two) => {
  for (const number of range(20)) {
    const first = await one.query({ name: 'drv_plus', text: 'SELECT $1::int + 1 AS n', values: [number] })
    const second = await two.query({ name: 'drv_plus', text: 'SELECT $1::int + 2 AS n', values: [number] })
    assert.deepEqual([first.rows[0].n, second.rows[0].n], [number + 1, number + 2])
  }
  await Promise.all([one.query('BEGIN'), two.query('BEGIN')])
  assert.equal((await two.query({ name: 'drv_plus', text: 'SELECT $1::int + 2 AS n', values: [5] })).rows[0].n, 7)
  assert.equal((await one.query({ name: 'drv_plus', text: 'SELECT $1::int + 1 AS n', values: [5] })).rows[0].n, 6)
  await Promise.all([one.query('COMMIT'), two.query('COMMIT')])
})))

step('a bulk insert of arrays, and one that fails midway', () => connected(async (client) => {
  const insert = (ids) => client.query(`INSERT INTO ${TABLE} SELECT * FROM unnest($1::int[], $2::text[])`, [ids, ids.map((id) => `name ${id}`)])
  await client.query(`TRUNCATE ${TABLE}`)
  assert.equal((await insert(range(10_000))).rowCount, 10_000)
  await fails(insert(range(10_000).map((id) => id + 9_999)), '23505')
  assert.equal((await client.query(`SELECT sum(id)::int AS sum FROM ${TABLE}`)).rows[0].sum, 49_995_000)
}))

step('a cancel ends a running statement, the connection goes on', () => connected(async (client) => {
  await cancelled(client.query('SELECT pg_sleep(30)'), () => cancel(client))
  assert.deepEqual((await client.query('SELECT 1 AS n')).rows, [{ n: 1 }])
  await cancel(client)
  for (const number of range(50)) assert.equal((await client.query('SELECT $1::int AS n', [number])).rows[0].n, number)
}))

step('200 queries at once through its pool', async () => {
  const pool = new pg.Pool({ max: POOL })
  const query = (number) => pool.query('SELECT $1::int AS n FROM pg_sleep(0.01)', [number])
  assert.deepEqual((await Promise.all(range(QUERIES).map(query))).map((result) => result.rows[0].n), range(QUERIES))
  await pool.end()
})

step('LISTEN hears NOTIFY', () => connected((listener) => connected(async (speaker) => {
  const heard = new Promise((done) => listener.once('notification', done))
  await listener.query('LISTEN drv_node_postgres')
  await listener.query('SELECT 1')
  await speaker.query("NOTIFY drv_node_postgres, 'hello'")
  assert.equal((await heard).payload, 'hello')
})))

step('a prepared statement whose table is altered gets the new shape, or an error that says so', () => connected(async (client) => {
  const query = () => client.query({ name: 'drv_shape', text: `SELECT * FROM ${TABLE} WHERE id = $1`, values: [1] })
  for (const _ of range(3)) assert.deepEqual((await query()).rows, [{ id: 1, name: 'name 1' }])
  await client.query(`ALTER TABLE ${TABLE} ADD COLUMN extra int DEFAULT 7`)
  try {
    assert.deepEqual((await query()).rows, [{ id: 1, name: 'name 1', extra: 7 }])
  } catch (error) {
    if (!PLAN_CHANGED.has(error.code)) throw error
  }
  assert.equal((await client.query(`SELECT * FROM ${TABLE} WHERE id = $1`, [1])).rows[0].extra, 7)
  await client.query(`ALTER TABLE ${TABLE} DROP COLUMN extra`)
}))

step('an error in a message of many statements undoes that message, what follows runs', () => connected(async (client) => {
  await fails(client.query(`INSERT INTO ${TABLE} VALUES (70000, 'x'); SELECT 1/0; INSERT INTO ${TABLE} VALUES (70001, 'x')`), '22012')
  const results = await client.query(`SELECT count(*)::int AS n FROM ${TABLE} WHERE id >= 70000; SELECT 2 AS n`)
  assert.deepEqual(results.map((result) => result.rows[0].n), [0, 2])
  for (const number of range(20)) {
    const answer = await client.query('SELECT 10 / $1::int AS n', [number % 5]).then((result) => result.rows[0].n, (error) => error.code)
    assert.equal(answer, number % 5 ? Math.floor(10 / (number % 5)) : '22012')
  }
}))

step('errors between pipelined statements hit only their own', () => connected(async (client) => {
  const found = range(60).map((number) => client.query('SELECT 10 / $1::int AS n', [number % 5]).then((result) => result.rows[0].n, (error) => error.code))
  assert.deepEqual(await Promise.all(found), range(60).map((number) => (number % 5 ? Math.floor(10 / (number % 5)) : '22012')))
  const named = range(60).map((number) => client.query({ name: 'drv_line', text: 'SELECT $1::int + 1 AS n', values: [number] }))
  assert.deepEqual((await Promise.all(named)).map((result) => result.rows[0].n), range(60).map((number) => number + 1))
}, { pipeline: true }))

step('20 MB of text there and back', () => connected(async (client) => {
  assert.ok((await client.query('SELECT $1::text AS value', [LARGE])).rows[0].value === LARGE)
}))

step('drop the table', () => connected((client) => client.query(`DROP TABLE ${TABLE}`)))

await run(`node-postgres ${version}`)
