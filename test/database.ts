// A database of its own for every test file, copied from the migrated template. Real PostgreSQL: no
// test of ours pretends one.

import pg from 'pg'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../platform/src/db/index.ts'
import { type Clock, wallClock } from '../platform/src/kernel/clock.ts'
import { systemRandom } from '../platform/src/kernel/random.ts'

export interface TestDatabase {
  /** As the owner of the schema, whom row-level security binds no less. */
  readonly url: string
  readonly database: Database
  close(): Promise<void>
}

/** Call it in `beforeAll` and `close` in `afterAll`. Takes the test's clock, or the wall's. */
export async function testDatabase(
  options: { readonly clock?: Clock; readonly poolMax?: number } = {},
): Promise<TestDatabase> {
  const server = inject('databaseUrl')
  const name = `t_${systemRandom().uuid().replaceAll('-', '')}`
  await ask(server, `CREATE DATABASE ${name} TEMPLATE chartway_template`)
  const address = new URL(server)
  address.pathname = `/${name}`
  const database = openDatabase({
    url: address.href,
    clock: options.clock ?? wallClock(),
    poolMax: options.poolMax ?? 4,
  })
  return {
    url: address.href,
    database,
    close: async () => {
      await database.close()
      await ask(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
}

async function ask(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
