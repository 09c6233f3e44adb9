// The launch face: the addresses that a browser opens to sign in at the vendor and to come back. It
// answers with redirects and plain pages; it has no logic, and nothing of a launch stays in it but the
// cookie that binds one to its browser.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorCode } from '../../kernel/errors.ts'
import type { Principal } from '../../kernel/principal.ts'
import { type Context, type LaunchDeparture, launchPages } from '../../operations/index.ts'
import { cookieFor } from '../http/session-cookie.ts'
import { STATUSES } from '../http/statuses.ts'
import { troublePage } from './page.ts'

/** Registered at the vendor: where an EHR launch begins, by organization, and where all come back. */
export const LAUNCH_PATH = '/launch/:organization'
export const CALLBACK_PATH = '/launch/callback'
const GO_PATH = '/launch/go/:ticket'
/** Where the console shows a chart, and where it begins. */
const CONSOLE = '/console'

export interface LaunchFaceOptions {
  /** Where browsers reach this installation, without a slash at the end. */
  readonly publicUrl: string
  readonly contextOf: (principal: Principal | undefined, requestId: string) => Context
  /** Who is signed in in this browser; undefined when nobody is. */
  readonly personOf: (request: FastifyRequest) => Promise<Principal | undefined>
  /** The code of an error; what is a fault of our own is logged on the way. */
  readonly codeOf: (error: unknown, request: FastifyRequest) => ErrorCode
}

export function registerLaunch(app: FastifyInstance, options: LaunchFaceOptions): void {
  const { contextOf, personOf } = options
  const page = (url: string, answer: Answer) =>
    // Asking for the head alone would use up what is good once.
    app.get(url, { schema: { hide: true }, exposeHeadRoute: false }, (request, reply) =>
      orTrouble(options, request, reply, () => answer(request, reply)),
    )
  page(LAUNCH_PATH, async (request, reply) => {
    const { iss, launch } = queryOf(request)
    const { organization } = paramsOf(request)
    const raw = { organization, iss, launch, browser: browserOf(request, options) }
    const context = contextOf(undefined, request.id)
    return leave(options, request, reply, await launchPages.fromEhr.invoke(context, raw))
  })
  page(GO_PATH, async (request, reply) => {
    const raw = { ticket: paramsOf(request).ticket, browser: browserOf(request, options) }
    const context = contextOf(await personOf(request), request.id)
    return leave(options, request, reply, await launchPages.go.invoke(context, raw))
  })
  page(CALLBACK_PATH, async (request, reply) => {
    const query = request.raw.url?.split('?', 2)[1] ?? ''
    const raw = { query, browser: browserOf(request, options) }
    const arrived = await launchPages.callback.invoke(contextOf(undefined, request.id), raw)
    if (!isArrival(arrived)) throw new Error('A launch arrived nowhere')
    const { practice, patient } = arrived
    const chart = patient === null ? '/' : `/p/${practice}/patients/${encodeURIComponent(patient)}`
    return redirect(reply, `${CONSOLE}${chart}`)
  })
}

type Answer = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

async function orTrouble(
  { codeOf }: LaunchFaceOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await work()
  } catch (error) {
    const code = codeOf(error, request)
    const { text, headers } = troublePage(code, request.id)
    return reply.code(STATUSES[code]).headers(headers).send(text)
  }
}

function leave(
  { publicUrl }: LaunchFaceOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  departure: unknown,
): FastifyReply {
  if (!isDeparture(departure)) throw new Error('A launch left for nowhere')
  const { url, browser, seconds } = departure
  const { name, secure } = cookieName(request, publicUrl)
  // Lax: the vendor's redirect back is a navigation from another site, and has to bring it.
  const attributes = `Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
  return redirect(reply.header('set-cookie', `${name}=${browser}; ${attributes}`), url)
}

function redirect(reply: FastifyReply, url: string): FastifyReply {
  return reply.code(302).headers({ location: url, 'referrer-policy': 'no-referrer' }).send('')
}

/** As the session's cookie, and beside it: `__Host-` wherever a browser keeps such a one. */
function cookieName(request: FastifyRequest, publicUrl: string) {
  const { name, attributes } = cookieFor(request, publicUrl)
  return { name: `${name}-launch`, secure: attributes.secure }
}

function browserOf(request: FastifyRequest, { publicUrl }: LaunchFaceOptions): string | undefined {
  return request.cookies[cookieName(request, publicUrl).name]
}

type Texts = Readonly<Record<string, string | undefined>>

/** A parameter that comes twice is none. */
function queryOf(request: FastifyRequest): Texts {
  return textsOf(request.query)
}

function paramsOf(request: FastifyRequest): Texts {
  return textsOf(request.params)
}

function textsOf(value: unknown): Texts {
  if (typeof value !== 'object' || value === null) return {}
  const texts = Object.entries(value).filter(([, text]) => typeof text === 'string')
  return Object.fromEntries(texts)
}

function isDeparture(value: unknown): value is LaunchDeparture {
  return typeof value === 'object' && value !== null && 'url' in value && 'browser' in value
}

function isArrival(
  value: unknown,
): value is { readonly practice: string; readonly patient: string | null } {
  return typeof value === 'object' && value !== null && 'practice' in value && 'patient' in value
}
