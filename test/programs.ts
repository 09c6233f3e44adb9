// Starts our programs as real processes for a test: what they print, how they end, and the folders they
// leave. It ends only what it started.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endOrphan } from '../platform/src/db/orphan.ts'
import { wallSleep } from '../platform/src/kernel/clock.ts'

const ROOT = join(import.meta.dirname, '..')
export const MAINS = {
  platform: join(ROOT, 'platform', 'src', 'main.ts'),
  sandbox: join(ROOT, 'sandbox', 'src', 'main.ts'),
  start: join(ROOT, 'scripts', 'start.ts'),
} as const

const LOOK_MS = 20
const WAIT_MS_MAX = 20_000
const STOP_MS_MAX = 10_000

export interface Program {
  readonly pid: number
  /** Everything printed so far. */
  out(): string
  err(): string
  /** Waits until it has printed something; throws with what it said when it ends before. */
  printed(wanted: RegExp): Promise<RegExpExecArray>
  /** Waits until it has ended by itself; its exit status. */
  ended(): Promise<number | null>
  /** As a power cut would end it. Gives it time for nothing. */
  kill(): Promise<void>
  /** As Ctrl-C would; killed when it does not end. */
  stop(): Promise<number | null>
}

export function program(
  name: keyof typeof MAINS,
  given: {
    readonly args?: readonly string[]
    readonly environment?: Readonly<Record<string, string>>
    readonly folder?: string
  } = {},
): Program {
  const { args = [], environment = {}, folder = tmpdir() } = given
  const child = spawn(process.execPath, ['--conditions=source', MAINS[name], ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString()
  })
  const gone = once(child, 'exit')
  return {
    pid: child.pid ?? 0,
    out: () => said.out,
    err: () => said.err,
    printed: (wanted) => printed(child, said, wanted),
    ended: async () => {
      await within(gone, WAIT_MS_MAX, () => `It does not end. It said: ${said.out}${said.err}`)
      return child.exitCode
    },
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
    stop: async () => {
      if (hasEnded(child)) return child.exitCode
      child.kill('SIGINT')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
      await gone
      clearTimeout(late)
      return child.exitCode
    },
  }
}

async function printed(
  child: ChildProcess,
  said: { readonly out: string; readonly err: string },
  wanted: RegExp,
): Promise<RegExpExecArray> {
  for (let waited = 0; waited < WAIT_MS_MAX; waited += LOOK_MS) {
    const found = wanted.exec(said.out) ?? wanted.exec(said.err)
    if (found !== null) return found
    if (hasEnded(child)) break
    await wallSleep(LOOK_MS)
  }
  throw new Error(`It did not print ${wanted}. It said: ${said.out}${said.err}`)
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function within<T>(work: Promise<T>, ms: number, words: () => string): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(words())), ms)
    work.then(resolve, reject).finally(() => clearTimeout(late))
  })
}

export interface DataFolder extends AsyncDisposable {
  readonly path: string
}

/** A data folder; disposing of it ends the database server that a killed platform left on it. */
export async function dataFolder(): Promise<DataFolder> {
  const path = await mkdtemp(join(tmpdir(), 'chartway-program-'))
  // As root, the server runs as another uid, which must be able to walk to its files.
  await chmod(path, 0o711)
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await endOrphan(join(path, 'database', 'cluster'))
      await rm(path, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

/** Something else that listens on a port. */
export async function occupiedPort(): Promise<AsyncDisposable & { readonly port: number }> {
  // Takes connections and answers nothing; what is not read would never be seen to end.
  const server = createServer((socket) => socket.resume())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return {
    port: address.port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
