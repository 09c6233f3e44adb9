// Connections to PostgreSQL: what each is told when it opens, how values come back, and how a
// statement is sent so that its organization travels in the same message. Opens no transaction by
// itself and knows no table.

import pg from 'pg'
import { ChartwayError } from '../kernel/errors.ts'
import type { Row } from './types.ts'

/** The role a connection runs as; neither owns a table nor may pass by row-level security. */
export type Role = 'chartway_app' | 'chartway_system' | 'chartway_eraser'

/** Wall milliseconds: for a free connection, for one statement, and for an idle transaction. */
const CONNECT_MS_MAX = 10_000
const STATEMENT_MS_MAX = 60_000
const LOCK_MS_MAX = 30_000
const IDLE_IN_TRANSACTION_MS_MAX = 60_000
/** A connection that nobody needs is kept this long. */
const IDLE_MS_MAX = 60_000
/** The server gives up first; this is for a server that says nothing at all any more. */
const ANSWER_MS_MAX = STATEMENT_MS_MAX + 5_000
/** Distinct texts prepared by name; what comes later is sent unnamed. */
const PREPARED_MAX = 500

const BEGIN = 'chartway_begin'
const SCOPE = 'chartway_scope'
/** Sets the organization for the current transaction; yields no row, so it leaves no trace to skip. */
const SCOPE_SQL = `SELECT 1 WHERE set_config('chartway.organization', $1, true) IS NULL`

const INT8 = 20
const INT8_ARRAY = 1016

/**
 * Opens a pool whose connections run as `role` in the schema `chartway`, and connects nothing yet.
 * int8 comes back as a number: everything of ours in bigint is a time or a count.
 */
export function openPool(options: {
  readonly url: string
  readonly role: Role
  readonly max: number
}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max,
    pipeline: true,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    idleTimeoutMillis: IDLE_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
    lock_timeout: LOCK_MS_MAX,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
    query_timeout: ANSWER_MS_MAX,
    application_name: options.role,
    types: { getTypeParser: typeParser },
    onConnect: (client) => prepareConnection(client, options.role),
  })
  // A connection that breaks while idle is dropped by the pool; the next use opens another or fails.
  pool.on('error', () => {})
  return pool
}

async function prepareConnection(client: pg.ClientBase, role: Role): Promise<void> {
  // While it is lent, a broken connection shows itself in the query that is waiting for it.
  client.on('error', () => {})
  await Promise.all([
    client.query(`SET ROLE ${role}`),
    client.query('SET search_path = chartway, pg_temp'),
    client.query({ name: SCOPE, text: SCOPE_SQL, values: [''] }),
    client.query({ name: BEGIN, text: 'BEGIN' }),
    client.query('ROLLBACK'),
  ])
}

/** What goes before a statement in the same message, and so in the same transaction. */
export interface Prelude {
  /** Opens a transaction; without it the message is a transaction of its own. */
  readonly begin: boolean
  readonly organization?: string
}

/**
 * Sends one statement behind its prelude. PostgreSQL runs everything up to one Sync in one
 * transaction (protocol flow, 54.2.4 "Pipelining"), so a setting local to it cannot outlive it.
 */
export function send<T extends Row>(
  client: pg.PoolClient,
  sql: string,
  parameters: readonly unknown[],
  prelude?: Prelude,
): Promise<readonly T[]> {
  return new Promise((resolve, reject) => {
    const query = new pg.Query<Record<string, unknown>, unknown[]>(
      { name: preparedName(sql), text: sql, values: [...parameters] },
      (error, result) => {
        if (error) return reject(error)
        resolve(lastRows<T>(result))
      },
    )
    if (prelude) putBefore(query, prelude)
    client.query(query)
  })
}

function putBefore(query: pg.Query, prelude: Prelude): void {
  const submit = query.submit.bind(query)
  query.submit = (connection) => {
    connection.stream.cork()
    try {
      if (prelude.begin) execute(connection, BEGIN, [])
      if (prelude.organization !== undefined) execute(connection, SCOPE, [prelude.organization])
      return submit(connection)
    } finally {
      connection.stream.uncork()
    }
  }
}

function execute(connection: pg.Connection, statement: string, values: string[]): void {
  connection.bind({ statement, values }, true)
  connection.execute({}, true)
}

/** The driver gives an array of results when a message held several statements; ours is the last. */
function lastRows<T extends Row>(
  result: pg.ResultBuilder | readonly pg.ResultBuilder[] | undefined,
): readonly T[] {
  const last = Array.isArray(result) ? result.at(-1) : result
  return last?.rows ?? []
}

const names = new Map<string, string>()

/** A short name per text; the same in every connection. Empty (unprepared) beyond the bound. */
function preparedName(sql: string): string {
  const known = names.get(sql)
  if (known !== undefined) return known
  if (names.size >= PREPARED_MAX) return ''
  const name = `chartway_${names.size}`
  names.set(sql, name)
  return name
}

const typeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') => {
  if (format !== 'binary' && oid === INT8) return safeInteger
  if (format !== 'binary' && oid === INT8_ARRAY) return safeIntegers
  return format === 'binary'
    ? pg.types.getTypeParser(oid, 'binary')
    : pg.types.getTypeParser(oid, 'text')
}

function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) {
    throw new ChartwayError('INTERNAL', { details: { reason: 'bigint beyond 2^53' } })
  }
  return value
}

/** `{1,2,NULL}`; int8 arrays of one dimension need no unquoting. */
function safeIntegers(text: string): readonly (number | null)[] {
  const inner = text.slice(1, -1)
  if (inner === '') return []
  return inner.split(',').map((item) => (item === 'NULL' ? null : safeInteger(item)))
}
