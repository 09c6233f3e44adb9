// The platform as a process: reads the environment, opens the database, serves the API and keeps the
// mirrors fresh until it is told to stop.

import { mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { composePlatform, type Platform } from './compose.ts'
import { type Config, openMasterKey, readEnvironment } from './config.ts'
import { type Database, type Embedded, migrate, openDatabase, startEmbedded } from './db/index.ts'
import { type Clock, scaledClock, wallClock } from './kernel/clock.ts'
import { ChartwayError, explain } from './kernel/errors.ts'
import { diskFiles } from './kernel/files.ts'
import type { Log } from './kernel/log.ts'
import { fileLog } from './kernel/pino-log.ts'
import { type Random, systemRandom } from './kernel/random.ts'
import { undiciNetwork } from './kernel/undici-network.ts'
import { prepareFirstUse } from './practice/index.ts'

process.exitCode = await main()

async function main(): Promise<number> {
  try {
    await serve(readEnvironment(wallClock().now()), untilStopped())
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
  const { database, embedded } = await openData(config, { clock, random, log })
  const network = undiciNetwork()
  const platform = composePlatform({
    database,
    network,
    clock,
    random,
    log,
    masterKey: await openMasterKey(config, { files: diskFiles, random }),
    publicUrl: config.publicUrl,
    sweep: { chartIntervalMs: config.sweepMinutes * 60_000 },
    instance: embedded === undefined ? `${hostname()}:${config.port}` : 'embedded',
  })
  const stop = new AbortController()
  try {
    await prepareFirstUse({
      practices: platform.practices,
      files: diskFiles,
      dataFolder: config.dataFolder,
      publicUrl: config.publicUrl,
      ownDatabase: embedded !== undefined,
    })
    await listen(platform, config)
    log.write('info', 'platform.listening', { port: config.port })
    process.stdout.write(`Chartway answers at ${config.publicUrl}\n`)
    const syncing = platform.sync.run(stop.signal)
    const lost = embedded?.ended.then(() => {
      if (!stop.signal.aborted) throw new ChartwayError('DATABASE_UNREACHABLE')
    })
    await Promise.race([stopped, syncing, ...(lost === undefined ? [] : [lost])])
    stop.abort(new Error('The platform is stopping'))
    await syncing
  } finally {
    stop.abort(new Error('The platform is stopping'))
    await platform.face.close()
    await network.close()
    await database.close()
    await embedded?.stop()
  }
}

async function openData(
  config: Config,
  ports: { readonly clock: Clock; readonly random: Random; readonly log: Log },
): Promise<{ database: Database; embedded: Embedded | undefined }> {
  const embedded =
    config.databaseUrl === undefined
      ? await startEmbedded({ folder: join(config.dataFolder, 'database'), ...ports })
      : undefined
  const url = config.databaseUrl ?? embedded?.url ?? ''
  try {
    await migrate({ url, clock: ports.clock })
    return { database: openDatabase({ url, clock: ports.clock }), embedded }
  } catch (error) {
    await embedded?.stop()
    throw error
  }
}

async function listen({ face }: Platform, { host, port }: Config): Promise<void> {
  try {
    await face.listen({ host, port })
  } catch (cause) {
    const taken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
    throw taken ? new ChartwayError('PORT_IN_USE', { details: { port }, cause }) : cause
  }
}

/** Resolves at SIGINT or SIGTERM, or when the parent that asked for it is gone. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
    if (!process.argv.includes('--exit-with-parent')) return
    process.stdin.once('end', () => resolve())
    process.stdin.once('error', () => resolve())
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
