// EHR launches: who may start one, what the app is told, and how often and how long one works.

import { beforeAll, describe, expect, test } from 'vitest'
import type { AppRegistration } from '../contract.ts'
import { CODE, type Keys, makeKeys, type Rig, rig, START } from '../rig.ts'
import { APP, BASE, exchanged, redeeming, visitor } from '../visitor.ts'

let keys: Keys
beforeAll(async () => {
  keys = await makeKeys()
})

const of = (id: string) => ({ subject: { reference: `Patient/${id}` } })
const RESOURCES = [
  { resourceType: 'Practitioner', id: 'dr1', name: [{ given: ['Ada'], family: 'Stone' }] },
  { resourceType: 'Patient', id: 'p1', name: [{ given: ['Bo'], family: 'Brown' }] },
  { resourceType: 'Patient', id: 'p2', name: [{ given: ['Cy'], family: 'Brown' }] },
  { resourceType: 'Encounter', id: 'e1', ...of('p1') },
  { resourceType: 'Encounter', id: 'e2', ...of('p2') },
]

function setUp(switches: Readonly<Record<string, string>> = {}, app: AppRegistration = APP): Rig {
  return rig({ keys, resources: RESOURCES, more: { switches, apps: [app] } })
}

describe('an EHR launch', () => {
  const asked = { clientId: APP.clientId, practice: CODE, patient: 'p1', encounter: 'e1' }
  const scope = 'launch openid fhirUser patient/Patient.read'

  test('sends the browser to the app with iss and a launch that works once', async () => {
    const one = setUp()
    const started = one.sandbox.operator.startLaunch(asked)
    const url = new URL(started.url)
    expect(`${url.origin}${url.pathname}`).toBe(APP.launchUrl)
    expect(url.searchParams.get('iss')).toBe(BASE)
    const launch = url.searchParams.get('launch') ?? ''
    expect(launch).not.toContain('p1')
    const person = visitor(one.sandbox)
    const seen = await person.authorize({ scope, launch })
    expect(seen.html).not.toContain('id="pwd"')
    expect((await person.authorize({ scope, launch })).status).toBe(403)
    const { location } = await person.allow(seen)
    const reply = await exchanged(one.sandbox, redeeming(location?.searchParams.get('code') ?? ''))
    expect(reply.value).toMatchObject({ patient: 'p1', encounter: 'e1', need_patient_banner: true })
  })

  test.each([
    ['all', ['patient', 'encounter', 'need_patient_banner', 'smart_style_url']],
    ['ids', ['patient', 'encounter']],
    ['patient', ['patient']],
  ])('tells the app of its context by switch: %s', async (value, members) => {
    const one = setUp({ 'token-context': value, 'ehr-launch-pages': 'none' })
    const { launch } = one.sandbox.operator.startLaunch({ ...asked, needsBanner: false })
    const { location } = await visitor(one.sandbox).authorize({ scope, launch })
    const code = location?.searchParams.get('code') ?? ''
    const reply = await exchanged(one.sandbox, redeeming(code))
    const standard = ['access_token', 'token_type', 'expires_in', 'scope', 'id_token']
    expect(new Set(Object.keys(reply.value))).toEqual(new Set([...standard, ...members]))
    if (value === 'all') expect(reply.value.need_patient_banner).toBe(false)
  })

  test('asks for the password of the one who launched where the switch says so', async () => {
    const one = setUp({ 'ehr-launch-pages': 'sign-in' })
    const { launch } = one.sandbox.operator.startLaunch(asked)
    const person = visitor(one.sandbox)
    const login = await person.authorize({ scope, launch })
    expect(login.html).toContain('id="pwd"')
    const typed = { pwd: 'sandbox', act: 'sign-in' }
    expect((await person.press(login, { ...typed, username: 'patient' })).status).toBe(401)
    const next = await person.press(login, { ...typed, username: 'provider' })
    expect(next.html).toContain('>Continue</button>')
  })

  test('is for one app and one practice and ends after five minutes', async () => {
    const one = setUp()
    one.sandbox.operator.registerApp({ ...APP, clientId: 'app-2' })
    const { launch, expiresAt } = one.sandbox.operator.startLaunch(asked)
    expect(expiresAt).toBe(START + 300_000)
    const person = visitor(one.sandbox)
    expect((await person.authorize({ scope, launch, client_id: 'app-2' })).status).toBe(403)
    one.clock.add(300_000)
    expect((await person.authorize({ scope, launch })).status).toBe(403)
  })

  test.each([
    [{ clientId: 'nobody' }, /no app/],
    [{ practice: 'AAAAAA' }, /no practice/],
    [{ patient: 'p9' }, /patient/],
    [{ encounter: 'e2' }, /encounter/],
    [{ username: 'patient' }, /staff/],
  ])('is refused for %j', (change, words) => {
    const one = setUp()
    expect(() => one.sandbox.operator.startLaunch({ ...asked, ...change })).toThrow(words)
  })

  test('to a URL on this machine is refused until the switch allows it', () => {
    for (const launchUrl of ['http://localhost:3000/launch', 'http://127.0.0.1/launch']) {
      const one = setUp({}, { ...APP, launchUrl })
      expect(() => one.sandbox.operator.startLaunch(asked)).toThrow(/local-launch-url/)
      one.sandbox.operator.setSwitch('local-launch-url', 'allowed')
      expect(one.sandbox.operator.startLaunch(asked).url).toContain('launch=')
    }
  })
})
