// The ledger against a real database: order, pages, tenants, and an effect that was rolled back.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { type OrganizationId, organizationId } from '../kernel/ids.ts'
import { type AccessEvent, accessInsert, accessValues } from './index.ts'
import { appendAccess, appendAccesses, createLedger, EVENTS_MAX } from './store.ts'

let held: TestDatabase
const north = id('north')
const south = id('south')

function id(text: string): OrganizationId {
  const made = organizationId(text)
  if (made === undefined) throw new Error(text)
  return made
}

function event(at: number, rest: Partial<AccessEvent> = {}): AccessEvent {
  return { at, actor: 'key:k1', action: 'patients.read', outcome: 'success', ...rest }
}

beforeAll(async () => {
  held = await testDatabase()
  await held.database.system((tx) =>
    tx.query(`INSERT INTO organizations VALUES ('north', 'N', 0), ('south', 'S', 0)`),
  )
})
afterAll(() => held.close())

test('events come back newest first, page by page, as they were appended', async () => {
  const events = [
    event(1, { practice: 'elm', subject: 'Patient/1', details: { count: 3, cached: false } }),
    event(2, { outcome: 'refused' }),
    event(3, { practice: 'elm' }),
  ]
  await held.database.tenant(north, async (tx) => {
    await appendAccess(tx, events[0] ?? event(0))
    await appendAccesses(tx, events.slice(1))
  })
  const ledger = createLedger(held.database)
  const first = await ledger.list(north, { limit: 2 })
  expect(first.map(({ at }) => at)).toEqual([3, 2])
  const rest = await ledger.list(north, { limit: 2, before: first.at(-1)?.position })
  expect(rest).toEqual([{ ...events[0], position: expect.any(Number) }])
  expect((await ledger.list(north, { limit: 9, practice: 'elm' })).map(({ at }) => at)).toEqual([
    3, 1,
  ])
  expect(await ledger.list(south, { limit: 9 })).toEqual([])
})

test('more events than one statement takes keep their order', async () => {
  const many = Array.from({ length: EVENTS_MAX + 5 }, (_, at) => event(at))
  await held.database.tenant(south, (tx) => appendAccesses(tx, many))
  const rows = await held.database.statement<{ at: number }>(
    south,
    'SELECT at FROM access_events WHERE organization_id = $1 ORDER BY event_id',
    [south],
  )
  expect(rows.map(({ at }) => at)).toEqual(many.map(({ at }) => at))
})

test('an event is gone with the effect that was rolled back', async () => {
  const ledger = createLedger(held.database)
  const before = await ledger.list(north, { limit: 100 })
  const undone = held.database.tenant(north, async (tx) => {
    await appendAccess(tx, event(9))
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  expect(await ledger.list(north, { limit: 100 })).toEqual(before)
})

test('a read and its event can be one statement', async () => {
  const rows = await held.database.statement(
    north,
    `WITH accessed AS (${accessInsert(2)}) SELECT $1::text AS answer`,
    ['yes', ...accessValues(north, event(77))],
  )
  expect(rows).toEqual([{ answer: 'yes' }])
  const [last] = await createLedger(held.database).list(north, { limit: 1 })
  expect(last?.at).toBe(77)
})

test('an event cannot be changed, removed, or written for another organization', async () => {
  for (const sql of [
    `UPDATE access_events SET actor = 'x'`,
    'DELETE FROM access_events',
    'TRUNCATE access_events',
  ]) {
    await expect(held.database.statement(north, sql, [])).rejects.toMatchObject({
      code: 'DATABASE_FORBIDDEN',
    })
  }
  await expect(
    held.database.statement(north, accessInsert(1), accessValues(south, event(1))),
  ).rejects.toMatchObject({ code: 'DATABASE_FORBIDDEN' })
})
