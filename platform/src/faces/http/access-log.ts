// One line per answered request, by the route's template and never by its URL, and one per fault.

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../../kernel/log.ts'

/** Frames of a stack that are kept. */
const FRAMES_MAX = 8

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
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const frames = stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, FRAMES_MAX)
    .map((line) => line.trim())
  log.write('error', 'http.fault', {
    code: 'INTERNAL',
    method: request.method,
    route: request.routeOptions.url ?? 'none',
    requestId: request.id,
    errorClass: error instanceof Error ? error.constructor.name : typeof error,
    frames: frames.join(' | '),
  })
}
