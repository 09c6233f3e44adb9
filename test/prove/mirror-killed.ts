// The second half of `prove mirror`: vendor and platform in processes of their own over sockets, the
// platform killed with SIGKILL again and again, some of it while a call or a transaction is in flight.

import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@chartway/client'
import {
  type Clock,
  scaledClock,
  silentLog,
  startEmbedded,
  systemRandom,
  wallSleep,
} from '@chartway/platform'
import { createSandbox, startListeners } from 'chartway-sandbox'
import pg from 'pg'
import { freePort } from '../free-port.ts'
import { type ApiBody, allPages, parsed, type Rig, registerApp } from '../rig.ts'
import { disturber } from './disturb.ts'
import { judgeFeed } from './judge/history.ts'
import { compareNow, feedOf, spread, truthOf } from './mirror-compare.ts'
import { check, floor, none, type ProofOptions, type ProofResult } from './proof.ts'

const CODE = 'EFDCBA'
const PRACTICE = 'riverside'
/** A Monday at 10:00 in New York, when people are in the house. */
const MONDAY_TEN = Date.parse('2026-03-02T15:00:00Z')
const MINUTE_MS = 60_000
/** A change of the proof's own this often, vendor time. */
const CHANGE_EVERY_MS = 15_000
const READY_MS_MAX = 30_000
/** How long a kill may wait for the moment it wants, wall ms. */
const MOMENT_MS_MAX = 5_000

interface Size {
  readonly patients: number
  readonly vendorMinutes: number
  readonly timeScale: number
  /** Short enough that there is always something to ask. */
  readonly sweepMinutes: number
  readonly kills: { readonly call: number; readonly transaction: number; readonly any: number }
  readonly comparisons: number
  readonly comparedMin: number
  readonly changesMin: number
  readonly minutesMin: number
}
const FULL: Size = {
  patients: 80,
  vendorMinutes: 36,
  timeScale: 15,
  sweepMinutes: 8,
  kills: { call: 10, transaction: 5, any: 5 },
  comparisons: 6,
  comparedMin: 10_000,
  changesMin: 60,
  minutesMin: 30,
}
const QUICK: Size = {
  patients: 30,
  vendorMinutes: 20,
  timeScale: 60,
  sweepMinutes: 2,
  kills: { call: 2, transaction: 1, any: 1 },
  comparisons: 2,
  comparedMin: 800,
  changesMin: 5,
  minutesMin: 8,
}

type Moment = 'call' | 'transaction' | 'any'

export async function killed(options: ProofOptions): Promise<ProofResult> {
  const size = options.quick ? QUICK : FULL
  await using stage = await setStage(options, size)
  const plan = killPlan(size, options.seed)
  const found = {
    missing: [] as string[],
    extra: [] as string[],
    stale: [] as string[],
    unlawful: [] as string[],
  }
  const kills: Record<Moment, number> = { call: 0, transaction: 0, any: 0 }
  let compared = 0
  let comparisons = 0
  let unstatedAtEnd: readonly string[] = []
  const compareOnce = async () => {
    const comparison = await compareNow(stage.rig(), PRACTICE, CODE)
    compared += comparison.compared
    unstatedAtEnd = comparison.unstated
    comparisons++
    for (const kind of ['missing', 'extra', 'stale', 'unlawful'] as const)
      found[kind].push(...comparison[kind].map((name) => `after ${sum(kills)} kills: ${name}`))
    options.say(`sockets: ${sum(kills)} kills, ${comparison.compared} resources compared`)
  }
  const disturbing = stage.disturbUntil(MONDAY_TEN + size.vendorMinutes * MINUTE_MS)
  const compareEvery = Math.max(1, Math.floor(plan.length / (size.comparisons - 1)))
  for (const [i, { at, moment }] of plan.entries()) {
    await stage.clock.sleep(Math.max(0, at - stage.clock.now()))
    kills[await stage.kill(moment)]++
    if (options.mutant === 'budget-forgotten')
      await stage.sql('DELETE FROM chartway.budget_minutes')
    await stage.start()
    if ((i + 1) % compareEvery === 0) await compareOnce()
  }
  await disturbing
  await compareOnce()
  const feed = judgeFeed(
    truthOf(stage.rig(), CODE),
    await feedOf(stage.rig(), PRACTICE),
    MONDAY_TEN,
  )
  const minutes = stage.rig().sandbox.operator.minutes()
  const fullest = Math.max(...minutes.map(({ arrived }) => arrived))
  return {
    checks: [
      floor('sockets: kills while a call was in flight', kills.call, size.kills.call),
      floor(
        'sockets: kills while a transaction was in flight',
        kills.transaction,
        size.kills.transaction,
      ),
      floor('sockets: kills in all', sum(kills), plan.length),
      check(
        'sockets: the platform never ended by itself',
        stage.endedByItself() === 0,
        stage.endedByItself(),
      ),
      floor('sockets: comparisons', comparisons, size.comparisons),
      floor('sockets: resources compared', compared, size.comparedMin),
      floor('sockets: changes learnt', feed.lags.length, size.changesMin),
      floor('sockets: vendor minutes', minutes.length, size.minutesMin),
      none('sockets: reachable resource without stated freshness at the end', unstatedAtEnd),
      none('sockets: repair that nothing allows', found.unlawful),
      none('sockets: resource missing', found.missing),
      none('sockets: resource extra', found.extra),
      none('sockets: resource stale beyond its stated freshness', found.stale),
      none('sockets: gap in the feed', feed.gaps),
      none('sockets: invented change', feed.invented),
      none('sockets: disordered change', feed.disordered),
      check('sockets: fullest vendor minute at most 250 calls', fullest <= 250, fullest),
    ],
    figures: {
      kills,
      compared,
      comparisons,
      feed: feed.entries,
      changesWhileKilled: feed.lags.length,
      lagFromVisibleMinutes: spread(feed.lags),
      calls: minutes.reduce((all, { arrived }) => all + arrived, 0),
      vendorMinutes: minutes.length,
      fullestMinute: fullest,
      faultsFired: stage.rig().sandbox.operator.faultsFired(),
    },
  }
}

function sum(kills: Readonly<Record<Moment, number>>): number {
  return kills.call + kills.transaction + kills.any
}

/** When to kill, spread over the run, and at what moment. */
function killPlan(size: Size, seed: number): { at: number; moment: Moment }[] {
  const moments: Moment[] = []
  for (const moment of ['call', 'transaction', 'any'] as const)
    for (let i = 0; i < size.kills[moment]; i++) moments.push(moment)
  const gap = ((size.vendorMinutes - 1) * MINUTE_MS) / (moments.length + 1)
  return moments
    .map((moment, i) => ({ moment, order: (i * 7919 + seed * 104_729) % 997 }))
    .sort((one, other) => one.order - other.order)
    .map(({ moment, order }, i) => ({
      moment,
      at: MONDAY_TEN + (i + 1 + (order / 997) * 0.8) * gap,
    }))
}

async function setStage(options: ProofOptions, size: Size) {
  const clock = scaledClock({
    epochMs: MONDAY_TEN,
    wallEpochMs: Date.now(),
    factor: size.timeScale,
  })
  const wallEpochMs = Date.now()
  const vendor = await startVendor(options, size, clock)
  const folder = await mkdtemp(join(tmpdir(), 'chartway-killed-'))
  await chmod(folder, 0o711)
  const server = await startEmbedded({
    folder: join(folder, 'database'),
    random: systemRandom(),
    log: silentLog,
  })
  const admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  let key = ''
  const get = async (path: string): Promise<ApiBody> => {
    const reply = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } })
    return parsed(path, reply.status, await reply.text())
  }
  let endedByItself = 0
  const end = async (signal: NodeJS.Signals) => {
    const ending = child
    child = undefined
    if (ending === undefined || ending.exitCode !== null) return
    const gone = new Promise((resolve) => ending.once('exit', resolve))
    ending.kill(signal)
    await gone
  }
  const start = async () => {
    const started = spawn(process.execPath, ['--conditions=source', MAIN], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        CHARTWAY_DATA: join(folder, 'data'),
        CHARTWAY_PORT: String(port),
        DATABASE_URL: server.url,
        CHARTWAY_TIME_SCALE: String(size.timeScale),
        CHARTWAY_EPOCH: String(MONDAY_TEN),
        CHARTWAY_WALL_EPOCH: String(wallEpochMs),
        CHARTWAY_SWEEP_MINUTES: String(size.sweepMinutes),
      },
    })
    child = started
    started.once('exit', () => {
      if (child === started) endedByItself++
    })
    await answers(`${url}/health`)
  }
  await start()
  key = JSON.parse(await readFile(join(folder, 'data', 'client.json'), 'utf8')).key
  registerApp(vendor.sandbox, `${url}/jwks/home.json`, [CODE])
  await createClient({ url, key }).call('practices.connect', {
    practice: PRACTICE,
    name: 'Riverside',
    timeZone: 'America/New_York',
    baseUrl: `${vendor.url}/fhir/r4/${CODE}`,
    clientId: 'chartway-backend',
    dialect: 'eclinicalworks',
    overrides: {},
  })
  return {
    clock,
    start,
    rig: (): Pick<Rig, 'sandbox' | 'clock' | 'get' | 'all'> => ({
      sandbox: vendor.sandbox,
      clock,
      get,
      all: (path) => allPages(get, path),
    }),
    sql: (text: string) => admin.query(text),
    async disturbUntil(instant: number) {
      const { disturb } = disturber(vendor.sandbox, CODE, options.seed)
      for (; clock.now() < instant; await clock.sleep(CHANGE_EVERY_MS)) disturb()
    },
    /** Kills at the wanted moment; says at which kind of moment it really was. */
    async kill(moment: Moment): Promise<Moment> {
      const reached =
        moment === 'call'
          ? await until(() => vendor.inFlight() > 0)
          : moment === 'transaction'
            ? await until(() => inTransaction(admin))
            : false
      await end('SIGKILL')
      return reached ? moment : 'any'
    },
    endedByItself: () => endedByItself,
    async [Symbol.asyncDispose]() {
      await end('SIGKILL')
      await admin.end()
      await vendor.close()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const MAIN = join(import.meta.dirname, '..', '..', 'platform', 'src', 'main.ts')

async function startVendor(options: ProofOptions, size: Size, clock: Clock) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const sandbox = createSandbox({
    clock,
    seed: options.seed,
    startsAt: MONDAY_TEN,
    publicUrl: url,
    preset: 'tuesday',
    practices: [
      {
        kind: 'living',
        code: CODE,
        name: 'Riverside',
        timeZone: 'America/New_York',
        patients: size.patients,
        facilities: 2,
        providers: 4,
        lives: true,
      },
    ],
    fetchJwks: async (jwksUrl) => {
      try {
        const reply = await fetch(jwksUrl)
        return { status: reply.status, body: await reply.text() }
      } catch {
        return { status: 0, body: '' } // The platform was just killed: not reachable, as for the vendor.
      }
    },
  })
  // The listener sleeps on its clock between a request's arrival and its answer: calls in flight.
  let inFlight = 0
  const counting: Clock = {
    ...clock,
    sleep: async (ms, sleepOptions) => {
      inFlight++
      try {
        await clock.sleep(ms, sleepOptions)
      } finally {
        inFlight--
      }
    },
  }
  const listeners = await startListeners({
    sandbox,
    clock: counting,
    host: '127.0.0.1',
    port,
    operatorPort: 0,
    operatorSecret: systemRandom().uuid(),
  })
  return { sandbox, url, inFlight: () => inFlight, close: () => listeners.close() }
}

async function inTransaction(admin: pg.Client): Promise<boolean> {
  const { rows } = await admin.query(
    `SELECT 1 FROM pg_stat_activity
     WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
  )
  return rows.length > 0
}

async function until(reached: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + MOMENT_MS_MAX; Date.now() < end; await wallSleep(1))
    if (await reached()) return true
  return false
}

async function answers(url: string): Promise<void> {
  for (const end = Date.now() + READY_MS_MAX; Date.now() < end; await wallSleep(50))
    try {
      if ((await fetch(url)).ok) return
    } catch {
      // Not listening yet.
    }
  throw new Error(`Nothing answers at ${url}`)
}
