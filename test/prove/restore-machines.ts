// The machines of `prove restore`: a vendor in this process, and installations as processes of their own,
// each with its data folder, its port and, where this one may choose, its own uid.

import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { chmod, chown, cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, systemRandom, wallSleep } from '@chartway/platform'
import { createSandbox, startListeners } from 'chartway-sandbox'
import pg from 'pg'
import { freePort } from '../free-port.ts'
import { ownServer } from '../own-database.ts'
import { type ApiBody, parsed } from '../rig.ts'

export const CODE = 'EFDCBA'
const MAIN = join(import.meta.dirname, '..', '..', 'platform', 'src', 'main.ts')
const READY_MS_MAX = 30_000
const COMMAND_MS_MAX = 120_000
/** Wall ms between two looks at a command that is to be cut short. */
const LOOK_MS = 2
/** An account of nearly every Unix that owns nothing here; a server's user must have a name. */
const STRANGER = /^daemon:[^:]*:(\d+):/m

/** What both programs are told of the time. */
export interface Times {
  readonly clock: Clock
  readonly epochMs: number
  readonly wallEpochMs: number
}

export async function startVendor(
  { clock, epochMs }: Times,
  options: { readonly seed: number; readonly patients: number },
) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const sandbox = createSandbox({
    clock,
    seed: options.seed,
    startsAt: epochMs,
    publicUrl: url,
    preset: 'tuesday',
    practices: [
      {
        kind: 'living',
        code: CODE,
        name: 'Riverside',
        timeZone: 'America/New_York',
        patients: options.patients,
        facilities: 2,
        providers: 4,
        lives: true,
      },
    ],
    fetchJwks: async (jwksUrl) => {
      try {
        const reply = await fetch(jwksUrl)
        return { status: reply.status, body: await reply.text() }
      } catch {
        return { status: 0, body: '' } // That installation is off.
      }
    },
  })
  const listeners = await startListeners({
    ...{ sandbox, clock, port, host: '127.0.0.1' },
    operatorPort: 0,
    operatorSecret: systemRandom().uuid(),
  })
  return { sandbox, url, close: () => listeners.close() }
}

/** A database server of its own, on which databases are made for who is no superuser. */
export async function startServer() {
  const server = await ownServer({ durable: true })
  const admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  await admin.query(`CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'keeper'`)
  return {
    /** Two addresses of a new database: of its owner, and of one who sees everything. */
    async database(name: string) {
      await admin.query(`CREATE DATABASE ${name} OWNER keeper`)
      const [owner, all] = [new URL(server.url), new URL(server.url)]
      owner.pathname = `/${name}`
      owner.username = 'keeper'
      owner.password = 'keeper'
      all.pathname = `/${name}`
      return { owner: owner.href, all: all.href }
    },
    async [Symbol.asyncDispose]() {
      await admin.end()
      await server[Symbol.asyncDispose]()
    },
  }
}

export interface Machine extends AsyncDisposable {
  readonly folder: string
  readonly url: string
  readonly uid: number | undefined
  serve(): Promise<void>
  /** As its operator would turn it off. */
  off(): Promise<void>
  /** Runs a command of the operator there; its exit status and the lines it printed as values. */
  command(...words: string[]): Promise<{ status: number; lines: ApiBody[]; errors: string }>
  /** Begins a command and ends it by force once `begun` holds. False when it had ended by itself. */
  cutShort(begun: () => Promise<boolean>, ...words: string[]): Promise<boolean>
  get(path: string): Promise<ApiBody>
  post(path: string, body?: object): Promise<{ status: number; body: ApiBody }>
  /** Where another program may leave things for it. */
  take(path: string, name: string): Promise<string>
}

export async function machine(
  times: Times,
  options: {
    readonly databaseUrl?: string
    readonly sweepMinutes: number
    /** Runs as another user than this process, where that can be. */
    readonly stranger?: boolean
  },
): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), 'chartway-machine-'))
  await chmod(folder, 0o711)
  const uid = options.stranger ? await strangerUid() : undefined
  if (uid !== undefined) await chown(folder, uid, uid)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const spawning = {
    cwd: folder,
    ...(uid === undefined ? {} : { uid, gid: uid }),
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      CHARTWAY_DATA: folder,
      CHARTWAY_PORT: String(port),
      CHARTWAY_TIME_SCALE: String(times.clock.factor),
      CHARTWAY_EPOCH: String(times.epochMs),
      CHARTWAY_WALL_EPOCH: String(times.wallEpochMs),
      CHARTWAY_SWEEP_MINUTES: String(options.sweepMinutes),
      ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
    },
  }
  let child: ChildProcess | undefined
  const headers = async () => {
    const { key } = JSON.parse(await readFile(join(folder, 'client.json'), 'utf8'))
    return { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  }
  const off = async () => {
    const ending = child
    child = undefined
    if (ending === undefined || ending.exitCode !== null) return
    const gone = new Promise((resolve) => ending.once('exit', resolve))
    ending.kill('SIGTERM')
    await gone
  }
  return {
    folder,
    url,
    uid,
    async serve() {
      child = spawn(process.execPath, ['--conditions=source', MAIN], {
        ...spawning,
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      await answers(`${url}/health`)
    },
    off,
    command: (...words) =>
      new Promise((resolve) => {
        const args = ['--conditions=source', MAIN, ...words, '--json']
        execFile(
          process.execPath,
          args,
          { ...spawning, timeout: COMMAND_MS_MAX, maxBuffer: 64 * 1_024 * 1_024 },
          (error, out, errors) =>
            resolve({
              status: error === null ? 0 : Number(error.code ?? 1),
              lines: out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])),
              errors,
            }),
        )
      }),
    async cutShort(begun, ...words) {
      const cut = spawn(process.execPath, ['--conditions=source', MAIN, ...words], {
        ...spawning,
        stdio: 'ignore',
      })
      const gone = new Promise((resolve) => cut.once('exit', resolve))
      while (cut.exitCode === null && !(await begun())) await wallSleep(LOOK_MS)
      const running = cut.exitCode === null && cut.kill('SIGKILL')
      await gone
      return running && cut.signalCode === 'SIGKILL'
    },
    async get(path) {
      const reply = await fetch(`${url}${path}`, { headers: await headers() })
      return parsed(path, reply.status, await reply.text())
    },
    async post(path, body = {}) {
      const given = { method: 'POST', headers: await headers(), body: JSON.stringify(body) }
      const reply = await fetch(`${url}${path}`, given)
      return { status: reply.status, body: JSON.parse(await reply.text()) }
    },
    async take(path, name) {
      const mine = join(folder, name)
      await cp(path, mine)
      if (uid !== undefined) await chown(mine, uid, uid)
      return mine
    },
    async [Symbol.asyncDispose]() {
      await off()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Whom this process may become, if that one can read the programs. */
async function strangerUid(): Promise<number | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const uid = Number(STRANGER.exec(await readFile('/etc/passwd', 'utf8'))?.[1])
  return Number.isSafeInteger(uid) && uid > 0 && canBe(uid) ? uid : undefined
}

function canBe(uid: number): boolean {
  const look = `require('fs').accessSync(${JSON.stringify(MAIN)}, 4)`
  return spawnSync(process.execPath, ['-e', look], { uid, gid: uid, cwd: '/' }).status === 0
}

async function answers(url: string): Promise<void> {
  for (const end = Date.now() + READY_MS_MAX; Date.now() < end; await wallSleep(50))
    try {
      if ((await fetch(url)).ok) return
    } catch {
      // Not listening yet.
    }
  throw new Error(`Nothing answers at ${url}`)
}
