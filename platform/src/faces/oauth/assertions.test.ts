// Assertions by which backends prove who they are: a table of changes to a right one, each of which must
// make the difference.

import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  ASSERTION_TYPE,
  assertion,
  type Key,
  look,
  makeKey,
  PUBLIC_URL,
  type Signed,
  sendForm,
  TOKEN_URL,
} from '../../../../test/oauth-client.ts'
import { type Tenants, tenants } from '../../../../test/tenants.ts'
import { wallClock } from '../../kernel/clock.ts'

const FHIR = `${PUBLIC_URL}/fhir/r4/north-clinic`

let world: Tenants
let now = Date.UTC(2026, 0, 5, 14)
let rsa: Key
let ec: Key
let twin: Key
let weak: Key
let p256: Key
let backend: string

beforeAll(async () => {
  world = await tenants({ clock: { ...wallClock(), now: () => now } })
  rsa = await makeKey('rsa', 'rsa')
  ec = await makeKey('p384', 'ec')
  twin = await makeKey('rsa', 'twin')
  weak = await makeKey('rsa-1024', 'weak')
  p256 = await makeKey('p256', 'p256')
  const other = await makeKey('rsa', 'twin')
  backend = await register([rsa, ec, twin, other, weak, p256])
})
afterAll(() => world.close())
beforeEach(() => {
  now += 60_000
})

async function register(keys: readonly Key[]): Promise<string> {
  const { client } = await world.platform.people.oauth.createClient(
    world.north.organization,
    {
      ...{ name: 'A backend', kind: 'backend', practices: undefined, sensitive: false },
      ...{ scopes: ['system/*.rs'], redirectUris: [], jwksUri: undefined },
      jwks: JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }),
    },
    'test',
  )
  return client.clientId
}

type Form = Readonly<Record<string, string | undefined>>

const token = (form: Form | string) => sendForm(world.platform, '/oauth/token', form)

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
    const clientId = await register([rsa])
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
    const client = { client_id: world.north.client, scope: 'user/*.rs' }
    const asApp = { grant_type: 'client_credentials', ...client }
    expect((await token(asApp)).body.error).toBe('unauthorized_client')
  })
})

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
