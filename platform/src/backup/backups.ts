// Makes, checks and restores backups of a whole installation: one snapshot of its database, compressed
// and sealed in one file. The installation's key is never in it: without that key it cannot be opened.

import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import type { Shape } from '../db/index.ts'
import { ChartwayError } from '../kernel/errors.ts'
import type { FileStreams } from '../kernel/file-streams.ts'
import type { Random } from '../kernel/random.ts'
import { type Manifest, readRecords, type Sink, writeRecords } from './records.ts'
import { type Heading, newHeading, opened, sealed, unreadable } from './seal.ts'
import { bringUpToDate, emptyPlace, holdAll, type Load, type Place, snapshotOf } from './store.ts'
import { type Checksums, tally } from './tally.ts'

export interface BackupPorts extends Place {
  readonly random: Random
  readonly files: FileStreams
  /** The installation's key, from which each backup's own is derived. */
  readonly masterKey: Uint8Array
  /** Of the program, for whoever looks at a file. */
  readonly version: string
}

export interface Checked extends Manifest {
  readonly heading: Heading
  readonly shape: Shape
}

export interface Made extends Manifest {
  readonly bytes: number
  readonly durationMs: number
}

export interface Restored extends Checked {
  /** Organizations whose outbound calls are held. */
  readonly held: number
  /** Migrations applied after the rows were in. */
  readonly migrated: readonly string[]
}

const NAME = /^chartway-(\d{8}T\d{6}Z)\.backup$/

/** A file name that tells when; names in order of their times. */
export function nameOfBackup(madeAt: number): string {
  const [text = ''] = new Date(madeAt).toISOString().split('.')
  return `chartway-${text.replaceAll(/[-:]/g, '')}Z.backup`
}

/** When the backup of this name was made, epoch ms; undefined for other names. */
export function timeOfBackup(name: string): number | undefined {
  const text = NAME.exec(name)?.[1]
  if (text === undefined) return undefined
  const parts = text.replace(
    /^(....)(..)(..)T(..)(..)(..)Z$/,
    (_, y, mo, d, h, mi, s) => `${y}-${mo}-${d}T${h}:${mi}:${s}Z`,
  )
  const at = Date.parse(parts)
  return Number.isFinite(at) ? at : undefined
}

/** Told after each table, for a person who waits. */
export type OnTable = (table: string, sums: Checksums) => void

/**
 * Writes one snapshot into a file, while everything else goes on. `snapshot`: of another session,
 * instead of the present. Throws BACKUP_INCOMPLETE, DISK_FULL and what the database throws; then there
 * is no file, or still the old one.
 */
export async function makeBackup(
  ports: BackupPorts,
  path: string,
  options: { readonly snapshot?: string | undefined; readonly onTable?: OnTable } = {},
): Promise<Made> {
  const { clock, masterKey, files } = ports
  const dump = await snapshotOf(ports, options.snapshot)
  const madeAt = Math.floor(clock.now())
  const tables: { name: string; sums: Checksums }[] = []
  try {
    const records = writeRecords(dump, {
      madeAt,
      onTable: (name, sums) => {
        tables.push({ name, sums })
        options.onTable?.(name, sums)
      },
    })
    const squeezed = transformed(records, createZstdCompress())
    const heading = newHeading({ ...ports, madeAt })
    const bytes = await files.write(path, sealed(heading, masterKey, squeezed))
    return {
      madeAt,
      bytes,
      durationMs: Math.round((clock.now() - madeAt) / clock.factor),
      tables: tables.map(({ name, sums }) => ({ name, ...sums })),
    }
  } finally {
    await dump.close()
  }
}

/** Reads a backup from end to end and checks all of it; changes nothing. Throws BACKUP_*. */
export async function checkBackup(
  ports: Pick<BackupPorts, 'files' | 'masterKey'>,
  path: string,
): Promise<Checked> {
  let shape: Shape = { migrations: [], tables: [], counters: [] }
  const { heading, manifest } = await through(ports, path, {
    shape: async (read) => {
      shape = read
    },
    table: async (_, rows) => {
      for await (const _chunk of rows); // Counting and comparing happen on the way.
    },
  })
  return { heading, shape, ...manifest }
}

/**
 * Checks a backup, then fills an empty database with it, compares what stands there with the backup,
 * and holds all outbound calls, in one transaction; then brings the schema up to date. After a failure
 * or a kill the database is empty still, or complete. Throws BACKUP_*, RESTORE_NOT_EMPTY.
 */
export async function restoreBackup(
  ports: BackupPorts,
  path: string,
  options: { readonly actor: string; readonly onTable?: OnTable },
): Promise<Restored> {
  const checked = await checkBackup(ports, path)
  const load = await emptyPlace(ports, checked.shape).catch(newerSchema)
  try {
    await through(ports, path, {
      shape: async () => {},
      table: (table, rows) => load.fill(table, rows),
    })
    await load.count(checked.shape.counters)
    await compare(load, checked, options.onTable)
    const at = Math.floor(ports.clock.now())
    const held = await holdAll(load, { at, asOf: checked.madeAt, actor: options.actor })
    await load.commit()
    return { ...checked, held, migrated: await bringUpToDate(ports) }
  } finally {
    await load.close()
  }
}

/** A schema that this version does not know is one of a later version. */
function newerSchema(thrown: unknown): never {
  if (thrown instanceof ChartwayError && thrown.code === 'MIGRATION_UNKNOWN')
    throw new ChartwayError('BACKUP_NEWER', { details: thrown.details, cause: thrown })
  throw thrown
}

async function compare(load: Load, backup: Checked, onTable: OnTable | undefined): Promise<void> {
  for (const [index, table] of backup.shape.tables.entries()) {
    const counted = tally()
    for await (const _chunk of counted.pass(load.rows(table)));
    const sums = counted.checksums()
    const wanted = backup.tables[index]
    if (sums.rows !== wanted?.rows || sums.anyOrder !== wanted.anyOrder)
      throw new ChartwayError('RESTORE_DIFFERS', { details: { table: table.name } })
    onTable?.(table.name, sums)
  }
}

async function through(
  { files, masterKey }: Pick<BackupPorts, 'files' | 'masterKey'>,
  path: string,
  sink: Sink,
): Promise<{ readonly heading: Heading; readonly manifest: Manifest }> {
  const { heading, plain } = await opened(masterKey, files.read(path))
  try {
    const wide = transformed(plain, createZstdDecompress())
    return { heading, manifest: await readRecords(wide, sink) }
  } catch (thrown) {
    throw isZlibFault(thrown) ? unreadable('compression') : thrown
  }
}

/** What comes out of a transform; what fails before it is thrown as it is. */
async function* transformed(
  source: AsyncIterable<Uint8Array>,
  transform: Transform,
): AsyncIterable<Uint8Array> {
  const run = pipeline(Readable.from(source, { objectMode: false }), transform)
  // Whoever reads is told below; until then the failure is nobody's.
  run.catch(() => {})
  try {
    for await (const chunk of transform) if (chunk instanceof Uint8Array) yield chunk
    await run
  } catch (thrown) {
    throw await run.then(
      () => thrown,
      (cause: unknown) => cause,
    )
  } finally {
    transform.destroy()
  }
}

function isZlibFault(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('code' in thrown)) return false
  return typeof thrown.code === 'string' && /^(Z_|ZSTD_|ERR_ZSTD|ERR_BUFFER)/.test(thrown.code)
}
