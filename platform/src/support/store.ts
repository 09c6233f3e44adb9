// What the database says about itself without any record: versions, sizes, counts by code. Each query
// names its columns, so that a new one is never shown by itself.

import { openDump } from '../db/index.ts'
import type { Clock } from '../kernel/clock.ts'

export interface DatabaseFacts {
  readonly server: unknown
  readonly migrations: unknown
  /** SHA-256 of tables, columns, indexes and constraints as the catalog tells them. */
  readonly schema: unknown
  readonly tables: unknown
  readonly organizations: unknown
  readonly practices: unknown
  /** Questions by practice, rank and code; when the earliest is due. */
  readonly questions: unknown
  /** Things that could not be used, by practice, search and code; never where or what. */
  readonly problems: unknown
  /** Entries of the ledger by action and outcome. */
  readonly ledger: unknown
}

const QUERIES: Readonly<Record<keyof DatabaseFacts, string>> = {
  server: `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
    current_setting('synchronous_commit') AS synchronous_commit,
    current_setting('full_page_writes') AS full_page_writes`,
  migrations: 'SELECT name, left(checksum, 16) AS checksum FROM chartway.migrations ORDER BY name',
  schema: `SELECT encode(sha256(convert_to(string_agg(line, E'\\n' ORDER BY line), 'UTF8')), 'hex') AS sha256
    FROM (
      SELECT format('%s.%s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod)) AS line
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       WHERE c.relnamespace = 'chartway'::regnamespace AND c.relkind = 'r'
      UNION ALL SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
       WHERE c.relnamespace = 'chartway'::regnamespace
      UNION ALL SELECT format('%s %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint
       WHERE connamespace = 'chartway'::regnamespace) l`,
  tables: `SELECT relname AS name, reltuples::bigint AS about_rows, pg_total_relation_size(oid) AS bytes
    FROM pg_class WHERE relnamespace = 'chartway'::regnamespace AND relkind = 'r' ORDER BY 1`,
  organizations: `SELECT count(*) AS count, count(held_at) AS held FROM chartway.organizations`,
  practices: `SELECT p.organization_id AS organization, p.practice_id AS practice, p.state, p.dialect,
      s.started_at, s.first_record_at, s.complete_at, s.last_code, q.last AS sequence
    FROM chartway.practices p LEFT JOIN chartway.sync_states s USING (organization_id, practice_id)
      LEFT JOIN chartway.mirror_sequences q USING (organization_id, practice_id)`,
  questions: `SELECT organization_id AS organization, practice_id AS practice, rank, last_code,
      count(*) AS count, min(due_at) AS first_due_at, max(attempts) AS most_attempts
    FROM chartway.sync_due GROUP BY 1, 2, 3, 4`,
  problems: `SELECT organization_id AS organization, practice_id AS practice,
      split_part(search, '=', 1) AS search, code, count(*) AS count
    FROM chartway.sync_problems GROUP BY 1, 2, 3, 4`,
  ledger: `SELECT action, outcome, count(*) AS count, max(at) AS last_at
    FROM chartway.access_events GROUP BY 1, 2`,
}

export async function databaseFacts(place: {
  readonly url: string
  readonly clock: Clock
}): Promise<DatabaseFacts> {
  const dump = await openDump(place)
  const ask = async (query: string): Promise<unknown> => {
    const rows: unknown[] = []
    for await (const line of dump.lines(`SELECT to_jsonb(q)::text FROM (${query}) q`))
      rows.push(JSON.parse(line))
    return rows
  }
  try {
    return {
      server: await ask(QUERIES.server),
      migrations: await ask(QUERIES.migrations),
      schema: await ask(QUERIES.schema),
      tables: await ask(QUERIES.tables),
      organizations: await ask(QUERIES.organizations),
      practices: await ask(QUERIES.practices),
      questions: await ask(QUERIES.questions),
      problems: await ask(QUERIES.problems),
      ledger: await ask(QUERIES.ledger),
    }
  } finally {
    await dump.close()
  }
}
