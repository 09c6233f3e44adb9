// How many patient reads a CPU-second of the platform's process answers (key check, tenant scope and
// ledger included), beside a bare Fastify route with the same query, in turns on the same server.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  composePlatform,
  migrate,
  openDatabase,
  organizationId,
  practiceId,
  silentLog,
  startEmbedded,
  systemRandom,
  wallClock,
} from '@chartway/platform'
import autocannon from 'autocannon'
import type { ServerSettings, Told } from './api-server.ts'
import { type BenchOptions, type BenchResult, median, rounded } from './bench-result.ts'

/** Wanted: requests per CPU-second as a share of the bare route's. */
const OF_BARE_WANTED = 0.5
const CONNECTIONS = 32
const PATIENTS = 300
/** Below this many answers a round says nothing. */
const ANSWERS_MIN = 1_000

export async function run({ quick }: BenchOptions): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'chartway-bench-'))
  const server = await startEmbedded({
    folder: join(folder, 'db'),
    random: systemRandom(),
    log: silentLog,
    elsewhere: join(tmpdir(), 'chartway-bench-elsewhere'),
  })
  try {
    await migrate({ url: server.url, clock: wallClock() })
    const { key, settings } = await fill(server.url, folder)
    return await measure(
      settings,
      key,
      quick ? { rounds: 3, seconds: 4 } : { rounds: 7, seconds: 8 },
    )
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A practice whose patients were listed twice, so that they have a freshness like any others. */
async function fill(databaseUrl: string, folder: string) {
  const clock = wallClock()
  const random = systemRandom()
  const masterKey = random.bytes(32)
  const database = openDatabase({ url: databaseUrl, clock })
  const platform = composePlatform({
    ...{ database, clock, random, masterKey, log: silentLog, instance: 'bench' },
    publicUrl: 'http://127.0.0.1:7400',
    network: { send: () => Promise.reject(new Error('Nothing is sent in this benchmark')) },
  })
  const organization = organizationId('bench')
  const practice = practiceId('main')
  if (organization === undefined || practice === undefined) throw new Error('not an id')
  const { practices, mirror } = platform
  await practices.createOrganization(organization, 'Bench')
  await practices.connect(organization, { practice, ...CONNECTION }, 'bench')
  for (const askedAt of [clock.now() - 2_000, clock.now() - 1_000])
    await mirror.apply(
      { organization, practice },
      Array.from({ length: PATIENTS }, (_, index) => listing(index, Math.round(askedAt))),
    )
  const { text: key } = await practices.createApiKey(
    organization,
    { name: 'bench', scopes: ['read'] },
    'bench',
  )
  await platform.face.close()
  await database.close()
  const masterKeyHex = Buffer.from(masterKey).toString('hex')
  const logPath = join(folder, 'access.log')
  return { key, settings: { databaseUrl, organization, practice, masterKeyHex, logPath } }
}

const CONNECTION = {
  name: 'Main',
  timeZone: 'America/New_York',
  dialect: 'eclinicalworks',
  baseUrl: 'https://example.test/fhir/r4/FEIGCD',
  clientId: 'bench',
  overrides: {},
}

function listing(index: number, askedAt: number) {
  const id = patientId(index)
  const line = [`${index} Main Street`]
  const resource = {
    resourceType: 'Patient',
    id,
    active: true,
    name: [{ use: 'official', family: `Family${index}`, given: ['Ada', 'B'] }],
    telecom: [{ system: 'phone', value: `555-01${String(index).padStart(3, '0')}`, use: 'home' }],
    gender: 'female',
    birthDate: '1970-01-01',
    address: [{ use: 'home', line, city: 'Westborough', state: 'MA', postalCode: '01581' }],
    identifier: [{ use: 'usual', system: 'urn:oid:2.16.840.1.113883.4.391.1', value: id }],
  }
  const sightings = [{ resource, repairs: [], patientId: id }]
  const question = { pathway: 'fhir', search: 'Patient.one', subject: id, covers: ['Patient'] }
  return { ...question, askedAt, complete: true, sightings }
}

/** As the vendor's: 43 characters. */
function patientId(index: number): string {
  return `bench-${String(index).padStart(37, '0')}`
}

interface Round {
  /** Requests per CPU-second of the server's process. */
  readonly chartway: number
  readonly bare: number
}

async function measure(
  shared: Omit<ServerSettings, 'kind'>,
  key: string,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<BenchResult> {
  const servers = {
    chartway: await startServer({ kind: 'chartway', ...shared }),
    bare: await startServer({ kind: 'bare', ...shared }),
  }
  try {
    await prove(servers, key)
    const done: Round[] = []
    // The first round warms up and is not counted; who goes first changes from round to round.
    for (let round = 0; round <= rounds; round++) {
      const order =
        round % 2 === 0 ? (['chartway', 'bare'] as const) : (['bare', 'chartway'] as const)
      const took = { chartway: 0, bare: 0 }
      for (const kind of order) took[kind] = await perCpuSecond(servers[kind], key, seconds)
      if (round > 0) done.push(took)
    }
    return resultOf(done)
  } finally {
    for (const { child } of Object.values(servers)) child.kill()
  }
}

function resultOf(rounds: readonly Round[]): BenchResult {
  const ratios = rounds.map(({ chartway, bare }) => chartway / bare)
  const figures = {
    connections: CONNECTIONS,
    rounds: rounds.length,
    chartwayPerCpuSecond: rounded(median(rounds.map(({ chartway }) => chartway))),
    barePerCpuSecond: rounded(median(rounds.map(({ bare }) => bare))),
    ofBare: rounded(median(ratios)),
    ofBareLeast: rounded(Math.min(...ratios)),
    ofBareMost: rounded(Math.max(...ratios)),
  }
  const ok = figures.ofBare >= OF_BARE_WANTED
  return {
    name: 'api',
    ok,
    figures,
    lines: [
      `Patient reads per CPU-second, ${CONNECTIONS} connections: ${figures.chartwayPerCpuSecond}`,
      `A bare Fastify route with the same query: ${figures.barePerCpuSecond}`,
      `Of bare: ${figures.ofBare} (${figures.ofBareLeast} to ${figures.ofBareMost} in ${rounds.length} rounds), wanted ${OF_BARE_WANTED}: ${ok ? 'reached' : 'missed'}`,
    ],
  }
}

interface Server {
  readonly child: ChildProcess
  readonly url: string
}

async function startServer(settings: ServerSettings): Promise<Server> {
  const child = fork(new URL('api-server.ts', import.meta.url), [JSON.stringify(settings)], {
    execArgv: ['--conditions=source'],
  })
  const told = await next(child)
  if (told.kind !== 'listening') throw new Error('The server did not begin by listening')
  return { child, url: told.url }
}

/** The server's next word; throws when it ends instead. */
async function next(child: ChildProcess): Promise<Told> {
  const over = new AbortController()
  const ended = once(child, 'exit', { signal: over.signal }).then(() => {
    throw new Error('A server of the benchmark has ended')
  })
  const [told] = await Promise.race([once(child, 'message', { signal: over.signal }), ended])
  ended.catch(() => undefined)
  over.abort()
  return told
}

async function cpuSeconds({ child }: Server): Promise<number> {
  const answer = next(child)
  child.send('cpu')
  const told = await answer
  if (told.kind !== 'cpu') throw new Error('The server did not say its CPU time')
  return told.seconds
}

/** Both answer the same patient, and Chartway nobody without a key: else nothing is compared. */
async function prove(servers: Readonly<Record<'chartway' | 'bare', Server>>, key: string) {
  const path = `/v1/resources/patients/${patientId(7)}`
  const headers = { authorization: `Bearer ${key}` }
  const ours: unknown = await (await fetch(`${servers.chartway.url}${path}`, { headers })).json()
  const plain: unknown = await (await fetch(`${servers.bare.url}${path}`)).json()
  const resource = typeof ours === 'object' && ours !== null && 'resource' in ours && ours.resource
  if (JSON.stringify(resource) !== JSON.stringify(plain))
    throw new Error('The two servers answer differently')
  const refused = await fetch(`${servers.chartway.url}${path}`)
  if (refused.status !== 401) throw new Error('A read without a key was answered')
}

async function perCpuSecond(server: Server, key: string, seconds: number): Promise<number> {
  const before = await cpuSeconds(server)
  const answered = await autocannon({
    url: server.url,
    connections: CONNECTIONS,
    duration: seconds,
    headers: { authorization: `Bearer ${key}` },
    requests: Array.from({ length: PATIENTS }, (_, index) => ({
      path: `/v1/resources/patients/${patientId(index)}`,
    })),
  })
  const spent = (await cpuSeconds(server)) - before
  const failed = answered.non2xx + answered.errors + answered.timeouts
  if (failed > 0) throw new Error(`${failed} of the reads failed`)
  if (answered['2xx'] < ANSWERS_MIN) throw new Error(`Only ${answered['2xx']} reads were answered`)
  return answered['2xx'] / spent
}
