// The peer of the MCP benchmark: the protocol library's own stateless server behind the same web
// framework, with the same tools over the same operations, rooms and key check.

import {
  type Clock,
  composePlatform,
  type Database,
  type Log,
  type Random,
} from '@chartway/platform'
import { createMcpHandler, fromJsonSchema, McpServer } from '@modelcontextprotocol/server'
import Fastify from 'fastify'
import { callTool } from '../platform/src/faces/mcp/calls.ts'
import { SERVER_INFO } from '../platform/src/faces/mcp/server.ts'
import { TOOLS } from '../platform/src/faces/mcp/tools.ts'
import { type Context, contexts } from '../platform/src/operations/index.ts'

export interface LibraryPorts {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly masterKey: Uint8Array
}

/** Listens on a free port of this machine and gives its address. */
export async function libraryServer(ports: LibraryPorts): Promise<string> {
  const platform = composePlatform({
    ...ports,
    network: { send: () => Promise.reject(new Error('Nothing is sent in this benchmark')) },
    instance: 'bench',
    publicUrl: 'http://127.0.0.1:7400',
  })
  const contextOf = contexts(platform.rooms)
  const callers = new Map<string, Context>()
  const handler = createMcpHandler(({ authInfo }) => {
    const context = callers.get(authInfo?.token ?? '')
    if (context === undefined) throw new Error('no caller')
    return serverWithTools(context)
  })
  const app = Fastify()
  app.post('/mcp', async (request, reply) => {
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? ''
    const principal = await platform.practices.authenticate(token)
    if (principal === undefined) return reply.code(401).send()
    callers.set(request.id, contextOf(principal, request.id))
    const response = await handler.fetch(
      new Request('http://127.0.0.1/mcp', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: request.headers.accept ?? '' },
        body: JSON.stringify(request.body),
      }),
      {
        authInfo: { token: request.id, clientId: principal.actor, scopes: [] },
        parsedBody: request.body,
      },
    )
    const text = await response.text()
    callers.delete(request.id)
    return reply
      .code(response.status)
      .type(response.headers.get('content-type') ?? 'application/json')
      .send(text)
  })
  return app.listen({ host: '127.0.0.1', port: 0 })
}

function serverWithTools(context: Context): McpServer {
  const server = new McpServer(SERVER_INFO, { capabilities: { tools: {} } })
  for (const { name, listed } of TOOLS.values()) {
    const { title, description, inputSchema, annotations } = JSON.parse(listed)
    server.registerTool(
      name,
      { title, description, inputSchema: fromJsonSchema(inputSchema), annotations },
      async (given) => JSON.parse(JSON.stringify(await callTool(context, name, given))),
    )
  }
  return server
}
