// The token endpoint for what a person has allowed: a code for tokens, a refresh token for new ones.
// Backend apps are served beside it.

import type { AppRegistration } from '../contract.ts'
import type { Switches } from '../switches.ts'
import type { WireRequest } from '../wire.ts'
import type { Apps } from './apps.ts'
import type { Checker, Refusal } from './assertion.ts'
import { proveClient, type UsedAssertions } from './client-proof.ts'
import { type Grant, type Grants, REFRESH_LIFETIME_MS } from './grants.ts'
import { isVerified } from './proof-key.ts'
import { ID_TOKEN_ALGORITHMS, type Signer } from './signer.ts'
import { chartsOf } from './users.ts'

/** Lifetime of a person's access token, ms of vendor time [D]. */
export const USER_TOKEN_LIFETIME_MS = 3_600_000

export interface ExchangeContext {
  readonly apps: Apps
  readonly grants: Grants
  readonly check: Checker
  readonly signer: Signer
  readonly used: UsedAssertions
  readonly switches: Switches
  readonly publicUrl: string
  readonly now: number
}

/** The body of a token response, or why there is none. */
export async function exchange(
  request: WireRequest,
  form: ReadonlyMap<string, string>,
  context: ExchangeContext,
): Promise<{ readonly body: Readonly<Record<string, unknown>> } | Refusal> {
  const audience = `${context.publicUrl}/oauth/oauth2/token`
  const proved = await proveClient(request, form, { ...context, audience })
  if ('error' in proved) return proved
  const { app } = proved
  if (app.activatedFor.length === 0 && context.switches.is('activation-refusal', 'at-token')) {
    return { error: 'access_denied', why: 'FHIR app authentication is not enabled' }
  }
  return form.get('grant_type') === 'refresh_token'
    ? refresh(form, app, context)
    : await redeem(form, app, context)
}

/** The practice a code or refresh token belongs to, for counting. */
export function practiceOfGrant(
  form: ReadonlyMap<string, string>,
  grants: Grants,
  now: number,
): string | undefined {
  const code = grants.findCode(form.get('code') ?? '', now)
  const refreshToken = grants.findRefreshToken(form.get('refresh_token') ?? '', now)
  return (code ?? refreshToken)?.grant.practice
}

async function redeem(
  form: ReadonlyMap<string, string>,
  app: AppRegistration,
  context: ExchangeContext,
): ReturnType<typeof exchange> {
  const { grants, now } = context
  const value = form.get('code')
  if (value === undefined) return { error: 'invalid_request', why: 'code is missing' }
  const code = grants.findCode(value, now)
  if (code === undefined || code.grant.clientId !== app.clientId) return wrong('code is unknown')
  const { grant } = code
  if (code.isUsed) return usedTwice('code', grant, context)
  code.isUsed = true
  if (code.expiresAt <= now) return wrong('code is expired')
  if (form.get('redirect_uri') !== grant.redirectUri) {
    return wrong('redirect_uri is not that of the authorize request')
  }
  if (!isVerified(form.get('code_verifier'), grant.challenge)) {
    return wrong('code_verifier does not belong to code_challenge')
  }
  const idToken = await idTokenFor(grant, app, context)
  const isOffline = grant.scopes.includes('offline_access')
  const until = now + REFRESH_LIFETIME_MS
  return {
    body: {
      ...accessFor(grant, grant.scopes, context),
      ...(idToken === undefined ? {} : { id_token: idToken }),
      ...(isOffline ? { refresh_token: grants.refreshToken(grant, until) } : {}),
    },
  }
}

function refresh(
  form: ReadonlyMap<string, string>,
  app: AppRegistration,
  context: ExchangeContext,
): Awaited<ReturnType<typeof exchange>> {
  const { grants, switches, now } = context
  const value = form.get('refresh_token')
  if (value === undefined) return { error: 'invalid_request', why: 'refresh_token is missing' }
  const held = grants.findRefreshToken(value, now)
  if (held === undefined || held.grant.clientId !== app.clientId) {
    return wrong('refresh_token is unknown, revoked or expired')
  }
  const { grant, expiresAt } = held
  if (held.isUsed) return usedTwice('refresh_token', grant, context)
  const asked = form.get('scope')?.trim().split(/\s+/) ?? grant.scopes
  if (asked.some((scope) => !grant.scopes.includes(scope))) {
    return wrong('The requested scope goes beyond what was allowed')
  }
  const body = accessFor(grant, asked, context)
  if (switches.is('refresh-rotation', 'fixed')) return { body: { ...body, refresh_token: value } }
  held.isUsed = true
  const isRolling = switches.is('refresh-rotation', 'rotates')
  const until = isRolling ? now + REFRESH_LIFETIME_MS : expiresAt
  return { body: { ...body, refresh_token: grants.refreshToken(grant, until) } }
}

/** RFC 6749 sections 4.1.2 and 10.4: what was shown twice may be in the wrong hands. */
function usedTwice(what: string, grant: Grant, { grants, switches }: ExchangeContext): Refusal {
  if (switches.is('grant-reuse', 'revokes')) grants.revoke(grant.id)
  return wrong(`${what} was used before`)
}

function accessFor(grant: Grant, scopes: readonly string[], context: ExchangeContext) {
  const { apps, now } = context
  const { id, clientId, practice, patient, user } = grant
  const charts = chartsOf(user)
  const patients = patient === undefined ? (charts ?? []) : [patient]
  const bounds = { grant: id, practice, patients, charts }
  const expiresAt = now + USER_TOKEN_LIFETIME_MS
  return {
    access_token: apps.issue({ clientId, scopes, expiresAt, bounds }, now),
    token_type: 'Bearer',
    expires_in: USER_TOKEN_LIFETIME_MS / 1000,
    scope: scopes.join(' '),
    ...launchMembers(grant, context),
  }
}

/** Launch context beside the token; which members the vendor really sends is not verified [G]. */
function launchMembers(grant: Grant, { switches, publicUrl }: ExchangeContext) {
  const { patient, encounter, needsBanner } = grant
  const ids = {
    ...(patient === undefined ? {} : { patient }),
    ...(encounter === undefined || switches.is('token-context', 'patient') ? {} : { encounter }),
  }
  if (patient === undefined || !switches.is('token-context', 'all')) return ids
  const style = `${publicUrl}/oauth/sign-in/smart-style.json`
  return { ...ids, need_patient_banner: needsBanner, smart_style_url: style }
}

/** OpenID Connect core section 2, with the claims of SMART; issuer as the vendor's discovery says. */
async function idTokenFor(
  grant: Grant,
  app: AppRegistration,
  { signer, switches, publicUrl, now }: ExchangeContext,
): Promise<string | undefined> {
  const has = (scope: string) => grant.scopes.includes(scope)
  const isEnough = switches.is('id-token-needs', 'openid') || has('fhirUser')
  if (!has('openid') || !isEnough) return undefined
  const issuer = `${publicUrl}/fhir/r4/${grant.practice}`
  const person = `${issuer}/${grant.user.fhirUser}`
  const seconds = Math.floor(now / 1000)
  const claims = {
    iss: issuer,
    sub: grant.user.fhirUser.replace('/', '-'),
    aud: app.clientId,
    iat: seconds,
    exp: seconds + USER_TOKEN_LIFETIME_MS / 1000,
    auth_time: Math.floor(grant.at / 1000),
    ...(grant.nonce === undefined ? {} : { nonce: grant.nonce }),
    ...(has('fhirUser') ? { fhirUser: person } : {}),
    ...(has('profile') ? { profile: person } : {}),
  }
  const wanted = switches.value('id-token-algorithm')
  return await signer.sign(claims, ID_TOKEN_ALGORITHMS.find((each) => each === wanted) ?? 'RS256')
}

function wrong(why: string): Refusal {
  return { error: 'invalid_grant', why }
}
