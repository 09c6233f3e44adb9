// Records with a restricting security label: left out of lists, counts and reads alike, withheld in the
// feed, for whoever has no right to them; and at no price in accesses.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Tenants, tenants } from '../../../test/tenants.ts'
import type { createMirror } from '../mirror/index.ts'

let world: Tenants
let sensitiveKey: string
let ref: Parameters<ReturnType<typeof createMirror>['apply']>[0]

beforeAll(async () => {
  world = await tenants()
  const { organization } = world.north
  const { practices, mirror } = world.platform
  const key = { name: 'all', scopes: ['read', 'sensitive'] } as const
  sensitiveKey = (await practices.createApiKey(organization, key, 'test')).text
  const [practice] = await practices.list(organization)
  if (practice === undefined) throw new Error('no practice')
  ref = practice.ref
  // One is always restricted, one becomes so, one was so, one never is.
  await mirror.apply(ref, [listing(0, { a: 'R', b: undefined, c: 'PSY', d: undefined })])
  await mirror.apply(ref, [listing(1, { a: 'R', b: 'HIV', c: undefined, d: 'N' })])
})
afterAll(() => world.close())

function listing(round: number, labels: Readonly<Record<string, string | undefined>>) {
  return {
    ...{ pathway: 'fhir', search: 'Observation.of', subject: 'north-1', covers: ['Observation'] },
    ...{ askedAt: world.askedAt + round * 1_000, complete: true },
    sightings: Object.entries(labels).map(([id, label]) => ({
      resource: {
        ...{ resourceType: 'Observation', id, status: 'final', valueInteger: round },
        subject: { reference: 'Patient/north-1' },
        ...(label !== undefined && { meta: { security: [{ code: label }] } }),
      },
      ...{ repairs: [], patientId: 'north-1' },
    })),
  }
}

async function get(path: string, key: string) {
  const headers = { authorization: `Bearer ${key}` }
  const reply = await world.platform.face.inject({ method: 'GET', url: path, headers })
  return { status: reply.statusCode, body: JSON.parse(reply.body) }
}

async function idsIn(path: string, key: string): Promise<readonly string[]> {
  const { body } = await get(path, key)
  return body.items.map(({ resource }: { resource: { id: string } }) => resource.id)
}

describe.each([
  ['without the right', () => world.north.readKey, ['c', 'd']],
  ['with it', () => sensitiveKey, ['a', 'b', 'c', 'd']],
])('%s', (_who, key, seen) => {
  test('lists, of a patient too, show the same', async () => {
    expect(await idsIn('/v1/resources/observations', key())).toEqual(seen)
    expect(await idsIn('/v1/resources/observations?patient=north-1', key())).toEqual(seen)
  })

  test('pages are full', async () => {
    const { body } = await get('/v1/resources/observations?limit=2', key())
    expect(body.items).toHaveLength(2)
  })

  test('counts count what lists show', async () => {
    expect((await get('/v1/counts', key())).body.counts.Observation).toBe(seen.length)
  })

  test('reads find what lists show', async () => {
    for (const id of ['a', 'b', 'c', 'd']) {
      const { status } = await get(`/v1/resources/observations/${id}`, key())
      expect(status).toBe(seen.includes(id) ? 200 : 404)
    }
  })
})

test('a search in FHIR finds what lists show', async () => {
  const ids = async (key: string) => {
    const { body } = await get('/fhir/r4/north-clinic/Observation?patient=north-1', key)
    const entries: readonly { resource: { resourceType: string; id: string } }[] = body.entry
    const found = entries.filter(({ resource }) => resource.resourceType === 'Observation')
    return found.map(({ resource }) => resource.id).sort()
  }
  expect(await ids(world.north.readKey)).toEqual(['c', 'd'])
  expect(await ids(sensitiveKey)).toEqual(['a', 'b', 'c', 'd'])
})

test('the feed withholds a change with a label before it or after it, and keeps its place', async () => {
  const kinds = async (key: string) => {
    const { body } = await get('/v1/changes?after=0&limit=100', key)
    const items: readonly { kind: string; id?: string; sequence: number }[] = body.items
    expect(items.map(({ sequence }) => sequence)).toEqual(items.map((_, index) => index + 1))
    return items.slice(-8).map(({ kind, id }) => (id === undefined ? kind : `${kind} ${id}`))
  }
  expect(await kinds(sensitiveKey)).toEqual([
    ...['created a', 'created b', 'created c', 'created d'],
    ...['updated a', 'updated b', 'updated c', 'updated d'],
  ])
  expect(await kinds(world.north.readKey)).toEqual([
    ...['withheld', 'created b', 'withheld', 'created d'],
    ...['withheld', 'withheld', 'withheld', 'updated d'],
  ])
})

test('reading the feed is one access, however many of its records were labelled', async () => {
  await get('/v1/changes?after=0&limit=100', world.north.readKey)
  const [newest, before] = await world.accesses(world.north.organization)
  expect(newest).toMatchObject({ action: 'changes.list', subject: 'Change?after,limit' })
  expect(before?.subject).not.toMatch(/^Observation\//)
})

test('a deletion of what was restricted is withheld', async () => {
  const gone = {
    kind: 'absent',
    type: 'Observation',
    id: 'a',
    askedAt: world.askedAt + 9_000,
  } as const
  await world.platform.mirror.applyRead(ref, gone, { pathway: 'fhir', search: 'Observation.id' })
  const last = async (key: string) =>
    (await get('/v1/changes?after=0&limit=100', key)).body.items.at(-1)
  expect(await last(world.north.readKey)).toMatchObject({ kind: 'withheld' })
  expect(await last(sensitiveKey)).toMatchObject({ kind: 'deleted', id: 'a' })
})

test('what is not kept any more is withheld still, before and after its label is taken off', async () => {
  const { mirror } = world.platform
  await mirror.apply(ref, [listing(20, { b: 'HIV', c: undefined, d: 'N' })])
  await mirror.retain(ref, { mode: 'fingerprint' })
  await mirror.apply(ref, [listing(21, { b: 'HIV', c: undefined, d: 'N' })])
  await mirror.apply(ref, [listing(22, { b: undefined, c: undefined, d: 'N' })])
  const { body } = await get('/v1/changes?after=0&limit=100', world.north.readKey)
  const items: readonly { kind: string; id?: string }[] = body.items
  expect(items.filter(({ id }) => id === 'b')).toHaveLength(1)
  expect(items.slice(-3).map(({ kind }) => kind)).toEqual(['withheld', 'updated', 'updated'])
})
