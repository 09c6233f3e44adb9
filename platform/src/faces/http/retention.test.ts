// What each face answers about a practice of which no content is kept: that it is not kept, and never
// that nothing is there.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Tenants, tenants } from '../../../../test/tenants.ts'

let world: Tenants
beforeAll(async () => {
  world = await tenants()
  await world.platform.face.ready()
  const { organization, practice } = world.north
  const ref = (await world.platform.practices.list(organization)).find(
    (one) => one.ref.practice === practice,
  )?.ref
  if (ref === undefined) throw new Error('there is no such practice')
  await world.platform.mirror.retain(ref, { mode: 'fingerprint' })
})
afterAll(() => world.close())

async function ask(url: string, key = world.north.readKey, payload?: object) {
  const reply = await world.platform.face.inject({
    method: payload === undefined ? 'GET' : 'POST',
    url,
    headers: {
      authorization: `Bearer ${key}`,
      accept: 'application/json, text/event-stream',
      ...(payload && { 'content-type': 'application/json' }),
    },
    ...(payload && { payload }),
  })
  return { status: reply.statusCode, body: JSON.parse(reply.body) }
}

describe('without content', () => {
  test.each([
    ['/v1/resources/patients'],
    ['/v1/resources/patients/north-1'],
    ['/v1/patients'],
    ['/v1/patients/north-1'],
    ['/v1/patients/north-1/history'],
    ['/patients'],
  ])('%s says that it is not kept', async (path) => {
    const { status, body } = await ask(path)
    expect([status, body.code]).toEqual([404, 'CONTENT_NOT_KEPT'])
  })

  test.each([
    ['Patient/north-1'],
    ['Patient/north-1/_history'],
    ['Patient/north-1/_history/1'],
    ['Patient?family=Blake'],
    ['Observation?patient=north-1'],
  ])('FHIR %s says that it is suppressed', async (path) => {
    const { status, body } = await ask(`/fhir/r4/north-clinic/${path}`)
    expect([status, body.issue?.[0]?.code]).toEqual([404, 'suppressed'])
  })

  test('the change feed has every change, without differences', async () => {
    const { body } = await ask('/v1/changes')
    expect(body.items.length).toBeGreaterThan(0)
    for (const { differences } of body.items) expect(differences).toEqual([])
  })

  test('counts and freshness are as ever', async () => {
    expect((await ask('/v1/counts')).body.counts.Patient).toBe(5)
    expect((await ask('/v1/freshness')).status).toBe(200)
  })

  test('an agent is told so', async () => {
    const params = { name: 'patients_list', arguments: {} }
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params }
    const { body } = await ask('/mcp', world.north.readKey, call)
    expect(body.result.isError).toBe(true)
    expect(JSON.parse(body.result.content[0].text).code).toBe('CONTENT_NOT_KEPT')
  })
})

describe('setting it', () => {
  const path = '/v1/practices/north-clinic/retention'
  test('a window has days, and nothing else does', async () => {
    const { adminKey } = world.north
    expect((await ask(path, adminKey, { mode: 'window' })).body.position).toBe('/body/days')
    expect((await ask(path, adminKey, { mode: 'full', days: 3 })).body.position).toBe('/body/days')
    expect((await ask(path, adminKey, { mode: 'window', days: 30 })).body).toEqual({
      mode: 'window',
      days: 30,
    })
    expect((await ask(path, adminKey)).body).toEqual({ mode: 'window', days: 30 })
  })

  test('is in the ledger', async () => {
    const events = await world.accesses(world.north.organization)
    expect(events).toContainEqual(
      expect.objectContaining({
        action: 'practices.retain',
        details: { mode: 'window', days: 30 },
      }),
    )
  })
})
