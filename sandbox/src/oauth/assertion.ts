// Checks a client assertion (RFC 7523) the way the vendor documents it: RS384 only, key by the app's
// registered URL, five minutes at most, each `jti` once. It grants nothing.

import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWTPayload } from 'jose'
import type { AppRegistration } from '../contract.ts'
import type { KeyFinder } from './keys.ts'

/** Longest life of an assertion, seconds [D]. */
const ASSERTION_LIFETIME_S = 300
/** Remembered `jti` values; when full the expired go, then the request is refused. */
const REPLAYS_MAX = 100_000
const ASSERTION_CHARACTERS_MAX = 20_000

export type OAuthErrorCode =
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_request'
  | 'unsupported_grant_type'
  | 'access_denied'

export interface Refusal {
  readonly error: OAuthErrorCode
  readonly why: string
}

/** The client a JWT claims to come from, unchecked: for counting, never for granting. */
export function claimedClient(assertion: string): string | undefined {
  return decoded(assertion)?.claims.iss
}

interface Decoded {
  readonly header: { readonly alg?: string; readonly kid?: string; readonly typ?: string }
  readonly jku: unknown
  readonly claims: JWTPayload
}

function decoded(assertion: string): Decoded | undefined {
  if (assertion.length > ASSERTION_CHARACTERS_MAX) return undefined
  try {
    const { jku, ...header } = decodeProtectedHeader(assertion)
    return { header, jku, claims: decodeJwt(assertion) }
  } catch {
    return undefined // Not a JWT at all; the caller words the refusal.
  }
}

export interface AssertionCheck {
  readonly app: (clientId: string) => AppRegistration | undefined
  readonly keys: KeyFinder
  readonly audience: string
  /** Seconds by which the client's clock may differ. */
  readonly leewayS: () => number
}

export type Checker = (
  assertion: string,
  now: number,
) => Promise<{ readonly app: AppRegistration } | Refusal>

export function createChecker(options: AssertionCheck): Checker {
  const replays = new Map<string, number>()
  return async (assertion, now) => {
    const jwt = decoded(assertion)
    if (jwt === undefined) return grant('client_assertion is malformed')
    const app = options.app(jwt.claims.iss ?? '')
    if (app === undefined || jwt.claims.sub !== app.clientId) return client('client_id is unknown')
    const wrong = headerProblem(jwt, app) ?? claimsProblem(jwt.claims, options, now / 1000)
    if (wrong !== undefined) return wrong
    const found = await options.keys(app, jwt.header.kid ?? '', now)
    if ('refused' in found) return client(found.refused)
    try {
      await compactVerify(assertion, await importJWK(found.key, 'RS384'), { algorithms: ['RS384'] })
    } catch {
      return client('client_assertion signature does not verify') // jose's words add nothing.
    }
    return remember(replays, `${app.clientId} ${jwt.claims.jti}`, jwt.claims.exp ?? 0, now)
      ? { app }
      : grant('client_assertion was used before')
  }
}

function headerProblem({ header, jku }: Decoded, app: AppRegistration): Refusal | undefined {
  if (header.alg !== 'RS384') return client('client_assertion must be signed with RS384')
  if (header.typ !== undefined && header.typ !== 'JWT') return client('typ must be JWT')
  if (header.kid === undefined) return client('kid is missing in client_assertion')
  if (jku !== undefined && jku !== app.jwksUrl) return client('jku is not the registered JWKS URL')
  return undefined
}

function claimsProblem(
  claims: JWTPayload,
  { audience, leewayS }: AssertionCheck,
  now: number,
): Refusal | undefined {
  const { aud, exp, iat, nbf, jti } = claims
  if (aud !== audience) return client('aud is not the token endpoint')
  if (typeof jti !== 'string' || jti === '') return grant('jti is missing in client_assertion')
  if (typeof exp !== 'number' || typeof iat !== 'number') return grant('exp and iat are needed')
  const leeway = leewayS()
  if (exp <= now - leeway) return grant('client_assertion is expired')
  if (exp - iat > ASSERTION_LIFETIME_S || exp > now + ASSERTION_LIFETIME_S + leeway) {
    return grant('client_assertion lives longer than five minutes')
  }
  if (iat > now + leeway) return grant('iat lies in the future')
  if (typeof nbf === 'number' && nbf > now + leeway) return grant('nbf lies in the future')
  return undefined
}

/** False when the key was seen before; `exp` is in seconds. */
function remember(replays: Map<string, number>, key: string, exp: number, now: number): boolean {
  if (replays.has(key)) return false
  if (replays.size >= REPLAYS_MAX) {
    // Kept past expiry for the largest leeway, so that an old assertion stays used.
    for (const [each, until] of replays) if (until * 1000 < now - 60_000) replays.delete(each)
    if (replays.size >= REPLAYS_MAX) return false
  }
  replays.set(key, exp)
  return true
}

function client(why: string): Refusal {
  return { error: 'invalid_client', why }
}

function grant(why: string): Refusal {
  return { error: 'invalid_grant', why }
}
