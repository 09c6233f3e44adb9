// The vendor's token endpoint, with the backend apps' own grant, and the discovery document. Signing
// in and what follows from it stand beside it.

import type { AppRegistration } from '../contract.ts'
import { type Draft, json } from '../reply.ts'
import type { Switches } from '../switches.ts'
import type { WireRequest } from '../wire.ts'
import { type Apps, TOKEN_LIFETIME_MS } from './apps.ts'
import { claimedClient, type OAuthErrorCode, type Refusal } from './assertion.ts'
import { ASSERTION_TYPE } from './client-proof.ts'
import { type ExchangeContext, exchange, practiceOfGrant } from './exchange.ts'
import type { Grants } from './grants.ts'
import { isKnownScope, PUBLISHED_SCOPES } from './scopes.ts'

/** Documented statuses of the token endpoint's errors [D]. */
const STATUS: Readonly<Record<OAuthErrorCode, number>> = {
  invalid_client: 401,
  invalid_grant: 400,
  invalid_request: 400,
  unsupported_grant_type: 400,
  access_denied: 500,
}

const FORM_CHARACTERS_MAX = 100_000
const SCOPES_MAX = 600

/** A form as the token endpoint reads it: from the body only; a field sent twice is an error. */
export type Form = ReadonlyMap<string, string> | Refusal

export function formOf(request: WireRequest): Form {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) {
    return invalidRequest('Content-Type must be application/x-www-form-urlencoded')
  }
  if (request.body.length > FORM_CHARACTERS_MAX) return invalidRequest('the form is too long')
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(new TextDecoder().decode(request.body))) {
    if (fields.has(name)) return invalidRequest(`${name} is repeated`)
    fields.set(name, value)
  }
  return fields
}

/** Practices in whose minute a token request counts, see the switch `token-counts-for`. */
export function practicesOf(
  form: Form,
  { apps, grants, switches, now }: Counting,
): readonly string[] {
  if ('error' in form || switches.is('token-counts-for', 'none')) return []
  const one = practiceOfGrant(form, grants, now)
  if (one !== undefined) return [one]
  const clientId = claimedClient(form.get('client_assertion') ?? '') ?? form.get('client_id') ?? ''
  const activated = apps.get(clientId)?.activatedFor ?? []
  return switches.is('token-counts-for', 'first-activation') ? activated.slice(0, 1) : activated
}

interface Counting {
  readonly apps: Apps
  readonly grants: Grants
  readonly switches: Switches
  readonly now: number
}

/** Answers a token request: a bearer token, or a documented error. */
export async function token(
  request: WireRequest,
  form: Form,
  context: ExchangeContext,
): Promise<Draft> {
  const answered = await bodyFor(request, form, context)
  if ('error' in answered) return refusal(answered, request)
  const draft = json(200, answered.body)
  return { ...draft, headers: [...draft.headers, ['Cache-Control', 'no-store']] }
}

const OF_PEOPLE = new Set(['authorization_code', 'refresh_token'])

async function bodyFor(
  request: WireRequest,
  form: Form,
  context: ExchangeContext,
): ReturnType<typeof exchange> {
  if (request.method !== 'POST') return invalidRequest('POST is needed')
  if ('error' in form) return form
  if (OF_PEOPLE.has(form.get('grant_type') ?? '')) return await exchange(request, form, context)
  const granted = await grant(form, context)
  if ('error' in granted) return granted
  const { apps, now } = context
  const { clientId } = granted.app
  const { scopes } = granted
  const body = {
    access_token: apps.issue({ clientId, scopes, expiresAt: now + TOKEN_LIFETIME_MS }, now),
    token_type: 'Bearer',
    expires_in: TOKEN_LIFETIME_MS / 1000,
    scope: scopes.join(' '),
  }
  return { body }
}

type Granted = { readonly app: AppRegistration; readonly scopes: readonly string[] }

async function grant(
  form: ReadonlyMap<string, string>,
  { check, switches, now }: ExchangeContext,
): Promise<Granted | Refusal> {
  const grantType = form.get('grant_type')
  if (grantType === undefined) return invalidRequest('grant_type is missing')
  if (grantType !== 'client_credentials') {
    const why = 'grant_type must be client_credentials, authorization_code or refresh_token'
    return { error: 'unsupported_grant_type', why }
  }
  const assertion = form.get('client_assertion')
  if (assertion === undefined) {
    return { error: 'invalid_client', why: 'a backend app proves itself with client_assertion' }
  }
  if (form.get('client_assertion_type') !== ASSERTION_TYPE) {
    return invalidRequest('client_assertion_type is missing or not supported')
  }
  const asked = form.get('scope')
  if (asked === undefined || asked.trim() === '') return invalidRequest('scope is missing')
  const checked = await check(assertion, now)
  if ('error' in checked) return checked
  const { app } = checked
  if ((app.client ?? 'backend') !== 'backend') {
    return { error: 'access_denied', why: 'this app signs people in; it is no backend app' }
  }
  const named = form.get('client_id')
  if (named !== undefined && named !== app.clientId) {
    return { error: 'invalid_client', why: 'client_id is not the client of client_assertion' }
  }
  const scopes = asked.trim().split(/\s+/)
  const wrong = scopeProblem(scopes, app, switches)
  if (wrong !== undefined) return wrong
  if (app.activatedFor.length === 0 && switches.is('activation-refusal', 'at-token')) {
    return { error: 'access_denied', why: 'FHIR app authentication is not enabled' }
  }
  return { app, scopes }
}

/** All or nothing: one scope the vendor does not publish fails the whole request [I]. */
function scopeProblem(
  scopes: readonly string[],
  app: AppRegistration,
  switches: Switches,
): Refusal | undefined {
  const refuse = (why: string): Refusal => ({ error: 'invalid_grant', why })
  if (scopes.length > SCOPES_MAX) return refuse('too many scopes')
  const isForeign = (scope: string) => !scope.startsWith('system/')
  const bad = scopes.find((scope) => isForeign(scope) || !isKnownScope(scope, switches))
  if (bad !== undefined) return refuse('The requested scope is not supported, unknown or malformed')
  if (switches.is('group-read-scope', 'strict')) {
    const isBulk = app.scopes.some((scope) => scope.startsWith('system/Group.'))
    if (isBulk !== scopes.includes('system/Group.read')) {
      return refuse(`system/Group.read is ${isBulk ? 'needed for' : 'only for'} bulk apps`)
    }
  }
  const isRefused = switches.is('unregistered-scope', 'refused')
  return isRefused && scopes.some((scope) => !app.scopes.includes(scope))
    ? refuse('The requested scope is not registered for this app')
    : undefined
}

function invalidRequest(why: string): Refusal {
  return { error: 'invalid_request', why }
}

function refusal({ error, why }: Refusal, request: WireRequest): Draft {
  const draft = json(STATUS[error], { error, error_description: why })
  // RFC 6749 section 5.2: who tried HTTP authentication is told its scheme.
  if (error !== 'invalid_client' || request.headers.authorization === undefined) return draft
  return { ...draft, headers: [...draft.headers, ['WWW-Authenticate', 'Basic']] }
}

const CAPABILITIES = [
  ...['launch-ehr', 'launch-standalone', 'client-public', 'client-confidential-symmetric'],
  ...['context-passthrough-banner', 'context-passthrough-style', 'context-ehr-patient'],
  ...['context-ehr-encounter', 'context-standalone-patient', 'context-standalone-encounter'],
  ...['permission-offline', 'permission-patient', 'permission-user', 'sso-openid-connect'],
  ...['context-banner', 'context-style', 'permission-v2', 'client-confidential-asymmetric'],
  ...['permission-v1', 'authorize-post'],
]

const AUTH_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'client_secret_jwt',
]

/** `.well-known/smart-configuration` with exactly the members the vendor serves [P]. */
export function smartConfiguration(publicUrl: string, base: string): Draft {
  return json(200, {
    response_types_supported: ['code', 'id_token'],
    capabilities: CAPABILITIES,
    code_challenge_methods_supported: ['S256'],
    jwks_uri: `${publicUrl}/oauth/oauth2/jwks`,
    grant_types_supported: ['authorization_code', 'client_credentials', 'refresh_token'],
    token_endpoint_auth_methods_supported: AUTH_METHODS,
    scopes_supported: PUBLISHED_SCOPES,
    issuer: base,
    authorization_endpoint: `${publicUrl}/oauth/oauth2/authorize`,
    token_endpoint: `${publicUrl}/oauth/oauth2/token`,
  })
}
