// A migrated PostgreSQL server of its own for a rig or a benchmark, gone without a trace at the end.

import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate, scaledClock, silentLog, startEmbedded, systemRandom } from '@chartway/platform'

export interface OwnDatabase extends AsyncDisposable {
  readonly url: string
  /** A folder that goes with it, for whatever else its owner has to keep. */
  readonly folder: string
}

/** A server for databases, ended with its folder also when somebody stops the process by a signal. */
export async function ownServer(how: { readonly durable: boolean }): Promise<OwnDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'chartway-own-'))
  // As root, the server runs as another uid, which must be able to walk to its files.
  await chmod(folder, 0o711)
  const ports = { random: systemRandom(), log: silentLog }
  const server = await startEmbedded({ folder: join(folder, 'db'), ...ports, ...how })
  const end = async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  const stopped = () => void end().finally(() => process.exit(EXIT_STOPPED))
  for (const signal of SIGNALS) process.once(signal, stopped)
  return {
    url: server.url,
    folder,
    async [Symbol.asyncDispose]() {
      for (const signal of SIGNALS) process.off(signal, stopped)
      await end()
    },
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
/** As a shell tells of a program that was interrupted. */
const EXIT_STOPPED = 130

export async function ownDatabase(): Promise<OwnDatabase> {
  const server = await ownServer({ durable: true })
  await migrate({ url: server.url, clock: scaledClock({ epochMs: 0, wallEpochMs: 0, factor: 1 }) })
  return server
}
