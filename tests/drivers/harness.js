// What the Node scripts share: named steps, their count, and the expectations that are the same for each driver.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

/** Queries at once, and the pool that they share. */
export const QUERIES = 200, POOL = 20
/** A cancel must get through within this time. */
const CANCEL_MS = 2000
/** About 20 MB, with characters of one to four bytes. */
export const LARGE = Array.from({ length: 1_050_000 }, (_, number) => `${String(number).padStart(7, '0')} ä€😀|`).join('')
/** SQLSTATEs that a statement may get whose table's shape changed under it: drivers know how to take it. Wrong columns would not be. */
export const PLAN_CHANGED = new Set(['0A000'])

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms))
export const range = (length) => Array.from({ length }, (_, number) => number)

/** The version of an installed package. */
export const versionOf = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version

const steps = []

/** Registers a step. */
export const step = (name, body) => steps.push({ name, body })

/** Runs all steps and ends the program. */
export async function run(driver) {
  let failed = 0
  for (const { name, body } of steps) {
    const began = performance.now()
    let timer
    try {
      const tooLong = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('no answer within 60 s')), 60_000) })
      await Promise.race([body(), tooLong])
      console.log(`  ok    ${name} (${((performance.now() - began) / 1000).toFixed(2)} s)`)
    } catch (error) {
      failed += 1
      console.log(`  FAIL  ${name}\n        ${String(error?.stack ?? error).split('\n').slice(0, 6).join('\n        ').slice(0, 2000)}`)
    } finally {
      clearTimeout(timer)
    }
  }
  console.log(`${driver}: ${steps.length - failed} passed, ${failed} failed`)
  process.exit(failed ? 1 : 0)
}

/** The error of a promise that must fail with this SQLSTATE. */
export async function fails(promise, sqlState) {
  const error = await promise.then(() => assert.fail('no error'), (error) => error)
  assert.equal(error.code, sqlState, error.stack)
  return error
}

/** `statement` ends with 57014 soon after `cancel` is called. */
export async function cancelled(statement, cancel) {
  const failed = fails(statement, '57014')
  await sleep(300)
  const asked = performance.now()
  await cancel()
  await failed
  const took = performance.now() - asked
  assert.ok(took < CANCEL_MS, `the cancel took ${took} ms`)
}
