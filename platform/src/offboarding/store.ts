// The rows of a practice that leaves: which tables hold any is the catalog's answer. Reads them in one
// snapshot, and deletes them in small steps, each of which is counted in its own transaction.

import { type Dump, openDump, openEraser, type TenantTx } from '../db/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import { type AccessEvent, appendAccess } from '../ledger/index.ts'

/** Rows deleted in one transaction. */
const STEP_ROWS = 5_000

export type { Dump }

export interface Place {
  readonly url: string
  readonly clock: Clock
}

export function snapshotOf(place: Place): Promise<Dump> {
  return openDump(place)
}

/** Tables with rows of practices, referring ones first. */
export function tablesOfPractices({ shape }: Dump): readonly string[] {
  const theirs = shape.tables.filter(
    ({ name, columns }) =>
      name !== 'practices' &&
      name !== 'offboardings' &&
      columns.includes('organization_id') &&
      columns.includes('practice_id'),
  )
  return theirs.map(({ name }) => name).reverse()
}

/** The condition for a practice's rows. Our own ids hold nothing that would need quoting. */
export function ofPractice({ organization, practice }: PracticeRef): string {
  return `organization_id = '${organization}' AND practice_id = '${practice}'`
}

export interface Begun {
  readonly startedAt: number
  readonly destroyed: Readonly<Record<string, number>>
  readonly finishedAt: number | undefined
}

type BegunRow = {
  readonly started_at: number
  readonly destroyed: Readonly<Record<string, number>>
  readonly finished_at: number | null
}

export type Eraser = ReturnType<typeof createEraser>

export function createEraser(place: Place) {
  const database = openEraser(place)
  const step = <T>(ref: PracticeRef, work: (tx: TenantTx) => Promise<T>) =>
    database.tenant(ref.organization, work)
  return {
    close: () => database.close(),
    /** What the practice is like now, and until when a process may be asking it. */
    state: (ref: PracticeRef) => step(ref, (tx) => stateOf(tx, ref)),
    /** An offboarding that was begun with this manifest, the latest. */
    begun: (ref: PracticeRef, manifest: string) => step(ref, (tx) => begunOf(tx, ref, manifest)),
    /** From here on the practice is not shown, asked or changed. */
    begin: (ref: PracticeRef, at: number, actor: string, manifest: string) =>
      step(ref, async (tx) => {
        await tx.query(
          `UPDATE practices SET state = 'leaving' WHERE organization_id = $1 AND practice_id = $2`,
          [ref.organization, ref.practice],
        )
        await tx.query(
          `INSERT INTO offboardings (organization_id, practice_id, started_at, actor, manifest, destroyed)
           VALUES ($1, $2, $3, $4, $5, '{}')`,
          [ref.organization, ref.practice, at, actor, manifest],
        )
      }),
    /** Deletes some rows of one table and counts them; true when none are left. */
    erase: (ref: PracticeRef, startedAt: number, table: string) =>
      step(ref, (tx) => eraseSome(tx, ref, startedAt, table)),
    finish: (ref: PracticeRef, startedAt: number, event: AccessEvent) =>
      step(ref, async (tx) => {
        await tx.query(
          `UPDATE offboardings SET finished_at = $4
            WHERE organization_id = $1 AND practice_id = $2 AND started_at = $3`,
          [ref.organization, ref.practice, startedAt, event.at],
        )
        await appendAccess(tx, event)
      }),
  }
}

async function stateOf(tx: TenantTx, ref: PracticeRef) {
  const key = [ref.organization, ref.practice]
  const [practice] = await tx.query<{ state: string }>(
    'SELECT state FROM practices WHERE organization_id = $1 AND practice_id = $2',
    key,
  )
  const [lease] = await tx.query<{ expires_at: number }>(
    'SELECT expires_at FROM sync_leases WHERE organization_id = $1 AND practice_id = $2',
    key,
  )
  const [feed] = await tx.query<{ last: number }>(
    'SELECT last FROM mirror_sequences WHERE organization_id = $1 AND practice_id = $2',
    key,
  )
  return { state: practice?.state, askedUntil: lease?.expires_at ?? 0, sequence: feed?.last ?? 0 }
}

async function begunOf(
  tx: TenantTx,
  ref: PracticeRef,
  manifest: string,
): Promise<Begun | undefined> {
  const [row] = await tx.query<BegunRow>(
    `SELECT started_at, destroyed, finished_at FROM offboardings
      WHERE organization_id = $1 AND practice_id = $2 AND manifest = $3
      ORDER BY started_at DESC LIMIT 1`,
    [ref.organization, ref.practice, manifest],
  )
  return (
    row && {
      startedAt: row.started_at,
      destroyed: row.destroyed,
      finishedAt: row.finished_at ?? undefined,
    }
  )
}

/** `table` is a name from the catalog. */
async function eraseSome(
  tx: TenantTx,
  ref: PracticeRef,
  startedAt: number,
  table: string,
): Promise<boolean> {
  const [gone] = await tx.query<{ rows: number }>(
    `WITH gone AS (
       DELETE FROM "${table}" WHERE ctid IN (
         SELECT ctid FROM "${table}" WHERE organization_id = $1 AND practice_id = $2 LIMIT ${STEP_ROWS})
       RETURNING 1)
     SELECT count(*)::int AS rows FROM gone`,
    [ref.organization, ref.practice],
  )
  const rows = gone?.rows ?? 0
  if (rows > 0)
    await tx.query(
      `UPDATE offboardings
          SET destroyed = destroyed || jsonb_build_object($4::text, coalesce((destroyed ->> $4)::int, 0) + $5::int)
        WHERE organization_id = $1 AND practice_id = $2 AND started_at = $3`,
      [ref.organization, ref.practice, startedAt, table, rows],
    )
  return rows < STEP_ROWS
}
