// The platform as a process: reads the environment, opens the database, serves the API and keeps the
// mirrors fresh until it is told to stop; or, with words, does one thing for its operator.

import { mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { type BackupPorts, keepBackups, newestBackup } from './backup/index.ts'
import { type Installation, type OpenedPlace, runCommand, USAGE } from './commands/index.ts'
import { composePlatform, type Platform } from './compose.ts'
import {
  type Config,
  openMasterKey,
  readEnvironment,
  readMasterKey,
  toldSettings,
} from './config.ts'
import {
  attachEmbedded,
  type Database,
  type Embedded,
  migrate,
  openDatabase,
  startEmbedded,
} from './db/index.ts'
import { listenMetrics } from './faces/metrics/index.ts'
import { type Clock, scaledClock, wallClock } from './kernel/clock.ts'
import { ChartwayError, explain } from './kernel/errors.ts'
import { diskStreams } from './kernel/file-streams.ts'
import { diskFiles } from './kernel/files.ts'
import { type Log, silentLog } from './kernel/log.ts'
import type { Network } from './kernel/network.ts'
import { fileLog } from './kernel/pino-log.ts'
import { type Random, systemRandom } from './kernel/random.ts'
import { listenTls } from './kernel/tls-listener.ts'
import { undiciNetwork } from './kernel/undici-network.ts'
import { ownVersion } from './kernel/version.ts'
import { inviteFirstAdministrator } from './people/index.ts'
import { prepareFirstUse } from './practice/index.ts'
import { commandPager, createWatch, samplesOf, type Watch, webPager } from './watch/index.ts'

/** Where the build of the console stands in a checkout, seen from the sources and from their build. */
const CONSOLE = join(import.meta.dirname, '..', '..', 'console', 'dist')

process.exitCode = await main()

async function main(): Promise<number> {
  try {
    const config = readEnvironment(wallClock().now())
    const words = process.argv.slice(2).filter((word) => word !== '--exit-with-parent')
    if (words.length === 0) await serve(config, untilStopped())
    else if (!(await runCommand(words, ({ json }) => installation(config, json)))) {
      process.stderr.write(USAGE)
      return 2
    }
    return 0
  } catch (error) {
    process.stderr.write(`${inWords(error)}\n`)
    return 1
  } finally {
    // A parent that lives on would keep this end of the pipe, and with it the process, open.
    process.stdin.destroy()
  }
}

async function serve(config: Config, stopped: Promise<void>): Promise<void> {
  await mkdir(config.dataFolder, { recursive: true })
  const log = fileLog(config.log)
  const random = systemRandom()
  const clock = scaledClock(config.clock)
  const { database, embedded, url } = await openData(config, { clock, random, log })
  const masterKey = await openMasterKey(config, { files: diskFiles, random })
  const network = undiciNetwork()
  const platform = composePlatform({
    database,
    network,
    clock,
    wall: wallClock(),
    random,
    log,
    masterKey,
    publicUrl: config.publicUrl,
    console: { folder: CONSOLE, files: diskFiles },
    sweep: { chartIntervalMs: config.sweepMinutes * 60_000 },
    requestsAMinute: config.requestsAMinute,
    instance: embedded === undefined ? `${hostname()}:${config.port}` : 'embedded',
  })
  const stop = new AbortController()
  const backup = { url, clock, random, log, masterKey, files: diskStreams, version: ownVersion() }
  let listener: AsyncDisposable | undefined
  let tended: Tended | undefined
  try {
    await prepareFirstUse({
      practices: platform.practices,
      files: diskFiles,
      dataFolder: config.dataFolder,
      publicUrl: config.publicUrl,
      ownDatabase: embedded !== undefined,
    })
    const setUp = await inviteFirstAdministrator({
      people: platform.people,
      practices: platform.practices,
      files: diskFiles,
      dataFolder: config.dataFolder,
      publicUrl: config.publicUrl,
    })
    listener = await listen(platform, config)
    tended = await tend(config, { platform, network, backup }, stop.signal)
    log.write('info', 'platform.listening', { port: config.port })
    process.stdout.write(`Chartway answers at ${config.publicUrl}\n`)
    if (setUp !== undefined) process.stdout.write(`First administrator, once: ${setUp}\n`)
    const syncing = platform.sync.run(stop.signal)
    const lost = embedded?.ended.then(async () => {
      if (stop.signal.aborted) return
      await tended?.watch.lastWords({ kind: 'database-lost' })
      throw new ChartwayError('DATABASE_UNREACHABLE')
    })
    await Promise.race([stopped, syncing, ...(lost === undefined ? [] : [lost])])
    stop.abort(new Error('The platform is stopping'))
    await syncing
  } finally {
    stop.abort(new Error('The platform is stopping'))
    await tended?.[Symbol.asyncDispose]()
    await listener?.[Symbol.asyncDispose]()
    await platform.face.close()
    await network.close()
    await database.close()
    await embedded?.stop()
  }
}

async function openData(
  config: Config,
  ports: { readonly clock: Clock; readonly random: Random; readonly log: Log },
): Promise<{ database: Database; embedded: Embedded | undefined; url: string }> {
  const embedded =
    config.databaseUrl === undefined
      ? await startEmbedded({ folder: join(config.dataFolder, 'database'), ...ports })
      : undefined
  const url = config.databaseUrl ?? embedded?.url ?? ''
  try {
    await migrate({ url, clock: ports.clock })
    return { database: openDatabase({ url, clock: ports.clock }), embedded, url }
  } catch (error) {
    await embedded?.stop()
    throw error
  }
}

/** What a command works on; unlike serving, it makes neither a key nor a schema. */
async function installation(config: Config, json: boolean): Promise<Installation> {
  const [clock, random] = [scaledClock(config.clock), systemRandom()]
  return {
    ...{ clock, random, dataFolder: config.dataFolder, logPath: config.log.path },
    settings: toldSettings(config),
    machine: { node: process.version, platform: process.platform, arch: process.arch },
    files: diskFiles,
    streams: diskStreams,
    version: ownVersion(),
    path: (written) => resolve(written),
    place: ({ own }) => openPlace(config, { clock, random, own }),
    database: (url) => openDatabase({ url, clock, poolMax: 2 }),
    masterKey: () => readMasterKey(config, diskFiles),
    say: (line, value) => process.stdout.write(`${json ? JSON.stringify(value) : line}\n`),
  }
}

async function openPlace(
  config: Config,
  ports: { readonly clock: Clock; readonly random: Random; readonly own: boolean },
): Promise<OpenedPlace> {
  if (config.databaseUrl !== undefined)
    return { url: config.databaseUrl, close: () => Promise.resolve() }
  await mkdir(config.dataFolder, { recursive: true })
  const folder = join(config.dataFolder, 'database')
  try {
    const started = await startEmbedded({ folder, random: ports.random, log: silentLog })
    return { url: started.url, close: () => started.stop() }
  } catch (thrown) {
    const inUse = thrown instanceof ChartwayError && thrown.code === 'DATA_FOLDER_IN_USE'
    const url = inUse && !ports.own ? await attachEmbedded(folder) : undefined
    if (url === undefined) throw thrown
    return { url, close: () => Promise.resolve() }
  }
}

/** Listens in the clear or, with a certificate, encrypted; SIGHUP reads the certificate again. */
async function listen({ face }: Platform, config: Config): Promise<AsyncDisposable> {
  const at = { host: config.host, port: config.port }
  try {
    if (config.tls === undefined) {
      await face.listen(at)
      return { [Symbol.asyncDispose]: () => Promise.resolve() }
    }
    await face.ready()
    const front = await listenTls(face.server, await tlsFiles(config.tls), at)
    const { tls } = config
    // A certificate that cannot be read leaves the old one; whoever sent the signal reads why.
    const again = () =>
      tlsFiles(tls)
        .then(front.change)
        .catch((error: unknown) => process.stderr.write(`${inWords(error)}\n`))
    const onHangUp = () => void again()
    process.on('SIGHUP', onHangUp)
    return {
      [Symbol.asyncDispose]: () => {
        process.off('SIGHUP', onHangUp)
        return front.close()
      },
    }
  } catch (cause) {
    const taken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
    throw taken
      ? new ChartwayError('PORT_IN_USE', { details: { port: config.port }, cause })
      : cause
  }
}

async function tlsFiles(paths: { readonly certificate: string; readonly key: string }) {
  const read = async (path: string) => {
    const text = await diskFiles.readText(path)
    if (text === undefined) throw new ChartwayError('FILE_MISSING', { details: { path } })
    return text
  }
  return { certificate: await read(paths.certificate), key: await read(paths.key) }
}

interface Tended extends AsyncDisposable {
  readonly watch: Watch
}

/** What an operator has asked for beside the work itself: backups, a watch, metrics. */
async function tend(
  config: Config,
  ports: {
    readonly platform: Platform
    readonly network: Network
    readonly backup: BackupPorts & { readonly log: Log }
  },
  signal: AbortSignal,
): Promise<Tended> {
  const { platform, backup } = ports
  const { backups, paging, metrics, dataFolder } = config
  const everyMs = (backups?.everyMinutes ?? 0) * 60_000
  const { url, command } = paging
  const looking = {
    ...{ practices: platform.practices, sync: platform.sync, gate: platform.gate },
    ...{ clock: backup.clock, log: backup.log, installation: config.publicUrl },
    freeBytes: () => diskStreams.freeBytes(dataFolder),
    newestBackup: async () =>
      backups === undefined ? undefined : newestBackup(diskStreams, backups.folder),
    pager:
      url === undefined
        ? command === undefined
          ? undefined
          : commandPager(command)
        : webPager(ports.network, url),
  }
  const watch = createWatch(looking, {
    failingMs: paging.failingMinutes * 60_000,
    freeBytesMin: paging.diskFreeMb * 1_000_000,
    // Twice the interval: one may fail and be made good.
    backupAgeMsMax: backups === undefined ? undefined : 2 * everyMs,
  })
  const working = [watch.run(signal)]
  if (backups !== undefined)
    working.push(
      keepBackups(backup, { folder: backups.folder, keep: backups.keep, everyMs }, signal),
    )
  const exposed =
    metrics === undefined
      ? undefined
      : await listenMetrics({
          ...metrics,
          version: backup.version,
          read: async () => samplesOf(await watch.latest()),
        })
  return {
    watch,
    [Symbol.asyncDispose]: async () => {
      await exposed?.close()
      await Promise.allSettled(working)
    },
  }
}

/** Resolves at SIGINT or SIGTERM, or when the parent that asked for it is gone. */
function untilStopped(): Promise<void> {
  return new Promise((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop())
    if (!process.argv.includes('--exit-with-parent')) return
    process.stdin.once('end', () => stop())
    process.stdin.once('error', () => stop())
    process.stdin.resume()
  })
}

/** For a person at a terminal: the code, what it means, where, and what to do. */
function inWords(error: unknown): string {
  if (!(error instanceof ChartwayError))
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  const details = Object.entries(error.details)
    .map(([name, value]) => `  ${name}: ${value}`)
    .join('\n')
  return [error.message, details, `What to do: ${explain(error.code).cure}`]
    .filter((line) => line !== '')
    .join('\n')
}
