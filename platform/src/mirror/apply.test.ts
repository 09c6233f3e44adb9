// What the mirror makes of answers, against a real database: changes, deletions, freshness, and which
// of two answers has the say.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  answer,
  type MirrorBench,
  mirrorBench,
  reader,
  seen,
} from '../../../test/mirror-samples.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import { OVERLAP_MS_MAX } from './decide.ts'
import type { Change } from './index.ts'

let bench: MirrorBench
beforeAll(async () => {
  bench = await mirrorBench()
})
afterAll(() => bench.close())

async function feed(ref: PracticeRef): Promise<readonly Change[]> {
  return bench.mirror.changes(ref, { after: 0, limit: 1000 }, reader)
}

async function kinds(ref: PracticeRef): Promise<string[]> {
  return (await feed(ref)).map(({ kind, type, id }) => `${kind} ${type}/${id}`)
}

async function statusOf(ref: PracticeRef, id: string): Promise<unknown> {
  const found = await bench.mirror.read(ref, 'Observation', id, reader)
  if (found === undefined || found.deleted) return undefined
  const content: { status?: unknown } = JSON.parse(found.content)
  return content.status
}

/** The vendor's own time of change, as an instant. */
function updated(ms: number): { lastUpdated: string } {
  return { lastUpdated: new Date(ms).toISOString() }
}

const absent = (id: string, askedAt: number) =>
  ({ kind: 'absent', type: 'Observation', id, askedAt }) as const
const byId = { pathway: 'fhir', search: 'Observation.id' }

describe('a new answer', () => {
  it('creates what was not known, with one gap-free change each, in order', async () => {
    const ref = await bench.practice()
    const result = await bench.mirror.apply(ref, [
      answer(100, [seen('Observation', 'b', { status: 'final' }), seen('Observation', 'a')]),
    ])
    expect(result).toEqual({
      created: 2,
      updated: 0,
      restored: 0,
      unchanged: 0,
      missing: [],
      sequence: 2,
    })
    expect(await feed(ref)).toEqual([
      {
        sequence: 1,
        kind: 'created',
        type: 'Observation',
        id: 'b',
        version: 1,
        patientId: 'pat',
        differences: [
          {
            op: 'add',
            path: '',
            after: { resourceType: 'Observation', id: 'b', status: 'final' },
          },
        ],
        pathway: 'fhir',
        search: 'Observation',
        askedAt: 100,
        unchangedAt: undefined,
        learntAt: 1_000_000,
        vendorUpdatedAt: undefined,
        restricted: false,
      },
      expect.objectContaining({ sequence: 2, kind: 'created', id: 'a' }),
    ])
  })

  it('changes what is different, field by field, between the two askings', async () => {
    const ref = await bench.practice()
    await bench.mirror.apply(ref, [answer(100, [seen('Observation', 'a', { status: 'new' })])])
    await bench.mirror.apply(ref, [answer(200, [seen('Observation', 'a', { status: 'new' })])])
    const result = await bench.mirror.apply(ref, [
      answer(300, [seen('Observation', 'a', { status: 'final' })]),
    ])
    expect(result).toMatchObject({ created: 0, updated: 1, unchanged: 0, sequence: 2 })
    expect((await feed(ref))[1]).toMatchObject({
      kind: 'updated',
      version: 2,
      differences: [{ op: 'replace', path: '/status', before: 'new', after: 'final' }],
      unchangedAt: 200,
      askedAt: 300,
    })
    expect(await bench.mirror.read(ref, 'Observation', 'a', reader)).toMatchObject({
      version: 2,
      content: '{"id":"a","resourceType":"Observation","status":"final"}',
      asOf: 300,
      deleted: false,
    })
  })

  it('says of a creation in a known listing since when it can have happened', async () => {
    const ref = await bench.practice()
    await bench.mirror.apply(ref, [answer(100, [])])
    await bench.mirror.apply(ref, [answer(200, [seen('Observation', 'a')])])
    expect(await feed(ref)).toMatchObject([{ kind: 'created', unchangedAt: 100, askedAt: 200 }])
  })

  it('does not take other times, versions or orders of members for a change', async () => {
    const ref = await bench.practice()
    const first = { status: 'final', code: { text: 'x', id: '1' }, meta: updated(50) }
    const again = {
      meta: { versionId: '9', ...updated(60) },
      code: { id: '1', text: 'x' },
      status: 'final',
    }
    await bench.mirror.apply(ref, [answer(100, [seen('Observation', 'a', first)])])
    const result = await bench.mirror.apply(ref, [answer(200, [seen('Observation', 'a', again)])])
    expect(result).toMatchObject({ updated: 0, unchanged: 1, sequence: 1 })
    expect(await bench.mirror.read(ref, 'Observation', 'a', reader)).toMatchObject({
      version: 1,
      vendorUpdatedAt: 60,
      asOf: 200,
    })
  })

  it('keeps repairs with the resource and does not take a new note of one for a change', async () => {
    const ref = await bench.practice()
    const note = { path: '/status', rule: 'sentinel', original: '-' }
    await bench.mirror.apply(ref, [answer(100, [seen('Observation', 'a')])])
    const result = await bench.mirror.apply(ref, [
      answer(200, [{ ...seen('Observation', 'a'), repairs: [note] }]),
    ])
    expect(result).toMatchObject({ updated: 0, unchanged: 1 })
    const found = await bench.mirror.read(ref, 'Observation', 'a', reader)
    expect(JSON.parse(found?.repairs ?? '')).toEqual([note])
  })

  it('makes one change of a resource that several answers of a batch show', async () => {
    const ref = await bench.practice()
    const old = seen('Encounter', 'e', { status: 'arrived' })
    const fresh = seen('Encounter', 'e', { status: 'finished' })
    const patient = { search: 'Encounter', covers: ['Encounter'] }
    const pulse = { search: 'Encounter.schedule', subject: 'doc', covers: [] }
    const result = await bench.mirror.apply(ref, [
      answer(120, [fresh], pulse),
      answer(100, [old, old], patient),
    ])
    expect(result).toMatchObject({ created: 1, updated: 0, sequence: 1 })
    const found = await bench.mirror.read(ref, 'Encounter', 'e', reader)
    expect(found?.content).toContain('finished')
  })

  it('finds a change that another question has shown and undone again', async () => {
    const ref = await bench.practice()
    const one = seen('Encounter', 'e', { status: 'arrived' })
    const other = seen('Encounter', 'e', { status: 'finished' })
    const patient = { search: 'Encounter', covers: ['Encounter'] }
    const pulse = { search: 'Encounter.schedule', subject: 'doc', covers: [] }
    await bench.mirror.apply(ref, [answer(100, [one], patient)])
    await bench.mirror.apply(ref, [answer(200, [other], pulse)])
    // The same answer as the first, to the letter: it was reverted.
    await bench.mirror.apply(ref, [answer(300, [one], patient)])
    expect(await kinds(ref)).toEqual([
      'created Encounter/e',
      'updated Encounter/e',
      'updated Encounter/e',
    ])
    // And once more by the other way.
    const last = await bench.mirror.apply(ref, [answer(400, [other], pulse)])
    expect(last.updated).toBe(1)
  })

  it('is applied as a whole or not at all', async () => {
    const ref = await bench.practice()
    const broken = { ...seen('Observation', 'a'), patientId: 'nul\0' }
    await expect(
      bench.mirror.apply(ref, [answer(100, [seen('Observation', 'b'), broken])]),
    ).rejects.toThrow()
    expect(await feed(ref)).toEqual([])
    expect(await bench.mirror.counts(ref)).toEqual({})
    expect(await bench.mirror.freshness(ref, { limit: 10 })).toEqual([])
    const result = await bench.mirror.apply(ref, [answer(100, [seen('Observation', 'b')])])
    expect(result.sequence).toBe(1)
  })
})

describe('an absence', () => {
  it('is only missing at first, and deletes when a read by id proves it', async () => {
    const ref = await bench.practice()
    await bench.mirror.apply(ref, [
      answer(100, [seen('Observation', 'a'), seen('Observation', 'b')]),
    ])
    const result = await bench.mirror.apply(ref, [answer(200, [seen('Observation', 'b')])])
    expect(result).toMatchObject({ missing: [{ type: 'Observation', id: 'a' }], sequence: 2 })
    expect(await statusOf(ref, 'a')).toBeUndefined()
    expect(await bench.mirror.counts(ref)).toEqual({ Observation: 2 })

    const gone = await bench.mirror.applyRead(ref, absent('a', 210), byId)
    expect(gone.sequence).toBe(3)
    expect((await feed(ref))[2]).toMatchObject({
      kind: 'deleted',
      id: 'a',
      version: 2,
      differences: [],
      search: 'Observation.id',
      unchangedAt: 100,
      askedAt: 210,
    })
    expect(await bench.mirror.read(ref, 'Observation', 'a', reader)).toMatchObject({
      deleted: true,
      content: '{"id":"a","resourceType":"Observation"}',
    })
    expect(await bench.mirror.counts(ref)).toEqual({ Observation: 1 })
    const again = await bench.mirror.apply(ref, [answer(300, [seen('Observation', 'b')])])
    expect(again).toMatchObject({ missing: [], sequence: 3 })
  })

  it('is named again by every complete listing, and holds freshness back, until it is explained', async () => {
    const ref = await bench.practice()
    const [a, b] = [seen('Observation', 'a'), seen('Observation', 'b')]
    await bench.mirror.apply(ref, [answer(100, [a, b])])
    await bench.mirror.apply(ref, [answer(200, [b])])
    const second = await bench.mirror.apply(ref, [answer(300, [b])])
    expect(second.missing).toEqual([{ type: 'Observation', id: 'a' }])
    expect(await bench.mirror.freshness(ref, { limit: 1 })).toMatchObject([
      { asOf: 100, askedAt: 300 },
    ])
    await bench.mirror.applyRead(ref, { kind: 'found', seen: a, askedAt: 310 }, byId)
    expect(await bench.mirror.freshness(ref, { limit: 1 })).toMatchObject([{ asOf: 300 }])
    // No listing shows it, yet it exists: it is to be read again whenever the listing is.
    const third = await bench.mirror.apply(ref, [answer(400, [b])])
    expect(third.missing).toEqual([{ type: 'Observation', id: 'a' }])
    await bench.mirror.applyRead(ref, absent('a', 410), byId)
    expect(await bench.mirror.freshness(ref, { limit: 1 })).toMatchObject([{ asOf: 400 }])
    const fourth = await bench.mirror.apply(ref, [answer(500, [b])])
    expect(fourth.missing).toEqual([])
  })

  it('is noticed of what only another question, or an incomplete answer, has ever shown', async () => {
    const ref = await bench.practice()
    const patient = { search: 'Encounter', covers: ['Encounter'] }
    const letter = { search: 'Location', subject: 'a', covers: ['Location'] }
    const [e1, e2] = [seen('Encounter', 'e1'), seen('Encounter', 'e2')]
    await bench.mirror.apply(ref, [
      answer(100, [e1], patient),
      answer(100, [seen('Location', 'l', {}, undefined)], { ...letter, complete: false }),
    ])
    const pulse = { search: 'Encounter.schedule', subject: 'doc', covers: [] }
    await bench.mirror.apply(ref, [answer(200, [e2], pulse)])
    const result = await bench.mirror.apply(ref, [
      answer(300, [e1], patient),
      answer(300, [], letter),
    ])
    expect(result.missing).toEqual([
      { type: 'Encounter', id: 'e2' },
      { type: 'Location', id: 'l' },
    ])
  })

  it('is explained by a proof, too', async () => {
    const ref = await bench.practice()
    await bench.mirror.apply(ref, [answer(100, [seen('Observation', 'a')])])
    await bench.mirror.apply(ref, [answer(200, [])])
    await bench.mirror.applyRead(ref, absent('a', 210), byId)
    expect(await bench.mirror.freshness(ref, { limit: 1 })).toMatchObject([{ asOf: 200 }])
  })

  it('means nothing in an incomplete listing, which moves no freshness but keeps what it saw', async () => {
    const ref = await bench.practice()
    const [a, b] = [seen('Observation', 'a'), seen('Observation', 'b')]
    await bench.mirror.apply(ref, [answer(100, [a])])
    const result = await bench.mirror.apply(ref, [answer(200, [b], { complete: false })])
    expect(result).toMatchObject({ created: 1, missing: [] })
    expect(await bench.mirror.freshness(ref, { limit: 1 })).toMatchObject([
      { asOf: 100, askedAt: 200 },
    ])
    const whole = await bench.mirror.apply(ref, [answer(300, [b])])
    expect(whole.missing).toEqual([{ type: 'Observation', id: 'a' }])
  })

  it('means nothing for types that the question does not list whole', async () => {
    const ref = await bench.practice()
    const both = [seen('Observation', 'a'), seen('Organization', 'o')]
    await bench.mirror.apply(ref, [answer(100, both)])
    const result = await bench.mirror.apply(ref, [answer(200, [])])
    expect(result.missing).toEqual([{ type: 'Observation', id: 'a' }])
  })

  it('means nothing when another complete listing, asked later, shows the resource', async () => {
    const ref = await bench.practice()
    const a = seen('Observation', 'a')
    await bench.mirror.apply(ref, [answer(100, [a])])
    await bench.mirror.apply(ref, [answer(250, [a], { search: 'Observation.laboratory' })])
    const earlier = await bench.mirror.apply(ref, [answer(200, [])])
    expect(earlier.missing).toEqual([])
    const together = await bench.mirror.apply(ref, [
      answer(300, []),
      answer(310, [a], { search: 'Observation.laboratory' }),
    ])
    expect(together.missing).toEqual([])
  })

  it('does not delete what an answer asked after it has shown', async () => {
    const ref = await bench.practice()
    await bench.mirror.apply(ref, [answer(100, [seen('Observation', 'a')])])
    await bench.mirror.apply(ref, [answer(300, [seen('Observation', 'a')])])
    await bench.mirror.applyRead(ref, absent('a', 200), byId)
    expect(await kinds(ref)).toEqual(['created Observation/a'])
  })

  it('is undone by an answer that was asked after it, and by none that was asked before', async () => {
    const ref = await bench.practice()
    const a = seen('Observation', 'a', { status: 'final', meta: updated(90) })
    await bench.mirror.apply(ref, [answer(100, [a])])
    await bench.mirror.applyRead(ref, absent('a', 200), byId)
    await bench.mirror.apply(ref, [answer(150, [a], { search: 'late' })])
    expect(await statusOf(ref, 'a')).toBeUndefined()
    const back = await bench.mirror.apply(ref, [answer(300, [a])])
    expect(back).toMatchObject({ restored: 1, created: 0, updated: 0 })
    expect((await feed(ref)).at(-1)).toMatchObject({
      kind: 'restored',
      version: 3,
      differences: [],
      unchangedAt: 200,
    })
    expect(await statusOf(ref, 'a')).toBe('final')
  })

  it('of what was never known changes nothing', async () => {
    const ref = await bench.practice()
    const result = await bench.mirror.applyRead(ref, absent('a', 100), byId)
    expect(result.sequence).toBe(0)
    expect(await feed(ref)).toEqual([])
  })
})

describe('of two answers', () => {
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]

  it.each(orders)(
    'the one asked later has the say, in every order of arrival: %i %i %i',
    async (...order) => {
      const ref = await bench.practice()
      const answers = ['first', 'second', 'third'].map((status, index) =>
        answer(100 * (index + 1), [seen('Observation', 'a', { status })], { search: `q${index}` }),
      )
      for (const index of order) await bench.mirror.apply(ref, answers.slice(index, index + 1))
      expect(await statusOf(ref, 'a')).toBe('third')
    },
  )

  it.each(orders)(
    'on their way together the vendor’s own time decides: %i %i %i',
    async (...order) => {
      const ref = await bench.practice()
      // The answer asked first was given last: its page was made after the others'.
      const answers = [300, 100, 200].map((vendor, index) =>
        answer(
          1000 + index,
          [seen('Observation', 'a', { status: `v${vendor}`, meta: updated(vendor) })],
          {
            search: `q${index}`,
          },
        ),
      )
      for (const index of order) await bench.mirror.apply(ref, answers.slice(index, index + 1))
      expect(await statusOf(ref, 'a')).toBe('v300')
    },
  )

  it('a vendor’s time that went back is believed once no answer can still be on its way', async () => {
    const ref = await bench.practice()
    const state = (status: string, vendor: number) =>
      seen('Observation', 'a', { status, meta: updated(vendor) })
    await bench.mirror.apply(ref, [answer(1000, [state('newer', 900)])])
    await bench.mirror.apply(ref, [answer(1001 + OVERLAP_MS_MAX, [state('restored', 800)])])
    expect(await statusOf(ref, 'a')).toBe('restored')
  })

  it('a repeated listing counts as an asking', async () => {
    const ref = await bench.practice()
    const a = seen('Observation', 'a', { status: 'final' })
    await bench.mirror.apply(ref, [answer(100, [a])])
    await bench.mirror.apply(ref, [answer(300, [a])])
    await bench.mirror.apply(ref, [
      answer(200, [seen('Observation', 'a', { status: 'old' })], { search: 'late' }),
    ])
    expect(await statusOf(ref, 'a')).toBe('final')
  })

  it('to one question, the older one moves neither members nor freshness', async () => {
    const ref = await bench.practice()
    const [a, b] = [seen('Observation', 'a'), seen('Observation', 'b')]
    await bench.mirror.apply(ref, [answer(300, [a, b])])
    const late = await bench.mirror.apply(ref, [answer(200, [a])])
    expect(late.missing).toEqual([])
    expect(await bench.mirror.freshness(ref, { limit: 1 })).toMatchObject([
      { asOf: 300, askedAt: 300 },
    ])
  })
})

describe('whose a resource is', () => {
  const encounter = (subject: string) => ({ search: 'Encounter', subject, covers: ['Encounter'] })
  const signed = (patientId: string | undefined, status = 'first') => ({
    ...seen('Provenance', 'v1', { status }),
    patientId,
  })
  const ownerOf = async (ref: PracticeRef) =>
    (await bench.mirror.read(ref, 'Provenance', 'v1', reader))?.patientId

  it('stays known when other answers show it without naming a patient', async () => {
    const ref = await bench.practice()
    await bench.mirror.apply(ref, [answer(100, [signed('pat')], encounter('pat'))])
    await bench.mirror.apply(ref, [answer(200, [signed(undefined)], encounter('dr1'))])
    expect(await ownerOf(ref)).toBe('pat')
    const byIdAnswer = { kind: 'found', seen: signed(undefined), askedAt: 300 } as const
    await bench.mirror.applyRead(ref, byIdAnswer, byId)
    expect(await ownerOf(ref)).toBe('pat')
    await bench.mirror.apply(ref, [answer(400, [signed(undefined, 'new')], encounter('dr1'))])
    expect(await ownerOf(ref)).toBe('pat')
    expect((await feed(ref)).map(({ patientId }) => patientId)).toEqual(['pat', 'pat'])
    expect(
      await bench.mirror.list(ref, { type: 'Provenance', patientId: 'pat', limit: 9 }, reader),
    ).toMatchObject({ items: [{ id: 'v1', version: 2 }] })
  })

  it('is learnt from whichever answer of a batch names a patient, and may become another’s', async () => {
    const ref = await bench.practice()
    await bench.mirror.apply(ref, [
      answer(100, [signed('pat')], encounter('pat')),
      answer(101, [signed(undefined)], encounter('dr1')),
    ])
    expect(await ownerOf(ref)).toBe('pat')
    await bench.mirror.apply(ref, [answer(200, [signed('other')], encounter('other'))])
    expect(await ownerOf(ref)).toBe('other')
  })
})
