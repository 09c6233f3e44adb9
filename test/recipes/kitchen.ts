// Where the recipes are tried: a practice in the sandbox, an installation that mirrors it over sockets,
// and pretend systems on the other side that keep what they are sent. The recipes run as programs of
// their own; what is true is asked of the sandbox alone.

import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { createClient } from '@chartway/client'
import type { Resource } from '@chartway/codecs/fhir'
import { wallSleep } from '@chartway/platform'
import type { Cause } from 'chartway-sandbox'
import { type TestDatabase, testDatabase } from '../database.ts'
import { type RigOptions, socketRig } from '../rig.ts'

export const CODE = 'JAFJCD'
export const PRACTICE = 'elm'
const RECIPES = join(import.meta.dirname, '..', '..', 'recipes')
const MINUTE_MS = 60_000
/** Vendor seconds per wall second. */
const TIME_SCALE = 300
const FIRST_SYNC_MS = 90_000
const UNTIL_MS_MAX = 40_000
const PROGRAM_MS_MAX = 60_000

const OPTIONS: RigOptions = {
  seed: 7,
  preset: 'calm',
  practices: [
    {
      ...{ code: CODE, practice: PRACTICE },
      sandbox: { kind: 'living', patients: 8, facilities: 1, providers: 2, lives: false },
    },
  ],
  sweep: { chartIntervalMs: 3 * MINUTE_MS, rosterIntervalMs: 30 * MINUTE_MS },
}

export type Kitchen = Awaited<ReturnType<typeof openKitchen>>

export async function openKitchen() {
  const held: TestDatabase = await testDatabase()
  const rig = await socketRig({ ...OPTIONS, databaseUrl: held.url, timeScale: TIME_SCALE })
  await rig.firstSync(PRACTICE, FIRST_SYNC_MS)
  const { world } = rig.sandbox.operator
  const view = () => {
    world.advanceTo(rig.sandbox.now())
    const practice = world.practice(CODE)
    if (practice === undefined) throw new Error('The practice is not there')
    return practice
  }
  const { text: key } = await createClient({ url: rig.url, key: rig.key }).call('keys.create', {
    ...{ name: 'recipes', scopes: ['read', 'sensitive'] },
  })
  return {
    rig,
    /** Sees everything that the installation has. */
    client: createClient({ url: rig.url, key }),
    /** With a key that sees everything. */
    environment: { CHARTWAY_URL: rig.url, CHARTWAY_KEY: key },
    /** With one that sees no restricted records. */
    restricted: { CHARTWAY_URL: rig.url, CHARTWAY_KEY: rig.key },
    /** What is true and visible now. */
    records: (type: string): Resource[] => [...view().list(type, rig.sandbox.now())],
    put: (resource: Resource, cause: Cause) => world.put(CODE, resource, cause),
    remove: (type: string, id: string) => world.remove(CODE, type, id, 'deletion'),
    ledgerAfter: (sequence: number) => [...world.ledger(sequence)],
    close: async () => {
      await rig[Symbol.asyncDispose]()
      await held.close()
    },
  }
}

/** Asks until it holds; throws with `what` when it does not for long. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  wallMsMax: number = UNTIL_MS_MAX,
): Promise<void> {
  for (const end = Date.now() + wallMsMax; Date.now() < end; await wallSleep(50))
    if (await holds()) return
  throw new Error(`It does not come to be: ${what}`)
}

export interface Cooking {
  readonly done: Promise<{ readonly code: number | null; readonly out: string }>
  out(): string
  /** As a power cut would end it. */
  kill(): Promise<void>
}

/** Starts a recipe as whoever installs it would. */
export function cook(
  recipe: string,
  given: {
    readonly environment: Readonly<Record<string, string>>
    readonly args?: readonly string[]
    readonly file?: string
  },
): Cooking {
  const { environment, args = [], file = 'main.ts' } = given
  const child = spawn(
    process.execPath,
    ['--conditions=source', join(RECIPES, recipe, file), ...args],
    { env: { PATH: process.env.PATH ?? '', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let out = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => {
      out += part.toString()
    })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const late = setTimeout(() => child.kill('SIGKILL'), PROGRAM_MS_MAX)
  return {
    done: ended.then((code) => {
      clearTimeout(late)
      return { code, out }
    }),
    out: () => out,
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

interface Entry {
  readonly id: string
  readonly [name: string]: unknown
}

/** A system of somebody else's that keeps entries by id, and counts how it was written to. */
export async function pretendSystem() {
  const entries = new Map<string, Entry>()
  const writes: string[] = []
  const accepted: string[] = []
  let broken = 0
  let silent = false
  const server = createServer((request, response) => {
    void served(request, response).catch(() => response.destroy())
  })
  async function served(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = new URL(request.url ?? '/', 'http://pretend')
    const id = decodeURIComponent(address.pathname.split('/')[2] ?? '')
    let body = ''
    for await (const part of request) body += String(part)
    if (broken > 0 && request.method !== 'GET') {
      broken -= 1
      response.writeHead(500).end()
      return
    }
    if (request.method !== 'GET') writes.push(`${request.method} ${id}`)
    const [status, answer] = answered(request, { id, body, query: address.searchParams })
    if (status === 200 && request.method !== 'GET') accepted.push(id)
    if (silent && request.method !== 'GET') return
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(answer === undefined ? undefined : JSON.stringify(answer))
  }
  function answered(
    { method, headers }: IncomingMessage,
    { id, body, query }: { id: string; body: string; query: URLSearchParams },
  ): readonly [number, unknown?] {
    if (method === 'PUT') {
      if (headers['if-none-match'] === '*' && entries.has(id)) return [412]
      entries.set(id, JSON.parse(body))
      return [200, entries.get(id)]
    }
    if (method === 'DELETE') return [entries.delete(id) ? 204 : 404]
    if (id !== '') return entries.has(id) ? [200, entries.get(id)] : [404]
    const [from, to] = [query.get('from') ?? '', query.get('to') ?? '~']
    return [
      200,
      [...entries.values()].filter(({ day }) => String(day) >= from && String(day) <= to),
    ]
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    entries,
    writes,
    /** Ids of the writes that changed something, in order. */
    accepted,
    /** Takes writes and answers none, as when the line breaks after they arrived. */
    setSilent: (wanted: boolean) => {
      silent = wanted
    },
    /** Answers so many writes with 500. */
    breakFor: (count: number) => {
      broken = count
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
