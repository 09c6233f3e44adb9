// A program that uses our authorization server, for tests: keys, signed assertions, PKCE, and the forms
// a person sends. It speaks to the HTTP face alone.

import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { exportJWK, SignJWT } from 'jose'
import type { Platform } from '../platform/src/compose.ts'

export const PUBLIC_URL = 'https://chartway.test'
export const TOKEN_URL = `${PUBLIC_URL}/oauth/token`
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export interface Key {
  readonly kid: string
  readonly alg: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly jwk: Readonly<Record<string, unknown>>
}

export async function makeKey(
  kind: 'rsa' | 'rsa-1024' | 'p384' | 'p256',
  kid: string,
): Promise<Key> {
  const { privateKey, publicKey } =
    kind === 'rsa' || kind === 'rsa-1024'
      ? generateKeyPairSync('rsa', { modulusLength: kind === 'rsa' ? 2048 : 1024 })
      : generateKeyPairSync('ec', { namedCurve: kind === 'p384' ? 'P-384' : 'P-256' })
  const alg = kind.startsWith('rsa') ? 'RS384' : kind === 'p384' ? 'ES384' : 'ES256'
  const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig' }
  return { kid, alg, privateKey, publicKey, jwk }
}

export interface Signed {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
}

let jtis = 0

/** As SMART wants it, but for what is said otherwise; undefined takes a member away. */
export async function assertion(
  key: Key,
  clientId: string,
  now: number,
  { header = {}, claims = {} }: Signed = {},
): Promise<string> {
  const all = {
    ...{ iss: clientId, sub: clientId, aud: TOKEN_URL, jti: `jti-${jtis++}` },
    ...{ exp: Math.floor(now / 1000) + 240, iat: Math.floor(now / 1000) },
    ...claims,
  }
  return new SignJWT(defined(all))
    .setProtectedHeader({ alg: key.alg, ...defined({ typ: 'JWT', kid: key.kid, ...header }) })
    .sign(key.privateKey)
}

function defined(members: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

export function pkce(verifier = 'v'.repeat(50)) {
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  return { verifier, challenge }
}

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly location: URL | undefined
  readonly text: string
  readonly headers: Readonly<Record<string, unknown>>
}

/** Fields that are undefined are left out; a string is sent as it is. */
export async function sendForm(
  platform: Platform,
  url: string,
  form: Readonly<Record<string, string | undefined>> | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const payload =
    typeof form === 'string'
      ? form
      : new URLSearchParams(
          Object.entries(form).flatMap(([name, value]) =>
            value === undefined ? [] : [[name, value] as [string, string]],
          ),
        ).toString()
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  return answer(
    await platform.face.inject({ method: 'POST', url, headers: { ...type, ...headers }, payload }),
  )
}

export async function look(
  platform: Platform,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return answer(await platform.face.inject({ method: 'GET', url, headers }))
}

function answer(reply: {
  readonly statusCode: number
  readonly body: string
  readonly headers: Readonly<Record<string, unknown>>
}): Answer {
  const { location } = reply.headers
  return {
    status: reply.statusCode,
    body: reply.body.startsWith('{') ? JSON.parse(reply.body) : {},
    location: typeof location === 'string' ? new URL(location, PUBLIC_URL) : undefined,
    text: reply.body,
    headers: reply.headers,
  }
}
