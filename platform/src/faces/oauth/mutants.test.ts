// Everything that is not a right token, assertion, code or request is refused: a table of changes to
// right ones, each of which must make the difference (T28).

import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  ASSERTION_TYPE,
  assertion,
  type Key,
  look,
  makeKey,
  PUBLIC_URL,
  pkce,
  type Signed,
  sendForm,
  TOKEN_URL,
} from '../../../../test/oauth-client.ts'
import { type Person, signedIn } from '../../../../test/signed-in.ts'
import { type Tenants, tenants } from '../../../../test/tenants.ts'
import { wallClock } from '../../kernel/clock.ts'
import type { NewClient } from '../../people/index.ts'

const FHIR = `${PUBLIC_URL}/fhir/r4/north-clinic`
const BACK = 'https://app.test/back'

let world: Tenants
let now = Date.UTC(2026, 0, 5, 14)
let rsa: Key
let ec: Key
let twin: Key
let weak: Key
let p256: Key
let backend: string
let app: string
let otherApp: string
let server: { clientId: string; secret: string }
let person: Person

beforeAll(async () => {
  world = await tenants({ clock: { ...wallClock(), now: () => now } })
  rsa = await makeKey('rsa', 'rsa')
  ec = await makeKey('p384', 'ec')
  twin = await makeKey('rsa', 'twin')
  weak = await makeKey('rsa-1024', 'weak')
  p256 = await makeKey('p256', 'p256')
  const other = await makeKey('rsa', 'twin')
  const keys = [rsa.jwk, ec.jwk, twin.jwk, other.jwk, weak.jwk, p256.jwk]
  backend = (await client({ kind: 'backend', jwks: JSON.stringify({ keys }), redirectUris: [] }))
    .client.clientId
  app = (await client({ kind: 'public' })).client.clientId
  otherApp = (await client({ kind: 'public' })).client.clientId
  const made = await client({ kind: 'confidential' })
  server = { clientId: made.client.clientId, secret: made.secret ?? '' }
  const around = { platform: world.platform, publicUrl: PUBLIC_URL, at: now }
  person = await signedIn(around, world.north.organization, {
    ...{ name: 'grey@north', roles: ['clinician'] as const },
  })
})
afterAll(() => world.close())
beforeEach(async () => {
  now += 60_000
  const { status } = await look(world.platform, '/v1/session', { cookie: person.cookie })
  expect(status).toBe(200)
})

function client(rest: Partial<NewClient> & Pick<NewClient, 'kind'>) {
  const scopes = rest.kind === 'backend' ? ['system/*.rs'] : ['user/*.rs', 'offline_access']
  return world.platform.people.oauth.createClient(
    world.north.organization,
    {
      ...{ name: 'An application', practices: undefined, sensitive: false, scopes },
      ...{ redirectUris: [BACK], jwks: undefined, jwksUri: undefined, ...rest },
    },
    'test',
  )
}

type Form = Readonly<Record<string, string | undefined>>

const token = (form: Form | string, headers: Readonly<Record<string, string>> = {}) =>
  sendForm(world.platform, '/oauth/token', form, headers)

/** A right request for a backend's token, but for what is said otherwise. */
async function askAsBackend(key: Key, changed: Signed = {}, form: Form = {}) {
  return token({
    ...{ grant_type: 'client_credentials', scope: 'system/Patient.rs' },
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await assertion(key, backend, now, changed),
    ...form,
  })
}

test.each(['rsa', 'ec'] as const)(
  'an assertion by %s gets a token of five minutes',
  async (which) => {
    const { status, body } = await askAsBackend(which === 'rsa' ? rsa : ec)
    expect([status, body.token_type, body.expires_in]).toEqual([200, 'Bearer', 300])
    const authorization = `Bearer ${body.access_token}`
    const found = await look(world.platform, '/fhir/r4/north-clinic/Patient', { authorization })
    expect(found.status).toBe(200)
  },
)

test('an assertion put together by hand is as good as another', async () => {
  const { status } = await askAsBackend(rsa, {}, { client_assertion: await byHand(rsa) })
  expect(status).toBe(200)
})

describe('an assertion is refused', () => {
  const s = () => Math.floor(now / 1000)
  test.each<readonly [string, () => Signed]>([
    ['with another issuer', () => ({ claims: { iss: 'north.00000000000000000000' } })],
    ['without an issuer', () => ({ claims: { iss: undefined } })],
    ['with another subject', () => ({ claims: { sub: 'somebody' } })],
    ['without a subject', () => ({ claims: { sub: undefined } })],
    ['for another audience', () => ({ claims: { aud: 'https://elsewhere.test/token' } })],
    ['for the issuer instead of the token endpoint', () => ({ claims: { aud: PUBLIC_URL } })],
    ['for the token endpoint with a slash', () => ({ claims: { aud: `${TOKEN_URL}/` } })],
    ['for the token endpoint in capitals', () => ({ claims: { aud: TOKEN_URL.toUpperCase() } })],
    ['for two audiences', () => ({ claims: { aud: [TOKEN_URL, 'https://elsewhere.test'] } })],
    ['for no audience', () => ({ claims: { aud: undefined } })],
    ['without an id', () => ({ claims: { jti: undefined } })],
    ['with an empty id', () => ({ claims: { jti: '' } })],
    ['with an id that is a number', () => ({ claims: { jti: 7 } })],
    ['with an endless id', () => ({ claims: { jti: 'j'.repeat(257) } })],
    ['that never expires', () => ({ claims: { exp: undefined } })],
    ['that has expired', () => ({ claims: { exp: s() - 1 } })],
    ['that expires now', () => ({ claims: { exp: s() } })],
    ['that lives longer than five minutes', () => ({ claims: { exp: s() + 301 } })],
    ['whose end is a text', () => ({ claims: { exp: String(s() + 60) } })],
    ['that is not good yet', () => ({ claims: { nbf: s() + 60 } })],
    ['that was made in the future', () => ({ claims: { iat: s() + 60 } })],
    ['of another type', () => ({ header: { typ: 'at+jwt' } })],
    ['without a type', () => ({ header: { typ: undefined } })],
    ['without a key id', () => ({ header: { kid: undefined } })],
    ['with an unknown key id', () => ({ header: { kid: 'nobody' } })],
    ['with the id of another key', () => ({ header: { kid: 'ec' } })],
    ['with a key id that is a number', () => ({ header: { kid: 1 } })],
    ['that says where its keys are', () => ({ header: { jku: 'https://evil.test/jwks' } })],
    ['that brings its key', () => ({ header: { jwk: rsa.jwk } })],
    ['that brings a certificate', () => ({ header: { x5c: ['MIIB'] } })],
    ['that points to a certificate', () => ({ header: { x5u: 'https://evil.test/c' } })],
    ['with a critical extension', () => ({ header: { crit: ['x'], x: 1 } })],
  ])('%s', async (_how, changed) => {
    const { header, claims } = changed()
    // The library that signs refuses to sign some of these: then they are put together by hand.
    const made = await byHand(rsa, header, claims)
    const { status, body } = await askAsBackend(rsa, {}, { client_assertion: made })
    expect([status, body.error]).toEqual([401, 'invalid_client'])
  })

  test.each<readonly [string, () => Promise<string> | string]>([
    ['when it is empty', () => ''],
    ['when it is no JWT', () => 'a.b.c'],
    ['when it is longer than any', () => `${'a'.repeat(9_000)}.b.c`],
    ['by a key that has a twin of its id', () => assertion(twin, backend, now)],
    ['by a key that is too short', () => byHand(weak, { kid: 'weak' })],
    ['by a curve that is not served', () => assertion(p256, backend, now)],
    ['by an algorithm that is not served', () => byHand({ ...rsa, alg: 'RS256' })],
    ['by PSS', () => byHand({ ...rsa, alg: 'PS384' })],
    [
      'by a key of somebody else',
      async () => assertion({ ...rsa, ...(await strange()) }, backend, now),
    ],
    ['without a signature', () => unsigned('none')],
    ['without a signature, in capitals', () => unsigned('NONE')],
    ['signed with the public key as a secret', () => symmetric('HS256')],
    ['signed with the public key as a secret, longer', () => symmetric('HS384')],
    [
      'with its signature cut off',
      async () => (await assertion(rsa, backend, now)).replace(/[^.]*$/, ''),
    ],
    ['with its claims changed', async () => tampered(await assertion(rsa, backend, now))],
  ])('%s', async (_how, make) => {
    const made = await make()
    const { status, body } = await askAsBackend(rsa, {}, { client_assertion: made })
    expect([status, body.error]).toEqual([401, 'invalid_client'])
  })

  test('when it comes again, be it at once or for another token', async () => {
    const made = await assertion(rsa, backend, now)
    const ask = () => askAsBackend(rsa, {}, { client_assertion: made })
    const many = await Promise.all([ask(), ask(), ask(), ask()])
    expect(many.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401])
    expect((await ask()).status).toBe(401)
  })

  test('when the client is revoked', async () => {
    const jwks = JSON.stringify({ keys: [rsa.jwk] })
    const { clientId } = (await client({ kind: 'backend', jwks, redirectUris: [] })).client
    const ask = async () =>
      askAsBackend(rsa, {}, { client_assertion: await assertion(rsa, clientId, now) })
    const { body } = await ask()
    const authorization = `Bearer ${body.access_token}`
    const read = () => look(world.platform, '/fhir/r4/north-clinic/Patient', { authorization })
    expect((await read()).status).toBe(200)
    await world.platform.people.oauth.revokeClient(world.north.organization, clientId, 'test')
    expect((await ask()).status).toBe(401)
    now += 5_000
    expect((await read()).status).toBe(401)
  })
})

describe('a request for a backend is refused', () => {
  test.each<readonly [string, Form, string]>([
    ['without a grant type', { grant_type: undefined }, 'invalid_request'],
    ['for a password', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['of another assertion type', { client_assertion_type: 'jwt' }, 'invalid_client'],
    ['without an assertion type', { client_assertion_type: undefined }, 'invalid_client'],
    ['with another client id', { client_id: 'north.00000000000000000000' }, 'invalid_client'],
    ['with a secret beside', { client_secret: 'x' }, 'invalid_request'],
    ['without a scope', { scope: undefined }, 'invalid_scope'],
    ['for a scope of users', { scope: 'user/*.rs' }, 'invalid_scope'],
    ['for a scope of patients', { scope: 'patient/*.rs' }, 'invalid_scope'],
    ['for writing', { scope: 'system/Patient.write' }, 'invalid_scope'],
    ['for creating', { scope: 'system/Patient.cud' }, 'invalid_scope'],
    ['for going on offline', { scope: 'system/*.rs offline_access' }, 'invalid_scope'],
    ['for a scope that is none', { scope: 'everything' }, 'invalid_scope'],
    [
      'for a scope that narrows by query',
      { scope: 'system/Observation.rs?category=x' },
      'invalid_scope',
    ],
    ['for a scope that is not registered', { scope: 'charts:read' }, 'invalid_scope'],
    ['for another server', { resource: 'https://elsewhere.test/fhir/r4' }, 'invalid_target'],
    ['for a resource with a slash', { resource: `${FHIR}/` }, 'invalid_target'],
  ])('%s', async (_how, form, error) => {
    const { status, body } = await askAsBackend(rsa, {}, form)
    expect([status >= 400, body.error]).toEqual([true, error])
  })

  test('that names a parameter twice', async () => {
    const { body } = await token('grant_type=client_credentials&grant_type=password')
    expect(body.error).toBe('invalid_request')
  })

  test('that is for a person', async () => {
    const form = { grant_type: 'authorization_code', code: 'x' }
    expect((await askAsBackend(rsa, {}, form)).body.error).toBe('unauthorized_client')
    const asApp = { grant_type: 'client_credentials', client_id: app, scope: 'user/*.rs' }
    expect((await token(asApp)).body.error).toBe('unauthorized_client')
  })
})

const RIGHT = {
  response_type: 'code',
  redirect_uri: BACK,
  state: 'state-1',
  scope: 'user/Patient.rs offline_access',
  aud: FHIR,
  code_challenge: pkce().challenge,
  code_challenge_method: 'S256',
}

function authorizeQuery(changed: Form): string {
  const all = Object.entries({ client_id: app, ...RIGHT, ...changed })
  return new URLSearchParams(
    all.flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as [string, string]],
    ),
  ).toString()
}

/** A person's consent; gives the code. */
async function code(changed: Form = {}): Promise<string> {
  const query = authorizeQuery(changed)
  const form = { query, action: 'allow' }
  const { location } = await sendForm(world.platform, '/oauth/authorize', form, person.headers)
  const given = location?.searchParams.get('code')
  if (given === null || given === undefined) throw new Error('No code was given')
  return given
}

function exchange(changed: Form & { readonly code: string }) {
  return token({
    ...{ grant_type: 'authorization_code', client_id: app, redirect_uri: BACK },
    code_verifier: pkce().verifier,
    ...changed,
  })
}

describe('an authorization request', () => {
  test.each<readonly [string, Form]>([
    ['of an unknown client', { client_id: 'north.00000000000000000000' }],
    ['of no client', { client_id: undefined }],
    ['of a backend', { client_id: 'backend' }],
    ['without an address', { redirect_uri: undefined }],
    ['to another address', { redirect_uri: 'https://evil.test/back' }],
    ['to the address with a slash', { redirect_uri: `${BACK}/` }],
    ['to the address with a query', { redirect_uri: `${BACK}?x=1` }],
    ['to the address in another case', { redirect_uri: 'https://APP.test/back' }],
    ['to a path below', { redirect_uri: `${BACK}/../evil` }],
    ['to the address over http', { redirect_uri: 'http://app.test/back' }],
  ])('%s leads nowhere', async (_how, changed) => {
    const real = changed.client_id === 'backend' ? { client_id: backend } : changed
    const url = `/oauth/authorize?${authorizeQuery(real)}`
    const { status, location } = await look(world.platform, url, { cookie: person.cookie })
    expect([status, location]).toEqual([400, undefined])
  })

  test.each<readonly [string, Form, string]>([
    ['for a token', { response_type: 'token' }, 'unsupported_response_type'],
    ['for nothing', { response_type: undefined }, 'unsupported_response_type'],
    ['without a state', { state: undefined }, 'invalid_request'],
    ['without PKCE', { code_challenge: undefined }, 'invalid_request'],
    ['with plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['with PKCE of no method', { code_challenge_method: undefined }, 'invalid_request'],
    ['with a challenge that is too short', { code_challenge: 'abc' }, 'invalid_request'],
    ['for no scope', { scope: undefined }, 'invalid_scope'],
    ['for a scope that is not registered', { scope: 'patient/*.rs' }, 'invalid_scope'],
    ['for a scope of systems', { scope: 'system/*.rs' }, 'invalid_scope'],
    ['for no resource', { aud: undefined }, 'invalid_target'],
    ['for a resource of others', { aud: 'https://elsewhere.test/fhir' }, 'invalid_target'],
    ['for the resource with a slash', { aud: `${FHIR}/` }, 'invalid_target'],
    ['for a practice that is not', { aud: `${FHIR}x` }, 'invalid_target'],
    [
      'for a practice of somebody else',
      { aud: `${PUBLIC_URL}/fhir/r4/south-clinic` },
      'invalid_target',
    ],
    ['for two resources', { resource: `${PUBLIC_URL}/mcp` }, 'invalid_target'],
  ])('%s is sent back with the reason', async (_how, changed, error) => {
    const url = `/oauth/authorize?${authorizeQuery(changed)}`
    const { location } = await look(world.platform, url, { cookie: person.cookie })
    expect(location?.origin).toBe('https://app.test')
    expect(location?.searchParams.get('error')).toBe(error)
    expect(location?.searchParams.get('iss')).toBe(PUBLIC_URL)
    expect(location?.searchParams.get('code')).toBeNull()
  })

  test.each<readonly [string, () => Readonly<Record<string, string>>]>([
    ['from another page', () => ({ cookie: person.cookie, origin: 'https://evil.test' })],
    ['from a page without an origin', () => ({ cookie: person.cookie })],
    ['from a sandboxed page', () => ({ cookie: person.cookie, origin: 'null' })],
  ])('is not agreed to %s', async (_how, headers) => {
    const form = { query: authorizeQuery({}), action: 'allow' }
    const { status, location } = await sendForm(world.platform, '/oauth/authorize', form, headers())
    expect([status, location]).toEqual([403, undefined])
  })

  test('is not agreed to without a session', async () => {
    const form = { query: authorizeQuery({}), action: 'allow' }
    const headers = { origin: PUBLIC_URL }
    const { status, location } = await sendForm(world.platform, '/oauth/authorize', form, headers)
    expect([status, location]).toEqual([401, undefined])
  })
})

describe('a code', () => {
  test('is good once, and what it gave ends when it comes again', async () => {
    const given = await code()
    const first = await exchange({ code: given })
    expect([first.status, first.body.expires_in]).toEqual([200, 3_600])
    const authorization = `Bearer ${first.body.access_token}`
    const read = () => look(world.platform, '/fhir/r4/north-clinic/Patient', { authorization })
    expect((await read()).status).toBe(200)
    expect((await exchange({ code: given })).body.error).toBe('invalid_grant')
    now += 5_000
    expect((await read()).status).toBe(401)
    const refresh = { grant_type: 'refresh_token', client_id: app }
    const again = await token({ ...refresh, refresh_token: String(first.body.refresh_token) })
    expect(again.body.error).toBe('invalid_grant')
  })

  test('that comes twice at once gives nothing that lasts', async () => {
    const given = await code()
    const both = await Promise.all([exchange({ code: given }), exchange({ code: given })])
    const good = both.filter(({ status }) => status === 200)
    expect(good.length).toBeLessThanOrEqual(1)
    now += 5_000
    for (const { body } of good) {
      const authorization = `Bearer ${body.access_token}`
      const url = '/fhir/r4/north-clinic/Patient'
      expect((await look(world.platform, url, { authorization })).status).toBe(401)
    }
  })

  test.each<readonly [string, () => Form]>([
    ['another verifier', () => ({ code_verifier: 'w'.repeat(50) })],
    ['no verifier', () => ({ code_verifier: undefined })],
    ['the challenge as the verifier', () => ({ code_verifier: pkce().challenge })],
    ['a verifier that is too short', () => ({ code_verifier: 'v'.repeat(42) })],
    ['another address', () => ({ redirect_uri: 'https://app.test/other' })],
    ['no address', () => ({ redirect_uri: undefined })],
    ['another resource', () => ({ resource: `${PUBLIC_URL}/mcp` })],
    ['another client', () => ({ client_id: otherApp })],
    ['another code', () => ({ code: 'cwg_north_00000000000000000000_x' })],
    ['an access token as the code', () => ({ code: 'cwt_north_00000000000000000000_x' })],
  ])('with %s is refused', async (_how, changed) => {
    const { body } = await exchange({ code: await code(), ...changed() })
    expect(body.error).toBe('invalid_grant')
  })

  test('is refused when it is older than a minute', async () => {
    const given = await code()
    now += 60_000
    expect((await exchange({ code: given })).body.error).toBe('invalid_grant')
  })
})

describe('a refresh token', () => {
  const refresh = (text: unknown, changed: Form = {}) =>
    token({
      ...{ grant_type: 'refresh_token', client_id: app, refresh_token: String(text) },
      ...changed,
    })

  test('is good once; when it comes again, the whole family ends', async () => {
    const first = (await exchange({ code: await code() })).body
    const second = await refresh(first.refresh_token)
    expect(second.status).toBe(200)
    expect(second.body.refresh_token).not.toBe(first.refresh_token)
    expect((await refresh(first.refresh_token)).body.error).toBe('invalid_grant')
    expect((await refresh(second.body.refresh_token)).body.error).toBe('invalid_grant')
    now += 5_000
    const authorization = `Bearer ${second.body.access_token}`
    const url = '/fhir/r4/north-clinic/Patient'
    expect((await look(world.platform, url, { authorization })).status).toBe(401)
  })

  test.each<readonly [string, Form, string]>([
    ['by another client', { client_id: 'other' }, 'invalid_grant'],
    ['for more scopes', { scope: 'user/*.rs' }, 'invalid_scope'],
    ['for another resource', { resource: `${PUBLIC_URL}/mcp` }, 'invalid_grant'],
    ['that is an access token', { refresh_token: 'access' }, 'invalid_grant'],
    ['that is none', { refresh_token: 'cwr_north_00000000000000000000_x' }, 'invalid_grant'],
  ])('is refused %s', async (_how, changed, error) => {
    const { body } = await exchange({ code: await code() })
    const real = {
      ...changed,
      ...(changed.client_id === 'other' && { client_id: otherApp }),
      ...(changed.refresh_token === 'access' && { refresh_token: String(body.access_token) }),
    }
    expect((await refresh(body.refresh_token, real)).body.error).toBe(error)
  })

  test('is not given without being asked for, and ends with its account', async () => {
    const short = await exchange({ code: await code({ scope: 'user/Patient.rs' }) })
    expect(short.body.refresh_token).toBeUndefined()
    const long = (await exchange({ code: await code() })).body
    const { people } = world.platform
    const { organization } = world.north
    await people.setDisabled(organization, person.userId, true, 'test')
    await people.setDisabled(organization, person.userId, false, 'test')
    expect((await refresh(long.refresh_token)).body.error).toBe('invalid_grant')
    const around = { platform: world.platform, publicUrl: PUBLIC_URL, at: now }
    person = await signedIn(around, organization, { name: 'grey2@north', roles: ['clinician'] })
  })
})

describe('a confidential client', () => {
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${secret}`).toString('base64')}`,
  })
  const form = async (): Promise<Form> => ({
    ...{ grant_type: 'authorization_code', redirect_uri: BACK, code_verifier: pkce().verifier },
    code: await code({ client_id: server.clientId }),
  })

  test('proves itself by its secret, in the header or in the form', async () => {
    const { clientId, secret } = server
    expect((await token(await form(), basic(clientId, secret))).status).toBe(200)
    const posted = { ...(await form()), client_id: clientId, client_secret: secret }
    expect((await token(posted)).status).toBe(200)
  })

  test.each<readonly [string, () => { form?: Form; headers?: Readonly<Record<string, string>> }]>([
    ['without its secret', () => ({ form: { client_id: server.clientId } })],
    ['with another secret', () => ({ headers: basic(server.clientId, 'secret') })],
    [
      'with a secret that is a little off',
      () => ({ headers: basic(server.clientId, offBy(server.secret)) }),
    ],
    ['by the secret of another client', () => ({ headers: basic(otherApp, server.secret) })],
    [
      'by a public client with a secret',
      () => ({ form: { client_id: app, client_secret: server.secret } }),
    ],
    ['with a broken header', () => ({ headers: { authorization: 'Basic %%%' } })],
    ['by a bearer token', () => ({ headers: { authorization: `Bearer ${server.secret}` } })],
    [
      'in two names',
      () => ({ form: { client_id: app }, headers: basic(server.clientId, server.secret) }),
    ],
  ])('is refused %s', async (_how, changed) => {
    const { form: other = {}, headers = {} } = changed()
    const { status, body } = await token({ ...(await form()), ...other }, headers)
    expect([status, body.error]).toEqual([401, 'invalid_client'])
  })
})

describe('an access token', () => {
  test('is good at the resource it is for, and at no other', async () => {
    const fhir = String((await exchange({ code: await code() })).body.access_token)
    const mcp = String(
      (await exchange({ code: await code({ aud: undefined, resource: `${PUBLIC_URL}/mcp` }) })).body
        .access_token,
    )
    const rest = String(
      (await exchange({ code: await code({ aud: undefined, resource: `${PUBLIC_URL}/v1` }) })).body
        .access_token,
    )
    const statusAt = async (text: string) => {
      const authorization = `Bearer ${text}`
      const ping = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }
      const agent = await world.platform.face.inject({
        ...{ method: 'POST', url: '/mcp', payload: ping },
        headers: { authorization, accept: 'application/json, text/event-stream' },
      })
      const { platform } = world
      return {
        fhir: (await look(platform, '/fhir/r4/north-clinic/Patient', { authorization })).status,
        elsewhere: (await look(platform, '/fhir/r4/other/Patient', { authorization })).status,
        rest: (await look(platform, '/v1/session', { authorization })).status,
        mcp: agent.statusCode === 401 ? 401 : 200,
      }
    }
    expect(await statusAt(fhir)).toEqual({ fhir: 200, elsewhere: 401, rest: 401, mcp: 401 })
    expect(await statusAt(mcp)).toEqual({ fhir: 401, elsewhere: 401, rest: 401, mcp: 200 })
    expect(await statusAt(rest)).toEqual({ fhir: 401, elsewhere: 401, rest: 200, mcp: 401 })
  })

  test('is refused when it expired, is off by a character, or is of another kind', async () => {
    const { body } = await exchange({ code: await code() })
    const text = String(body.access_token)
    const read = async (bearer: string) => {
      const headers = { authorization: `Bearer ${bearer}` }
      return (await look(world.platform, '/fhir/r4/north-clinic/Patient', headers)).status
    }
    expect(await read(text)).toBe(200)
    for (const wrong of [
      offBy(text),
      text.replace('cwt_north', 'cwt_south'),
      text.replace('cwt_', 'cwr_'),
      String(body.refresh_token),
      String(body.refresh_token).replace('cwr_', 'cwt_'),
      person.cookie.slice(person.cookie.indexOf('=') + 1),
      server.secret,
      'eyJhbGciOiJub25lIn0.e30.',
    ])
      expect(await read(wrong)).toBe(401)
    now += 3_600_000
    expect(await read(text)).toBe(401)
  })
})

function offBy(text: string): string {
  return text.slice(0, -2) + (text.endsWith('AA') ? 'BB' : 'AA')
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function rightClaims() {
  const second = Math.floor(now / 1000)
  const jti = `hand-${second}-${hand++}`
  return { iss: backend, sub: backend, aud: TOKEN_URL, jti, exp: second + 240, iat: second }
}
let hand = 0

/** Signed as its header says, by nothing but node:crypto. */
async function byHand(
  key: Key,
  header: Readonly<Record<string, unknown>> = {},
  claims: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { constants, sign } = await import('node:crypto')
  const head = { alg: key.alg, typ: 'JWT', kid: key.kid, ...header }
  const text = `${part(head)}.${part({ ...rightClaims(), ...claims })}`
  const hash = key.alg.endsWith('256') ? 'sha256' : 'sha384'
  const padding = key.alg.startsWith('PS') ? constants.RSA_PKCS1_PSS_PADDING : undefined
  const signed = sign(hash, Buffer.from(text), {
    key: key.privateKey,
    ...(padding !== undefined && { padding, saltLength: 48 }),
  })
  return `${text}.${signed.toString('base64url')}`
}

function unsigned(alg: string): string {
  return `${part({ alg, typ: 'JWT', kid: 'rsa' })}.${part(rightClaims())}.`
}

function symmetric(alg: 'HS256' | 'HS384'): string {
  const secret = rsa.publicKey.export({ format: 'pem', type: 'spki' })
  const text = `${part({ alg, typ: 'JWT', kid: 'rsa' })}.${part(rightClaims())}`
  const mac = createHmac(alg === 'HS256' ? 'sha256' : 'sha384', secret).update(text)
  return `${text}.${mac.digest('base64url')}`
}

function tampered(text: string): string {
  const [head = '', , signature = ''] = text.split('.')
  return `${head}.${part({ ...rightClaims(), sub: backend })}.${signature}`
}

async function strange(): Promise<Pick<Key, 'privateKey'>> {
  const { privateKey } = await makeKey('rsa', 'rsa')
  return { privateKey }
}
