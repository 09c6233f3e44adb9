// The database room against a real PostgreSQL: what one organization sees of another, what a
// transaction keeps, and which code a failure gets.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { wallClock } from '../kernel/clock.ts'
import type { OrganizationId } from '../kernel/ids.ts'
import { organizationId } from '../kernel/ids.ts'
import { VirtualClock } from '../kernel/virtual-clock.ts'
import { openDatabase } from './index.ts'
import type { TenantTx } from './types.ts'

let held: TestDatabase
const north = id('north')
const south = id('south')

function id(text: string): OrganizationId {
  const made = organizationId(text)
  if (made === undefined) throw new Error(`not an id: ${text}`)
  return made
}

function addPractice(tx: TenantTx, organization: string, practice: string) {
  return tx.query(
    `INSERT INTO practices (organization_id, practice_id, name, time_zone, dialect, base_url,
       client_id, overrides, state, created_at)
     VALUES ($1, $2, 'A practice', 'America/New_York', 'ecw', 'https://ehr.example', 'c', '{}',
       'connected', $3)`,
    [organization, practice, 1_800_000_000_000],
  )
}

beforeAll(async () => {
  held = await testDatabase({ poolMax: 8 })
  await held.database.system((tx) =>
    tx.query(`INSERT INTO organizations VALUES ('north', 'North', 1), ('south', 'South', 2)`),
  )
  for (const organization of [north, south]) {
    await held.database.tenant(organization, (tx) => addPractice(tx, organization, 'first'))
  }
})
afterAll(() => held.close())

describe('tenants', () => {
  test('a row of another organization is invisible to select, update and delete', async () => {
    const seen = await held.database.tenant(north, async (tx) => [
      await tx.query('SELECT organization_id FROM practices'),
      await tx.query(
        `UPDATE practices SET name = 'x' WHERE organization_id = 'south' RETURNING practice_id`,
      ),
      await tx.query(`DELETE FROM practices WHERE organization_id = 'south' RETURNING practice_id`),
      await tx.query('SELECT organization_id FROM organizations'),
    ])
    expect(seen).toEqual([[{ organization_id: 'north' }], [], [], [{ organization_id: 'north' }]])
  })

  test('a row cannot be inserted for, or moved to, another organization', async () => {
    await expect(
      held.database.tenant(north, (tx) => addPractice(tx, 'south', 'smuggled')),
    ).rejects.toMatchObject({ code: 'DATABASE_FORBIDDEN' })
    await expect(
      held.database.tenant(north, (tx) =>
        tx.query(`UPDATE practices SET organization_id = 'south'`),
      ),
    ).rejects.toMatchObject({ code: 'DATABASE_FORBIDDEN' })
    const rows = await held.database.statement(south, 'SELECT practice_id FROM practices', [])
    expect(rows).toEqual([{ practice_id: 'first' }])
  })

  test('many statements of different organizations at once never see each other', async () => {
    const asked = Array.from({ length: 400 }, (_, index) => (index % 3 === 0 ? south : north))
    const seen = await Promise.all(
      asked.map((organization) =>
        held.database.statement(organization, 'SELECT organization_id FROM practices', []),
      ),
    )
    expect(seen).toEqual(asked.map((organization) => [{ organization_id: organization }]))
  })

  test('the organization of a statement or a transaction does not stay on the connection', async () => {
    const alone = await testDatabase({ poolMax: 1 })
    try {
      const setting = `SELECT current_setting('chartway.organization', true) AS organization`
      await alone.database.statement(north, 'SELECT 1', [])
      await alone.database.tenant(south, (tx) => tx.query('SELECT 1'))
      // A scope is always set anew; what is left between two is nothing.
      const [now] = await alone.database.statement(
        north,
        `${setting}, (SELECT count(*) FROM practices) AS rows`,
        [],
      )
      expect(now).toEqual({ organization: 'north', rows: 0 })
    } finally {
      await alone.close()
    }
  })

  test('system sees the organizations and no table of a tenant', async () => {
    const rows = await held.database.system((tx) =>
      tx.query('SELECT organization_id FROM organizations ORDER BY 1'),
    )
    expect(rows).toEqual([{ organization_id: 'north' }, { organization_id: 'south' }])
    for (const table of ['practices', 'access_events', 'mirror_resources', 'api_keys']) {
      await expect(
        held.database.system((tx) => tx.query(`SELECT FROM ${table}`)),
      ).rejects.toMatchObject({ code: 'DATABASE_FORBIDDEN' })
    }
  })
})

describe('transactions', () => {
  test('what rejects is rolled back, and what resolves is kept', async () => {
    const failed = held.database.tenant(north, async (tx) => {
      await addPractice(tx, 'north', 'undone')
      throw new Error('changed my mind')
    })
    await expect(failed).rejects.toThrow('changed my mind')
    await held.database.tenant(north, (tx) => addPractice(tx, 'north', 'kept'))
    const rows = await held.database.statement(
      north,
      `SELECT practice_id FROM practices WHERE practice_id IN ('undone', 'kept')`,
      [],
    )
    expect(rows).toEqual([{ practice_id: 'kept' }])
  })

  test('a failure inside that was swallowed still fails the transaction', async () => {
    const work = held.database.tenant(north, async (tx) => {
      await addPractice(tx, 'north', 'swallowed')
      await tx.query('SELECT 1 / 0').catch(() => {})
    })
    await expect(work).rejects.toMatchObject({ code: 'INTERNAL' })
    const rows = await held.database.statement(
      north,
      `SELECT FROM practices WHERE practice_id = 'swallowed'`,
      [],
    )
    expect(rows).toHaveLength(0)
  })

  test('a transaction that is over takes no more statements', async () => {
    const escaped = await held.database.tenant(north, (tx) => Promise.resolve(tx))
    await expect(escaped.query('SELECT 1')).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  test('statements sent without waiting run in order inside the same transaction', async () => {
    const counts = await held.database.tenant(south, (tx) =>
      Promise.all([
        tx.query('SELECT count(*) AS n FROM practices'),
        addPractice(tx, 'south', 'second'),
        tx.query('SELECT count(*) AS n FROM practices'),
      ]),
    )
    expect([counts[0], counts[2]]).toEqual([[{ n: 1 }], [{ n: 2 }]])
  })

  test('the same text is prepared once and asked with other values', async () => {
    const sql = 'SELECT $1::bigint AS n, $2::bytea AS bytes, $3::text[] AS words'
    for (const n of [1, 2 ** 53 - 1]) {
      const [row] = await held.database.statement(north, sql, [
        n,
        new Uint8Array([0, 255]),
        ['a,b', '"'],
      ])
      expect(row).toEqual({ n, bytes: Buffer.from([0, 255]), words: ['a,b', '"'] })
    }
    await expect(
      held.database.statement(north, 'SELECT 9007199254740993::bigint AS n', []),
    ).rejects.toMatchObject({ code: 'INTERNAL' })
  })
})

describe('failures get codes and never values', () => {
  const fail = (sqlState: string) =>
    held.database.statement(
      north,
      // Raises any SQLSTATE: a cast whose error is the server's own would give only a few.
      `SELECT raiser.raise($1)`,
      [sqlState],
    )

  beforeAll(async () => {
    const { default: pg } = await import('pg')
    const owner = new pg.Client({ connectionString: held.url })
    await owner.connect()
    await owner.query(`
      CREATE SCHEMA raiser; GRANT USAGE ON SCHEMA raiser TO chartway_app;
      CREATE FUNCTION raiser.raise(state text) RETURNS void LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'Jane Doe' USING ERRCODE = state, DETAIL = 'Jane Doe'; END $$`)
    await owner.end()
  })

  test.each([
    ['53100', 'DATABASE_FULL', 'later'],
    ['40001', 'DATABASE_CONFLICT', 'later'],
    ['40P01', 'DATABASE_CONFLICT', 'later'],
    ['57014', 'DATABASE_TIMEOUT', 'later'],
    ['57P01', 'DATABASE_UNREACHABLE', 'later'],
    ['08006', 'DATABASE_UNREACHABLE', 'later'],
    ['23505', 'DATABASE_DUPLICATE', 'never'],
    ['XX000', 'INTERNAL', 'never'],
  ])('SQLSTATE %s is %s, to try %s', async (state, code, retry) => {
    const problem = await fail(state).catch((thrown: unknown) => thrown)
    expect(problem).toMatchObject({ code, retry, details: { sqlState: state } })
    expect(JSON.stringify(problem) + String(problem)).not.toContain('Jane')
  })

  test('a database that is not there is unreachable', async () => {
    const nowhere = openDatabase({
      url: 'postgresql://nobody:x@127.0.0.1:1/none',
      clock: wallClock(),
    })
    await expect(nowhere.statement(north, 'SELECT 1', [])).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      retry: 'later',
    })
    await nowhere.close()
  })

  test('a connection lost in the middle is unreachable, lost at COMMIT is unknown', async () => {
    const owned = openDatabase({ url: held.url, clock: wallClock(), poolMax: 1 })
    try {
      const pid = await backend((sql) => owned.statement(north, sql, []))
      const cut = owned.statement(north, 'SELECT pg_sleep(20)', [])
      await Promise.all([
        expect(cut).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' }),
        terminate(pid),
      ])
      const again = await owned.statement(north, 'SELECT 1 AS one', [])
      expect(again).toEqual([{ one: 1 }])
      await expect(
        owned.tenant(north, async (tx) => terminate(await backend((sql) => tx.query(sql)))),
      ).rejects.toMatchObject({ code: 'DATABASE_COMMIT_UNKNOWN' })
    } finally {
      await owned.close()
    }
  })

  async function backend(
    query: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>,
  ): Promise<number> {
    const [row] = await query('SELECT pg_backend_pid() AS pid')
    return Number(row?.pid)
  }

  async function terminate(pid: number): Promise<void> {
    const { default: pg } = await import('pg')
    const owner = new pg.Client({ connectionString: held.url })
    await owner.connect()
    await owner.query('SELECT pg_terminate_backend($1, 2000)', [pid])
    await owner.end()
  }
})

test('a virtual clock waits for a query', async () => {
  const clock = new VirtualClock(0)
  const database = openDatabase({ url: held.url, clock, poolMax: 1 })
  const order: string[] = []
  const query = database
    .tenant(north, (tx) => tx.query('SELECT pg_sleep(0.05)'))
    .then(() => order.push('query'))
  const sleeper = clock.sleep(1000).then(() => order.push('sleeper'))
  await clock.advance(2000)
  await Promise.all([query, sleeper])
  expect(order).toEqual(['query', 'sleeper'])
  await database.close()
})
