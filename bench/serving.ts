// Starts a benchmark's servers as processes of their own and counts what they answer per CPU-second.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import autocannon from 'autocannon'
import type { ServerSettings, Told } from './api-server.ts'

export const CONNECTIONS = 32
/** Below this many answers a round says nothing. */
const ANSWERS_MIN = 200

/** One of the two servers that a reading benchmark compares. */
export interface Server {
  readonly child: ChildProcess
  readonly url: string
}

export async function startServer(settings: ServerSettings): Promise<Server> {
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

export interface Load {
  readonly requests: readonly autocannon.Request[]
  readonly headers: Readonly<Record<string, string>>
  readonly seconds: number
}

/** Answers per CPU-second of the server, answers per second, and the median latency in ms. */
export async function answersOf(
  server: Server,
  { requests, headers, seconds }: Load,
): Promise<{ readonly perCpuSecond: number; readonly perSecond: number; readonly p50: number }> {
  const before = await cpuSeconds(server)
  const answered = await autocannon({
    url: server.url,
    connections: CONNECTIONS,
    duration: seconds,
    headers: { ...headers },
    requests: [...requests],
  })
  const spent = (await cpuSeconds(server)) - before
  const failed = answered.non2xx + answered.errors + answered.timeouts
  if (failed > 0) throw new Error(`${failed} of the requests failed`)
  if (answered['2xx'] < ANSWERS_MIN) throw new Error(`Only ${answered['2xx']} were answered`)
  return {
    perCpuSecond: answered['2xx'] / spent,
    perSecond: answered['2xx'] / answered.duration,
    p50: answered.latency.p50,
  }
}
