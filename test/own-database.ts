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

export async function ownDatabase(): Promise<OwnDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'chartway-own-'))
  // As root, the server runs as another uid, which must be able to walk to its files.
  await chmod(folder, 0o711)
  const server = await startEmbedded({
    folder: join(folder, 'db'),
    random: systemRandom(),
    log: silentLog,
  })
  await migrate({ url: server.url, clock: scaledClock({ epochMs: 0, wallEpochMs: 0, factor: 1 }) })
  return {
    url: server.url,
    folder,
    async [Symbol.asyncDispose]() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
