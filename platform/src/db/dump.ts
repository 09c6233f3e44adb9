// Reads the whole database as it was at one instant, table by table, while others go on writing. Which
// tables there are is the catalog's answer, so none can be forgotten. It keeps and formats nothing.

import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { Clock } from '../kernel/clock.ts'
import { ChartwayError } from '../kernel/errors.ts'
import { databaseProblem } from './problems.ts'

/** A table as it is copied: its columns in order, without computed ones. */
export interface TableShape {
  readonly name: string
  readonly columns: readonly string[]
}

export interface Shape {
  readonly migrations: readonly { readonly name: string; readonly checksum: string }[]
  /** In an order in which they can be filled: what is referred to comes first. */
  readonly tables: readonly TableShape[]
  /** Sequences with the last value each has given; those that gave none are left out. */
  readonly counters: readonly { readonly name: string; readonly last: string }[]
}

export interface Dump {
  readonly shape: Shape
  /** A table's rows in COPY's text form, one line each; the chunks end anywhere. One at a time. */
  rows(table: TableShape): AsyncIterable<Uint8Array>
  /** The lines of a query with one column of text, as they are. Its text must hold no foreign value. */
  lines(query: string): AsyncIterable<string>
  close(): Promise<void>
}

const CONNECT_MS_MAX = 10_000
const LOCK_MS_MAX = 30_000
/** The id of an exported snapshot, as PostgreSQL writes it. */
const SNAPSHOT = /^[0-9A-F]{8}-[0-9A-F]{8}-[0-9]+$/

/** Values are written alike by every server, whatever its settings. */
export const SAME_TEXT = `
  SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex';
  SET extra_float_digits = 1; SET timezone = 'UTC'; SET client_encoding = 'UTF8';
  SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
  SET search_path = chartway, pg_temp`

/**
 * Opens one REPEATABLE READ transaction and reads the catalog. `snapshot`: the id of a snapshot that
 * another session has exported and still holds, to be read instead of the present. The role in `url`
 * owns the tables. Throws DATABASE_UNREACHABLE, and BACKUP_INCOMPLETE when row-level security would
 * hide rows.
 */
export async function openDump(options: {
  readonly url: string
  readonly clock: Clock
  readonly snapshot?: string | undefined
}): Promise<Dump> {
  const client = copyClient(options.url, 'chartway_backup')
  try {
    await client.connect()
    await client.query(SAME_TEXT)
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    if (options.snapshot !== undefined) await useSnapshot(client, options.snapshot)
    const shape = await readShape(client)
    await client.query('SET LOCAL ROLE chartway_backup')
    return {
      shape,
      rows: (table) => copyOut(client, `COPY ${named(table)} TO STDOUT`),
      lines: (query) => unescaped(copyOut(client, `COPY (${query}) TO STDOUT`)),
      close: () => options.clock.during(client.end()),
    }
  } catch (thrown) {
    await client.end().catch(() => {})
    throw databaseProblem(thrown, 'connect')
  }
}

/** A connection for copying: no limit on a statement's time, one on the wait for a lock. */
export function copyClient(url: string, name: string): pg.Client {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    lock_timeout: LOCK_MS_MAX,
    keepAlive: true,
    application_name: name,
  })
  // A loss of the connection rejects the statement that waits; there is nothing more to do about it.
  client.on('error', () => {})
  return client
}

async function useSnapshot(client: pg.Client, snapshot: string): Promise<void> {
  if (!SNAPSHOT.test(snapshot))
    throw new ChartwayError('INPUT_INVALID', { details: { rule: 'the id of a snapshot' } })
  await client.query(`SET TRANSACTION SNAPSHOT '${snapshot}'`)
}

/** What a COPY sends; errors are of our family. */
export async function* copyOut(client: pg.Client, statement: string): AsyncIterable<Uint8Array> {
  const stream = client.query(copyTo(statement))
  try {
    for await (const chunk of stream) if (chunk instanceof Uint8Array) yield chunk
  } catch (thrown) {
    throw databaseProblem(thrown, 'work')
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' },
}

/** Lines of COPY's text form as the text they stand for ("COPY", File Formats, Text Format). */
async function* unescaped(bytes: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines)
      yield line.replace(/\\(.)/g, (_whole, letter: string) => ESCAPES[letter] ?? letter)
  }
}

/** `table (columns)`, quoted. */
export function named({ name, columns }: TableShape): string {
  return `chartway.${quoted(name)} (${columns.map(quoted).join(', ')})`
}

function quoted(name: string): string {
  return pg.escapeIdentifier(name)
}

const TABLES = `
  SELECT c.oid::text AS oid, c.relname AS name,
    (SELECT coalesce(array_agg(a.attname::text ORDER BY a.attnum), '{}') FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')
      AS columns,
    (SELECT coalesce(array_agg(DISTINCT f.confrelid::text), '{}') FROM pg_constraint f
      WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid) AS needs,
    c.relrowsecurity AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid
      AND p.polname = 'whole_installation') AS hidden
    FROM pg_class c
   WHERE c.relnamespace = 'chartway'::regnamespace AND c.relkind = 'r'
   ORDER BY c.relname`
const COUNTERS = `
  SELECT c.relname AS name, pg_sequence_last_value(s.seqrelid)::text AS last
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
   WHERE c.relnamespace = 'chartway'::regnamespace
     AND pg_sequence_last_value(s.seqrelid) IS NOT NULL ORDER BY 1`

interface FoundTable extends TableShape {
  readonly oid: string
  readonly needs: readonly string[]
  readonly hidden: boolean
}

export async function readShape(client: pg.Client): Promise<Shape> {
  const { rows: migrations } = await client.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM chartway.migrations ORDER BY name',
  )
  const { rows: found } = await client.query<FoundTable>(TABLES)
  const hidden = found.find((table) => table.hidden)
  if (hidden) throw new ChartwayError('BACKUP_INCOMPLETE', { details: { table: hidden.name } })
  const { rows: counters } = await client.query<{ name: string; last: string }>(COUNTERS)
  return {
    migrations,
    tables: inOrder(found).map(({ name, columns }) => ({ name, columns })),
    counters,
  }
}

/** Referred ones first; by name among those that may stand anywhere. */
function inOrder(found: readonly FoundTable[]): readonly FoundTable[] {
  const placed = new Set<string>()
  const order: FoundTable[] = []
  while (order.length < found.length) {
    const next = found.filter(
      ({ oid, needs }) => !placed.has(oid) && needs.every((other) => placed.has(other)),
    )
    const [stuck] = found.filter(({ oid }) => !placed.has(oid))
    if (next.length === 0)
      throw new ChartwayError('BACKUP_INCOMPLETE', { details: { table: stuck?.name } })
    for (const table of next) placed.add(table.oid)
    order.push(...next)
  }
  return order
}
