// What the catalog says after all migrations: compared with the golden file, and with what every
// tenant table must be. `UPDATE=1` rewrites the golden file.

import { readFile, writeFile } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'

const GOLDEN = new URL('schema.sql', import.meta.url)
const HEADING = `-- The schema after all migrations, as the catalog tells it. Written by schema.test.ts (UPDATE=1); read it,
-- do not run it.
`

let held: TestDatabase
let owner: pg.Client

beforeAll(async () => {
  held = await testDatabase()
  owner = new pg.Client({ connectionString: held.url })
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await held.close()
})

async function ask(sql: string): Promise<readonly Record<string, unknown>[]> {
  return (await owner.query<Record<string, unknown>>(sql)).rows
}

/** Tables, columns, constraints, indexes, policies and grants, in an order of names. */
async function describeSchema(): Promise<string> {
  const rows = await ask(`
    SELECT c.relname AS name,
      (SELECT string_agg(format('  %s %s%s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                (SELECT format(' COLLATE "%s"', collname) FROM pg_collation
                  WHERE oid = a.attcollation AND collname <> 'default'),
                CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
                CASE WHEN a.attidentity = 'a' THEN ' GENERATED ALWAYS AS IDENTITY' ELSE '' END,
                ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)), E',\n' ORDER BY a.attnum)
         FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
      (SELECT string_agg(format('  CONSTRAINT %s %s', conname, pg_get_constraintdef(oid)), E',\n'
                ORDER BY contype = 'p' DESC, conname)
         FROM pg_constraint WHERE conrelid = c.oid AND contype <> 'n') AS constraints,
      (SELECT string_agg(pg_get_indexdef(i.indexrelid) || ';', E'\n' ORDER BY i.indexrelid::regclass::text)
         FROM pg_index i WHERE i.indrelid = c.oid
          AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)) AS indexes,
      CASE WHEN c.relforcerowsecurity AND c.relrowsecurity
        THEN format('ALTER TABLE %s ENABLE, FORCE ROW LEVEL SECURITY;', c.relname) END AS security,
      (SELECT string_agg(format('CREATE POLICY %s ON %s FOR %s TO %s USING %s WITH CHECK %s;', polname,
                c.relname, CASE polcmd WHEN '*' THEN 'ALL' ELSE polcmd::text END,
                (SELECT string_agg(rolname, ', ') FROM pg_roles WHERE oid = ANY (polroles)),
                pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)), E'\n' ORDER BY polname)
         FROM pg_policy WHERE polrelid = c.oid) AS policies,
      (SELECT string_agg(format('GRANT %s ON %s TO %s;', privileges, c.relname, grantee), E'\n' ORDER BY grantee)
         FROM (SELECT grantee, string_agg(privilege_type, ', ' ORDER BY privilege_type) AS privileges
                 FROM information_schema.role_table_grants
                WHERE table_schema = 'chartway' AND table_name = c.relname AND grantee LIKE 'chartway\\_%'
                GROUP BY grantee) g) AS grants
      FROM pg_class c
     WHERE c.relnamespace = 'chartway'::regnamespace AND c.relkind IN ('r', 'p')
     ORDER BY c.relname`)
  const tables = rows.map(({ name, columns, constraints, indexes, security, policies, grants }) => {
    const body = [columns, constraints].filter(Boolean).join(',\n')
    const rest = [indexes, security, policies, grants].filter(Boolean)
    return [`CREATE TABLE ${name} (\n${body}\n);`, ...rest].join('\n')
  })
  return `${HEADING}\n${tables.join('\n\n')}\n`
}

test('the golden schema is what the migrations make', async () => {
  const made = await describeSchema()
  if (process.env.UPDATE === '1') await writeFile(GOLDEN, made)
  expect(made).toBe(await readFile(GOLDEN, 'utf8'))
})

const TENANT_TABLES = `
  SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id'
   WHERE c.relnamespace = 'chartway'::regnamespace AND c.relkind IN ('r', 'p')`

test('every table but the list of migrations belongs to organizations', async () => {
  const strangers = await ask(`
    SELECT relname FROM pg_class WHERE relnamespace = 'chartway'::regnamespace
       AND relkind IN ('r', 'p', 'v', 'm', 'f') AND relname NOT IN (SELECT relname FROM (${TENANT_TABLES}) t)`)
  expect(strangers).toEqual([{ relname: 'migrations' }])
})

test('every tenant table has row-level security forced, with the one policy', async () => {
  const faults = await ask(`
    SELECT t.relname FROM (${TENANT_TABLES}) t
     WHERE NOT (t.relrowsecurity AND t.relforcerowsecurity)
        OR NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND p.polcmd = '*'
             AND p.polroles = ARRAY['chartway_app'::regrole::oid]
             AND pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)
             AND pg_get_expr(p.polqual, p.polrelid)
               = '(organization_id = current_setting(''chartway.organization''::text, true))')
        OR (SELECT count(*) FROM pg_policy p
             WHERE p.polrelid = t.oid AND 'chartway_app'::regrole::oid = ANY (p.polroles)) <> 1`)
  expect(faults).toEqual([])
})

test('every key and unique index of a tenant table leads with the organization', async () => {
  const faults = await ask(`
    SELECT t.relname FROM (${TENANT_TABLES}) t
     WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)
        OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisunique
             AND (SELECT attname FROM pg_attribute WHERE attrelid = t.oid AND attnum = i.indkey[0])
                 <> 'organization_id')`)
  expect(faults).toEqual([])
})

test('a reference from one tenant table to another carries the organization', async () => {
  const faults = await ask(`
    SELECT conname FROM pg_constraint
     WHERE connamespace = 'chartway'::regnamespace AND contype = 'f'
       AND NOT (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]) = 'organization_id'`)
  expect(faults).toEqual([])
})

test('nothing runs with the rights of its owner', async () => {
  const functions = await ask(
    `SELECT proname FROM pg_proc WHERE pronamespace = 'chartway'::regnamespace AND prosecdef`,
  )
  const views = await ask(
    `SELECT relname FROM pg_class WHERE relnamespace = 'chartway'::regnamespace AND relkind IN ('v', 'm')`,
  )
  expect([functions, views]).toEqual([[], []])
})

test('the roles can neither log in nor pass by the policies, own nothing, and are members of nothing', async () => {
  const roles = await ask(`
    SELECT rolname, rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb,
      (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owns,
      (SELECT count(*)::int FROM pg_auth_members WHERE member = r.oid) AS memberships
      FROM pg_roles r WHERE rolname LIKE 'chartway\\_%' ORDER BY rolname`)
  const powerless = {
    rolsuper: false,
    rolbypassrls: false,
    rolcanlogin: false,
    rolcreaterole: false,
    rolcreatedb: false,
    owns: 0,
    memberships: 0,
  }
  expect(roles).toEqual([
    { rolname: 'chartway_app', ...powerless },
    { rolname: 'chartway_backup', ...powerless },
    { rolname: 'chartway_eraser', ...powerless },
    { rolname: 'chartway_system', ...powerless },
  ])
})

test('what happened can be appended and read, and not changed, emptied or dropped', async () => {
  const rights = await ask(`
    SELECT privilege_type FROM information_schema.role_table_grants
     WHERE table_name = 'access_events' AND grantee = 'chartway_app' ORDER BY 1`)
  expect(rights.map((row) => row.privilege_type)).toEqual(['INSERT', 'SELECT'])
  const truncate = await ask(`
    SELECT relname FROM pg_class
     WHERE relnamespace = 'chartway'::regnamespace AND relkind = 'r'
       AND has_table_privilege('chartway_app', oid, 'TRUNCATE, REFERENCES, TRIGGER')`)
  expect(truncate).toEqual([])
})
