// The authorize endpoint: which requests a person is asked about, what happens to the others, and the
// pages up to the code. Tokens are tested beside it.

import { beforeAll, describe, expect, test } from 'vitest'
import type { AppRegistration } from '../contract.ts'
import { CLIENT_ID, CODE, type Keys, makeKeys, type Rig, rig } from '../rig.ts'
import { APP, asking, BASE, hiddenOf, REDIRECT, visitor } from '../visitor.ts'

let keys: Keys
beforeAll(async () => {
  keys = await makeKeys()
})

const RESOURCES = [
  { resourceType: 'Practitioner', id: 'dr1', name: [{ given: ['Ada'], family: 'Stone' }] },
  { resourceType: 'Patient', id: 'p1', name: [{ given: ['Bo'], family: '<b>Brown</b>' }] },
  { resourceType: 'Patient', id: 'p2', name: [{ given: ['Cy'], family: 'Green' }] },
  { resourceType: 'Encounter', id: 'e1', subject: { reference: 'Patient/p1' } },
]

function setUp(switches: Readonly<Record<string, string>> = {}): Rig {
  return rig({ keys, resources: RESOURCES, more: { switches, apps: [APP] } })
}

const SEEN = {
  error_description: 'invalid_request',
  error: '403',
  error_uri: 'http://www.hl7.org/fhir/smart-app-launch/',
}

describe('an authorize request that nobody is asked about', () => {
  test.each([
    ['an unknown client', { client_id: 'nobody' }],
    ['a backend app', { client_id: CLIENT_ID }],
    ['no redirect URI', { redirect_uri: undefined }],
    ['a longer redirect URI', { redirect_uri: `${REDIRECT}/more` }],
    ['a redirect URI with a slash more', { redirect_uri: `${REDIRECT}/` }],
    ['a redirect URI in other letters', { redirect_uri: REDIRECT.replace('app', 'APP') }],
    ['a foreign redirect URI', { redirect_uri: 'https://evil.test/' }],
  ])('%s is never redirected, whatever the switch says', async (_, change) => {
    for (const how of ['body-and-redirect', 'redirect', 'body']) {
      const { sandbox } = setUp({ 'authorize-errors': how })
      const seen = await visitor(sandbox).authorize(change)
      expect([seen.status, seen.location]).toEqual([403, undefined])
      expect(JSON.parse(seen.html)).toEqual(SEEN)
    }
  })

  test.each([
    ['no aud', { aud: undefined }],
    ['aud with a trailing slash', { aud: `${BASE}/` }],
    ['aud of another practice', { aud: BASE.replace(CODE, 'AAAAAA') }],
    ['aud on another host', { aud: `http://elsewhere.test/fhir/r4/${CODE}` }],
    ['a practice_code that is not that of aud', { practice_code: 'AAAAAA' }],
    ['no code challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['a plain code challenge', { code_challenge_method: 'plain' }],
    ['a code challenge without its method', { code_challenge_method: undefined }],
    ['a short code challenge', { code_challenge: 'short' }],
    ['the launch scope without a launch', { scope: 'launch patient/Patient.read' }],
    ['a launch nobody started', { scope: 'launch', launch: 'x' }],
  ])('%s gets the body that was seen, or a redirect by switch', async (_, change) => {
    const { sandbox } = setUp()
    const seen = await visitor(sandbox).authorize(change)
    expect([seen.status, JSON.parse(seen.html)]).toEqual([403, SEEN])
    sandbox.operator.setSwitch('authorize-errors', 'redirect')
    const { location } = await visitor(sandbox).authorize(change)
    expect(location?.origin).toBe('http://app.test')
    expect(location?.searchParams.get('error')).toBe('invalid_request')
    expect(location?.searchParams.get('state')).toBe('a state & more')
  })

  test.each([
    ['unsupported_response_type', { response_type: 'token' }],
    ['invalid_scope', { scope: undefined }],
    ['invalid_scope', { scope: 'patient/Patient.read patient/Patient.everything' }],
    ['invalid_scope', { scope: 'patient/Patient.read patient/Goal.read' }],
    ['invalid_scope', { scope: 'system/Patient.read' }],
  ])('%s goes back to the app with the state for %j', async (error, change) => {
    const { sandbox } = setUp()
    const { status, location } = await visitor(sandbox).authorize(change)
    expect(status).toBe(302)
    expect(`${location?.origin}${location?.pathname}`).toBe(REDIRECT)
    expect(location?.searchParams.get('error')).toBe(error)
    expect(location?.searchParams.get('state')).toBe('a state & more')
  })

  test('a field sent twice is refused', async () => {
    const { sandbox } = setUp()
    const seen = await visitor(sandbox).get(`/oauth/oauth2/authorize?${asking()}&state=again`)
    expect(seen.status).toBe(403)
  })
})

describe('an authorize request by switch', () => {
  const noKey = { code_challenge: undefined, code_challenge_method: undefined }
  const secretly: AppRegistration = { ...APP, client: 'confidential-symmetric', secret: 's' }
  test.each([
    ['aud may end in a slash', { 'authorize-aud': 'slash-allowed' }, { aud: `${BASE}/` }, 200],
    ['no proof key is needed', { pkce: 'optional' }, noKey, 200],
    ['a public client needs one', { pkce: 'public-clients' }, noKey, 403],
    ['practice_code is needed', { 'authorize-practice-code': 'required' }, {}, 403],
    ['and given', { 'authorize-practice-code': 'required' }, { practice_code: CODE }, 200],
    [
      'an unregistered scope is granted',
      { 'unregistered-scope': 'granted' },
      { scope: 'patient/Goal.read' },
      200,
    ],
  ])('%s', async (_, switches, change, status) => {
    const { sandbox } = setUp(switches)
    expect((await visitor(sandbox).authorize(change)).status).toBe(status)
  })

  test('a confidential client needs no proof key where only public ones do', async () => {
    const { sandbox } = setUp({ pkce: 'public-clients' })
    sandbox.operator.registerApp(secretly)
    expect((await visitor(sandbox).authorize(noKey)).status).toBe(200)
  })
})

test('the request may come as a form, as discovery says', async () => {
  const { sandbox } = setUp()
  const fields = Object.fromEntries(new URLSearchParams(asking()))
  const seen = await visitor(sandbox).send('/oauth/oauth2/authorize', fields)
  expect(seen.html).toContain('id="btnLoginSubmit"')
})

test('authorize calls count in the minute of the practice, pages do not', async () => {
  const { sandbox } = setUp()
  const person = visitor(sandbox)
  await person.allow(await person.authorize())
  await person.send('/oauth/oauth2/authorize', Object.fromEntries(new URLSearchParams(asking())))
  expect(sandbox.operator.minutes()).toMatchObject([{ practice: CODE, arrived: 2, tokens: 0 }])
})

describe('the pages', () => {
  test('lead from sign-in over the chart to the consent and back with code and state', async () => {
    const { sandbox } = setUp()
    const person = visitor(sandbox)
    const login = await person.authorize()
    for (const id of ['username', 'pwd', 'btnLoginSubmit'])
      expect(login.html).toContain(`id="${id}"`)
    const charts = await person.press(login, {
      ...{ username: 'provider', pwd: 'sandbox', act: 'sign-in' },
    })
    expect(charts.html).toContain('Cy Green')
    const first = await person.press(charts, { patient: 'p1' })
    expect(first.html).toContain('>Continue</button>')
    const consent = await person.press(first, { act: 'continue' })
    expect(consent.html).toContain('>Approve</button>')
    expect(consent.html).toContain('patient/Patient.read')
    const back = await person.press(consent, { act: 'approve' })
    expect(back.location?.href.startsWith(`${REDIRECT}?`)).toBe(true)
    expect(back.location?.searchParams.get('code')).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(back.location?.searchParams.get('state')).toBe('a state & more')
  })

  test('escape every name', async () => {
    const { sandbox } = setUp()
    const person = visitor(sandbox)
    const login = await person.authorize()
    const charts = await person.press(login, {
      ...{ username: 'provider', pwd: 'sandbox', act: 'sign-in' },
    })
    expect(charts.html).toContain('Bo &lt;b&gt;Brown&lt;/b&gt;')
    expect(charts.html).toContain('Chart &lt;Viewer&gt;')
    const found = await person.press(charts, { act: 'find', wanted: '"><script>' })
    expect(found.html).not.toContain('<script')
    expect(found.html).toContain('No chart with that name')
  })

  test('stay out of frames, caches and referrers, and load nothing from outside', async () => {
    const { sandbox } = setUp()
    const login = await visitor(sandbox).authorize()
    expect(login.header('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' http://app.test",
    )
    expect(login.header('cache-control')).toBe('no-store')
    expect(login.header('referrer-policy')).toBe('no-referrer')
    expect(login.html).not.toMatch(/<script|style=|(?:src|href)="https?:/)
    expect(login.html).toMatch(/Not affiliated/)
    expect(
      login.html.match(/<form [^>]*>/g)?.every((each) => each.includes('autocomplete="off"')),
    ).toBe(true)
  })

  test('a form of another browser or without its secret does nothing', async () => {
    const { sandbox } = setUp()
    const person = visitor(sandbox)
    const login = await person.authorize()
    const typed = { username: 'provider', pwd: 'sandbox', act: 'sign-in' }
    const stranger = visitor(sandbox)
    expect((await stranger.press(login, typed)).status).toBe(403)
    expect((await person.press(login, { ...typed, csrf: 'x' })).status).toBe(403)
    expect((await person.press(login, { ...typed, request: 'x' })).status).toBe(400)
    expect((await person.press(login, typed)).status).toBe(200)
  })

  test('a page cannot be skipped', async () => {
    const { sandbox } = setUp()
    const person = visitor(sandbox)
    const login = await person.authorize()
    for (const step of ['approve', 'continue', 'patient', 'credentials']) {
      const seen = await person.press(login, { step, act: 'approve', patient: 'p1' })
      expect(seen.location).toBeUndefined()
      expect(seen.html).toContain('id="pwd"')
    }
  })

  test('five wrong passwords end the sign-in', async () => {
    const { sandbox } = setUp()
    const person = visitor(sandbox)
    const login = await person.authorize()
    const wrong = { username: 'provider', pwd: 'wrong', act: 'sign-in' }
    for (let i = 0; i < 4; i++) {
      const seen = await person.press(login, wrong)
      expect([seen.status, seen.html.includes('role="alert"')]).toEqual([401, true])
    }
    expect((await person.press(login, wrong)).status).toBe(403)
    expect((await person.press(login, { ...wrong, pwd: 'sandbox' })).status).toBe(400)
  })

  test('declining tells the app', async () => {
    const { sandbox } = setUp()
    const person = visitor(sandbox)
    const { location } = await person.press(await person.authorize(), { act: 'decline' })
    expect(location?.searchParams.get('error')).toBe('access_denied')
    expect(location?.searchParams.get('state')).toBe('a state & more')
  })

  test('a sign-in ends after half an hour', async () => {
    const { sandbox, clock } = setUp()
    const person = visitor(sandbox)
    const login = await person.authorize()
    clock.add(30 * 60_000)
    expect((await person.press(login, { act: 'decline' })).status).toBe(400)
  })

  test('a patient chooses among the charts of the account alone', async () => {
    const { sandbox } = setUp()
    const parent = { practice: CODE, username: 'parent', password: 'sandbox' }
    sandbox.operator.registerUser({ ...parent, fhirUser: 'Patient/p1', patients: ['p1', 'e1'] })
    const person = visitor(sandbox)
    const login = await person.authorize()
    const charts = await person.press(login, {
      ...{ username: 'parent', pwd: 'sandbox', act: 'sign-in' },
    })
    expect(charts.html).not.toContain('Cy Green')
    const refused = await person.press(charts, { patient: 'p2' })
    expect(refused.html).toContain('name="wanted"')
    expect((await person.press(charts, { patient: 'p1' })).html).toContain('Continue')
  })

  test('serve their style, and nothing else', async () => {
    const { sandbox } = setUp()
    const person = visitor(sandbox)
    expect((await person.get('/oauth/sign-in/sign-in.css')).header('content-type')).toMatch(/css/)
    for (const path of ['', '/frame.html', '/..%2fserver.ts', '/a/b']) {
      expect((await person.get(`/oauth/sign-in${path}`)).status).toBe(404)
    }
  })

  test('hidden fields hold no password and no name', async () => {
    const { sandbox } = setUp()
    const hidden = hiddenOf(await visitor(sandbox).authorize())
    expect(Object.keys(hidden)).toEqual(['request', 'step', 'csrf'])
  })
})
