// Tool calls of agents over HTTP: the MCP face beside the protocol library's own stateless server with
// the same tools over the same operations, each a process of its own, in turns in one run.

import { ownDatabase } from '../test/own-database.ts'
import { type BenchOptions, type BenchResult, median, rounded } from './bench-result.ts'
import { filled } from './filled.ts'
import { answersOf, CONNECTIONS, type Server, startServer } from './serving.ts'

/** Wanted: calls a second as a multiple of the library's server. */
const OF_LIBRARY_WANTED = 2.5
const KINDS = ['chartway', 'library'] as const
type Kind = (typeof KINDS)[number]
type Answers = Awaited<ReturnType<typeof answersOf>>

const CALL = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'changes_list', arguments: { limit: 5 } },
})

export async function run({ quick }: BenchOptions): Promise<BenchResult> {
  await using own = await ownDatabase()
  const { key, settings } = await filled(own)
  const servers = {
    chartway: await startServer({ kind: 'chartway', ...settings }),
    library: await startServer({ kind: 'mcp-library', ...settings }),
  }
  try {
    await prove(servers, key)
    return resultOf(
      await turns(servers, key, quick ? { rounds: 3, seconds: 4 } : { rounds: 7, seconds: 8 }),
    )
  } finally {
    for (const { child } of Object.values(servers)) child.kill()
  }
}

async function turns(
  servers: Readonly<Record<Kind, Server>>,
  key: string,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<readonly Readonly<Record<Kind, Answers>>[]> {
  const done: Record<Kind, Answers>[] = []
  // The first round warms up and is not counted; who goes first changes from round to round.
  for (let round = 0; round <= rounds; round++) {
    const took: Partial<Record<Kind, Answers>> = {}
    for (const kind of round % 2 === 0 ? KINDS : KINDS.toReversed())
      took[kind] = await answersOf(servers[kind], {
        headers: headersOf(key),
        requests: [{ method: 'POST', path: '/mcp', body: CALL }],
        seconds,
      })
    const { chartway, library } = took
    if (round > 0 && chartway !== undefined && library !== undefined)
      done.push({ chartway, library })
  }
  return done
}

function resultOf(rounds: readonly Readonly<Record<Kind, Answers>>[]): BenchResult {
  const ratios = rounds.map(({ chartway, library }) => chartway.perSecond / library.perSecond)
  const middle = (kind: Kind, figure: keyof Answers) =>
    rounded(median(rounds.map((round) => round[kind][figure])))
  const figures = {
    connections: CONNECTIONS,
    rounds: rounds.length,
    chartwayPerSecond: middle('chartway', 'perSecond'),
    chartwayP50Ms: middle('chartway', 'p50'),
    libraryPerSecond: middle('library', 'perSecond'),
    libraryP50Ms: middle('library', 'p50'),
    ofLibrary: rounded(median(ratios)),
    ofLibraryLeast: rounded(Math.min(...ratios)),
    ofLibraryMost: rounded(Math.max(...ratios)),
  }
  const ok = figures.ofLibrary >= OF_LIBRARY_WANTED
  return {
    name: 'mcp',
    ok,
    figures,
    lines: [
      `Tool calls a second, ${CONNECTIONS} connections: ${figures.chartwayPerSecond}, p50 ${figures.chartwayP50Ms} ms`,
      `The library's stateless server, same tools: ${figures.libraryPerSecond}, p50 ${figures.libraryP50Ms} ms`,
      `Of the library's: ${figures.ofLibrary} (${figures.ofLibraryLeast} to ${figures.ofLibraryMost} in ${figures.rounds} rounds), wanted ${OF_LIBRARY_WANTED}: ${ok ? 'reached' : 'missed'}`,
    ],
  }
}

function headersOf(key: string): Readonly<Record<string, string>> {
  return {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
}

/** Both give the same result, and neither without a key: else nothing is compared. */
async function prove(servers: Readonly<Record<Kind, Server>>, key: string): Promise<void> {
  const texts = new Set<string>()
  for (const { url } of Object.values(servers)) {
    const asked = { method: 'POST', body: CALL }
    const reply = await fetch(`${url}/mcp`, { ...asked, headers: headersOf(key) })
    const text = (await reply.text()).replace(/^[\s\S]*?data: /, '')
    const { result } = JSON.parse(text)
    texts.add(JSON.stringify(result.content).replaceAll(/ageSeconds\\":\d+/g, ''))
    const refused = await fetch(`${url}/mcp`, { ...asked, headers: headersOf('nonsense') })
    if (refused.status !== 401) throw new Error('A call without a key was answered')
  }
  if (texts.size !== 1) throw new Error('The two servers answer differently')
}
