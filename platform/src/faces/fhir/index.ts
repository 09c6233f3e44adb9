// The FHIR face: FHIR R4's RESTful interface over the operations, for one practice below
// /fhir/r4/{practice}. It negotiates media types, carries queries in and answers out; it has no logic.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ChartwayError } from '../../kernel/errors.ts'
import type { Principal } from '../../kernel/principal.ts'
import {
  type Context,
  FhirAnswer,
  fhirOperations,
  InputProblem,
  instant,
  type Operation,
  QUERY_LENGTH_MAX,
} from '../../operations/index.ts'
import { STATUSES } from '../http/statuses.ts'
import { FHIR_JSON, handlingOf, mediaTypeOf } from './media.ts'
import { outcomeText, refusalsIn } from './outcome.ts'

const ROOT = '/fhir/r4'
const FORM = 'application/x-www-form-urlencoded'
/** Seconds for which anybody may keep what says nothing of a practice. */
const METADATA_SECONDS = 300

export interface FhirFaceOptions {
  /** Where callers reach this installation, without a slash at the end. */
  readonly publicUrl: string
  readonly contextOf: (principal: Principal | undefined, requestId: string) => Context
  /** Checks the caller of a request for an operation, and lets it in. Throws as the REST face does. */
  readonly callerOf: (
    request: FastifyRequest,
    operation: string,
  ) => Promise<{
    readonly principal: Principal
    readonly headers: Readonly<Record<string, string>>
  }>
  /** Our code of an error that is not an operation's own, and a line in the log for a fault. */
  readonly codeOf: (error: unknown, request: FastifyRequest) => ChartwayError['code']
}

export function registerFhir(app: FastifyInstance, options: FhirFaceOptions): void {
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      FORM,
      { parseAs: 'string' },
      async (_request: unknown, body: unknown) => body,
    )
    scope.setErrorHandler((error, request, reply) => fail(options, error, request, reply))
    addRoutes(scope, options)
    refuseOthers(scope, options)
    done()
  })
}

/** The interactions that are served: FHIR R4, http.html. */
const INTERACTIONS: readonly {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly operation: Operation
}[] = [
  { method: 'GET', path: '/:type', operation: fhirOperations.search },
  { method: 'POST', path: '/:type/_search', operation: fhirOperations.search },
  { method: 'GET', path: '/:type/_history', operation: fhirOperations.history },
  { method: 'GET', path: '/:type/:id', operation: fhirOperations.read },
  { method: 'GET', path: '/:type/:id/_history', operation: fhirOperations.history },
  { method: 'GET', path: '/:type/:id/_history/:version', operation: fhirOperations.vread },
]

function addRoutes(app: FastifyInstance, options: FhirFaceOptions): void {
  const { publicUrl } = options
  app.get<{ Params: { practice: string } }>(
    `${ROOT}/:practice/metadata`,
    { schema: { hide: true } },
    async (request, reply) => {
      const base = `${publicUrl}${ROOT}/${practiceIn(request.params.practice)}`
      const type = mediaType(request)
      const input = { base, issuer: publicUrl }
      const context = options.contextOf(undefined, request.id)
      const answer = await fhirOperations.capabilities.invoke(context, input)
      reply.header('cache-control', `public, max-age=${METADATA_SECONDS}`)
      return send(request, reply, { answer, type })
    },
  )
  for (const { method, path, operation } of INTERACTIONS)
    app.route({
      method,
      url: `${ROOT}/:practice${path}`,
      schema: { hide: true },
      onRequest: async (request, reply) => {
        const { principal, headers } = await options.callerOf(request, operation.name)
        request.principal = principal
        reply.headers(headers)
      },
      handler: async (request, reply) => {
        const type = mediaType(request)
        const context = options.contextOf(request.principal, request.id)
        const answer = await operation.invoke(context, inputOf(request, operation, publicUrl))
        return send(request, reply, { answer, type })
      },
    })
}

/** A practice's name in an address; what cannot be one is not there. */
function practiceIn(practice: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(practice)) throw new ChartwayError('NOT_FOUND')
  return practice
}

function inputOf(request: FastifyRequest, operation: Operation, publicUrl: string): object {
  const named: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(isRecord(request.params) ? request.params : {}).map(([name, value]) => [
      name,
      String(value),
    ]),
  )
  const base = `${publicUrl}${ROOT}/${practiceIn(named.practice ?? '')}`
  const query = queryOf(request)
  if (query.length > QUERY_LENGTH_MAX) throw new ChartwayError('SEARCH_QUERY_MALFORMED')
  const handling = handlingOf(headerOf(request, 'prefer'))
  return { ...named, base, query, ...(operation === fhirOperations.search ? { handling } : {}) }
}

/** Of the address and of a form, as one: FHIR R4, http.html 3.1.0.9. */
function queryOf(request: FastifyRequest): string {
  const at = request.url.indexOf('?')
  const inAddress = at === -1 ? '' : request.url.slice(at + 1)
  const inBody = typeof request.body === 'string' ? request.body : ''
  return [inAddress, inBody].filter((part) => part !== '').join('&')
}

function mediaType(request: FastifyRequest): string {
  const sent: unknown = isRecord(request.query) ? request.query._format : undefined
  const inBody = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
  const format = typeof sent === 'string' ? sent : (inBody.get('_format') ?? undefined)
  const type = mediaTypeOf({ accept: headerOf(request, 'accept'), format })
  if (type === undefined) throw new ChartwayError('FHIR_FORMAT_NOT_SERVED')
  return type
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { answer, type }: { readonly answer: unknown; readonly type: string },
): FastifyReply {
  if (!(answer instanceof FhirAnswer)) throw new Error('A FHIR operation gave no FHIR answer')
  const { text, version, asOf, lastModified, provenance } = answer
  if (asOf !== undefined) reply.header('chartway-as-of', instant(asOf))
  if (provenance !== undefined) reply.header('chartway-provenance', provenance)
  if (lastModified !== undefined)
    reply.header('last-modified', new Date(lastModified).toUTCString())
  if (version !== undefined) {
    const tag = `W/"${version}"`
    reply.header('etag', tag)
    if (namesTag(headerOf(request, 'if-none-match'), version)) return reply.code(304).send()
  }
  return reply.type(`${type}; charset=utf-8`).send(text)
}

/** RFC 9110, 13.1.2, by weak comparison. */
function namesTag(ifNoneMatch: string | undefined, version: number): boolean {
  return (ifNoneMatch ?? '').split(',').some((tag) => {
    const trimmed = tag.trim()
    return trimmed === '*' || trimmed.replace(/^W\//, '') === `"${version}"`
  })
}

/** Whatever else is asked below the root: writing is 405, an address without an interaction 404. */
function refuseOthers(app: FastifyInstance, options: FhirFaceOptions): void {
  app.all(`${ROOT}/*`, {
    schema: { hide: true },
    onRequest: (request, reply) => {
      const reading = request.method === 'GET' || request.method === 'HEAD'
      const error = new ChartwayError(reading ? 'ROUTE_UNKNOWN' : 'FHIR_INTERACTION_NOT_SERVED')
      if (!reading) reply.header('allow', 'GET, HEAD')
      fail(options, error, request, reply)
    },
    handler: async () => {},
  })
}

function fail(
  options: FhirFaceOptions,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const code = codeOf(options, error, request)
  const status = STATUSES[code]
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  const wait = waitOf(error, status)
  if (wait !== undefined) reply.header('retry-after', wait)
  const text = outcomeText(refusalsIn(error, code), status, options.publicUrl)
  return reply.code(status).type(`${FHIR_JSON}; charset=utf-8`).send(text)
}

/** Seconds after which the same request may be answered. */
function waitOf(error: unknown, status: number): string | undefined {
  if (status === 503) return '1'
  const seconds = error instanceof ChartwayError ? error.details.seconds : undefined
  return status === 429 && typeof seconds === 'number' ? String(seconds) : undefined
}

/** An address whose parts do not fit names nothing that is there. */
function codeOf(
  options: FhirFaceOptions,
  error: unknown,
  request: FastifyRequest,
): ChartwayError['code'] {
  if (error instanceof InputProblem) return 'NOT_FOUND'
  return options.codeOf(error, request)
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
