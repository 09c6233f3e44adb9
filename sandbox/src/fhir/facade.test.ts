// Reads, authorization, refusals and builds of the facade, asked as a client asks. Searches have a file
// of their own.

import type { Resource } from '@chartway/codecs/fhir'
import { beforeAll, describe, expect, test } from 'vitest'
import { CLIENT_ID, CODE, type Keys, loaded, makeKeys, PUBLIC_URL, rig, START } from '../rig.ts'
import { servesType } from './build.ts'

let keys: Keys
beforeAll(async () => {
  keys = await makeKeys()
})

const RESOURCES: Resource[] = [
  {
    resourceType: 'Patient',
    id: 'p1',
    name: [{ family: 'Brown' }],
    meta: { lastUpdated: '2026-05-26T12:00:00.000-04:00' },
  },
  { resourceType: 'Practitioner', id: 'dr.1', name: [{ family: 'Who' }] },
  { resourceType: 'Coverage', id: 'v1', beneficiary: { reference: 'Patient/p1' } },
  {
    resourceType: 'Condition',
    id: 'c1',
    subject: { reference: 'Patient/p1' },
    category: [{ coding: [{ code: 'problem-list-item' }] }],
  },
  {
    resourceType: 'Condition',
    id: 'c2',
    subject: { reference: 'Patient/p1' },
    category: [{ coding: [{ code: 'encounter-diagnosis' }] }],
  },
]
const at = (path: string) => `/fhir/r4/${CODE}/${path}`
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('a read', () => {
  test('gives the resource with the recorded headers and cookies', async () => {
    const one = rig({ keys, resources: RESOURCES })
    const reply = await one.fhir('Patient/p1')
    expect(reply.status).toBe(200)
    expect(reply.value).toEqual(RESOURCES[0])
    expect(reply.header('content-location')).toBe('/r4/*/JAFJCD/Patient/p1')
    expect(reply.header('last-modified')).toBe('Tue, 26 May 2026 16:00:00 GMT')
    expect(reply.header('x-request-id')).toMatch(/^[A-Za-z0-9]{16}$/)
    expect(reply.header('server')).toBe('')
    expect(reply.header('x-powered-by')).toContain('HAPI FHIR 5.4.0')
    expect(reply.header('date')).toBe(new Date(START).toUTCString())
    expect(reply.header('etag')).toBeUndefined()
    const cookies = reply.headers
      .filter(([name]) => name === 'Set-Cookie')
      .map(([, value]) => value)
    expect(cookies).toHaveLength(2)
    const cookie = cookies[0]?.split(';')[0] ?? ''
    const again = await one.fhir('Patient/p1', { cookie })
    expect(again.header('set-cookie')).toContain(cookie)
  })

  test('answers in the media type that was asked', async () => {
    const one = rig({ keys, resources: RESOURCES })
    const old = await one.fhir('Patient/p1', { accept: 'application/json+fhir' })
    expect(old.header('content-type')).toBe('application/json+fhir;charset=UTF-8')
    const xml = await one.fhir('Patient/p1', { accept: 'application/fhir+xml' })
    expect([xml.status, xml.value.resourceType]).toEqual([406, 'OperationOutcome'])
    expect((await one.fhir('Patient/p1?_format=xml')).status).toBe(406)
    expect((await one.fhir('Patient/p1?_format=json')).status).toBe(200)
  })

  test('of an id with a dot fails for a Practitioner, and the search does not', async () => {
    const one = rig({ keys, resources: RESOURCES })
    const reply = await one.fhir('Practitioner/dr.1')
    expect(reply.status).toBe(500)
    expect(reply.value.issue[0].diagnostics).toBe('String index out of range: -1')
    expect((await one.fhir('Practitioner?_id=dr.1')).value.total).toBe(1)
    one.sandbox.operator.setSwitch('dotted-practitioner-read', 'works')
    expect((await one.fhir('Practitioner/dr.1')).status).toBe(200)
  })

  test('of an unknown id is a 404, and so is a deleted one unless switched', async () => {
    const one = rig({ keys, resources: RESOURCES })
    expect((await one.fhir('Patient/nobody')).status).toBe(404)
    one.sandbox.operator.world.remove(CODE, 'Condition', 'c1', 'operator')
    expect((await one.fhir('Condition/c1')).status).toBe(404)
    expect((await one.fhir('Condition?patient=p1')).value.total).toBe(1)
    one.sandbox.operator.setSwitch('deleted-read', '410')
    expect((await one.fhir('Condition/c1')).status).toBe(410)
    expect((await one.fhir('Patient/nobody')).status).toBe(404)
  })
})

test('deleted records stay listed as entered-in-error when the switch says so', async () => {
  const goal: Resource = {
    ...{ resourceType: 'Procedure', id: 'x1', status: 'completed' },
    subject: { reference: 'Patient/p1' },
  }
  const one = rig({ keys, resources: [...RESOURCES, goal] })
  one.clock.add(1000)
  expect((await one.fhir('Procedure?patient=p1')).value.total).toBe(1)
  one.sandbox.operator.world.remove(CODE, 'Procedure', 'x1', 'operator')
  expect((await one.fhir('Procedure?patient=p1')).value.total).toBe(0)
  one.sandbox.operator.setSwitch('deleted-listing', 'entered-in-error')
  const { value } = await one.fhir('Procedure?patient=p1')
  expect(value.entry[0].resource).toEqual({ ...goal, status: 'entered-in-error' })
})

describe('authorization', () => {
  test('without a token is a 401 OperationOutcome', async () => {
    const one = rig({ keys, resources: RESOURCES })
    for (const headers of [{}, bearer('wrong'), { authorization: 'Basic eDp5' }]) {
      const reply = await one.get(at('Patient?name=b'), headers)
      expect([reply.status, reply.value.resourceType]).toEqual([401, 'OperationOutcome'])
      expect(reply.header('content-type')).toContain('application/fhir+json')
    }
  })

  test('is a 403 for a type the scope does not cover', async () => {
    const one = rig({ keys, resources: RESOURCES })
    const token = await one.token(['system/Patient.read'])
    expect((await one.get(at('Patient/p1'), bearer(token))).status).toBe(200)
    expect((await one.get(at('Condition/c1'), bearer(token))).status).toBe(403)
    expect((await one.get(at('Condition?patient=p1'), bearer(token))).status).toBe(403)
  })

  test('by `.r` searches too, unless switched', async () => {
    const one = rig({ keys, resources: RESOURCES })
    const token = await one.token(['system/Coverage.r'])
    expect((await one.get(at('Coverage?patient=p1'), bearer(token))).value.total).toBe(1)
    one.sandbox.operator.setSwitch('scope-r-searches', 'no')
    expect((await one.get(at('Coverage?patient=p1'), bearer(token))).status).toBe(403)
    expect((await one.get(at('Coverage/v1'), bearer(token))).status).toBe(200)
  })

  test('by a granular scope shows its category alone', async () => {
    const more = { switches: { 'unregistered-scope': 'granted' } }
    const one = rig({ keys, resources: RESOURCES, more })
    const system = 'http://terminology.hl7.org/CodeSystem/condition-category'
    const token = await one.token([`system/Condition.rs?category=${system}|problem-list-item`])
    expect((await one.get(at('Condition?patient=p1'), bearer(token))).value.total).toBe(1)
    expect((await one.get(at('Condition/c1'), bearer(token))).status).toBe(200)
    expect((await one.get(at('Condition/c2'), bearer(token))).status).toBe(404)
  })

  test('fails in the vendor words where the practice has not activated the app', async () => {
    const practices = [loaded(RESOURCES), loaded(RESOURCES, 'IFDECD')]
    const one = rig({ keys, more: { practices } })
    const token = await one.token()
    const reply = await one.get('/fhir/r4/IFDECD/Patient/p1', bearer(token))
    expect(reply.status).toBe(403)
    expect(reply.value.issue[0].diagnostics).toBe('FHIR app authentication is not enabled')
    const app = one.sandbox.operator.app(CLIENT_ID)
    if (app === undefined) throw new Error('no app')
    one.sandbox.operator.registerApp({ ...app, activatedFor: [CODE, 'IFDECD'] })
    expect((await one.get('/fhir/r4/IFDECD/Patient/p1', bearer(token))).status).toBe(200)
  })
})

describe('what the facade does not do', () => {
  test.each([
    ['GET', at('Subscription'), 404],
    ['GET', at('Group/g1'), 400],
    ['GET', at('Claim?patient=p1'), 400],
    ['GET', at('Patient/p1/_history'), 400],
    ['GET', at('Patient/p1/$everything'), 501],
    ['GET', at('Group/g1/$export'), 403],
    ['POST', at('Patient'), 403],
    ['PUT', at('Patient/p1'), 403],
    ['DELETE', at('Patient/p1'), 403],
    ['POST', at('QuestionnaireResponse'), 403],
    ['GET', '/fhir/r4/ZZZZZZ/Patient/p1', 404],
    ['GET', '/', 404],
    ['GET', '/nothing/here', 404],
  ])('%s %s is a %i and never an exception', async (method, path, status) => {
    const one = rig({ keys, resources: RESOURCES })
    const headers = bearer(await one.token())
    const reply = await one.sandbox.handle({ method, path, headers, body: new Uint8Array() })
    expect(reply.status).toBe(status)
  })

  test('a write leaves the world as it was', async () => {
    const one = rig({ keys, resources: RESOURCES })
    const before = one.sandbox.operator.world.ledgerHash()
    const headers = bearer(await one.token())
    const body = new TextEncoder().encode(JSON.stringify({ resourceType: 'Patient', id: 'p1' }))
    await one.sandbox.handle({ method: 'PUT', path: at('Patient/p1'), headers, body })
    expect(one.sandbox.operator.world.ledgerHash()).toBe(before)
  })
})

describe('builds', () => {
  test.each([
    ['12.0.3.04009405', 'FamilyMemberHistory', true],
    ['12.0.3.04009330', 'FamilyMemberHistory', false],
    ['12.0.2.99999999', 'FamilyMemberHistory', false],
    ['12.0.4', 'FamilyMemberHistory', true],
    ['11.52.305C', 'Coverage', false],
    ['12.0.1', 'Coverage', false],
    ['12.0.2', 'Coverage', true],
    ['12.0.2(04000407)', 'Specimen', true],
    ['12.0.2(04000406)', 'Specimen', false],
    ['11.52.305C', 'Patient', true],
  ])('%s serves %s: %s', (build, type, expected) => {
    expect(servesType(build, type)).toBe(expected)
  })

  test('an old build refuses a newer type with the documented words', async () => {
    const practices = [{ ...loaded(RESOURCES), build: '11.52.305C' }]
    const one = rig({ keys, more: { practices } })
    const { status, value } = await one.fhir('Coverage?patient=p1')
    expect(status).toBe(400)
    expect(value.issue[0].diagnostics).toBe(
      'The search operation for scope system/Coverage.read is not supported',
    )
  })
})

test('links lead to the sandbox itself when the switch says so', async () => {
  const more = { switches: { 'link-host': 'public' } }
  const one = rig({ keys, resources: RESOURCES, more })
  const { value } = await one.fhir('Patient?name=b')
  expect(value.entry[0].fullUrl).toBe(`${PUBLIC_URL}/fhir/r4/${CODE}/Patient/p1`)
})
