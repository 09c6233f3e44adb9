// What to ask next, in the database: due rows, leases, problems. Decides nothing.

import type { Database, TenantTx } from '../db/index.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import { appendAccess } from '../ledger/index.ts'
import type { Reader } from '../mirror/index.ts'
import type { SyncProblem } from './types.ts'

/**
 * What is asked sooner among what is due. `directory` to `reference` were never answered and make up
 * the first sync; `continuing` is everything after it; `confirm` reads whether something missing is
 * gone, before all else and no part of the first sync.
 */
export const RANK = { confirm: -1, directory: 0, chart: 1, reference: 2, continuing: 5 } as const

/** True for what keeps a first sync from being complete. */
export function isFirstAsking(rank: number): boolean {
  return rank >= RANK.directory && rank < RANK.continuing
}

export interface Question {
  readonly search: string
  readonly subject: string
}

export interface DueRow {
  readonly search: string
  readonly subject: string
  readonly rank: number
  readonly attempts: number
  /** Answers in a row that there is no such thing. */
  readonly absences: number
  readonly dueAt: number
}

export interface NewDue {
  readonly search: string
  readonly subject: string
  readonly rank: number
  readonly dueAt: number
}

export interface Rescheduled {
  readonly search: string
  readonly subject: string
  readonly dueAt: number
  /** True when it was answered, or refused for good: it leaves the first sync. */
  readonly answered: boolean
  /** True when the answer was that there is no such thing. */
  readonly absent?: boolean
  readonly code: string | undefined
}

export interface Tally {
  readonly neverAnswered: number
  readonly all: number
}

export interface State {
  readonly startedAt: number
  readonly firstRecordAt: number | undefined
  readonly completeAt: number | undefined
  /** Of the last asking; undefined when it went well. */
  readonly lastCode: string | undefined
}

export type SyncStore = ReturnType<typeof createStore>

export function createStore(database: Database) {
  const tenant = <T>(ref: PracticeRef, work: (tx: TenantTx) => Promise<T>) =>
    database.tenant(ref.organization, work)
  return {
    /** Takes or keeps the lease; false when another holder has it. */
    lease: (ref: PracticeRef, holder: string, now: number, expiresAt: number) =>
      tenant(ref, (tx) => takeLease(tx, ref, { holder, now, expiresAt })),
    release: (ref: PracticeRef, holder: string) =>
      tenant(ref, (tx) =>
        tx.query(
          `DELETE FROM sync_leases
           WHERE organization_id = $1 AND practice_id = $2 AND holder = $3`,
          [ref.organization, ref.practice, holder],
        ),
      ),
    /** Adds questions that are not known yet; known ones stay as they are. */
    addDue: (ref: PracticeRef, rows: readonly NewDue[]) =>
      tenant(ref, (tx) => insertDue(tx, ref, rows)),
    /** Asks these again at once, whether they are known or not. */
    hasten: (ref: PracticeRef, rows: readonly NewDue[]) =>
      tenant(ref, (tx) => upsertDue(tx, ref, rows)),
    /** Forgets questions that need no asking any more, and what was wrong with their answers. */
    remove: (ref: PracticeRef, rows: readonly Question[]) =>
      tenant(ref, async (tx) => {
        await Promise.all([
          deleteRows(tx, ref, 'sync_due', rows),
          deleteRows(tx, ref, 'sync_problems', rows),
        ])
      }),
    nextDue: (ref: PracticeRef, now: number, limit: number, rankMax: number = RANK.continuing) =>
      tenant(ref, (tx) => selectDue(tx, ref, { now, limit, rankMax })),
    /** When the next question falls due; undefined when there is none. */
    nextDueAt: (ref: PracticeRef, rankMax: number = RANK.continuing) =>
      tenant(ref, (tx) => selectNextDueAt(tx, ref, rankMax)),
    /** In the order in which the answers came: the last one's code is the practice's. */
    reschedule: (ref: PracticeRef, rows: readonly Rescheduled[]) =>
      tenant(ref, async (tx) => {
        await Promise.all([updateDue(tx, ref, rows), updateLastCode(tx, ref, rows.at(-1))])
      }),
    tally: (ref: PracticeRef) => tenant(ref, (tx) => selectTally(tx, ref)),
    addProblems: (ref: PracticeRef, rows: readonly SyncProblem[]) =>
      tenant(ref, (tx) => insertProblems(tx, ref, rows)),
    /** Forgets what could not be used of these questions' earlier answers. */
    clearProblems: (ref: PracticeRef, rows: readonly Question[]) =>
      tenant(ref, (tx) => deleteRows(tx, ref, 'sync_problems', rows)),
    /** With a reader, who is shown them, the access is recorded in the same transaction. */
    problems: (ref: PracticeRef, limit: number, reader?: Reader & { readonly at: number }) =>
      tenant(ref, async (tx) => {
        const rows = await selectProblems(tx, ref, limit)
        if (reader === undefined) return rows
        const about = { practice: ref.practice, subject: 'Problem?limit' }
        const details = { count: rows.length }
        await appendAccess(tx, { ...reader, ...about, outcome: 'success', details })
        return rows
      }),
    countProblems: (ref: PracticeRef) => tenant(ref, (tx) => selectProblemCount(tx, ref)),
    begin: (ref: PracticeRef, now: number) => tenant(ref, (tx) => beginState(tx, ref, now)),
    note: (ref: PracticeRef, mark: 'first_record_at' | 'complete_at', at: number) =>
      tenant(ref, (tx) =>
        tx.query(
          `UPDATE sync_states SET ${mark} = $3
           WHERE organization_id = $1 AND practice_id = $2 AND ${mark} IS NULL`,
          [ref.organization, ref.practice, at],
        ),
      ),
    state: (ref: PracticeRef) => tenant(ref, (tx) => selectState(tx, ref)),
  }
}

async function takeLease(
  tx: TenantTx,
  ref: PracticeRef,
  { holder, now, expiresAt }: { holder: string; now: number; expiresAt: number },
): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO sync_leases AS held (organization_id, practice_id, holder, epoch, expires_at)
     VALUES ($1, $2, $3, 1, $5)
     ON CONFLICT (organization_id, practice_id) DO UPDATE
       SET holder = $3, expires_at = $5,
           epoch = held.epoch + CASE WHEN held.holder = $3 THEN 0 ELSE 1 END
       WHERE held.holder = $3 OR held.expires_at < $4
     RETURNING epoch`,
    [ref.organization, ref.practice, holder, now, expiresAt],
  )
  return rows.length === 1
}

function insertDue(tx: TenantTx, ref: PracticeRef, rows: readonly NewDue[]): Promise<void> {
  return writeDue(tx, ref, rows, 'ON CONFLICT DO NOTHING')
}

function upsertDue(tx: TenantTx, ref: PracticeRef, rows: readonly NewDue[]): Promise<void> {
  return writeDue(
    tx,
    ref,
    rows,
    `ON CONFLICT (organization_id, practice_id, search, subject) DO UPDATE
       SET due_at = least(known.due_at, excluded.due_at), rank = least(known.rank, excluded.rank)`,
  )
}

async function writeDue(
  tx: TenantTx,
  ref: PracticeRef,
  rows: readonly NewDue[],
  onConflict: string,
): Promise<void> {
  if (rows.length === 0) return
  await tx.query(
    `INSERT INTO sync_due AS known (organization_id, practice_id, search, subject, due_at, rank)
     SELECT $1, $2, search, subject, due_at, rank
     FROM unnest($3::text[], $4::text[], $5::bigint[], $6::int[]) AS new (search, subject, due_at, rank)
     ${onConflict}`,
    [
      ref.organization,
      ref.practice,
      rows.map((row) => row.search),
      rows.map((row) => row.subject),
      rows.map((row) => Math.round(row.dueAt)),
      rows.map((row) => row.rank),
    ],
  )
}

async function deleteRows(
  tx: TenantTx,
  ref: PracticeRef,
  table: 'sync_due' | 'sync_problems',
  rows: readonly Question[],
): Promise<void> {
  if (rows.length === 0) return
  await tx.query(
    `DELETE FROM ${table} AS known
     USING unnest($3::text[], $4::text[]) AS old (search, subject)
     WHERE organization_id = $1 AND practice_id = $2
       AND known.search = old.search AND known.subject = old.subject`,
    [ref.organization, ref.practice, rows.map((row) => row.search), rows.map((row) => row.subject)],
  )
}

function selectDue(
  tx: TenantTx,
  ref: PracticeRef,
  asked: { readonly now: number; readonly limit: number; readonly rankMax: number },
): Promise<readonly DueRow[]> {
  return tx.query<DueRow & Record<string, unknown>>(
    `SELECT search, subject, rank, attempts, absences, due_at AS "dueAt"
     FROM sync_due
     WHERE organization_id = $1 AND practice_id = $2 AND due_at <= $3 AND rank <= $5
     ORDER BY rank, due_at, subject, search
     LIMIT $4`,
    [ref.organization, ref.practice, Math.floor(asked.now), asked.limit, asked.rankMax],
  )
}

async function selectNextDueAt(
  tx: TenantTx,
  ref: PracticeRef,
  rankMax: number,
): Promise<number | undefined> {
  const rows = await tx.query<{ at: number | null }>(
    `SELECT min(due_at) AS at FROM sync_due
     WHERE organization_id = $1 AND practice_id = $2 AND rank <= $3`,
    [ref.organization, ref.practice, rankMax],
  )
  return rows[0]?.at ?? undefined
}

async function updateDue(
  tx: TenantTx,
  ref: PracticeRef,
  rows: readonly Rescheduled[],
): Promise<void> {
  if (rows.length === 0) return
  await tx.query(
    `UPDATE sync_due AS due
     SET due_at = new.due_at, last_code = new.code,
         attempts = CASE WHEN new.answered THEN 0 ELSE due.attempts + 1 END,
         absences = CASE WHEN new.absent THEN due.absences + 1
                         WHEN new.answered THEN 0 ELSE due.absences END,
         rank = CASE WHEN new.answered THEN $9::int ELSE due.rank END
     FROM unnest($3::text[], $4::text[], $5::bigint[], $6::boolean[], $7::text[], $8::boolean[])
       AS new (search, subject, due_at, answered, code, absent)
     WHERE due.organization_id = $1 AND due.practice_id = $2
       AND due.search = new.search AND due.subject = new.subject`,
    [
      ref.organization,
      ref.practice,
      rows.map((row) => row.search),
      rows.map((row) => row.subject),
      rows.map((row) => Math.round(row.dueAt)),
      rows.map((row) => row.answered),
      rows.map((row) => row.code ?? null),
      rows.map((row) => row.absent ?? false),
      RANK.continuing,
    ],
  )
}

async function updateLastCode(
  tx: TenantTx,
  ref: PracticeRef,
  last: Rescheduled | undefined,
): Promise<void> {
  if (last === undefined) return
  await tx.query(
    `UPDATE sync_states SET last_code = $3
     WHERE organization_id = $1 AND practice_id = $2 AND last_code IS DISTINCT FROM $3`,
    [ref.organization, ref.practice, last.code ?? null],
  )
}

async function selectTally(tx: TenantTx, ref: PracticeRef): Promise<Tally> {
  const rows = await tx.query<{
    neverAnswered: number
    all: number
  }>(
    `SELECT count(*) FILTER (WHERE rank >= $3 AND rank < $4)::int AS "neverAnswered",
            count(*)::int AS "all"
     FROM sync_due WHERE organization_id = $1 AND practice_id = $2`,
    [ref.organization, ref.practice, RANK.directory, RANK.continuing],
  )
  const row = rows[0]
  return {
    neverAnswered: row?.neverAnswered ?? 0,
    all: row?.all ?? 0,
  }
}

async function insertProblems(
  tx: TenantTx,
  ref: PracticeRef,
  rows: readonly SyncProblem[],
): Promise<void> {
  if (rows.length === 0) return
  await tx.query(
    `INSERT INTO sync_problems (organization_id, practice_id, search, subject, position, code, at)
     SELECT $1, $2, search, subject, position, code, at
     FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])
       AS new (search, subject, position, code, at)
     ON CONFLICT (organization_id, practice_id, search, subject, position)
       DO UPDATE SET code = excluded.code, at = excluded.at`,
    [
      ref.organization,
      ref.practice,
      rows.map((row) => row.search),
      rows.map((row) => row.subject),
      rows.map((row) => row.position),
      rows.map((row) => row.code),
      rows.map((row) => Math.round(row.at)),
    ],
  )
}

function selectProblems(
  tx: TenantTx,
  ref: PracticeRef,
  limit: number,
): Promise<readonly SyncProblem[]> {
  return tx.query<SyncProblem & Record<string, unknown>>(
    `SELECT search, subject, position, code, at FROM sync_problems
     WHERE organization_id = $1 AND practice_id = $2
     ORDER BY at DESC, search, subject, position LIMIT $3`,
    [ref.organization, ref.practice, limit],
  )
}

async function selectProblemCount(tx: TenantTx, ref: PracticeRef): Promise<number> {
  const rows = await tx.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM sync_problems WHERE organization_id = $1 AND practice_id = $2`,
    [ref.organization, ref.practice],
  )
  return rows[0]?.n ?? 0
}

async function beginState(tx: TenantTx, ref: PracticeRef, now: number): Promise<void> {
  await tx.query(
    `INSERT INTO sync_states (organization_id, practice_id, started_at) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING`,
    [ref.organization, ref.practice, Math.round(now)],
  )
}

async function selectState(tx: TenantTx, ref: PracticeRef): Promise<State | undefined> {
  const rows = await tx.query<{
    startedAt: number
    firstRecordAt: number | null
    completeAt: number | null
    lastCode: string | null
  }>(
    `SELECT started_at AS "startedAt", first_record_at AS "firstRecordAt",
            complete_at AS "completeAt", last_code AS "lastCode"
     FROM sync_states WHERE organization_id = $1 AND practice_id = $2`,
    [ref.organization, ref.practice],
  )
  const row = rows[0]
  return row === undefined
    ? undefined
    : {
        startedAt: row.startedAt,
        firstRecordAt: row.firstRecordAt ?? undefined,
        completeAt: row.completeAt ?? undefined,
        lastCode: row.lastCode ?? undefined,
      }
}
