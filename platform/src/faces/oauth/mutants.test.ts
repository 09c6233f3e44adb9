// Authorization requests, codes, refresh tokens, secrets and access tokens: a table of changes to right
// ones, each of which must make the difference. Assertions have a table of their own.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { look, makeKey, PUBLIC_URL, pkce, sendForm } from '../../../../test/oauth-client.ts'
import { type Person, signedIn } from '../../../../test/signed-in.ts'
import { type Tenants, tenants } from '../../../../test/tenants.ts'
import { wallClock } from '../../kernel/clock.ts'
import type { NewClient } from '../../people/index.ts'

const FHIR = `${PUBLIC_URL}/fhir/r4/north-clinic`
const BACK = 'https://app.test/back'

let world: Tenants
let now = Date.UTC(2026, 0, 5, 14)
let backend: string
let app: string
let otherApp: string
let server: { clientId: string; secret: string }
let person: Person

beforeAll(async () => {
  world = await tenants({ clock: { ...wallClock(), now: () => now } })
  const jwks = JSON.stringify({ keys: [(await makeKey('rsa', 'rsa')).jwk] })
  backend = (await client({ kind: 'backend', jwks, redirectUris: [] })).client.clientId
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
