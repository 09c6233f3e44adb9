// How much of a practice is kept: what is said of it, how it is set, and how content that is no longer
// kept is dropped. Ids, hashes and the sequence stay in every mode, so that no change is missed.

import type { Row, TenantTx } from '../db/index.ts'
import {
  DROP_CHANGES,
  DROP_FOUND_BY,
  DROP_RESOURCES,
  DROP_VERSIONS,
  FIRST_LOCK,
} from './statements.ts'

/**
 * `full`: every state of every resource. `window`: content that was last seen to change within so many
 * days. `fingerprint`: no content at all.
 */
export type Retention =
  | { readonly mode: 'full' | 'fingerprint' }
  | { readonly mode: 'window'; readonly days: number }

/** Rows dropped by one statement; the next goes on where it stopped. */
const BATCH_MAX = 5_000
const DAY_MS = 24 * 3_600_000
/** After every change that can be. */
const EVERYTHING = Number.MAX_SAFE_INTEGER

export interface RetentionFound extends Row {
  readonly retention: Retention['mode']
  readonly retention_days: number | null
}

export function retentionOf(row: RetentionFound | undefined): Retention {
  if (row === undefined || row.retention === 'full') return { mode: 'full' }
  return row.retention === 'window'
    ? { mode: 'window', days: row.retention_days ?? 0 }
    : { mode: 'fingerprint' }
}

export async function readRetention(tx: TenantTx, practice: string): Promise<Retention> {
  const [row] = await tx.query<RetentionFound>(
    'SELECT retention, retention_days FROM mirror_sequences WHERE practice_id = $1',
    [practice],
  )
  return retentionOf(row)
}

export async function writeRetention(
  tx: TenantTx,
  practice: string,
  { retention, version }: { readonly retention: Retention; readonly version: number },
): Promise<void> {
  await tx.query(FIRST_LOCK, [tx.organization, practice, version])
  await tx.query(
    'UPDATE mirror_sequences SET retention = $2, retention_days = $3 WHERE practice_id = $1',
    [practice, retention.mode, retention.mode === 'window' ? retention.days : null],
  )
  // What is kept from now on is looked at again, also where an answer repeats the last one.
  await tx.query('UPDATE mirror_listings SET digest = NULL WHERE practice_id = $1', [practice])
}

/**
 * Drops one batch of what is not kept at `now`, epoch ms; gives how many rows were changed, less than
 * the largest batch when nothing is left to drop.
 */
export async function dropBatch(
  tx: TenantTx,
  practice: string,
  { retention, now }: { readonly retention: Retention; readonly now: number },
): Promise<{ readonly dropped: number; readonly more: boolean }> {
  if (retention.mode === 'full') return { dropped: 0, more: false }
  const before = retention.mode === 'window' ? now - retention.days * DAY_MS : EVERYTHING
  let dropped = 0
  let more = false
  for (const sql of [DROP_RESOURCES, DROP_VERSIONS, DROP_CHANGES]) {
    const rows = await tx.query<{ type: string; id: string }>(sql, [practice, before, BATCH_MAX])
    if (sql === DROP_RESOURCES && rows.length > 0)
      await tx.query(DROP_FOUND_BY, [
        practice,
        rows.map(({ type }) => type),
        rows.map(({ id }) => id),
      ])
    dropped += rows.length
    more ||= rows.length === BATCH_MAX
  }
  return { dropped, more }
}
