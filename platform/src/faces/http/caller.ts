// Finds out who sends a request: by API key or access token in the Authorization header, or by the
// session cookie of a page. Whether that caller may do what it asks is the operation's to say.

import type { FastifyRequest } from 'fastify'
import { ChartwayError } from '../../kernel/errors.ts'
import type { Context } from '../../operations/index.ts'
import { type Asked, isSameOrigin, sessionIn } from './session-cookie.ts'

/** Longer than any key or token of ours; nothing longer is looked up. */
const CREDENTIAL_LENGTH_MAX = 200
/**
 * What a page sends with its own requests and no other page can without asking first, which this
 * installation never grants.
 */
export const OWN_PAGE_HEADER = 'x-chartway-csrf'
/** A page's request that nobody's hand caused: it keeps no session awake. */
const BACKGROUND_HEADER = 'x-chartway-background'
/** How access tokens begin; API keys begin otherwise. */
const ACCESS_TOKEN = 'cwt_'
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']

type Principal = NonNullable<Context['principal']>

export interface Caller {
  readonly principal: Principal
  /** Of a person who signed in. */
  readonly sessionId: string | undefined
}

export interface CallerPorts {
  readonly practices: Pick<Context['practices'], 'authenticate'>
  readonly people: Pick<Context['people'], 'sessionCaller' | 'oauth'>
  /** Where people reach this installation, when it is known. */
  readonly publicUrl: string | undefined
  /** What an access token must be for: the address of the face that asks. */
  readonly resource: string
  /** The request is of a kind that nobody's hand repeats: it keeps no session awake. */
  readonly passive?: boolean
}

type Asking = Asked & Pick<FastifyRequest, 'method'>

/**
 * Throws KEY_MISSING, KEY_INVALID, TOKEN_INVALID, SESSION_INVALID, CREDENTIALS_TWO and REQUEST_FORGED. `onRevoked` is
 * told of a key that was one of ours; its caller is answered like any other without a right key.
 */
export async function callerOf(
  request: Asking,
  ports: CallerPorts,
  onRevoked: (caller: Principal) => Promise<void>,
): Promise<Caller> {
  const { authorization } = request.headers
  const session = sessionIn(request, ports.publicUrl)
  if (authorization !== undefined && session !== undefined)
    throw new ChartwayError('CREDENTIALS_TWO')
  if (authorization !== undefined) return bearerOf(authorization, ports, onRevoked)
  if (session === undefined) throw new ChartwayError('KEY_MISSING')
  if (!SAFE_METHODS.includes(request.method)) assertOwnPage(request, ports.publicUrl)
  const active = ports.passive !== true && request.headers[BACKGROUND_HEADER] === undefined
  const caller = await ports.people.sessionCaller(session, active)
  if (caller === undefined) throw new ChartwayError('SESSION_INVALID', { retry: 'after-login' })
  return caller
}

/** RFC 6750, section 2.1. */
async function bearerOf(
  authorization: string,
  { practices, people, resource }: CallerPorts,
  onRevoked: (caller: Principal) => Promise<void>,
): Promise<Caller> {
  const text = /^bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1]
  if (text === undefined || text.length > CREDENTIAL_LENGTH_MAX)
    throw new ChartwayError('KEY_INVALID')
  if (text.startsWith(ACCESS_TOKEN)) {
    const holder = await people.oauth.tokenCaller(text, resource)
    if (holder === undefined) throw new ChartwayError('TOKEN_INVALID', { retry: 'after-login' })
    return { principal: holder, sessionId: undefined }
  }
  const principal = await practices.authenticate(text, onRevoked)
  if (principal === undefined) throw new ChartwayError('KEY_INVALID')
  return { principal, sessionId: undefined }
}

/** Throws REQUEST_FORGED for what another page may have made a browser send. */
function assertOwnPage(request: Asking, publicUrl: string | undefined): void {
  const marked = request.headers[OWN_PAGE_HEADER] !== undefined
  if (!marked || !isSameOrigin(request, publicUrl)) throw new ChartwayError('REQUEST_FORGED')
}

/** For requests that begin a session: those of other pages are refused, those of programs are not. */
export function assertNotForeign(request: Asked, publicUrl: string | undefined): void {
  const { origin } = request.headers
  if (origin !== undefined && !isSameOrigin(request, publicUrl))
    throw new ChartwayError('REQUEST_FORGED')
}
