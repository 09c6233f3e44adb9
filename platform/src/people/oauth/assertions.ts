// Signed client assertions: RFC 7523 as SMART App Launch 2.2 "client-confidential-asymmetric" narrows it.
// Checks one assertion against one client; whether it was used before is the store's to say.

import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  importJWK,
  type JWTPayload,
  jwtVerify,
} from 'jose'
import type { Clock } from '../../kernel/clock.ts'
import type { KeySets, PublicJwk } from './key-sets.ts'
import type { Client } from './types.ts'

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
export const ASSERTION_ALGORITHMS = ['RS384', 'ES384'] as const
const LENGTH_MAX = 8_192
const JTI_LENGTH_MAX = 256
/** SMART: no later than five minutes in the future. */
const LIFE_S_MAX = 300
/** How far a client's clock may be ahead, seconds. */
const SKEW_S = 10
const RSA_BITS_MIN = 2_048

export interface ReadAssertion {
  readonly jti: string
  /** Epoch ms. */
  readonly expiresAt: number
}

/** Who an assertion claims to be from, before anything of it is believed. */
export function claimedClient(assertion: string): string | undefined {
  if (assertion.length > LENGTH_MAX) return undefined
  try {
    return decodeJwt(assertion).iss
  } catch {
    return undefined // Not a JWT.
  }
}

/** Undefined when anything about it is wrong: nobody is told what. `audience`: our token endpoint. */
export async function readAssertion(
  assertion: string,
  client: Client,
  ports: { readonly keySets: KeySets; readonly clock: Clock; readonly audience: string },
): Promise<ReadAssertion | undefined> {
  const { keySets, clock, audience } = ports
  const header = headerOf(assertion)
  const algorithm = ASSERTION_ALGORITHMS.find((known) => known === header?.alg)
  if (header === undefined || algorithm === undefined) return undefined
  const { kid, jku } = header
  if (typeof kid !== 'string' || (jku !== undefined && jku !== client.jwksUri)) return undefined
  const key = await keySets.key(client, kid)
  if (key === undefined || !fits(key, algorithm)) return undefined
  const now = clock.now()
  try {
    const { payload } = await clock.during(
      (async () =>
        jwtVerify(assertion, await importJWK(key, algorithm), {
          algorithms: [algorithm],
          audience,
          issuer: client.clientId,
          subject: client.clientId,
          typ: 'JWT',
          requiredClaims: ['exp', 'jti'],
          currentDate: new Date(now),
        }))(),
    )
    return claimsOf(payload, now)
  } catch (error) {
    // What the keys or the text are at fault for; anything else is ours.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined
    if (error instanceof Error && error.name === 'DataError') return undefined
    throw error
  }
}

function headerOf(assertion: string) {
  if (assertion.length > LENGTH_MAX) return undefined
  try {
    const header = decodeProtectedHeader(assertion)
    // A key that comes with the assertion proves nothing.
    return 'jwk' in header || 'x5c' in header || 'x5u' in header ? undefined : header
  } catch {
    return undefined // Not a JWT.
  }
}

function claimsOf(payload: JWTPayload, now: number): ReadAssertion | undefined {
  const { jti, exp, iat, nbf, aud } = payload
  const second = now / 1000
  if (typeof jti !== 'string' || jti === '' || jti.length > JTI_LENGTH_MAX) return undefined
  if (exp === undefined || exp > second + LIFE_S_MAX) return undefined
  if (iat !== undefined && iat > second + SKEW_S) return undefined
  if (nbf !== undefined && nbf > second + SKEW_S) return undefined
  // For us alone: what another server may present as well could be replayed here.
  if (Array.isArray(aud) && aud.length !== 1) return undefined
  return { jti, expiresAt: exp * 1000 }
}

/** Whether the key is of the kind and the strength that the algorithm needs, and is for signing. */
function fits(key: PublicJwk, algorithm: (typeof ASSERTION_ALGORITHMS)[number]): boolean {
  if (key.alg !== undefined && key.alg !== algorithm) return false
  if (key.use !== undefined && key.use !== 'sig') return false
  if (algorithm === 'ES384') return key.kty === 'EC' && key.crv === 'P-384'
  const { n } = key
  return key.kty === 'RSA' && typeof n === 'string' && bitsOf(n) >= RSA_BITS_MIN
}

function bitsOf(base64url: string): number {
  return Buffer.from(base64url, 'base64url').length * 8
}
