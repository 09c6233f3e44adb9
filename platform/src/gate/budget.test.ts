// The budget judged by a vendor that counts by its own skewed and drifting clock: never more than the
// limit in any of its minutes, whatever the latencies and kills, and little of it wasted.

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type BudgetVendor,
  budgetVendor,
  fullest,
  type Latency,
  mortal,
  utilisation,
  VENDOR_LIMIT,
} from '../../../test/budget-vendor.ts'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import type { Database } from '../db/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { ChartwayError } from '../kernel/errors.ts'
import { organizationId, type PracticeRef, practiceId } from '../kernel/ids.ts'
import { silentLog } from '../kernel/log.ts'
import { seededRandom } from '../kernel/random.ts'
import { VirtualClock } from '../kernel/virtual-clock.ts'
import { createGate, type Gate, type GateLimits } from './index.ts'

const START = Date.parse('2026-03-02T13:30:00Z')
const MINUTE = 60_000
const REQUEST = { method: 'GET', url: 'http://vendor.test/x', headers: {}, purpose: 'x' } as const

let db: TestDatabase
let clock: VirtualClock
/** One clock for the file's database; every test goes on where the one before stopped. */
beforeAll(async () => {
  clock = new VirtualClock(START)
  db = await testDatabase({ clock, poolMax: 8 })
})
afterAll(() => db.close())

let practices = 0

async function newPractice(): Promise<PracticeRef> {
  const organization = organizationId('org')
  const practice = practiceId(`practice-${practices++}`)
  if (organization === undefined || practice === undefined) throw new Error('ids')
  await db.database.system((tx) =>
    tx.query(`INSERT INTO organizations VALUES ($1, 'org', 0) ON CONFLICT DO NOTHING`, [
      organization,
    ]),
  )
  await db.database.tenant(organization, (tx) =>
    tx.query(
      `INSERT INTO practices VALUES ($1, $2, 'p', 'UTC', 'us-core', 'http://x/y', 'c', '{}', 'connected', 0)`,
      [organization, practice],
    ),
  )
  return { organization, practice }
}

function uniform(seed: string): (low: number, high: number) => number {
  const random = seededRandom(seed)
  return (low, high) => low + random.fraction() * (high - low)
}

/** Callers that ask for the next call as soon as one is done, until `stop`. */
function backlog(
  gate: Gate,
  ref: PracticeRef,
  options: { readonly callers: number; readonly lane?: 'interactive' | 'sweep' },
): { stop(): void; readonly answered: () => number } {
  const call = gate.callFor(ref)
  let going = true
  let answered = 0
  const caller = async () => {
    while (going)
      try {
        await call(REQUEST, { lane: options.lane ?? 'sweep' })
        answered++
      } catch (error) {
        if (!(error instanceof ChartwayError)) throw error
      }
  }
  for (let index = 0; index < options.callers; index++) void caller()
  return {
    stop: () => {
      going = false
    },
    answered: () => answered,
  }
}

/** The same clock seen sixty times scaled: a timer that is late by wall milliseconds is late by far. */
function scaled(factor: number, lateWallMs: () => number): Clock {
  return {
    factor,
    now: () => clock.now(),
    sleep: (ms, options) => clock.sleep(ms + lateWallMs() * factor, options),
    during: (work) => clock.during(work),
  }
}

function slow(takesMs: () => number): Database {
  return {
    ...db.database,
    statement: async (organization, sql, parameters) => {
      await clock.sleep(takesMs())
      return db.database.statement(organization, sql, parameters)
    },
  }
}

interface Run {
  readonly seed: string
  readonly skewMs: number
  readonly driftPpm: number
  readonly thereMsMax: number
  readonly backMsMax: number
  readonly breakRate: number
  readonly killsAtMs: readonly number[]
  readonly minutes: number
  /** Second of our clock's minute at which it begins; 0 unless given. */
  readonly second?: number
  readonly limits?: Partial<GateLimits>
  readonly clock?: Clock
  /** How long the database takes for one statement, in our clock's time. */
  readonly statementMsMax?: number
}

/** Two instances share the database; the first is killed now and then and started again. */
async function run(given: Run): Promise<BudgetVendor> {
  const ref = await newPractice()
  const draw = uniform(given.seed)
  const latency: Latency = () => ({
    there: draw(1, given.thereMsMax),
    back: draw(1, given.backMsMax),
  })
  const breaks = () => draw(0, 1) < given.breakRate
  const { skewMs, driftPpm } = given
  const vendor = budgetVendor({ clock, skewMs, driftPpm, latency, breaks })
  await clock.advance(MINUTE - (clock.now() % MINUTE) + (given.second ?? 0) * 1000)
  const begunAt = clock.now()
  const ports = { clock: given.clock ?? clock, log: silentLog, limits: given.limits ?? {} }
  const { network } = vendor
  const database = slow(() => draw(0, given.statementMsMax ?? 0))
  const steady = backlog(createGate({ ...ports, network, database }), ref, {
    callers: given.limits?.inFlightMax ?? 12,
  })
  for (const killAt of [...given.killsAtMs, given.minutes * MINUTE].toSorted((a, b) => a - b)) {
    const wire = mortal(network, 'send')
    const rows = mortal(database, 'statement')
    const gate = createGate({ ...ports, network: wire.port, database: rows.port })
    backlog(gate, ref, { callers: 12, lane: 'interactive' })
    await clock.advance(Math.max(0, begunAt + killAt - clock.now()))
    wire.kill()
    rows.kill()
  }
  steady.stop()
  await clock.advance(4 * MINUTE)
  return vendor
}

/** The measured figure, for whoever reads the run. */
function note(what: string, vendor: BudgetVendor): void {
  const used = (utilisation(vendor) * 100).toFixed(1)
  process.stdout.write(`budget used under backlog, ${what}: ${used} %\n`)
}

describe('the budget', () => {
  test('no vendor minute is overrun under skew, drift, broken connections and kills (R141)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.string({ minLength: 1, maxLength: 8 }),
          skewMs: fc.integer({ min: -2000, max: 2000 }),
          driftPpm: fc.integer({ min: -300, max: 300 }),
          thereMsMax: fc.constantFrom(5, 300, 4000),
          backMsMax: fc.constantFrom(5, 300, 4000, 70_000),
          breakRate: fc.constantFrom(0, 0.02),
          killsAtMs: fc.array(fc.integer({ min: 500, max: 4 * MINUTE }), { maxLength: 4 }),
          minutes: fc.constant(5),
          statementMsMax: fc.constantFrom(0, 20, 800),
        }),
        async (given) => {
          const vendor = await run(given)
          expect(fullest(vendor)).toBeLessThanOrEqual(VENDOR_LIMIT)
          expect(vendor.refused).toBe(0)
        },
      ),
      { numRuns: 25 },
    )
  }, 240_000)

  test('at least 95 of 100 calls are used when callers wait', async () => {
    const vendor = await run({
      seed: 'backlog',
      skewMs: 1300,
      driftPpm: 100,
      thereMsMax: 60,
      backMsMax: 900,
      breakRate: 0,
      killsAtMs: [],
      minutes: 12,
    })
    note('real time', vendor)
    expect(fullest(vendor)).toBeLessThanOrEqual(VENDOR_LIMIT)
    expect(utilisation(vendor)).toBeGreaterThanOrEqual(0.95)
  }, 120_000)

  test('sixty times faster than the wall it holds too, and 90 of 100 are used', async () => {
    const draw = uniform('scaled')
    const vendor = await run({
      seed: 'scaled backlog',
      skewMs: -400,
      driftPpm: 0,
      // 1 to 8 ms of wall there and 1 to 12 back, timers up to 3 ms late.
      thereMsMax: 8 * 60,
      backMsMax: 12 * 60,
      breakRate: 0,
      killsAtMs: [],
      minutes: 30,
      clock: scaled(60, () => draw(0, 3)),
      statementMsMax: 4 * 60,
    })
    note('60x', vendor)
    expect(fullest(vendor)).toBeLessThanOrEqual(VENDOR_LIMIT)
    expect(utilisation(vendor)).toBeGreaterThanOrEqual(0.9)
  }, 120_000)

  test('a budget that forgets the calls still on their way does not stand before this judge', async () => {
    const vendor = await run({
      seed: 'forgetful',
      skewMs: 900,
      driftPpm: 0,
      thereMsMax: 30_000,
      backMsMax: 5_000,
      breakRate: 0,
      killsAtMs: [],
      minutes: 4,
      second: 30,
      limits: { arrivalMsMax: 0, inFlightMax: 400 },
    })
    expect(fullest(vendor)).toBeGreaterThan(VENDOR_LIMIT)
  }, 60_000)

  test('a rolling window of our own clock does not stand before this judge', async () => {
    const draw = uniform('naive')
    const vendor = budgetVendor({
      clock,
      skewMs: 700,
      driftPpm: 0,
      latency: () => ({ there: draw(1, 4000), back: draw(1, 900) }),
    })
    // A burst that straddles the vendor's minutes, as any burst does sooner or later.
    await clock.advance(MINUTE - (vendor.now() % MINUTE) + 50_000)
    const sent: number[] = []
    const request = { ...REQUEST, timeoutMs: 60_000, bodyBytesMax: 1 }
    const until = clock.now() + 8 * MINUTE
    const caller = async () => {
      while (clock.now() < until) {
        const due = (sent[sent.length - VENDOR_LIMIT] ?? Number.NEGATIVE_INFINITY) + MINUTE
        if (due > clock.now()) await clock.sleep(due - clock.now() + draw(1, 50))
        else {
          sent.push(clock.now())
          await vendor.network.send(request)
        }
      }
    }
    for (let index = 0; index < 24; index++) void caller()
    await clock.advance(10 * MINUTE)
    expect(fullest(vendor)).toBeGreaterThan(VENDOR_LIMIT)
  }, 60_000)
})
