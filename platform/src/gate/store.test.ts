// The one statement that counts, under real concurrency: many connections, one minute.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { organizationId, type PracticeRef, practiceId } from '../kernel/ids.ts'
import { MINUTE_MS } from './limits.ts'
import { gateStore } from './store.ts'

const MINUTE = Date.parse('2026-03-02T13:30:00Z')

let db: TestDatabase
let ref: PracticeRef

beforeAll(async () => {
  db = await testDatabase({ poolMax: 8 })
  const organization = organizationId('org')
  const practice = practiceId('practice')
  if (organization === undefined || practice === undefined) throw new Error('ids')
  ref = { organization, practice }
  await db.database.system((tx) =>
    tx.query(`INSERT INTO organizations VALUES ($1, 'org', 0)`, [organization]),
  )
  await db.database.tenant(organization, (tx) =>
    tx.query(
      `INSERT INTO practices VALUES ($1, $2, 'p', 'UTC', 'us-core', 'http://x/y', 'c', '{}', 'connected', 0)`,
      [organization, practice],
    ),
  )
})
afterAll(() => db.close())

const range = (minute: number) => ({ first: minute, last: minute })

function ask(minute: number, wanted: number, deltas: Parameters<typeof delta>[] = []) {
  return gateStore(db.database).acquire(ref, {
    range: range(minute),
    interactive: 0,
    sweep: wanted,
    limit: 250,
    reserve: 0,
    spill: 2,
    deltas: deltas.map((one) => delta(...one)),
  })
}

function delta(minute: number, taken: number, settled: number) {
  return { minute, taken, settled, refused: false }
}

test('askers that meet on a new minute are granted the limit together, and no more', async () => {
  for (let round = 0; round < 5; round++) {
    const minute = MINUTE + round * 10 * MINUTE_MS
    const asker = async () => {
      const store = gateStore(db.database)
      await store.ensure(ref, { first: minute - 2 * MINUTE_MS, last: minute }, 0)
      let granted = 0
      for (let times = 0; times < 12; times++) granted += (await ask(minute, 7)).sweep
      return granted
    }
    const granted = await Promise.all(Array.from({ length: 8 }, asker))
    expect(granted.reduce((sum, one) => sum + one, 0)).toBe(250)
    expect((await gateStore(db.database).minute(ref, minute, 2)).taken).toBe(250)
  }
})

test('what others settle at the same time is neither lost nor counted twice', async () => {
  const before = MINUTE + 100 * MINUTE_MS
  const minute = before + MINUTE_MS
  await gateStore(db.database).ensure(ref, { first: before - 2 * MINUTE_MS, last: minute }, 0)
  expect((await ask(before, 200)).sweep).toBe(200)
  // All 200 are unsettled, so that the next minute has room for 50 until they are.
  expect(await ask(minute, 250)).toMatchObject({ sweep: 50, room: 0, pending: 200 })
  // Half stayed in their own minute, half landed in the next, told by askers in between.
  const stayed = Array.from({ length: 100 }, () => ask(minute, 2, [[before, 0, 1]]))
  const landed = Array.from({ length: 100 }, () =>
    ask(minute, 2, [
      [before, 0, 1],
      [minute, 1, 1],
    ]),
  )
  const answers = await Promise.all([...stayed, ...landed])
  const granted = answers.reduce((sum, { sweep }) => sum + sweep, 0)
  expect(granted).toBe(100)
  expect(await gateStore(db.database).minute(ref, minute, 2)).toEqual({
    taken: 250,
    pending: 0,
    refused: false,
  })
})
