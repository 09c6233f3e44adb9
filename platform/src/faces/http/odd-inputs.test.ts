// Inputs that nobody sends by mistake: texts that no database stores, numbers beyond its own, and more
// levels than a stack has. Each is refused or finds nothing; none is a fault of ours.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Tenants, tenants } from '../../../../test/tenants.ts'

let world: Tenants
beforeAll(async () => {
  world = await tenants()
})
afterAll(() => world.close())

async function statusOf(key: string, url: string, body?: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const reply = await world.platform.face.inject(
    body === undefined
      ? { method: 'GET', url, headers: { authorization: headers.authorization } }
      : { method: 'POST', url, headers, payload: body },
  )
  return reply.statusCode
}

test.each([
  ['/fhir/r4/north-clinic/Patient?_id=%00', 200],
  ['/fhir/r4/north-clinic/Patient?_id=north-1,%00', 200],
  ['/v1/patients?name=%00', 400],
  ['/v1/patients/north-1/history?before=3000000000', 200],
  ['/v1/patients/north-1/history?before=9007199254740991', 200],
])('GET %s answers %i', async (url, status) => {
  expect(await statusOf(world.north.readKey, url)).toBe(status)
})

const program = { kind: 'public', scopes: ['user/*.rs'], redirectUris: ['https://app.test/'] }
const levels = `{"keys":${'['.repeat(30_000)}${']'.repeat(30_000)}}`
const deep = JSON.stringify({ ...program, name: 'a' }).replace(/}$/, `,"jwks":${levels}}`)
test.each([
  ['/v1/keys', JSON.stringify({ name: 'a\0b', scopes: ['read'] })],
  ['/v1/users', JSON.stringify({ name: 'abcd', displayName: 'a\0', roles: ['clinician'] })],
  ['/v1/clients', JSON.stringify({ ...program, name: 'a\0' })],
  ['/v1/clients', JSON.stringify({ ...program, name: 'a', jwks: { 'k\0': 1 } })],
  ['/v1/clients', deep],
])('POST %s refuses it', async (url, body) => {
  expect(await statusOf(world.north.adminKey, url, body)).toBe(400)
})

test('a name that cannot be is refused at sign-in like any other', async () => {
  const asked = new URLSearchParams({
    ...{ client_id: world.north.client, redirect_uri: 'https://app.test/back', state: 'x' },
    ...{ response_type: 'code', scope: 'user/*.rs', aud: 'https://chartway.test/fhir/r4' },
    ...{ code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' },
  })
  const signIn = async (name: string) => {
    const form = new URLSearchParams({ name, password: 'x', code: '1', query: asked.toString() })
    const reply = await world.platform.face.inject({
      method: 'POST',
      url: '/oauth/sign-in',
      headers: {
        ...{ 'content-type': 'application/x-www-form-urlencoded' },
        origin: 'https://chartway.test',
      },
      payload: form.toString(),
    })
    return [reply.statusCode, reply.body]
  }
  const [status] = await signIn('nobody')
  expect(status).toBe(401)
  expect(await signIn('no\0body')).toEqual(await signIn('nobody'))
})
