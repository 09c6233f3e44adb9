// Brings a database to this version's schema: plain .sql files in order, each once, then the roles and
// row-level security. It never goes back, and it reads no file but its own.

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import type { Clock } from '../kernel/clock.ts'
import { ChartwayError } from '../kernel/errors.ts'
import { databaseProblem } from './problems.ts'

// The files are published as sources only, so both src/db and dist/db look there.
const HERE = new URL('../../src/db/', import.meta.url)
const MIGRATIONS = new URL('migrations/', HERE)
const ACCESS = new URL('access.sql', HERE)

/** One number for all Chartways: whoever migrates a database holds it. */
const LOCK = 7_202_611_210
const CONNECT_MS_MAX = 10_000
/** For another process's migration to end, or for a table that is in use. */
const LOCK_MS_MAX = 300_000

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/**
 * Applies what is missing and returns its names; safe to run by several processes at once. The role
 * in `url` owns the tables and must be allowed to create roles the first time. `only`: not further
 * than this, for a database that is filled from a backup of an earlier version.
 * Throws MIGRATION_CHANGED for an edited file, MIGRATION_UNKNOWN for a database newer than this.
 */
export async function migrate(options: {
  readonly url: string
  readonly clock: Clock
  readonly only?: readonly Pick<Migration, 'name' | 'checksum'>[]
}): Promise<readonly string[]> {
  const { url, clock, only } = options
  const [all, access] = await Promise.all([readMigrations(), readFile(ACCESS, 'utf8')])
  const files = only === undefined ? all : onlyThese(all, only)
  return clock.during(run(url, files, access, clock))
}

function onlyThese(
  all: readonly Migration[],
  only: readonly Pick<Migration, 'name' | 'checksum'>[],
): readonly Migration[] {
  refuseStrangers(all, new Map(only.map(({ name, checksum }) => [name, checksum])))
  const wanted = new Set(only.map(({ name }) => name))
  return all.filter(({ name }) => wanted.has(name))
}

async function run(
  url: string,
  files: readonly Migration[],
  access: string,
  clock: Clock,
): Promise<readonly string[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    lock_timeout: LOCK_MS_MAX,
    application_name: 'chartway_migrate',
  })
  // A loss of the connection rejects the statement that waits; there is nothing more to do about it.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    const applied = await applyAll(client, files, clock)
    await client.query(`BEGIN; SET LOCAL search_path = chartway, pg_temp; ${access}; COMMIT`)
    return applied
  } catch (thrown) {
    throw databaseProblem(thrown, 'connect')
  } finally {
    await client.end()
  }
}

async function applyAll(
  client: pg.Client,
  files: readonly Migration[],
  clock: Clock,
): Promise<readonly string[]> {
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS chartway;
    CREATE TABLE IF NOT EXISTS chartway.migrations (
      name       text   PRIMARY KEY,
      checksum   text   NOT NULL,
      applied_at bigint NOT NULL
    )`)
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM chartway.migrations',
  )
  const known = new Map(rows.map((row) => [row.name, row.checksum]))
  refuseStrangers(files, known)
  const missing = files.filter((file) => !known.has(file.name))
  for (const file of missing) await applyOne(client, file, clock.now())
  return missing.map((file) => file.name)
}

function refuseStrangers(files: readonly Migration[], known: ReadonlyMap<string, string>): void {
  for (const { name, checksum } of files) {
    const applied = known.get(name)
    if (applied !== undefined && applied !== checksum) {
      throw new ChartwayError('MIGRATION_CHANGED', { details: { migration: name } })
    }
  }
  const ours = new Set(files.map((file) => file.name))
  const stranger = [...known.keys()].find((name) => !ours.has(name))
  if (stranger !== undefined) {
    throw new ChartwayError('MIGRATION_UNKNOWN', { details: { migration: stranger } })
  }
}

async function applyOne(client: pg.Client, file: Migration, now: number): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query('SET LOCAL search_path = chartway, pg_temp')
    await client.query(file.sql)
    await client.query('INSERT INTO chartway.migrations VALUES ($1, $2, $3)', [
      file.name,
      file.checksum,
      now,
    ])
    await client.query('COMMIT')
  } catch (thrown) {
    const problem = databaseProblem(thrown, 'work')
    throw new ChartwayError(problem.code, {
      retry: problem.retry,
      details: { ...problem.details, migration: file.name },
    })
  }
}

async function readMigrations(): Promise<readonly Migration[]> {
  const names = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      // A checkout may have changed the line ends; that is not a change of the migration.
      const sql = (await readFile(new URL(name, MIGRATIONS), 'utf8')).replaceAll('\r\n', '\n')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}
