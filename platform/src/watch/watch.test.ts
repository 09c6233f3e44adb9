// Who is woken, when, how often, and with which words: on a virtual clock, with a pager that listens and one
// that does not, and over a real socket.

import { createServer } from 'node:http'
import { beforeEach, expect, test } from 'vitest'
import type { ErrorCode } from '../kernel/errors.ts'
import { organizationId, practiceId } from '../kernel/ids.ts'
import { silentLog } from '../kernel/log.ts'
import { undiciNetwork } from '../kernel/undici-network.ts'
import { VirtualClock } from '../kernel/virtual-clock.ts'
import type { Practice } from '../practice/index.ts'
import type { SyncProgress } from '../sync/index.ts'
import { commandPager, createWatch, type Notice, samplesOf, webPager } from './index.ts'

const START = Date.parse('2026-03-02T15:00:00Z')
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const ref = { organization: organizationId('home') ?? bad(), practice: practiceId('elm') ?? bad() }

function bad(): never {
  throw new Error('these are ids')
}

let clock: VirtualClock
let told: Notice[]
let deaf: boolean
let world: {
  database: boolean
  code: ErrorCode | undefined
  breakerUntil: number
  free: number
  backupAt: number | undefined
}
beforeEach(() => {
  clock = new VirtualClock(START)
  told = []
  deaf = false
  world = {
    database: true,
    code: undefined,
    breakerUntil: 0,
    free: 10_000,
    backupAt: START,
  }
})

const practice: Practice = {
  ref,
  name: 'Elm',
  timeZone: 'UTC',
  dialect: 'd',
  baseUrl: 'b',
  clientId: 'c',
  overrides: {},
  state: 'connected',
  createdAt: 0,
}
const progress = (): SyncProgress => ({
  phase: 'continuing',
  asked: 5,
  toAsk: 6,
  records: 7,
  callsThisMinute: 8,
  callsPerMinuteMax: 250,
  secondsLeft: undefined,
  startedAt: 0,
  firstRecordAt: 0,
  completeAt: 0,
  problems: 0,
  lastCode: world.code,
})

function watchOf() {
  const whileUp = async <T>(value: T) => {
    if (!world.database) throw new Error('the database is gone')
    return value
  }
  return createWatch(
    {
      practices: {
        organizations: () => whileUp([ref.organization]),
        list: () => whileUp([practice]),
        anyHold: () => whileUp(undefined),
      },
      sync: { progress: () => whileUp(progress()) },
      gate: {
        budget: () =>
          whileUp({
            ...{ limit: 250, minute: 0, taken: 8, left: 242, refused: false, nextMinuteInMs: 0 },
            ...{ waiting: { interactive: 0, sweep: 0 }, vendorClock: undefined },
            pausedUntil: world.breakerUntil,
          }),
      },
      clock,
      log: silentLog,
      freeBytes: async () => world.free,
      newestBackup: async () => world.backupAt,
      installation: 'https://chartway.example',
      pager: async (notice) => {
        if (deaf) throw new Error('nobody listens')
        told.push(notice)
      },
    },
    { failingMs: 15 * MINUTE_MS, freeBytesMin: 1_000, backupAgeMsMax: 2 * HOUR_MS },
  )
}

const words = () => told.map(({ kind, state }) => `${kind} ${state}`)

/** Watches for so long. */
async function watched(ms: number, during: () => void = () => {}): Promise<void> {
  const stop = new AbortController()
  const running = watch.run(stop.signal)
  during()
  await clock.advance(ms)
  stop.abort(new Error('enough'))
  await Promise.all([running, clock.advance(1)])
}
let watch: ReturnType<typeof watchOf>
beforeEach(() => {
  watch = watchOf()
})

test('nobody is woken while all is well', async () => {
  await watched(HOUR_MS)
  expect(told).toEqual([])
})

test('a practice that fails for a quarter of an hour is told once, again each hour, and when it is over', async () => {
  world.code = 'PATHWAY_NOT_ACTIVATED'
  await watched(14 * MINUTE_MS)
  expect(told).toEqual([])
  await watched(2 * MINUTE_MS)
  expect(told).toEqual([
    {
      kind: 'sync-failing',
      ...ref,
      code: 'PATHWAY_NOT_ACTIVATED',
      state: 'raised',
      since: expect.stringMatching(/^2026-03-02T15:15:/),
      installation: 'https://chartway.example',
    },
  ])
  world.backupAt = clock.now()
  await watched(50 * MINUTE_MS)
  expect(told).toHaveLength(1)
  await watched(20 * MINUTE_MS)
  expect(words().at(-1)).toBe('sync-failing still')
  world.code = undefined
  await watched(MINUTE_MS)
  expect(words().at(-1)).toBe('sync-failing over')
  await watched(10 * MINUTE_MS)
  expect(told).toHaveLength(3)
})

test('each of the other conditions is told at the next look', async () => {
  world.breakerUntil = START + 10 * MINUTE_MS
  world.free = 5
  await watched(MINUTE_MS)
  expect(words().sort()).toEqual(['breaker-open raised', 'disk-low raised'])
  told = []
  world = { ...world, breakerUntil: 0, free: 10_000 }
  await watched(3 * HOUR_MS)
  expect(words()).toEqual(
    ['breaker-open over', 'disk-low over', 'backup-overdue raised'].concat(words().slice(3)),
  )
})

test('a lost database is told, and nothing of the practices is called over because of it', async () => {
  world.breakerUntil = START + HOUR_MS
  await watched(MINUTE_MS)
  world.database = false
  await watched(5 * MINUTE_MS)
  world.database = true
  await watched(MINUTE_MS)
  expect(words()).toEqual(['breaker-open raised', 'database-lost raised', 'database-lost over'])
})

test('what nobody took is tried again until somebody does', async () => {
  deaf = true
  world.free = 5
  await watched(5 * MINUTE_MS)
  deaf = false
  await watched(2 * MINUTE_MS)
  expect(words()).toEqual(['disk-low raised'])
})

test('a notice is posted as JSON to an address, and refused ones are known', async () => {
  const heard: string[] = []
  let status = 204
  const server = createServer(async (request, reply) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    heard.push(`${request.method} ${request.headers['content-type']} ${body}`)
    reply.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const network = undiciNetwork()
  const pager = webPager(network, `http://127.0.0.1:${port}/hook`)
  const notice: Notice = {
    kind: 'disk-low',
    state: 'raised',
    since: '2026-03-02T15:00:00.000Z',
    installation: 'https://chartway.example',
  }
  await pager(notice)
  expect(heard).toEqual([`POST application/json ${JSON.stringify(notice)}`])
  status = 500
  await expect(pager(notice)).rejects.toMatchObject({ code: 'PAGE_REFUSED' })
  await network.close()
  server.close()
  await commandPager('/bin/true')(notice)
  await expect(commandPager('/bin/false')(notice)).rejects.toThrow()
})

test('scrapes in quick succession share one look', async () => {
  const first = await watch.latest()
  await clock.advance(14_000)
  expect(await watch.latest()).toBe(first)
  await clock.advance(2_000)
  expect(await watch.latest()).not.toBe(first)
})

test('metrics name the installation’s own ids and nothing else', async () => {
  const samples = samplesOf(await watch.once())
  const labels = new Set(
    samples.flatMap((sample) => Object.entries(sample.labels).map((l) => l.join('='))),
  )
  expect([...labels].sort()).toEqual([
    'organization=home',
    ...['continuing', 'first-sync', 'held', 'paused', 'waiting'].map((phase) => `phase=${phase}`),
    'practice=elm',
  ])
  const value = (name: string) => samples.find((sample) => sample.name === name)?.value
  expect(value('chartway_records')).toBe(7)
  expect(value('chartway_database_up')).toBe(1)
  world.database = false
  expect(
    samplesOf(await watch.once()).find(({ name }) => name === 'chartway_database_up')?.value,
  ).toBe(0)
})
