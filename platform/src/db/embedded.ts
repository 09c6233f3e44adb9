// The PostgreSQL that comes with Chartway: made, started and stopped as a child on one data folder, for
// one machine only (unix socket or loopback, its OpenSSL is old). Not used when DATABASE_URL is set.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmod, chown, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { wallSleep } from '../kernel/clock.ts'
import { ChartwayError } from '../kernel/errors.ts'
import { diskFiles, type FolderLock } from '../kernel/files.ts'
import type { Log } from '../kernel/log.ts'
import type { Random } from '../kernel/random.ts'
import { isReachable, prepareBinaries } from './binaries.ts'
import { endOrphan, stopServer } from './orphan.ts'

export interface Embedded {
  /** Of the database `chartway`, as its owner; holds the password, so it is not for logs. */
  readonly url: string
  readonly pid: number
  /** Resolves when the server has ended, wanted or not. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** Made when missing; holds nothing else. */
  readonly folder: string
  readonly random: Random
  readonly log: Log
  /** Listens on this loopback port instead of a unix socket. */
  readonly port?: number
  /** False for tests alone: a power cut may then lose or break everything. */
  readonly durable?: boolean
  /** Where the cluster goes when root's `folder` cannot be reached by the server's own uid. */
  readonly elsewhere?: string
  readonly packageFolder?: string
}

const OWNER = 'chartway'
export const DATABASE = 'chartway'
const ELSEWHERE = '/var/lib/chartway'
/** `nobody` where the system does not say; PostgreSQL refuses to run as root. */
const NOBODY: Account = { uid: 65_534, gid: 65_534 }
/** The shortest limit of the systems served (104 bytes with the final NUL on macOS). */
const SOCKET_PATH_BYTES_MAX = 103
const START_MS_MAX = 60_000
const LOOK_MS = 25
const INITDB_MS_MAX = 60_000
const CONNECTIONS_MAX = 100

interface Account {
  readonly uid: number
  readonly gid: number
}

/** Where things of one embedded server are. */
interface Place {
  readonly home: string
  readonly cluster: string
  readonly account: Account | undefined
}

/**
 * Starts the server of a data folder, making its cluster the first time. Ends the server a killed
 * Chartway left on it. Throws DATA_FOLDER_IN_USE when another Chartway runs there,
 * DATABASE_NOT_EMBEDDED and DATABASE_START_FAILED.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  await makeFolder(options.folder)
  const lock = await diskFiles.lock(options.folder)
  try {
    return await startLocked(options, lock)
  } catch (thrown) {
    await lock.release()
    throw thrown
  }
}

async function startLocked(options: EmbeddedOptions, lock: FolderLock): Promise<Embedded> {
  const { log, random } = options
  const place = await findPlace(options)
  const binaries = await prepareBinaries({
    cache: place.home,
    uid: place.account?.uid,
    ...(options.packageFolder === undefined ? {} : { packageFolder: options.packageFolder }),
  })
  const password = await readPassword(place.home, random)
  await makeCluster(place, binaries.folder, password)
  if ((await endOrphan(place.cluster)) === 'stopped') log.write('warn', 'database.orphan-stopped')
  const address = await chooseAddress(place, options.port)
  const logPath = join(place.home, 'server.log')
  const child = await launch(place, binaries.folder, address, logPath, options.durable ?? true)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      log.write('info', 'database.ended')
      resolve()
    })
  })
  const url = (database: string) => urlOf(address, password, database)
  try {
    await makeDatabase(child, url('postgres'), logPath)
  } catch (thrown) {
    if (child.exitCode === null) child.kill('SIGQUIT')
    throw thrown
  }
  log.write('info', 'database.started', { version: binaries.version })
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null) await stopServer(child.pid)
    await ended
    await lock.release()
  }
  let stopping: Promise<void> | undefined
  return {
    url: url(DATABASE),
    pid: child.pid ?? 0,
    ended,
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}

/** As root, the server runs as somebody else, who must be able to walk to its files. */
async function findPlace(options: EmbeddedOptions): Promise<Place> {
  const folder = await realpath(options.folder)
  if (process.getuid?.() !== 0) {
    return { home: folder, cluster: join(folder, 'cluster'), account: undefined }
  }
  const account = await unprivilegedAccount()
  if (await isReachable(folder, account.uid)) {
    return { home: folder, cluster: join(folder, 'cluster'), account }
  }
  // The folder says where its cluster is: deleted, it is forgotten, and moved, it is still found.
  const pointer = join(folder, 'location.txt')
  const known = (await diskFiles.readText(pointer))?.trim()
  const home = known ?? join(options.elsewhere ?? ELSEWHERE, options.random.uuid())
  await makeFolder(home)
  if (!(await isReachable(home, account.uid))) {
    throw new ChartwayError('DATABASE_START_FAILED', {
      details: { reason: 'the folder cannot be reached by the uid of the server', folder: home },
    })
  }
  if (known === undefined) await diskFiles.writeText(pointer, `${home}\n`)
  return { home, cluster: join(home, 'cluster'), account }
}

/** Folders that root makes let the server's uid walk through, whatever the umask. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined || process.getuid?.() !== 0) return
  for (let made = resolve(path); made.length >= first.length; made = dirname(made)) {
    await chmod(made, 0o711)
  }
}

async function unprivilegedAccount(): Promise<Account> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const fields = users
    .split('\n')
    .find((line) => line.startsWith('nobody:'))
    ?.split(':')
  const uid = Number(fields?.[2])
  const gid = Number(fields?.[3])
  return Number.isSafeInteger(uid) && uid > 0 && Number.isSafeInteger(gid) ? { uid, gid } : NOBODY
}

async function readPassword(home: string, random: Random): Promise<string> {
  const path = join(home, 'password')
  const known = await diskFiles.readText(path)
  if (known !== undefined) return known.trim()
  const made = Buffer.from(random.bytes(24)).toString('base64url')
  await diskFiles.writeText(path, `${made}\n`)
  return made
}

/** Made beside its final name, so that a start that was killed in the middle leaves no half cluster. */
async function makeCluster(place: Place, binaries: string, password: string): Promise<void> {
  if ((await diskFiles.readText(join(place.cluster, 'PG_VERSION'))) !== undefined) return
  const draft = `${place.cluster}.draft`
  const passwordFile = join(place.home, 'initdb.password')
  await rm(draft, { recursive: true, force: true })
  await giveFolder(draft, place.account)
  await diskFiles.writeText(passwordFile, `${password}\n`)
  if (place.account) await chown(passwordFile, place.account.uid, place.account.gid)
  try {
    await promisify(execFile)(
      join(binaries, 'bin', 'initdb'),
      // biome-ignore format: one option per line reads worse than pairs
      ['-D', draft, '-U', OWNER, '--encoding=UTF8', '--locale=C', '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`, '--no-instructions'],
      { ...childOptions(place, binaries), timeout: INITDB_MS_MAX },
    )
  } catch (cause) {
    throw new ChartwayError('DATABASE_START_FAILED', { details: { reason: 'initdb' }, cause })
  } finally {
    await rm(passwordFile, { force: true })
  }
  await rename(draft, place.cluster)
}

async function giveFolder(path: string, account: Account | undefined): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  if (account && (await stat(path)).uid !== account.uid) {
    await chown(path, account.uid, account.gid)
  }
}

type Address = { readonly socket: string } | { readonly port: number }

/** A socket in a folder only the server's uid (and root) may enter; loopback where that cannot be. */
async function chooseAddress(place: Place, port: number | undefined): Promise<Address> {
  if (port !== undefined) return { port }
  const socket = join(place.home, 'socket')
  const bytes = Buffer.byteLength(join(socket, '.s.PGSQL.5432'))
  if (process.platform === 'win32' || bytes > SOCKET_PATH_BYTES_MAX)
    return { port: await freePort() }
  await giveFolder(socket, place.account)
  return { socket }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function launch(
  place: Place,
  binaries: string,
  address: Address,
  logPath: string,
  durable: boolean,
): Promise<ChildProcess> {
  // A file and not a pipe: the server may outlive a killed Chartway, and still has something to say.
  const output = await open(logPath, 'w', 0o600)
  try {
    const child = spawn(
      join(binaries, 'bin', 'postgres'),
      ['-D', place.cluster, ...settings(address, durable).flatMap((setting) => ['-c', setting])],
      {
        ...childOptions(place, binaries),
        // Of its own process group: Ctrl-C is for Chartway, which stops the server when it is done.
        detached: true,
        stdio: ['ignore', output.fd, output.fd],
      },
    )
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    child.unref()
    return child
  } catch (cause) {
    throw new ChartwayError('DATABASE_START_FAILED', { details: { reason: 'spawn' }, cause })
  } finally {
    await output.close()
  }
}

function settings(address: Address, durable: boolean): readonly string[] {
  const listen =
    'socket' in address
      ? ['listen_addresses=', `unix_socket_directories=${address.socket}`, 'port=5432']
      : ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${address.port}`]
  return [
    ...listen,
    `max_connections=${CONNECTIONS_MAX}`,
    'shared_buffers=128MB',
    'jit=off',
    'timezone=UTC',
    'log_timezone=UTC',
    // The server's log must hold no values: neither statements nor the DETAIL of an error.
    'log_min_error_statement=panic',
    'log_error_verbosity=terse',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ]
}

function childOptions(place: Place, binaries: string) {
  return {
    cwd: place.home,
    env: { LC_ALL: 'C', LD_LIBRARY_PATH: join(binaries, 'lib'), PATH: join(binaries, 'bin') },
    ...(place.account ?? {}),
  }
}

export function urlOf(address: Address, password: string, database: string): string {
  const at = 'socket' in address ? `?host=${encodeURIComponent(address.socket)}` : ''
  const host = 'socket' in address ? 'localhost:5432' : `127.0.0.1:${address.port}`
  return `postgresql://${OWNER}:${password}@${host}/${database}${at}`
}

/** Waits until the server answers, and makes the database the first time. */
async function makeDatabase(child: ChildProcess, url: string, logPath: string): Promise<void> {
  const failed = (reason: string, cause?: unknown) =>
    new ChartwayError('DATABASE_START_FAILED', { details: { reason, log: logPath }, cause })
  let last: unknown
  for (let waited = 0; waited < START_MS_MAX; waited += LOOK_MS) {
    if (child.exitCode !== null || child.signalCode !== null) throw failed('it ended', last)
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: START_MS_MAX })
    client.on('error', () => {})
    try {
      await client.connect()
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [
        DATABASE,
      ])
      if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`)
      return
    } catch (thrown) {
      last = thrown
      await wallSleep(LOOK_MS)
    } finally {
      await client.end().catch(() => {})
    }
  }
  throw failed('it did not answer in time', last)
}
