// From connecting a practice to following it, once in one process on virtual time and once over sockets
// on a clock that runs faster. One body: what it says is the same for both.

import type { Resource } from '@chartway/codecs/fhir'
import { wallSleep } from '@chartway/platform'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../database.ts'
import { verifies } from '../requirements.ts'
import {
  type ApiBody,
  collectionsOf,
  type Rig,
  type RigOptions,
  socketRig,
  virtualRig,
} from '../rig.ts'

const CODE = 'JAFJCD'
const PRACTICE = 'elm'
const PATIENTS = 14
const MINUTE_MS = 60_000
/** Vendor seconds per wall second over sockets. */
const TIME_SCALE = 300
const WALL_MS_MAX = 20_000
const LOOK_MS = 50
const OPTIONS: RigOptions = {
  seed: 11,
  preset: 'calm',
  practices: [
    {
      code: CODE,
      practice: PRACTICE,
      sandbox: { kind: 'living', patients: PATIENTS, facilities: 1, providers: 2, lives: false },
    },
  ],
  sweep: { chartIntervalMs: 3 * MINUTE_MS, rosterIntervalMs: 60 * MINUTE_MS },
}

/** What a chart is mostly made of; each must be there, and whole. */
const CLINICAL = [
  ['encounters', 'Encounter'],
  ['conditions', 'Condition'],
  ['medication-requests', 'MedicationRequest'],
  ['allergy-intolerances', 'AllergyIntolerance'],
  ['observations', 'Observation'],
  ['diagnostic-reports', 'DiagnosticReport'],
  ['document-references', 'DocumentReference'],
] as const

/** A rig, and how its time passes. */
interface House extends AsyncDisposable {
  readonly rig: Rig
  /** Lets time pass until something holds. */
  until(holds: () => Promise<boolean>): Promise<void>
}

async function inProcess(options: RigOptions): Promise<House> {
  const rig = await virtualRig(options)
  return {
    rig,
    until: async (holds) => {
      for (let minutes = 0; minutes < 120; minutes++) {
        if (await holds()) return
        await rig.clock.advance(MINUTE_MS)
      }
      throw new Error('It does not hold after two hours of virtual time')
    },
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  }
}

async function overSockets(options: RigOptions): Promise<House> {
  const rig = await socketRig({ ...options, timeScale: TIME_SCALE })
  return {
    rig,
    until: async (holds) => {
      for (let waited = 0; waited < WALL_MS_MAX; waited += LOOK_MS) {
        if (await holds()) return
        await wallSleep(LOOK_MS)
      }
      throw new Error(`It does not hold after ${WALL_MS_MAX} ms`)
    },
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  }
}

let held: TestDatabase
beforeEach(async () => {
  held = await testDatabase()
})
afterEach(() => held.close())

const at = (path: string) => `${path}${path.includes('?') ? '&' : '?'}practice=${PRACTICE}`

/** What is true at the vendor now, of one type. */
function truth({ sandbox }: Rig, type: string): Resource[] {
  const { world } = sandbox.operator
  world.advanceTo(sandbox.now())
  return [...(world.practice(CODE)?.list(type, sandbox.now()) ?? [])]
}

const idsOf = (items: readonly ApiBody[]) =>
  items.map((item) => (item as { resource: { id: string } }).resource.id).toSorted()

function idsOfTruth(rig: Rig, type: string): string[] {
  return truth(rig, type)
    .map(({ id }) => String(id))
    .toSorted()
}

type Change = { readonly differences: readonly { readonly path: string }[] } & ApiBody

/** Every change from `after` on, checked to be without a gap. */
async function changes({ get }: Rig, after: number) {
  const found: ApiBody[] = []
  for (let from = after; ; ) {
    const { items, next, last, freshness } = await get(at(`/v1/changes?after=${from}&limit=500`))
    expect(freshness).toMatchObject({ ageSeconds: expect.any(Number) })
    if (!Array.isArray(items) || items.length === 0) {
      expect(last).toBe(from)
      return found
    }
    expect(items.map(({ sequence }) => sequence)).toEqual(items.map((_, i) => from + 1 + i))
    found.push(...items)
    from = Number(next)
  }
}

async function firstSync({ rig, until }: House): Promise<void> {
  const { items } = await rig.get('/v1/practices')
  expect(items).toMatchObject([{ practice: PRACTICE, state: 'connected' }])
  const lefts: unknown[] = []
  await until(async () => {
    const { phase, secondsLeft, toAsk, asked } = await rig.get(at('/v1/sync'))
    if (phase === 'first-sync' && Number(asked) > 0 && asked !== toAsk) lefts.push(secondsLeft)
    return phase === 'continuing'
  })
  expect(lefts.length).toBeGreaterThan(0)
  expect(lefts.every((seconds) => typeof seconds === 'number' && seconds >= 0)).toBe(true)
  const minutes = rig.sandbox.operator.minutes()
  const fullest = Math.max(...minutes.map(({ arrived }) => arrived))
  const { startedAt, completeAt } = await rig.get(at('/v1/sync'))
  expect(Date.parse(String(completeAt))).toBeGreaterThan(Date.parse(String(startedAt)))
  // More than one minute allows, so that the limit was in the way.
  expect(minutes.reduce((sum, { arrived }) => sum + arrived, 0)).toBeGreaterThan(300)
  expect(fullest).toBeLessThanOrEqual(250)
  expect(minutes.every(({ refused }) => refused === 0)).toBe(true)
}

async function everyAnswerIsDated(rig: Rig): Promise<void> {
  let seen = 0
  for (const collection of await collectionsOf(rig)) {
    const { items } = await rig.get(at(`/v1/resources/${collection}?limit=3`))
    for (const item of items as { resource: { id: string }; freshness: unknown }[]) {
      const dated = { asOf: expect.stringMatching(/Z$/), ageSeconds: expect.any(Number) }
      expect(item.freshness).toMatchObject(dated)
      const one = await rig.get(at(`/v1/resources/${collection}/${item.resource.id}`))
      expect(one.freshness).toMatchObject(dated)
      seen++
    }
  }
  expect(seen).toBeGreaterThan(30)
}

/** What an encounter search by patient leaves out; only its practitioner's days show it. */
function telephoneCalls(rig: Rig): string[] {
  return truth(rig, 'Encounter')
    .filter((encounter) => JSON.stringify(encounter).includes('"VR"'))
    .map(({ id }) => String(id))
}

/** Answers the vendor gave that prove a condition absent: reads by its id. */
function proofs({ sandbox }: Rig): number {
  return Object.entries(sandbox.operator.calls())
    .filter(([kind]) => /^GET Condition\b.* 404$/.test(kind) && !kind.includes('?'))
    .reduce((sum, [, count]) => sum + count, 0)
}

async function whatHappensIsLearnt({ rig, until }: House, after: number): Promise<void> {
  const { world } = rig.sandbox.operator
  const [edited, removed] = truth(rig, 'Condition')
  if (edited === undefined || removed === undefined) throw new Error('too few conditions')
  expect(proofs(rig)).toBe(0)
  world.put(CODE, { ...edited, code: { text: 'Something else' } }, 'operator')
  world.remove(CODE, 'Condition', String(removed.id), 'operator')
  let found: ApiBody[] = []
  await until(async () => {
    found = await changes(rig, after)
    return found.length > 1
  })
  expect(proofs(rig)).toBe(1)
  const updated = { kind: 'updated', type: 'Condition', id: edited.id, version: 2 }
  const deleted = { kind: 'deleted', type: 'Condition', id: removed.id }
  expect(found).toHaveLength(2)
  expect(found).toEqual(
    expect.arrayContaining([expect.objectContaining(updated), expect.objectContaining(deleted)]),
  )
  const { differences } = found.find(({ kind }) => kind === 'updated') as Change
  expect(JSON.stringify(differences)).toContain('"after":"Something else"')
  expect(differences.filter(({ path }) => !/^\/(code|meta)\b/.test(path))).toEqual([])
  const shown = await rig.get(at(`/v1/resources/conditions/${edited.id}`))
  expect(shown).toMatchObject({ version: 2, resource: { code: { text: 'Something else' } } })
  await expect(rig.get(at(`/v1/resources/conditions/${removed.id}`))).rejects.toThrow(
    /410.*RESOURCE_DELETED/,
  )
}

/** The vendor has no events; all was learnt by reads, sign-in and the two descriptions. */
async function onlyAsked({ sandbox }: Rig): Promise<void> {
  const path = `/fhir/r4/${CODE}/metadata`
  const reply = await sandbox.handle({
    ...{ method: 'GET', path, headers: {}, body: new Uint8Array() },
  })
  const statement = new TextDecoder().decode(reply.body)
  expect(statement).toContain('"type":"Patient"')
  expect(statement).not.toMatch(/"Subscription|webhook|"messaging"/i)
  const kinds = Object.keys(sandbox.operator.calls())
  const asking =
    /^(GET ([A-Z][A-Za-z]+|metadata|smart-configuration|\.well-known.*)\b|POST .*token)/
  expect(kinds.filter((kind) => !asking.test(kind))).toEqual([])
  expect(kinds.filter((kind) => /Subscription|webhook|websocket/i.test(kind))).toEqual([])
}

describe.each([
  ['in one process on virtual time', inProcess],
  ['over sockets on a fast clock', overSockets],
])('%s', (_, build) => {
  test('a practice is connected, mirrored, and followed', async () => {
    verifies('R63', 'R141', 'R159', 'R163', 'R164')
    await using house = await build({ ...OPTIONS, databaseUrl: held.url })
    const { rig } = house
    await firstSync(house)
    const patients = await rig.all(at('/v1/resources/patients'))
    expect(idsOf(patients)).toEqual(
      truth(rig, 'Patient')
        .map(({ id }) => id)
        .toSorted(),
    )
    expect(patients).toHaveLength(PATIENTS)
    const feed = await changes(rig, 0)
    expect(feed.every(({ kind, version }) => kind === 'created' && version === 1)).toBe(true)
    await everyAnswerIsDated(rig)
    for (const [collection, type] of CLINICAL) {
      const there = idsOfTruth(rig, type)
      expect(there.length).toBeGreaterThan(0)
      expect([type, idsOf(await rig.all(at(`/v1/resources/${collection}`)))]).toEqual([type, there])
    }
    const encounters = idsOf(await rig.all(at('/v1/resources/encounters')))
    const calls = telephoneCalls(rig)
    expect(calls.length).toBeGreaterThan(0)
    expect(calls.filter((id) => !encounters.includes(id))).toEqual([])
    await whatHappensIsLearnt(house, feed.length)
    await onlyAsked(rig)
  })
})
