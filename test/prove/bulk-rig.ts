// One practice whose first sync is a group export, on virtual time: sandbox and platform in this
// process, a database of its own on one server, and a platform that can be killed and started again.

import type { JsonObject } from '@chartway/codecs/fhir'
import {
  type Clock,
  composePlatform,
  migrate,
  type Network,
  NetworkFailure,
  openDatabase,
  organizationId,
  type Platform,
  practiceId,
  silentLog,
  systemRandom,
  VirtualClock,
  wallClock,
} from '@chartway/platform'
import { type BulkRule, createSandbox, type FaultRule, type Sandbox } from 'chartway-sandbox'
import pg from 'pg'
import { inProcessNetwork, PLATFORM, VENDOR } from '../in-process.ts'
import { MONDAY_MORNING } from '../monday.ts'
import { ownServer } from '../own-database.ts'
import { registerApp } from '../rig.ts'

export const CODE = 'EFDCBA'
export const GROUP = '7d0b2a52-77f1-4a4e-9a0e-6d1b5d3f0042'
/** Looks at leases are made this much rarer, so that hours of waiting cost little. */
const CLOCK_FACTOR = 30

export interface Server extends AsyncDisposable {
  /** A migrated database of one's own. */
  database(): Promise<string>
}

export async function databaseServer(): Promise<Server> {
  const server = await ownServer({ durable: false })
  const named = (name: string) => {
    const url = new URL(server.url)
    url.pathname = `/${name}`
    return url.href
  }
  await ask(server.url, 'CREATE DATABASE bulk_template')
  await migrate({ url: named('bulk_template'), clock: wallClock() })
  let made = 0
  return {
    async database() {
      const name = `bulk_${++made}`
      await ask(server.url, `CREATE DATABASE ${name} TEMPLATE bulk_template`)
      return named(name)
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** Rows of one statement at the database itself, as its owner. */
export async function ask(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql)
    return rows
  } finally {
    await client.end()
  }
}

export interface ExportRigOptions {
  readonly seed: number
  readonly patients: number
  readonly preset: 'calm' | 'tuesday'
  readonly switches: Readonly<Record<string, string>>
  readonly bulkFaults: readonly BulkRule[]
  readonly wireFaults?: readonly FaultRule[]
  readonly bulk: JsonObject
  readonly databaseUrl: string
  /** Whether the connection asks for an export from the beginning. */
  readonly begins: 'with' | 'without'
  readonly between?: ((network: Network) => Network) | undefined
}

export interface ExportRig extends AsyncDisposable {
  readonly sandbox: Sandbox
  readonly clock: VirtualClock
  readonly databaseUrl: string
  /** Ends the platform wherever it is and starts another one on its database. */
  restart(): Promise<void>
  /** Gives the connection these overrides. */
  connect(overrides: JsonObject): Promise<void>
  view(): ReturnType<Platform['sync']['bulk']>
}

export async function exportRig(options: ExportRigOptions): Promise<ExportRig> {
  const virtual = new VirtualClock(MONDAY_MORNING + 2 * 3_600_000)
  const clock: Clock = {
    factor: CLOCK_FACTOR,
    now: () => virtual.now(),
    sleep: (ms, how) => virtual.sleep(ms, how),
    during: (work) => virtual.during(work),
  }
  let current: Running | undefined
  const { ref, organization, practice } = ids()
  const sandbox = createSandbox({
    clock,
    seed: options.seed,
    startsAt: clock.now(),
    publicUrl: VENDOR,
    preset: options.preset,
    switches: options.switches,
    practices: [
      {
        ...{ code: CODE, name: 'Elm', timeZone: 'America/New_York', kind: 'living', lives: true },
        ...{ patients: options.patients, facilities: 1, providers: 2 },
        groups: [{ id: GROUP, name: 'Everybody', patients: 'all' }],
      },
    ],
    // Straight from the room that has them: a face for each platform would cost more than its export.
    fetchJwks: async () => {
      if (current === undefined) return { status: 0, body: '' }
      const keys = await clock.during(current.platform.practices.jwks(organization))
      return { status: 200, body: JSON.stringify(keys) }
    },
  })
  sandbox.operator.bulk.script(options.bulkFaults)
  sandbox.operator.script(options.wireFaults ?? [])
  registerApp(sandbox, `${PLATFORM}/jwks/home.json`, [CODE], { bulk: {} })
  const plain = inProcessNetwork(clock, () => sandbox)
  const charts = { held: options.begins === 'with' }
  const network = withoutCharts(options.between?.(plain) ?? plain, charts)
  const masterKey = systemRandom().bytes(32)
  const start = () => startPlatform({ url: options.databaseUrl, clock, network, masterKey })
  current = await start()
  const connect = async (overrides: JsonObject) => {
    charts.held = overrides.bulk !== undefined
    await current?.platform.practices.connect(
      organization,
      {
        practice,
        name: 'Elm',
        timeZone: 'America/New_York',
        dialect: 'eclinicalworks',
        baseUrl: `${VENDOR}/fhir/r4/${CODE}`,
        clientId: 'chartway-backend',
        overrides,
      },
      'system',
    )
  }
  await current.platform.practices.createOrganization(organization, 'Home')
  await current.platform.practices.rotateSigningKey(organization, 'system')
  await connect(options.begins === 'with' ? { bulk: options.bulk } : {})
  current.run()
  return {
    sandbox,
    clock: virtual,
    databaseUrl: options.databaseUrl,
    connect,
    async restart() {
      await current?.stop(virtual)
      current = await start()
      current.run()
    },
    view: () => current?.platform.sync.bulk(ref) ?? Promise.resolve(undefined),
    async [Symbol.asyncDispose]() {
      await current?.stop(virtual)
    },
  }
}

/** Searches other than the roster of patients. */
const CHARTS = /\/(?!Patient\?)[A-Z][A-Za-z]+\?(?!_id)/

/**
 * What an export brought is looked at before charts are asked: their searches are never answered. That
 * they are asked, and answer well, is another proof's.
 */
function withoutCharts(network: Network, charts: { readonly held: boolean }): Network {
  return {
    send(request, how) {
      if (!charts.held || !CHARTS.test(request.url)) return network.send(request, how)
      return new Promise((_, reject) => {
        const end = () => reject(new NetworkFailure('unknown', 'NETWORK_RESET'))
        if (how?.signal?.aborted) end()
        how?.signal?.addEventListener('abort', end, { once: true })
      })
    },
  }
}

interface Running {
  readonly platform: Platform
  run(): void
  stop(clock: VirtualClock): Promise<void>
}

async function startPlatform(ports: {
  readonly url: string
  readonly clock: Clock
  readonly network: Network
  readonly masterKey: Uint8Array
}): Promise<Running> {
  const { url, clock, network, masterKey } = ports
  const database = openDatabase({ url, clock })
  const platform = composePlatform({
    ...{ database, network, clock, masterKey },
    random: systemRandom(),
    log: silentLog,
    instance: 'bulk',
    publicUrl: PLATFORM,
  })
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  return {
    platform,
    run() {
      running = platform.sync.run(stopping.signal)
    },
    async stop(virtual) {
      stopping.abort(new Error('The platform is killed'))
      await Promise.all([running, virtual.advance(120_000)])
      await database.close()
    },
  }
}

function ids() {
  const organization = organizationId('home')
  const practice = practiceId('elm')
  if (organization === undefined || practice === undefined) throw new Error('no ids')
  return { organization, practice, ref: { organization, practice } }
}
