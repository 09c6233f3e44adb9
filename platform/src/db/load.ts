// Fills an empty, migrated database with rows that were copied out of another, in one transaction: all
// of it is there, or nothing. It looks at no row and decides nothing about what they mean.

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Clock } from '../kernel/clock.ts'
import { ChartwayError } from '../kernel/errors.ts'
import {
  copyClient,
  copyOut,
  named,
  readShape,
  SAME_TEXT,
  type Shape,
  type TableShape,
} from './dump.ts'
import { migrate } from './migrate.ts'
import { databaseProblem } from './problems.ts'
import type { Row } from './types.ts'

export interface Load {
  /** Copies rows into a table, in COPY's text form. */
  fill(table: TableShape, rows: AsyncIterable<Uint8Array>): Promise<void>
  /** What stands in a table now, within the transaction. */
  rows(table: TableShape): AsyncIterable<Uint8Array>
  /** Lets sequences go on behind these values. */
  count(counters: Shape['counters']): Promise<void>
  query<T extends Row = Row>(sql: string, parameters?: readonly unknown[]): Promise<readonly T[]>
  commit(): Promise<void>
  /** Undoes what was not committed. */
  close(): Promise<void>
}

/**
 * Prepares the schema that rows were copied from, and opens the transaction. What is there may be an
 * empty database or tables without any row, as an interrupted load leaves them. Throws
 * RESTORE_NOT_EMPTY, MIGRATION_CHANGED, and BACKUP_NEWER for a schema of a later version.
 */
export async function openLoad(options: {
  readonly url: string
  readonly clock: Clock
  readonly shape: Shape
}): Promise<Load> {
  const { url, clock, shape } = options
  await makeRoom(url)
  await migrate({ url, clock, only: shape.migrations })
  const client = copyClient(url, 'chartway_restore')
  try {
    await client.connect()
    await client.query(SAME_TEXT)
    await client.query('BEGIN')
    await ownerSeesAll(client, true)
    await client.query('DELETE FROM chartway.migrations')
    return load(client, clock)
  } catch (thrown) {
    await client.end().catch(() => {})
    throw databaseProblem(thrown, 'connect')
  }
}

function load(client: pg.Client, clock: Clock): Load {
  const safely = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await clock.during(work)
    } catch (thrown) {
      throw databaseProblem(thrown, 'work')
    }
  }
  return {
    fill: (table, rows) =>
      safely(
        pipeline(
          Readable.from(rows, { objectMode: false }),
          client.query(copyFrom(`COPY ${named(table)} FROM STDIN`)),
        ),
      ),
    rows: (table) => copyOut(client, `COPY ${named(table)} TO STDOUT`),
    count: async (counters) => {
      for (const { name, last } of counters)
        await safely(
          client.query(`SELECT setval(format('chartway.%I', $1::text)::regclass, $2::bigint)`, [
            name,
            last,
          ]),
        )
    },
    query: async <T extends Row>(sql: string, parameters: readonly unknown[] = []) =>
      (await safely(client.query<T>(sql, [...parameters]))).rows,
    commit: async () => {
      await safely(ownerSeesAll(client, false))
      await safely(client.query('COMMIT'))
    },
    close: () => clock.during(client.end()),
  }
}

/** Empties nothing: a schema without rows is made anew, one with rows is refused. */
async function makeRoom(url: string): Promise<void> {
  const client = copyClient(url, 'chartway_restore')
  try {
    await client.connect()
    const { rows } = await client.query(`SELECT FROM pg_namespace WHERE nspname = 'chartway'`)
    if (rows.length === 0) return
    await client.query('BEGIN')
    await ownerSeesAll(client, true)
    const { tables } = await readShape(client)
    for (const { name } of tables) {
      if (name === 'migrations') continue
      const table = named({ name, columns: [] }).replace(/ \(\)$/, '')
      const { rowCount } = await client.query(`SELECT FROM ${table} LIMIT 1`)
      if (rowCount !== 0) throw new ChartwayError('RESTORE_NOT_EMPTY', { details: { table: name } })
    }
    await client.query('DROP SCHEMA chartway CASCADE; COMMIT')
  } catch (thrown) {
    throw databaseProblem(thrown, 'connect')
  } finally {
    await client.end().catch(() => {})
  }
}

/** Row-level security binds a table's owner, too, unless he lifts it; in a transaction alone. */
async function ownerSeesAll(client: pg.Client, all: boolean): Promise<void> {
  await client.query(`
    DO $$
    DECLARE
      secured text;
    BEGIN
      FOR secured IN
        SELECT relname FROM pg_class
         WHERE relnamespace = 'chartway'::regnamespace AND relkind = 'r' AND relrowsecurity
      LOOP
        EXECUTE format('ALTER TABLE chartway.%I ${all ? 'NO FORCE' : 'FORCE'} ROW LEVEL SECURITY', secured);
      END LOOP;
    END $$`)
}
