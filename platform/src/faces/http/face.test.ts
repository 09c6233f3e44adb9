// The REST face over real rooms and a real database: what it answers, and what it refuses.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PATIENTS_EACH, type Tenants, tenants } from '../../../../test/tenants.ts'
import { organizationId } from '../../kernel/ids.ts'
import type { LogFields } from '../../kernel/log.ts'

const lines: { readonly event: string; readonly fields: LogFields }[] = []
let world: Tenants

beforeAll(async () => {
  world = await tenants({
    log: { write: (_level, event, fields = {}) => lines.push({ event, fields }) },
  })
})
afterAll(() => world.close())

async function get(path: string, headers: Readonly<Record<string, string>> = {}) {
  const authorization = `Bearer ${world.north.readKey}`
  const reply = await world.platform.face.inject({
    method: 'GET',
    url: path,
    headers: { authorization, ...headers },
  })
  return { status: reply.statusCode, headers: reply.headers, text: reply.body }
}

async function send(method: 'POST' | 'DELETE', path: string, payload?: string, type?: string) {
  const authorization = `Bearer ${world.north.adminKey}`
  const reply = await world.platform.face.inject({
    method,
    url: path,
    headers: { authorization, ...(type !== undefined && { 'content-type': type }) },
    ...(payload !== undefined && { payload }),
  })
  const body: unknown = reply.body === '' ? undefined : JSON.parse(reply.body)
  return { status: reply.statusCode, body }
}

describe('a read', () => {
  test('gives the stored content with version, provenance, freshness and repairs', async () => {
    const { status, text } = await get(`/v1/resources/patients/${world.north.patient}`)
    const askedAt = new Date(world.askedAt).toISOString()
    expect(status).toBe(200)
    expect(JSON.parse(text)).toEqual({
      resource: {
        resourceType: 'Patient',
        id: 'north-1',
        gender: 'female',
        name: [{ family: 'Blake', given: ['Canary-north'] }],
      },
      version: 2,
      practice: 'north-clinic',
      provenance: {
        pathway: 'fhir',
        search: 'Patient.roster',
        firstSeenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        changedSeenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        vendorUpdatedAt: null,
      },
      freshness: { asOf: askedAt, ageSeconds: expect.any(Number) },
      repairs: [{ path: '/birthDate', rule: 'sentinel-removed', original: '1900-01-01' }],
    })
    expect(JSON.parse(text).freshness.ageSeconds).toBeGreaterThanOrEqual(90)
  })

  test('is not sent again to who has this version already, but says how fresh it is', async () => {
    const path = `/v1/resources/patients/${world.north.patient}`
    const { etag } = (await get(path)).headers
    expect(etag).toBe('W/"2"')
    const again = await get(path, { 'if-none-match': 'W/"1", W/"2"' })
    expect(again).toMatchObject({ status: 304, text: '' })
    expect(again.headers['chartway-as-of']).toBe(new Date(world.askedAt).toISOString())
    expect((await get(path, { 'if-none-match': 'W/"1"' })).status).toBe(200)
  })

  test('of a deleted resource says so', async () => {
    const { organization, practice } = world.south
    const [ref] = (await world.platform.practices.list(organization)).map((one) => one.ref)
    if (ref === undefined) throw new Error(`${practice} is missing`)
    const gone = {
      kind: 'absent',
      type: 'Patient',
      id: 'south-5',
      askedAt: world.askedAt + 1,
    } as const
    await world.platform.mirror.applyRead(ref, gone, { pathway: 'fhir', search: 'Patient.id' })
    const { status, text } = await get('/v1/resources/patients/south-5', {
      authorization: `Bearer ${world.south.readKey}`,
    })
    expect(status).toBe(410)
    expect(JSON.parse(text)).toMatchObject({ code: 'RESOURCE_DELETED' })
  })

  test('leaves an entry in the ledger with the key, the practice and the id', async () => {
    await get(`/v1/resources/patients/${world.north.patient}`)
    const events = await world.accesses(world.north.organization)
    const keyId = world.north.readKey.split('_')[2]
    expect(events).toContainEqual(
      expect.objectContaining({
        actor: `key:${keyId}`,
        action: 'patients.read',
        practice: 'north-clinic',
        subject: 'Patient/north-1',
        outcome: 'success',
      }),
    )
  })
})

describe('every way to see something of a patient', () => {
  test.each([
    ['/v1/freshness?patient=north-1', 'freshness.list', 'Freshness?patient,limit'],
    ['/v1/sync/problems', 'sync.problems', 'Problem?limit'],
    ['/v1/counts', 'counts.read', 'Count'],
  ])('%s leaves an entry in the ledger', async (path, action, subject) => {
    expect((await get(path)).status).toBe(200)
    const [newest] = await world.accesses(world.north.organization)
    expect(newest).toMatchObject({ action, subject, practice: 'north-clinic', outcome: 'success' })
  })

  test('a check of the connection is in the ledger too', async () => {
    await send('POST', '/v1/practices/north-clinic/check')
    const [newest] = await world.accesses(world.north.organization)
    expect(newest).toMatchObject({
      action: 'practices.check',
      subject: 'Practice/north-clinic',
      actor: `key:${world.north.adminKey.split('_')[2]}`,
    })
  })
})

describe('a refusal', () => {
  const refused = async () =>
    (await world.accesses(world.north.organization)).filter((one) => one.outcome === 'refused')

  test('of a key for its scope is in the ledger, once however often it comes', async () => {
    const authorization = `Bearer ${world.north.adminKey}`
    const before = await refused()
    for (const _ of [1, 2, 3])
      expect((await get('/v1/resources/patients', { authorization })).status).toBe(403)
    const after = await refused()
    expect(after).toHaveLength(before.length + 1)
    expect(after[0]).toMatchObject({
      actor: `key:${world.north.adminKey.split('_')[2]}`,
      action: 'resources.list',
      details: { code: 'RIGHT_MISSING' },
    })
  })

  test('of a revoked key is in the ledger, of a key that is none of ours is not', async () => {
    const payload = JSON.stringify({ name: 'to be revoked', scopes: ['read'] })
    const { text, keyId } = keyIn(
      (await send('POST', '/v1/keys', payload, 'application/json')).body,
    )
    await send('DELETE', `/v1/keys/${keyId}`)
    const before = (await refused()).length
    const end = text.endsWith('A') ? 'B' : 'A'
    const wrong = { authorization: `Bearer ${text.slice(0, -1)}${end}` }
    expect((await get('/v1/budget', wrong)).status).toBe(401)
    expect(await refused()).toHaveLength(before)
    expect((await get('/v1/budget', { authorization: `Bearer ${text}` })).status).toBe(401)
    const after = await refused()
    expect(after).toHaveLength(before + 1)
    expect(after[0]).toMatchObject({
      actor: `key:${keyId}`,
      action: 'budget.read',
      details: { code: 'KEY_INVALID' },
    })
  })
})

describe('a list', () => {
  test('is walked page by page, each resource once, in the order of ids', async () => {
    const ids: string[] = []
    let path = '/v1/resources/patients?limit=2'
    for (;;) {
      const body = JSON.parse((await get(path)).text)
      ids.push(...body.items.map((item: { resource: { id: string } }) => item.resource.id))
      if (body.next === null) break
      path = `/v1/resources/patients?limit=2&cursor=${body.next}`
    }
    expect(ids).toEqual(Array.from({ length: PATIENTS_EACH }, (_, index) => `north-${index + 1}`))
  })

  test('is as fresh as its oldest item, and an empty one of which nothing is known is not', async () => {
    const patients = JSON.parse((await get('/v1/resources/patients')).text)
    expect(patients.freshness.asOf).toBe(new Date(world.askedAt).toISOString())
    const none = JSON.parse((await get('/v1/resources/observations?patient=north-1')).text)
    expect(none).toEqual({ items: [], next: null, freshness: { asOf: null, ageSeconds: null } })
  })

  test('refuses a cursor of another list', async () => {
    const { next } = JSON.parse((await get('/v1/resources/patients?limit=2')).text)
    const other = await get(`/v1/resources/observations?cursor=${next}`)
    expect(other.status).toBe(400)
    expect(JSON.parse(other.text).code).toBe('CURSOR_INVALID')
  })
})

describe('changes', () => {
  test('come in sequence, without a gap, and go on from where the last answer ended', async () => {
    const first = JSON.parse((await get('/v1/changes?limit=4')).text)
    const second = JSON.parse((await get(`/v1/changes?after=${first.next}`)).text)
    const sequences = [...first.items, ...second.items].map((change) => change.sequence)
    expect(sequences).toEqual([1, 2, 3, 4, 5, 6])
    expect(second).toMatchObject({ next: 6, last: 6 })
    expect(second.items.at(-1)).toMatchObject({
      kind: 'updated',
      type: 'Patient',
      id: 'north-1',
      version: 2,
      differences: [{ op: 'replace', path: '/name/0/family', before: 'Before', after: 'Blake' }],
    })
  })

  test('after the last are none, and the place to go on stays', async () => {
    expect(JSON.parse((await get('/v1/changes?after=6')).text)).toMatchObject({
      items: [],
      next: 6,
    })
  })

  test('after a number that was never given, as one that outlived a restore, are refused', async () => {
    const { status, text } = await get('/v1/changes?after=7')
    expect(status).toBe(400)
    expect(JSON.parse(text)).toMatchObject({ code: 'CURSOR_INVALID', position: '/query/after' })
  })
})

describe('what does not fit', () => {
  test.each([
    ['/v1/resources/patients?limit=0', 400, 'INPUT_INVALID', '/query/limit'],
    ['/v1/resources/patients?limit=501', 400, 'INPUT_INVALID', '/query/limit'],
    ['/v1/resources/patients?limit=1&limit=2', 400, 'INPUT_INVALID', '/query/limit'],
    ['/v1/resources/patients?family=Blake', 400, 'INPUT_INVALID', '/query/family'],
    ['/v1/changes?after=-1', 400, 'INPUT_INVALID', '/query/after'],
    ['/v1/resources/patients?practice=absent', 404, 'NOT_FOUND', undefined],
    ['/v1/resources/patients/no%20id', 404, 'NOT_FOUND', undefined],
    ['/v1/unicorns', 404, 'ROUTE_UNKNOWN', undefined],
    ['/v2/patients', 404, 'ROUTE_UNKNOWN', undefined],
    ['/v1/resources/patients/%zz', 404, 'ROUTE_UNKNOWN', undefined],
  ])('%s is answered %i %s', async (path, status, code, position) => {
    const { status: got, headers, text } = await get(path)
    expect(got).toBe(status)
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8')
    const problem = JSON.parse(text)
    expect(problem).toMatchObject({ code, status, type: `/errors/${code}` })
    expect(problem.position).toBe(position)
    expect(problem.requestId).toBe(headers['x-request-id'])
  })

  test('a method that an address does not take is answered 405 with those it takes', async () => {
    const reply = await world.platform.face.inject({ method: 'PUT', url: '/v1/keys' })
    expect(reply.statusCode).toBe(405)
    expect(reply.headers.allow).toBe('GET, POST, HEAD')
  })

  test.each([
    ['that is cut off', '{"name":', 'application/json', 400, 'BODY_MALFORMED'],
    ['that names a prototype', '{"__proto__":{}}', 'application/json', 400, 'BODY_MALFORMED'],
    ['of a form', 'name=n', 'application/x-www-form-urlencoded', 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['beyond the limit', '"'.padEnd(70_000), 'application/json', 413, 'BODY_TOO_LARGE'],
    ['that is a list', '[]', 'application/json', 400, 'INPUT_INVALID'],
    [
      'with a scope of its own',
      '{"name":"n","scopes":["root"]}',
      'application/json',
      400,
      'INPUT_INVALID',
    ],
  ])('a body %s is refused', async (_what, payload, type, status, code) => {
    expect(await send('POST', '/v1/keys', payload, type)).toMatchObject({ status, body: { code } })
  })

  test.each([
    [{ baseUrl: 'https://fhir.test/r4/FEIGCD/' }, 'PATHWAY_BASE_URL_SLASH', '/body/baseUrl'],
    [{ baseUrl: 'fhir.test/r4' }, 'PATHWAY_BASE_URL_INVALID', '/body/baseUrl'],
    [{ timeZone: 'Mars/Olympus' }, 'TIME_ZONE_UNKNOWN', '/body/timeZone'],
    [{ dialect: 'klingon' }, 'PATHWAY_DIALECT_UNKNOWN', '/body/dialect'],
    [{ overrides: { scopez: {} } }, 'PATHWAY_SETTINGS_INVALID', '/body/overrides'],
    [{ practice: 'No Good' }, 'INPUT_INVALID', '/body/practice'],
  ])('a practice is not connected with %j', async (wrong, code, position) => {
    const right = {
      practice: 'new',
      name: 'New',
      timeZone: 'America/New_York',
      baseUrl: 'https://fhir.test/r4/FEIGCD',
      clientId: 'c',
    }
    const { body } = await send(
      'POST',
      '/v1/practices',
      JSON.stringify({ ...right, ...wrong }),
      'application/json',
    )
    expect(body).toMatchObject({ code, position })
  })
})

test('a practice is paused and resumed, shown so, and both are in the ledger', async () => {
  const stateOf = async () => ({
    listed: JSON.parse((await get('/v1/practices')).text).items[0].state,
    phase: JSON.parse((await get('/v1/sync')).text).phase,
  })
  const before = await stateOf()
  expect(before.listed).toBe('connected')
  expect(await send('POST', '/v1/practices/north-clinic/pause')).toMatchObject({
    status: 200,
    body: { practice: { practice: 'north-clinic', state: 'paused' } },
  })
  expect(await stateOf()).toEqual({ listed: 'paused', phase: 'paused' })
  expect((await get('/v1/resources/patients')).status).toBe(200)
  expect(await send('POST', '/v1/practices/north-clinic/resume')).toMatchObject({
    status: 200,
    body: { practice: { state: 'connected' } },
  })
  expect(await stateOf()).toEqual(before)
  const events = await world.accesses(world.north.organization)
  const actor = `key:${world.north.adminKey.split('_')[2]}`
  for (const action of ['practices.pause', 'practices.resume'])
    expect(events).toContainEqual(
      expect.objectContaining({ actor, action, subject: 'Practice/north-clinic' }),
    )
})

describe('a practice that is connected already', () => {
  const connect = (practice: string, baseUrl: string) => {
    const rest = { name: 'N', timeZone: 'America/New_York', clientId: 'client-of-north' }
    const payload = JSON.stringify({ ...rest, practice, baseUrl })
    return send('POST', '/v1/practices', payload, 'application/json')
  }

  test('with records is not taken for another practice, but may move', async () => {
    const other = await connect('north-clinic', 'https://north.test/fhir/r4/JAFJCD')
    expect(other).toMatchObject({
      status: 409,
      body: { code: 'PRACTICE_HAS_RECORDS', position: '/body/baseUrl' },
    })
    const moved = 'https://moved.test:8443/elsewhere/r4/FEIGCD'
    expect(await connect('north-clinic', moved)).toMatchObject({
      status: 201,
      body: { practice: { baseUrl: moved } },
    })
  })

  test('without records may be taken for another practice', async () => {
    const organization = organizationId('unused')
    if (organization === undefined) throw new Error('not an id')
    const { practices } = world.platform
    await practices.createOrganization(organization, 'Unused')
    const { text } = await practices.createApiKey(
      organization,
      { name: 'k', scopes: ['admin'] },
      't',
    )
    for (const code of ['FEIGCD', 'JAFJCD']) {
      const reply = await world.platform.face.inject({
        method: 'POST',
        url: '/v1/practices',
        headers: { authorization: `Bearer ${text}` },
        payload: {
          practice: 'elm',
          name: 'Elm',
          timeZone: 'America/New_York',
          clientId: 'c',
          baseUrl: `https://fhir.test/r4/${code}`,
        },
      })
      expect(reply.statusCode).toBe(201)
    }
  })
})

test('an organization without a practice is told to connect one, one with several to name it', async () => {
  const empty = organizationId('empty')
  if (empty === undefined) throw new Error('not an id')
  const { practices } = world.platform
  await practices.createOrganization(empty, 'Empty')
  const scopes = ['read', 'admin'] as const
  const { text } = await practices.createApiKey(empty, { name: 'k', scopes }, 'test')
  const authorization = `Bearer ${text}`
  const code = async () => JSON.parse((await get('/v1/budget', { authorization })).text).code
  expect(await code()).toBe('PRACTICE_NONE')
  const connect = (practice: string) =>
    world.platform.face.inject({
      method: 'POST',
      url: '/v1/practices',
      headers: { authorization },
      payload: {
        practice,
        name: practice,
        timeZone: 'America/New_York',
        baseUrl: 'https://fhir.test/r4/FEIGCD',
        clientId: 'c',
      },
    })
  expect((await connect('one')).statusCode).toBe(201)
  expect(await code()).toBeUndefined()
  expect((await connect('two')).statusCode).toBe(201)
  expect(await code()).toBe('PRACTICE_UNNAMED')
})

describe('keys', () => {
  test('a key works as soon as it is made and never after it is revoked', async () => {
    const payload = JSON.stringify({ name: 'for a day', scopes: ['read', 'read'] })
    const made = await send('POST', '/v1/keys', payload, 'application/json')
    expect(made.status).toBe(201)
    const { text, keyId } = keyIn(made.body)
    const authorization = `Bearer ${text}`
    expect((await get('/v1/resources/patients', { authorization })).status).toBe(200)
    expect((await send('DELETE', `/v1/keys/${keyId}`)).status).toBe(200)
    expect((await get('/v1/resources/patients', { authorization })).status).toBe(401)
    expect((await send('DELETE', '/v1/keys/0123456789abcdef')).status).toBe(404)
  })

  test.each([
    ['empty', ''],
    ['of another scheme', 'Basic abc'],
    ['without a key', 'Bearer '],
    ['longer than any key', `Bearer ${'x'.repeat(300)}`],
  ])('an authorization %s is refused', async (_what, authorization) => {
    const { status, headers } = await get('/v1/resources/patients', { authorization })
    expect(status).toBe(401)
    expect(headers['www-authenticate']).toBe('Bearer')
  })
})

function keyIn(body: unknown): { readonly text: string; readonly keyId: string } {
  if (typeof body === 'object' && body !== null && 'text' in body && 'keyId' in body)
    return { text: String(body.text), keyId: String(body.keyId) }
  throw new Error('The answer holds no key')
}

test('the key set of an organization is public, and that of none looks like one without keys', async () => {
  const own = await get('/jwks/north.json', { authorization: '' })
  expect(JSON.parse(own.text).keys).toHaveLength(1)
  expect(JSON.parse(own.text).keys[0]).not.toHaveProperty('d')
  expect(JSON.parse((await get('/jwks/nobody.json')).text)).toEqual({ keys: [] })
  expect(JSON.parse((await get('/jwks/No%20Body.json')).text)).toEqual({ keys: [] })
})

test('a code is explained where its problems point to', async () => {
  const problem = JSON.parse((await get('/v1/resources/patients?limit=0')).text)
  const { status, text } = await get(problem.type)
  expect(status).toBe(200)
  expect(JSON.parse(text)).toMatchObject({
    code: 'INPUT_INVALID',
    title: problem.title,
    cure: problem.cure,
  })
})

test('the log names routes by their template, and holds no id and no query', async () => {
  lines.length = 0
  await get('/v1/resources/patients/north-1?practice=north-clinic')
  const answered = lines.filter(({ event }) => event === 'http.answered')
  expect(answered).toHaveLength(1)
  expect(answered[0]?.fields).toMatchObject({
    route: '/v1/resources/:collection/:id',
    status: 200,
    method: 'GET',
  })
  expect(JSON.stringify(lines)).not.toContain('north-1')
})
