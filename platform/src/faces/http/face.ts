// The REST face: a projection of the operations onto HTTP. It reads keys, carries inputs in and
// answers out, and turns errors into problems; it decides nothing.

import cookies from '@fastify/cookie'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import type { Log } from '../../kernel/log.ts'
import type { Principal } from '../../kernel/principal.ts'
import type { Random } from '../../kernel/random.ts'
import {
  type Context,
  contexts,
  instant,
  type Operation,
  operations,
  type Rooms,
  SessionAnswer,
  Written,
} from '../../operations/index.ts'
import { registerFhir } from '../fhir/index.ts'
import { registerLaunch } from '../launch/index.ts'
import { MCP_PATH, registerMcp } from '../mcp/index.ts'
import { registerOauth } from '../oauth/index.ts'
import { logAccess, logFault } from './access-log.ts'
import { assertNotForeign, callerOf } from './caller.ts'
import { EVENT_STREAM, EventStreams, lastEventId, type Step } from './event-stream.ts'
import { registerOpenApi, schemaOf } from './openapi.ts'
import {
  type PlaceOf,
  PROBLEM_TYPE,
  type Problem,
  problem,
  problemOf,
  rawProblem,
} from './problems.ts'
import { requestIds } from './request-ids.ts'
import { type RequestLimit, requestLimit } from './request-limit.ts'
import { pathFields, ROUTES, type Route } from './routes.ts'
import { cookieFor, sessionIn } from './session-cookie.ts'

/** Bytes of one request's body: many times the largest that any operation takes. */
const BODY_BYTES_MAX = 65_536
/** Wall ms for a whole request to come in. */
const REQUEST_MS_MAX = 30_000
/** Longer than a FHIR id, the longest thing a path may name. */
const PARAMETER_LENGTH_MAX = 200
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
const JSON_TYPE = 'application/json; charset=utf-8'
/** Seconds a caller should wait before it tries again what failed for a while. */
const RETRY_SECONDS = '1'

declare module 'fastify' {
  interface FastifyRequest {
    principal: Context['principal']
    sessionId: Context['sessionId']
  }
}

export interface HttpFaceOptions extends Rooms {
  readonly log: Log
  readonly random: Random
  /** Where callers reach this installation, without a slash at the end. */
  readonly publicUrl: string
  /** How many requests one caller may send in a minute; undefined: as many as it likes. */
  readonly requestsAMinute?: number | undefined
  /** Epoch ms by the wall's clock, whatever the business clock does. */
  readonly wallNow?: () => number
}

/** Makes the face; it listens when its caller says so, and `close()` lets running requests end. */
export function createHttpFace(options: HttpFaceOptions): FastifyInstance {
  const { log, random, publicUrl, requestsAMinute, wallNow, ...rooms } = options
  const limit =
    requestsAMinute === undefined
      ? undefined
      : requestLimit({ aMinute: requestsAMinute, wallNow: wallNow ?? rooms.clock.now })
  const streams = new EventStreams()
  const nextId = requestIds(random)
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: nextId,
    // No hook has run when an address cannot even be decoded.
    frameworkErrors: (error, request, reply) => {
      stamp(request, reply)
      send(reply, problemOf(error, request.id, inQuery))
    },
    clientErrorHandler: (_error, socket) => {
      if (socket.writable) socket.end(rawProblem(nextId()))
    },
  })
  // Inputs are checked by the operation itself, so that every face checks alike.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(serializerCompiler)
  app.decorateRequest('principal', undefined)
  app.decorateRequest('sessionId', undefined)
  let stopping = false
  app.addHook('preClose', async () => {
    stopping = true
    streams.close()
  })
  app.addHook('onRequest', async (request, reply) => {
    stamp(request, reply)
    if (stopping) return send(reply, problem('SERVICE_STOPPING', request.id))
  })
  app.addHook('onResponse', async (request, reply) => {
    logAccess(log, request, reply)
    // A connection that its caller keeps open would hold up the end.
    if (stopping) request.raw.socket.end()
  })
  app.setErrorHandler((error, request, reply) => fail(log, error, request, reply, inQuery))
  app.setNotFoundHandler((request, reply) => send(reply, problem('ROUTE_UNKNOWN', request.id)))

  app.register(cookies)
  registerOpenApi(app)
  app.register((scope, _options, done) => {
    addRoutes(scope, rooms, { log, publicUrl, limit, streams })
    registerMcp(scope, {
      publicUrl,
      contextOf: contexts(rooms),
      callerOf: async (request) => {
        const resource = publicUrl + MCP_PATH
        const caller = await callerOf(request, { ...rooms, publicUrl, resource }, async () => {})
        limit?.admit(caller.principal)
        return caller.principal
      },
    })
    registerOauth(scope, { publicUrl, people: rooms.people, contextOf: contexts(rooms) })
    registerFhir(scope, fhirOptions(rooms, { log, publicUrl, limit }))
    registerLaunch(scope, launchOptions(rooms, { log, publicUrl }))
    done()
  })
  return app
}

function launchOptions(
  rooms: Rooms,
  { log, publicUrl }: Pick<Served, 'log'> & { readonly publicUrl: string },
): Parameters<typeof registerLaunch>[1] {
  return {
    publicUrl,
    contextOf: contexts(rooms),
    personOf: async (request) => {
      const session = sessionIn(request, publicUrl)
      if (session === undefined) return undefined
      return (await rooms.people.sessionCaller(session, true))?.principal
    },
    codeOf: (error, request) => codeIn(log, error, request),
  }
}

/** The FHIR base that a request is below, which its access token must be for. */
function baseOf({ params }: FastifyRequest): string {
  const named: Readonly<Record<string, unknown>> = { ...Object(params) }
  return `/fhir/r4/${String(named.practice)}`
}

function fhirOptions(
  rooms: Rooms,
  { log, publicUrl, limit }: Pick<Served, 'log' | 'limit'> & { readonly publicUrl: string },
): Parameters<typeof registerFhir>[1] {
  const contextOf = contexts(rooms)
  return {
    publicUrl,
    contextOf,
    callerOf: async (request, operation) => {
      const { refusals } = contextOf(undefined, request.id)
      const resource = `${publicUrl}${baseOf(request)}`
      const caller = await callerOf(request, { ...rooms, publicUrl, resource }, (revoked) =>
        refusals.record(revoked, operation, 'KEY_INVALID'),
      )
      const { principal } = caller
      return { principal, headers: limit?.admit(principal).headers ?? {} }
    },
    codeOf: (error, request) => codeIn(log, error, request),
  }
}

/** The code of an error; a fault of our own is logged. */
function codeIn(log: Log, error: unknown, request: FastifyRequest): Problem['code'] {
  const { code } = problemOf(error, request.id, inQuery)
  if (code === 'INTERNAL') logFault(log, error, request)
  return code
}

function addRoutes(
  app: FastifyInstance,
  rooms: Rooms,
  around: Pick<Served, 'log' | 'publicUrl' | 'limit' | 'streams'>,
): void {
  const contextOf = contexts(rooms)
  const taken = new Map<string, string[]>()
  for (const operation of operations) {
    const route = ROUTES[operation.name]
    if (route === undefined) throw new Error(`${operation.name} has no route`)
    for (const path of [route.path, ...(route.also ?? [])]) {
      taken.set(path, [...(taken.get(path) ?? []), route.method])
      addRoute(app, { operation, route, path, contextOf, rooms, ...around })
    }
  }
  let document: string | undefined
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    document ??= `${JSON.stringify(app.swagger(), null, 2)}\n`
    return reply.type(JSON_TYPE).send(document)
  })
  taken.set('/openapi.json', ['GET'])
  for (const [path, methods] of taken) refuseOthers(app, path, methods)
}

interface Served {
  readonly operation: Operation
  readonly route: Route
  /** The route's own, or another of its addresses. */
  readonly path: string
  readonly contextOf: ReturnType<typeof contexts>
  readonly rooms: Rooms
  readonly log: Log
  readonly publicUrl: string | undefined
  readonly limit: RequestLimit | undefined
  readonly streams: EventStreams
}

function addRoute(app: FastifyInstance, served: Served): void {
  const { operation, route, path, contextOf, log, publicUrl } = served
  const inPath = new Set(pathFields(route.path))
  const elsewhere = route.method === 'POST' ? 'body' : 'query'
  const placeOf: PlaceOf = (field) => (inPath.has(field.split('/')[0] ?? '') ? 'path' : elsewhere)
  app.route({
    method: route.method,
    url: path,
    schema: schemaOf(operation, route, path),
    onRequest: (request, reply) => identify(request, reply, served),
    errorHandler: (error, request, reply) => fail(log, error, request, reply, placeOf),
    handler: async (request, reply) => {
      const raw = rawInput(request, inPath, elsewhere)
      if (route.streamed === true) return sendStream(request, reply, { ...served, raw })
      const { ip: source, sessionId } = request
      const context = contextOf(request.principal, request.id, { source, sessionId })
      const answer = await operation.invoke(context, raw)
      if (route.cacheSeconds !== undefined)
        reply.header('cache-control', `public, max-age=${route.cacheSeconds}`)
      if (answer instanceof Written) return sendWritten(request, reply, answer)
      if (!(answer instanceof SessionAnswer)) return reply.code(route.status ?? 200).send(answer)
      const { name, attributes } = cookieFor(request, publicUrl)
      if (answer.session === undefined) reply.clearCookie(name, attributes)
      else reply.setCookie(name, answer.session.text, attributes)
      return reply.code(route.status ?? 200).send(answer.body)
    },
  })
}

/** Notes who asks, where the operation needs to know. */
async function identify(
  request: FastifyRequest,
  reply: FastifyReply,
  served: Served,
): Promise<void> {
  const { operation, limit } = served
  if (operation.need === 'none') {
    if (request.method !== 'GET') assertNotForeign(request, served.publicUrl)
    return
  }
  const caller = await whoAsks(request, served)
  if (limit !== undefined) reply.headers(limit.admit(caller.principal).headers)
  request.principal = caller.principal
  request.sessionId = caller.sessionId
}

function whoAsks(
  request: FastifyRequest,
  { operation, route, rooms, contextOf, publicUrl }: Served,
): ReturnType<typeof callerOf> {
  const { refusals } = contextOf(undefined, request.id)
  // A page's stream goes on by itself, and is checked again at every step.
  const passive = route.streamed === true
  const ports = { ...rooms, publicUrl, resource: `${publicUrl}/v1`, passive }
  return callerOf(request, ports, (revoked) =>
    refusals.record(revoked, operation.name, 'KEY_INVALID'),
  )
}

/** Where the stream begins: what the reader had last, else what it asks for, else now. */
async function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  served: Served & { readonly raw: unknown },
): Promise<FastifyReply> {
  const { operation, contextOf, streams, raw, log } = served
  const { principal, id, ip: source } = request
  if (principal === undefined) throw new Error('A stream without a caller')
  const asked = typeof raw === 'object' ? raw : {}
  const ask = async (caller: Principal, after: number | string | undefined): Promise<Step> => {
    const input = after === undefined ? asked : { ...asked, after }
    return stepIn(await operation.invoke(contextOf(caller, id, { source }), input))
  }
  const first = await ask(principal, lastEventId(request.headers['last-event-id']))
  const stream = streams.open({
    caller: principal,
    first,
    step: async (after) => ask((await whoAsks(request, served)).principal, after),
    codeOf: (error) => {
      const { code } = problemOf(error, id, inQuery)
      if (code === 'INTERNAL') logFault(log, error, request)
      return code
    },
  })
  // Nothing else is asked on its connection: one left half open would hold up the end of the process.
  reply.raw.once('close', () => request.raw.socket.destroy())
  return reply.header('connection', 'close').type(EVENT_STREAM).send(stream)
}

/** What the operation of a stream gives at each step. */
function stepIn(answer: unknown): Step {
  if (!isStep(answer)) throw new Error('A streamed operation gave something else than a step')
  return answer
}

function isStep(answer: unknown): answer is Step {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'items' in answer &&
    Array.isArray(answer.items) &&
    'next' in answer &&
    typeof answer.next === 'number'
  )
}

/** One object out of path and query or body; the path wins, so that it cannot be overwritten. */
function rawInput(
  request: FastifyRequest,
  inPath: ReadonlySet<string>,
  elsewhere: 'query' | 'body',
): unknown {
  const sent: unknown = elsewhere === 'body' ? (request.body ?? {}) : request.query
  if (inPath.size === 0) return sent
  if (typeof sent !== 'object' || Array.isArray(sent)) return sent
  const params: unknown = request.params
  return Object.assign({}, sent, params)
}

function sendWritten(request: FastifyRequest, reply: FastifyReply, answer: Written): FastifyReply {
  if (answer.asOf !== undefined) reply.header('chartway-as-of', instant(answer.asOf))
  const told = answer.tag ?? answer.version
  if (told !== undefined) {
    // Weak: how old the data is changes with every answer, the content does not. RFC 9110, 8.8.1.
    const tag = `W/"${told}"`
    reply.header('etag', tag)
    if (matches(request.headers['if-none-match'], tag)) return reply.code(304).send()
  }
  return reply.type(JSON_TYPE).send(answer.text)
}

function matches(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false
  return ifNoneMatch.split(',').some((other) => {
    const trimmed = other.trim()
    return trimmed === '*' || trimmed.replace(/^W\//, '') === tag.slice(2)
  })
}

/** Other methods on a known path get 405 instead of 404; RFC 9110, 15.5.6. */
function refuseOthers(app: FastifyInstance, path: string, methods: readonly string[]): void {
  app.route({
    method: METHODS.filter((method) => !methods.includes(method)),
    url: path,
    schema: { hide: true },
    onRequest: (request, reply) => {
      const allow = methods.includes('GET') ? [...methods, 'HEAD'] : methods
      reply.header('allow', allow.join(', '))
      send(reply, problem('METHOD_NOT_ALLOWED', request.id))
    },
    handler: async () => {},
  })
}

const inQuery: PlaceOf = () => 'query'

function fail(
  log: Log,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  placeOf: PlaceOf,
): FastifyReply {
  const answer = problemOf(error, request.id, placeOf)
  if (answer.code === 'INTERNAL') logFault(log, error, request)
  return send(reply, answer)
}

/** What every answer carries. */
function stamp(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('cache-control', 'no-store')
  reply.header('x-content-type-options', 'nosniff')
  reply.header('x-request-id', request.id)
}

function send(reply: FastifyReply, { status, text, seconds }: Problem): FastifyReply {
  if (status === 401 && !reply.hasHeader('www-authenticate'))
    reply.header('www-authenticate', 'Bearer')
  if (status === 503) reply.header('retry-after', RETRY_SECONDS)
  if (seconds !== undefined) reply.header('retry-after', String(seconds))
  return reply.code(status).type(PROBLEM_TYPE).send(text)
}
