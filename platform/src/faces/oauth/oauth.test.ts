// The way of a person and an application through the authorization server, and what the token is then
// good for: never more than the person may, never another patient than the one chosen.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  ASSERTION_TYPE,
  assertion,
  look,
  makeKey,
  PUBLIC_URL,
  pkce,
  sendForm,
} from '../../../../test/oauth-client.ts'
import { codeAt, cookieIn, type Person, signedIn } from '../../../../test/signed-in.ts'
import { type Tenants, tenants } from '../../../../test/tenants.ts'
import { wallClock } from '../../kernel/clock.ts'
import type { HttpRequest } from '../../kernel/network.ts'
import type { NewClient, NewUser } from '../../people/index.ts'

const FHIR = `${PUBLIC_URL}/fhir/r4/north-clinic`
const BACK = 'https://app.test/back?kept=1'
const MINUTE = 60_000

let world: Tenants
let now = Date.UTC(2026, 0, 5, 14)
let names = 0
/** What the network answers where keys are published. */
let published: (request: HttpRequest) => string = () => ''
const fetched: HttpRequest[] = []

beforeAll(async () => {
  world = await tenants({
    clock: { ...wallClock(), now: () => now },
    network: {
      send: async (request) => {
        fetched.push(request)
        return { status: 200, headers: [], body: Buffer.from(published(request)) }
      },
    },
  })
})
afterAll(() => world.close())
beforeEach(() => {
  now += 10 * MINUTE
})

function register(rest: Partial<NewClient> & Pick<NewClient, 'kind'>) {
  return world.platform.people.oauth.createClient(
    world.north.organization,
    {
      ...{ name: 'Tide <b>charts</b>', practices: undefined, sensitive: false },
      scopes: ['patient/*.rs', 'user/*.rs', 'launch/patient', 'offline_access', 'charts:read'],
      ...{ redirectUris: [BACK], jwks: undefined, jwksUri: undefined, ...rest },
    },
    'test',
  )
}

function person(roles: NewUser['roles'], rest: Partial<NewUser> = {}): Promise<Person> {
  const around = { platform: world.platform, publicUrl: PUBLIC_URL, at: now }
  const wanted = { name: `o${names++}@north`, displayName: 'Dr. Grey', roles, ...rest }
  return signedIn(around, world.north.organization, wanted)
}

const queryOf = (clientId: string, scope: string, rest: Readonly<Record<string, string>> = {}) =>
  new URLSearchParams({
    ...{ response_type: 'code', client_id: clientId, redirect_uri: BACK, state: 's', scope },
    ...{ aud: FHIR, code_challenge: pkce().challenge, code_challenge_method: 'S256', ...rest },
  }).toString()

/** Agrees as the person and gets the tokens. */
async function tokens(
  who: Person,
  of: { scope: string; clientId?: string; patient?: string; resource?: string },
) {
  const clientId = of.clientId ?? (await register({ kind: 'public' })).client.clientId
  const aud = of.resource === undefined ? {} : { aud: of.resource }
  const query = queryOf(clientId, of.scope, aud)
  const form = { query, action: 'allow', patient: of.patient }
  const { location, text } = await sendForm(world.platform, '/oauth/authorize', form, who.headers)
  if (location === undefined) throw new Error(text)
  const { body } = await sendForm(world.platform, '/oauth/token', {
    ...{ grant_type: 'authorization_code', client_id: clientId, redirect_uri: BACK },
    code: location.searchParams.get('code') ?? '',
    code_verifier: pkce().verifier,
  })
  return { clientId, body, authorization: `Bearer ${body.access_token}` }
}

const get = (path: string, authorization: string) => look(world.platform, path, { authorization })

describe('a person', () => {
  test('signs in, reads what is asked, agrees, and is sent back with a code', async () => {
    const who = await person(['clinician'])
    const { client } = await register({ kind: 'public' })
    const query = queryOf(client.clientId, 'user/Patient.read offline_access openid fhirUser')
    const url = `/oauth/authorize?${query}`

    const fromElsewhere = await look(world.platform, url, { 'sec-fetch-site': 'cross-site' })
    expect(fromElsewhere.text).toContain('http-equiv="refresh"')
    const signIn = await look(world.platform, url)
    expect(signIn.text).toContain('action="/oauth/sign-in"')
    expect(signIn.text).toContain('Tide &lt;b&gt;charts&lt;/b&gt;')
    expect(signIn.text).not.toContain('<b>')

    now += MINUTE
    const form = { query, name: who.name, password: who.password }
    const origin = { origin: PUBLIC_URL }
    const wrong = { ...form, code: '000000' }
    expect((await sendForm(world.platform, '/oauth/sign-in', wrong, origin)).status).toBe(401)
    const right = { ...form, code: codeAt(who.secret, now) }
    const signedInAt = await sendForm(world.platform, '/oauth/sign-in', right, origin)
    expect([signedInAt.status, signedInAt.location?.pathname]).toEqual([303, '/oauth/authorize'])
    const cookie = cookieIn(String(signedInAt.headers['set-cookie']))

    const consent = await look(world.platform, url, { cookie })
    expect(consent.text).toContain('Dr. Grey')
    expect(consent.text).toContain('read records of the type Patient of all patients')
    expect(consent.headers['content-security-policy']).toContain("default-src 'none'")
    expect(consent.headers['content-security-policy']).toContain(
      "form-action 'self' https://app.test;",
    )
    expect(consent.headers['content-security-policy']).toContain("frame-ancestors 'none'")
    const agreed = await sendForm(
      world.platform,
      '/oauth/authorize',
      { query, action: 'allow' },
      { cookie, ...origin },
    )
    expect(agreed.status).toBe(303)
    expect(agreed.location?.href).toMatch(/^https:\/\/app\.test\/back\?kept=1&code=cwg_north_/)
    expect(agreed.location?.searchParams.get('state')).toBe('s')
    expect(agreed.location?.searchParams.get('iss')).toBe(PUBLIC_URL)
    const [newest] = await world.accesses(world.north.organization)
    expect(newest).toMatchObject({
      actor: `user:${who.userId}`,
      action: 'oauth.consent',
      subject: `Client/${client.clientId}`,
      outcome: 'success',
    })
  })

  test('who does not agree sends the application away', async () => {
    const who = await person(['clinician'])
    const { client } = await register({ kind: 'public' })
    const form = { query: queryOf(client.clientId, 'user/*.rs'), action: 'deny' }
    const { location } = await sendForm(world.platform, '/oauth/authorize', form, who.headers)
    expect(location?.searchParams.get('error')).toBe('access_denied')
    expect(location?.searchParams.get('code')).toBeNull()
  })

  test('of another organization or practice gives nothing away', async () => {
    const { client } = await register({ kind: 'public' })
    const form = { query: queryOf(client.clientId, 'user/*.rs'), action: 'allow' }
    const around = { platform: world.platform, publicUrl: PUBLIC_URL, at: now }
    const stranger = await signedIn(around, world.south.organization, {
      ...{ name: `o${names++}@south`, roles: ['clinician'] as const },
    })
    const elsewhere = await person(['clinician'], { practices: [] })
    for (const who of [stranger, elsewhere]) {
      const { location } = await sendForm(world.platform, '/oauth/authorize', form, who.headers)
      expect(location?.searchParams.get('error')).toBe('access_denied')
    }
  })

  test('finds and chooses the one patient that an application is to see', async () => {
    const who = await person(['clinician'])
    const { client } = await register({ kind: 'public' })
    const query = queryOf(client.clientId, 'launch/patient patient/*.rs')
    const send = (form: Readonly<Record<string, string>>) =>
      sendForm(world.platform, '/oauth/authorize', { query, ...form }, who.headers)
    const found = await send({ action: 'find', find: 'Blake' })
    expect(found.text).toContain('value="north-1"')
    expect(found.text).not.toContain('value="north-2"')
    expect((await send({ action: 'find', find: 'Nobody' })).text).toContain('Nobody of that name')
    for (const patient of ['', 'absent-1', 'south-1'])
      expect((await send({ action: 'allow', patient })).text).toContain('choose a patient first')
    const { location } = await send({ action: 'allow', patient: 'north-1' })
    expect(location?.searchParams.get('code')).toMatch(/^cwg_/)
  })
})

describe('a token for a person', () => {
  test('shows the chosen patient and no other', async () => {
    const who = await person(['clinician'])
    const scope = 'launch/patient patient/*.rs'
    const { body, authorization } = await tokens(who, { scope, patient: 'north-1' })
    expect(body).toMatchObject({ patient: 'north-1', scope, expires_in: 3_600 })
    const read = (id: string) => get(`/fhir/r4/north-clinic/Patient/${id}`, authorization)
    expect((await read('north-1')).status).toBe(200)
    expect((await read('north-2')).status).toBe(404)
    const all = await get('/fhir/r4/north-clinic/Patient', authorization)
    expect(all.text).toContain('north-1')
    expect(all.text).not.toContain('north-2')
  })

  test('shows the types of its scopes, and of these what the person may see', async () => {
    const scope = 'user/Observation.r user/Patient.rs'
    const desk = await tokens(await person(['front-desk']), { scope })
    const patient = await get('/fhir/r4/north-clinic/Patient/north-1', desk.authorization)
    expect(patient.status).toBe(200)
    const at = '/fhir/r4/north-clinic/Observation?patient=north-1'
    expect((await get(at, desk.authorization)).text).not.toContain('"resource"')
    const narrow = await tokens(await person(['clinician']), { scope: 'user/Observation.rs' })
    const foreign = await get('/fhir/r4/north-clinic/Patient/north-1', narrow.authorization)
    expect(foreign.status).toBe(404)
  })

  test('follows its person: other roles bite within 5 s', async () => {
    const who = await person(['clinician'])
    const { authorization } = await tokens(who, { scope: 'user/*.rs' })
    const read = () => get('/fhir/r4/north-clinic/Patient/north-1', authorization)
    expect((await read()).status).toBe(200)
    const { people } = world.platform
    await people.updateUser(world.north.organization, who.userId, { roles: ['auditor'] }, 't')
    now += 5_000
    expect((await read()).status).toBe(403)
  })

  test('tends nothing, whoever its person is, and names both in the ledger', async () => {
    const who = await person(['admin', 'clinician'])
    const resource = `${PUBLIC_URL}/v1`
    const given = await tokens(who, { scope: 'charts:read', resource })
    const { authorization, clientId } = given
    expect((await get('/v1/users', authorization)).status).toBe(403)
    expect((await get('/v1/sessions', authorization)).body.items).toEqual([])
    expect((await get('/v1/resources/patients', authorization)).status).toBe(200)
    const events = await world.accesses(world.north.organization)
    expect(events.map(({ actor }) => actor)).toContain(`user:${who.userId}/client:${clientId}`)
  })

  test('is seen and ended by its own application, and by no other', async () => {
    const made = await register({ kind: 'confidential' })
    const other = await register({ kind: 'confidential' })
    const who = await person(['clinician'])
    const query = queryOf(made.client.clientId, 'user/*.rs offline_access')
    const form = { query, action: 'allow' }
    const { location } = await sendForm(world.platform, '/oauth/authorize', form, who.headers)
    const secretOf = ({ client, secret }: typeof made) => ({
      ...{ client_id: client.clientId, client_secret: secret ?? '' },
    })
    const { body } = await sendForm(world.platform, '/oauth/token', {
      ...{ grant_type: 'authorization_code', redirect_uri: BACK, ...secretOf(made) },
      code: location?.searchParams.get('code') ?? '',
      code_verifier: pkce().verifier,
    })
    const token = String(body.access_token)
    const ask = (path: string, by: typeof made, text: string) =>
      sendForm(world.platform, path, { ...secretOf(by), token: text })
    expect((await ask('/oauth/introspect', made, token)).body).toMatchObject({
      ...{ active: true, client_id: made.client.clientId, aud: FHIR, sub: who.userId },
      exp: Math.floor(now / 1000) + 3_600,
    })
    expect((await ask('/oauth/introspect', other, token)).body).toEqual({ active: false })
    expect((await ask('/oauth/introspect', made, 'nonsense')).body).toEqual({ active: false })
    expect((await ask('/oauth/revoke', other, token)).status).toBe(200)
    const read = () => get('/fhir/r4/north-clinic/Patient/north-1', `Bearer ${token}`)
    expect((await read()).status).toBe(200)
    expect((await ask('/oauth/revoke', made, String(body.refresh_token))).status).toBe(200)
    now += 5_000
    expect((await read()).status).toBe(401)
    expect((await ask('/oauth/introspect', made, token)).body).toEqual({ active: false })
    const anonymous = await sendForm(world.platform, '/oauth/introspect', { token })
    expect(anonymous.status).toBe(401)
  })
})

describe('keys that a client publishes', () => {
  test('are fetched with bounds from public addresses, kept, and fetched again when one is new', async () => {
    const [first, second] = [await makeKey('rsa', 'one'), await makeKey('p384', 'two')]
    const jwksUri = 'https://client.example/jwks.json'
    const scopes = ['system/*.rs']
    const made = await register({ kind: 'backend', jwksUri, scopes, redirectUris: [] })
    const { clientId } = made.client
    published = () => JSON.stringify({ keys: [first.jwk] })
    const ask = async (key: typeof first) =>
      (
        await sendForm(world.platform, '/oauth/token', {
          ...{ grant_type: 'client_credentials', scope: 'system/*.rs' },
          client_assertion_type: ASSERTION_TYPE,
          client_assertion: await assertion(key, clientId, now),
        })
      ).status
    fetched.length = 0
    expect([await ask(first), await ask(first)]).toEqual([200, 200])
    expect(fetched).toEqual([
      expect.objectContaining({ url: jwksUri, publicOnly: true, timeoutMs: 5_000 }),
    ])
    published = () => JSON.stringify({ keys: [second.jwk] })
    expect(await ask(second)).toBe(401)
    now += MINUTE
    expect(await ask(second)).toBe(200)
    published = () => 'not a key set'
    now += 6 * MINUTE
    expect(await ask(second)).toBe(401)
  })
})

test.each([
  ['a backend without keys', { kind: 'backend', redirectUris: [], scopes: ['system/*.rs'] }],
  [
    'a backend with an address',
    { kind: 'backend', scopes: ['system/*.rs'], jwksUri: 'https://a.example/j' },
  ],
  [
    'a backend with scopes of users',
    { kind: 'backend', redirectUris: [], jwksUri: 'https://a.example/j' },
  ],
  ['keys at a private address', { kind: 'confidential', jwksUri: 'https://10.0.0.1/jwks' }],
  ['keys at this machine', { kind: 'confidential', jwksUri: 'https://[::1]/jwks' }],
  ['keys over http', { kind: 'confidential', jwksUri: 'http://a.example/jwks' }],
  ['private keys', { kind: 'confidential', jwks: '{"keys":[{"kty":"RSA","kid":"1","d":"x"}]}' }],
  ['no address', { kind: 'public', redirectUris: [] }],
  ['an address over http', { kind: 'public', redirectUris: ['http://app.test/back'] }],
  ['an address with a wildcard', { kind: 'public', redirectUris: ['https://*.app.test/back'] }],
  ['an address with a fragment', { kind: 'public', redirectUris: ['https://app.test/back#x'] }],
  ['an address that is a script', { kind: 'public', redirectUris: ['javascript:alert(1)'] }],
  ['an address of a common scheme', { kind: 'public', redirectUris: ['data:text/html,x'] }],
  ['scopes of systems for people', { kind: 'public', scopes: ['system/*.rs'] }],
  ['a scope that is none', { kind: 'public', scopes: ['everything'] }],
] as const)('a client with %s is not registered', async (_what, rest) => {
  await expect(register(rest)).rejects.toMatchObject({ code: 'CLIENT_UNFIT' })
})

test('the documents name what there is, and nothing else', async () => {
  const server = await look(world.platform, '/.well-known/oauth-authorization-server')
  expect(server.body).toMatchObject({
    issuer: PUBLIC_URL,
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
  })
  const at = '/fhir/r4/north-clinic/.well-known/smart-configuration'
  const smart = await look(world.platform, at)
  expect(smart.body).toMatchObject({
    authorization_endpoint: `${PUBLIC_URL}/oauth/authorize`,
    token_endpoint: `${PUBLIC_URL}/oauth/token`,
    capabilities: expect.arrayContaining(['client-confidential-asymmetric', 'permission-v2']),
  })
  expect(smart.body.capabilities).not.toContain('sso-openid-connect')
  const endpoints = Object.entries(server.body).filter(([name]) => name.endsWith('_endpoint'))
  for (const [, url] of endpoints) {
    const { status } = await look(world.platform, new URL(String(url)).pathname)
    // A GET of what takes a POST alone is not known as a route; the page says what is missing.
    expect([400, 404]).toContain(status)
  }
  const posted = endpoints.filter(([name]) => !name.startsWith('authorization'))
  for (const [, url] of posted) {
    const { body } = await sendForm(world.platform, new URL(String(url)).pathname, {})
    expect(body.error).toBe('invalid_client')
  }
})
