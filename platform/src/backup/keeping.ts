// Takes backups by themselves: one every so often into a folder, the oldest removed. It keeps no state but
// the files, so a restart takes up where they are.

import { join } from 'node:path'
import { ChartwayError } from '../kernel/errors.ts'
import type { FileStreams } from '../kernel/file-streams.ts'
import { faultOf, type Log } from '../kernel/log.ts'
import { type BackupPorts, makeBackup, nameOfBackup, timeOfBackup } from './backups.ts'

/** After a failure it is tried again this much later, business ms. */
const AGAIN_MS = 5 * 60_000

/** What a file is called while it is being written. */
const PART = '.part'

export interface Keeping {
  readonly folder: string
  /** Business ms between two backups: what a loss of the machine may cost at most, and a backup's time. */
  readonly everyMs: number
  /** How many are kept. */
  readonly keep: number
}

/** Works until `signal` aborts; a failure is logged and tried again. */
export async function keepBackups(
  ports: BackupPorts & { readonly log: Log },
  keeping: Keeping,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log } = ports
  while (!signal.aborted) {
    const newest = await newestBackup(ports.files, keeping.folder)
    let dueAt = (newest ?? Number.NEGATIVE_INFINITY) + keeping.everyMs
    if (dueAt <= clock.now())
      try {
        const { bytes, durationMs } = await takeOne(ports, keeping)
        log.write('info', 'backup.made', { count: bytes, durationMs })
        dueAt = clock.now() + keeping.everyMs
      } catch (thrown) {
        const code = thrown instanceof ChartwayError ? { code: thrown.code } : {}
        log.write('error', 'backup.failed', { ...faultOf(thrown), ...code })
        dueAt = clock.now() + Math.min(AGAIN_MS, keeping.everyMs)
      }
    const waitMs = Math.max(1, Math.ceil(dueAt - clock.now()))
    await clock.sleep(waitMs, { signal }).catch(() => undefined)
  }
}

async function takeOne(ports: BackupPorts, { folder, keep }: Keeping) {
  // One that a kill cut short; a folder has one process that keeps backups in it.
  for (const name of await ports.files.list(folder))
    if (name.endsWith(PART) && timeOfBackup(name.slice(0, -PART.length)) !== undefined)
      await ports.files.remove(join(folder, name))
  const made = await makeBackup(ports, join(folder, nameOfBackup(ports.clock.now())))
  const ours = (await ports.files.list(folder)).filter((name) => timeOfBackup(name) !== undefined)
  // A newer one stands before an older one goes.
  for (const name of ours.slice(0, Math.max(0, ours.length - keep)))
    await ports.files.remove(join(folder, name))
  return made
}

/** When the newest backup in a folder was made, epoch ms; undefined when there is none. */
export async function newestBackup(
  files: Pick<FileStreams, 'list'>,
  folder: string,
): Promise<number | undefined> {
  const times = (await files.list(folder)).flatMap((name) => timeOfBackup(name) ?? [])
  return times.length === 0 ? undefined : Math.max(...times)
}
