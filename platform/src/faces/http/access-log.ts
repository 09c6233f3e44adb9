// One line per answered request, by the route's template and never by its URL, and one per fault.

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../../kernel/log.ts'
import { errorFields } from '../../kernel/pino-log.ts'

export function logAccess(log: Log, request: FastifyRequest, reply: FastifyReply): void {
  const { principal } = request
  log.write('info', 'http.answered', {
    method: request.method,
    route: request.routeOptions.url ?? 'none',
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime),
    requestId: request.id,
    ...(principal && { organization: principal.organization, actor: principal.actor }),
  })
}

/** A fault of our own: its class and where it happened, without its message. */
export function logFault(log: Log, error: unknown, request: FastifyRequest): void {
  log.write('error', 'http.fault', {
    ...errorFields(error),
    code: 'INTERNAL',
    method: request.method,
    route: request.routeOptions.url ?? 'none',
    requestId: request.id,
  })
}
