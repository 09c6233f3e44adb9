// Where each operation stands in HTTP: method and path, by the operation's name. Fields that the path
// names come from it; the others come from the query, or from the body of a POST.

import { OBJECTS } from '../../operations/index.ts'

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  /** Other addresses with the same answers: names that callers know from elsewhere. */
  readonly also?: readonly string[]
  readonly status?: 201
  /** Asked again and again; what comes is written as server-sent events. */
  readonly streamed?: true
  /** Seconds for which anybody may keep the answer; answers are not kept by default. */
  readonly cacheSeconds?: number
}

/** Objects that answer without `/v1` too, under the names of the articles about the vendor's API. */
const LITERAL = ['patients', 'appointments', 'encounters']

const OBJECT_ROUTES: Readonly<Record<string, Route>> = Object.fromEntries(
  OBJECTS.flatMap((object): [string, Route][] => {
    const path = `/v1/${object}`
    const also = LITERAL.includes(object) ? { also: [`/${object}`] } : {}
    return [
      [`${object}.list`, { method: 'GET', path, ...also }],
      [`${object}.read`, { method: 'GET', path: `${path}/:id` }],
      [`${object}.history`, { method: 'GET', path: `${path}/:id/history` }],
    ]
  }),
)

export const ROUTES: Readonly<Record<string, Route>> = {
  ...OBJECT_ROUTES,
  'patients.search': { method: 'POST', path: '/v1/patients/search' },
  'documents.content': { method: 'GET', path: '/v1/documents/:id/content' },
  'practices.list': { method: 'GET', path: '/v1/practices' },
  'practices.connect': { method: 'POST', path: '/v1/practices', status: 201 },
  'practices.check': { method: 'POST', path: '/v1/practices/:practice/check' },
  'practices.pause': { method: 'POST', path: '/v1/practices/:practice/pause' },
  'practices.resume': { method: 'POST', path: '/v1/practices/:practice/resume' },
  'practices.retention': { method: 'GET', path: '/v1/practices/:practice/retention' },
  'practices.retain': { method: 'POST', path: '/v1/practices/:practice/retention' },
  'resources.list': { method: 'GET', path: '/v1/resources/:collection' },
  'resources.read': { method: 'GET', path: '/v1/resources/:collection/:id' },
  'counts.read': { method: 'GET', path: '/v1/counts' },
  'changes.list': { method: 'GET', path: '/v1/changes' },
  'changes.stream': { method: 'GET', path: '/v1/changes/stream', streamed: true },
  'freshness.list': { method: 'GET', path: '/v1/freshness' },
  'budget.read': { method: 'GET', path: '/v1/budget' },
  'calls.list': { method: 'GET', path: '/v1/calls' },
  'sync.read': { method: 'GET', path: '/v1/sync' },
  'sync.problems': { method: 'GET', path: '/v1/sync/problems' },
  'launches.start': { method: 'POST', path: '/v1/launches', status: 201 },
  'launches.list': { method: 'GET', path: '/v1/launches' },
  'launches.read': { method: 'GET', path: '/v1/launches/:launch' },
  'launches.resource': { method: 'GET', path: '/v1/launches/:launch/resources/:type/:id' },
  'launches.end': { method: 'DELETE', path: '/v1/launches/:launch' },
  'launches.set-secret': { method: 'POST', path: '/v1/practices/:practice/app-secret' },
  'sessions.create': { method: 'POST', path: '/v1/sessions', status: 201 },
  'sessions.list': { method: 'GET', path: '/v1/sessions' },
  'sessions.revoke': { method: 'DELETE', path: '/v1/sessions/:sessionId' },
  'sessions.read': { method: 'GET', path: '/v1/session' },
  'sessions.delete': { method: 'DELETE', path: '/v1/session' },
  'sessions.confirm': { method: 'POST', path: '/v1/session/confirm' },
  'users.change-password': { method: 'POST', path: '/v1/session/password' },
  'users.create': { method: 'POST', path: '/v1/users', status: 201 },
  'users.list': { method: 'GET', path: '/v1/users' },
  'users.update': { method: 'POST', path: '/v1/users/:user' },
  'users.disable': { method: 'POST', path: '/v1/users/:user/disable' },
  'users.enable': { method: 'POST', path: '/v1/users/:user/enable' },
  'users.reset': { method: 'POST', path: '/v1/users/:user/reset' },
  'users.open-invitation': { method: 'POST', path: '/v1/invitations/open' },
  'users.accept-invitation': { method: 'POST', path: '/v1/invitations/accept', status: 201 },
  'audit.list': { method: 'GET', path: '/v1/audit' },
  'clients.create': { method: 'POST', path: '/v1/clients', status: 201 },
  'clients.list': { method: 'GET', path: '/v1/clients' },
  'clients.revoke': { method: 'DELETE', path: '/v1/clients/:clientId' },
  'keys.list': { method: 'GET', path: '/v1/keys' },
  'keys.create': { method: 'POST', path: '/v1/keys', status: 201 },
  'keys.revoke': { method: 'DELETE', path: '/v1/keys/:keyId' },
  'signing-keys.rotate': { method: 'POST', path: '/v1/signing-keys/rotate' },
  'jwks.read': { method: 'GET', path: '/jwks/:organization.json', cacheSeconds: 60 },
  'errors.read': { method: 'GET', path: '/errors/:code', cacheSeconds: 3600 },
  'outbound.release': { method: 'POST', path: '/v1/outbound/release' },
  'health.read': { method: 'GET', path: '/health' },
  'health.live': { method: 'GET', path: '/health/live' },
  'health.ready': { method: 'GET', path: '/health/ready' },
}

/** The fields that a path names. */
export function pathFields(path: string): readonly string[] {
  return [...path.matchAll(/:([A-Za-z]+)/g)].map((match) => match[1] ?? '')
}
