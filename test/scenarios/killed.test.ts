// A platform process that is killed in the middle of its first sync, with its own database: the next
// start goes on where it was. The vendor, in this process, counts what it is asked.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemRandom, wallSleep, wantedScopes } from '@chartway/platform'
import { createSandbox, scaledClock, startListeners } from 'chartway-sandbox'
import { expect, test } from 'vitest'
import { freePort } from '../free-port.ts'
import { MONDAY_MORNING } from '../monday.ts'
import { dataFolder, type Program, program } from '../programs.ts'

const CODE = 'JAFJCD'
const PATIENTS = 25
const TIME_SCALE = 120
/** Askers at once, and answers on their way to the database. */
const IN_FLIGHT_MAX = 16 + 64
const LOOK_MS = 50
const LOOKS_MAX = 500

async function vendor(clock: ReturnType<typeof scaledClock>, jwksUrl: string) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const sandbox = createSandbox({
    clock,
    seed: 3,
    startsAt: MONDAY_MORNING,
    publicUrl: url,
    preset: 'calm',
    practices: [
      {
        ...{ kind: 'living', code: CODE, name: 'Elm', timeZone: 'America/New_York' },
        ...{ patients: PATIENTS, facilities: 1, providers: 2, lives: false },
      },
    ],
    fetchJwks: async (address) => {
      const reply = await fetch(address)
      return { status: reply.status, body: await reply.text() }
    },
  })
  sandbox.operator.registerApp({
    ...{ clientId: 'chartway', name: 'Chartway', jwksUrl, jwksAllowed: true },
    scopes: wantedScopes({ dialect: 'eclinicalworks', overrides: {} }),
    activatedFor: [CODE],
  })
  const listeners = await startListeners({
    ...{ sandbox, clock, host: '127.0.0.1', port, operatorPort: 0 },
    operatorSecret: systemRandom().uuid(),
  })
  const { operator } = sandbox
  return {
    url,
    operator,
    calls: () => operator.minutes().reduce((all, { arrived }) => all + arrived, 0),
    [Symbol.asyncDispose]: () => listeners.close(),
  }
}

interface Progress {
  readonly phase: string
  readonly asked: number
  readonly toAsk: number
  readonly completeAt: string | null
  readonly startedAt: string | null
}

test('killed in the first sync, a platform goes on where it was and ends complete', async () => {
  const wallEpochMs = Date.now()
  const clock = scaledClock({ epochMs: MONDAY_MORNING, wallEpochMs, factor: TIME_SCALE })
  const port = await freePort()
  const ours = `http://127.0.0.1:${port}`
  await using folder = await dataFolder()
  await using there = await vendor(clock, `${ours}/jwks/home.json`)
  const started: Program[] = []
  const start = async () => {
    const environment = {
      CHARTWAY_DATA: folder.path,
      CHARTWAY_PORT: String(port),
      CHARTWAY_TIME_SCALE: String(TIME_SCALE),
      CHARTWAY_EPOCH: String(MONDAY_MORNING),
      CHARTWAY_WALL_EPOCH: String(wallEpochMs),
    }
    const platform = program('platform', { environment })
    started.push(platform)
    await platform.printed(/Chartway answers at/)
    return platform
  }
  try {
    const first = await start()
    const { key } = JSON.parse(await readFile(join(folder.path, 'client.json'), 'utf8'))
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const get = async (path: string) =>
      JSON.parse(await (await fetch(`${ours}${path}`, { headers })).text())
    const until = async (reached: (progress: Progress) => boolean): Promise<Progress> => {
      for (let look = 0; look < LOOKS_MAX; look++) {
        const progress: Progress = await get('/v1/sync')
        if (reached(progress)) return progress
        await wallSleep(LOOK_MS)
      }
      throw new Error('It is not reached')
    }
    const connection = {
      ...{ practice: 'elm', name: 'Elm', timeZone: 'America/New_York', clientId: 'chartway' },
      baseUrl: `${there.url}/fhir/r4/${CODE}`,
    }
    const body = JSON.stringify(connection)
    const connected = await fetch(`${ours}/v1/practices`, { method: 'POST', headers, body })
    expect(connected.status).toBe(201)
    const before = await until(({ asked, toAsk }) => asked > 350 && asked < toAsk - 100)
    await first.kill()
    const callsBefore = there.calls()
    expect(before.phase).toBe('first-sync')

    await start()
    const after = await until(({ phase }) => phase === 'continuing')
    const calls = there.calls()
    const callsAfter = calls - callsBefore
    expect(after.startedAt).toBe(before.startedAt)
    // One call per question is the rule, and a chart with many pages an exception.
    expect(callsAfter).toBeLessThan(after.toAsk - before.asked + IN_FLIGHT_MAX)
    expect(calls).toBeLessThan(after.toAsk + 2 * IN_FLIGHT_MAX)
    const { items } = await get(`/v1/resources/patients?limit=${2 * PATIENTS}`)
    expect(items).toHaveLength(PATIENTS)
    const { last, items: changes } = await get('/v1/changes?limit=500')
    expect(last).toBeGreaterThan(PATIENTS)
    expect(changes.map(({ sequence }: { sequence: number }) => sequence)).toEqual(
      changes.map((_: unknown, i: number) => i + 1),
    )
    const fullest = Math.max(...there.operator.minutes().map(({ arrived }) => arrived))
    expect(fullest).toBeLessThanOrEqual(250)
  } finally {
    for (const one of started) await one.stop()
  }
}, 60_000)
