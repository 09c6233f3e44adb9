// Unified objects over HTTP: lists, filters, cursors, sparse fields, tags, histories and what a caller
// may not see. What stands in each object is tested beside the views.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { idOf, mirrorRecords } from '../../../../test/chart-records.ts'
import { type Tenants, tenants } from '../../../../test/tenants.ts'
import { practiceId } from '../../kernel/ids.ts'
import { systemRandom } from '../../kernel/random.ts'
import { OBJECTS } from '../../operations/index.ts'
import { createHttpFace } from './face.ts'

let world: Tenants
beforeAll(async () => {
  world = await tenants()
  const { organization, practice } = world.north
  const id = practiceId(practice)
  if (id === undefined) throw new Error('not an id')
  await mirrorRecords(world.platform, { organization, practice: id }, world.askedAt)
})
afterAll(() => world.close())

async function get(path: string, headers: Readonly<Record<string, string>> = {}) {
  const reply = await world.platform.face.inject({
    url: path,
    headers: { authorization: `Bearer ${world.north.readKey}`, ...headers },
  })
  const body = reply.body === '' ? undefined : JSON.parse(reply.body)
  return { status: reply.statusCode, headers: reply.headers, body }
}

const idsOf = (body: { items: readonly { id: string }[] }) => body.items.map(({ id }) => id)

test.each(['patients', 'appointments', 'encounters'])(
  '/%s answers as /v1/… does, without the version in its name (R34, R35, R37)',
  async (object) => {
    const [literal, versioned] = [await get(`/${object}`), await get(`/v1/${object}`)]
    expect([literal.status, literal.headers.etag]).toEqual([200, versioned.headers.etag])
    expect(literal.body.items.length).toBeGreaterThan(0)
    expect(idsOf(literal.body)).toEqual(idsOf(versioned.body))
  },
)

test.each(OBJECTS)('%s: what the list shows is what a read shows', async (object) => {
  const { body } = await get(`/v1/${object}?limit=200`)
  const wanted = idOf('north', object)
  const listed = body.items.find(({ id }: { id: string }) => id === wanted)
  const read = await get(`/v1/${object}/${wanted}`)
  const timeless = ({ freshness: _freshness, ...rest }: Record<string, unknown>) => rest
  expect(timeless(listed)).toEqual(timeless(read.body))
  const { practice, links, provenance, freshness } = read.body
  expect([practice, links.history]).toEqual([
    'north-clinic',
    `/v1/${object}/${wanted}/history?practice=north-clinic`,
  ])
  expect(provenance.sources[0].reference).toContain(wanted)
  expect(freshness).toHaveProperty('asOf')
})

describe('patients are found strictly', () => {
  test.each([
    ['name=stone', ['north-2', 'north-3', 'north-4', 'north-5']],
    ['family=Sto', ['north-2', 'north-3', 'north-4', 'north-5']],
    ['family=ston%C3%A9', ['north-2', 'north-3', 'north-4', 'north-5']],
    ['family=tone', []],
    ['given=canary&family=blake', ['north-1']],
    ['name=Stonehenge', []],
    ['birthDate=1980-01-01', []],
    ['identifier=nobody', []],
  ])('%s', async (query, ids) => {
    const { status, body } = await get(`/v1/patients?${query}`)
    expect([status, idsOf(body)]).toEqual([200, ids])
  })
})

test('a list is read page by page, and its cursor fits no other list', async () => {
  const seen: string[] = []
  let cursor = ''
  for (let page = 0; page < 10; page++) {
    const { body } = await get(`/v1/patients?limit=2${cursor}`)
    expect(body.items.length).toBeLessThanOrEqual(2)
    seen.push(...idsOf(body))
    if (body.next === null) break
    cursor = `&cursor=${body.next}`
  }
  expect(seen).toEqual(['north-1', 'north-2', 'north-3', 'north-4', 'north-5'])
  for (const other of [`/v1/patients?name=stone${cursor}`, `/v1/encounters?limit=2${cursor}`])
    expect((await get(other)).body).toMatchObject({ code: 'CURSOR_INVALID', status: 400 })
})

test('only the fields that are asked for are shown; one that does not exist is refused', async () => {
  const { body } = await get('/v1/patients?fields=name,links&limit=1')
  expect(Object.keys(body.items[0])).toEqual(['id', 'name', 'links'])
  const refused = await get('/v1/patients?fields=name,shoeSize')
  expect(refused.body).toMatchObject({ code: 'INPUT_INVALID', position: '/query/fields' })
})

test.each([
  ['limit=abc', '/query/limit'],
  ['limit=0', '/query/limit'],
  ['limit=201', '/query/limit'],
  ['shoeSize=9', '/query/shoeSize'],
  ['birthDate=1980', '/query/birthDate'],
  ['birthDate=1980-13-01', '/query/birthDate'],
  ['updatedAfter=yesterday', '/query/updatedAfter'],
])('%s is refused with its place, and without what it was', async (query, position) => {
  const { status, body } = await get(`/v1/patients?${query}`)
  expect([status, body.code, body.position]).toEqual([400, 'INPUT_INVALID', position])
  expect(JSON.stringify(body)).not.toMatch(/NaN|received/)
})

test('a tag stays while the content does, and spares the answer', async () => {
  for (const path of ['/v1/patients/north-1', '/v1/patients?limit=3']) {
    const { etag } = (await get(path)).headers
    expect(etag).toMatch(/^W\/"[\w-]{22}"$/)
    const again = await get(path, { 'if-none-match': String(etag) })
    expect([again.status, again.body]).toEqual([304, undefined])
  }
})

test('a history tells what was different, in the fields of the object', async () => {
  const { body } = await get('/v1/patients/north-1/history')
  expect(body.items.map(({ version, kind }: Record<string, unknown>) => [version, kind])).toEqual([
    [2, 'updated'],
    [1, 'created'],
  ])
  expect(body.items[0].differences).toContainEqual({
    ...{ op: 'replace', path: '/name/family', before: 'Before', after: 'Blake' },
  })
  expect((await get('/v1/patients/nobody/history')).status).toBe(404)
})

test('only what changed after an instant is listed when that is asked', async () => {
  const all = await get('/v1/patients')
  const first = all.body.items[0].provenance.changedSeenAt
  expect(idsOf((await get('/v1/patients?updatedAfter=2020-01-01T00:00:00Z')).body)).toHaveLength(5)
  const later = await get(`/v1/patients?updatedAfter=${encodeURIComponent(first)}`)
  expect(idsOf(later.body)).not.toContain('north-1')
})

test('freshness of a patient that nobody knows is not found', async () => {
  expect((await get('/v1/freshness?patient=nobody')).status).toBe(404)
})

test('a caller that asks too much is told how much is left, and then to wait', async () => {
  const { rooms } = world.platform
  const log = { write: () => {} }

  const face = createHttpFace({
    ...{ ...rooms, log, publicUrl: 'https://chartway.test', requestsAMinute: 2, wallNow: () => 0 },
    random: systemRandom(),
  })
  const ask = () =>
    face.inject({
      url: '/v1/practices',
      headers: { authorization: `Bearer ${world.north.adminKey}` },
    })
  const [first, , third] = [await ask(), await ask(), await ask()]
  expect(first?.headers).toMatchObject({
    'ratelimit-policy': '"caller";q=2;w=60',
    ratelimit: '"caller";r=1;t=30',
  })
  expect([third?.statusCode, third?.headers['retry-after'], third?.json().code]).toEqual([
    ...[429, '30', 'RATE_LIMITED'],
  ])
  await face.close()
})
