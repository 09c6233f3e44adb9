// The open form of a backup: records, each a kind, a length and a body. First what the database looks
// like, then each table's rows between its beginning and its checksums, at last the manifest. It knows
// no file, no key and no database.

import { z } from 'zod'
import type { Shape, TableShape } from '../db/index.ts'
import { unreadable } from './seal.ts'
import { type Checksums, tally } from './tally.ts'

/** `S`hape, `T`able begins, `D`ata, table `E`nds, `M`anifest. */
type Kind = 'S' | 'T' | 'D' | 'E' | 'M'
const HEAD_BYTES = 5
/** The largest body: rows are cut anywhere into parts of at most this. */
const BODY_BYTES_MAX = 4 * 1_024 * 1_024

const checksums = z.object({
  rows: z.int(),
  bytes: z.int(),
  sha256: z.string(),
  anyOrder: z.string(),
})
const tableShape = z.object({ name: z.string(), columns: z.array(z.string()) })
const shapeSchema = z.object({
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  tables: z.array(tableShape),
  counters: z.array(z.object({ name: z.string(), last: z.string() })),
})
const manifestSchema = z.object({
  madeAt: z.int(),
  tables: z.array(z.object({ name: z.string(), ...checksums.shape })),
})

/** Tables with their checksums, in the order of the file. `madeAt`: business time of the snapshot. */
export interface Manifest {
  readonly madeAt: number
  readonly tables: readonly ({ readonly name: string } & Checksums)[]
}

/** Where the rows come from. */
export interface Source {
  readonly shape: Shape
  rows(table: TableShape): AsyncIterable<Uint8Array>
}

export interface WriteOptions {
  readonly madeAt: number
  /** Told after each table. */
  readonly onTable?: ((table: string, sums: Checksums) => void) | undefined
}

/** A whole database as records; the manifest comes last and is given to `onTable`'s owner by reading. */
export async function* writeRecords(
  source: Source,
  { madeAt, onTable }: WriteOptions,
): AsyncIterable<Uint8Array> {
  yield json('S', source.shape)
  const done: { name: string; sums: Checksums }[] = []
  for (const table of source.shape.tables) {
    yield json('T', table)
    const counted = tally()
    for await (const chunk of counted.pass(source.rows(table)))
      for (let at = 0; at < chunk.length; at += BODY_BYTES_MAX)
        yield record('D', chunk.subarray(at, at + BODY_BYTES_MAX))
    const sums = counted.checksums()
    done.push({ name: table.name, sums })
    onTable?.(table.name, sums)
    yield json('E', sums)
  }
  yield json('M', { madeAt, tables: done.map(({ name, sums }) => ({ name, ...sums })) })
}

/** What to do with a database that is read; each table's rows must be read to their end. */
export interface Sink {
  shape(shape: Shape): Promise<void>
  table(table: TableShape, rows: AsyncIterable<Uint8Array>): Promise<void>
}

/**
 * Reads records into a sink, checking every count and checksum as they pass. Gives the manifest. Throws
 * BACKUP_UNREADABLE for anything that is not exactly what `writeRecords` has written.
 */
export async function readRecords(bytes: AsyncIterable<Uint8Array>, sink: Sink): Promise<Manifest> {
  const records = recordsOf(bytes)
  try {
    return await readAll(records, sink)
  } finally {
    // What is refused halfway is not read on: its source ends, and closes what it reads.
    await records.return()
  }
}

async function readAll(records: Records, sink: Sink): Promise<Manifest> {
  const shape = parsed(shapeSchema, await bodyOf(records, 'S'))
  await sink.shape(shape)
  for (const table of shape.tables) await readTable(records, table, sink)
  const manifest = parsed(manifestSchema, await bodyOf(records, 'M'))
  if (!(await records.next()).done) throw unreadable('records behind the manifest')
  const named = manifest.tables.map(({ name }) => name).join()
  if (named !== shape.tables.map(({ name }) => name).join()) throw unreadable('manifest')
  return manifest
}

async function readTable(records: Records, expected: TableShape, sink: Sink): Promise<void> {
  const table = parsed(tableShape, await bodyOf(records, 'T'))
  if (JSON.stringify(table) !== JSON.stringify(expected)) throw unreadable('order of tables')
  const counted = tally()
  let end: Record | undefined
  async function* data(): AsyncIterable<Uint8Array> {
    for (;;) {
      const next = await records.next()
      if (next.done) throw unreadable('cut off')
      if (next.value.kind === 'D') yield next.value.body
      else {
        end = next.value
        return
      }
    }
  }
  await sink.table(table, counted.pass(data()))
  if (end?.kind !== 'E') throw unreadable('end of a table')
  const told = parsed(checksums, end.body)
  if (JSON.stringify(told) !== JSON.stringify(counted.checksums()))
    throw unreadable(`checksums of ${table.name}`)
}

interface Record {
  readonly kind: Kind
  readonly body: Buffer
}
type Records = AsyncIterator<Record, void>

async function* recordsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Record, void> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of bytes) {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= HEAD_BYTES) {
      const length = rest.readUInt32BE(1)
      if (length > BODY_BYTES_MAX) throw unreadable('length of a record')
      if (rest.length < HEAD_BYTES + length) break
      yield { kind: kindOf(rest[0]), body: rest.subarray(HEAD_BYTES, HEAD_BYTES + length) }
      rest = rest.subarray(HEAD_BYTES + length)
    }
  }
  if (rest.length > 0) throw unreadable('cut off')
}

function kindOf(byte: number | undefined): Kind {
  const letter = String.fromCharCode(byte ?? 0)
  if (letter === 'S' || letter === 'T' || letter === 'D' || letter === 'E' || letter === 'M')
    return letter
  throw unreadable('kind of a record')
}

async function bodyOf(records: Records, kind: Kind): Promise<Buffer> {
  const next = await records.next()
  if (next.done || next.value.kind !== kind) throw unreadable('order of records')
  return next.value.body
}

function parsed<T>(schema: z.ZodType<T>, body: Buffer): T {
  try {
    return schema.parse(JSON.parse(body.toString()))
  } catch {
    throw unreadable('a record')
  }
}

function json(kind: Kind, value: unknown): Uint8Array {
  return record(kind, Buffer.from(JSON.stringify(value)))
}

function record(kind: Kind, body: Uint8Array): Uint8Array {
  const head = Buffer.alloc(HEAD_BYTES)
  head.write(kind, 0, 'latin1')
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([head, body])
}
