// What of a chart is read, and from which build of the practice on: two practices side by side, one on a
// current build and one on an old one, through one platform on virtual time.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../database.ts'
import { verifies } from '../requirements.ts'
import { collectionsOf, type Rig, virtualRig } from '../rig.ts'

const MINUTE_MS = 60_000
const PATIENTS = 6
const CODES = { current: 'JAFJCD', old: 'EFDCBA' } as const
type Build = keyof typeof CODES

let held: TestDatabase
let rig: Awaited<ReturnType<typeof virtualRig>>

beforeAll(async () => {
  held = await testDatabase()
  const living = { kind: 'living', patients: PATIENTS, facilities: 1, providers: 2, lives: false }
  const world = { ...living, kind: 'living' } as const
  rig = await virtualRig({
    seed: 4,
    preset: 'calm',
    databaseUrl: held.url,
    practices: [
      { code: CODES.current, practice: 'current', sandbox: world },
      { code: CODES.old, practice: 'old', sandbox: Object.assign({ build: '11.52.305C' }, world) },
    ],
  })
  for (let minutes = 0; minutes < 30; minutes++) {
    await rig.clock.advance(MINUTE_MS)
    const phases = await Promise.all(
      Object.keys(CODES).map(async (name) => (await rig.get(`/v1/sync?practice=${name}`)).phase),
    )
    if (phases.every((phase) => phase === 'continuing')) return
  }
  throw new Error('The first syncs are not complete after 30 minutes')
})
afterAll(async () => {
  await rig[Symbol.asyncDispose]()
  await held.close()
})

interface Content {
  readonly resourceType: string
  readonly id: string
  readonly category?: unknown
}

async function mirrored(build: Build, collection: string): Promise<Content[]> {
  const items = await rig.all(`/v1/resources/${collection}?practice=${build}`)
  return items.map((item) => (item as { resource: Content }).resource)
}

function there(build: Build, type: string): Content[] {
  const practice = rig.sandbox.operator.world.practice(CODES[build])
  return [...(practice?.list(type, rig.sandbox.now()) ?? [])] as Content[]
}

const ids = (all: readonly Content[]) => all.map(({ id }) => id).toSorted()
const ofCategory = (all: readonly Content[], code: string) =>
  all.filter(({ category }) => JSON.stringify(category ?? []).includes(`"${code}"`))

async function expectWhole(build: Build, collection: string, type: string, category?: string) {
  const [shown, wanted] = [await mirrored(build, collection), there(build, type)]
  const pick = (all: Content[]) => (category === undefined ? all : ofCategory(all, category))
  expect(ids(pick(wanted)).length).toBeGreaterThan(0)
  expect(ids(pick(shown))).toEqual(ids(pick(wanted)))
}

describe('of a chart', () => {
  test('laboratory results are read as observations and as reports', async () => {
    verifies('R149')
    await expectWhole('current', 'observations', 'Observation', 'laboratory')
    await expectWhole('current', 'diagnostic-reports', 'DiagnosticReport', 'LAB')
  })

  test('vital signs are read, with no other key than the published scopes', async () => {
    verifies('R154')
    await expectWhole('current', 'observations', 'Observation', 'vital-signs')
  })

  test('notes are read as documents and reports, and nothing takes one back', async () => {
    verifies('R147')
    await expectWhole('current', 'document-references', 'DocumentReference')
    await expectWhole('current', 'diagnostic-reports', 'DiagnosticReport')
    expect(await writingPaths(rig)).toEqual([])
    const declared = (await metadata('current')).filter(({ type }) => NOTES.includes(type))
    expect(declared.map(({ type }) => type).toSorted()).toEqual(NOTES.toSorted())
    for (const { type, interaction } of declared)
      expect([type, interaction.filter(({ code }) => !READING.includes(code))]).toEqual([type, []])
  })
})

describe('a practice on an old build', () => {
  test('has everything but what its build lacks, and says so', async () => {
    verifies('R156', 'R157', 'R166')
    for (const [collection, type] of [
      ['coverages', 'Coverage'],
      ['service-requests', 'ServiceRequest'],
    ] as const) {
      await expectWhole('current', collection, type)
      expect(there('old', type).length).toBeGreaterThan(0)
      expect(await mirrored('old', collection)).toEqual([])
    }
    for (const [collection, type] of [
      ['patients', 'Patient'],
      ['conditions', 'Condition'],
      ['observations', 'Observation'],
      ['encounters', 'Encounter'],
    ] as const)
      await expectWhole('old', collection, type)
    const [one] = await mirrored('old', 'patients')
    const { items } = await rig.get(`/v1/freshness?practice=old&patient=${one?.id}&limit=200`)
    expect(items).toContainEqual(expect.objectContaining({ type: 'Coverage', asOf: null }))
    const reply = await rig.platform.face.inject('/errors/PATHWAY_BUILD_LACKS_TYPE')
    expect(reply.body).toContain('older build')
  })

  test('what it lacks is not called fresh, and what it has is', async () => {
    const [patient] = await mirrored('old', 'patients')
    const { items } = await rig.get(`/v1/freshness?practice=old&patient=${patient?.id}&limit=200`)
    const rows = items as { type: string; asOf: string | null }[]
    const dated = (type: string) => rows.filter((row) => row.type === type).map(({ asOf }) => asOf)
    expect(new Set(dated('Coverage'))).toEqual(new Set([null]))
    expect(dated('Condition').every((asOf) => asOf !== null)).toBe(true)
  })
})

const NOTES = ['DocumentReference', 'DiagnosticReport']
const READING = ['read', 'search-type', 'vread', 'history-instance']

/** Operations of our API that would put content into a collection. */
async function writingPaths({ get }: Rig): Promise<string[]> {
  const collections = await collectionsOf(rig)
  const { paths } = (await get('/openapi.json')) as { paths: Record<string, object> }
  return Object.entries(paths).flatMap(([path, methods]) => {
    const [, , name = '', last = ''] = path.split('/')
    const isCollection = name === 'resources' || collections.includes(name) || name === 'documents'
    // A search whose terms are in the body puts nothing anywhere.
    const searches = last === 'search'
    const writing = Object.keys(methods).filter((method) => method !== 'get' && !searches)
    return isCollection ? writing.map((method) => `${method} ${path}`) : []
  })
}

interface Declared {
  readonly type: string
  readonly interaction: readonly { readonly code: string }[]
}

async function metadata(build: Build): Promise<readonly Declared[]> {
  const path = `/fhir/r4/${CODES[build]}/metadata`
  const reply = await rig.sandbox.handle({
    ...{ method: 'GET', path, headers: {}, body: new Uint8Array() },
  })
  const text = new TextDecoder().decode(reply.body)
  const statement: { rest: { resource: Declared[] }[] } = JSON.parse(text)
  return statement.rest[0]?.resource ?? []
}
