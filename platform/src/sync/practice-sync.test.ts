// One practice kept fresh, against a pathway played by hand, a real database and a virtual clock: what is
// asked, how often, and what becomes of answers that fail, are cut or contradict each other.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { condition, FakePractice, PLAN, prescription, START } from '../../../test/fake-practice.ts'
import { createGate } from '../gate/index.ts'
import { organizationId, type PracticeRef, practiceId } from '../kernel/ids.ts'
import { silentLog } from '../kernel/log.ts'
import { NetworkFailure } from '../kernel/network.ts'
import { systemRandom } from '../kernel/random.ts'
import { VirtualClock } from '../kernel/virtual-clock.ts'
import { createMirror, type Mirror } from '../mirror/index.ts'
import type { OpenPathway } from '../pathways/contract.ts'
import { createPractices, type Practice, type Practices } from '../practice/index.ts'
import { bulkStore } from './bulk/store.ts'
import { createSync } from './index.ts'
import { syncPractice } from './practice-sync.ts'
import { DEFAULT_SWEEP, danglingAt } from './schedule.ts'
import { createStore, type SyncStore } from './store.ts'

const NOW = START
const MINUTE_MS = 60_000
const random = systemRandom()
const READER = { actor: 'test', action: 'test' }

let held: TestDatabase
let clock: VirtualClock
let practices: Practices
let mirror: Mirror
let store: SyncStore
let practice: Practice
let ref: PracticeRef
const stops: (() => Promise<void>)[] = []

beforeEach(async () => {
  clock = new VirtualClock(NOW)
  held = await testDatabase({ clock })
  practices = createPractices({
    database: held.database,
    clock,
    random,
    masterKey: random.bytes(32),
  })
  mirror = createMirror({ database: held.database, clock })
  store = createStore(held.database)
  const organization = organizationId('home')
  if (organization === undefined) throw new Error('not an id')
  await practices.createOrganization(organization, 'Home')
  practice = await practices.connect(organization, connection(), 'test')
  ref = practice.ref
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
  await held.close()
})

function connection() {
  const id = practiceId('elm')
  if (id === undefined) throw new Error('not an id')
  return {
    practice: id,
    name: 'Elm',
    timeZone: 'America/New_York',
    dialect: 'eclinicalworks',
    baseUrl: 'https://fhir.test/r4/ELMELM',
    clientId: 'c',
    overrides: {},
  }
}

/** Starts keeping the practice fresh; gives what stops it, as a kill between two questions would. */
function follow(pathway: OpenPathway): () => Promise<void> {
  const stop = new AbortController()
  const exports = bulkStore(held.database)
  const ports = {
    ...{ ref, pathway, store, exports, mirror, clock },
    log: silentLog,
    sweep: DEFAULT_SWEEP,
  }
  const done = syncPractice(ports, stop.signal)
  const end = async () => {
    stop.abort(new Error('stop'))
    await Promise.all([done, clock.advance(1_000)])
  }
  stops.push(end)
  return end
}

const shows = async (type: string, id: string) => {
  const found = await mirror.read(ref, type, id, READER)
  return found === undefined ? 'nothing' : found.deleted ? 'deleted' : 'there'
}
const asOf = async (type: string, id: string) => (await mirror.read(ref, type, id, READER))?.asOf
const kinds = async (type: string, id: string) =>
  (await mirror.changes(ref, { after: 0, limit: 500 }, READER))
    .filter((change) => change.type === type && change.id === id)
    .map(({ kind }) => kind)

describe('the first sync', () => {
  test('asks the roster, then every chart once, and says when it is complete', async () => {
    const elm = new FakePractice(clock)
    follow(elm)
    await clock.advance(MINUTE_MS)
    expect(elm.asked.map(({ what }) => what).toSorted()).toEqual([
      'Condition a1',
      'Condition b1',
      'MedicationRequest a1',
      'MedicationRequest b1',
      'Patient a',
      'Patient b',
    ])
    expect(elm.asked.slice(0, 2).every(({ what }) => what.startsWith('Patient'))).toBe(true)
    expect(await mirror.counts(ref)).toEqual({ Condition: 2, Patient: 2 })
    const state = await store.state(ref)
    expect(state?.startedAt).toBe(NOW)
    expect(state?.completeAt).toBeLessThan(NOW + MINUTE_MS)
    expect(await asOf('Condition', 'a1-c1')).toBeGreaterThanOrEqual(NOW)
  })

  test('is not complete while one question has never been answered', async () => {
    const elm = new FakePractice(clock)
    elm.behaviours.set('Condition b1', 'PATHWAY_VENDOR_FAILED')
    follow(elm)
    await clock.advance(20 * MINUTE_MS)
    expect((await store.state(ref))?.completeAt).toBeUndefined()
    elm.behaviours.clear()
    await clock.advance(10 * MINUTE_MS)
    expect((await store.state(ref))?.completeAt).toBeGreaterThan(NOW + 20 * MINUTE_MS)
  })

  test('ends although the practice does not serve a type, which stays undated', async () => {
    const elm = new FakePractice(clock)
    for (const id of ['a1', 'b1'])
      elm.behaviours.set(`MedicationRequest ${id}`, 'PATHWAY_BUILD_LACKS_TYPE')
    follow(elm)
    await clock.advance(MINUTE_MS)
    expect((await store.state(ref))?.completeAt).toBeDefined()
    const rows = await mirror.freshness(ref, { subject: 'a1', limit: 9 })
    const asOfType = (type: string) => rows.find((row) => row.type === type)?.asOf
    expect(asOfType('MedicationRequest')).toBeUndefined()
    expect(asOfType('Condition')).toBeGreaterThanOrEqual(NOW)
    elm.behaviours.clear()
    elm.put(prescription('a1-m', 'a1', 'm1'))
    await clock.advance(24 * 60 * MINUTE_MS)
    expect(await shows('MedicationRequest', 'a1-m')).toBe('there')
  })

  test.each(['PATHWAY_COMBINATION_UNKNOWN', 'PATHWAY_PARAMETER_REFUSED'] as const)(
    'ends although one search is always refused (%s), which holds no date back either',
    async (code) => {
      const elm = new FakePractice(clock)
      // The second way to ask for the same type is the one that is refused.
      elm.plan = async () => [
        ...PLAN,
        { name: 'Condition.other', type: 'Condition', per: 'patient', covers: ['Condition'] },
      ]
      for (const id of ['a1', 'b1']) elm.behaviours.set(`Condition.other ${id}`, code)
      const stop = follow(elm)
      await clock.advance(MINUTE_MS)
      expect((await store.state(ref))?.completeAt).toBeDefined()
      expect(await asOf('Condition', 'a1-c1')).toBeGreaterThanOrEqual(NOW)
      const [oldest] = await mirror.freshness(ref, { limit: 1 })
      expect(oldest?.asOf).toBeGreaterThanOrEqual(NOW)
      await stop()
      follow(elm)
      await clock.advance(MINUTE_MS)
      expect(await asOf('Condition', 'a1-c1')).toBeGreaterThanOrEqual(NOW)
      expect(elm.times('Condition.other a1')).toBe(1)
      elm.behaviours.clear()
      const before = clock.now()
      await clock.advance(24 * 60 * MINUTE_MS)
      const rows = await mirror.freshness(ref, { subject: 'a1', limit: 9 })
      expect(rows.find(({ search }) => search === 'Condition.other')?.asOf).toBeGreaterThan(before)
    },
  )

  test('of a practice that does not answer at all says why, and begins when it does', async () => {
    const elm = new FakePractice(clock)
    elm.planProblem = 'PATHWAY_PRACTICE_UNKNOWN'
    follow(elm)
    await clock.advance(5 * MINUTE_MS)
    expect(await store.tally(ref)).toEqual({ all: 1, neverAnswered: 1 })
    expect((await store.state(ref))?.lastCode).toBe('PATHWAY_PRACTICE_UNKNOWN')
    expect(elm.asked).toEqual([])
    elm.planProblem = undefined
    await clock.advance(5 * MINUTE_MS)
    expect(await store.tally(ref)).toEqual({ all: 6, neverAnswered: 0 })
    expect((await store.state(ref))?.lastCode).toBeUndefined()
    expect((await store.state(ref))?.completeAt).toBeDefined()
  })

  test('does not end while who is there is refused', async () => {
    const elm = new FakePractice(clock)
    elm.behaviours.set('Patient b', 'PATHWAY_SCOPE_MISSING')
    follow(elm)
    await clock.advance(30 * MINUTE_MS)
    expect((await store.state(ref))?.completeAt).toBeUndefined()
  })

  test('killed in the middle, goes on: only what was in flight is asked twice', async () => {
    const patients = Array.from({ length: 60 }, (_, i) => `${i % 2 === 0 ? 'a' : 'b'}${i}`)
    const elm = new FakePractice(clock, patients)
    const stop = follow(elm)
    await clock.advanceUntil(() => elm.asked.length > 70, MINUTE_MS)
    const inFlight = new Set(elm.asked.filter((one) => !one.answered).map(({ what }) => what))
    await stop()
    const before = elm.asked.length
    expect((await store.state(ref))?.completeAt).toBeUndefined()
    follow(elm)
    await clock.advance(2 * MINUTE_MS)
    expect((await store.state(ref))?.completeAt).toBeDefined()
    const twice = new Set(
      elm.asked.filter(({ what }) => elm.times(what) > 1).map(({ what }) => what),
    )
    expect(elm.asked.length).toBeGreaterThan(before)
    expect([...twice].filter((what) => !inFlight.has(what))).toEqual([])
    expect(new Set(elm.asked.map(({ what }) => what)).size).toBe(2 + 2 * 60)
    expect(await mirror.counts(ref)).toEqual({ Condition: 60, Patient: 60 })
  })
})

describe('a question that goes wrong', () => {
  test('backs off, twice as long each time, while the others go on as ever', async () => {
    const elm = new FakePractice(clock)
    elm.behaviours.set('Condition a1', 'NETWORK_TIMEOUT')
    follow(elm)
    await clock.advance(95 * MINUTE_MS)
    const [first = 0, ...later] = elm.minutes('Condition a1').map((at, i, all) => {
      return Math.round(((all[i + 1] ?? at) - at) * 10) / 10
    })
    expect([first, ...later.slice(0, 6)]).toEqual([0.3, 0.5, 1, 2, 4, 8, 10])
    expect(elm.times('Condition b1')).toBe(4)
    expect(elm.times('MedicationRequest a1')).toBe(4)
    expect(await shows('Condition', 'a1-c1')).toBe('nothing')
    elm.behaviours.clear()
    await clock.advance(11 * MINUTE_MS)
    expect(await shows('Condition', 'a1-c1')).toBe('there')
  })

  test('with a fault of our own does not stop the rest either', async () => {
    const elm = new FakePractice(clock)
    elm.behaviours.set('MedicationRequest b1', 'breaks')
    follow(elm)
    await clock.advance(65 * MINUTE_MS)
    expect(elm.times('Condition b1')).toBe(3)
    expect(elm.times('MedicationRequest b1')).toBeGreaterThan(5)
    await clock.advanceUntil(() => elm.times('MedicationRequest b1') > 11, MINUTE_MS)
    await clock.advance(2_000)
    expect((await store.state(ref))?.lastCode).toBe('INTERNAL')
  })

  test('answered in part is asked again soon, and nothing is called fresh or gone until then', async () => {
    const elm = new FakePractice(clock)
    elm.put(condition('a1-c2', 'a1'))
    follow(elm)
    await clock.advance(2 * MINUTE_MS)
    const before = await asOf('Condition', 'a1-c1')
    elm.behaviours.set('Condition a1', 'incomplete')
    await clock.advance(33 * MINUTE_MS)
    const [first, second, third, fourth] = elm.minutes('Condition a1')
    expect([first, second, third, fourth]).toEqual([0, 30, 31, 32])
    expect(await asOf('Condition', 'a1-c1')).toBe(before)
    expect(await shows('Condition', 'a1-c1')).toBe('there')
    expect(elm.times('read Condition/a1-c1')).toBe(0)
    expect(await store.problems(ref, 9)).toMatchObject([
      { search: 'Condition', subject: 'a1', position: '/entry/0', code: 'PATHWAY_BODY_BROKEN' },
    ])
    elm.behaviours.clear()
    await clock.advance(10 * MINUTE_MS)
    expect(await asOf('Condition', 'a1-c1')).toBeGreaterThan(NOW + 33 * MINUTE_MS)
    expect(await store.problems(ref, 9)).toEqual([])
  })
})

describe('a reference that leads out of the listings', () => {
  test('is followed once, however many name it, and again only after its interval', async () => {
    const elm = new FakePractice(clock)
    for (const id of ['a1', 'b1']) elm.put(prescription(`${id}-m`, id, 'm1'))
    elm.put({ resourceType: 'Medication', id: 'm1', code: { text: 'Aspirin' } })
    follow(elm)
    await clock.advance(23 * 60 * MINUTE_MS)
    expect(elm.times('read Medication/m1')).toBe(1)
    expect(await shows('Medication', 'm1')).toBe('there')
    await clock.advance(2 * 60 * MINUTE_MS)
    expect(elm.times('read Medication/m1')).toBe(2)
  })

  test('that leads nowhere is tried again in an hour, and is no deletion of anything', async () => {
    const elm = new FakePractice(clock)
    elm.put(prescription('a1-m', 'a1', 'late'))
    follow(elm)
    await clock.advance(50 * MINUTE_MS)
    expect(elm.times('read Medication/late')).toBe(1)
    expect(await kinds('Medication', 'late')).toEqual([])
    elm.put({ resourceType: 'Medication', id: 'late' })
    await clock.advance(15 * MINUTE_MS)
    expect(await kinds('Medication', 'late')).toEqual(['created'])
  })

  test('that leads nowhere for good is asked for ever less often, down to once a week', async () => {
    const elm = new FakePractice(clock)
    elm.put(prescription('a1-m', 'a1', 'never'))
    follow(elm)
    await clock.advance(24 * 60 * MINUTE_MS)
    const hours = elm.minutes('read Medication/never').map((minute) => Math.round(minute / 60))
    expect(hours).toEqual([0, 1, 3, 7, 15])
    expect(danglingAt(NOW, 30, DEFAULT_SWEEP)).toBe(NOW + 7 * 24 * 60 * MINUTE_MS)
  })
})

describe('a resource that is missing from a complete listing', () => {
  test('is read, and deleted when the read proves that it is gone', async () => {
    const elm = new FakePractice(clock)
    follow(elm)
    await clock.advance(MINUTE_MS)
    elm.chart.delete('Condition/a1-c1')
    await clock.advance(28 * MINUTE_MS)
    expect(await shows('Condition', 'a1-c1')).toBe('there')
    await clock.advance(3 * MINUTE_MS)
    expect(elm.times('read Condition/a1-c1')).toBe(1)
    expect(await kinds('Condition', 'a1-c1')).toEqual(['created', 'deleted'])
    expect(await kinds('Condition', 'b1-c1')).toEqual(['created'])
  })

  test('is read, and kept when the read finds it', async () => {
    const elm = new FakePractice(clock)
    follow(elm)
    await clock.advance(MINUTE_MS)
    elm.hidden.add('a1-c1')
    await clock.advance(3 * 60 * MINUTE_MS)
    expect(elm.times('read Condition/a1-c1')).toBeGreaterThan(0)
    expect(await kinds('Condition', 'a1-c1')).toEqual(['created'])
  })

  test('is not asked for any more once it is gone', async () => {
    const elm = new FakePractice(clock)
    follow(elm)
    await clock.advance(MINUTE_MS)
    elm.chart.delete('Condition/a1-c1')
    await clock.advance(12 * 60 * MINUTE_MS)
    expect(await kinds('Condition', 'a1-c1')).toEqual(['created', 'deleted'])
    expect(elm.times('read Condition/a1-c1')).toBe(1)
    expect((await store.tally(ref)).all).toBe(6)
  })

  test('and is listed again is no longer read by itself', async () => {
    const elm = new FakePractice(clock)
    follow(elm)
    await clock.advance(MINUTE_MS)
    elm.hidden.add('a1-c1')
    await clock.advance(40 * MINUTE_MS)
    elm.hidden.clear()
    const read = elm.times('read Condition/a1-c1')
    expect(read).toBeGreaterThan(0)
    await clock.advance(3 * 24 * 60 * MINUTE_MS)
    expect(elm.times('read Condition/a1-c1')).toBe(read)
    expect((await store.tally(ref)).all).toBe(6)
  })

  test('when it is a patient, their chart is looked through once more and then left alone', async () => {
    const elm = new FakePractice(clock)
    elm.plan = async () =>
      PLAN.map((row) => (row.type === 'Patient' ? { ...row, covers: ['Patient'] } : row))
    follow(elm)
    await clock.advance(MINUTE_MS)
    elm.chart.delete('Patient/a1')
    await clock.advance(65 * MINUTE_MS)
    expect(await kinds('Patient', 'a1')).toEqual(['created', 'deleted'])
    expect(await shows('Condition', 'a1-c1')).toBe('there')
    elm.chart.delete('Condition/a1-c1')
    await clock.advance(65 * MINUTE_MS)
    expect(await shows('Condition', 'a1-c1')).toBe('deleted')
    const before = elm.asked.filter(({ what }) => what.includes('a1')).length
    await clock.advance(10 * 60 * MINUTE_MS)
    expect(elm.asked.filter(({ what }) => what.includes('a1'))).toHaveLength(before)
    const [oldest] = await mirror.freshness(ref, { limit: 1 })
    expect(oldest?.asOf).toBeGreaterThan(clock.now() - 61 * MINUTE_MS)
    elm.put({ resourceType: 'Patient', id: 'a1' })
    elm.put(condition('a1-c2', 'a1'))
    await clock.advance(62 * MINUTE_MS)
    expect(await kinds('Patient', 'a1')).toEqual(['created', 'deleted', 'restored'])
    expect(await shows('Condition', 'a1-c2')).toBe('there')
  })

  test('comes back as restored when it is listed again', async () => {
    const elm = new FakePractice(clock)
    follow(elm)
    await clock.advance(MINUTE_MS)
    elm.chart.delete('Condition/a1-c1')
    await clock.advance(35 * MINUTE_MS)
    elm.put(condition('a1-c1', 'a1'))
    await clock.advance(35 * MINUTE_MS)
    expect(await kinds('Condition', 'a1-c1')).toEqual(['created', 'deleted', 'restored'])
  })
})

describe('processes that share a database', () => {
  function start(instance: string, open: (practice: Practice) => OpenPathway) {
    const gate = createGate({
      database: held.database,
      network: {
        send: () => Promise.reject(new NetworkFailure('unsent', 'NETWORK_UNREACHABLE')),
      },
      clock,
      log: silentLog,
    })
    const { database } = held
    const sync = createSync({
      ...{ database, practices, mirror, gate, clock, log: silentLog, open, instance },
    })
    const stop = new AbortController()
    const done = sync.run(stop.signal)
    const end = async () => {
      stop.abort(new Error('stop'))
      await Promise.all([done, clock.advance(5_000)])
    }
    stops.push(end)
    return end
  }

  test('ask a practice one at a time; when one ends, the other goes on where it was', async () => {
    const [one, two] = [new FakePractice(clock), new FakePractice(clock)]
    const endOne = start('one', () => one)
    await clock.advance(10)
    start('two', () => two)
    await clock.advance(45 * MINUTE_MS)
    expect(one.times('Condition a1')).toBe(2)
    expect(two.asked).toEqual([])
    await endOne()
    await clock.advance(30 * MINUTE_MS)
    expect(two.times('Condition a1')).toBe(1)
    expect(two.minutes('Condition a1')[0]).toBeGreaterThan(59)
    expect(one.times('Condition a1')).toBe(2)
  })

  test('go on under new settings when a practice is connected again', async () => {
    const [old, moved] = [new FakePractice(clock), new FakePractice(clock, ['a1', 'b1', 'b2'])]
    start('one', ({ baseUrl }) => (baseUrl === connection().baseUrl ? old : moved))
    await clock.advance(5 * MINUTE_MS)
    const before = old.asked.length
    const elsewhere = { ...connection(), baseUrl: 'https://fhir.test/r4/MOVED' }
    await practices.connect(ref.organization, elsewhere, 'test')
    await clock.advance(61 * MINUTE_MS)
    expect(old.asked).toHaveLength(before)
    expect(await shows('Condition', 'b2-c1')).toBe('there')
    expect(moved.times('Patient a')).toBe(1)
  })
})
