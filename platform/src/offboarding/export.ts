// Everything of a practice as files that others can read: FHIR resources by type, what changed, superseded
// versions, who looked, and every other table with rows of it. No secret is among them. What is complete
// has a manifest; without one it is nothing.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import type { FileStreams } from '../kernel/file-streams.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import { type Dump, ofPractice, type Place, snapshotOf, tablesOfPractices } from './store.ts'

export const MANIFEST = 'manifest.json'
/** Sealed secrets; they open with this installation's key alone and are of use to nobody else. */
const SECRET_TABLES = new Set(['credentials'])
/** Shown in a form of their own. */
const SHOWN_TABLES = new Set([
  'mirror_resources',
  'mirror_versions',
  'mirror_changes',
  'access_events',
])
/** A type of FHIR as a file name. */
const TYPE = /^[A-Z][A-Za-z]{0,63}$/

const fileSchema = z.object({
  path: z.string(),
  lines: z.int(),
  bytes: z.int(),
  sha256: z.string(),
})
const manifestSchema = z.object({
  format: z.literal(1),
  organization: z.string(),
  practice: z.string(),
  madeAt: z.string(),
  /** Number of the last change. */
  sequence: z.int(),
  files: z.array(fileSchema),
})
export type ExportManifest = z.infer<typeof manifestSchema>
type ExportedFile = z.infer<typeof fileSchema>

export interface ExportPorts extends Place {
  readonly files: FileStreams
}

/**
 * Writes the practice into a folder, as of one instant. Begun again, it starts anew. Throws NOT_FOUND,
 * DISK_FULL.
 */
export async function exportPractice(
  ports: ExportPorts,
  ref: PracticeRef,
  folder: string,
  onFile: (file: ExportedFile) => void = () => {},
): Promise<ExportManifest> {
  const { files, clock } = ports
  await files.remove(join(folder, MANIFEST))
  const dump = await snapshotOf(ports)
  try {
    const settings = await linesOf(dump, settingsOf(ref))
    if (settings.length === 0) throw new ChartwayError('NOT_FOUND')
    const written: ExportedFile[] = []
    for (const { path, query } of await parts(dump, ref)) {
      const file = await writeLines(files, folder, path, dump.lines(query))
      written.push(file)
      onFile(file)
    }
    const [sequence = '0'] = await linesOf(
      dump,
      `SELECT last::text FROM chartway.mirror_sequences WHERE ${ofPractice(ref)}`,
    )
    const manifest: ExportManifest = {
      format: 1,
      ...ref,
      madeAt: new Date(clock.now()).toISOString(),
      sequence: Number(sequence),
      files: written,
    }
    const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
    await files.write(join(folder, MANIFEST), once(text))
    return manifest
  } finally {
    await dump.close()
  }
}

/** The manifest with its own SHA-256, after every file was read and compared. Throws EXPORT_STALE. */
export async function checkExport(
  files: FileStreams,
  folder: string,
): Promise<{ readonly manifest: ExportManifest; readonly sha256: string }> {
  const text = await whole(files.read(join(folder, MANIFEST)))
  const manifest = asManifest(text)
  for (const { path, bytes, sha256 } of manifest.files) {
    const hash = createHash('sha256')
    let read = 0
    for await (const chunk of files.read(join(folder, path))) {
      hash.update(chunk)
      read += chunk.length
    }
    if (read !== bytes || hash.digest('hex') !== sha256) throw stale(path)
  }
  return { manifest, sha256: createHash('sha256').update(text).digest('hex') }
}

function asManifest(text: Buffer): ExportManifest {
  try {
    return manifestSchema.parse(JSON.parse(text.toString()))
  } catch {
    throw stale(MANIFEST)
  }
}

export function stale(reason: string): ChartwayError {
  return new ChartwayError('EXPORT_STALE', { details: { reason } })
}

interface Part {
  readonly path: string
  readonly query: string
}

async function parts(dump: Dump, ref: PracticeRef): Promise<readonly Part[]> {
  const where = ofPractice(ref)
  const types = await linesOf(
    dump,
    `SELECT DISTINCT type FROM chartway.mirror_resources WHERE ${where} ORDER BY 1`,
  )
  const rows = (table: string, more = '') =>
    `SELECT to_jsonb(t)::text FROM (SELECT * FROM chartway."${table}" WHERE ${where}${more}) t`
  const others = tablesOfPractices(dump).filter(
    (name) => !SECRET_TABLES.has(name) && !SHOWN_TABLES.has(name),
  )
  return [
    { path: 'practice.ndjson', query: settingsOf(ref) },
    ...types
      .filter((type) => TYPE.test(type))
      .map((type) => ({
        path: `fhir/${type}.ndjson`,
        query: `SELECT content FROM chartway.mirror_resources
          WHERE ${where} AND type = '${type}' AND NOT deleted ORDER BY id`,
      })),
    { path: 'changes.ndjson', query: rows('mirror_changes', ' ORDER BY sequence') },
    { path: 'history.ndjson', query: rows('mirror_versions', ' ORDER BY type, id, version') },
    { path: 'access-events.ndjson', query: rows('access_events', ' ORDER BY event_id') },
    {
      path: 'provenance.ndjson',
      query: `SELECT (to_jsonb(t) - 'content')::text FROM chartway.mirror_resources t
        WHERE ${where} ORDER BY type, id`,
    },
    ...others.map((name) => ({ path: `tables/${name}.ndjson`, query: withoutBytes(name, where) })),
  ]
}

/** Envelopes and hashes of secrets are bytes, whatever they are called; so bytes stay here. */
function withoutBytes(table: string, where: string): string {
  return `SELECT (to_jsonb(t) - ARRAY(SELECT attname::text FROM pg_attribute
      WHERE attrelid = 'chartway."${table}"'::regclass AND atttypid = 'bytea'::regtype))::text
    FROM (SELECT * FROM chartway."${table}" WHERE ${where}) t`
}

function settingsOf(ref: PracticeRef): string {
  return `SELECT to_jsonb(t)::text FROM chartway.practices t WHERE ${ofPractice(ref)}`
}

async function writeLines(
  files: FileStreams,
  folder: string,
  path: string,
  lines: AsyncIterable<string>,
): Promise<ExportedFile> {
  const hash = createHash('sha256')
  let count = 0
  async function* bytes(): AsyncIterable<Uint8Array> {
    for await (const line of lines) {
      const chunk = Buffer.from(`${line}\n`)
      hash.update(chunk)
      count++
      yield chunk
    }
  }
  const written = await files.write(join(folder, path), bytes())
  return { path, lines: count, bytes: written, sha256: hash.digest('hex') }
}

async function linesOf(dump: Dump, query: string): Promise<readonly string[]> {
  return Array.fromAsync(dump.lines(query))
}

async function whole(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(bytes))
}

export async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}
