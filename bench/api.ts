// How many patient reads a CPU-second of the platform's process answers (key check, tenant scope and
// ledger included), beside a bare Fastify route with the same query, in turns on the same server.

import { ownDatabase } from '../test/own-database.ts'
import type { ServerSettings } from './api-server.ts'
import { type BenchOptions, type BenchResult, median, rounded } from './bench-result.ts'
import { filled, PATIENTS, patientId } from './filled.ts'
import { answersOf, CONNECTIONS, type Server, startServer } from './serving.ts'

/** Wanted: requests per CPU-second as a share of the bare route's. */
const OF_BARE_WANTED = 0.5

export async function run({ quick }: BenchOptions): Promise<BenchResult> {
  await using own = await ownDatabase()
  const { key, settings } = await filled(own)
  return await measure(settings, key, quick ? { rounds: 3, seconds: 4 } : { rounds: 7, seconds: 8 })
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
  const answers = await answersOf(server, {
    headers: { authorization: `Bearer ${key}` },
    requests: Array.from({ length: PATIENTS }, (_, index) => ({
      path: `/v1/resources/patients/${patientId(index)}`,
    })),
    seconds,
  })
  return answers.perCpuSecond
}
