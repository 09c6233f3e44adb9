// An unmodified OAuth client library against our server: what it discovers, how it proves itself, and that
// it finds every answer to be as the standards want it.

import { createHash, generateKeyPairSync } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PUBLIC_URL } from '../../../../test/oauth-client.ts'
import { type Person, signedIn } from '../../../../test/signed-in.ts'
import { type Tenants, tenants } from '../../../../test/tenants.ts'

const BACK = 'https://app.test/back'
const FHIR = `${PUBLIC_URL}/fhir/r4/north-clinic`
let world: Tenants
let person: Person

beforeAll(async () => {
  world = await tenants()
  const around = { platform: world.platform, publicUrl: PUBLIC_URL, at: Date.now() }
  const wanted = { name: 'grey@north', roles: ['clinician'] as const }
  person = await signedIn(around, world.north.organization, wanted)
})
afterAll(() => world.close())

interface Sent {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** The library's requests, carried to the face as they are. */
const carried = {
  [oauth.customFetch]: async (url: string, init: Sent) => {
    const { pathname, search } = new URL(url)
    const reply = await world.platform.face.inject({
      method: init.method === 'POST' ? 'POST' : 'GET',
      url: pathname + search,
      headers: { ...init.headers },
      ...(init.body !== undefined && init.body !== null && { payload: String(init.body) }),
    })
    const headers = Object.entries(reply.headers).map(
      ([name, value]) => [name, String(value)] as [string, string],
    )
    return new Response(reply.body, { status: reply.statusCode, headers })
  },
}

async function discovered(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(PUBLIC_URL)
  const options = { algorithm: 'oauth2', ...carried } as const
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))
}

test('a backend proves itself with ES384 and reads', async () => {
  const server = await discovered()
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES384', use: 'sig' }
  const { client } = await world.platform.people.oauth.createClient(
    world.north.organization,
    {
      ...{ name: 'Backend', kind: 'backend', redirectUris: [], scopes: ['system/*.rs'] },
      ...{ practices: undefined, sensitive: false, jwksUri: undefined },
      jwks: JSON.stringify({ keys: [jwk] }),
    },
    'test',
  )
  const key = await crypto.subtle.importKey(
    'jwk',
    privateKey.export({ format: 'jwk' }),
    { name: 'ECDSA', namedCurve: 'P-384' },
    false,
    ['sign'],
  )
  const proof = oauth.PrivateKeyJwt(
    { key, kid: 'k1' },
    {
      // The library says the issuer by default; SMART wants the token endpoint, and a type.
      [oauth.modifyAssertion]: (header, payload) => {
        header.typ = 'JWT'
        payload.aud = server.token_endpoint ?? ''
      },
    },
  )
  const asked = await oauth.clientCredentialsGrantRequest(
    server,
    { client_id: client.clientId },
    proof,
    { scope: 'system/Patient.rs' },
    carried,
  )
  const answer = await oauth.processClientCredentialsResponse(
    server,
    { client_id: client.clientId },
    asked,
  )
  expect(answer).toMatchObject({ expires_in: 300, scope: 'system/Patient.rs' })
  const read = await oauth.protectedResourceRequest(
    answer.access_token,
    'GET',
    new URL(`${FHIR}/Patient/north-1`),
    undefined,
    null,
    carried,
  )
  expect(await read.json()).toMatchObject({ resourceType: 'Patient', id: 'north-1' })
})

test('an application without a secret gets a code, tokens, new tokens, and gives them back', async () => {
  const server = await discovered()
  const { client } = await world.platform.people.oauth.createClient(
    world.north.organization,
    {
      ...{ name: 'App', kind: 'public', redirectUris: [BACK], practices: undefined },
      ...{ scopes: ['user/*.rs', 'offline_access'], sensitive: false },
      ...{ jwks: undefined, jwksUri: undefined },
    },
    'test',
  )
  const app = { client_id: client.clientId }
  const verifier = oauth.generateRandomCodeVerifier()
  const challenge = await oauth.calculatePKCECodeChallenge(verifier)
  expect(challenge).toBe(createHash('sha256').update(verifier).digest('base64url'))
  const state = oauth.generateRandomState()
  const asked = new URL(server.authorization_endpoint ?? '')
  for (const [name, value] of Object.entries({
    ...{ ...app, response_type: 'code', redirect_uri: BACK, state, aud: FHIR },
    ...{ scope: 'user/*.rs offline_access', code_challenge: challenge },
    code_challenge_method: 'S256',
  }))
    asked.searchParams.set(name, value)
  const agreed = await world.platform.face.inject({
    method: 'POST',
    url: '/oauth/authorize',
    headers: { ...person.headers, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ query: asked.search.slice(1), action: 'allow' }).toString(),
  })
  const back = new URL(String(agreed.headers.location))
  const parameters = oauth.validateAuthResponse(server, app, back, state)
  const exchanged = await oauth.authorizationCodeGrantRequest(
    server,
    app,
    oauth.None(),
    parameters,
    BACK,
    verifier,
    carried,
  )
  const first = await oauth.processAuthorizationCodeResponse(server, app, exchanged)
  expect(first.expires_in).toBe(3_600)
  const renewed = await oauth.refreshTokenGrantRequest(
    server,
    app,
    oauth.None(),
    first.refresh_token ?? '',
    carried,
  )
  const second = await oauth.processRefreshTokenResponse(server, app, renewed)
  expect(second.refresh_token).not.toBe(first.refresh_token)
  const ended = await oauth.revocationRequest(
    server,
    app,
    oauth.None(),
    second.refresh_token ?? '',
    carried,
  )
  await oauth.processRevocationResponse(ended)
  const again = await oauth.refreshTokenGrantRequest(
    server,
    app,
    oauth.None(),
    second.refresh_token ?? '',
    carried,
  )
  await expect(oauth.processRefreshTokenResponse(server, app, again)).rejects.toMatchObject({
    error: 'invalid_grant',
  })
})
