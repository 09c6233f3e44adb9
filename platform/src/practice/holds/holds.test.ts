// What a restore leaves behind and an operator lifts, in a real database.

import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { organizationId } from '../../kernel/ids.ts'
import { VirtualClock } from '../../kernel/virtual-clock.ts'
import { createHolds, type Holds } from './index.ts'

const clock = new VirtualClock(1_000_000)
const one = organizationId('one') ?? fail()
const two = organizationId('two') ?? fail()
let db: TestDatabase
let owner: pg.Client
let holds: Holds

function fail(): never {
  throw new Error('these are organization ids')
}

beforeAll(async () => {
  db = await testDatabase({ clock })
  owner = new pg.Client({ connectionString: db.url })
  await owner.connect()
  await owner.query(
    `INSERT INTO chartway.organizations VALUES ('one', 'One', 1), ('two', 'Two', 1)`,
  )
  holds = createHolds({ database: db.database, clock })
})
afterAll(async () => {
  await owner.end()
  await db.close()
})

async function restored(): Promise<void> {
  await owner.query(
    `UPDATE chartway.organizations SET held_at = 500, held_because = 'restore', held_as_of = 400`,
  )
}

test('nothing is held until something was restored', async () => {
  expect(await holds.hold(one)).toBeUndefined()
  expect(await holds.anyHold()).toBeUndefined()
  expect(await holds.releaseHold(one, 'key:k')).toBeUndefined()
})

test('a hold is noticed within a second, and lifted for one organization alone', async () => {
  await holds.hold(one)
  await restored()
  await clock.advance(1_000)
  expect(await holds.hold(one)).toEqual({ since: 500, asOf: 400 })
  expect(await holds.anyHold()).toEqual({ since: 500, asOf: 400 })
  expect(await holds.releaseHold(one, 'key:k')).toEqual({ since: 500, asOf: 400 })
  expect(await holds.hold(one)).toBeUndefined()
  expect(await holds.hold(two)).toEqual({ since: 500, asOf: 400 })
  expect(await holds.anyHold()).toEqual({ since: 500, asOf: 400 })
})

test('who lifted it stands in the ledger', async () => {
  const { rows } = await owner.query(
    'SELECT organization_id, actor, action, outcome FROM chartway.access_events',
  )
  expect(rows).toEqual([
    { organization_id: 'one', actor: 'key:k', action: 'outbound.release', outcome: 'success' },
  ])
})
