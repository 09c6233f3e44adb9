// Due work, leases and problems against a real database: what is asked next, and who may ask.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { organizationId, type PracticeRef, practiceId } from '../kernel/ids.ts'
import { systemRandom } from '../kernel/random.ts'
import { createPractices } from '../practice/index.ts'
import { createStore, type NewDue, RANK, type SyncStore } from './store.ts'

const NOW = 1_800_000_000_000
const random = systemRandom()
let held: TestDatabase
let store: SyncStore
let ref: PracticeRef
let other: PracticeRef

beforeAll(async () => {
  held = await testDatabase()
  store = createStore(held.database)
})
afterAll(() => held.close())
beforeEach(async () => {
  ref = await connected()
  other = await connected()
})

/** A practice of an organization of its own. */
async function connected(): Promise<PracticeRef> {
  const practices = createPractices({
    database: held.database,
    clock: { now: () => NOW, sleep: async () => undefined, during: (work) => work, factor: 1 },
    random,
    masterKey: random.bytes(32),
  })
  const organization = organizationId(`o-${random.uuid()}`)
  const practice = practiceId('elm')
  if (organization === undefined || practice === undefined) throw new Error('not an id')
  await practices.createOrganization(organization, 'One')
  const connection = {
    practice,
    name: 'Elm',
    timeZone: 'America/New_York',
    dialect: 'eclinicalworks',
    baseUrl: 'https://fhir.test/r4/ELMELM',
    clientId: 'c',
    overrides: {},
  }
  return (await practices.connect(organization, connection, 'test')).ref
}

const due = (
  search: string,
  subject: string,
  dueAt: number,
  rank: number = RANK.chart,
): NewDue => ({
  ...{ search, subject, rank, dueAt },
})
const namesOf = (rows: readonly { search: string; subject: string }[]) =>
  rows.map(({ search, subject }) => `${search} ${subject}`)
const nextNames = async (now = NOW, limit = 100) => namesOf(await store.nextDue(ref, now, limit))

describe('due questions', () => {
  test('come by rank, then by time, and none before it is due', async () => {
    await store.addDue(ref, [
      due('c', '3', NOW - 1),
      due('c', '1', NOW - 3),
      due('later', '1', NOW + 1),
      due('roster', 'z', NOW, RANK.directory),
      due('asked', '1', NOW - 1_000_000, RANK.continuing),
    ])
    expect(await nextNames()).toEqual(['roster z', 'c 1', 'c 3', 'asked 1'])
    expect(await nextNames(NOW, 2)).toEqual(['roster z', 'c 1'])
    expect(await store.nextDueAt(ref)).toBe(NOW - 1_000_000)
    expect(await store.nextDue(other, NOW, 100)).toEqual([])
    expect(await store.nextDueAt(other)).toBeUndefined()
  })

  test('added again stay as they are', async () => {
    await store.addDue(ref, [due('c', '1', NOW + 5_000)])
    await store.addDue(ref, [due('c', '1', NOW, RANK.directory), due('c', '2', NOW)])
    expect(await nextNames()).toEqual(['c 2'])
  })

  test('hastened are due at once, known or not, and never later or lower than they were', async () => {
    await store.addDue(ref, [due('c', '1', NOW + 5_000), due('c', '2', NOW - 5_000)])
    await store.hasten(ref, [
      due('c', '1', NOW, RANK.directory),
      due('c', '2', NOW, RANK.continuing),
      due('x', 'new', NOW, RANK.directory),
    ])
    const rows = await store.nextDue(ref, NOW, 100)
    expect(rows.map(({ subject, dueAt, rank }) => [subject, dueAt, rank])).toEqual([
      ['1', NOW, RANK.directory],
      ['new', NOW, RANK.directory],
      ['2', NOW - 5_000, RANK.chart],
    ])
  })

  test('answered leave the first sync; unanswered stay in it and count their attempts', async () => {
    await store.addDue(ref, [due('c', '1', NOW), due('c', '2', NOW)])
    const failed = { search: 'c', subject: '1', answered: false, code: 'NETWORK_TIMEOUT' }
    await store.reschedule(ref, [
      { ...failed, dueAt: NOW + 15_000.4 },
      { search: 'c', subject: '2', dueAt: NOW + 60_000, answered: true, code: undefined },
    ])
    expect(await nextNames()).toEqual([])
    expect(await store.tally(ref)).toEqual({ neverAnswered: 1, all: 2 })
    await store.reschedule(ref, [{ ...failed, dueAt: NOW + 30_000 }])
    const [one, two] = await store.nextDue(ref, NOW + 60_000, 100)
    expect(one).toMatchObject({ subject: '1', rank: RANK.chart, attempts: 2 })
    expect(two).toMatchObject({ subject: '2', rank: RANK.continuing, attempts: 0 })
    await store.reschedule(ref, [{ ...failed, dueAt: NOW, answered: true, code: undefined }])
    expect(await store.tally(ref)).toEqual({ neverAnswered: 0, all: 2 })
    expect((await store.nextDue(ref, NOW, 1))[0]).toMatchObject({ attempts: 0 })
  })

  test('that confirm what is missing come first and keep no first sync open', async () => {
    await store.addDue(ref, [due('c', '1', NOW)])
    await store.hasten(ref, [due('Encounter.byId', 'e1', NOW, RANK.confirm)])
    expect(await nextNames()).toEqual(['Encounter.byId e1', 'c 1'])
    expect(await store.tally(ref)).toEqual({ neverAnswered: 1, all: 2 })
  })

  test('forgotten are gone, and only those', async () => {
    await store.addDue(ref, [due('c', '1', NOW), due('c', '2', NOW), due('d', '1', NOW)])
    await store.addDue(other, [due('c', '1', NOW)])
    await store.remove(ref, [{ search: 'c', subject: '1' }])
    expect(await nextNames()).toEqual(['d 1', 'c 2'])
    expect(await store.nextDue(other, NOW, 9)).toHaveLength(1)
  })
})

test('the last code is that of the newest asking, whatever failed before it', async () => {
  await store.begin(ref, NOW)
  await store.addDue(ref, [due('c', '1', NOW), due('c', '2', NOW), due('c', '3', NOW)])
  const lastCode = async () => (await store.state(ref))?.lastCode
  const outcome = (subject: string, code: string | undefined) => ({
    ...{ search: 'c', subject, dueAt: NOW, answered: code === undefined, code },
  })
  expect(await lastCode()).toBeUndefined()
  await store.reschedule(ref, [outcome('1', 'PATHWAY_VENDOR_FAILED')])
  expect(await lastCode()).toBe('PATHWAY_VENDOR_FAILED')
  await store.reschedule(ref, [outcome('2', undefined), outcome('3', 'NETWORK_TIMEOUT')])
  expect(await lastCode()).toBe('NETWORK_TIMEOUT')
  await store.reschedule(ref, [outcome('2', undefined)])
  expect(await lastCode()).toBeUndefined()
})

describe('a lease', () => {
  const UNTIL = NOW + 10_000

  test('is kept by its holder and refused to another until it has run out', async () => {
    expect(await store.lease(ref, 'one', NOW, UNTIL)).toBe(true)
    expect(await store.lease(ref, 'two', NOW, UNTIL)).toBe(false)
    expect(await store.lease(ref, 'two', UNTIL, UNTIL + 10_000)).toBe(false)
    expect(await store.lease(ref, 'one', UNTIL - 1, UNTIL + 5_000)).toBe(true)
    expect(await store.lease(ref, 'two', UNTIL + 1, UNTIL + 20_000)).toBe(false)
    expect(await store.lease(ref, 'two', UNTIL + 5_001, UNTIL + 20_000)).toBe(true)
    expect(await store.lease(ref, 'one', UNTIL + 5_002, UNTIL + 30_000)).toBe(false)
  })

  test('is taken back by the same holder after a kill, without waiting', async () => {
    expect(await store.lease(ref, 'one', NOW, UNTIL)).toBe(true)
    expect(await store.lease(ref, 'one', NOW + 1, UNTIL + 1)).toBe(true)
  })

  test('given back is free, and another’s is not given back', async () => {
    await store.lease(ref, 'one', NOW, UNTIL)
    await store.release(ref, 'two')
    expect(await store.lease(ref, 'two', NOW, UNTIL)).toBe(false)
    await store.release(ref, 'one')
    expect(await store.lease(ref, 'two', NOW, UNTIL)).toBe(true)
  })

  test('of many who ask at once one gets it', async () => {
    const holders = Array.from({ length: 8 }, (_, i) => `holder ${i}`)
    const got = await Promise.all(holders.map((holder) => store.lease(ref, holder, NOW, UNTIL)))
    expect(got.filter(Boolean)).toHaveLength(1)
    expect(await store.lease(other, 'somebody', NOW, UNTIL)).toBe(true)
  })
})

test('a problem at the same place is kept once, with its newest time; the newest come first', async () => {
  const problem = (position: string, at: number) => ({
    ...{ search: 'c', subject: '1', code: 'PATHWAY_ENTRY_BROKEN', position, at },
  })
  await store.addProblems(ref, [problem('/entry/1', NOW), problem('/entry/2', NOW + 1)])
  await store.addProblems(ref, [problem('/entry/1', NOW + 2)])
  expect(await store.countProblems(ref)).toBe(2)
  const shown = await store.problems(ref, 10)
  expect(shown.map(({ position, at }) => [position, at])).toEqual([
    ['/entry/1', NOW + 2],
    ['/entry/2', NOW + 1],
  ])
  expect(await store.problems(ref, 1)).toHaveLength(1)
  expect(await store.countProblems(other)).toBe(0)
})

test('the first of each mark is kept: a restart moves neither beginning nor completion', async () => {
  expect(await store.state(ref)).toBeUndefined()
  await store.begin(ref, NOW)
  await store.begin(ref, NOW + 9)
  await store.note(ref, 'first_record_at', NOW + 1)
  await store.note(ref, 'complete_at', NOW + 2)
  await store.note(ref, 'complete_at', NOW + 3)
  expect(await store.state(ref)).toEqual({
    startedAt: NOW,
    firstRecordAt: NOW + 1,
    completeAt: NOW + 2,
    lastCode: undefined,
  })
})
