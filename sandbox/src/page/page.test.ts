// The page's files and what it asks, at the operator's desk without sockets. How it looks and behaves
// is tested in a browser.

import { beforeAll, describe, expect, test } from 'vitest'
import { createOperatorDesk, type OperatorReply } from '../operator.ts'
import { CODE, type Keys, loaded, makeKeys, type Rig, rig, START } from '../rig.ts'
import { APP } from '../visitor.ts'

let keys: Keys
beforeAll(async () => {
  keys = await makeKeys()
})

const SECRET = 'operator-secret'
const visit = (id: string, patient: string, start: string, more = {}) => ({
  ...{
    resourceType: 'Encounter',
    id,
    status: 'planned',
    subject: { reference: `Patient/${patient}` },
  },
  participant: [{ individual: { reference: 'Practitioner/dr1' } }],
  reasonCode: [{ text: 'Cough' }],
  period: { start },
  ...more,
})
const RESOURCES = [
  { resourceType: 'Practitioner', id: 'dr1', name: [{ given: ['Ada'], family: 'Stone' }] },
  { resourceType: 'Patient', id: 'p1', name: [{ given: ['Bo'], family: 'Brown' }] },
  { resourceType: 'Patient', id: 'p2', name: [{ given: ['Cy'], family: 'Green' }] },
  visit('e1', 'p1', '2026-11-20T23:30:00-05:00'),
  visit('e2', 'p2', '2026-11-20T09:00:00-05:00', { status: 'finished' }),
  visit('e3', 'p1', '2026-11-21T00:10:00-05:00'),
  visit('e4', 'p1', '2026-11-20T03:00:00Z'),
]

function ask(one: Rig, path: string, secret = SECRET): OperatorReply {
  const desk = createOperatorDesk(one.sandbox, SECRET)
  const authorization = `Bearer ${secret}`
  return desk({ method: 'GET', path, authorization, body: new Uint8Array() })
}

function given(reply: OperatorReply): ReturnType<typeof JSON.parse> {
  expect(reply.status, String(reply.body)).toBe(200)
  return JSON.parse(String(reply.body))
}

describe('the files of the page', () => {
  test.each(['/', '/page.js', '/page.css', '/icon.svg', '/?x=1'])(
    '%s needs no secret, names no practice and runs under a strict policy',
    (path) => {
      const reply = ask(rig({ keys, resources: RESOURCES }), path, 'wrong')
      expect(reply.status).toBe(200)
      expect(String(reply.body)).not.toMatch(/JAFJCD|Brown|Test practice/)
      const policy = reply.headers?.['Content-Security-Policy'] ?? ''
      expect(policy).toMatch(/^default-src 'none'/)
      expect(policy).not.toMatch(/unsafe|\*|https?:/)
      expect(reply.headers?.['X-Frame-Options']).toBe('DENY')
    },
  )

  test('hold no inline script, style or handler, and nothing from another host', () => {
    const html = String(ask(rig({ keys }), '/').body)
    expect(html).not.toMatch(
      /<script(?![^>]* src="\/)|<style|\sstyle=|\son\w+=|(?:src|href)="https?:/,
    )
    expect(html).toContain('Not affiliated with eClinicalWorks or healow')
    expect(String(ask(rig({ keys }), '/page.js').body)).not.toMatch(
      /innerHTML|insertAdjacent|eval\(/,
    )
  })

  test.each(['/now', '/schedule', '/charts', '/visits', '/apps', '/users', '/preset', '/script'])(
    'what is behind %s needs the secret',
    (path) => {
      expect(ask(rig({ keys, resources: RESOURCES }), path, 'wrong').status).toBe(401)
    },
  )

  test.each(['/', '/page.js', '/now', '/schedule', '/launches', '/users'])(
    'the vendor side knows no %s',
    async (path) => {
      const { get } = rig({ keys, resources: RESOURCES })
      const reply = await get(path, { authorization: `Bearer ${SECRET}` })
      expect([reply.status, reply.text]).toEqual([404, 'Not Found'])
    },
  )

  test('and its sign-in pages speak of no operator', async () => {
    const one = rig({ keys, resources: RESOURCES, more: { apps: [APP] } })
    const style = await one.get('/oauth/sign-in/sign-in.css')
    expect(style.text).not.toMatch(/operator|desk|ledger|preset/i)
  })
})

describe('what the page asks', () => {
  test('the moment: time, new changes with their patient, calls of the last hour', async () => {
    const one = rig({ keys, resources: RESOURCES })
    await one.get(`/fhir/r4/${CODE}/metadata`)
    one.clock.add(61 * 60_000)
    await one.get(`/fhir/r4/${CODE}/metadata`)
    const first = given(ask(one, '/now'))
    expect(first).toMatchObject({
      now: START + 61 * 60_000,
      practice: { code: CODE, timeZone: 'America/New_York' },
      preset: 'calm',
      last: RESOURCES.length,
      limit: 250,
    })
    expect(first.minutes).toHaveLength(1)
    one.sandbox.operator.world.put(CODE, visit('e9', 'p2', '2026-11-20T12:00:00-05:00'), 'operator')
    const next = given(ask(one, `/now?after=${first.last}`))
    expect(next.events).toMatchObject([
      { kind: 'created', type: 'Encounter', id: 'e9', cause: 'operator', patient: 'Cy Green' },
    ])
    expect(given(ask(one, `/now?after=${next.last}`)).events).toEqual([])
  })

  test('at most sixty changes at once, and how many were left out', () => {
    const many = Array.from({ length: 100 }, (_, i) => ({ resourceType: 'Patient', id: `q${i}` }))
    const { events, leftOut } = given(ask(rig({ keys, resources: many }), '/now'))
    expect([events.length, leftOut]).toEqual([60, 40])
    expect(events.at(-1).id).toBe('q99')
  })

  test("today's schedule in the practice's own day, by provider and time", () => {
    const { date, providers } = given(ask(rig({ keys, resources: RESOURCES }), '/schedule'))
    expect(date).toBe('2026-11-20')
    expect(providers).toMatchObject([
      {
        name: 'Ada Stone',
        visits: [
          { id: 'e2', status: 'finished', patient: 'Cy Green', reason: 'Cough' },
          { id: 'e1', status: 'planned', patient: 'Bo Brown' },
        ],
      },
    ])
    expect(providers[0].visits).toHaveLength(2)
  })

  test('charts by a part of the name, and their visits, newest first', () => {
    const one = rig({ keys, resources: RESOURCES })
    expect(given(ask(one, '/charts?name=bRo'))).toMatchObject([{ id: 'p1', name: 'Bo Brown' }])
    const visits: { id: string }[] = given(ask(one, '/visits?patient=p1'))
    expect(visits.map(({ id }) => id)).toEqual(['e3', 'e1', 'e4'])
  })

  test('each practice apart', () => {
    const practices = [loaded(RESOURCES), loaded([{ resourceType: 'Patient', id: 'x1' }], 'BBBBBA')]
    const other = rig({ keys, more: { practices } })
    const events = given(ask(other, '/now?practice=BBBBBA')).events
    expect(events.map(({ id }: { id: string }) => id)).toEqual(['x1'])
    expect(ask(other, '/now?practice=NOPE').status).toBe(400)
    expect(ask(other, '/now?after=-1').status).toBe(400)
  })

  test('the levers as they stand', () => {
    const one = rig({ keys })
    one.sandbox.operator.script([{ fault: 'reset', rate: 0.5 }])
    expect(given(ask(one, '/script')).rules).toEqual([{ fault: 'reset', rate: 0.5 }])
    expect(given(ask(one, '/script')).faults.wire).toContain('reset')
    one.sandbox.operator.setPreset('tuesday')
    expect(given(ask(one, '/preset'))).toMatchObject({ preset: 'tuesday' })
    one.sandbox.operator.registerApp({ ...APP, client: 'confidential-symmetric', secret: 'hush' })
    expect(JSON.stringify(given(ask(one, '/apps')))).not.toContain('hush')
  })
})

test('people and launches are registered over the desk, and bad ones said to be bad', () => {
  const one = rig({ keys, resources: RESOURCES })
  const desk = createOperatorDesk(one.sandbox, SECRET)
  const post = (path: string, value: unknown) =>
    desk({
      ...{ method: 'POST', path, authorization: `Bearer ${SECRET}` },
      body: new TextEncoder().encode(JSON.stringify(value)),
    })
  const parent = { practice: CODE, username: 'parent', password: 'x', fhirUser: 'Patient/p1' }
  expect(post('/users', parent).status).toBe(201)
  const names = one.sandbox.operator.users().map(({ username }) => username)
  expect(names).toEqual(['parent', 'provider', 'patient'])
  const app = { clientId: 'a', client: 'public', scopes: ['launch'], activatedFor: [CODE] }
  const uris = { redirectUris: ['http://localhost:3000/cb'], launchUrl: 'https://a.test/launch' }
  expect(post('/apps', { ...app, ...uris }).status).toBe(201)
  const launch = { clientId: 'a', practice: CODE, patient: 'p1', encounter: 'e1' }
  expect(JSON.parse(String(post('/launches', launch).body)).url).toContain('iss=')
  for (const [path, value, words] of [
    ['/users', { ...parent, fhirUser: 'Device/d1' }, /fhirUser/],
    ['/apps', { ...app, client: 'strange' }, /client/],
    ['/apps', { ...app, client: 'confidential-symmetric' }, /secret/],
    ['/apps', { ...app, redirectUris: ['javascript:alert(1)'] }, /redirectUris/],
    ['/apps', { ...app, redirectUris: ['https://a.test/#x'] }, /redirectUris/],
    ['/apps', { ...app, redirectUris: ['https://a.test/\r\nx'] }, /redirectUris/],
    ['/launches', { ...launch, patient: 'p2' }, /encounter/],
  ] as const) {
    const reply = post(path, value)
    expect(reply.status).toBe(400)
    expect(JSON.parse(String(reply.body)).detail).toMatch(words)
  }
})
