// The MCP face: where agents connect over HTTP. It checks who asks, hands the message to the protocol's
// side and writes the answer; it has no tools of its own and keeps no session.

import type { AuthInfo } from '@modelcontextprotocol/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Principal } from '../../kernel/principal.ts'
import type { Context } from '../../operations/index.ts'
import { type AgentCall, libraryHandler, quickAnswer } from './server.ts'

export const MCP_PATH = '/mcp'
/** RFC 9728, section 3.1: the well-known path goes before the resource's own. */
export const RESOURCE_METADATA_PATH = `/.well-known/oauth-protected-resource${MCP_PATH}`
const JSON_TYPE = 'application/json; charset=utf-8'

export interface McpFaceOptions {
  /** Where callers reach this installation, without a slash at the end. */
  readonly publicUrl: string
  readonly contextOf: (principal: Principal | undefined, requestId: string) => Context
  /** Checks the caller of a request whose token is for this resource. Throws as the REST face does. */
  readonly callerOf: (request: FastifyRequest) => Promise<Principal>
}

export function registerMcp(app: FastifyInstance, options: McpFaceOptions): void {
  const { publicUrl } = options
  // What the library hands back to us is the very object that we hand to it.
  const calls = new WeakMap<AuthInfo, AgentCall>()
  const library = libraryHandler((authInfo) => {
    const call = authInfo === undefined ? undefined : calls.get(authInfo)
    if (call === undefined) throw new Error('A message without a caller reached the tools')
    return call
  })
  app.addHook('preClose', () => library.close())

  app.get(RESOURCE_METADATA_PATH, { schema: { hide: true } }, async (_request, reply) =>
    reply.type(JSON_TYPE).send(JSON.stringify(resourceMetadata(publicUrl))),
  )
  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: MCP_PATH,
    schema: { hide: true },
    onRequest: async (request, reply) => {
      if (!isOwnOrigin(request.headers.origin, publicUrl))
        return reply.code(403).type(JSON_TYPE).send(FOREIGN_ORIGIN)
      reply.header('www-authenticate', challenge(publicUrl))
      request.principal = await options.callerOf(request)
      reply.removeHeader('www-authenticate')
    },
    handler: async (request, reply) => {
      const { principal } = request
      if (principal === undefined) throw new Error('A request without a caller reached the tools')
      const context = { ...options.contextOf(principal, request.id), principal }
      const inbound = { body: request.body, header: (name: string) => headerOf(request, name) }
      if (request.method === 'POST') {
        const quick = await quickAnswer({ context }, inbound)
        if (quick !== undefined) return reply.type(JSON_TYPE).send(quick)
      }
      const authInfo: AuthInfo = { token: '', clientId: principal.actor, scopes: [] }
      calls.set(authInfo, { context })
      return relay(reply, await library.fetch(webRequest(request, publicUrl), { authInfo }))
    },
  })
}

/** RFC 9728, section 2. */
function resourceMetadata(publicUrl: string): object {
  return {
    resource: publicUrl + MCP_PATH,
    authorization_servers: [publicUrl],
    bearer_methods_supported: ['header'],
    resource_name: 'Chartway for agents',
  }
}

function challenge(publicUrl: string): string {
  return `Bearer resource_metadata="${publicUrl}${RESOURCE_METADATA_PATH}"`
}

const FOREIGN_ORIGIN = JSON.stringify({
  jsonrpc: '2.0',
  id: null,
  error: { code: -32000, message: 'The Origin is not this installation' },
})

/**
 * A page of another site may not speak to us in its reader's name (DNS rebinding). On a loopback
 * address the pages of this machine are our own: agents' inspectors run there on ports of theirs.
 */
function isOwnOrigin(origin: string | undefined, publicUrl: string): boolean {
  if (origin === undefined) return true
  if (!URL.canParse(origin)) return false
  const [theirs, ours] = [new URL(origin), new URL(publicUrl)]
  if (theirs.origin === ours.origin) return true
  return LOOPBACK.has(ours.hostname) && LOOPBACK.has(theirs.hostname)
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** The request in the web's form, with its body as it was parsed; the key stays outside. */
function webRequest(request: FastifyRequest, publicUrl: string): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (typeof value === 'string' && name !== 'authorization' && name !== 'cookie')
      headers.set(name, value)
  headers.delete('content-length')
  const body = request.method === 'POST' ? { body: JSON.stringify(request.body ?? null) } : {}
  return new Request(publicUrl + MCP_PATH, { method: request.method, headers, ...body })
}

async function relay(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  for (const [name, value] of response.headers) reply.header(name, value)
  reply.code(response.status)
  return response.body === null ? reply.send() : reply.send(response.body)
}
