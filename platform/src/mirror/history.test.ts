// Random histories of a practice, its answers applied in batches with repeats, gaps and late arrivals:
// the mirror must end at the truth and its feed must tell how it got there. And what must hold when
// callers run into each other or are killed.

import type { Json } from '@chartway/codecs/fhir'
import { apply, canonicalContent, canonicalize } from '@chartway/codecs/fhir'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  answer,
  type MirrorBench,
  mirrorBench,
  reader,
  seen,
} from '../../../test/mirror-samples.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import type { Change, SeenListing, SeenResource } from './index.ts'

let bench: MirrorBench
beforeAll(async () => {
  bench = await mirrorBench()
})
afterAll(() => bench.close())

async function feed(ref: PracticeRef): Promise<readonly Change[]> {
  const changes: Change[] = []
  for (;;) {
    const after = changes.at(-1)?.sequence ?? 0
    const page = await bench.mirror.changes(ref, { after, limit: 7 }, reader)
    if (page.length === 0) return changes
    changes.push(...page)
  }
}

/** What somebody knows who has read nothing but the feed. */
function replay(changes: readonly Change[]): Map<string, { content: Json; deleted: boolean }> {
  const states = new Map<string, { content: Json; deleted: boolean }>()
  for (const { type, id, kind, differences } of changes) {
    const key = `${type}/${id}`
    const content = apply(states.get(key)?.content, differences)
    if (content === undefined) throw new Error(`Change of ${key} leads nowhere`)
    states.set(key, { content, deleted: kind === 'deleted' })
  }
  return states
}

const IDS = ['a', 'b', 'c', 'd']
const SEARCHES = ['Observation.laboratory', 'Observation.vital-signs']

/** What happens at the practice between two askings, and how it is asked. */
interface Step {
  readonly writes: readonly (readonly [id: string, value: number])[]
  readonly search: number
  readonly fault: 'none' | 'incomplete' | 'twice'
  readonly reversed: boolean
}

const step: fc.Arbitrary<Step> = fc.record({
  // 0 deletes; the value decides which of the two searches shows the resource.
  writes: fc.array(fc.tuple(fc.constantFrom(...IDS), fc.nat(4)), { maxLength: 3 }),
  search: fc.nat(SEARCHES.length - 1),
  fault: fc.constantFrom('none', 'none', 'incomplete', 'twice'),
  reversed: fc.boolean(),
})

function shown(id: string, value: number, at: number, reversed: boolean): SeenResource {
  const meta = { lastUpdated: new Date(at).toISOString() }
  const members = { valueInteger: value, note: [{ text: `n${value}` }, { text: 'same' }] }
  return seen('Observation', id, reversed ? { ...members, meta } : { meta, ...members })
}

function listingOf(
  truth: ReadonlyMap<string, number>,
  { search, fault, reversed }: Step,
  askedAt: number,
): SeenListing {
  const all = [...truth]
    .filter(([, value]) => value % SEARCHES.length === search)
    .map(([id, value]) => shown(id, value, askedAt, reversed))
  const sightings =
    fault === 'incomplete' ? all.slice(1) : fault === 'twice' ? [...all, ...all] : all
  const name = SEARCHES[search] ?? ''
  return answer(askedAt, sightings, { search: name, complete: fault !== 'incomplete' })
}

/** As sync does: what is missing is read by id. */
async function settle(
  ref: PracticeRef,
  missing: readonly { readonly id: string }[],
  truth: ReadonlyMap<string, number>,
  askedAt: number,
): Promise<void> {
  for (const { id } of missing) {
    const value = truth.get(id)
    const said =
      value === undefined
        ? ({ kind: 'absent', type: 'Observation', id, askedAt } as const)
        : ({ kind: 'found', seen: shown(id, value, askedAt, false), askedAt } as const)
    await bench.mirror.applyRead(ref, said, { pathway: 'fhir', search: 'Observation.id' })
  }
}

function asked(writes: Step['writes'], search: number, fault: Step['fault'] = 'none'): Step {
  return { writes, search, fault, reversed: false }
}

describe('any history', () => {
  it('ends at the truth, in a feed without gaps that leads there', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, together) => {
          const ref = await bench.practice()
          const truth = new Map<string, number>()
          const whole: Step[] = SEARCHES.map((_, search) => ({
            writes: [],
            search,
            fault: 'none',
            reversed: false,
          }))
          let batch: SeenListing[] = []
          let at = 1000
          for (const [index, now] of [...steps, ...whole].entries()) {
            at += 1_000_000
            for (const [id, value] of now.writes)
              value === 0 ? truth.delete(id) : truth.set(id, value)
            batch.push(listingOf(truth, now, at))
            // Late arrivals: a batch comes in the reverse of the order of asking.
            if (batch.length < together && index < steps.length) continue
            const { missing } = await bench.mirror.apply(ref, batch.reverse())
            batch = []
            await settle(ref, missing, truth, at + 1)
          }
          await expectTruth(ref, truth)
        },
      ),
      {
        numRuns: 150,
        // What failed once: a part of a listing and the whole of it, asked later, in one batch.
        examples: [
          [
            [
              asked([['a', 1]], 0),
              asked([], 0),
              asked([], 0),
              asked([['b', 2]], 1),
              asked([['a', 2]], 0, 'incomplete'),
              asked([['b', 0]], 0),
              asked([], 0),
            ],
            4,
          ],
        ],
      },
    )
  })
})

async function expectTruth(ref: PracticeRef, truth: ReadonlyMap<string, number>): Promise<void> {
  const changes = await feed(ref)
  expect(changes.map(({ sequence }) => sequence)).toEqual(changes.map((_, index) => index + 1))
  const { items } = await bench.mirror.list(ref, { type: 'Observation', limit: 50 }, reader)
  const wanted = [...truth].sort(([one], [other]) => (one < other ? -1 : 1))
  expect(items.map(({ content }) => content)).toEqual(
    wanted.map(([id, value]) => canonicalContent(shown(id, value, 0, false).resource)),
  )
  const replayed = replay(changes)
  for (const { id, content } of items)
    expect(canonicalize(replayed.get(`Observation/${id}`)?.content ?? null)).toBe(content)
  for (const [key, { deleted }] of replayed)
    expect(deleted).toBe(!truth.has(key.slice('Observation/'.length)))
  for (const change of changes)
    if (change.kind === 'updated') expect(change.differences.length).toBeGreaterThan(0)
  const versions = new Map<string, number>()
  for (const { type, id, version } of changes) {
    expect(version).toBe((versions.get(`${type}/${id}`) ?? 0) + 1)
    versions.set(`${type}/${id}`, version)
  }
  expect((await bench.mirror.freshness(ref, { limit: 9 })).every(({ asOf }) => asOf)).toBe(true)
}

describe('sequences', () => {
  it('have no gap when callers run into each other and some of them fail', async () => {
    const ref = await bench.practice()
    const work = Array.from({ length: 30 }, (_, index) => {
      const id = `r${index}`
      const broken =
        index % 5 === 0 ? [{ ...seen('Observation', `${id}x`), patientId: 'nul\0' }] : []
      return bench.mirror.apply(ref, [
        answer(100, [seen('Observation', id), seen('Observation', `${id}y`), ...broken], {
          search: `q${index}`,
        }),
      ])
    })
    const settled = await Promise.allSettled(work)
    expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(6)
    const changes = await feed(ref)
    expect(changes).toHaveLength(48)
    expect(changes.map(({ sequence }) => sequence)).toEqual(changes.map((_, index) => index + 1))
    expect(await bench.mirror.lastSequence(ref)).toBe(48)
  })

  it('make one change of what two callers saw at once', async () => {
    const ref = await bench.practice()
    const one = (search: string) =>
      bench.mirror.apply(ref, [answer(100, [seen('Observation', 'a')], { search })])
    const results = await Promise.all([one('q1'), one('q2'), one('q3')])
    expect(results.reduce((sum, { created }) => sum + created, 0)).toBe(1)
    expect(await feed(ref)).toHaveLength(1)
  })

  it('belong to one practice each', async () => {
    const [one, other] = [await bench.practice(), await bench.practice()]
    await bench.mirror.apply(one, [answer(100, [seen('Observation', 'a')])])
    await bench.mirror.apply(other, [answer(100, [seen('Observation', 'a', { status: 'x' })])])
    expect(await bench.mirror.lastSequence(one)).toBe(1)
    expect(await bench.mirror.lastSequence(other)).toBe(1)
    const found = await bench.mirror.read(one, 'Observation', 'a', reader)
    expect(found?.content).not.toContain('status')
  })
})

describe('a connection that is cut in the middle', () => {
  it('leaves nothing of its transaction, and the next caller starts where it was', async () => {
    const ref = await bench.practice()
    await bench.mirror.apply(ref, [answer(100, [seen('Observation', 'before')])])
    const many = Array.from({ length: 4000 }, (_, index) =>
      seen('Observation', `many${index}`, { note: [{ text: 'x'.repeat(200) }] }),
    )
    const outcome = bench.mirror.apply(ref, [answer(200, many)]).then(
      () => 'applied',
      () => 'cut',
    )
    const cuts = await cutWriters()
    expect(cuts).toBeGreaterThan(0)
    expect(await outcome).toBe('cut')
    expect(await feed(ref)).toHaveLength(1)
    expect(await bench.mirror.counts(ref)).toEqual({ Observation: 1 })
    expect(await bench.mirror.freshness(ref, { limit: 1 })).toMatchObject([{ asOf: 100 }])
    const again = await bench.mirror.apply(ref, [answer(300, many)])
    expect(again).toMatchObject({ created: 4000, sequence: 4001 })
  })
})

/** Ends the server's side of every connection that is writing to the mirror, as a crash would. */
async function cutWriters(): Promise<number> {
  const client = new pg.Client({ connectionString: bench.held.url })
  await client.connect()
  try {
    for (let tries = 0; tries < 2000; tries++) {
      const { rows } = await client.query<{ cut: number }>(
        `SELECT count(pg_terminate_backend(pid))::int AS cut FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND query LIKE '%INSERT INTO mirror_resources%' AND state <> 'idle'`,
      )
      const cut = rows[0]?.cut ?? 0
      if (cut > 0) return cut
    }
    return 0
  } finally {
    await client.end()
  }
}
