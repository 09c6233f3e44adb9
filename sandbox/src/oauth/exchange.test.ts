// From the code to the tokens and what they open: proofs of the client, refresh, revocation, and the
// limits of a person's token at the FHIR facade. EHR launches have a file of their own.

import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { AppRegistration } from '../contract.ts'
import { CODE, JWKS_URL, type Keys, makeKeys, type Rig, rig, START, TOKEN_URL } from '../rig.ts'
import { APP, BASE, exchanged, REDIRECT, redeeming, STANDALONE, visitor } from '../visitor.ts'

let keys: Keys
beforeAll(async () => {
  keys = await makeKeys()
})

const of = (id: string) => ({ subject: { reference: `Patient/${id}` } })
const category = (code: string) => ({ category: [{ coding: [{ code }] }] })
const RESOURCES = [
  { resourceType: 'Practitioner', id: 'dr1', name: [{ given: ['Ada'], family: 'Stone' }] },
  { resourceType: 'Patient', id: 'p1', name: [{ given: ['Bo'], family: 'Brown' }] },
  { resourceType: 'Patient', id: 'p2', name: [{ given: ['Cy'], family: 'Brown' }] },
  { resourceType: 'Encounter', id: 'e1', ...of('p1') },
  { resourceType: 'Encounter', id: 'e2', ...of('p2') },
  { resourceType: 'Condition', id: 'c1', ...of('p1'), ...category('problem-list-item') },
  { resourceType: 'Condition', id: 'c2', ...of('p2'), ...category('problem-list-item') },
  { resourceType: 'Provenance', id: 'v1', target: [{ reference: 'Condition/c1' }] },
  { resourceType: 'Provenance', id: 'v2', target: [{ reference: 'Condition/c2' }] },
  {
    resourceType: 'DocumentReference',
    id: 'd2',
    ...of('p2'),
    content: [{ attachment: { url: 'Binary/b2' } }],
  },
  {
    resourceType: 'DocumentReference',
    id: 'd1',
    ...of('p1'),
    content: [{ attachment: { url: 'Binary/b1' } }],
  },
  { resourceType: 'Binary', id: 'b1', contentType: 'text/plain' },
  { resourceType: 'Binary', id: 'b2', contentType: 'text/plain' },
]

function setUp(switches: Readonly<Record<string, string>> = {}, app: AppRegistration = APP): Rig {
  return rig({ keys, resources: RESOURCES, more: { switches, apps: [app] } })
}

async function codeFor(
  { sandbox }: Rig,
  change: Readonly<Record<string, string | undefined>> = {},
  who: { readonly username?: string; readonly patient?: string } = {},
): Promise<string> {
  const person = visitor(sandbox)
  const { location } = await person.allow(await person.authorize(change), who)
  const code = location?.searchParams.get('code')
  if (typeof code !== 'string') throw new Error(`no code: ${location}`)
  return code
}

async function tokensFor(
  one: Rig,
  scope = STANDALONE,
  who: { readonly username?: string; readonly patient?: string } = {},
) {
  const reply = await exchanged(one.sandbox, redeeming(await codeFor(one, { scope }, who)))
  if (reply.status !== 200) throw new Error(`refused: ${JSON.stringify(reply.value)}`)
  return reply.value
}

const basic = (pair: string) => ({ authorization: `Basic ${btoa(pair)}` })

describe('a code', () => {
  test('becomes a token for an hour with context, id token and refresh token', async () => {
    const one = setUp()
    const reply = await exchanged(one.sandbox, redeeming(await codeFor(one)))
    expect(reply.status).toBe(200)
    expect(reply.header('cache-control')).toBe('no-store')
    expect(reply.value).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3600,
      scope: STANDALONE,
      patient: 'p1',
      need_patient_banner: true,
      smart_style_url: 'http://vendor.test/oauth/sign-in/smart-style.json',
      refresh_token: expect.any(String),
      id_token: expect.any(String),
    })
    expect(reply.value).not.toHaveProperty('encounter')
    const style = await one.get('/oauth/sign-in/smart-style.json')
    expect(style.value).toHaveProperty('color_background')
  })

  test('lives a minute, or as long as the switch says', async () => {
    const one = setUp()
    const late = await codeFor(one)
    one.clock.add(60_000)
    expect((await exchanged(one.sandbox, redeeming(late))).value.error).toBe('invalid_grant')
    one.sandbox.operator.setSwitch('code-lifetime', '300')
    const early = await codeFor(one)
    one.clock.add(299_000)
    expect((await exchanged(one.sandbox, redeeming(early))).status).toBe(200)
  })

  test('works once; a second use ends what came of the first, or by switch does not', async () => {
    for (const [value, status] of [
      ['revokes', 401],
      ['refused', 200],
    ] as const) {
      const one = setUp({ 'grant-reuse': value })
      const code = await codeFor(one)
      const first = await exchanged(one.sandbox, redeeming(code))
      const headers = { authorization: `Bearer ${first.value.access_token}` }
      expect((await one.get(`${path('Patient/p1')}`, headers)).status).toBe(200)
      const second = await exchanged(one.sandbox, redeeming(code))
      expect([second.status, second.value.error]).toEqual([400, 'invalid_grant'])
      expect((await one.get(path('Patient/p1'), headers)).status).toBe(status)
      const again = { grant_type: 'refresh_token', refresh_token: first.value.refresh_token }
      const third = await exchanged(one.sandbox, { ...again, client_id: APP.clientId })
      expect(third.status).toBe(status === 401 ? 400 : 200)
    }
  })

  test.each([
    ['another redirect URI', { redirect_uri: `${REDIRECT}/` }, 'invalid_grant'],
    ['another verifier', { code_verifier: 'a'.repeat(43) }, 'invalid_grant'],
    ['no verifier', { code_verifier: '' }, 'invalid_grant'],
    ['a code nobody gave', { code: 'x' }, 'invalid_grant'],
    ['an unknown client', { client_id: 'nobody' }, 'invalid_client'],
    ['a secret the client has not', { client_secret: 's' }, 'invalid_client'],
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
  ])('with %s is refused', async (_, change, error) => {
    const one = setUp()
    const reply = await exchanged(one.sandbox, redeeming(await codeFor(one), change))
    expect(reply.value.error).toBe(error)
    expect(reply.value).not.toHaveProperty('access_token')
  })

  test('of one client is nothing to another, and stays good', async () => {
    const one = setUp()
    one.sandbox.operator.registerApp({ ...APP, clientId: 'app-2' })
    const code = await codeFor(one)
    const other = await exchanged(one.sandbox, redeeming(code, { client_id: 'app-2' }))
    expect(other.value.error).toBe('invalid_grant')
    expect((await exchanged(one.sandbox, redeeming(code))).status).toBe(200)
  })

  test('counts in the minute of its practice alone, with the token calls', async () => {
    const one = setUp()
    await tokensFor(one)
    expect(one.sandbox.operator.minutes()).toMatchObject([
      { practice: CODE, arrived: 2, tokens: 1 },
    ])
  })
})

describe('a client proves itself', () => {
  const symmetric: AppRegistration = {
    ...APP,
    client: 'confidential-symmetric',
    secret: 'a secret: 100% + more',
  }
  const encoded = `app-1:${encodeURIComponent(symmetric.secret ?? '').replaceAll('%20', '+')}`

  test('by Basic, form-encoded; a wrong secret is 401 and told the scheme', async () => {
    const one = setUp({}, symmetric)
    const code = await codeFor(one)
    for (const pair of ['app-1:wrong', 'other:x', 'app-1', `app-1:${symmetric.secret}`]) {
      const reply = await exchanged(one.sandbox, redeeming(code), basic(pair))
      expect([reply.status, reply.value.error]).toEqual([401, 'invalid_client'])
      expect(reply.header('www-authenticate')).toBe('Basic')
    }
    expect((await exchanged(one.sandbox, redeeming(code), basic(encoded))).status).toBe(200)
  })

  test('not by a secret in the form, unless the switch says so', async () => {
    const one = setUp({}, symmetric)
    const code = await codeFor(one)
    const form = redeeming(code, { client_secret: symmetric.secret ?? '' })
    expect((await exchanged(one.sandbox, form)).status).toBe(401)
    expect((await exchanged(one.sandbox, redeeming(code))).status).toBe(401)
    one.sandbox.operator.setSwitch('client-secret-post', 'accepted')
    const twice = await exchanged(one.sandbox, form, basic(encoded))
    expect(twice.value.error).toBe('invalid_request')
    expect((await exchanged(one.sandbox, form)).status).toBe(200)
  })

  test('by an assertion, where it is registered for that', async () => {
    const signing: AppRegistration = {
      ...APP,
      client: 'confidential-asymmetric',
      jwksUrl: JWKS_URL,
      jwksAllowed: true,
    }
    const one = setUp({}, signing)
    const claims = { iss: APP.clientId, sub: APP.clientId }
    const proof = async () => ({
      client_assertion: await one.assertion({ claims }),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    })
    const code = await codeFor(one)
    expect((await exchanged(one.sandbox, redeeming(code))).status).toBe(401)
    const reply = await exchanged(one.sandbox, redeeming(code, await proof()))
    expect(reply.status).toBe(200)
    one.sandbox.operator.registerApp({ ...signing, client: 'public' })
    const again = await exchanged(one.sandbox, redeeming(await codeFor(one), await proof()))
    expect(again.value.error).toBe('invalid_client')
  })

  test('by an assertion signed with its secret, once, unless the switch says no', async () => {
    const one = setUp({}, symmetric)
    const key = new TextEncoder().encode(symmetric.secret)
    let serial = 0
    const proof = async (change: Readonly<Record<string, unknown>> = {}, alg = 'HS384') => {
      const iat = Math.floor(one.clock.now() / 1000)
      const who = { iss: APP.clientId, sub: APP.clientId, aud: TOKEN_URL, jti: `j${++serial}` }
      const jwt = new SignJWT({ ...who, iat, exp: iat + 300, ...change })
      return {
        client_assertion: await jwt.setProtectedHeader({ alg }).sign(key),
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      }
    }
    const code = await codeFor(one)
    const now = START / 1000
    for (const change of [{ aud: BASE }, { sub: 'x' }, { exp: now - 60 }, { exp: now + 900 }]) {
      const reply = await exchanged(one.sandbox, redeeming(code, await proof(change)))
      expect([401, 400]).toContain(reply.status)
    }
    const right = await proof()
    expect((await exchanged(one.sandbox, redeeming(code, right))).status).toBe(200)
    const again = await exchanged(one.sandbox, redeeming(await codeFor(one), right))
    expect(again.value.error).toBe('invalid_grant')
    one.sandbox.operator.setSwitch('client-secret-jwt', 'refused')
    const late = await exchanged(one.sandbox, redeeming(await codeFor(one), await proof()))
    expect([late.status, late.value.error]).toEqual([401, 'invalid_client'])
  })

  test('an app that signs people in gets no backend token', async () => {
    const signing = { ...APP, client: 'confidential-asymmetric', jwksUrl: JWKS_URL } as const
    const one = setUp({}, { ...signing, jwksAllowed: true, scopes: ['system/Patient.read'] })
    const reply = await exchanged(one.sandbox, {
      grant_type: 'client_credentials',
      client_assertion: await one.assertion({ claims: { iss: APP.clientId, sub: APP.clientId } }),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      scope: 'system/Patient.read',
    })
    expect([reply.status, reply.value.error]).toEqual([500, 'access_denied'])
  })
})

describe('an id token', () => {
  test('verifies with the published keys and says who signed in', async () => {
    for (const algorithm of ['RS256', 'RS384']) {
      const one = setUp({ 'id-token-algorithm': algorithm })
      const code = await codeFor(one, { nonce: 'n-1' })
      const { value } = await exchanged(one.sandbox, redeeming(code))
      const published = (await one.get('/oauth/oauth2/jwks')).value
      const { payload, protectedHeader } = await jwtVerify(
        value.id_token,
        createLocalJWKSet(published),
        { issuer: BASE, audience: APP.clientId, currentDate: new Date(one.clock.now()) },
      )
      expect(protectedHeader.alg).toBe(algorithm)
      expect(payload).toMatchObject({ nonce: 'n-1', fhirUser: `${BASE}/Practitioner/dr1` })
      expect(JSON.stringify(published)).not.toMatch(/"(d|p|q)":/)
    }
  })

  test('needs openid and fhirUser, or by switch openid alone', async () => {
    const scope = 'openid launch/patient patient/Patient.read'
    expect(await tokensFor(setUp(), scope)).not.toHaveProperty('id_token')
    expect(await tokensFor(setUp(), 'fhirUser launch/patient')).not.toHaveProperty('id_token')
    expect(await tokensFor(setUp({ 'id-token-needs': 'openid' }), scope)).toHaveProperty('id_token')
  })
})

describe('a refresh token', () => {
  const DAY = 86_400_000
  const refreshing = (refreshToken: string, change: Readonly<Record<string, string>> = {}) => ({
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: APP.clientId,
    ...change,
  })

  test('comes only with offline_access', async () => {
    const tokens = await tokensFor(setUp(), 'launch/patient patient/Patient.read')
    expect(tokens).not.toHaveProperty('refresh_token')
  })

  test('is single use and rotates, with ninety new days each time', async () => {
    const one = setUp()
    const first = await tokensFor(one)
    one.clock.add(89 * DAY)
    const second = await exchanged(one.sandbox, refreshing(first.refresh_token))
    expect(second.value).toMatchObject({ expires_in: 3600, patient: 'p1', scope: STANDALONE })
    expect(second.value.refresh_token).not.toBe(first.refresh_token)
    one.clock.add(89 * DAY)
    const third = await exchanged(one.sandbox, refreshing(second.value.refresh_token))
    expect(third.status).toBe(200)
    const reused = await exchanged(one.sandbox, refreshing(second.value.refresh_token))
    expect(reused.value.error).toBe('invalid_grant')
    const ended = await exchanged(one.sandbox, refreshing(third.value.refresh_token))
    expect(ended.value.error).toBe('invalid_grant')
  })

  test('ends after ninety days, also when it rotates to a fixed end', async () => {
    const one = setUp({ 'refresh-rotation': 'rotates-to-a-fixed-end' })
    const first = await tokensFor(one)
    one.clock.add(89 * DAY)
    const second = await exchanged(one.sandbox, refreshing(first.refresh_token))
    expect(second.status).toBe(200)
    one.clock.add(DAY)
    const late = await exchanged(one.sandbox, refreshing(second.value.refresh_token))
    expect(late.value.error).toBe('invalid_grant')
  })

  test('stays the same where the switch says so', async () => {
    const one = setUp({ 'refresh-rotation': 'fixed' })
    const first = await tokensFor(one)
    for (let i = 0; i < 3; i++) {
      const next = await exchanged(one.sandbox, refreshing(first.refresh_token))
      expect(next.value.refresh_token).toBe(first.refresh_token)
    }
    one.clock.add(90 * DAY)
    expect((await exchanged(one.sandbox, refreshing(first.refresh_token))).status).toBe(400)
  })

  test('gives fewer scopes when asked, and never more', async () => {
    const one = setUp({ 'refresh-rotation': 'fixed' })
    const { refresh_token: token } = await tokensFor(one)
    const fewer = await exchanged(one.sandbox, refreshing(token, { scope: 'patient/Patient.read' }))
    expect(fewer.value.scope).toBe('patient/Patient.read')
    const more = { scope: 'patient/Patient.read patient/Condition.read' }
    const reply = await exchanged(one.sandbox, refreshing(token, more))
    expect([reply.status, reply.value.error]).toEqual([400, 'invalid_grant'])
  })

  test('of another client, unknown, or of a revoked app is refused', async () => {
    const one = setUp()
    one.sandbox.operator.registerApp({ ...APP, clientId: 'app-2' })
    const { refresh_token: token } = await tokensFor(one)
    const theirs = await exchanged(one.sandbox, refreshing(token, { client_id: 'app-2' }))
    expect(theirs.value.error).toBe('invalid_grant')
    expect((await exchanged(one.sandbox, refreshing('x'))).value.error).toBe('invalid_grant')
    one.sandbox.operator.revokeTokens(APP.clientId)
    expect((await exchanged(one.sandbox, refreshing(token))).value.error).toBe('invalid_grant')
  })
})

const path = (rest: string) => `/fhir/r4/${CODE}/${rest}`

describe('a token a person allowed', () => {
  const ALL =
    'launch/patient patient/Patient.read patient/Condition.read patient/Provenance.read patient/Binary.r patient/Practitioner.read'

  async function opened(one: Rig, scope: string, who = {}) {
    const { access_token: token } = await tokensFor(one, scope, who)
    return (rest: string) => one.get(path(rest), { authorization: `Bearer ${token}` })
  }
  const ids = (bundle: { entry?: { resource: { id: string } }[] }) =>
    (bundle.entry ?? []).map(({ resource }) => resource.id)

  test('opens its patient chart and no other', async () => {
    const one = setUp()
    const open = await opened(one, ALL)
    for (const rest of [
      'Patient/p1',
      'Condition/c1',
      'Provenance/v1',
      'Binary/b1',
      'Practitioner/dr1',
    ]) {
      expect([rest, (await open(rest)).status]).toEqual([rest, 200])
    }
    for (const rest of ['Condition/c2', 'Provenance/v2', 'Binary/b2']) {
      expect([rest, (await open(rest)).status]).toEqual([rest, 404])
    }
    for (const rest of ['Patient/p2', 'Patient?_id=p2', 'Condition?patient=p2']) {
      expect([rest, (await open(rest)).status]).toEqual([rest, 403])
    }
    expect(ids((await open('Patient?name=Brown')).value)).toEqual(['p1'])
    expect(ids((await open('Condition?patient=p1')).value)).toEqual(['c1'])
    expect((await open('Encounter?patient=p1')).status).toBe(403)
  })

  test('hides the other chart where the switch says so', async () => {
    const one = setUp({ 'other-chart': 'hidden' })
    const open = await opened(one, ALL)
    expect((await open('Patient/p2')).status).toBe(404)
    expect(ids((await open('Condition?patient=p2')).value)).toEqual([])
  })

  test('brings in nothing of another chart by an include', async () => {
    const one = setUp()
    const open = await opened(one, ALL)
    const { value } = await open('Condition?patient=p1&_revinclude=Provenance:target')
    expect(ids(value)).toEqual(['c1', 'v1'])
  })

  test('with user scopes opens every chart to staff, and a patient her own', async () => {
    const one = setUp()
    const scope = 'user/Patient.read user/Encounter.read'
    const staff = await opened(one, scope)
    expect(ids((await staff('Patient?name=Brown')).value)).toEqual(['p1', 'p2'])
    const herself = await opened(one, scope, { username: 'patient' })
    expect(ids((await herself('Patient?name=Brown')).value)).toEqual(['p1'])
    expect((await herself('Encounter/e2')).status).toBe(404)
  })

  test('ends after an hour, and counts at its practice only', async () => {
    const one = setUp()
    const open = await opened(one, ALL)
    one.clock.add(3_599_000)
    expect((await open('Patient/p1')).status).toBe(200)
    one.clock.add(1000)
    expect((await open('Patient/p1')).status).toBe(401)
  })

  test('a system scope is never among its scopes, nor a system token among theirs', async () => {
    const one = setUp()
    expect((await one.fhir('Patient/p2')).status).toBe(200)
    const open = await opened(one, 'user/Patient.read')
    expect((await open('Condition/c1')).status).toBe(403)
  })
})
