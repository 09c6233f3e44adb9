// What the operator of an installation is shown of it: the metrics as they are scraped, and the bundle for
// whoever helps. Both are made by the installation's own rooms, over the database and log of a proof.

import { listenMetrics } from '../../platform/src/faces/metrics/index.ts'
import { diskStreams } from '../../platform/src/kernel/file-streams.ts'
import { supportBundle } from '../../platform/src/support/index.ts'
import { look, samplesOf } from '../../platform/src/watch/index.ts'
import type { OwnDatabase } from '../own-database.ts'
import type { Rig } from '../rig.ts'

export async function shownToOperator(
  { platform, clock }: Rig,
  own: OwnDatabase,
  logPath: string,
): Promise<ReadonlyMap<string, string>> {
  const { practices, sync, gate } = platform
  const ports = {
    ...{ practices, sync, gate, clock },
    freeBytes: async () => undefined,
    newestBackup: async () => undefined,
  }
  const metrics = await listenMetrics({
    ...{ host: '127.0.0.1', port: 0, version: 'proof' },
    read: async () => samplesOf(await look(ports)),
  })
  const scraped = await fetch(`http://127.0.0.1:${metrics.port}/metrics`)
  const text = await scraped.text()
  await metrics.close()
  const bundle = await supportBundle({
    ...{ url: own.url, clock, files: diskStreams, version: 'proof', logPath },
    ...{ dataFolder: own.folder, settings: {}, machine: {} },
  })
  return new Map([
    ['metrics', text],
    ['support bundle', JSON.stringify(bundle)],
  ])
}
