// Backups of a real database under writes: made, checked, restored into another database, and refused
// when they are damaged, of another key, of a later version, or when something is there already.

import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { migrate } from '../db/index.ts'
import { wallClock } from '../kernel/clock.ts'
import { diskStreams } from '../kernel/file-streams.ts'
import { systemRandom } from '../kernel/random.ts'
import { type BackupPorts, checkBackup, makeBackup, restoreBackup } from './index.ts'

const random = systemRandom()
const masterKey = random.bytes(32)
let source: TestDatabase
let owner: pg.Client
let folder: string
let file: string

beforeAll(async () => {
  source = await testDatabase()
  owner = new pg.Client({ connectionString: source.url })
  await owner.connect()
  folder = await mkdtemp(join(tmpdir(), 'chartway-backup-'))
  await owner.query(`
    SET search_path = chartway;
    INSERT INTO organizations VALUES ('one', E'tab\\there, line\\nthere, back\\\\slash, \\\\.', 1), ('two', 'Zwölf', 2);
    INSERT INTO practices VALUES ('one', 'p', 'P', 'UTC', 'd', 'b', 'c', '{"a": null}', 'connected', 3);
    INSERT INTO mirror_sequences VALUES ('one', 'p', 20000);
    INSERT INTO mirror_resources SELECT 'one', 'p', 'Patient', 'id' || n, 1, repeat('x', n % 300) || E'\\n', '\\x00ff',
      NULL, NULL, 'fhir', 's', '', n, n, n, NULL, false FROM generate_series(1, 20000) n;
    INSERT INTO access_events (organization_id, at, actor, action, outcome)
      SELECT 'two', n, 'system', 'thing', 'success' FROM generate_series(1, 50) n`)
})
afterAll(async () => {
  await owner.end()
  await source.close()
  await rm(folder, { recursive: true })
})
beforeEach(() => {
  file = join(folder, random.uuid())
})

function ports(url = source.url, key = masterKey): BackupPorts {
  const version = '0.0.0'
  return { url, clock: wallClock(), random, files: diskStreams, masterKey: key, version }
}

/** An empty database of its own on the same server. */
async function emptyDatabase(): Promise<AsyncDisposable & { url: string; client: pg.Client }> {
  const server = new pg.Client({ connectionString: inject('databaseUrl') })
  await server.connect()
  const name = `r_${random.uuid().replaceAll('-', '')}`
  await server.query(`CREATE DATABASE ${name}`)
  const address = new URL(inject('databaseUrl'))
  address.pathname = `/${name}`
  const client = new pg.Client({ connectionString: address.href })
  await client.connect()
  return {
    url: address.href,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.end()
      await server.query(`DROP DATABASE ${name} WITH (FORCE)`)
      await server.end()
    },
  }
}

const TABLES = `SELECT relname FROM pg_class WHERE relnamespace = 'chartway'::regnamespace
  AND relkind = 'r' ORDER BY 1`

/** Each table's rows as text, sorted: by this file's own SQL. */
async function rowsOf(client: pg.Client): Promise<Record<string, string[]>> {
  const { rows: tables } = await client.query<{ relname: string }>(TABLES)
  const all: Record<string, string[]> = {}
  for (const { relname } of tables) {
    const { rows } = await client.query<{ line: string }>(
      `SELECT t::text AS line FROM chartway.${relname} t ORDER BY 1`,
    )
    all[relname] = rows.map(({ line }) => line)
  }
  return all
}

test('a restored installation has every row, goes on counting, and holds what would go out', async () => {
  await using target = await emptyDatabase()
  const before = await rowsOf(owner)
  const made = await makeBackup(ports(), file)
  expect(made.tables.map(({ name }) => name).sort()).toEqual(Object.keys(before).sort())
  const restored = await restoreBackup(ports(target.url), file, { actor: 'operator' })
  expect(restored).toMatchObject({ held: 2, migrated: [] })
  const after = await rowsOf(target.client)
  const { organizations, access_events: events, ...rest } = after
  const { organizations: named, access_events: told, ...others } = before
  expect(rest).toEqual(others)
  expect(organizations?.map((line) => line.replace(/,\d+,restore,\d+\)$/, ',,,)'))).toEqual(named)
  expect(events?.filter((line) => !line.includes('installation.restore'))).toEqual(told)
  expect(events).toHaveLength((told?.length ?? 0) + 2)
  const { rows } = await target.client.query(
    'SELECT max(event_id)::int AS last FROM chartway.access_events',
  )
  expect(rows).toEqual([{ last: 52 }])
})

test('what is restored is as guarded as what was backed up', async () => {
  await using target = await emptyDatabase()
  await makeBackup(ports(), file)
  await restoreBackup(ports(target.url), file, { actor: 'operator' })
  const guards = `SELECT relname, relrowsecurity, relforcerowsecurity,
      (SELECT count(*)::int FROM pg_policy WHERE polrelid = c.oid) AS policies
    FROM pg_class c WHERE relnamespace = 'chartway'::regnamespace AND relkind = 'r' ORDER BY 1`
  expect((await target.client.query(guards)).rows).toEqual((await owner.query(guards)).rows)
})

test('a backup made while rows come and go is of one instant', async () => {
  await using target = await emptyDatabase()
  const writer = new pg.Client({ connectionString: source.url })
  await writer.connect()
  let writing = true
  // Both tables always hold the same number of rows of it, in every snapshot.
  const load = (async () => {
    for (let n = 0; writing; n++)
      await writer.query(`BEGIN; SET LOCAL search_path = chartway;
        INSERT INTO mirror_versions SELECT organization_id, practice_id, 'Basic', '${n}', 1, content, content_hash,
          NULL, 0, NULL, false FROM mirror_resources LIMIT 1;
        INSERT INTO access_events (organization_id, at, actor, action, outcome)
          VALUES ('one', ${n}, 'load', 'load', 'success'); COMMIT`)
  })()
  const made = await makeBackup(ports(), file)
  writing = false
  await load
  await writer.end()
  await restoreBackup(ports(target.url), file, { actor: 'operator' })
  const { rows } = await target.client.query<{ versions: number; events: number }>(`
    SELECT (SELECT count(*)::int FROM chartway.mirror_versions WHERE type = 'Basic') AS versions,
           (SELECT count(*)::int FROM chartway.access_events WHERE actor = 'load') AS events`)
  expect(rows[0]?.versions).toBe(rows[0]?.events)
  expect(made.tables.find(({ name }) => name === 'mirror_versions')?.rows).toBe(rows[0]?.versions)
})

test('the snapshot of another session can be backed up instead of the present', async () => {
  const other = new pg.Client({ connectionString: source.url })
  await other.connect()
  await other.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
  const { rows } = await other.query<{ id: string }>('SELECT pg_export_snapshot() AS id')
  const { rows: then } = await other.query(
    'SELECT count(*)::int AS count FROM chartway.access_events',
  )
  await owner.query(`INSERT INTO chartway.access_events (organization_id, at, actor, action, outcome)
    VALUES ('one', 1, 'later', 'later', 'success')`)
  const made = await makeBackup(ports(), file, { snapshot: rows[0]?.id })
  await other.end()
  expect(made.tables.find(({ name }) => name === 'access_events')?.rows).toBe(then[0]?.count)
  await expect(makeBackup(ports(), file, { snapshot: `x'; --` })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
  })
})

test('a backup says nothing without its key, and is for its owner alone', async () => {
  await owner.query(
    `UPDATE chartway.organizations SET name = 'CANARY-9731' WHERE organization_id = 'two'`,
  )
  await makeBackup(ports(), file)
  const bytes = await readFile(file)
  expect(bytes.includes('CANARY-9731')).toBe(false)
  expect(bytes.includes(Buffer.from(masterKey))).toBe(false)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  await expect(checkBackup(ports(source.url, random.bytes(32)), file)).rejects.toMatchObject({
    code: 'BACKUP_KEY_OTHER',
  })
})

test('a changed byte anywhere, a cut and a continuation are noticed before anything is restored', async () => {
  await using target = await emptyDatabase()
  await makeBackup(ports(), file)
  const whole = await readFile(file)
  const broken: Buffer[] = [
    whole.subarray(0, whole.length - 1),
    whole.subarray(0, Math.floor(whole.length / 2)),
    whole.subarray(0, 10),
    Buffer.concat([whole, Buffer.from('x')]),
    ...[5, 100, 250, 300, 5_000, whole.length - 3].map((at) => {
      const copy = Buffer.from(whole)
      copy[at] = (copy[at] ?? 0) ^ 1
      return copy
    }),
  ]
  for (const bytes of broken) {
    await writeFile(file, bytes)
    const failure = restoreBackup(ports(target.url), file, { actor: 'operator' })
    await expect(failure).rejects.toMatchObject({
      code: expect.stringMatching(/^BACKUP_(UNREADABLE|KEY_OTHER)$/),
    })
  }
  const { rows } = await target.client.query(`SELECT FROM pg_namespace WHERE nspname = 'chartway'`)
  expect(rows).toEqual([])
})

test('a file that is refused is closed at once', async () => {
  await makeBackup(ports(), file)
  const whole = await readFile(file)
  let open = 0
  async function* counted(path: string): AsyncIterable<Uint8Array> {
    open++
    try {
      yield* diskStreams.read(path)
    } finally {
      open--
    }
  }
  const files = { ...diskStreams, read: counted }
  const refused = (given: BackupPorts) =>
    expect(checkBackup({ ...given, files }, file)).rejects.toMatchObject({ name: 'ChartwayError' })
  await refused(ports(source.url, random.bytes(32)))
  expect(open).toBe(0)
  const changed = Buffer.from(whole)
  changed[500] = (changed[500] ?? 0) ^ 1
  for (const bytes of [
    Buffer.from('no backup at all, by any means'),
    changed,
    whole.subarray(0, -1),
  ]) {
    await writeFile(file, bytes)
    await refused(ports())
    expect(open).toBe(0)
  }
})

test('a database that holds anything is left alone', async () => {
  await makeBackup(ports(), file)
  const before = await rowsOf(owner)
  const failure = restoreBackup(ports(), file, { actor: 'operator' })
  await expect(failure).rejects.toMatchObject({ code: 'RESTORE_NOT_EMPTY' })
  expect(await rowsOf(owner)).toEqual(before)
})

test('a restore that was interrupted can be begun again', async () => {
  await using target = await emptyDatabase()
  await makeBackup(ports(), file)
  const failing = { ...ports(target.url), files: { ...diskStreams, read: once(diskStreams.read) } }
  await expect(restoreBackup(failing, file, { actor: 'operator' })).rejects.toThrow('power cut')
  await restoreBackup(ports(target.url), file, { actor: 'operator' })
  const { rows } = await target.client.query(
    'SELECT count(*)::int AS count FROM chartway.mirror_resources',
  )
  expect(rows).toEqual([{ count: 20_000 }])
})

/** Reads once in full, for the check; the second time it breaks off in the middle. */
function once(read: (path: string) => AsyncIterable<Uint8Array>) {
  let reads = 0
  return async function* (path: string): AsyncIterable<Uint8Array> {
    reads++
    for await (const chunk of read(path)) {
      if (reads === 2) {
        yield chunk.subarray(0, chunk.length / 2)
        throw new Error('power cut')
      }
      yield chunk
    }
  }
}

test('a backup of an earlier version is restored and brought up to date', async () => {
  await using earlier = await emptyDatabase()
  await using target = await emptyDatabase()
  const clock = wallClock()
  const { rows: all } = await owner.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM chartway.migrations ORDER BY name',
  )
  const only = all.filter(({ name }) => name !== '0008-last-code.sql')
  await migrate({ url: earlier.url, clock, only })
  await earlier.client.query(`INSERT INTO chartway.organizations VALUES ('early', 'Early', 1)`)
  await makeBackup(ports(earlier.url), file)
  const restored = await restoreBackup(ports(target.url), file, { actor: 'operator' })
  expect(restored.migrated).toEqual(['0008-last-code.sql'])
  const { rows } = await target.client.query('SELECT name FROM chartway.organizations')
  expect(rows).toEqual([{ name: 'Early' }])
  expect(await migrate({ url: target.url, clock })).toEqual([])
})

test('a backup of a later version is refused', async () => {
  await using target = await emptyDatabase()
  await owner.query(`INSERT INTO chartway.migrations VALUES ('9999-later.sql', 'x', 0)`)
  await makeBackup(ports(), file)
  await owner.query(`DELETE FROM chartway.migrations WHERE name = '9999-later.sql'`)
  const failure = restoreBackup(ports(target.url), file, { actor: 'operator' })
  await expect(failure).rejects.toMatchObject({
    code: 'BACKUP_NEWER',
    details: { migration: '9999-later.sql' },
  })
})
