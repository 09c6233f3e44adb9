// The app with which people sign in at the vendor: where their browser goes, what its answer is
// exchanged for, and reading with what a person allowed. It stores nothing and counts nothing.

import {
  AuthorizationResponseError,
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  customFetch,
  refreshTokenGrantRequest,
  type TokenEndpointRequestOptions,
  validateAuthResponse,
} from 'oauth4webapi'
import { ChartwayError, type ErrorCode } from '../../../kernel/errors.ts'
import type { HttpReply } from '../../../kernel/network.ts'
import type { PathwayPorts, PersonApp, PersonTokens } from '../../contract.ts'
import { type CallOptions, type Connection, type Discovery, lenientJson } from '../connect.ts'
import { tokenProblem } from '../outcome.ts'
import { type Reader, read } from '../read.ts'
import { jsonOf } from '../wire.ts'
import { type AppSettings, scopesOf } from './app-settings.ts'
import { proofOf } from './client-proof.ts'
import { idTokenChecker } from './id-token.ts'
import { readTokenAnswer, type TokenAnswer } from './token-answer.ts'

/** Error codes of an authorize answer, RFC 6749 4.1.2.1 and OpenID Connect Core 3.1.2.6. */
const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  access_denied: 'LAUNCH_DENIED',
  consent_required: 'LAUNCH_DENIED',
  login_required: 'LAUNCH_DENIED',
  interaction_required: 'LAUNCH_DENIED',
  invalid_scope: 'LAUNCH_SCOPE_REFUSED',
  server_error: 'LAUNCH_VENDOR_FAILED',
  temporarily_unavailable: 'LAUNCH_VENDOR_FAILED',
}

/** Refusals at the token endpoint as they are for a person; the pathway's own tell of a backend. */
const TOKEN_REFUSALS: Partial<Readonly<Record<ErrorCode, ErrorCode>>> = {
  PATHWAY_GRANT_REFUSED: 'LAUNCH_GRANT_REFUSED',
  PATHWAY_CLIENT_REFUSED: 'LAUNCH_CLIENT_REFUSED',
  PATHWAY_TOKEN_REFUSED: 'LAUNCH_REQUEST_REFUSED',
}

interface Parts {
  readonly app: AppSettings
  readonly reader: Reader
  readonly ports: PathwayPorts
  /** Without the cookies of the connection: what the vendor sets for one person is not another's. */
  readonly connection: Connection
}

/** Undefined where the connection has no app for people. */
export function personApp(
  app: AppSettings | undefined,
  reader: Reader,
  ports: PathwayPorts,
): PersonApp | undefined {
  if (app === undefined) return undefined
  const connection: Connection = { ...reader.connection, send: ports.call }
  const parts: Parts = { app, reader, ports, connection }
  const checkIdToken = idTokenChecker(reader.connection, ports.clock)
  return {
    needsSecret: app.kind === 'confidential-symmetric',
    scopes: (kind) => scopesOf(app, kind),
    authorizeUrl: async (question, options) => authorizeUrl(parts, question, options),
    redeem: async (answer, options) => {
      const { server, discovery } = await serverOf(parts, options)
      const checked = answerOf(server, app, answer)
      const { redirectUri, verifier, nonce, scopes: asked, secret } = answer
      const client = clientOf(app)
      const proof = proofFor(parts, secret)
      const granted = await exchanged(parts, { asked, options }, (more) =>
        authorizationCodeGrantRequest(server, client, proof, checked, redirectUri, verifier, more),
      )
      const { issuer, jwksUri } = discovery
      const expected = { clientId: app.clientId, nonce, issuer, jwksUri }
      const person = granted.idToken && (await checkIdToken(granted.idToken, expected, options))
      return tokensOf(granted, person)
    },
    refresh: async ({ refreshToken, scopes: asked, secret }, options) => {
      const { server } = await serverOf(parts, options)
      const proof = proofFor(parts, secret)
      const granted = await exchanged(parts, { asked, options }, (more) =>
        refreshTokenGrantRequest(server, clientOf(app), proof, refreshToken, more),
      )
      // RFC 6749, section 6: without a new one the old one stays good.
      return tokensOf({ ...granted, refreshToken: granted.refreshToken ?? refreshToken }, undefined)
    },
    read: (accessToken, { type, id }, options) =>
      read({ ...reader, connection: holding(connection, accessToken) }, type, id, options),
  }
}

async function authorizeUrl(
  parts: Parts,
  question: Parameters<PersonApp['authorizeUrl']>[0],
  options: CallOptions,
): Promise<string> {
  const { app, reader } = parts
  const { authorizationEndpoint } = await reader.connection.discover(options)
  if (authorizationEndpoint === undefined) throw new ChartwayError('LAUNCH_NOT_OFFERED')
  const { baseUrl } = reader.connection.settings
  const { kind, state, nonce, challenge, redirectUri, launch } = question
  const scopes = scopesOf(app, kind)
  const url = new URL(authorizationEndpoint)
  const parameters: Readonly<Record<string, string | undefined>> = {
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state,
    // Without a slash at the end, or the vendor refuses it [I].
    aud: baseUrl,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    launch,
    nonce: scopes.includes('openid') ? nonce : undefined,
    practice_code: app.practiceCode ? baseUrl.slice(baseUrl.lastIndexOf('/') + 1) : undefined,
  }
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) url.searchParams.set(name, value)
  return url.href
}

async function serverOf(
  { reader }: Parts,
  options: CallOptions,
): Promise<{ readonly server: AuthorizationServer; readonly discovery: Discovery }> {
  const discovery = await reader.connection.discover(options)
  const { issuer, tokenEndpoint } = discovery
  return { discovery, server: { issuer, token_endpoint: tokenEndpoint } }
}

function clientOf({ clientId }: AppSettings): Client {
  return { client_id: clientId }
}

function proofFor({ app, ports, connection }: Parts, secret: string | undefined) {
  return proofOf(app, ports, { secret, skewMs: connection.skewMs() ?? 0 })
}

/** What the browser brought back, in order. Throws LAUNCH_* by the vendor's error code alone. */
function answerOf(
  server: AuthorizationServer,
  app: AppSettings,
  { parameters, state }: { readonly parameters: URLSearchParams; readonly state: string },
): URLSearchParams {
  try {
    const checked = validateAuthResponse(server, clientOf(app), parameters, state)
    if ((checked.get('code') ?? '') === '') throw new ChartwayError('LAUNCH_ANSWER_UNFIT')
    return checked
  } catch (error) {
    if (error instanceof AuthorizationResponseError)
      throw new ChartwayError(REFUSALS[error.error] ?? 'LAUNCH_REQUEST_REFUSED')
    if (error instanceof ChartwayError) throw error
    // The library's errors carry the whole answer: nothing of them goes further.
    throw new ChartwayError('LAUNCH_ANSWER_UNFIT')
  }
}

/** One token request through the gate, and its checked answer. */
async function exchanged(
  { reader, ports, connection }: Parts,
  { asked, options }: { readonly asked: readonly string[]; readonly options: CallOptions },
  request: (more: TokenEndpointRequestOptions) => Promise<Response>,
): Promise<TokenAnswer> {
  const purpose = 'token'
  const { clock } = ports
  let reply: HttpReply | undefined
  let askedAt = clock.now()
  const send: TokenEndpointRequestOptions[typeof customFetch] = async (url, { headers, body }) => {
    const form = String(body)
    askedAt = clock.now()
    reply = await connection.send({ method: 'POST', url, headers, body: form, purpose }, options)
    return new Response()
  }
  // TLS is demanded where the discovery is read, except of a server that is itself reached without.
  const isPlain = reader.connection.settings.baseUrl.startsWith('http:')
  await request({ [customFetch]: send, [allowInsecureRequests]: isPlain })
  if (reply === undefined) throw new Error('A token request was not sent')
  if (reply.status === 200) return readTokenAnswer(jsonOf(reply, purpose), { asked, askedAt })
  const problem = tokenProblem({ ...reply, body: lenientJson(reply, purpose), purpose })
  const code = TOKEN_REFUSALS[problem.code]
  if (code === undefined) throw problem
  throw new ChartwayError(code, { retry: problem.retry, details: problem.details })
}

function tokensOf(granted: TokenAnswer, person: string | undefined): PersonTokens {
  const { accessToken, expiresAt, refreshToken, scopes, patient, encounter, needsBanner } = granted
  return {
    ...{ accessToken, expiresAt, refreshToken, scopes, patient, encounter, needsBanner, person },
  }
}

/** The connection with one person's token instead of its own; whether another helps is for above. */
function holding(connection: Connection, accessToken: string): Connection {
  return {
    ...connection,
    token: async () => ({
      text: accessToken,
      renewAt: Number.POSITIVE_INFINITY,
      scope: undefined,
    }),
    refuse: () => false,
    accept: () => {},
  }
}
