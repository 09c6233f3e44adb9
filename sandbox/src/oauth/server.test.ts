// The token endpoint against forged, stale and overreaching requests, and the fetching of key sets. It
// tests no FHIR answer.

import { createHmac } from 'node:crypto'
import { exportSPKI, SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  ASSERTION_TYPE,
  type AssertionChange,
  CLIENT_ID,
  CODE,
  JWKS_URL,
  type Keys,
  makeKeys,
  rig,
  SCOPES,
  START,
  TOKEN_URL,
} from '../rig.ts'

let keys: Keys
let strange: Keys
beforeAll(async () => {
  keys = await makeKeys()
  strange = await makeKeys('k1')
})

const PATH = '/oauth/oauth2/token'
const SECOND = START / 1000

function form(assertion: string, change: Readonly<Record<string, string>> = {}) {
  return {
    grant_type: 'client_credentials',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: assertion,
    scope: 'system/Patient.read',
    ...change,
  }
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('the token endpoint', () => {
  test('gives a bearer token for 300 s of vendor time and no refresh token', async () => {
    const one = rig({ keys })
    const reply = await one.post(PATH, form(await one.assertion()))
    expect(reply.status).toBe(200)
    expect(Object.keys(reply.value).toSorted()).toEqual([
      'access_token',
      'expires_in',
      'scope',
      'token_type',
    ])
    expect(reply.value).toMatchObject({ expires_in: 300, token_type: 'Bearer' })
    const headers = { authorization: `Bearer ${reply.value.access_token}` }
    const at = `/fhir/r4/${CODE}/Patient?name=a`
    one.clock.set(START + 299_999)
    expect((await one.get(at, headers)).status).toBe(200)
    one.clock.set(START + 300_000)
    expect((await one.get(at, headers)).status).toBe(401)
  })

  const mutants: [string, AssertionChange, number, string][] = [
    ['a wrong audience', { claims: { aud: 'http://vendor.test' } }, 401, 'invalid_client'],
    [
      'a trailing slash on the audience',
      { claims: { aud: `${TOKEN_URL}/` } },
      401,
      'invalid_client',
    ],
    ['a list of audiences', { claims: { aud: [TOKEN_URL] } }, 401, 'invalid_client'],
    ['an unknown issuer', { claims: { iss: 'other', sub: 'other' } }, 401, 'invalid_client'],
    ['a subject that is not the issuer', { claims: { sub: 'other' } }, 401, 'invalid_client'],
    ['no jti', { claims: { jti: undefined } }, 400, 'invalid_grant'],
    ['an empty jti', { claims: { jti: '' } }, 400, 'invalid_grant'],
    ['no exp', { claims: { exp: undefined } }, 400, 'invalid_grant'],
    ['no iat', { claims: { iat: undefined } }, 400, 'invalid_grant'],
    [
      'an exp that passed',
      { claims: { iat: SECOND - 400, exp: SECOND - 100 } },
      400,
      'invalid_grant',
    ],
    ['an exp over 5 minutes after iat', { claims: { exp: SECOND + 301 } }, 400, 'invalid_grant'],
    [
      'an iat and exp moved into the future',
      { claims: { iat: SECOND + 60, exp: SECOND + 360 } },
      400,
      'invalid_grant',
    ],
    ['an nbf in the future', { claims: { nbf: SECOND + 60 } }, 400, 'invalid_grant'],
    ['no kid', { header: { kid: undefined } }, 401, 'invalid_client'],
    ['a kid nobody registered', { header: { kid: 'k9' } }, 401, 'invalid_client'],
    ['another type of token', { header: { typ: 'at+jwt' } }, 401, 'invalid_client'],
    ['a jku elsewhere', { header: { jku: 'http://evil.test/jwks' } }, 401, 'invalid_client'],
  ]
  test.each(mutants)('refuses %s', async (_, change, status, error) => {
    const one = rig({ keys })
    const reply = await one.post(PATH, form(await one.assertion(change)))
    expect([reply.status, reply.value.error]).toEqual([status, error])
  })

  test('refuses a key that is not in the registered set', async () => {
    const one = rig({ keys })
    const claims = { iss: CLIENT_ID, sub: CLIENT_ID, aud: TOKEN_URL, iat: SECOND, exp: SECOND + 60 }
    const forged = await new SignJWT({ ...claims, jti: 'x' })
      .setProtectedHeader({ alg: 'RS384', kid: 'k1' })
      .sign(strange.privateKey)
    const reply = await one.post(PATH, form(forged))
    expect([reply.status, reply.value.error]).toEqual([401, 'invalid_client'])
  })

  test('refuses RS256, no signature, and HS256 keyed with the public key', async () => {
    const one = rig({ keys })
    const claims = {
      ...{ iss: CLIENT_ID, sub: CLIENT_ID, aud: TOKEN_URL },
      ...{ iat: SECOND, exp: SECOND + 60, jti: 'm' },
    }
    const none = `${base64url({ alg: 'none', kid: 'k1' })}.${base64url(claims)}.`
    const head = `${base64url({ alg: 'HS256', kid: 'k1' })}.${base64url(claims)}`
    const secret = await exportSPKI(keys.publicKey)
    const hs256 = `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`
    const rs256 = `${base64url({ alg: 'RS256', kid: 'k1' })}.${base64url(claims)}.c2ln`
    for (const mutant of [none, hs256, rs256, 'nonsense', 'a.b.c']) {
      const reply = await one.post(PATH, form(mutant))
      expect(['invalid_client', 'invalid_grant']).toContain(reply.value.error)
      expect(reply.value.access_token).toBeUndefined()
    }
  })

  test('takes each jti once', async () => {
    const one = rig({ keys })
    const assertion = await one.assertion()
    expect((await one.post(PATH, form(assertion))).status).toBe(200)
    const again = await one.post(PATH, form(assertion))
    expect([again.status, again.value.error]).toEqual([400, 'invalid_grant'])
  })

  test('fails the whole request for one scope that is not published', async () => {
    const one = rig({ keys })
    const scope = 'system/Patient.read system/Coverage.read'
    const reply = await one.post(PATH, form(await one.assertion(), { scope }))
    expect([reply.status, reply.value.error]).toEqual([400, 'invalid_grant'])
    one.sandbox.operator.setSwitch('scope-vocabulary', 'with-read')
    one.sandbox.operator.setSwitch('unregistered-scope', 'granted')
    expect((await one.post(PATH, form(await one.assertion(), { scope }))).status).toBe(200)
  })

  test('wants system/Group.read from bulk apps and from no other', async () => {
    const one = rig({ keys })
    const scope = 'system/Patient.read system/Group.read'
    const other = await one.post(PATH, form(await one.assertion(), { scope }))
    expect(other.value.error).toBe('invalid_grant')
    const app = one.sandbox.operator.app(CLIENT_ID)
    if (app === undefined) throw new Error('no app')
    one.sandbox.operator.registerApp({ ...app, scopes: [...SCOPES, 'system/Group.read'] })
    const without = await one.post(PATH, form(await one.assertion()))
    expect(without.value.error).toBe('invalid_grant')
    expect((await one.post(PATH, form(await one.assertion(), { scope }))).status).toBe(200)
    one.sandbox.operator.setSwitch('group-read-scope', 'off')
    expect((await one.post(PATH, form(await one.assertion()))).status).toBe(200)
  })

  test.each([
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
    [{ client_assertion_type: 'x' }, 400, 'invalid_request'],
    [{ scope: ' ' }, 400, 'invalid_request'],
    [{ scope: 'patient/Patient.read' }, 400, 'invalid_grant'],
    [{ client_id: 'someone-else' }, 401, 'invalid_client'],
  ])('refuses the form with %j', async (change, status, error) => {
    const one = rig({ keys })
    const reply = await one.post(PATH, form(await one.assertion(), change))
    expect([reply.status, reply.value.error]).toEqual([status, error])
  })

  test('reads the body alone: fields in the query are not seen', async () => {
    const one = rig({ keys })
    const { scope, ...rest } = form(await one.assertion())
    const reply = await one.post(`${PATH}?scope=${encodeURIComponent(scope)}`, rest)
    expect(reply.value.error).toBe('invalid_request')
  })
})

describe('a client key set', () => {
  test('is fetched once, and again for a kid not seen yet, but not at every try', async () => {
    const one = rig({ keys })
    await one.token()
    await one.token()
    expect(one.jwks.fetched).toBe(1)
    one.clock.add(10_000)
    const next = await makeKeys('k2')
    one.jwks.body = JSON.stringify({ keys: [keys.jwk, next.jwk] })
    const claims = { iss: CLIENT_ID, sub: CLIENT_ID, aud: TOKEN_URL, jti: 'n' }
    const at = Math.floor(one.clock.now() / 1000)
    const signed = await new SignJWT({ ...claims, iat: at, exp: at + 60 })
      .setProtectedHeader({ alg: 'RS384', kid: 'k2' })
      .sign(next.privateKey)
    expect((await one.post(PATH, form(signed))).status).toBe(200)
    expect(one.jwks.fetched).toBe(2)
    for (let i = 0; i < 5; i++) {
      await one.post(PATH, form(await one.assertion({ header: { kid: 'k3' } })))
    }
    expect(one.jwks.fetched).toBe(2)
  })

  test('is refused when it is not allow-listed, unreachable, malformed or ambiguous', async () => {
    for (const change of [
      { status: 0 },
      { status: 404 },
      { body: '<html>' },
      { body: JSON.stringify({ keys: [keys.jwk, strange.jwk] }) },
    ]) {
      const one = rig({ keys })
      Object.assign(one.jwks, change)
      const reply = await one.post(PATH, form(await one.assertion()))
      expect([reply.status, reply.value.error]).toEqual([401, 'invalid_client'])
    }
    const one = rig({ keys })
    const app = one.sandbox.operator.app(CLIENT_ID)
    if (app === undefined) throw new Error('no app')
    one.sandbox.operator.registerApp({ ...app, jwksUrl: JWKS_URL, jwksAllowed: false })
    const reply = await one.post(PATH, form(await one.assertion()))
    expect(reply.value).toMatchObject({ error: 'invalid_client' })
    expect(one.jwks.fetched).toBe(0)
  })
})

test('the authorize endpoint refuses with the body integrators have seen', async () => {
  const { get } = rig({ keys })
  const reply = await get('/oauth/oauth2/authorize?response_type=code')
  expect(reply.status).toBe(403)
  expect(reply.value).toEqual({
    error_description: 'invalid_request',
    error: '403',
    error_uri: 'http://www.hl7.org/fhir/smart-app-launch/',
  })
})

test('revoking a client ends all its tokens at once', async () => {
  const one = rig({ keys })
  expect((await one.fhir('Patient?name=a')).status).toBe(200)
  one.sandbox.operator.revokeTokens(CLIENT_ID)
  expect((await one.fhir('Patient?name=a')).status).toBe(401)
})
