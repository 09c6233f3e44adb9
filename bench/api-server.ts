// One server of the API benchmark as a process of its own, so that its CPU is counted alone: the
// platform with everything that a read has to pass, or a bare route over the same rows.
//
// Started with a JSON of settings as its argument; answers every message with its CPU time so far.

import { composePlatform, openDatabase, systemRandom, wallClock } from '@chartway/platform'
import Fastify from 'fastify'
import pg from 'pg'
import { fileLog } from '../platform/src/kernel/pino-log.ts'
import { READ } from '../platform/src/mirror/reading/statements.ts'
import { libraryServer } from './mcp-library.ts'

export interface ServerSettings {
  readonly kind: 'chartway' | 'bare' | 'mcp-library'
  readonly databaseUrl: string
  readonly organization: string
  readonly practice: string
  readonly masterKeyHex: string
  readonly logPath: string
}

export type Told =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'cpu'; readonly seconds: number }

/** As the platform's own pool unless told otherwise. */
const CONNECTIONS = 10

const settings: ServerSettings = JSON.parse(process.argv[2] ?? '{}')
const START = { bare, chartway, 'mcp-library': mcpLibrary }
const url = await START[settings.kind]()
tell({ kind: 'listening', url })

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  tell({ kind: 'cpu', seconds: (user + system) / 1e6 })
})
process.once('disconnect', () => process.exit(0))

function tell(told: Told): void {
  process.send?.(told)
}

/** The protocol library's stateless server: a new one with all tools for each request, as its guide says. */
async function mcpLibrary(): Promise<string> {
  const clock = wallClock()
  const database = openDatabase({ url: settings.databaseUrl, clock, poolMax: CONNECTIONS })
  return libraryServer({
    ...{ database, clock, random: systemRandom() },
    log: fileLog({ path: settings.logPath, level: 'info' }),
    masterKey: Buffer.from(settings.masterKeyHex, 'hex'),
  })
}

/** The platform as it is put together in production, its access log included; nothing is synced. */
async function chartway(): Promise<string> {
  const clock = wallClock()
  const { face } = composePlatform({
    database: openDatabase({ url: settings.databaseUrl, clock, poolMax: CONNECTIONS }),
    network: { send: () => Promise.reject(new Error('Nothing is sent in this benchmark')) },
    clock,
    random: systemRandom(),
    log: fileLog({ path: settings.logPath, level: 'info' }),
    masterKey: Buffer.from(settings.masterKeyHex, 'hex'),
    instance: 'bench',
    publicUrl: 'http://127.0.0.1:7400',
  })
  return face.listen({ host: '127.0.0.1', port: 0 })
}

/** The same query and the same content, and nothing else: no key, tenant, ledger, log or check. */
async function bare(): Promise<string> {
  // Once per connection, so that the query sees its rows; the platform does it for every read.
  const options = `-c search_path=chartway,pg_temp -c chartway.organization=${settings.organization}`
  const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: CONNECTIONS, options })
  const app = Fastify()
  app.get<{ Params: { id: string } }>('/v1/resources/patients/:id', async (request, reply) => {
    const values = [[settings.practice], ['Patient'], [request.params.id]]
    const { rows } = await pool.query<{ content: string }>({ name: 'read', text: READ, values })
    return reply.type('application/json').send(rows[0]?.content)
  })
  return app.listen({ host: '127.0.0.1', port: 0 })
}
