// Which practices a process asks, and that it goes on doing so: while statements fail, while practices come
// and go, and until it is stopped. What is asked of one practice is tested beside practice-sync.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { FakePractice, START } from '../../../test/fake-practice.ts'
import type { Database } from '../db/index.ts'
import { createGate } from '../gate/index.ts'
import { organizationId, type PracticeRef, practiceId } from '../kernel/ids.ts'
import { type Log, silentLog } from '../kernel/log.ts'
import { NetworkFailure } from '../kernel/network.ts'
import { systemRandom } from '../kernel/random.ts'
import { VirtualClock } from '../kernel/virtual-clock.ts'
import { createMirror } from '../mirror/index.ts'
import type { OpenPathway } from '../pathways/contract.ts'
import { createPractices, type Practices } from '../practice/index.ts'
import { createSync } from './index.ts'
import { createStore } from './store.ts'

const MINUTE_MS = 60_000
const random = systemRandom()

let held: TestDatabase
let clock: VirtualClock
let practices: Practices
let ref: PracticeRef
const stops: (() => Promise<void>)[] = []

beforeEach(async () => {
  clock = new VirtualClock(START)
  held = await testDatabase({ clock })
  const masterKey = random.bytes(32)
  practices = createPractices({ database: held.database, clock, random, masterKey })
  const [organization, practice] = [organizationId('home'), practiceId('elm')]
  if (organization === undefined || practice === undefined) throw new Error('not an id')
  await practices.createOrganization(organization, 'Home')
  const connected = await practices.connect(
    organization,
    {
      practice,
      name: 'Elm',
      timeZone: 'America/New_York',
      dialect: 'eclinicalworks',
      baseUrl: 'https://fhir.test/r4/ELMELM',
      clientId: 'c',
      overrides: {},
    },
    'test',
  )
  ref = connected.ref
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
  await held.close()
})

/** Runs sync over `database`; gives how it ended, once it did, and what stops it. */
function start(pathway: OpenPathway, database: Database = held.database, log: Log = silentLog) {
  const gate = createGate({
    database: held.database,
    network: { send: () => Promise.reject(new NetworkFailure('unsent', 'NETWORK_UNREACHABLE')) },
    clock,
    log: silentLog,
  })
  const mirror = createMirror({ database: held.database, clock })
  const sync = createSync({
    ...{ database, practices, mirror, gate, clock, log, open: () => pathway, instance: 'one' },
  })
  const stop = new AbortController()
  const ended: string[] = []
  const done = sync.run(stop.signal).then(
    () => void ended.push('resolved'),
    () => void ended.push('rejected'),
  )
  const end = async () => {
    stop.abort(new Error('stop'))
    await Promise.all([done, clock.advance(5_000)])
  }
  stops.push(end)
  return { ended, end, stop }
}

test('goes on asking after a statement failed, and says so in the log', async () => {
  const elm = new FakePractice(clock)
  let failing = 0
  const database: Database = {
    ...held.database,
    system: (work) => held.database.system(work),
    tenant: (organization, work) =>
      failing-- > 0
        ? Promise.reject(new Error('lock time-out'))
        : held.database.tenant(organization, work),
  }
  const events: string[] = []
  const log: Log = { write: (level, event) => void events.push(`${level} ${event}`) }
  const { ended } = start(elm, database, log)
  failing = 1
  await clock.advance(MINUTE_MS)
  failing = 1
  await clock.advance(40 * MINUTE_MS)
  expect(ended).toEqual([])
  expect(elm.times('Condition a1')).toBe(2)
  expect(events).toContain('error sync.look.failed')
})

test('gives its practices back when it stops, so that another need not wait for them', async () => {
  const { end, ended } = start(new FakePractice(clock))
  await clock.advance(MINUTE_MS)
  const store = createStore(held.database)
  const take = () => store.lease(ref, 'two', clock.now(), clock.now() + 1)
  expect(await take()).toBe(false)
  await end()
  expect(ended).toEqual(['resolved'])
  expect(await take()).toBe(true)
})

test('asks a paused practice nothing, from seconds after it was paused until it is resumed', async () => {
  const elm = new FakePractice(clock)
  start(elm)
  await clock.advance(MINUTE_MS)
  expect(elm.times('Condition a1')).toBe(1)
  await practices.setState(ref, 'paused', 'test')
  await clock.advance(5_000)
  const before = elm.asked.length
  await clock.advance(90 * MINUTE_MS)
  expect(elm.asked).toHaveLength(before)
  await practices.setState(ref, 'connected', 'test')
  await clock.advance(MINUTE_MS)
  expect(elm.times('Condition a1')).toBe(2)
})

test('stops at once although a practice has not yet said what can be asked', async () => {
  const elm = new FakePractice(clock)
  elm.plan = (options) =>
    new Promise((_, reject) => {
      options?.signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
    })
  const { stop, ended } = start(elm)
  await clock.advance(5_000)
  stop.abort(new Error('stop'))
  await clock.advance(5_000)
  // What hangs would hang the end of the test, too.
  stops.length = 0
  expect(ended).toEqual(['resolved'])
})

test('asks nothing after a restore until that is confirmed, and says so', async () => {
  await held.database.tenant(ref.organization, (tx) =>
    tx.query(`UPDATE organizations SET held_at = 1, held_because = 'restore', held_as_of = 0`),
  )
  const elm = new FakePractice(clock)
  start(elm)
  await clock.advance(10 * MINUTE_MS)
  expect(elm.times('Condition a1')).toBe(0)
  expect((await progressOf()).phase).toBe('held')
  await practices.releaseHold(ref.organization, 'key:k')
  await clock.advance(10 * MINUTE_MS)
  expect(elm.times('Condition a1')).toBeGreaterThan(0)
  expect((await progressOf()).phase).not.toBe('held')
})

function progressOf() {
  const { database } = held
  const network = {
    send: () => Promise.reject(new NetworkFailure('unsent', 'NETWORK_UNREACHABLE')),
  }
  const gate = createGate({ database, network, clock, log: silentLog })
  const mirror = createMirror({ database, clock })
  const open = () => new FakePractice(clock)
  const ports = { database, practices, mirror, gate, clock, log: silentLog, open, instance: 'x' }
  return createSync(ports).progress(ref)
}
