// A practice leaves a real database: exported whole, destroyed to the last row, certified; the practice
// beside it stays as it was.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { migrate } from '../db/index.ts'
import { wallClock } from '../kernel/clock.ts'
import { diskStreams } from '../kernel/file-streams.ts'
import { organizationId, practiceId } from '../kernel/ids.ts'
import { systemRandom } from '../kernel/random.ts'
import { createPractices } from '../practice/index.ts'
import { destroyPractice, exportPractice, readCertificate } from './index.ts'

const masterKey = systemRandom().bytes(32)
const clock = wallClock()
const CONFIRMATION = 'destroy elm of one'
let held: TestDatabase
let owner: pg.Client
let folder: string
const ref = { organization: organizationId('one') ?? bad(), practice: practiceId('elm') ?? bad() }

function bad(): never {
  throw new Error('these are ids')
}

beforeEach(async () => {
  held = await testDatabase()
  owner = new pg.Client({ connectionString: held.url })
  await owner.connect()
  folder = await mkdtemp(join(tmpdir(), 'chartway-offboarding-'))
  await owner.query(`
    SET search_path = chartway;
    INSERT INTO organizations VALUES ('one', 'One', 1), ('two', 'Two', 1);
    INSERT INTO practices SELECT o, p, p, 'UTC', 'd', 'b', 'c', '{}', 'paused', 3
      FROM unnest(ARRAY['one', 'two']) o, unnest(ARRAY['elm', 'oak']) p;
    INSERT INTO mirror_sequences SELECT organization_id, practice_id, 2 FROM practices;
    INSERT INTO credentials SELECT organization_id, practice_id, 'login', '\\xaabb', 1 FROM practices;
    INSERT INTO mirror_resources SELECT organization_id, practice_id, 'Patient', 'p' || n, 1,
      '{"id":"p' || n || '","note":"back\\\\slash, tab\\t, quote\\", Zürich"}', '\\x00', NULL, NULL, 'fhir', 's', '',
      1, 1, 1, NULL, n = 3 FROM practices, generate_series(1, 12000) n;
    INSERT INTO sync_due SELECT organization_id, practice_id, 's', 'x', 1, 1 FROM practices;
    INSERT INTO access_events (organization_id, at, actor, action, practice_id, subject, outcome)
      SELECT organization_id, 1, 'key:k', 'patients.read', practice_id, 'Patient/p1', 'success' FROM practices`)
})
afterEach(async () => {
  await owner.end()
  await held.close()
  await rm(folder, { recursive: true })
})

const ports = () => ({ url: held.url, clock, files: diskStreams, masterKey })
const destroy = (confirmation: string | undefined = CONFIRMATION) =>
  destroyPractice(ports(), ref, { folder, confirmation, actor: 'operator' })

/** Rows of each practice over all tables that have practices, by this file's own catalog query. */
async function rowsByPractice(): Promise<Record<string, number>> {
  const { rows: tables } = await owner.query<{ name: string }>(`
    SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = 'chartway' AND column_name = 'practice_id' AND table_name <> 'offboardings'`)
  const found: Record<string, number> = {}
  for (const { name } of tables) {
    const { rows } = await owner.query<{ whose: string; rows: number }>(
      `SELECT organization_id || '/' || practice_id AS whose, count(*)::int AS rows
         FROM chartway.${name} WHERE practice_id IS NOT NULL GROUP BY 1`,
    )
    for (const { whose, rows: count } of rows) found[whose] = (found[whose] ?? 0) + count
  }
  return found
}

test('nothing of it stays, and nothing of anybody else is touched', async () => {
  const { 'one/elm': mine, ...others } = await rowsByPractice()
  expect(mine).toBeGreaterThan(12_000)
  await exportPractice(ports(), ref, folder)
  const certificate = await destroy()
  expect(await rowsByPractice()).toEqual(others)
  const destroyed = Object.values(certificate.certificate.destroyedRows)
  expect(destroyed.reduce((sum, rows) => sum + rows, 0)).toBe(mine)
})

test('the export is what stood there, line by line, without secrets', async () => {
  const manifest = await exportPractice(ports(), ref, folder)
  const patients = (await readFile(join(folder, 'fhir', 'Patient.ndjson'), 'utf8')).trimEnd()
  const lines = patients.split('\n')
  expect(lines).toHaveLength(11_999)
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    id: 'p1',
    note: 'back\\slash, tab\t, quote", Zürich',
  })
  const files = (await readdir(folder, { recursive: true })).filter((name) => /\./.test(name))
  expect(files.filter((name) => name !== 'manifest.json').sort()).toEqual(
    manifest.files.map(({ path }) => path).sort(),
  )
  for (const name of files) expect(await readFile(join(folder, name), 'utf8')).not.toContain('aabb')
  expect(files.some((name) => name.includes('credentials'))).toBe(false)
})

test('bytes of a table that nobody has thought of are taken for a secret', async () => {
  await owner.query(`
    CREATE TABLE chartway.newcomers (organization_id text, practice_id text, note text, token bytea);
    INSERT INTO chartway.newcomers VALUES ('one', 'elm', 'kept', '\\xaabb')`)
  await migrate({ url: held.url, clock })
  await exportPractice(ports(), ref, folder)
  const rows = await readFile(join(folder, 'tables', 'newcomers.ndjson'), 'utf8')
  expect(JSON.parse(rows)).toEqual({ organization_id: 'one', practice_id: 'elm', note: 'kept' })
  expect((await destroy()).certificate.destroyedRows.newcomers).toBe(1)
})

test('the certificate holds for this installation alone, and not when a word is changed', async () => {
  await exportPractice(ports(), ref, folder)
  await destroy()
  const text = await readFile(join(folder, 'certificate.json'), 'utf8')
  expect(readCertificate(text, masterKey)).toMatchObject({ practice: 'elm', by: 'operator' })
  expect(await readFile(join(folder, 'certificate.txt'), 'utf8')).toContain('Backups made before')
  const changed = text.replace('"elm"', '"oak"')
  for (const [bytes, key] of [
    [changed, masterKey],
    [text, systemRandom().bytes(32)],
    ['{}', masterKey],
  ] as const)
    expect(() => readCertificate(bytes, key)).toThrow('CERTIFICATE_FALSE')
})

test('without the exact sentence nothing is destroyed', async () => {
  await exportPractice(ports(), ref, folder)
  const before = await rowsByPractice()
  for (const sentence of ['yes', 'destroy oak of one', ''])
    await expect(destroy(sentence)).rejects.toMatchObject({ code: 'CONFIRMATION_WRONG' })
  expect(await rowsByPractice()).toEqual(before)
})

test('a practice that is asked, or that changed since its export, is not destroyed', async () => {
  await exportPractice(ports(), ref, folder)
  const before = await rowsByPractice()
  await owner.query(`UPDATE practices SET state = 'connected' WHERE practice_id = 'elm'`)
  await expect(destroy()).rejects.toMatchObject({ code: 'PRACTICE_NOT_PAUSED' })
  await owner.query(`UPDATE practices SET state = 'paused' WHERE practice_id = 'elm'`)
  await owner.query(`UPDATE mirror_sequences SET last = 3 WHERE practice_id = 'elm'`)
  await expect(destroy()).rejects.toMatchObject({ code: 'EXPORT_STALE' })
  await owner.query(`UPDATE mirror_sequences SET last = 2 WHERE practice_id = 'elm'`)
  await writeFile(join(folder, 'changes.ndjson'), '{}\n')
  await expect(destroy()).rejects.toMatchObject({ code: 'EXPORT_STALE' })
  expect(await rowsByPractice()).toEqual(before)
})

test('what was interrupted is hidden, cannot come back, and is finished with the right count', async () => {
  await exportPractice(ports(), ref, folder)
  const { 'one/elm': mine } = await rowsByPractice()
  // The certificate cannot be written: as a kill after the last row would leave it.
  const failing = {
    ...ports(),
    files: { ...diskStreams, write: () => Promise.reject(new Error('power cut')) },
  }
  const given = { folder, confirmation: CONFIRMATION, actor: 'operator' }
  await owner.query(`CREATE FUNCTION chartway.stop() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'power cut'; END $$;
    CREATE TRIGGER stop BEFORE DELETE ON chartway.practices EXECUTE FUNCTION chartway.stop()`)
  await expect(destroyPractice(ports(), ref, given)).rejects.toThrow()
  const practices = createPractices({
    ...{ clock, masterKey },
    database: held.database,
    random: systemRandom(),
  })
  expect(await practices.get(ref)).toBeUndefined()
  expect(await practices.setState(ref, 'connected', 'key:k')).toBeUndefined()
  await owner.query('DROP TRIGGER stop ON chartway.practices')
  await expect(destroyPractice(failing, ref, given)).rejects.toThrow('power cut')
  const { certificate } = await destroy()
  const destroyed = Object.values(certificate.destroyedRows)
  expect(destroyed.reduce((sum, rows) => sum + rows, 0)).toBe(mine)
  const { rows } = await owner.query(
    `SELECT count(*)::int AS count FROM access_events WHERE action = 'practices.destroy'`,
  )
  expect(rows).toEqual([{ count: 1 }])
})
