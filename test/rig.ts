// Sandbox and platform put together for a proof or a scenario: over real sockets on a scaled clock, or
// in one process on a virtual one. What a rig shows of the platform is what its API answers.

import { join } from 'node:path'
import type { JsonObject } from '@chartway/codecs/fhir'
import {
  type Clock,
  composePlatform,
  diskFiles,
  type Log,
  type Network,
  openDatabase,
  organizationId,
  type Platform,
  practiceId,
  type SweepSettings,
  scaledClock,
  silentLog,
  systemRandom,
  undiciNetwork,
  VirtualClock,
  wallSleep,
  wantedScopes,
} from '@chartway/platform'
import {
  type BulkGroup,
  createSandbox,
  type FaultRule,
  type Preset,
  type Sandbox,
  startListeners,
} from 'chartway-sandbox'
import { freePort } from './free-port.ts'
import { inProcessJwks, inProcessNetwork, PLATFORM, VENDOR } from './in-process.ts'
import { MONDAY_MORNING } from './monday.ts'
import { ownDatabase } from './own-database.ts'

export interface RigPractice {
  /** The vendor's practice code. */
  readonly code: string
  /** Our id of it. */
  readonly practice: string
  readonly sandbox:
    | { readonly kind: 'loaded'; readonly files: readonly { name: string; text: string }[] }
    | {
        readonly kind: 'living'
        readonly patients: number
        readonly facilities: number
        readonly providers: number
        readonly lives: boolean
      }
  readonly overrides?: JsonObject
  /** Groups that the practice has made for bulk export. */
  readonly groups?: readonly BulkGroup[]
}

export interface RigOptions {
  readonly seed: number
  readonly practices: readonly RigPractice[]
  readonly preset: Preset
  readonly script?: readonly FaultRule[]
  readonly sweep?: Partial<SweepSettings>
  /** A migrated database; without it the rig starts a server of its own. */
  readonly databaseUrl?: string
  /** Hears what the platform logs. */
  readonly log?: Log
  /** Stands between the platform and the vendor: to look at what passes, or to change it. */
  readonly between?: (network: Network) => Network
  /** Deviations from the sandbox's switches. */
  readonly switches?: Readonly<Record<string, string>>
  /** Serves the console from its build. */
  readonly console?: boolean
  /** The mirror is not kept fresh: for what is not about it. On a virtual clock alone. */
  readonly asleep?: boolean
  /** Vendor time at which the world begins; a Monday morning by default. */
  readonly startsAt?: number
}

export interface Rig extends AsyncDisposable {
  readonly sandbox: Sandbox
  readonly platform: Platform
  readonly clock: Clock
  /** Where the platform answers. */
  readonly url: string
  readonly key: string
  /** One GET at the API; the parsed body. Throws for another status than 200. */
  get(path: string): Promise<ApiBody>
  /** All items of a list, page by page. */
  all(path: string): Promise<ApiBody[]>
}

export interface ApiBody {
  readonly [name: string]: unknown
}

const TIME_ZONE = 'America/New_York'
const HOME = home()
const CLIENT_ID = 'chartway-backend'
const PAGES_MAX = 10_000
const CONSOLE = join(import.meta.dirname, '..', 'console', 'dist')

/** Vendor and platform behind real sockets of this process, both on one scaled clock. */
export async function socketRig(
  options: RigOptions & { readonly timeScale: number },
): Promise<Rig & { firstSync(practice: string, wallMsMax: number): Promise<void> }> {
  const clock = scaledClock({
    epochMs: options.startsAt ?? MONDAY_MORNING,
    wallEpochMs: Date.now(),
    factor: options.timeScale,
  })
  const { sandbox, listeners, vendor } = await listeningSandbox(options, clock)
  const port = await freePort()
  const ours = `http://127.0.0.1:${port}`
  const { platform, key, close } = await startPlatform(options, clock, undiciNetwork(), ours)
  await platform.face.listen({ host: '127.0.0.1', port })
  await connectAll(options, platform, sandbox, { vendor, ours })
  const stop = new AbortController()
  const running = platform.sync.run(stop.signal)
  const get = async (path: string) => {
    const reply = await fetch(`${ours}${path}`, { headers: { authorization: `Bearer ${key}` } })
    return parsed(path, reply.status, await reply.text())
  }
  return {
    sandbox,
    platform,
    clock,
    url: ours,
    key,
    get,
    all: (path) => allPages(get, path),
    async firstSync(practice, wallMsMax) {
      for (const until = Date.now() + wallMsMax; Date.now() < until; await wallSleep(200))
        if ((await get(`/v1/sync?practice=${practice}`)).phase === 'continuing') return
      throw new Error(`The first sync of ${practice} is not complete after ${wallMsMax} ms`)
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('The rig is closing'))
      await running
      await platform.face.close()
      await listeners.close()
      await close()
    },
  }
}

/** Everything in this process on a virtual clock; time moves only when the caller advances it. */
export async function virtualRig(
  options: RigOptions,
): Promise<Rig & { readonly clock: VirtualClock; readonly databaseUrl: string }> {
  const clock = new VirtualClock(options.startsAt ?? MONDAY_MORNING)
  let platform: Platform | undefined
  const sandbox = createSandbox({
    ...sandboxOptions(options, clock, VENDOR),
    fetchJwks: inProcessJwks(clock, () => {
      if (platform === undefined) throw new Error('The platform is not there yet')
      return platform.face
    }),
  })
  if (options.script !== undefined) sandbox.operator.script(options.script)
  const started = await startPlatform(
    options,
    clock,
    inProcessNetwork(clock, () => sandbox),
    PLATFORM,
  )
  platform = started.platform
  await platform.face.ready()
  await connectAll(options, platform, sandbox, { vendor: VENDOR, ours: PLATFORM })
  const stop = new AbortController()
  const running = options.asleep === true ? undefined : platform.sync.run(stop.signal)
  const { face } = platform
  const get = async (path: string) => {
    const headers = { authorization: `Bearer ${started.key}` }
    const reply = await face.inject({ method: 'GET', url: path, headers })
    return parsed(path, reply.statusCode, reply.body)
  }
  return {
    sandbox,
    platform,
    clock,
    url: PLATFORM,
    key: started.key,
    databaseUrl: started.databaseUrl,
    get,
    all: (path) => allPages(get, path),
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('The rig is closing'))
      await Promise.all([running, clock.advance(120_000)])
      await face.close()
      await started.close()
    },
  }
}

async function listeningSandbox(options: RigOptions, clock: Clock) {
  const port = await freePort()
  const vendor = `http://127.0.0.1:${port}`
  const sandbox = createSandbox({
    ...sandboxOptions(options, clock, vendor),
    fetchJwks: async (url) => {
      const reply = await fetch(url)
      return { status: reply.status, body: await reply.text() }
    },
  })
  if (options.script !== undefined) sandbox.operator.script(options.script)
  const listeners = await startListeners({
    sandbox,
    clock,
    host: '127.0.0.1',
    port,
    operatorPort: 0,
    operatorSecret: systemRandom().uuid(),
  })
  return { sandbox, listeners, vendor }
}

function sandboxOptions(options: RigOptions, clock: Clock, publicUrl: string) {
  return {
    clock,
    seed: options.seed,
    startsAt: clock.now(),
    publicUrl,
    preset: options.preset,
    switches: options.switches ?? {},
    practices: options.practices.map(({ code, practice, sandbox, groups = [] }) => ({
      code,
      name: practice,
      timeZone: TIME_ZONE,
      groups,
      ...sandbox,
    })),
  }
}

async function startPlatform(
  options: RigOptions,
  clock: Clock,
  network: Network,
  publicUrl: string,
) {
  const own = options.databaseUrl === undefined ? await ownDatabase() : undefined
  const url = options.databaseUrl ?? own?.url ?? ''
  const database = openDatabase({ url, clock })
  const platform = composePlatform({
    database,
    network: options.between?.(network) ?? network,
    clock,
    random: systemRandom(),
    log: options.log ?? silentLog,
    masterKey: systemRandom().bytes(32),
    instance: 'rig',
    console: options.console === true ? { folder: CONSOLE, files: diskFiles } : undefined,
    publicUrl,
    ...(options.sweep === undefined ? {} : { sweep: options.sweep }),
  })
  await platform.practices.createOrganization(HOME, 'Home')
  const created = await platform.practices.createApiKey(
    HOME,
    { name: 'rig', scopes: ['read', 'admin'] },
    'system',
  )
  return {
    platform,
    databaseUrl: url,
    key: created.text,
    close: async () => {
      await database.close()
      await own?.[Symbol.asyncDispose]()
    },
  }
}

/** What happens in the developer portal, before any practice may be connected. */
export function registerApp(
  sandbox: Sandbox,
  jwksUrl: string,
  activatedFor: readonly string[],
  overrides: JsonObject = {},
) {
  sandbox.operator.registerApp({
    clientId: CLIENT_ID,
    name: 'Chartway',
    jwksUrl,
    jwksAllowed: true,
    scopes: wantedScopes({ dialect: 'eclinicalworks', overrides }),
    activatedFor,
  })
}

/** What the developer portal and the practice's administrator do, and then our own side. */
async function connectAll(
  options: RigOptions,
  platform: Platform,
  sandbox: Sandbox,
  at: { readonly vendor: string; readonly ours: string },
): Promise<void> {
  registerApp(
    sandbox,
    `${at.ours}/jwks/${HOME}.json`,
    options.practices.map(({ code }) => code),
    // An app is one for bulk export, or it is none [D]: a rig's practices are all of a kind.
    options.practices.some(({ overrides }) => overrides?.bulk !== undefined) ? { bulk: {} } : {},
  )
  await platform.practices.rotateSigningKey(HOME, 'system')
  for (const { code, practice, overrides } of options.practices) {
    const id = practiceId(practice)
    if (id === undefined) throw new Error(`${practice} is no practice id`)
    await platform.practices.connect(
      HOME,
      {
        practice: id,
        name: practice,
        timeZone: TIME_ZONE,
        dialect: 'eclinicalworks',
        baseUrl: `${at.vendor}/fhir/r4/${code}`,
        clientId: CLIENT_ID,
        overrides: overrides ?? {},
      },
      'system',
    )
  }
}

/** The names of every collection the API says it serves. */
export async function collectionsOf({ get }: Pick<Rig, 'get'>): Promise<readonly string[]> {
  const { paths } = (await get('/openapi.json')) as unknown as {
    paths: Record<string, { get: { parameters: { name: string; schema: { enum?: string[] } }[] } }>
  }
  const parameter = paths['/v1/resources/{collection}']?.get.parameters.find(
    ({ name }) => name === 'collection',
  )
  if (parameter?.schema.enum === undefined) throw new Error('The API lists no collections')
  return parameter.schema.enum
}

/** Every resource of a practice that the API shows, as its items. */
export async function everything(
  rig: Pick<Rig, 'get' | 'all'>,
  practice: string,
): Promise<ApiBody[]> {
  const items: ApiBody[] = []
  for (const collection of await collectionsOf(rig))
    items.push(...(await rig.all(`/v1/resources/${collection}?practice=${practice}`)))
  return items
}

export async function allPages(
  get: (path: string) => Promise<ApiBody>,
  path: string,
): Promise<ApiBody[]> {
  const items: ApiBody[] = []
  let cursor = ''
  for (let page = 0; page < PAGES_MAX; page++) {
    const joint = path.includes('?') ? '&' : '?'
    const body = await get(`${path}${joint}limit=500${cursor}`)
    if (Array.isArray(body.items)) items.push(...body.items)
    if (typeof body.next !== 'string') return items
    cursor = `&cursor=${encodeURIComponent(body.next)}`
  }
  throw new Error(`${path} has more than ${PAGES_MAX} pages`)
}

export function parsed(path: string, status: number, body: string): ApiBody {
  if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${body.slice(0, 300)}`)
  return JSON.parse(body)
}

function home() {
  const id = organizationId('home')
  if (id === undefined) throw new Error('home is an organization id')
  return id
}
