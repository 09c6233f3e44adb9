// Reading the mirror against a real database: pages, cursors, freshness, tenants, and the access that
// every look at a chart leaves in the ledger.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  answer,
  type MirrorBench,
  mirrorBench,
  practiceIn,
  reader,
  seen,
} from '../../../../test/mirror-samples.ts'
import type { PracticeRef } from '../../kernel/ids.ts'
import { createLedger } from '../../ledger/index.ts'
import { pointReads } from './point-reads.ts'
import { PAGE_BYTES_MAX, type Wanted } from './store.ts'

let bench: MirrorBench
beforeAll(async () => {
  bench = await mirrorBench()
})
afterAll(() => bench.close())

const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id)
const accesses = (ref: PracticeRef) =>
  createLedger(bench.held.database).list(ref.organization, { practice: ref.practice, limit: 100 })

/** Five observations of two patients; `o3` is deleted. */
async function charts(): Promise<PracticeRef> {
  const ref = await bench.practice()
  const of = (patient: string, names: readonly string[], askedAt: number) =>
    answer(
      askedAt,
      names.map((id) => seen('Observation', id, {}, patient)),
      { subject: patient },
    )
  await bench.mirror.apply(ref, [of('p1', ['o1', 'o3', 'o5'], 100), of('p2', ['o2', 'o4'], 200)])
  await bench.mirror.applyRead(
    ref,
    { kind: 'absent', type: 'Observation', id: 'o3', askedAt: 300 },
    { pathway: 'fhir', search: 'Observation.id' },
  )
  return ref
}

describe('lists', () => {
  it('come page by page in the order of ids, deleted ones left out', async () => {
    const ref = await charts()
    const list = { type: 'Observation', limit: 3 }
    const first = await bench.mirror.list(ref, list, reader)
    expect(ids(first.items)).toEqual(['o1', 'o2', 'o4'])
    const rest = await bench.mirror.list(ref, { ...list, after: first.next }, reader)
    expect(ids(rest.items)).toEqual(['o5'])
    expect(rest.next).toBeUndefined()
    const exact = await bench.mirror.list(ref, { type: 'Observation', limit: 4 }, reader)
    expect(exact.next).toBeUndefined()
  })

  it('of a patient hold theirs alone and are as fresh as the least of their questions', async () => {
    const ref = await charts()
    const list = { type: 'Observation', patientId: 'p1', limit: 1 }
    const first = await bench.mirror.list(ref, list, reader)
    expect(first.items).toMatchObject([{ id: 'o1', asOf: 100 }])
    const rest = await bench.mirror.list(ref, { ...list, after: first.next }, reader)
    expect(ids(rest.items)).toEqual(['o5'])
  })

  it.each(['', 'x', 'W10', `${'A'.repeat(600)}`])(
    'refuse the cursor %j, which is none',
    async (after) => {
      const ref = await charts()
      await expect(
        bench.mirror.list(ref, { type: 'Observation', limit: 1, after }, reader),
      ).rejects.toMatchObject({ code: 'CURSOR_INVALID' })
    },
  )

  it('end before they have too many bytes, but show what has more by itself', async () => {
    const ref = await bench.practice()
    const third = { text: 'x'.repeat(PAGE_BYTES_MAX / 3) }
    const whole = { text: 'x'.repeat(PAGE_BYTES_MAX) }
    const letters = [
      ...['a', 'b', 'c'].map((id) => seen('Binary', id, third, 'p1')),
      seen('Binary', 'd', whole, 'p1'),
      seen('Binary', 'e', {}, 'p1'),
    ]
    await bench.mirror.apply(ref, [answer(100, letters, { subject: 'p1' })])
    for (const patientId of [undefined, 'p1']) {
      const pages: string[][] = []
      let after: string | undefined
      do {
        const query = { type: 'Binary', patientId, after, limit: 5 }
        const page = await bench.mirror.list(ref, query, reader)
        pages.push(ids(page.items))
        after = page.next
      } while (after !== undefined)
      expect(pages).toEqual([['a', 'b'], ['c'], ['d'], ['e']])
    }
    const sequences: number[][] = []
    for (let after = 0; after < 5; after = sequences.at(-1)?.at(-1) ?? 5) {
      const changes = await bench.mirror.changes(ref, { after, limit: 5 }, reader)
      sequences.push(changes.map(({ sequence }) => sequence))
    }
    expect(sequences).toEqual([[1, 2], [3], [4], [5]])
  })

  it('refuse the cursor of another list', async () => {
    const [ref, other] = [await charts(), await charts()]
    const { next } = await bench.mirror.list(ref, { type: 'Observation', limit: 1 }, reader)
    for (const [practice, query] of [
      [other, { type: 'Observation', limit: 1 }],
      [ref, { type: 'Condition', limit: 1 }],
      [ref, { type: 'Observation', patientId: 'p1', limit: 1 }],
    ] as const)
      await expect(
        bench.mirror.list(practice, { ...query, after: next }, reader),
      ).rejects.toMatchObject({ code: 'CURSOR_INVALID' })
  })
})

describe('freshness', () => {
  it('of a patient and type is unknown until every question was answered completely', async () => {
    const ref = await bench.practice()
    const lab = { search: 'Observation.laboratory', subject: 'p1', covers: ['Observation'] }
    const vital = { ...lab, search: 'Observation.vital-signs' }
    await bench.mirror.expect(ref, [lab, vital])
    await bench.mirror.expect(ref, [lab])
    const o1 = seen('Observation', 'o1', {}, 'p1')
    await bench.mirror.apply(ref, [answer(100, [o1], lab)])
    const asOf = async () => (await bench.mirror.read(ref, 'Observation', 'o1', reader))?.asOf
    expect(await asOf()).toBeUndefined()
    expect(await bench.mirror.freshness(ref, { subject: 'p1', limit: 9 })).toEqual([
      { type: 'Observation', ...rowOf(vital), asOf: undefined, askedAt: undefined },
      { type: 'Observation', ...rowOf(lab), asOf: 100, askedAt: 100 },
    ])
    await bench.mirror.apply(ref, [answer(150, [], { ...vital, complete: false })])
    expect(await asOf()).toBeUndefined()
    await bench.mirror.apply(ref, [answer(200, [], vital)])
    expect(await asOf()).toBe(100)
    await bench.mirror.apply(ref, [answer(300, [o1], lab)])
    expect(await asOf()).toBe(200)
  })

  it('of a type that questions about patients leave out in part waits for what shows the rest', async () => {
    const ref = await bench.practice()
    const chart = { search: 'Encounter', subject: 'p1', covers: ['Encounter'] }
    const schedule = { search: 'Encounter.schedule', subject: 'dr1', covers: [] }
    await bench.mirror.expect(ref, [chart, { ...schedule, completes: ['Encounter'] }])
    const visit = seen('Encounter', 'e1', {}, 'p1')
    const call = seen('Encounter', 'e2', {}, 'p1')
    await bench.mirror.apply(ref, [answer(200, [visit], chart)])
    const asOf = async (id: string) => (await bench.mirror.read(ref, 'Encounter', id, reader))?.asOf
    expect(await asOf('e1')).toBeUndefined()
    await bench.mirror.apply(ref, [answer(100, [visit, call], schedule)])
    expect([await asOf('e1'), await asOf('e2')]).toEqual([100, 100])
    const rows = await bench.mirror.freshness(ref, { subject: 'p1', limit: 9 })
    expect(rows.map(({ search, subject, asOf }) => ({ search, subject, asOf }))).toEqual([
      { search: 'Encounter.schedule', subject: '*', asOf: 100 },
      { search: 'Encounter', subject: 'p1', asOf: 200 },
    ])
    await bench.mirror.apply(ref, [answer(300, [visit, call], schedule)])
    expect(await asOf('e1')).toBe(200)
  })

  it('of what came along with others is the last reading by id when that is later', async () => {
    const ref = await bench.practice()
    const chart = { search: 'Condition', subject: 'p1', covers: ['Condition'] }
    const signed = seen('Provenance', 'v1', {})
    await bench.mirror.apply(ref, [answer(100, [signed], chart)])
    const byId = { search: 'Provenance.byId', subject: 'v1', covers: [] }
    await bench.mirror.apply(ref, [answer(300, [signed], byId)])
    await bench.mirror.apply(ref, [answer(400, [], chart)])
    expect(await bench.mirror.read(ref, 'Provenance', 'v1', reader)).toMatchObject({ asOf: 300 })
  })

  it('of what no question about a patient covers is the last time that it was seen', async () => {
    const ref = await bench.practice()
    const organization = seen('Organization', 'o', {}, undefined)
    const letter = { search: 'Organization', subject: 'a', covers: ['Organization'] }
    await bench.mirror.apply(ref, [answer(100, [organization], letter)])
    await bench.mirror.apply(ref, [answer(200, [organization], letter)])
    expect(await bench.mirror.read(ref, 'Organization', 'o', reader)).toMatchObject({ asOf: 200 })
    await bench.mirror.applyRead(
      ref,
      { kind: 'found', seen: organization, askedAt: 250 },
      { pathway: 'fhir', search: 'Organization.id' },
    )
    expect(await bench.mirror.read(ref, 'Organization', 'o', reader)).toMatchObject({ asOf: 250 })
  })

  it('of a practice begins with what was asked longest ago', async () => {
    const ref = await charts()
    expect(await bench.mirror.freshness(ref, { limit: 1 })).toMatchObject([
      { subject: 'p1', asOf: 100 },
    ])
  })
})

function rowOf({ search, subject }: { search: string; subject: string }) {
  return { search, subject }
}

describe('references', () => {
  it('are unknown unless mirrored or known to be deleted, and nonsense is not asked for', async () => {
    const ref = await charts()
    const asked = [
      'Observation/o1',
      'Observation/o3',
      'Device/d',
      'Device/d',
      '#contained',
      'a/b/c',
      'Device/',
    ]
    expect(await bench.mirror.unknownOf(ref, asked)).toEqual(['Device/d'])
  })
})

describe('every look', () => {
  it('is in the ledger with ids, names and places, never with content', async () => {
    const ref = await charts()
    await bench.mirror.read(ref, 'Observation', 'o1', reader)
    await bench.mirror.read(ref, 'Observation', 'nobody', reader)
    await bench.mirror.list(ref, { type: 'Observation', limit: 2 }, reader)
    await bench.mirror.list(ref, { type: 'Observation', patientId: 'p2', limit: 2 }, reader)
    await bench.mirror.changes(ref, { after: 4, limit: 10 }, reader)
    await bench.mirror.freshness(ref, { subject: 'p2', limit: 9 }, reader)
    await bench.mirror.freshness(ref, { limit: 9 }, reader)
    await bench.mirror.counts(ref, reader)
    await bench.mirror.freshness(ref, { limit: 9 })
    await bench.mirror.counts(ref)
    const events = (await accesses(ref)).toReversed()
    expect(events.map(({ subject, details }) => [subject, details])).toEqual([
      ['Observation/o1', { count: 1 }],
      ['Observation/nobody', { count: 0 }],
      ['Observation?after,limit', { count: 2 }],
      ['Observation?patient,after,limit', { patient: 'p2', count: 2 }],
      ['Change?after,limit', { after: 4, count: 2 }],
      ['Freshness?patient,limit', { patient: 'p2', count: 1 }],
      ['Freshness?limit', { count: 2 }],
      ['Count', { count: 1 }],
    ])
    for (const event of events)
      expect(event).toMatchObject({
        ...reader,
        practice: ref.practice,
        outcome: 'success',
        at: bench.clock.now(),
      })
  })

  it('is refused when it cannot be recorded', async () => {
    const ref = await charts()
    const broken = { actor: 'nul\0', action: 'tests.read' }
    await expect(bench.mirror.read(ref, 'Observation', 'o1', broken)).rejects.toThrow()
    await expect(
      bench.mirror.list(ref, { type: 'Observation', limit: 1 }, broken),
    ).rejects.toThrow()
  })

  it('sees one organization only', async () => {
    const ref = await charts()
    const stranger = await practiceIn(bench.held, 'south', ref.practice)
    expect(await bench.mirror.read(stranger, 'Observation', 'o1', reader)).toBeUndefined()
    expect(
      (await bench.mirror.list(stranger, { type: 'Observation', limit: 9 }, reader)).items,
    ).toEqual([])
    expect(await bench.mirror.changes(stranger, { after: 0, limit: 9 }, reader)).toEqual([])
    expect(await bench.mirror.counts(stranger)).toEqual({})
    expect(await bench.mirror.freshness(stranger, { limit: 9 })).toEqual([])
    await bench.mirror.apply(stranger, [
      answer(100, [seen('Observation', 'o1', { status: 'theirs' })]),
    ])
    const ours = await bench.mirror.read(ref, 'Observation', 'o1', reader)
    expect(ours?.content).not.toContain('theirs')
  })
})

describe('point reads', () => {
  it('that wait together each get their own answer and their own entry', async () => {
    const ref = await charts()
    const names = Array.from({ length: 200 }, (_, index) => `o${index % 7}`)
    const found = await Promise.all(
      names.map((id) => bench.mirror.read(ref, 'Observation', id, reader)),
    )
    expect(found.map((one) => one?.id)).toEqual(
      names.map((id) => (['o0', 'o6'].includes(id) ? undefined : id)),
    )
    const events = await createLedger(bench.held.database).list(ref.organization, {
      practice: ref.practice,
      limit: 1000,
    })
    expect(events).toHaveLength(200)
  })

  it('share a transaction while another is under way, and one failure is not the next one’s', async () => {
    const batches: number[] = []
    let failing = true
    const read = pointReads({
      read: async (_organization, wanted: readonly Wanted[]) => {
        batches.push(wanted.length)
        await Promise.resolve()
        if (failing) throw new Error('down')
        return wanted.map(() => undefined)
      },
    })
    const ref = await bench.practice()
    const one = () => read(ref, 'Observation', 'x', reader)
    const first = await Promise.allSettled(Array.from({ length: 100 }, one))
    expect(first.every(({ status }) => status === 'rejected')).toBe(true)
    expect(batches).toEqual([1, 1, 64, 34])
    failing = false
    expect(await one()).toBeUndefined()
  })
})
