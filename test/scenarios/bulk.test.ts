// A first sync by group export over real sockets, and what happens where there is none to be had.

import type { Resource } from '@chartway/codecs/fhir'
import { organizationId, practiceId } from '@chartway/platform'
import { expect, test } from 'vitest'
import { testDatabase } from '../database.ts'
import { verifies } from '../requirements.ts'
import { type Rig, type RigOptions, socketRig } from '../rig.ts'

const CODE = 'JAFJCD'
const GROUP = { id: 'g-1', name: 'Everybody', patients: 'all' } as const
const TYPES = ['Patient', 'Observation', 'Encounter', 'Condition', 'DocumentReference']

function options(groups: readonly (typeof GROUP)[]): RigOptions {
  return {
    seed: 5,
    preset: 'calm',
    switches: { 'bulk-file-size': '20', 'bulk-range': 'honoured', 'bulk-file-framing': 'chunked' },
    practices: [
      {
        code: CODE,
        practice: 'elm',
        sandbox: { kind: 'living', patients: 8, facilities: 1, providers: 2, lives: false },
        overrides: { bulk: { types: TYPES } },
        groups,
      },
    ],
    // Charts are not asked again while a test looks at what the export brought.
    sweep: { chartIntervalMs: 1000 * 3_600_000 },
  }
}

const idsOf = (resources: Iterable<Resource>) => [...resources].map(({ id }) => id ?? '')

/** The parts of a mirrored resource's answer that are looked at. */
function partsOf(item: unknown): { id: string; pathway: string; asOf: string } {
  const { resource, provenance, freshness } = item as Record<string, Record<string, unknown>>
  return {
    id: String(resource?.id),
    pathway: String(provenance?.pathway),
    asOf: String(freshness?.asOf),
  }
}

async function viewOf({ platform }: Rig) {
  const organization = organizationId('home')
  const practice = practiceId('elm')
  if (organization === undefined || practice === undefined) throw new Error('no ids')
  return platform.sync.bulk({ organization, practice })
}

test('a practice is mirrored by export, cut files and all, and its charts need no asking', async () => {
  verifies('R105', 'R130', 'R131', 'R132', 'R158')
  const held = await testDatabase()
  try {
    await using rig = await socketRig({
      ...options([GROUP]),
      timeScale: 600,
      databaseUrl: held.url,
    })
    rig.sandbox.operator.bulk.script([
      { fault: 'file-cut', rate: 1, times: 2 },
      { fault: 'file-cut-unmarked', rate: 1, times: 1 },
    ])
    await rig.firstSync('elm', 25_000)
    expect(await viewOf(rig)).toMatchObject({ phase: 'ended', group: 'g-1', outcome: 'complete' })
    const { operator } = rig.sandbox
    const practice = operator.world.practice(CODE)
    const [job] = operator.bulk.jobs()
    if (practice === undefined || job === undefined) throw new Error('nothing was exported')
    expect(operator.faultsFired()).toMatchObject({
      'bulk-file-cut': 2,
      'bulk-file-cut-unmarked': 1,
    })
    const waits = job.polls.slice(1).map(({ at }, index) => {
      const { at: before, retryAfterS = 0 } = job.polls[index] ?? { at: 0 }
      return at - before - retryAfterS * 1000
    })
    expect(waits.length).toBeGreaterThan(0)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0)
    const asked = Object.keys(operator.calls()).filter((call) => call.startsWith('GET Condition?'))
    expect(asked).toEqual([])
    const conditions = await rig.all('/v1/resources/conditions?practice=elm')
    const truth = idsOf(practice.list('Condition', job.snapshotAt))
    expect(truth.length).toBeGreaterThan(5)
    const shown = conditions.map((item) => partsOf(item))
    expect(shown.map(({ id }) => id).sort()).toEqual([...truth].sort())
    for (const { pathway, asOf } of shown) {
      expect(pathway).toBe('fhir-bulk')
      expect(Date.parse(asOf)).toBeLessThanOrEqual(job.snapshotAt)
    }
  } finally {
    await held.close()
  }
}, 60_000)

test('where there is no group the charts are asked for one by one, and the reason is said', async () => {
  const held = await testDatabase()
  try {
    await using rig = await socketRig({ ...options([]), timeScale: 600, databaseUrl: held.url })
    await rig.firstSync('elm', 40_000)
    expect(await viewOf(rig)).toMatchObject({
      outcome: 'given-up',
      code: 'PATHWAY_BULK_NO_GROUP',
    })
    const { items } = await rig.get('/v1/sync/problems?practice=elm&limit=100')
    expect(items).toContainEqual(expect.objectContaining({ code: 'PATHWAY_BULK_NO_GROUP' }))
    const asked = Object.keys(rig.sandbox.operator.calls())
    expect(asked.some((call) => call.startsWith('GET Condition?'))).toBe(true)
  } finally {
    await held.close()
  }
}, 90_000)
