// How an app proves itself when it exchanges a code or refreshes: not at all, by a secret, or by a
// signed assertion (RFC 7523), with a key pair or with the secret. Backend apps are not its affair.

import { createHash, timingSafeEqual } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import type { AppRegistration } from '../contract.ts'
import type { Switches } from '../switches.ts'
import type { WireRequest } from '../wire.ts'
import type { Apps } from './apps.ts'
import type { Checker, Refusal } from './assertion.ts'
import { createShelf, type Shelf } from './shelf.ts'

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export interface ProofContext {
  readonly apps: Apps
  readonly check: Checker
  readonly switches: Switches
  /** Assertions signed with a secret that were used already. */
  readonly used: UsedAssertions
  /** The token endpoint, which assertions are addressed to. */
  readonly audience: string
  readonly now: number
}

export type UsedAssertions = Shelf<true>

/** Remembered until they end by themselves; when full the oldest go. */
const USED_MAX = 10_000

export function createUsedAssertions(): UsedAssertions {
  return createShelf<true>(USED_MAX)
}

/** The app that asks, proved the way it was registered for; otherwise `invalid_client`. */
export async function proveClient(
  request: WireRequest,
  form: ReadonlyMap<string, string>,
  context: ProofContext,
): Promise<{ readonly app: AppRegistration } | Refusal> {
  const { apps, check, switches, now } = context
  const header = request.headers.authorization
  const assertion = form.get('client_assertion')
  const posted = form.get('client_secret')
  const ways = [header, assertion, posted].filter((each) => each !== undefined)
  if (ways.length > 1) return { error: 'invalid_request', why: 'the client proves itself twice' }
  if (assertion !== undefined) {
    if (form.get('client_assertion_type') !== ASSERTION_TYPE) {
      return { error: 'invalid_request', why: 'client_assertion_type is missing or not supported' }
    }
    const bySharedKey = await provedWithSecret(assertion, form, context)
    if (bySharedKey !== undefined) return bySharedKey
    const checked = await check(assertion, now)
    if ('error' in checked) return checked
    return isNamed(form, checked.app) && checked.app.client === 'confidential-asymmetric'
      ? checked
      : refused('client_assertion is not how this client proves itself')
  }
  if (header !== undefined) return bySecret(basicOf(header), form, apps)
  const clientId = form.get('client_id') ?? ''
  if (posted !== undefined) {
    return switches.is('client-secret-post', 'accepted')
      ? bySecret([clientId, posted], form, apps)
      : refused('client_secret_post is not accepted; use HTTP Basic')
  }
  const app = apps.get(clientId)
  return app?.client === 'public' ? { app } : refused('client_id is unknown or needs a proof')
}

function bySecret(
  pair: readonly [clientId: string, secret: string] | undefined,
  form: ReadonlyMap<string, string>,
  apps: Apps,
): { readonly app: AppRegistration } | Refusal {
  const [clientId = '', secret = ''] = pair ?? []
  const app = apps.get(clientId)
  const isRight =
    app?.client === 'confidential-symmetric' &&
    app.secret !== undefined &&
    app.secret !== '' &&
    isSame(secret, app.secret) &&
    isNamed(form, app)
  return isRight ? { app } : refused('client_id or client secret is wrong')
}

/** Longest life of an assertion, seconds [D, for key pairs]. */
const ASSERTION_LIFETIME_S = 300

/**
 * `client_secret_jwt`: advertised by the vendor [P], never seen in use; see the switch. Undefined for
 * an assertion that is signed otherwise.
 */
async function provedWithSecret(
  assertion: string,
  form: ReadonlyMap<string, string>,
  { apps, switches, used, audience, now }: ProofContext,
): Promise<{ readonly app: AppRegistration } | Refusal | undefined> {
  let clientId: string | undefined
  try {
    if (!/^HS(256|384|512)$/.test(decodeProtectedHeader(assertion).alg ?? '')) return undefined
    clientId = decodeJwt(assertion).iss
  } catch {
    return undefined // No JWT at all; the other check words the refusal.
  }
  const app = apps.get(clientId ?? '')
  const { secret = '' } = app ?? {}
  const isRegistered = app?.client === 'confidential-symmetric' && secret !== ''
  if (!isRegistered || !isNamed(form, app) || switches.is('client-secret-jwt', 'refused')) {
    return refused('client_assertion is not how this client proves itself')
  }
  try {
    const { payload } = await jwtVerify(assertion, new TextEncoder().encode(secret), {
      ...{ issuer: app.clientId, subject: app.clientId, audience },
      ...{ currentDate: new Date(now), requiredClaims: ['jti', 'exp'] },
      clockTolerance: Number(switches.value('assertion-leeway')),
    })
    const { jti, exp = 0 } = payload
    const key = `${app.clientId} ${jti}`
    const isShort = exp * 1000 <= now + ASSERTION_LIFETIME_S * 1000
    if (!isShort || used.get(key, now) !== undefined) {
      return { error: 'invalid_grant', why: 'client_assertion was used before or lives too long' }
    }
    used.put(key, true, now + 2 * ASSERTION_LIFETIME_S * 1000)
    return { app }
  } catch {
    return refused('client_assertion does not verify') // jose's words add nothing.
  }
}

/** RFC 6749 section 2.3.1: id and secret are form-encoded before they become a Basic pair. */
function basicOf(header: string): readonly [string, string] | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(header)?.[1]
  if (encoded === undefined) return undefined
  const pair = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  if (colon < 0) return undefined
  try {
    const part = (text: string) => decodeURIComponent(text.replaceAll('+', ' '))
    return [part(pair.slice(0, colon)), part(pair.slice(colon + 1))]
  } catch {
    return undefined // A stray percent sign: not form-encoded, so not this client.
  }
}

function isNamed(form: ReadonlyMap<string, string>, app: AppRegistration): boolean {
  return (form.get('client_id') ?? app.clientId) === app.clientId
}

/** Compares digests, so that neither length nor content shows in the time it takes. */
export function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}

function refused(why: string): Refusal {
  return { error: 'invalid_client', why }
}
