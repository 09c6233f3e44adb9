// What the commands of an installation's operator are handed: its database, its key, files, and a place to
// say something. They run on the machine itself, beside a running platform or without one.

import type { BackupPorts } from '../backup/index.ts'
import type { Database } from '../db/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { ChartwayError } from '../kernel/errors.ts'
import type { FileStreams } from '../kernel/file-streams.ts'
import type { Files } from '../kernel/files.ts'
import type { Random } from '../kernel/random.ts'

export interface OpenedPlace {
  /** As the owner of the tables; not for logs. */
  readonly url: string
  close(): Promise<void>
}

export interface Installation {
  readonly clock: Clock
  readonly random: Random
  readonly files: Files
  readonly streams: FileStreams
  readonly version: string
  readonly dataFolder: string
  readonly logPath: string
  /** Settings without secrets or addresses, and what it runs on: for a support bundle. */
  readonly settings: Readonly<Record<string, string | number | boolean>>
  readonly machine: Readonly<Record<string, string | number>>
  /** Absolute, or as the person wrote it. */
  path(written: string): string
  /**
   * The database: that of a running platform, or started for the command alone. `own`: a platform that
   * runs on it is refused. Nothing is migrated.
   */
  place(options: { readonly own: boolean }): Promise<OpenedPlace>
  database(url: string): Database
  /** The installation's key; undefined when there is none. None is made. */
  masterKey(): Promise<Uint8Array | undefined>
  /** A line for a person, or JSON for a machine. */
  say(line: string, value: object): void
}

/** Who acts, in the ledger. */
export const OPERATOR = 'operator'

/** The key that backups are sealed with. Throws MASTER_KEY_MISSING. */
export async function sealingKey(installation: Installation): Promise<Uint8Array> {
  const key = await installation.masterKey()
  if (key === undefined) throw new ChartwayError('MASTER_KEY_MISSING')
  return key
}

export async function backupPorts(
  { clock, random, streams, version }: Installation,
  url: string,
  masterKey: Uint8Array,
): Promise<BackupPorts> {
  return { url, clock, random, files: streams, version, masterKey }
}

/** Opens the place, works in it, and closes it whatever comes. */
export async function within<T>(
  installation: Installation,
  options: { readonly own: boolean },
  work: (place: OpenedPlace) => Promise<T>,
): Promise<T> {
  const place = await installation.place(options)
  try {
    return await work(place)
  } finally {
    await place.close()
  }
}
