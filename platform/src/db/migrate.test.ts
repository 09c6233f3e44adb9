// Migrations: run twice, run at once, edited after the fact, and a database from the future.

import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { wallClock } from '../kernel/clock.ts'
import { migrate } from './index.ts'

let held: TestDatabase
let owner: pg.Client
const clock = wallClock()

beforeEach(async () => {
  held = await testDatabase()
  owner = new pg.Client({ connectionString: held.url })
  await owner.connect()
})
afterEach(async () => {
  await owner.end()
  await held.close()
})

test('a second run applies nothing', async () => {
  expect(await migrate({ url: held.url, clock })).toEqual([])
})

test('several processes at once apply each migration once', async () => {
  await owner.query('DROP SCHEMA chartway CASCADE')
  const runs = await Promise.all([1, 2, 3].map(() => migrate({ url: held.url, clock })))
  const applied = runs.flat()
  expect(applied.length).toBeGreaterThan(0)
  expect(new Set(applied).size).toBe(applied.length)
})

test('an edited migration is refused by name', async () => {
  await owner.query(`UPDATE chartway.migrations SET checksum = 'x' WHERE name = '0002-ledger.sql'`)
  await expect(migrate({ url: held.url, clock })).rejects.toMatchObject({
    code: 'MIGRATION_CHANGED',
    details: { migration: '0002-ledger.sql' },
  })
})

test('a database from a later version is refused', async () => {
  await owner.query(`INSERT INTO chartway.migrations VALUES ('9999-later.sql', 'x', 0)`)
  await expect(migrate({ url: held.url, clock })).rejects.toMatchObject({
    code: 'MIGRATION_UNKNOWN',
  })
})

test('security that was taken off a table is put back', async () => {
  await owner.query(`
    ALTER TABLE chartway.practices NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
    DROP POLICY one_organization ON chartway.practices;
    CREATE TABLE chartway.newcomers (organization_id text, id text, PRIMARY KEY (organization_id, id))`)
  await migrate({ url: held.url, clock })
  const { rows } = await owner.query(`
    SELECT relname, relrowsecurity, relforcerowsecurity, (SELECT count(*)::int FROM pg_policy WHERE polrelid = c.oid) AS policies
      FROM pg_class c WHERE relname IN ('practices', 'newcomers') ORDER BY relname`)
  const secured = { relrowsecurity: true, relforcerowsecurity: true, policies: 3 }
  expect(rows).toEqual([
    { relname: 'newcomers', ...secured },
    { relname: 'practices', ...secured },
  ])
})
