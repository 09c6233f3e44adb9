// Reads one authorize request and says whether a person may be asked, and about what. It shows no
// page and asks nobody.

import type { AppRegistration } from '../contract.ts'
import { type Draft, json } from '../reply.ts'
import type { Switches } from '../switches.ts'
import type { WireRequest } from '../wire.ts'
import type { World } from '../world/index.ts'
import type { Apps } from './apps.ts'
import type { Grants, Launch } from './grants.ts'
import { isKnownScope } from './scopes.ts'

const FORM_CHARACTERS_MAX = 100_000
const SCOPES_MAX = 600
/** RFC 7636 section 4.2: a SHA-256 in base64url. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/

/** A request that a person can be asked about. */
export interface Asked {
  readonly app: AppRegistration
  readonly practice: string
  readonly redirectUri: string
  readonly state: string | undefined
  readonly scopes: readonly string[]
  readonly challenge: string | undefined
  readonly nonce: string | undefined
  /** Set for an EHR launch. */
  readonly launch: Launch | undefined
}

/** RFC 6749 section 4.1.2.1, as far as it is used. */
type AuthorizeError =
  | 'invalid_request'
  | 'invalid_scope'
  | 'unsupported_response_type'
  | 'access_denied'

export interface AuthorizeContext {
  readonly apps: Apps
  readonly grants: Grants
  readonly switches: Switches
  readonly world: World
  readonly publicUrl: string
  readonly now: number
}

/** The refusal as seen live, code and description swapped as there [I]. */
export function refusedBody(): Draft {
  return json(403, {
    error_description: 'invalid_request',
    error: '403',
    error_uri: 'http://www.hl7.org/fhir/smart-app-launch/',
  })
}

/** Sends the browser back to the app. */
export function redirected(
  { redirectUri, state }: Pick<Asked, 'redirectUri' | 'state'>,
  answer: Readonly<Record<string, string>>,
): Draft {
  const query = new URLSearchParams(answer)
  if (state !== undefined) query.set('state', state)
  const joint = redirectUri.includes('?') ? '&' : '?'
  const headers = [
    ['Location', `${redirectUri}${joint}${query}`],
    ['Cache-Control', 'no-store'],
    ['Referrer-Policy', 'no-referrer'],
  ] as const
  return { status: 302, headers, body: '' }
}

/** Fields of an authorize request: the query of a GET, the form of a POST. */
export function authorizeFields(request: WireRequest, rawQuery: string): string {
  if (request.method !== 'POST' || request.body.length > FORM_CHARACTERS_MAX) return rawQuery
  return new TextDecoder().decode(request.body)
}

/**
 * The request as it may be shown to a person, or its refusal. Until client and redirect URI are known
 * to belong together nothing is sent to that URI (RFC 6749 section 4.1.2.1).
 */
export function readAuthorize(fields: string, context: AuthorizeContext): Asked | Draft {
  const pairs = [...new URLSearchParams(fields)]
  const given = new Map(pairs)
  const app = context.apps.get(given.get('client_id') ?? '')
  const redirectUri = given.get('redirect_uri')
  if (app === undefined || redirectUri === undefined || given.size < pairs.length) {
    return refusedBody()
  }
  if (app.redirectUris?.includes(redirectUri) !== true || (app.client ?? 'backend') === 'backend') {
    return refusedBody()
  }
  const state = given.get('state')
  const refuse = (error: AuthorizeError, why: string) => {
    const isShown =
      context.switches.is('authorize-errors', 'body') ||
      (error === 'invalid_request' && context.switches.is('authorize-errors', 'body-and-redirect'))
    if (isShown) return refusedBody()
    return redirected({ redirectUri, state }, { error, error_description: why })
  }
  if (given.get('response_type') === undefined) return refuse('invalid_request', 'no response_type')
  if (given.get('response_type') !== 'code') {
    return refuse('unsupported_response_type', 'response_type must be code')
  }
  const practice = practiceOf(given, context)
  if (practice === undefined) return refuse('invalid_request', 'aud is not the FHIR base URL')
  if (!isProofKeyRight(given, app, context.switches)) {
    return refuse('invalid_request', 'code_challenge with S256 is needed')
  }
  const scopes = (given.get('scope') ?? '').split(' ').filter((scope) => scope !== '')
  if (!areScopesRight(scopes, app, context.switches)) {
    return refuse('invalid_scope', 'a scope is unknown, malformed or not registered')
  }
  const launch = launchOf(given, { app, practice, scopes }, context)
  if (launch === 'wrong') return refuse('invalid_request', 'launch is unknown, used or expired')
  const challenge = given.get('code_challenge')
  return { app, practice, redirectUri, state, scopes, challenge, nonce: given.get('nonce'), launch }
}

/** The practice whose base URL `aud` is: without a trailing slash, see the switch. */
function practiceOf(
  given: ReadonlyMap<string, string>,
  { switches, world, publicUrl }: AuthorizeContext,
): string | undefined {
  const aud = given.get('aud') ?? ''
  const named = given.get('practice_code')
  const base = switches.is('authorize-aud', 'slash-allowed') ? aud.replace(/\/$/, '') : aud
  const prefix = `${publicUrl}/fhir/r4/`
  const code = base.startsWith(prefix) ? base.slice(prefix.length) : ''
  if (world.practice(code) === undefined) return undefined
  const isNamed = named === undefined ? !switches.is('authorize-practice-code', 'required') : true
  return isNamed && (named ?? code) === code ? code : undefined
}

function isProofKeyRight(
  given: ReadonlyMap<string, string>,
  app: AppRegistration,
  switches: Switches,
): boolean {
  const challenge = given.get('code_challenge')
  if (challenge === undefined) {
    const isNeeded =
      switches.is('pkce', 'required') ||
      (switches.is('pkce', 'public-clients') && app.client === 'public')
    return !isNeeded && given.get('code_challenge_method') === undefined
  }
  return given.get('code_challenge_method') === 'S256' && CHALLENGE.test(challenge)
}

/** All or nothing, as at the token endpoint [I]. */
function areScopesRight(
  scopes: readonly string[],
  app: AppRegistration,
  switches: Switches,
): boolean {
  if (scopes.length === 0 || scopes.length > SCOPES_MAX) return false
  const isOwn = (scope: string) =>
    switches.is('unregistered-scope', 'granted') || app.scopes.includes(scope)
  return scopes.every(
    (scope) => !scope.startsWith('system/') && isKnownScope(scope, switches) && isOwn(scope),
  )
}

function launchOf(
  given: ReadonlyMap<string, string>,
  asked: Pick<Asked, 'app' | 'practice' | 'scopes'>,
  { grants, now }: AuthorizeContext,
): Launch | undefined | 'wrong' {
  const value = given.get('launch')
  if (value === undefined) return asked.scopes.includes('launch') ? 'wrong' : undefined
  const launch = grants.findLaunch(value, now)
  if (launch?.clientId !== asked.app.clientId || launch.practice !== asked.practice) return 'wrong'
  if (!asked.scopes.includes('launch')) return 'wrong'
  grants.endLaunch(value)
  return launch
}
