// How the gate treats its callers: lanes, refusals, restarts, give-backs, pauses. That the limit
// holds is judged in budget.test.ts.

import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { budgetVendor, fullest, VENDOR_LIMIT } from '../../../test/budget-vendor.ts'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import type { Database } from '../db/index.ts'
import { ChartwayError } from '../kernel/errors.ts'
import { organizationId, type PracticeRef, practiceId } from '../kernel/ids.ts'
import { type LogFields, silentLog } from '../kernel/log.ts'
import { type Network, NetworkFailure } from '../kernel/network.ts'
import { undiciNetwork } from '../kernel/undici-network.ts'
import { VirtualClock } from '../kernel/virtual-clock.ts'
import { createGate, type Gate, type GateLimits } from './index.ts'

const MINUTE = 60_000
const REQUEST = { method: 'GET', url: 'http://vendor.test/x', headers: {}, purpose: 'x' } as const

let db: TestDatabase
let clock: VirtualClock
let ref: PracticeRef
let practices = 0

beforeAll(async () => {
  clock = new VirtualClock(Date.parse('2026-03-02T13:30:00Z'))
  db = await testDatabase({ clock })
})
afterAll(() => db.close())

/** Every test has a practice of its own and begins ten seconds into a minute. */
beforeEach(async () => {
  await clock.advance(2 * MINUTE - (clock.now() % MINUTE) + 10_000)
  const organization = organizationId('org')
  const practice = practiceId(`practice-${practices++}`)
  if (organization === undefined || practice === undefined) throw new Error('ids')
  ref = { organization, practice }
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
})

function gateOf(network: Network, limits: Partial<GateLimits> = {}): Gate {
  return createGate({ database: db.database, network, clock, log: silentLog, limits })
}

function vendorOf(options: { readonly limit?: number; readonly backMs?: number } = {}) {
  const latency = () => ({ there: 20, back: options.backMs ?? 100 })
  return budgetVendor({ clock, skewMs: 0, driftPpm: 0, latency, ...options })
}

/** Sends `count` calls at once; each entry becomes its outcome and when it came. */
function burst(gate: Gate, count: number, lane: 'interactive' | 'sweep', signal?: AbortSignal) {
  const call = gate.callFor(ref)
  const outcomes: { readonly lane: string; readonly result: string; readonly at: number }[] = []
  for (let index = 0; index < count; index++)
    call(REQUEST, { lane, signal }).then(
      (reply) => outcomes.push({ lane, result: String(reply.status), at: clock.now() }),
      (error: unknown) => {
        const result = error instanceof ChartwayError ? error.code : String(error)
        outcomes.push({ lane, result, at: clock.now() })
      },
    )
  return outcomes
}

const resultsOf = (outcomes: readonly { readonly result: string }[]) =>
  [...new Set(outcomes.map((one) => one.result))].toSorted()

/** A vendor on a real socket, in business time: it answers, or while `hangs` takes and says nothing. */
async function hangingVendor(connectionsMax: number) {
  const played = { hangs: false, hung: 0 }
  const server = createServer((_request, reply) => {
    if (played.hangs) played.hung++
    else reply.writeHead(200, { date: new Date(clock.now()).toUTCString() }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const network = undiciNetwork({ connectionsMax })
  const close = async () => {
    await network.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { played, network, url: `http://127.0.0.1:${port}/x`, close }
}

describe('the gate', () => {
  test('goes on counting where a process before it was killed', async () => {
    const vendor = vendorOf()
    burst(gateOf(vendor.network), 100, 'sweep')
    await clock.advance(10_000)
    const after = gateOf(vendor.network)
    expect(await after.budget(ref)).toMatchObject({ limit: 250, taken: 100, left: 150 })
    burst(after, 300, 'interactive')
    await clock.advance(30_000)
    expect([...vendor.arrivals.values()]).toEqual([VENDOR_LIMIT])
    expect((await after.budget(ref)).waiting).toEqual({ interactive: 150, sweep: 0 })
    await clock.advance(30_000)
    expect([...vendor.arrivals.values()]).toEqual([VENDOR_LIMIT, 150])
  })

  test('keeps a reserve for people and serves them first', async () => {
    const vendor = vendorOf()
    const gate = gateOf(vendor.network)
    const sweep = burst(gate, 600, 'sweep')
    await clock.advance(15_000)
    const before = sweep.length
    expect(before).toBeGreaterThanOrEqual(240)
    expect(before).toBeLessThan(VENDOR_LIMIT)
    const people = burst(gate, 5, 'interactive')
    await clock.advance(1_000)
    expect(people.map((one) => one.result)).toEqual(['200', '200', '200', '200', '200'])
    await clock.advance(30_000)
    expect(fullest(vendor)).toBe(VENDOR_LIMIT)
  })

  test('misses no minute that begins while the database is being asked', async () => {
    const vendor = vendorOf()
    const database: Database = {
      ...db.database,
      statement: async (organization, sql, parameters) => {
        await clock.sleep(100)
        return db.database.statement(organization, sql, parameters)
      },
    }
    const gate = createGate({ database, network: vendor.network, clock, log: silentLog })
    burst(gate, 4 * VENDOR_LIMIT, 'sweep')
    await clock.advance(4 * MINUTE)
    const minutes = [...vendor.arrivals.keys()].map((minute) => (minute - clock.now()) / MINUTE)
    expect([...vendor.arrivals.values()]).toEqual([250, 250, 250, 250])
    expect(Math.floor(Math.max(...minutes)) - Math.floor(Math.min(...minutes))).toBe(3)
  })

  test('sends a refused call again in the next minute, and nothing else in this one', async () => {
    const vendor = vendorOf({ limit: 100 })
    const gate = gateOf(vendor.network, { inFlightMax: 10 })
    const outcomes = burst(gate, 150, 'sweep')
    await clock.advance(40_000)
    expect(await gate.budget(ref)).toMatchObject({ refused: true, left: 0 })
    expect(outcomes).toHaveLength(100)
    expect(vendor.refused).toBeLessThanOrEqual(10)
    await clock.advance(MINUTE)
    expect(resultsOf(outcomes)).toEqual(['200'])
    expect(outcomes).toHaveLength(150)
  })

  test('tells its caller when the vendor goes on refusing', async () => {
    const vendor = vendorOf({ limit: 0 })
    const outcomes = burst(gateOf(vendor.network, { refusalsMax: 2 }), 1, 'sweep')
    await clock.advance(5 * MINUTE)
    expect(outcomes.map((one) => one.result)).toEqual(['GATE_REFUSED'])
    expect(vendor.refused).toBe(3)
  })

  test('gives a permit back when the call never left', async () => {
    const network: Network = {
      send: () => Promise.reject(new NetworkFailure('unsent', 'NETWORK_UNREACHABLE')),
    }
    const gate = gateOf(network, { failuresMax: 1000 })
    const outcomes = burst(gate, 30, 'sweep')
    await clock.advance(5_000)
    expect(resultsOf(outcomes)).toEqual(['NETWORK_UNREACHABLE'])
    expect((await gate.budget(ref)).taken).toBe(0)
  })

  test('leaves a practice alone after failures in a row, then tries with one call', async () => {
    let sends = 0
    let down = true
    const network: Network = {
      send: async () => {
        sends++
        await clock.sleep(10)
        if (down) throw new NetworkFailure('unknown', 'NETWORK_RESET')
        return { status: 200, headers: [], body: new Uint8Array() }
      },
    }
    const gate = gateOf(network, { failuresMax: 3, pauseMs: 10_000 })
    const outcomes = burst(gate, 8, 'sweep')
    await clock.advance(9_000)
    expect(sends).toBe(3)
    down = false
    await clock.advance(10_000)
    expect(resultsOf(outcomes)).toEqual(['200', 'NETWORK_RESET'])
    expect(outcomes).toHaveLength(8)
  })

  test('tells a person that the practice is down rather than let them wait for ever', async () => {
    const network: Network = {
      send: () => Promise.reject(new NetworkFailure('unknown', 'NETWORK_RESET')),
    }
    const limits = { failuresMax: 1, pauseMs: 300_000, interactiveWaitMsMax: 20_000 }
    const outcomes = burst(gateOf(network, limits), 2, 'interactive')
    await clock.advance(30_000)
    expect(resultsOf(outcomes)).toEqual(['GATE_VENDOR_DOWN', 'NETWORK_RESET'])
  })

  test('lets a caller give up while waiting, without spending a call', async () => {
    const vendor = vendorOf()
    const gate = gateOf(vendor.network)
    burst(gate, VENDOR_LIMIT, 'interactive')
    await clock.advance(20_000)
    const abort = new AbortController()
    const outcomes = burst(gate, 3, 'interactive', abort.signal)
    await clock.advance(1_000)
    abort.abort(new Error('enough'))
    await clock.advance(2 * MINUTE)
    expect(resultsOf(outcomes)).toEqual(['Error: enough'])
    expect([...vendor.arrivals.values()]).toEqual([VENDOR_LIMIT])
  })

  test('takes no blame to the practice when its own callers give up', async () => {
    const vendor = await hangingVendor(12)
    try {
      const call = gateOf(vendor.network).callFor(ref)
      const { played } = vendor
      const send = (signal?: AbortSignal) =>
        call({ ...REQUEST, url: vendor.url }, { lane: 'interactive', signal })
      await send()
      played.hangs = true
      const abort = new AbortController()
      const hung = Promise.allSettled(Array.from({ length: 16 }, () => send(abort.signal)))
      await vi.waitFor(() => expect(played.hung).toBe(12))
      abort.abort(new Error('enough'))
      expect((await hung).map((one) => one.status)).toEqual(Array(16).fill('rejected'))
      played.hangs = false
      let answered = 0
      for (let index = 0; index < 5; index++)
        send().then(
          () => answered++,
          () => {},
        )
      await vi.waitFor(() => expect(answered).toBe(5))
      await clock.advance(5_000)
      // The four that never left are given back; the twelve that did may yet be counted there.
      const gate = gateOf(vendor.network)
      expect(await gate.budget(ref)).toMatchObject({ taken: 18, left: VENDOR_LIMIT - 18 })
      await clock.advance(MINUTE)
      expect(await gate.budget(ref)).toMatchObject({ taken: 0, left: VENDOR_LIMIT - 12 })
    } finally {
      await vendor.close()
    }
  })

  test('has a last place in its queue', async () => {
    const outcomes = burst(gateOf(vendorOf().network, { waitingMax: 5 }), 8, 'sweep')
    await clock.advance(5_000)
    expect(outcomes.filter((one) => one.result === 'GATE_QUEUE_FULL')).toHaveLength(3)
    expect(outcomes.filter((one) => one.result === '200')).toHaveLength(5)
  })

  test('has one call under way until it knows the clock, and never more than the cap', async () => {
    const vendor = vendorOf({ backMs: 2_000 })
    let underWay = 0
    let most = 0
    const beforeFirst: number[] = []
    const network: Network = {
      send: async (request, options) => {
        most = Math.max(most, ++underWay)
        if (beforeFirst.length < 2) beforeFirst.push(underWay)
        try {
          return await vendor.network.send(request, options)
        } finally {
          underWay--
        }
      },
    }
    const gate = gateOf(network, { inFlightMax: 6 })
    burst(gate, 40, 'sweep')
    await clock.advance(1_000)
    expect(underWay).toBe(1)
    await clock.advance(30_000)
    expect(most).toBe(6)
    expect((await gate.budget(ref)).vendorClock).toBeDefined()
  })

  test('sends nothing until the next minute after the vendor’s clock was set', async () => {
    const vendor = vendorOf()
    const gate = gateOf(vendor.network)
    burst(gate, 50, 'sweep')
    await clock.advance(10_000)
    vendor.step(7 * MINUTE + 20_000)
    const outcomes = burst(gate, 600, 'sweep')
    await clock.advance(15_000)
    expect(outcomes.length).toBeLessThanOrEqual(24)
    await clock.advance(4 * MINUTE)
    expect(resultsOf(outcomes)).toEqual(['200'])
    expect(outcomes).toHaveLength(600)
    expect(fullest(vendor)).toBeLessThanOrEqual(VENDOR_LIMIT)
  })

  test('counts no call to another host and logs every call without its address', async () => {
    const lines: LogFields[] = []
    const gate = createGate({
      database: db.database,
      network: vendorOf().network,
      clock,
      log: { write: (_level, _event, fields) => lines.push(fields ?? {}) },
    })
    const call = gate.callFor(ref)
    let done = 0
    for (const uncounted of [true, false])
      call({ ...REQUEST, uncounted }, { lane: 'sweep' })
        .finally(() => done++)
        .catch(() => {})
    await clock.advanceUntil(() => done === 2, MINUTE)
    expect((await gate.budget(ref)).taken).toBe(1)
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatchObject({ route: 'x', method: 'GET', status: 200, lane: 'sweep' })
    expect(JSON.stringify(lines)).not.toContain('vendor.test')
  })
})

test('sends nothing of an organization that is held, neither counted nor uncounted', async () => {
  const vendor = vendorOf()
  let holding = true
  const { database } = db
  const ports = { database, network: vendor.network, clock, log: silentLog }
  const call = createGate({ ...ports, held: async () => holding }).callFor(ref)
  for (const request of [REQUEST, { ...REQUEST, uncounted: true }])
    await expect(call(request, { lane: 'interactive' })).rejects.toMatchObject({
      code: 'OUTBOUND_HELD',
      retry: 'later',
    })
  holding = false
  const sent = call(REQUEST, { lane: 'interactive' })
  await clock.advance(1_000)
  expect((await sent).status).toBe(200)
})

test('a refusal of a call that is made once is the caller’s to read, and is not sent again', async () => {
  let sent = 0
  const headers = [['retry-after', '300']] as const
  const busy: Network = {
    send: async () => {
      sent++
      return { status: 429, headers, body: new Uint8Array() }
    },
  }
  const answered = gateOf(busy).callFor(ref)({ ...REQUEST, once: true }, { lane: 'sweep' })
  await clock.advance(MINUTE)
  expect(await answered).toMatchObject({ status: 429, headers })
  expect(sent).toBe(1)
})

test('counts the call that a browser is about to make, as one whose answer never comes', async () => {
  const gate = gateOf(vendorOf().network)
  const { left } = await gate.budget(ref)
  for (let browser = 1; browser <= 3; browser++) {
    await gate.passing(ref, { purpose: 'authorize' }, { lane: 'interactive' })
    expect((await gate.budget(ref)).left).toBe(left - browser)
  }
})

test('lets no browser go out for an organization that is held', async () => {
  const { database } = db
  const ports = { database, network: vendorOf().network, clock, log: silentLog }
  const { passing } = createGate({ ...ports, held: async () => true })
  await expect(
    passing(ref, { purpose: 'authorize' }, { lane: 'interactive' }),
  ).rejects.toMatchObject({ code: 'OUTBOUND_HELD' })
})
