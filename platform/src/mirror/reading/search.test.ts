// Searching the mirror: candidates by id, patient, row and change; what is kept of each resource; older
// states; and the entry in the ledger.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  answer,
  type MirrorBench,
  mirrorBench,
  reader,
  seen,
} from '../../../../test/mirror-samples.ts'
import type { PracticeRef } from '../../kernel/ids.ts'
import type { Candidates, Mirrored, Place } from '../index.ts'

let bench: MirrorBench
beforeAll(async () => {
  bench = await mirrorBench()
})
afterAll(() => bench.close())

const person = (id: string, family: string, rest = {}) =>
  seen('Patient', id, { name: [{ family, given: ['Ann'] }], ...rest }, id)
const roster = (askedAt: number, ...sightings: ReturnType<typeof person>[]) =>
  answer(askedAt, sightings, { search: 'Patient.roster', subject: 'A', covers: [] })

async function examine(
  ref: PracticeRef,
  type: string,
  candidates: Candidates,
  how: { readonly after?: Place; readonly max?: number; readonly enough?: number } = {},
) {
  const found: Mirrored[] = []
  const visitor = {
    take: (one: Mirrored) => {
      found.push(one)
      return found.length !== how.enough
    },
    shown: () => found,
  }
  const query = {
    type,
    candidates,
    after: how.after,
    examinedMax: how.max ?? 1000,
    subject: `${type}?x`,
  }
  const examined = await bench.mirror.examine(ref, query, visitor, reader)
  return { ids: found.map(({ id }) => id), found, ...examined }
}

const rows = (parameter: string, ...values: string[]): Candidates => ({
  kind: 'rows',
  conditions: [{ parameter, any: [{ kind: 'equal', values }] }],
})
const prefix = (parameter: string, value: string): Candidates => ({
  kind: 'rows',
  conditions: [{ parameter, any: [{ kind: 'prefix', value }] }],
})

describe('what resources are found by', () => {
  test('is written with the resource, renewed with it and gone with it', async () => {
    const ref = await bench.practice()
    await bench.mirror.apply(ref, [roster(100, person('a', 'Müller'), person('b', 'Stone'))])
    expect((await examine(ref, 'Patient', prefix('family', 'mul'))).ids).toEqual(['a'])
    expect((await examine(ref, 'Patient', rows('given', 'ann'))).ids).toEqual(['a', 'b'])
    await bench.mirror.apply(ref, [roster(200, person('a', 'Rivers'), person('b', 'Stone'))])
    expect((await examine(ref, 'Patient', prefix('family', 'mul'))).ids).toEqual([])
    expect((await examine(ref, 'Patient', prefix('family', 'riv'))).ids).toEqual(['a'])
    const absent = { kind: 'absent', type: 'Patient', id: 'a', askedAt: 300 } as const
    await bench.mirror.applyRead(ref, absent, { pathway: 'fhir', search: 'Patient.read' })
    expect((await examine(ref, 'Patient', prefix('family', 'riv'))).ids).toEqual([])
    expect((await examine(ref, 'Patient', { kind: 'ids', ids: ['a', 'b'] })).ids).toEqual(['b'])
  })

  test('is made for what was mirrored before it was kept', async () => {
    const ref = await bench.practice()
    await bench.mirror.apply(ref, [roster(100, person('a', 'Stone'))])
    await bench.held.database.tenant(ref.organization, async (tx) => {
      await tx.query('DELETE FROM mirror_found_by WHERE practice_id = $1', [ref.practice])
      await tx.query('UPDATE mirror_sequences SET found_by = 0 WHERE practice_id = $1', [
        ref.practice,
      ])
    })
    expect((await examine(ref, 'Patient', prefix('family', 'sto'))).ids).toEqual(['a'])
  })

  test('intervals are narrowed from either end, and conditions must all hold', async () => {
    const ref = await bench.practice()
    const at = (id: string, start: string, by: string) =>
      seen('Encounter', id, {
        period: { start, end: start },
        participant: [{ individual: { reference: `Practitioner/${by}` } }],
      })
    const visits = [
      at('a', '2020-01-01', 'p'),
      at('b', '2021-01-01', 'p'),
      at('c', '2022-01-01', 'q'),
    ]
    await bench.mirror.apply(ref, [
      answer(100, visits, { search: 'Encounter', covers: ['Encounter'] }),
    ])
    const range = {
      parameter: 'date',
      any: [{ kind: 'range', lowFrom: Date.UTC(2020, 5), highBelow: Date.UTC(2023, 0) }],
    } as const
    expect((await examine(ref, 'Encounter', { kind: 'rows', conditions: [range] })).ids).toEqual([
      'b',
      'c',
    ])
    const by = {
      parameter: 'practitioner',
      any: [{ kind: 'equal', values: ['Practitioner/p'] }],
    } as const
    expect(
      (await examine(ref, 'Encounter', { kind: 'rows', conditions: [range, by] })).ids,
    ).toEqual(['b'])
  })
})

describe('candidates', () => {
  test('of patients, page by page in the order of ids', async () => {
    const ref = await bench.practice()
    const list = ['a', 'b', 'c'].map((id) => seen('Observation', id))
    await bench.mirror.apply(ref, [answer(100, list)])
    const of: Candidates = { kind: 'patients', patients: ['pat'] }
    const first = await examine(ref, 'Observation', of, { enough: 2 })
    expect(first).toMatchObject({ ids: ['a', 'b'], ended: 'enough', asOf: 100 })
    const rest = await examine(ref, 'Observation', of, first.last ? { after: first.last } : {})
    expect(rest).toMatchObject({ ids: ['c'], ended: 'all' })
    expect((await examine(ref, 'Observation', of, { max: 2 })).ended).toBe('limit')
  })

  test('by when we saw the change, in both directions, across equal times', async () => {
    const ref = await bench.practice()
    const list = (askedAt: number, ids: readonly string[]) =>
      answer(
        askedAt,
        ids.map((id) => seen('Observation', id)),
      )
    await bench.mirror.apply(ref, [list(100, ['c', 'a'])])
    const from = bench.clock.now() + 1
    await bench.clock.advance(1000)
    await bench.mirror.apply(ref, [list(200, ['c', 'a', 'b', 'd'])])
    const changed = (descending: boolean, since = 0): Candidates => ({
      kind: 'changed',
      from: since,
      before: Number.MAX_SAFE_INTEGER,
      descending,
    })
    expect((await examine(ref, 'Observation', changed(false))).ids).toEqual(['a', 'c', 'b', 'd'])
    expect((await examine(ref, 'Observation', changed(true))).ids).toEqual(['d', 'b', 'c', 'a'])
    expect((await examine(ref, 'Observation', changed(false, from))).ids).toEqual(['b', 'd'])
    const first = await examine(ref, 'Observation', changed(true), { enough: 3 })
    const rest = await examine(
      ref,
      'Observation',
      changed(true),
      first.last ? { after: first.last } : {},
    )
    expect(rest.ids).toEqual(['a'])
  })

  test('of another organization there are none', async () => {
    const ref = await bench.practice()
    await bench.mirror.apply(ref, [roster(100, person('a', 'Stone'))])
    const south = { organization: 'south' as typeof ref.organization, practice: ref.practice }
    for (const from of [
      prefix('family', 'sto'),
      { kind: 'all' },
      { kind: 'ids', ids: ['a'] },
    ] as const)
      expect((await examine(south, 'Patient', from)).ids).toEqual([])
  })
})

describe('states', () => {
  test('each by its number, and the newest first, of a resource and of a type', async () => {
    const ref = await bench.practice()
    await bench.mirror.apply(ref, [roster(100, person('a', 'One'), person('b', 'Two'))])
    const since = bench.clock.now() + 1
    await bench.clock.advance(1000)
    await bench.mirror.apply(ref, [roster(200, person('a', 'Three'), person('b', 'Two'))])
    await bench.clock.advance(1000)
    const absent = { kind: 'absent', type: 'Patient', id: 'b', askedAt: 300 } as const
    await bench.mirror.applyRead(ref, absent, { pathway: 'fhir', search: 'Patient.read' })
    const old = await bench.mirror.version(
      ref,
      { type: 'Patient', id: 'a', version: 1 },
      reader,
      () => true,
    )
    expect(old?.content).toContain('One')
    expect(
      await bench.mirror.version(ref, { type: 'Patient', id: 'a', version: 3 }, reader, () => true),
    ).toBeUndefined()
    const gone = await bench.mirror.version(
      ref,
      { type: 'Patient', id: 'b', version: 2 },
      reader,
      () => true,
    )
    expect(gone).toMatchObject({ deleted: true, patientId: 'b' })
    const named = async (query: {
      id?: string
      since?: number
      limit?: number
      before?: typeof old
    }) =>
      (
        await bench.mirror.versions(
          ref,
          { type: 'Patient', since: 0, limit: 10, ...query },
          reader,
          (all) => all.length,
        )
      ).map(({ id, version }) => `${id}${version}`)
    expect(await named({ id: 'a' })).toEqual(['a2', 'a1'])
    expect(await named({})).toEqual(['b2', 'a2', 'b1', 'a1'])
    expect(await named({ since })).toEqual(['b2', 'a2'])
    expect(await named({ limit: 2 })).toEqual(['b2', 'a2'])
    const [, second] = await bench.mirror.versions(
      ref,
      { type: 'Patient', since: 0, limit: 2 },
      reader,
      (all) => all.length,
    )
    expect(await named({ before: second })).toEqual(['b1', 'a1'])
  })
})

test('every search and every reading of a state leaves who asked what, and how many', async () => {
  const ref = await bench.practice()
  await bench.mirror.apply(ref, [roster(100, person('a', 'Stone'))])
  await examine(ref, 'Patient', prefix('family', 'sto'))
  await bench.mirror.version(ref, { type: 'Patient', id: 'a', version: 1 }, reader, () => true)
  const events = await bench.held.database.tenant(ref.organization, (tx) =>
    tx.query<{ subject: string; details: { count: number } }>(
      'SELECT subject, details FROM access_events WHERE practice_id = $1 ORDER BY event_id',
      [ref.practice],
    ),
  )
  expect(events.map(({ subject, details }) => [subject, details.count])).toEqual([
    ['Patient?x', 1],
    ['Patient/a/_history/1', 1],
  ])
})
