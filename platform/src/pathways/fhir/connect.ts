// The connection to one practice: discovery, the backend token, cookies. It signs nothing itself and
// keeps everything in memory only.

import type { JsonObject } from '@chartway/codecs/fhir'
import { CookieJar } from 'tough-cookie'
import type { CallRequest, Lane } from '../../kernel/call.ts'
import { ChartwayError } from '../../kernel/errors.ts'
import { type HttpReply, header } from '../../kernel/network.ts'
import type { PathwayPorts, PathwaySettings } from '../contract.ts'
import { isObject, problemOf, tokenProblem } from './outcome.ts'
import { SharedWork } from './shared-work.ts'
import { type Token, type TokenKeeper, tokenKeeper } from './token-keeper.ts'
import { jsonOf } from './wire.ts'

/** A token with less time than this left is not used any more [the vendor's live 300 s]. */
const TOKEN_LEFT_MS_MIN = 60_000
/** The vendor refuses assertions that live longer [D]. */
const ASSERTION_LIFE_S = 300
/** Assertions are dated back a little, because a server's clock may be behind what we learnt. */
const ASSERTION_BACK_S = 10
/** Cookies of one host that are sent back; more is not a session but a leak. */
const COOKIE_CHARS_MAX = 4096

export interface Discovery {
  readonly tokenEndpoint: string
  /** Where people sign in; undefined when it is not named, or named without TLS. */
  readonly authorizationEndpoint: string | undefined
  /** The keys of id tokens; undefined as above. */
  readonly jwksUri: string | undefined
  /** The base URL when it is not named [P]. */
  readonly issuer: string
  readonly scopesSupported: readonly string[]
}

export interface CallOptions {
  readonly lane: Lane
  readonly signal?: AbortSignal | undefined
}

export interface Connection extends TokenKeeper {
  readonly settings: PathwaySettings
  /** Sends with the cookies of the connection and without any token. */
  send(request: CallRequest, options: CallOptions): Promise<HttpReply>
  discover(options: CallOptions): Promise<Discovery>
  /** The server's CapabilityStatement, asked once. */
  metadata(options: CallOptions): Promise<JsonObject>
  /** Mints a token for exactly these scopes and keeps none. */
  mint(scopes: readonly string[], options: CallOptions): Promise<Token>
  /** The vendor's clock minus ours, ms, by the last `Date`; undefined before the first answer. */
  skewMs(): number | undefined
}

const FHIR_JSON = 'application/fhir+json'

export function createConnection(
  settings: PathwaySettings,
  ports: PathwayPorts,
  scopes: readonly string[],
): Connection {
  const jar = new CookieJar(undefined, { rejectPublicSuffixes: false, looseMode: true })
  const { clock } = ports
  let skew: number | undefined
  const send: Connection['send'] = async (request, options) => {
    const cookie = jar.getCookieStringSync(request.url)
    const headers =
      cookie === '' || cookie.length > COOKIE_CHARS_MAX
        ? request.headers
        : { ...request.headers, cookie }
    const reply = await ports.call({ ...request, headers }, options)
    for (const [name, value] of reply.headers)
      if (name === 'set-cookie') jar.setCookieSync(value, request.url, { ignoreError: true })
    const date = Date.parse(header(reply, 'date') ?? '')
    if (Number.isFinite(date)) skew = date - clock.now()
    return reply
  }
  const discover = once((options: CallOptions) => fetchDiscovery(settings, send, options))
  const metadata = once((options: CallOptions) => fetchMetadata(settings, send, options))
  const mint: Connection['mint'] = async (wanted, options) => {
    const { tokenEndpoint } = await discover(options)
    const askedAt = clock.now()
    const assertion = await assertionFor(settings, ports, tokenEndpoint, skew ?? 0)
    const request = tokenRequest(tokenEndpoint, assertion, wanted)
    return readToken(await send(request, options), askedAt)
  }
  // A person may be among those waiting.
  const keeper = tokenKeeper(clock, (signal) => mint(scopes, { lane: 'interactive', signal }))
  return { ...keeper, settings, send, discover, metadata, mint, skewMs: () => skew }
}

/** Keeps the first success; callers that come at once share one attempt, in the first one's lane. */
function once<T>(work: (options: CallOptions) => Promise<T>): (options: CallOptions) => Promise<T> {
  const attempt = new SharedWork<T>()
  let kept: { readonly value: T } | undefined
  return async ({ lane, signal }) => {
    if (kept) return kept.value
    return attempt.join(async (everyone) => {
      const value = await work({ lane, signal: everyone })
      kept = { value }
      return value
    }, signal)
  }
}

async function fetchDiscovery(
  settings: PathwaySettings,
  send: Connection['send'],
  options: CallOptions,
): Promise<Discovery> {
  const purpose = 'smart-configuration'
  const url = `${settings.baseUrl}/.well-known/smart-configuration`
  const headers = { accept: 'application/json' }
  const reply = await send({ method: 'GET', url, headers, purpose }, options)
  const details = { status: reply.status, purpose }
  if (isNobodyThere(reply)) throw new ChartwayError('PATHWAY_PRACTICE_UNKNOWN', { details })
  if (reply.status !== 200) throw failureOf(reply, purpose)
  const body = jsonOf(reply, purpose)
  const endpoint = body?.token_endpoint
  if (typeof endpoint !== 'string' || !isTrustworthy(endpoint, settings.baseUrl))
    throw new ChartwayError('PATHWAY_DISCOVERY_BROKEN', { details })
  const supported = body?.scopes_supported
  const scopes = Array.isArray(supported) ? supported.filter((one) => typeof one === 'string') : []
  const trusted = (url: unknown) =>
    typeof url === 'string' && isTrustworthy(url, settings.baseUrl) ? url : undefined
  return {
    tokenEndpoint: endpoint,
    authorizationEndpoint: trusted(body?.authorization_endpoint),
    jwksUri: trusted(body?.jwks_uri),
    issuer: typeof body?.issuer === 'string' ? body.issuer : settings.baseUrl,
    scopesSupported: scopes,
  }
}

/** Assertions go over TLS, except to a server that is itself reached without. */
function isTrustworthy(endpoint: string, baseUrl: string): boolean {
  if (!URL.canParse(endpoint)) return false
  const { protocol } = new URL(endpoint)
  return protocol === 'https:' || (protocol === 'http:' && baseUrl.startsWith('http:'))
}

/** Both descriptions of a practice are open to everybody: refused, there is none at the address. */
function isNobodyThere({ status }: HttpReply): boolean {
  return status === 400 || status === 404
}

async function fetchMetadata(
  settings: PathwaySettings,
  send: Connection['send'],
  options: CallOptions,
): Promise<JsonObject> {
  const purpose = 'metadata'
  const url = `${settings.baseUrl}/metadata`
  const reply = await send({ method: 'GET', url, headers: { accept: FHIR_JSON }, purpose }, options)
  const details = { status: reply.status, purpose }
  if (isNobodyThere(reply)) throw new ChartwayError('PATHWAY_PRACTICE_UNKNOWN', { details })
  if (reply.status !== 200) throw failureOf(reply, purpose)
  const body = jsonOf(reply, purpose)
  if (body?.resourceType !== 'CapabilityStatement')
    throw new ChartwayError('PATHWAY_METADATA_BROKEN', { details: { purpose } })
  return body
}

/** The error of an answer that is not 200, whatever its body holds. */
export function failureOf(reply: HttpReply, purpose: string): ChartwayError {
  const problem = problemOf({ status: reply.status, body: lenientJson(reply, purpose), purpose })
  return problem ?? new ChartwayError('PATHWAY_UNEXPECTED', { details: { purpose } })
}

/** The JSON of an answer, whose status tells enough when it is none. */
export function lenientJson(reply: HttpReply, purpose: string): JsonObject | undefined {
  try {
    return jsonOf(reply, purpose)
  } catch {
    // The status alone tells enough.
    return undefined
  }
}

/** SMART App Launch 2.2, backend services: a signed assertion instead of a secret. */
async function assertionFor(
  settings: PathwaySettings,
  { clock, random, sign }: PathwayPorts,
  audience: string,
  skewMs: number,
): Promise<string> {
  const iat = Math.floor((clock.now() + skewMs) / 1000) - ASSERTION_BACK_S
  const { clientId } = settings
  const claims = { iss: clientId, sub: clientId, aud: audience, jti: random.uuid(), iat }
  return sign({ ...claims, exp: iat + ASSERTION_LIFE_S }, 'RS384')
}

function tokenRequest(url: string, assertion: string, scopes: readonly string[]): CallRequest {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    scope: scopes.join(' '),
  })
  return {
    method: 'POST',
    url,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: form.toString(),
    purpose: 'token',
  }
}

function readToken(reply: HttpReply, askedAt: number): Token {
  const purpose = 'token'
  if (reply.status !== 200) {
    const body = lenientJson(reply, purpose)
    throw tokenProblem({ status: reply.status, body, purpose })
  }
  const body = jsonOf(reply, purpose)
  const text = isObject(body) ? body.access_token : undefined
  const lifeS = Number(body?.expires_in ?? ASSERTION_LIFE_S)
  if (typeof text !== 'string' || text === '' || !(lifeS > 0))
    throw new ChartwayError('PATHWAY_TOKEN_BROKEN', { retry: 'later', details: { purpose } })
  const lifeMs = lifeS * 1000
  // A token that lives shorter than the margin would otherwise never be used.
  const renewAt = askedAt + lifeMs - Math.min(TOKEN_LEFT_MS_MIN, lifeMs / 2)
  const scope = body?.scope
  return { text, renewAt, scope: typeof scope === 'string' ? scope : undefined }
}
