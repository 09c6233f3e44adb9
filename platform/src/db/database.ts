// The rooms' view of PostgreSQL: transactions that belong to one organization. It keeps no rows, tries
// nothing twice and knows no table.

import type pg from 'pg'
import type { Clock } from '../kernel/clock.ts'
import { ChartwayError } from '../kernel/errors.ts'
import type { OrganizationId } from '../kernel/ids.ts'
import { openPool, type Prelude, send } from './connection.ts'
import { databaseProblem } from './problems.ts'
import type { Database, Row, SystemTx, TenantTx } from './types.ts'

/** Connections for work on one tenant unless told otherwise, and for the lists above tenants. */
const POOL_MAX = 10
const SYSTEM_POOL_MAX = 2

/**
 * Opens a database that `migrate` has prepared. Connections are made when first needed; the role in
 * `url` must be allowed to become `chartway_app` and `chartway_system`. Everything it does is marked
 * on the clock as work outside the process.
 */
export function openDatabase(options: {
  readonly url: string
  readonly clock: Clock
  readonly poolMax?: number
}): Database {
  const { url, clock } = options
  const app = openPool({ url, role: 'chartway_app', max: options.poolMax ?? POOL_MAX })
  const system = openPool({ url, role: 'chartway_system', max: SYSTEM_POOL_MAX })
  return {
    tenant: (organization, work) =>
      transaction(app, clock, { begin: true, organization }, (query) =>
        work({ organization, query } satisfies TenantTx),
      ),
    system: (work) =>
      transaction(system, clock, { begin: true }, (query) => work({ query } satisfies SystemTx)),
    statement: (organization, sql, parameters) =>
      clock.during(oneStatement(app, organization, sql, parameters)),
    close: async () => {
      await clock.during(Promise.all([app.end(), system.end()]))
    },
  }
}

/** For taking a practice out of its organization: deletes what the program itself never may. */
export function openEraser(options: {
  readonly url: string
  readonly clock: Clock
}): Pick<Database, 'tenant' | 'close'> {
  const { url, clock } = options
  const pool = openPool({ url, role: 'chartway_eraser', max: 1 })
  return {
    tenant: (organization, work) =>
      transaction(pool, clock, { begin: true, organization }, (query) =>
        work({ organization, query }),
      ),
    close: () => clock.during(pool.end()),
  }
}

type Query = TenantTx['query']

/**
 * The first statement carries BEGIN and the organization with it, so a transaction costs one round
 * trip per statement and one to commit, and one that asks nothing costs none.
 */
async function transaction<T>(
  pool: pg.Pool,
  clock: Clock,
  prelude: Prelude,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  const client = await clock.during(connect(pool))
  let state: 'fresh' | 'open' | 'ended' = 'fresh'
  const query: Query = <R extends Row>(sql: string, parameters: readonly unknown[] = []) => {
    if (state === 'ended') return Promise.reject(outOfTransaction())
    const first = state === 'fresh'
    state = 'open'
    const sent = send<R>(client, sql, parameters, first ? prelude : undefined)
    return clock.during(
      sent.catch((thrown: unknown) => {
        throw databaseProblem(thrown, 'work')
      }),
    )
  }
  const end = (): boolean => {
    const opened = state === 'open'
    state = 'ended'
    return opened
  }
  try {
    const result = await work(query)
    if (end()) await clock.during(commit(client))
    client.release()
    return result
  } catch (thrown) {
    const opened = end()
    await clock.during(abandon(client, opened))
    throw thrown
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (thrown) {
    throw databaseProblem(thrown, 'connect')
  }
}

async function commit(client: pg.PoolClient): Promise<void> {
  try {
    const { command } = await client.query('COMMIT')
    // PostgreSQL answers ROLLBACK when a statement had failed and nobody looked.
    if (command !== 'COMMIT') throw outOfTransaction()
  } catch (thrown) {
    throw databaseProblem(thrown, 'commit')
  }
}

/** Rolls back; a connection on which even that fails is closed, which rolls back as well. */
async function abandon(client: pg.PoolClient, opened: boolean): Promise<void> {
  try {
    if (opened) await client.query('ROLLBACK')
    client.release()
  } catch {
    client.release(true)
  }
}

async function oneStatement<T extends Row>(
  pool: pg.Pool,
  organization: OrganizationId,
  sql: string,
  parameters: readonly unknown[],
): Promise<readonly T[]> {
  const client = await connect(pool)
  try {
    const rows = await send<T>(client, sql, parameters, { begin: false, organization })
    client.release()
    return rows
  } catch (thrown) {
    const problem = databaseProblem(thrown, 'work')
    client.release(problem.code === 'DATABASE_UNREACHABLE')
    throw problem
  }
}

function outOfTransaction(): ChartwayError {
  return new ChartwayError('INTERNAL', {
    details: {
      reason: 'a statement outside its transaction, or one whose failure was not awaited',
    },
  })
}
