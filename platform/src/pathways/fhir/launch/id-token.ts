// Checks an id token against the keys that the vendor publishes: who signed in, said to us, for this
// launch (OpenID Connect Core 3.1.3.7). It keeps the keys for a while and nothing of a person.

import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import type { Clock } from '../../../kernel/clock.ts'
import { ChartwayError } from '../../../kernel/errors.ts'
import type { CallOptions, Connection } from '../connect.ts'
import { isObject } from '../outcome.ts'
import { jsonOf } from '../wire.ts'

/** How long fetched keys are believed, and how soon they are asked for again when one is missing. */
const BELIEVED_MS = 3_600_000
const AGAIN_MS = 60_000
const KEYS_MAX = 50
/** Clocks may differ by so much although the vendor's was learnt: a `Date` has whole seconds. */
const TOLERANCE_S = 60
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'PS256', 'PS384']
/** SMART's `fhirUser`: an absolute or relative address of who signed in. */
const PERSON =
  /(?:^|\/)((?:Practitioner|PractitionerRole|Patient|RelatedPerson|Person)\/[A-Za-z0-9.-]{1,64})$/

interface Expected {
  readonly clientId: string
  readonly nonce: string
  readonly issuer: string
  readonly jwksUri: string | undefined
}

/** Gives `Type/id` of who signed in; undefined when the token does not say. */
export type CheckIdToken = (
  idToken: string,
  expected: Expected,
  options: CallOptions,
) => Promise<string | undefined>

export function idTokenChecker(
  connection: Pick<Connection, 'settings' | 'send' | 'skewMs'>,
  clock: Clock,
): CheckIdToken {
  let kept: { readonly at: number; readonly keys: ReturnType<typeof keySet> } | undefined
  const keysFrom = async (url: string, olderThanMs: number, options: CallOptions) => {
    if (kept !== undefined && clock.now() - kept.at < olderThanMs) return kept.keys
    const headers = { accept: 'application/json' }
    const reply = await connection.send({ method: 'GET', url, headers, purpose: 'jwks' }, options)
    if (reply.status !== 200) throw unfit('jwks')
    kept = { at: clock.now(), keys: keySet(jsonOf(reply, 'jwks')?.keys) }
    return kept.keys
  }
  const verify = async (idToken: string, { clientId, issuer }: Expected, keys: Keys) => {
    const currentDate = new Date(clock.now() + (connection.skewMs() ?? 0))
    const rest = { currentDate, clockTolerance: TOLERANCE_S, algorithms: ALGORITHMS }
    const claims = { issuer, audience: clientId, requiredClaims: ['sub', 'iat', 'exp'] }
    return (await clock.during(jwtVerify(idToken, keys, { ...rest, ...claims }))).payload
  }
  return async (idToken, expected, options) => {
    const { jwksUri, clientId, nonce } = expected
    if (jwksUri === undefined) throw unfit('jwks_uri')
    let payload: JWTPayload
    try {
      payload = await verify(idToken, expected, await keysFrom(jwksUri, BELIEVED_MS, options))
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw unfitFor(error)
      // The vendor may have changed its keys since they were fetched.
      const keys = await keysFrom(jwksUri, AGAIN_MS, options)
      payload = await verify(idToken, expected, keys).catch((again: unknown) => {
        throw unfitFor(again)
      })
    }
    if (payload.nonce !== nonce) throw unfit('nonce')
    const isForOthersToo = Array.isArray(payload.aud) && payload.aud.length > 1
    if ((isForOthersToo || payload.azp !== undefined) && payload.azp !== clientId)
      throw unfit('azp')
    return personIn(payload.fhirUser, connection.settings.baseUrl)
  }
}

type Keys = ReturnType<typeof createLocalJWKSet>

function keySet(keys: unknown): Keys {
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > KEYS_MAX) throw unfit('jwks')
  return createLocalJWKSet({ keys: keys.filter(isObject).flatMap(asJwk) })
}

function asJwk({ kty, ...rest }: Readonly<Record<string, unknown>>) {
  return kty === 'RSA' || kty === 'EC' ? [{ ...rest, kty }] : []
}

function personIn(claim: unknown, baseUrl: string): string | undefined {
  if (typeof claim !== 'string') return undefined
  if (/^https?:/.test(claim) && !claim.startsWith(`${baseUrl}/`)) return undefined
  return PERSON.exec(claim)?.[1]
}

/** The library's messages may quote a claim, so they go no further than its name. */
function unfitFor(error: unknown): unknown {
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired)
    return unfit(error.claim)
  return error instanceof errors.JOSEError ? unfit('signature') : error
}

function unfit(position: string): ChartwayError {
  return new ChartwayError('LAUNCH_ID_TOKEN_UNFIT', { details: { position } })
}
